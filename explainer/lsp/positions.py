"""From places in files to the positions that editors count, and back.

Ours are lines and columns from 1, in characters; an editor's begin at 0 and count in units of an encoding, mostly
UTF-16, in which an emoji is two.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol.types import Position, Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from explainer.diagnostics import Span

    Units = Callable[[str], int]


class Place(NamedTuple):
    """A place in a text: line and column from 1, in characters."""

    line: int
    col: int


class Lines:
    """The lines of a text. `units` counts a text as the editor does."""

    def __init__(self, text: str, units: Units) -> None:
        self.text = text
        self._lines = text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self._lines)]
        self._units = units

    def line(self, number: int) -> str:
        """A line by its number, without its end; empty past the last one."""
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def before(self, place: Place) -> str:
        """What stands before a place on its line."""
        return self.line(place.line)[: place.col - 1]

    def offset(self, place: Place) -> int:
        """The offset of a place in the text."""
        return self._starts[min(place.line, len(self._lines)) - 1] + place.col - 1

    def place_of(self, offset: int) -> Place:
        """The place of an offset in the text."""
        line = bisect_right(self._starts, offset, 0, len(self._lines))
        return Place(line, offset - self._starts[line - 1] + 1)

    def place(self, position: Position) -> Place:
        """The place of an editor's position."""
        line = self.line(position.line + 1)
        units = 0
        for index, char in enumerate(line):
            if units >= position.character:
                return Place(position.line + 1, index + 1)
            units += self._units(char)
        return Place(position.line + 1, len(line) + 1)

    def position(self, line: int, col: int) -> Position:
        """The editor's position of a line and column."""
        return Position(line - 1, self._units(self.line(line)[: col - 1]))

    def range(self, span: Span) -> Range:
        """The editor's range of a span."""
        return Range(self.position(span.line, span.col), self.position(span.end_line, span.end_col))

    def words(self, span: Span) -> str:
        """The text of a span."""
        start, end = Place(span.line, span.col), Place(span.end_line, span.end_col)
        if span.line == span.end_line:
            return self.line(span.line)[span.col - 1 : span.end_col - 1]
        return self.text[self.offset(start) : self.offset(end)]


def holds(span: Span, place: Place) -> bool:
    """Whether a span holds a place, its end included: there the cursor stands behind a word."""
    return (span.line, span.col) <= place <= (span.end_line, span.end_col)
