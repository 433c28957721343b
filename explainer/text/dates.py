"""Partial dates: a day, a month or a year."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

_FORM = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)


class PartialDate(NamedTuple):
    """A year, a month of a year, or a day: `2017`, `2017-06`, `2017-06-08`."""

    text: str

    @classmethod
    def parse(cls, text: str) -> PartialDate | None:
        """Read `YYYY[-MM[-DD]]`; None if it isn't one, or no such day exists."""
        found = _FORM.fullmatch(text)
        if not found:
            return None
        year, month, day = (int(part) if part else 1 for part in found.groups())
        try:
            date(year, month, day)
        except ValueError:
            return None
        return cls(text)

    @property
    def first(self) -> date:
        """The first day that the date may mean."""
        parts = [int(part) for part in self.text.split("-")]
        return date(*[*parts, 1, 1][:3])

    @property
    def last(self) -> date:
        """The last day that the date may mean."""
        first = self.first
        match self.text.count("-"):
            case 0:
                return date(first.year, 12, 31)
            case 1:
                return date(first.year, first.month, monthrange(first.year, first.month)[1])
            case _:
                return first

    def __str__(self) -> str:
        return self.text
