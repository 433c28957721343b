"""Days and times in the site's time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from explainer.model.declared import Moment

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)? ?([Zz]|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
# These name whatever the machine is set to, or nothing.
_NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})


@lru_cache(16)
def zone(name: str) -> tzinfo | None:
    """The time zone of an IANA name; None if there is none."""
    if name in ("UTC", "Etc/UTC"):
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - a site in UTC needs none

    try:
        return None if name in _NOT_PLACES else ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def is_written_as_moment(text: str) -> bool:
    """Whether text has the form of a day or a time, whether it exists or not."""
    return _FORM.fullmatch(text) is not None


def parse_moment(text: str, time_zone: str) -> Moment | None:
    """Read a day, or a time with or without an offset; None if it isn't one or doesn't exist."""
    found = _FORM.fullmatch(text)
    if not found:
        return None
    *numbers, offset = found.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    site = zone(time_zone) or UTC
    try:
        written = datetime(year, month, day, hour, minute, second, tzinfo=_offset(offset) or site)
        epoch = int(written.timestamp())
        if found[4] is None:
            return Moment(text, epoch)
        local = datetime.fromtimestamp(epoch, site)
    except (ValueError, OverflowError, OSError):
        return None
    if offset is None and local.replace(tzinfo=None) != written.replace(tzinfo=None):
        return None  # the clocks skip it
    # RFC 3339 has no seconds in an offset; old local times do.
    skewed = (local.utcoffset() or timedelta()).total_seconds() % 60
    return Moment((local.astimezone(UTC) if skewed else local).isoformat(), epoch)


def format_moment(epoch: int, time_zone: str) -> str:
    """Write a time as its day in a time zone, with hours and minutes where it isn't midnight there."""
    day, time = datetime.fromtimestamp(epoch, zone(time_zone) or UTC).isoformat(" ", "minutes")[:16].split()
    return day if time == "00:00" else f"{day} {time}"


def _offset(text: str | None) -> tzinfo | None:
    """The time zone of `Z`, `+02:00` or `+0200`; a ValueError if there is no such offset."""
    if text is None:
        return None
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if minutes > 59:  # noqa: PLR2004
        raise ValueError(text)
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
