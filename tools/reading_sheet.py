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

1. who is behind it,
2. whether from someone who was there or knows it themselves, or through whom,
3. whether those are named,
4. from how many independent sources, with what the line above the story says,
5. whether it is disputed,
6. whether the words in brackets **helped**, told **nothing new**, or **confused**, and how.

A claim begins at its number, ⟨1: like this⟩; the words in brackets that belong to it have its number too. The marks are those
of the bar above the story: ■ a named source, ▨ unnamed sources only, ⬚ an origin that is not stated, □ no source, ═ a
statement.

The words are good if none confuses, they help at two claims of three or more, and no answer is wrong against the key.
"""
KEY_HEAD = """\
# A blind reading: the key

What the writers of the demo declared, for the claims of the [sheet](blind-reading.md). Don't read it before.
"""
SHORT = {"supports": "for", "disputes": "against", "context": "asked or beside it"}


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
    pages = [(site / "explainers" / slug, slug) for slug in slugs]
    sheets, keys = [SHEET_HEAD], [KEY_HEAD]
    for folder, _ in pages:
        data = json.loads((folder / "claims.json").read_bytes())
        numbered = Numbers({claim["id"]: next(numbers) for claim in data["claims"]})
        page = BeautifulSoup((folder / "index.html").read_text("utf-8"), "html5lib")
        sheets += [f"\n## {data['page']['title']}\n", *(f"{text}\n" for text in paragraphs(page, numbered))]
        keys += [f"\n## {data['page']['title']}\n", *answers(data, numbered)]
    sheet.write_text("\n".join(sheets), encoding="utf-8")
    key.write_text("\n".join(keys) + "\n", encoding="utf-8")


def paragraphs(page: BeautifulSoup, numbers: Numbers) -> Iterator[str]:
    """What stands above the story on how it is sourced, and each block of the story that has a claim."""
    for counts in page.select(".x-sourced .x-counts"):
        for link in counts.select("a"):
            link.extract()
        yield " ".join(counts.get_text(" ", strip=True).split())
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
    """What was declared of each claim of a page, and the level that the rule gives it."""
    sources = {source["id"]: source for source in data["sources"]}
    for claim in data["claims"]:
        edges = "; ".join(
            f"{SHORT[edge['stance']]}: {_named(sources[edge['source']])}"
            + (f" ({edge['response']})" if edge["response"] else "")
            for edge in claim["edges"]
        )
        notes = [note["code"] + (" earlier" if note.get("earlier") else "") for note in claim["sourcing"]["notes"]]
        told = f" ({', '.join(notes)})" if notes else ""
        yield f"{numbers.of[claim['id']]}. {claim['sourcing']['label']}{told}. {edges or 'No source'}."


def _named(source: dict[str, Any]) -> str:
    who = source.get("party") or source.get("publisher") or source.get("description") or source["id"]
    through = "".join(f", in {report}" for report in source.get("reported_in") or ())
    known = "".join(f", through {one}" for one in source.get("via") or ())
    return f"{who}{through}{known}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
