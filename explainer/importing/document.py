"""A document that was read, before it is made a draft."""

from __future__ import annotations

from typing import NamedTuple


class LeftOut(NamedTuple):
    """Something of a document that the draft doesn't have: where it stood, and what to do about it."""

    what: str
    place: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place}{self.what}{hint}"


class Comment(NamedTuple):
    """What somebody remarked about some words of a document."""

    author: str
    words: str
    text: str


class Origin(NamedTuple):
    """What only the newsroom may know of a document: who wrote it, and what was remarked in it."""

    people: tuple[tuple[str, str], ...] = ()
    comments: tuple[Comment, ...] = ()


class Imported(NamedTuple):
    """A document as HTML. `pictures` are the files that its `src` name, not cleaned yet."""

    html: str
    pictures: dict[str, bytes]
    origin: Origin
    left_out: tuple[LeftOut, ...]


class UnreadableError(Exception):
    """A file can't be imported: why, in words, and what to do about it."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(f"{reason}\n  hint: {hint}" if hint else reason)
