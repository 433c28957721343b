"""Sets text in lines for a drawing: each run of letters in a typeface that has them, since nothing falls back by itself."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from explainer.render.cards.wording import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from explainer.render.cards.typefaces import Typeface
    from explainer.text.languages import Direction

# Where a line begins and ends for what orders letters of both directions; it knows no other way to be told.
_OPEN: dict[Direction, str] = {"ltr": "\u2066", "rtl": "\u2067"}
_CLOSE = "\u2069"
_ISOLATES = frozenset("\u2066\u2067\u2068")
_ELLIPSIS = "…"


class SetText(NamedTuple):
    """Text as it is set: its size in pixels, and its lines as `tspan` elements."""

    size: int
    lines: tuple[Markup, ...]


class Lettering:
    """Sets text in typefaces, `typeset` first; letters that none of them has are left out."""

    def __init__(self, faces: Sequence[Typeface], direction: Direction, typeset: Callable[[str], str] = str) -> None:
        self._faces = faces
        self._direction: Direction = direction
        self._typeset = typeset

    def set(self, text: str, room: int, sizes: Sequence[tuple[int, int]], families: Sequence[str]) -> SetText:
        """The text in lines as wide as `room` (pixels), in the first size that has lines enough.

        `sizes` are pairs of a size and how many lines there may be; in the last size what doesn't fit is cut. Of the
        typefaces that have a letter the first of `families` is taken, and any other where none of these has it.
        """
        order = {family: number for number, family in enumerate(families)}
        faces = sorted(self._faces, key=lambda face: order.get(face.family, len(order)))
        text = self._typeset(text)
        # What draws it joins letters only in a line of one typeface.
        line = _Line([face for face in faces if _has_all(face, text)][:1] or faces)
        words = text.split(" ")
        wrapped = [(size, most, line.wrapped(words, room / size)) for size, most in sizes]
        size, most, found = next((one for one in wrapped if len(one[2]) <= one[1]), wrapped[-1])
        if len(found) > most:
            found = [*found[: most - 1], line.cut(found[most - 1], room / size)]
        return SetText(size, tuple(self._set_line(each, line) for each in _isolated(found)))

    def _set_line(self, text: str, line: _Line) -> Markup:
        runs = [*line.runs(text)] or [("", "")]
        if not text.isascii() or self._direction == "rtl":
            runs[0] = (runs[0][0], _OPEN[self._direction] + runs[0][1])
            runs[-1] = (runs[-1][0], runs[-1][1] + _CLOSE)
        return Markup().join(
            Markup('<tspan font-family="{}">{}</tspan>').format(family, escape(part)) for family, part in runs
        )


def _has_all(face: Typeface, text: str) -> bool:
    return all(ord(char) in face.widths or unicodedata.category(char) == UNSEEN for char in text)


def _isolated(lines: Sequence[str]) -> Iterator[str]:
    """Lines that close each isolate in which they end, and begin with those in which the one before ended."""
    opened = ""
    for line in lines:
        begin = opened
        for char in line:
            if char in _ISOLATES:
                opened += char
            elif char == _CLOSE:
                opened = opened[:-1]
        yield begin + line + _CLOSE * len(opened)


class _Line:
    """Measures text in typefaces and breaks it."""

    def __init__(self, faces: Sequence[Typeface]) -> None:
        self._faces = faces

    def runs(self, text: str) -> Iterator[tuple[str, str]]:
        """The stretches of a line that stand in one typeface, with its family."""
        now: Typeface | None = None
        held = ""
        for char in text:
            face = now if now and _has_all(now, char) else self._of(char)
            if face is None:
                if unicodedata.category(char) == UNSEEN:
                    held += char
                continue
            if now is not None and face is not now:
                yield now.family, held
                held = ""
            now = face
            held += char
        if now is not None:
            yield now.family, held

    def _of(self, char: str) -> Typeface | None:
        return next((face for face in self._faces if ord(char) in face.widths), None)

    def width(self, text: str) -> float:
        """The width of text, in parts of the size; letters that join are narrower than by themselves."""
        faces = ((char, self._of(char)) for char in text)
        return sum(face.widths[ord(char)] for char, face in faces if face)

    def wrapped(self, words: Sequence[str], room: float) -> list[str]:
        """Words in lines; one that is too long for a line is broken."""
        found, now = [], ""
        for word in words:
            longer = f"{now} {word}" if now else word
            if self.width(longer) <= room:
                now = longer
                continue
            if now:
                found.append(now)
            now = word
            while self.width(now) > room and len(now) > 1:
                end = self._fitting(now, room)
                found.append(now[:end])
                now = now[end:]
        return [*found, now]

    def cut(self, line: str, room: float) -> str:
        """A line with `…` at its end, at the cost of a word, or of letters where there is only one."""
        while self.width(line + _ELLIPSIS) > room and " " in line:
            line = line.rpartition(" ")[0]
        end = self._fitting(line, room - self.width(_ELLIPSIS))
        return line[:end].rstrip(" ,;:.–-") + _ELLIPSIS

    def _fitting(self, word: str, room: float) -> int:
        """How many letters fit, one at least."""
        used = 0.0
        for number, char in enumerate(word):
            used += self.width(char)
            if used > room:
                return max(1, number)
        return len(word)
