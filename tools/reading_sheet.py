"""Make the sheet of the blind reading: `python -m tools.reading_sheet SITE SHEET KEY SLUG…`, or `make sheet`.

The sheet has the paragraphs of some explainers as readers see them, with what stands at each claim and nothing else; the
key has what their writers declared.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKS = {"named": "■", "unnamed": "▨", "unstated": "⬚", "said": "═"}
NO_MARK = "□"
SHEET_HEAD = """\
# A blind reading

Made by `make sheet` from the demo. Whoever reads it sees the paragraphs with the words at each claim, and neither notes nor
accounts nor the rule. The words are tried so whenever they change: give it to someone who has not read the
[key](blind-reading-key.md), nor the guide, and ask for each numbered claim

1. who is behind it: the people, newspapers or records that tell it, or nobody who is cited;
2. whether they were there or know it themselves, or through whom they know it; or whether that isn't said;
3. whether they are named, as a department or a party in the Senate is that speaks under its own name;
4. how many independent sources that makes, if those who have it from one person or record are one source, and so are several people
   who are cited together, such as "officials". The report that the line above the story names passes everything on, and isn't
   counted;
5. whether it is disputed, or was denied before it came out, and by whom as far as the paragraph says;
6. whether the words in brackets **helped** (they say something of 1 to 5 that you would not have known, or not for sure, from the
   sentences alone), told **nothing new**, or **confused**, and how.

Where the claim is that somebody said something, the first four are asked of its having been said: who said it, and whether they
said it openly, under their name. Where something can't be told, "it isn't said" is an answer.

A claim begins at its number, ⟨1: like this⟩; the words in brackets that belong to it have its number too. One claim may stand
inside another. The marks are those of the bar above the story. The page
says of them and of the words:

"""
SHEET_END = """\

The words are good if none confuses, they help at two claims of three or more, and no answer is wrong against the key.
"""
ANSWERS = {
    "disputed": "Disputed by",
    "earlier": "Denied before it came out, by",
    "does-not-recall": "Asked, and doesn't recall:",
    "no-comment": "Asked, and doesn't comment:",
    "not-reached": "Not reached:",
}
KEY_HEAD = """\
# A blind reading: the key

What the writers of the demo declared, for the claims of the [sheet](blind-reading.md). Don't read it before. The newspaper that
passes everything on is left out, but for the rule's words, which count everything that comes through it as one source.
"""


class Numbers(NamedTuple):
    """The number of each claim of a page, by its element's id."""

    of: dict[str, int]

    def text(self, element: Tag) -> str:
        """An element's words as readers see them: claims and the words at them by their numbers, no notes."""
        return re.sub(r"\s+", " ", "".join(self._parts(element))).strip()

    def _parts(self, element: Tag) -> Iterator[str]:
        for child in element.children:
            if isinstance(child, NavigableString):
                yield str(child)
            elif isinstance(child, Tag):
                yield self._part(child)

    def _part(self, child: Tag) -> str:
        classes = child.get_attribute_list("class")
        if "x-cites" in classes or "x-margin" in classes:
            return ""
        if "x-sourcing" in classes:
            number = self.of[str(child["href"]).removeprefix("#how-")]
            mark = next(
                (MARKS.get(name.removeprefix("x-mark-"), NO_MARK) for name in classes if "mark" in name), NO_MARK
            )
            return f" **{number} {mark} {child.get_text()}** "
        words = "".join(self._parts(child))
        if "x-claim" in classes:
            return f"⟨{self.of[str(child['id']).removeprefix('claim-')]}: {words}⟩"
        return words


def main(site: Path, sheet: Path, key: Path, slugs: list[str]) -> None:
    """Write both files."""
    numbers = count(1)
    sheets, keys, marks = [""], [KEY_HEAD], dict[str, None]()
    for slug in slugs:
        folder = site / "explainers" / slug
        data = json.loads((folder / "claims.json").read_bytes())
        numbered = Numbers({claim["id"]: next(numbers) for claim in data["claims"]})
        page = BeautifulSoup((folder / "index.html").read_text("utf-8"), "html5lib")
        marks |= dict.fromkeys(legend(page))
        sheets += [f"\n## {data['page']['title']}\n", *(f"{text}\n" for text in paragraphs(page, numbered))]
        keys += [f"\n## {data['page']['title']}\n", *answers(data, numbered)]
    explained = "".join(f"- {words}\n" for words in marks)
    sheet.write_text(SHEET_HEAD + explained + SHEET_END + "\n".join(sheets), encoding="utf-8")
    key.write_text("\n".join(keys) + "\n", encoding="utf-8")


def legend(page: BeautifulSoup) -> Iterator[str]:
    """What a page says of the words at its claims, and of each mark of its bar."""
    for key in page.select(".x-index .x-key"):
        for link in key.select("a"):
            link.extract()
        yield key.get_text(" ", strip=True)
    for heading in page.select(".x-index h3"):
        bar, means = heading.select_one("svg"), heading.find_next_sibling("p")
        if bar is not None and means is not None:
            name = bar.get_attribute_list("class")[-1].removeprefix("x-bar-")
            words = heading.get_text(" ", strip=True).partition(" ")[2]
            yield f"{MARKS.get(name, NO_MARK)} {words}: {means.get_text()}"


def paragraphs(page: BeautifulSoup, numbers: Numbers) -> Iterator[str]:
    """What stands above the story on how it is sourced, and each block of the story that has a claim."""
    for counts in page.select(".x-sourced .x-counts"):
        for link in counts.select("a"):
            link.extract()
        yield " ".join(counts.get_text().split())
    seen: set[int] = set()
    for claim in page.select(".x-story .x-claim"):
        block = claim if claim.name == "div" else claim.find_parent(["p", "li", "td", "h2", "h3", "dd"]) or claim
        if id(block) not in seen and not any(id(parent) in seen for parent in block.parents):
            seen.add(id(block))
            for account in block.select(".x-how"):
                account.extract()
            words = numbers.text(block)
            number = numbers.of[str(claim["id"]).removeprefix("claim-")]
            # The words of a claim over blocks come at its end, inside it.
            yield f"⟨{number}: {words.replace(' **', '⟩ **')}" if block is claim else _place(block) + words


def _place(block: Tag) -> str:
    """The heads of the row and the column that a cell of a table stands in."""
    row, table = block.find_parent("tr"), block.find_parent("table")
    if block.name != "td" or row is None or table is None:
        return ""
    cells = row.find_all(["td", "th"])
    head = table.select("thead th")[cells.index(block)]
    return f"(From a table, {cells[0].get_text(' ', strip=True)}; {head.get_text(' ', strip=True)}.) "


def answers(data: dict[str, Any], numbers: Numbers) -> Iterator[str]:
    """What was declared of each claim of a page, in the order of the questions, and the level that the rule gives it."""
    sources = {source["id"]: source for source in data["sources"]}
    for claim in data["claims"]:
        declared = Declared(claim, sources)
        told = f"{declared.behind()} {declared.independent()} {declared.disputed()}"
        yield f"{numbers.of[claim['id']]}. {told} *{claim['sourcing']['label']}.*"


def called(party: str) -> str:
    """What a party is called, by its id."""
    return party.replace("-", " ").title()


class Declared(NamedTuple):
    """One claim and the sources of its page."""

    claim: dict[str, Any]
    sources: dict[str, dict[str, Any]]

    def behind(self) -> str:
        """Who tells it, through whom, and whether they are named."""
        supporting = [edge["source"] for edge in self.claim["edges"] if edge["stance"] == "supports"]
        tellers = dict.fromkeys(teller for source in supporting for teller in self._tellers(source))
        return "; ".join(map(self._told, tellers)) + "." if tellers else "Nobody is cited."

    def _tellers(self, source: str) -> list[str]:
        """Who tells it: in place of a report, those on whom it rests."""
        via = self.sources[source]["via"]
        return via if via and self.sources[source]["type"] == "report" else [source]

    def _told(self, teller: str) -> str:
        source = self.sources[teller]
        if source["type"] == "report":
            return f"{self._name(teller)}, not saying how it knows"
        named = "named" if source["attribution"] == "on-record" else "unnamed"
        known = f"{self._name(teller)} ({'not public' if source['type'] == 'private-record' else named})"
        if self.claim["speaker"]:
            return f"{known}, who said it"
        if source["via"]:
            return f"{known}, through {' and '.join(map(self._known, source['via']))}"
        return f"{known}, first-hand" if source["knowledge"] == "first-hand" else f"{known}, not saying how they know"

    def _known(self, source: str) -> str:
        via = self.sources[source]["via"]
        return self._name(source) + "".join(f", from {self._known(one)}" for one in via)

    def _name(self, source: str) -> str:
        declared = self.sources[source]
        if declared.get("description"):
            return str(declared["description"])
        party = declared.get("party") or source
        if declared["type"] == "report":
            return f"{declared['publisher']}, in an {declared['title']}"
        return str(declared["title"] if party == source else f"{called(party)} ({declared['title']})")

    def independent(self) -> str:
        """How many sources don't share where they have it from, the report aside that passes everything on."""
        supporting = [edge["source"] for edge in self.claim["edges"] if edge["stance"] == "supports"]
        origins = {self._key(end) for source in supporting for end in self._ends(source)}
        unstated = ", whose origin isn't said" if self.claim["sourcing"]["level"] == "origin-unstated" else ""
        return f"Independent sources: {len(origins)}{unstated}."

    def _ends(self, source: str) -> list[str]:
        via = [] if self.claim["speaker"] and self.sources[source]["type"] != "report" else self.sources[source]["via"]
        return [end for one in via for end in self._ends(one)] or [source]

    def _key(self, source: str) -> str:
        return str(self.sources[source].get("party") or source)

    def disputed(self) -> str:
        """Who denied it, and who was asked and didn't."""
        told = []
        for note in self.claim["sourcing"]["notes"]:
            if note["code"] in ANSWERS:
                who = " and ".join(map(self._party, note["parties"]))
                told.append(f"{ANSWERS['earlier' if note.get('earlier') else note['code']]} {who}.")
        return " ".join(told) or "Not disputed."

    def _party(self, party: str) -> str:
        return self._name(party) if party in self.sources else called(party)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
