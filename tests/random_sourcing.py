"""Random sites for questions about sources: chains in the registry and on pages, and claims on them, as YAML that can be edited."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

TYPES = ("public-record", "statement", "interview", "observation", "account", "report", "private-record")
PEOPLE = "doj: {name: Justice Department, short: the department, kind: organization}\nann: {name: Ann Lee}\n"
COPY = "They met in March, and he left in May."
LISTS = ("via", "reported_in")


class RandomSite:
    """Sources and claims, written as `content/` in either style of YAML; `local` are sources of the first page."""

    def __init__(self, seed: int) -> None:
        self.chance = chance = random.Random(seed)  # noqa: S311 - no secret
        registry = [f"s{number}" for number in range(chance.randrange(2, 7))]
        own = ["own", "mine"][: chance.randrange(3)]
        self.sources: dict[str, dict[str, Any]] = {}
        for id_ in (*registry, *own):
            self.sources[id_] = self._source(id_)
        self.local = own
        self.style = {id_: chance.random() < 0.5 for id_ in self.sources}
        self.claims = [[self._claim(self.known_on(page)) for _ in range(3)] for page in range(2)]
        self.cited = [chance.sample(self.known_on(page), 1) for page in range(2)]

    @property
    def ids(self) -> list[str]:
        """All sources."""
        return list(self.sources)

    def known_on(self, page: int) -> list[str]:
        """The sources that a page may cite."""
        return [id_ for id_ in self.sources if page == 0 or id_ not in self.local]

    def _maybe(self, chance: float) -> bool:
        return self.chance.random() < chance

    def _source(self, id_: str) -> dict[str, Any]:
        chance, kind = self.chance, self.chance.choice(TYPES)
        fields: dict[str, Any] = {"type": kind, "title": f"The {id_} paper"}
        if kind == "interview":
            fields["attribution"] = chance.choice(("on-record", "background", "deep-background"))
            fields |= {"description": f"somebody of {id_}", "why_unnamed": "fear"}
        below = [other for other in self.sources if self._maybe(0.35)]
        if below:
            fields["via"] = below
        reports = [other for other, known in self.sources.items() if known["type"] == "report" and self._maybe(0.4)]
        if reports and kind != "report":
            fields["reported_in"] = reports
        if not below and kind != "report" and self._maybe(0.3):
            fields["knowledge"] = chance.choice(("first-hand", "second-hand", "unknown"))
        unnamed = fields.get("attribution", "on-record") != "on-record"
        for key, value in (
            ("date", chance.choice(("2016", "2017-02", "2018-01-01"))),
            ("party", f"secret-{id_}" if unnamed else chance.choice(("doj", "one", "other"))),
            ("short", f"Short {id_}"),
            ("withdrawn", "{date: 2024-01-01}"),
            ("saved", "copy.txt" if id_ in ("own", "mine") else "../explainers/copy.txt"),
        ):
            if self._maybe(0.25):
                fields[key] = value
        return fields

    def _claim(self, known: list[str]) -> dict[str, Any]:
        """Each source with one stance."""
        chance, left = self.chance, self.chance.sample(known, len(known))
        claim: dict[str, Any] = {}
        for stance, most in chance.choice(((("sources", 3),), (("sources", 2), ("disputes", 1)), (("disputes", 2),))):
            claim[stance] = [left.pop() for _ in range(most) if left]
        if self._maybe(0.3) and left:
            claim["responses"] = {left.pop(): chance.choice(("denies", "does-not-recall", "no-comment"))}
        if self._maybe(0.3):
            claim["speaker"] = chance.choice((*known, "doj", "ann", "one"))
        if self._maybe(0.3):
            claim["reported"] = "2017-06-01"
        claim["quoted"] = self._maybe(0.3)
        return claim

    def write(self, root: Path, gone: Collection[str] = ()) -> None:
        """Write `content/`, without any mention of the sources that are gone."""
        content = root / "content"
        (content / "explainers").mkdir(parents=True, exist_ok=True)
        (content / "sources").mkdir(exist_ok=True)
        (content / "site.yaml").write_text("title: A\nbase_url: https://example.org/\n", encoding="utf-8")
        (content / "people.yaml").write_text(PEOPLE, encoding="utf-8")
        (content / "explainers/copy.txt").write_text(COPY, encoding="utf-8")
        registry = (id_ for id_ in self.sources if id_ not in self.local)
        (content / "sources/all.yaml").write_text("".join(self._records(registry, "", gone)), encoding="utf-8")
        for page, claims in enumerate(self.claims):
            text = "".join(self._page(page, claims, gone))
            (content / f"explainers/p{page}.md").write_text(text, encoding="utf-8")

    def _records(self, ids: Iterable[str], indent: str, gone: Collection[str]) -> Iterator[str]:
        for id_ in ids:
            fields = {key: _yaml(value, gone) for key, value in self.sources[id_].items()}
            if self.style[id_]:
                yield f"{indent}{id_}: {{{', '.join(f'{key}: {value}' for key, value in fields.items())}}}\n"
            else:
                lines = "".join(f"{indent}  {key}: {value}  # as agreed\n" for key, value in fields.items())
                yield f"{indent}{id_}:\n{lines}"

    def _page(self, page: int, claims: list[dict[str, Any]], gone: Collection[str]) -> Iterator[str]:
        yield f"---\ntitle: P{page}\ndate: 2024-01-01\n"
        if self.local and page == 0:
            yield "sources:\n"
            yield from self._records(self.local, "  ", gone)
        yield "claims:\n"
        for number, claim in enumerate(claims):
            yield f"  c{number}: {{{', '.join(_claim_fields(claim, gone))}}}\n"
        yield "---\n"
        for number in range(len(claims)):
            yield f'{{{{< claim id="c{number}" >}}}}It was {number}{{{{< /claim >}}}}.\n\n'
        for id_ in self.cited[page]:
            if id_ not in gone:
                yield f'See {{{{< source {id_} at="page 3" >}}}}.\n'


def _yaml(value: Any, gone: Collection[str]) -> str:
    return value if isinstance(value, str) else f"[{', '.join(id_ for id_ in value if id_ not in gone)}]"


def _claim_fields(claim: dict[str, Any], gone: Collection[str]) -> Iterator[str]:
    for key in ("sources", "disputes"):
        ids = [id_ for id_ in claim.get(key, ()) if id_ not in gone]
        if ids:
            quote = ", quote: They met in March" if claim["quoted"] else ""
            yield f"{key}: [{', '.join(f'{{source: {id_}{quote}}}' for id_ in ids)}]"
    answers = ", ".join(f"{id_}: {said}" for id_, said in claim.get("responses", {}).items() if id_ not in gone)
    if answers:
        yield f"responses: {{{answers}}}"
    yield from (f"{key}: {claim[key]}" for key in ("speaker", "reported") if key in claim)
