"""The same explainers, from a seed, as several generators spell them.

An article is the same in every dialect; only the spelling of claims, citations, links and
configuration differs. Page *i* has the same words whatever the number of pages; its cross links
alone depend on it.
"""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 20260101
SKELETONS = Path(__file__).resolve().parent / "skeletons"
WORDS = (
    "council budget vote hospital river bridge permit audit minister report school climate "
    "energy grid court ruling appeal witness letter record survey figure percent decade "
    "region harbor housing rent tenant landlord subsidy tariff export factory union strike "
    "wage pension reform draft clause deadline inspector safety water supply drought flood "
    "insurance claimants agency spokesperson coalition committee hearing testimony evidence "
    "estimate forecast model margin turnout ballot district mayor auditor contract tender "
    "supplier delay cost overrun railway station platform signal engineer study journal "
    "sample method finding critic supporter neighbor resident petition protest license fee "
    "fine penalty rule standard threshold limit emission target pledge treaty border port"
)
GLUE = "the of and to in a that for on with by from as at after before while under over"
_WORDS, _GLUE = WORDS.split(), GLUE.split()
TAGS = [
    f"{place}-{matter}"
    for place in ("local", "national", "science", "economy", "courts")
    for matter in ("water", "energy", "housing", "health", "transport", "budget", "data", "labor")
]
ATTRIBUTIONS = ("document", "on-record", "on-record", "anonymous", "secondhand")
TYPES = ("report", "interview", "dataset", "court-filing", "article", "statement")
STATUSES = ("supported", "supported", "supported", "disputed", "unverified")
AUTHORS = ("Ada Reyes", "Bo Lindqvist", "Chen Wei", "Dina Okafor", "Emil Novak", "Farah Aziz")
# The peers only print these words; Explainer computes with them, in its own vocabulary.
EXPLAINER_TYPES = {"dataset": "public-record", "court-filing": "public-record", "article": "report"}
EXPLAINER_SITE = """\
title: Bench
base_url: https://bench.example
language: en
publisher: {name: Bench, url: "https://bench.example/"}
cards: none
"""
MARK = "edition-a0"  # the word that an edit changes

# One source of the registry, in our dialect alone, takes the place of one of the page's own on so many pages.
SHARED, SHARED_PAGES, REPLACED = "shared", 50, "s8"
REGISTRY = """\
shared:
  type: public-record
  title: "Audit of the river bridge"
  publisher: "Audit Office"
  date: 2025-05-05
  url: "https://example.org/shared"
"""
WITHDRAWAL = """\
  withdrawn: {date: 2026-01-01, reason: "The office took the audit back."}
"""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one generator spells an article, and the folder in which it looks for it."""

    content: str
    claim: Callable[[str, str, str, str], str]
    source: Callable[[str], str]
    link: Callable[[str], str]
    skeletons: tuple[str, ...]


def _hugo_claim(cid: str, sources: str, status: str, text: str) -> str:
    return f'{{{{< claim id="{cid}" sources="{sources}" status="{status}" >}}}}{text}{{{{< /claim >}}}}'


def _nunjucks_claim(cid: str, sources: str, status: str, text: str) -> str:
    return f'{{% claim "{cid}", "{sources}", "{status}" %}}{text}{{% endclaim %}}'


def _hugo_source(sid: str) -> str:
    return f"{{{{< source {sid} >}}}}"


def _absolute(slug: str) -> str:
    return f"/explainers/{slug}/"


def _relative(slug: str) -> str:
    return f"{slug}.md"


def _nunjucks_source(sid: str) -> str:
    return f'{{% source "{sid}" %}}'


OURS = "explainer"
DIALECTS = {
    OURS: Dialect("content/explainers", _hugo_claim, _hugo_source, _absolute, ()),
    "hugo": Dialect("content/explainers", _hugo_claim, _hugo_source, _absolute, ("hugo",)),
    "eleventy": Dialect("src/explainers", _nunjucks_claim, _nunjucks_source, _absolute, ("eleventy",)),
    "pelican": Dialect("content/explainers", _hugo_claim, _hugo_source, _absolute, ("pelican", "markdown")),
    "mkdocs": Dialect("docs/explainers", _hugo_claim, _hugo_source, _relative, ("mkdocs", "markdown")),
}


def _random(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - it only has to be the same each time


def slug_of(index: int) -> str:
    """The last part of an article's address."""
    rng = _random(SEED * 7 + index)
    return f"explainer-{index:05d}-" + "-".join(rng.sample(_WORDS, 3))


def cites_shared(index: int, pages: int) -> bool:
    """Whether this page, of so many, cites the shared source: fifty do, evenly spread, where there are as many."""
    step = max(1, pages // SHARED_PAGES)
    return index % step == step // 2 and index // step < SHARED_PAGES


def _explainer_source(source: dict[str, str]) -> dict[str, str]:
    kind = EXPLAINER_TYPES.get(source["type"], source["type"])
    mapped = {**source, "type": kind}
    del mapped["attribution"]
    if kind == "interview":
        named = source["attribution"] in ("document", "on-record")
        mapped["attribution"] = "on-record" if named else "background"
        mapped["description"] = source["title"]
        if not named:
            mapped["why_unnamed"] = "Not allowed to speak for the office"
    return mapped


class Article:
    """One article, drawn from its own random stream so that the number of pages does not change it."""

    def __init__(self, index: int, pages: int, name: str) -> None:
        self.rng = _random(SEED + index)
        self.index = index
        self.pages = pages
        self.ours = name == OURS
        self.shares = self.ours and cites_shared(index, pages)
        self.dialect = DIALECTS[name]
        self.sources = {f"s{i}": self._source(i) for i in range(1, 9)}
        # Every source once, four of them again: 12 citations, 8 footnotes.
        cited = list(self.sources)
        self.rng.shuffle(cited)
        again = self.rng.sample(cited, 4)
        self.citations = iter(cited[:6] + again[:2] + cited[6:] + again[2:])
        self.claim_number = 0

    def _source(self, i: int) -> dict[str, str]:
        rng = self.rng
        day = date(2024, 1, 1) + timedelta(days=rng.randrange(700))
        return {
            "type": rng.choice(TYPES),
            "title": self._words(6).capitalize(),
            "publisher": self._words(2).title(),
            "date": day.isoformat(),
            "url": f"https://example.org/{rng.randrange(10**9):09d}/{i}",
            "attribution": rng.choice(ATTRIBUTIONS),
        }

    def _words(self, count: int) -> str:
        rng = self.rng
        return " ".join(rng.choice(_GLUE if n % 3 == 2 else _WORDS) for n in range(count))

    def _id(self, sid: str) -> str:
        return SHARED if self.shares and sid == REPLACED else sid

    def _sentence(self) -> str:
        words = self._words(self.rng.randrange(8, 14)).split()
        style = self.rng.random()
        if style < 0.12:
            words[4] = f"*{words[4]}*"
        elif style < 0.22:
            words[3] = f"**{words[3]} {words[4]}**"
            del words[4]
        elif style < 0.26:
            words[5] = f"`{words[5]}`"
        return " ".join(words).capitalize() + "."

    def _claim(self) -> str:
        self.claim_number += 1
        count = 2 if self.claim_number in (2, 5, 7) else 1
        ids = " ".join(self._id(sid) for sid in sorted(self.rng.sample(list(self.sources), count)))
        text = self._words(9).capitalize()
        if self.claim_number % 4 == 0:
            text += f" *{self._words(1)}*"
        return self.dialect.claim(f"c{self.claim_number}", ids, self.rng.choice(STATUSES), text) + "."

    def _cite(self) -> str:
        return self.dialect.source(self._id(next(self.citations)))

    def _paragraph(self, sentences: int, claims: int = 0, cites: int = 0, extra: str = "") -> str:
        parts = [self._sentence() for _ in range(sentences)]
        for n in range(max(claims, cites)):
            piece = (self._claim() if n < claims else self._sentence()) + (self._cite() if n < cites else "")
            parts.insert(1 + n * 2, piece)
        return " ".join([*parts, extra]).strip()

    def _section(self, number: int) -> Iterator[str]:
        rng = self.rng
        target = slug_of((self.index + rng.randrange(1, 97)) % self.pages)
        link = f"See also [{self._words(3)}]({self.dialect.link(target)})." if number < 3 else ""
        yield f"## {self._words(4).capitalize()}"
        yield self._paragraph(5, claims=1, cites=1)
        yield self._paragraph(4, claims=1 if number < 3 else 0, cites=1, extra=link)
        if number == 0:
            yield "\n".join(f"- {self._sentence()}" for _ in range(5))
        elif number == 1:
            yield f"> {self._sentence()} {self._sentence()}\n>\n> {self._sentence()}"
        elif number == 2:
            rows = [[self._words(2), str(rng.randrange(10, 9999)), f"{rng.randrange(100)}%"] for _ in range(4)]
            table = [["Item", "Count", "Share"], ["---", "---", "---"], *rows]
            yield "\n".join("| " + " | ".join(row) + " |" for row in table)
        else:
            yield self._paragraph(4, cites=2)
        yield self._paragraph(4)

    def _body(self) -> Iterator[str]:
        yield f"This is {MARK} of the article. " + self._paragraph(4, claims=1, cites=2)
        for number in range(4):
            yield from self._section(number)

    def _front(self) -> Iterator[str]:
        rng = self.rng
        day = date(2026, 1, 1) - timedelta(days=self.index % 2000)
        yield f"title: {json.dumps(self._words(6).capitalize())}"
        yield f"date: {day.isoformat()}"
        yield f"slug: {slug_of(self.index)}"
        yield f"summary: {json.dumps(self._sentence().replace('*', '').replace('`', ''))}"
        yield f"tags: [{', '.join(rng.sample(TAGS, 3))}]"
        yield "authors:"
        yield from (f"  - {name}" for name in rng.sample(AUTHORS, 2))
        yield "sources:"
        for sid, source in self.sources.items():
            if self._id(sid) == sid:
                yield f"  {sid}:"
                yield from self._fields(_explainer_source(source) if self.ours else source)

    @staticmethod
    def _fields(source: dict[str, str]) -> Iterator[str]:
        for key, value in source.items():
            plain = key in {"type", "date", "attribution"}
            yield f"    {key}: {value if plain else json.dumps(value)}"

    def text(self) -> str:
        """The whole file, front matter first."""
        body = "\n\n".join(self._body())
        return "\n".join(["---", *self._front(), "---", "", body, ""])


def make_corpus(name: str, pages: int, out: Path) -> None:
    """Write so many articles in a dialect, with what its generator needs to build them; replaces `out`."""
    shutil.rmtree(out, ignore_errors=True)
    dialect = DIALECTS[name]
    for skeleton in dialect.skeletons:
        shutil.copytree(SKELETONS / skeleton, out, dirs_exist_ok=True)
    content = out / dialect.content
    content.mkdir(parents=True, exist_ok=True)
    if name == OURS:
        (out / "content/site.yaml").write_text(EXPLAINER_SITE, encoding="utf-8")
        withdraw(out, withdrawn=False)
    for index in range(pages):
        text = Article(index, pages, name).text()
        (content / f"{slug_of(index)}.md").write_text(text, encoding="utf-8")


def withdraw(site: Path, *, withdrawn: bool) -> None:
    """Write our registry, with its source withdrawn or not."""
    registry = site / "content/sources/shared.yaml"
    registry.parent.mkdir(exist_ok=True)
    registry.write_text(REGISTRY + (WITHDRAWAL if withdrawn else ""), encoding="utf-8")
