"""Writes a tree of HTML as our Markdown: paragraphs, headings, lists, tables, quotations, pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from explainer.importing.document import LeftOut
from explainer.importing.inline_text import BREAK, Unit, chars, raised, write_units
from explainer.load.address_types import is_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "del": "~~", "strike": "~~"}
_BLOCKS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "hr", "pre", "div", "dl"}
)
_PERCENT = {char: f"%{ord(char):02X}" for char in " ()<>\\"}
_LOWEST = 6
# An id that Google Docs gives its headings; signs at a heading's end that Markdown would drop.
HEADING_ID = re.compile(r"\s*\{#[\w.-]+\}$")
_HEADING_END = re.compile(r"((?:^|(?<=\s))#+)$")


def parse_html(html: str) -> Tag:
    """The tree of some HTML."""
    return BeautifulSoup(html, "html.parser")


@dataclass(slots=True)
class MarkdownWriter:
    """Writes blocks. `cite` makes the Markdown of a reference to a note; `shift` is added to the level of headings."""

    cite: Callable[[Tag], str | None]
    shift: int = 0
    left_out: list[LeftOut] = field(default_factory=list)

    def blocks(self, nodes: Iterable[object]) -> str:
        """Some nodes as Markdown blocks, with an empty line between."""
        found: list[tuple[str, str]] = []
        for name, group in _grouped(nodes):
            text = self._block(name, group, after=found[-1] if found else ("", ""))
            if text.strip():
                found.append((name, text))
        return "\n\n".join(text for _, text in found)

    def _block(self, name: str, group: list[object], after: tuple[str, str]) -> str:
        """One block; a list after another takes another sign, so that they stay two."""
        tag = group[0]
        if name == "" or not isinstance(tag, Tag):
            return self.line(group)
        if name[0] == "h" and name[1:].isdigit():
            return self._heading(tag)
        if name in {"ul", "ol"}:
            return self._list(tag, other=after[0] == name and after[1][:2] not in {"* ", "1)"})
        if name == "table":
            return self._table(tag)
        if name == "blockquote":
            return "\n".join(f"> {line}".rstrip() for line in self.blocks(tag.children).split("\n"))
        if name == "pre":
            return _code_block(tag.get_text())
        if name == "hr":
            return "***"
        return self.line(tag.children) if name == "p" else self.blocks(tag.children)

    def line(self, nodes: Iterable[object], *, cell: bool = False) -> str:
        """Some nodes as the text of one paragraph, heading or cell."""
        return write_units(list(self._units(nodes)), cell=cell)

    # --- Inside a line ---

    def _units(self, nodes: Iterable[object]) -> Iterator[Unit]:
        for node in nodes:
            if isinstance(node, Tag):
                yield from self._tag(node)
            elif type(node) is NavigableString:
                yield from chars(str(node))

    def _tag(self, tag: Tag) -> Iterator[Unit]:
        name = tag.name
        if name == "br":
            yield Unit("char", BREAK)
        elif name == "img":
            yield Unit("piece", _picture(tag))
        elif name == "a":
            yield from self._link(tag)
        elif name == "code":
            yield Unit("piece", _code(tag.get_text()))
        elif name in {"sup", "sub"}:
            yield from self._raised(tag)
        elif mark := _MARKS.get(name):
            yield from (Unit("open", mark), *self._units(tag.children), Unit("close", mark))
        elif name in _BLOCKS or name == "li":
            yield from (Unit("char", " "), *self._units(tag.children), Unit("char", " "))
        elif name == "input":
            yield from chars("☑ " if tag.has_attr("checked") else "☐ ")
        else:
            yield from self._units(tag.children)

    def _link(self, tag: Tag) -> Iterator[Unit]:
        href = str(tag.get("href") or "").strip()
        if not href or not tag.get_text().strip():
            yield from self._units(tag.children)
        elif not is_url(href):
            what = "a link inside the document" if href[0] == "#" else "a link that leads to no address of the web"
            self.left_out.append(LeftOut(what, f"“{' '.join(tag.get_text().split())}”", "its words were kept"))
            yield from self._units(tag.children)
        elif tag.get_text().strip() == href:
            yield Unit("piece", f"<{href}>")
        else:
            address = "".join(_PERCENT.get(char, char) for char in href)
            yield from (Unit("open", "["), *self._units(tag.children), Unit("close", f"]({address})"))

    def _raised(self, tag: Tag) -> Iterator[Unit]:
        cited = self.cite(tag)
        if cited is not None:
            yield Unit("piece", cited)
            return
        text = tag.get_text()
        moved = raised(text, tag.name)
        if moved == text and text.strip():
            how = "raised" if tag.name == "sup" else "lowered"
            self.left_out.append(LeftOut(f"that this is {how}", f"“{text.strip()}”", "its words were kept"))
            yield from self._units(tag.children)
        else:
            yield from chars(moved)

    # --- Blocks ---

    def _heading(self, tag: Tag) -> str:
        for bold in tag.find_all(["strong", "b"]):
            bold.unwrap()
        level = min(max(int(tag.name[1]) + self.shift, 2), _LOWEST)
        units = [Unit("char", " ") if unit.text == BREAK else unit for unit in self._units(tag.children)]
        text = _HEADING_END.sub(r"\\\1", HEADING_ID.sub("", write_units(units)))
        return f"{'#' * level} {text}" if text else ""

    def _list(self, tag: Tag, *, other: bool) -> str:
        items = [one for one in tag.children if isinstance(one, Tag)]
        start = str(tag.get("start") or "1")
        first = int(start) if start.isdigit() else 1
        out = []
        for number, item in enumerate(items, first):
            sign = f"{number}{')' if other else '.'}" if tag.name == "ol" else "*" if other else "-"
            lines = self._item(item).split("\n")
            indent = " " * (len(sign) + 1)
            out.append("\n".join([f"{sign} {lines[0]}".rstrip(), *(f"{indent}{line}".rstrip() for line in lines[1:])]))
        loose = any(item.find("p", recursive=False) for item in items)
        return ("\n\n" if loose else "\n").join(out)

    def _item(self, item: Tag) -> str:
        if item.find("p", recursive=False):
            return self.blocks(item.children)
        parts = [self._block(name, group, ("", "")) for name, group in _grouped(item.children)]
        return "\n".join(part for part in parts if part.strip())

    def _table(self, tag: Tag) -> str:
        grid = _grid(tag)
        if len(grid) == 1 and len(grid[0]) == 1 and (only := grid[0][0]) is not None:
            return self.blocks(only.children)  # a frame around a text
        if not grid:
            return ""
        if any(cell is None for row in grid for cell in row):
            self.left_out.append(
                LeftOut("that cells of a table are joined", f"“{' '.join(tag.get_text(' ').split())[:40]}”")
            )
        rows = [[self.line(cell.children, cell=True) if cell else "" for cell in row] for row in grid]
        width = max(map(len, rows))
        lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
        return "\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])


def _grouped(nodes: Iterable[object]) -> Iterator[tuple[str, list[object]]]:
    """Blocks by the name of their element, and what stands between them as lines, with an empty name."""
    line: list[object] = []
    for node in nodes:
        if isinstance(node, Tag) and node.name in _BLOCKS:
            if line:
                yield "", line
            line = []
            yield node.name, [node]
        else:
            line.append(node)
    if line:
        yield "", line


def _grid(table: Tag) -> list[list[Tag | None]]:
    """The cells of a table in rows and columns; None where a cell of another place reaches to."""
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    taken: set[tuple[int, int]] = set()
    grid: list[list[Tag | None]] = []
    for number, row in enumerate(rows):
        cells: list[Tag | None] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            _reach(cells, taken, number)
            cells.append(cell)
            down, across = (_span(cell, name) for name in ("rowspan", "colspan"))
            column = len(cells) - 1
            taken |= {(number + y, column + x) for y in range(down) for x in range(across)} - {(number, column)}
        _reach(cells, taken, number)
        grid.append(cells)
    return grid


def _reach(cells: list[Tag | None], taken: set[tuple[int, int]], row: int) -> None:
    while (row, len(cells)) in taken:
        cells.append(None)


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name) or "1")
    return min(int(value), 1000) if value.isdigit() and int(value) else 1


def _picture(tag: Tag) -> str:
    words = write_units(chars(str(tag.get("alt") or "")))
    return (
        f"![{words.replace('[', chr(92) + '[').replace(']', chr(92) + ']')}]({tag.get('src')})"
        if tag.get("src")
        else ""
    )


def _code(text: str) -> str:
    plain = " ".join(text.split())
    if "`" in plain:
        return f"`` {plain} ``"
    return f"`{plain}`" if plain else ""


def _code_block(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text.strip(chr(10))}\n{fence}"
