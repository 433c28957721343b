"""Guesses which day was meant by a date in another form than ours."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"([A-Za-z]{3,9})\.? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)? ([A-Za-z]{3,9})\.?,? (\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?")
_RUN_TOGETHER = re.compile(r"(\d{4})(\d\d)(\d\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_TIME = re.compile(r"(.+?)[T ,]+(\d{1,2})[:.](\d\d)(?: ?([ap])\.?m\.?)?", re.IGNORECASE)


def dates_meant(text: str) -> tuple[str, ...]:
    """Return the dates that a text may mean, in our form; two where day and month may change places."""
    if (found := _YEAR_FIRST.fullmatch(text)) is not None:
        return _dates((found[1], found[2], found[3]))
    if (found := _RUN_TOGETHER.fullmatch(text)) is not None:
        return _dates((found[1], found[2], found[3]))
    if (found := _YEAR_LAST.fullmatch(text)) is not None:
        return _dates((found[3], found[2], found[1]), (found[3], found[1], found[2]))
    if (found := _NAMED.fullmatch(text)) is not None:
        return _dates((found[3], _month(found[1]), found[2]))
    if (found := _DAY_FIRST.fullmatch(text)) is not None:
        return _dates((found[3], _month(found[2]), found[1]))
    return ()


def moments_meant(text: str) -> tuple[str, ...]:
    """Return the days, or times of a day, that a text may mean, in our form."""
    found = _TIME.fullmatch(text)
    if found is None:
        return tuple(meant for meant in dates_meant(text) if len(meant) == len("2017-06-08"))
    hour = int(found[2]) % 12 + (12 if found[4] in "pP" else 0) if found[4] else int(found[2])
    day, minute = found[1].strip(), int(found[3])
    if hour > 23 or minute > 59:  # noqa: PLR2004
        return ()
    return tuple(f"{meant} {hour:02}:{minute:02}" for meant in dates_meant(day) if len(meant) == len("2017-06-08"))


def did_you_mean_date(meant: tuple[str, ...]) -> tuple[str, ...]:
    """A hint that offers the dates that may have been meant."""
    return (f"did you mean {' or '.join(f'`{text}`' for text in meant)}?",) if meant else ()


def _month(name: str) -> str:
    short = name[:3].casefold()
    return str(_MONTHS.index(short) + 1) if short in _MONTHS else "0"


def _dates(*candidates: tuple[str, str, str | None]) -> tuple[str, ...]:
    """Those of some years, months and days that exist, each once."""
    found = []
    for year, month, day in candidates:
        try:
            whole = date(int(year), int(month), int(day or 1)).isoformat()
        except ValueError:
            continue
        found.append(whole if day else whole[:7])
    return tuple(dict.fromkeys(found))
