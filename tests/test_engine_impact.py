"""The impact of a change to a source is what a build after the same edit would give."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.harness import SiteTest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TYPES = ("public-record", "statement", "interview", "observation", "account", "report", "private-record")


def a_source(chance: random.Random, number: int) -> dict[str, str]:
    """A source that knows through sources of lower numbers."""
    kind = chance.choice(TYPES)
    fields = {"type": kind, "title": f"Source {number}"}
    if kind == "interview":
        fields["attribution"] = chance.choice(("on-record", "background", "deep-background"))
        fields |= {"description": f"somebody {number}", "why_unnamed": "fear"}
    below = [f"s{other}" for other in range(number) if chance.random() < 0.3]
    if below:
        fields["via"] = f"[{', '.join(below)}]"
    if chance.random() < 0.1:
        fields["withdrawn"] = "{date: 2024-01-01}"
    return fields


def flow(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


def block(fields: Mapping[str, str], indent: str) -> str:
    return "".join(f"\n{indent}{key}: {value}  # as agreed" for key, value in fields.items())


class RandomSite:
    """Sources in the registry and in pages' front matter, written in either style, and claims on them."""

    def __init__(self, seed: int, root: Path) -> None:
        chance = random.Random(seed)  # noqa: S311 - no secret
        self.site = SiteTest(root)
        self.sources = {f"s{number}": a_source(chance, number) for number in range(chance.randrange(2, 7))}
        self.style = {id_: chance.random() < 0.5 for id_ in self.sources}
        self.local = {"own": {"type": "statement", "title": "Own", "via": f"[{chance.choice(list(self.sources))}]"}}
        self.claims = [
            [
                {stance: chance.sample([*self.sources, "own"][: 7 if page == 0 else len(self.sources)], 1 + (stance == "sources"))
                 for stance in chance.choice((("sources",), ("sources", "disputes"), ("disputes",), ("context",)))}
                for _ in range(3)
            ]
            for page in range(2)
        ]  # fmt: skip
        self.chosen = chance.choice([*self.sources, "own"])
        self.cited = chance.choice(list(self.sources))

    def write(self, gone: Sequence[str] = ()) -> None:
        self.site.write("content/sources/all.yaml", "".join(
            f"{id_}: {flow(fields) if self.style[id_] else block(fields, '  ')}\n" for id_, fields in self.sources.items()
        ))  # fmt: skip
        for page, claims in enumerate(self.claims):
            local = "" if page else "sources:\n" + "".join(
                f"  {id_}:{block(fields, '    ')}\n" for id_, fields in self.local.items())  # fmt: skip
            front = "claims:\n" + "".join(
                f"  c{number}: " + flow({
                    key: f"[{', '.join(id_ for id_ in ids if id_ not in gone)}]"
                    for key, ids in self.unequal(claim).items() if set(ids) - set(gone)
                }) + "\n"
                for number, claim in enumerate(claims)
            )  # fmt: skip
            cite = "" if self.cited in gone else f'{{{{< source id="{self.cited}" stance="context" >}}}}'
            text = " ".join(
                f'{{{{< claim id="c{number}" >}}}}It was {number}{{{{< /claim >}}}}.' for number in range(3)
            )
            self.site.write(
                f"content/explainers/p{page}.md",
                f"---\ntitle: P{page}\ndate: 2024-01-01\n{local}{front}---\n{text} {cite}\n",
            )

    @staticmethod
    def unequal(claim: dict[str, list[str]]) -> dict[str, list[str]]:
        """Each source with one stance."""
        first = next(iter(claim))
        return {key: [id_ for id_ in ids if key == first or id_ not in claim[first]] for key, ids in claim.items()}

    def sourcing(self) -> dict[tuple[str, str], Any] | None:
        """What a build says of every claim; None if it has errors."""
        if self.site.build("--clean").exit:
            return None
        return {
            (page, claim["id"]): claim["sourcing"]
            for page in ("p0", "p1")
            for claim in self.site.claims(page)["claims"]
        }

    def edit(self, kind: str, fields: dict[str, str]) -> None:
        """Do by hand what is asked."""
        if kind == "without":
            for one in (*self.sources.values(), *self.local.values()):
                if "via" in one:
                    one["via"] = "[" + ", ".join(v for v in one["via"][1:-1].split(", ") if v != self.chosen) + "]"
            self.write(gone=[self.chosen])
            return
        (self.local if self.chosen == "own" else self.sources)[self.chosen] |= fields
        self.write()


QUESTIONS: dict[str, tuple[list[str], dict[str, str]]] = {
    "withdraw": (["--withdraw"], {"withdrawn": "{date: 2026-01-01}"}),
    "without": (["--without"], {}),
    "as": (
        ["--as", "type=statement", "--as", "attribution=on-record"],
        {"type": "statement", "attribution": "on-record"},
    ),
}


def hold(seed: int, kind: str) -> None:
    root = Path(tempfile.mkdtemp())
    try:
        made = RandomSite(seed, root / "site")
        made.write()
        before = made.sourcing()
        if before is None:
            return
        files = {path: path.read_bytes() for path in (made.site.root / "content").rglob("*") if path.is_file()}
        asked, fields = QUESTIONS[kind]
        result = made.site.run(
            "sources", "impact", made.chosen, *asked, "--format", "json", "--site", str(made.site.root)
        )
        assert {path: path.read_bytes() for path in files} == files
        made.edit(kind, fields)
        after = made.sourcing()
        if after is None:
            assert result.exit == 1
            return
        moved = {(one["page"], one["id"]): (one["before"], one["after"]) for one in json.loads(result.stdout)["claims"]}
        assert moved == {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    finally:
        shutil.rmtree(root)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(sorted(QUESTIONS)))
def test_it_is_what_a_build_after_the_edit_gives(seed: int, kind: str) -> None:
    hold(seed, kind)


@pytest.mark.torture
@settings(max_examples=1000, deadline=None)
@given(seed=st.integers(0, 10**9), kind=st.sampled_from(sorted(QUESTIONS)))
def test_it_is_what_a_build_after_the_edit_gives_on_a_thousand_sites(seed: int, kind: str) -> None:
    hold(seed, kind)


SOURCES = """\
memo: {type: public-record, title: The memo}
letter:
  # Shown to us in March.
  type: account
  title: A letter
  via: [memo]
"""


@pytest.fixture
def small(site: SiteTest) -> SiteTest:
    site.write("content/sources/all.yaml", SOURCES)
    site.write("content/explainers/one.md", """\
        ---
        title: One
        date: 2024-01-01
        claims:
          met: {sources: [letter]}
          left: {sources: [memo, letter]}
        ---
        {{< claim id="met" >}}They met{{< /claim >}}. {{< claim id="left" >}}He left{{< /claim >}}. See {{< source memo >}}.
        """)  # fmt: skip
    site.write("content/explainers/two.md", "---\ntitle: Two\ndraft: true\nclaims: {x: {sources: [memo]}}\n---\n"
               '{{< claim id="x" >}}X{{< /claim >}}\n')  # fmt: skip
    return site


def impact(site: SiteTest, *args: str) -> Any:
    result = site.run("sources", "impact", *args, "--format", "json", "--site", str(site.root))
    assert result.exit == 0, result.stderr
    return json.loads(result.stdout)


def test_what_falls_with_a_source(small: SiteTest) -> None:
    found = impact(small, "memo", "--withdraw")
    assert found["version"] == 1
    assert [(one["page"], one["id"], one["after"]["level"]) for one in found["claims"]] == [
        ("one", "met", "withdrawn"), ("one", "left", "withdrawn"),
    ]  # fmt: skip
    assert found == impact(small, "memo")
    text = small.run("sources", "impact", "memo", "--site", str(small.root)).stdout
    assert "2 claims on 1 page would move" in text
    assert "without a source then: one#met, one#left" in text
    assert small.run("sources", "impact", "letter", "--as", "short=Letter", "--site", str(small.root)).exit == 0


def test_an_edit_that_would_be_an_error_is_told(small: SiteTest) -> None:
    result = small.run("sources", "impact", "letter", "--as", "knowledge=first-hand", "--site", str(small.root))
    assert result.exit == 1
    assert "E204" in result.stderr


@pytest.mark.parametrize("args", [["nothing"], ["memo", "--withdraw", "--without"], ["memo", "--as", "type"], []])
def test_calls_that_make_no_sense(args: list[str], small: SiteTest) -> None:
    assert small.run("sources", "impact", *args, "--site", str(small.root)).exit == 2


def test_a_site_with_errors_has_no_answer(small: SiteTest) -> None:
    small.write("content/sources/bad.yaml", "x: {type: nonsense}\n")
    result = small.run("sources", "impact", "memo", "--site", str(small.root))
    assert result.exit == 1
    assert "nonsense" in result.stderr


def test_a_damaged_cache_makes_no_difference(small: SiteTest) -> None:
    found = impact(small, "memo")
    (small.root / ".explainer/cache.sqlite3").write_bytes(b"x" * 5000)
    assert impact(small, "memo") == found
