"""What cleaning a picture results in."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Finding(StrEnum):
    """Something in a picture that may tell who took it, or where; in the words of a message."""

    PLACE = "the place where it was taken"
    SERIAL = "a serial number"
    OWNER = "a person's name"


class Cleaned(NamedTuple):
    """A picture without its metadata, and what of that may tell of people; never the values."""

    content: bytes
    findings: frozenset[Finding] = frozenset()


class RefusedError(Exception):
    """A picture that can't be cleaned: why, what to do about it, and where in the file, if it is text."""

    def __init__(self, reason: str, hint: str = "", line: int = 0, col: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        self.line = line
        self.col = col
