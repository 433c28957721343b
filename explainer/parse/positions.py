"""From offsets back to lines and columns.

markdown-it keeps no position inside a line. A block rule knows offsets into the
whole text; an inline rule knows offsets into its block's content, whose line *k* is the end of
source line `map[0] + k`, or, in a table, one stretch of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, Protocol

from explainer.diagnostics import Span

_TAG = re.compile(r"\{\{<[^{}]*")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")

if TYPE_CHECKING:
    from markdown_it.token import Token


class SourceMap(Protocol):
    """Anything that turns offsets into a span."""

    def span(self, start: int, end: int) -> Span:
        """The span from offset `start` to offset `end`."""


class PageText:
    """The text of one file while it is parsed; itself the source map of block rules."""

    def __init__(self, path: str, body: str) -> None:
        self.path = path
        self.body = body
        self.lines = body.split("\n")

    @cached_property
    def names_in_tags(self) -> frozenset[str]:
        """Every word of shortcodes that may be the id of a claim or a source."""
        return frozenset(name for tag in _TAG.finditer(self.body) for name in _NAME.findall(tag[0]))

    @cached_property
    def starts(self) -> list[int]:
        """The offset of each line."""
        return list(accumulate((len(line) + 1 for line in self.lines), initial=0))

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into the whole text."""
        starts = self.starts
        line, end_line = bisect_right(starts, start), bisect_right(starts, end)
        return Span(self.path, line, start - starts[line - 1] + 1, end_line, end - starts[end_line - 1] + 1)

    def whole_line(self, index: int) -> Span:
        """The span of a line's text, `index` counting from 0."""
        line = self.lines[index]
        indent = len(line) - len(line.lstrip())
        return Span(self.path, index + 1, indent + 1, index + 1, max(len(line.rstrip()), indent) + 1)

    def line_of(self, mark: str, line: int) -> int:
        """The number of the first line from one on that holds a mark; that line's if none does."""
        found = self.body.find(mark, self.starts[line - 1])
        return bisect_right(self.starts, found) if found >= 0 else line

    def source_map(self, token: Token) -> SourceMap:
        """The source map of an inline token."""
        first = token.map[0] if token.map else 0
        if not ("\n" in token.content or token.meta):
            return LineMap(self.path, first + 1, self._column(first, token.content.rstrip()) + 1)
        if "cell" in token.meta:
            escapes = tuple(offset for offset, char in enumerate(token.content) if char == "|")
            return InlineMap(self.path, first, (0,), (token.meta["cell"],), escapes)
        content = token.content.split("\n")
        offsets = tuple(accumulate((len(line) + 1 for line in content[:-1]), initial=0))
        columns = tuple(self._column(first + number, line.rstrip()) for number, line in enumerate(content))
        return InlineMap(self.path, first, offsets, columns)

    def _column(self, index: int, content: str) -> int:
        """Where a content's line begins; after an expanded tab that may be in front of the source's line."""
        line = self.lines[index].rstrip()
        if line.endswith(content):
            return len(line) - len(content)
        found = line.rfind(content)  # in front of the hashes that close a heading
        return found if found >= 0 else len(line) - len(content)


class LineMap(NamedTuple):
    """The source map of an inline token with a single line: the line, and its first column."""

    path: str
    line: int
    column: int

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into the token's content."""
        return Span(self.path, self.line, self.column + start, self.line, self.column + end)


class InlineMap(NamedTuple):
    """The source map of an inline token: the offset and the column of each of its lines.

    `escapes` are the offsets of the characters that have a backslash in the source alone.
    """

    path: str
    first: int
    offsets: tuple[int, ...]
    columns: tuple[int, ...]
    escapes: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into the token's content."""
        return Span(self.path, *self._at(start), *self._at(end))

    def _at(self, offset: int) -> tuple[int, int]:
        number = bisect_right(self.offsets, offset) - 1
        column = self.columns[number] + offset - self.offsets[number] + bisect_left(self.escapes, offset)
        return self.first + number + 1, column + 1


class FixedMap(NamedTuple):
    """The source map of a string whose characters have no places of their own: all of it stands in one."""

    place: Span

    def span(self, start: int, end: int) -> Span:  # noqa: ARG002 - as every source map
        """The place of the whole string."""
        return self.place


class ShiftedMap(NamedTuple):
    """The source map of a string that was cut out of another and parsed on its own."""

    source_map: SourceMap
    by: int

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets into the string."""
        return self.source_map.span(start + self.by, end + self.by)
