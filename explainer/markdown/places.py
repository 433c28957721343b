"""From offsets back to lines and columns.

markdown-it keeps no position for what stands inside a line. A block rule knows offsets into the
whole text; an inline rule knows offsets into its block's content, whose line *k* is the end of
source line `map[0] + k`, or, in a table, one stretch of it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from explainer.diagnostics import Span

if TYPE_CHECKING:
    from markdown_it.token import Token


class Place(Protocol):
    """Anything that turns offsets into a span."""

    def span(self, start: int, end: int) -> Span:
        """The span from offset `start` to offset `end`."""


@dataclass(slots=True)
class Text:
    """The text of one file while it is parsed; itself the place of block rules."""

    path: str
    lines: list[str]
    starts: list[int]
    cell_cursors: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str, text: str) -> Text:
        """Split a text into lines."""
        lines = text.split("\n")
        starts, offset = [], 0
        for line in lines:
            starts.append(offset)
            offset += len(line) + 1
        return cls(path, lines, starts)

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into the whole text."""
        line, end_line = bisect_right(self.starts, start), bisect_right(self.starts, max(start, end))
        return Span(self.path, line, start - self.starts[line - 1] + 1, end_line, end - self.starts[end_line - 1] + 1)

    def whole_line(self, index: int) -> Span:
        """The span of a line's text, `index` counting from 0."""
        line = self.lines[min(index, len(self.lines) - 1)]
        indent = len(line) - len(line.lstrip())
        return Span(self.path, index + 1, indent + 1, index + 1, max(len(line), indent) + 1)

    def place(self, token: Token, *, cell: bool) -> InlinePlace:
        """The place of an inline token; cells of a table must be asked for in order."""
        first = token.map[0] if token.map else 0
        content = token.content.split("\n")
        if cell:
            column, escaped = self._cell(first, content[0])
            return InlinePlace(self, first, (0,), (column,), escaped=escaped)
        offsets, columns, offset = [], [], 0
        for number, line in enumerate(content):
            offsets.append(offset)
            columns.append(self._column(first + number, line))
            offset += len(line) + 1
        return InlinePlace(self, first, tuple(offsets), tuple(columns), escaped=False)

    def _column(self, index: int, content: str) -> int:
        line = self.lines[index].rstrip() if index < len(self.lines) else ""
        content = content.rstrip()
        if line.endswith(content):
            return len(line) - len(content)
        return max(line.find(content), 0)

    def _cell(self, index: int, content: str) -> tuple[int, bool]:
        line = self.lines[index]
        escaped = content.replace("|", r"\|")
        found = line.find(escaped, self.cell_cursors.get(index, 0))
        column = max(found, 0)
        self.cell_cursors[index] = column + len(escaped)
        return column, "|" in content


@dataclass(frozen=True, slots=True)
class InlinePlace:
    """Where an inline token's content stands: the offset and the column of each of its lines."""

    text: Text
    first: int
    offsets: tuple[int, ...]
    columns: tuple[int, ...]
    escaped: bool

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into the token's content."""
        line, col = self._at(start)
        end_line, end_col = self._at(max(start, end))
        return Span(self.text.path, line, col, end_line, end_col)

    def _at(self, offset: int) -> tuple[int, int]:
        number = bisect_right(self.offsets, offset) - 1
        column = self.columns[number] + offset - self.offsets[number]
        if self.escaped:
            column = self._past_escapes(self.columns[number], offset)
        return self.first + number + 1, column + 1

    def _past_escapes(self, column: int, offset: int) -> int:
        # In a cell the content has `|` where the source has `\\|`.
        line = self.text.lines[self.first]
        for _ in range(offset):
            column += 2 if line.startswith(r"\|", column) else 1
        return column


@dataclass(frozen=True, slots=True)
class Shifted:
    """The place of a string that was cut out of another and parsed on its own."""

    place: Place
    by: int

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into the string."""
        return self.place.span(start + self.by, end + self.by)
