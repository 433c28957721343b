"""Icons (ICO): each of their pictures, a PNG or a bitmap, at the size that it says."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from explainer.pictures import png
from explainer.pictures.result import Cleaned, Finding, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURES = (b"\0\0\1\0", b"\0\0\2\0")  # an icon, a cursor
_HINT = "export it again from a program for icons"
_HEAD, _ENTRY, _BITMAP = 6, 16, 40
_MOST = 64
_FULL = 256  # the longest side, which an entry writes as 0, and the most colours of a palette
_DEPTHS = (1, 4, 8, 16, 24, 32)


def clean_ico(data: bytes) -> Cleaned:
    """An icon whose pictures are cleaned, without anything between and behind them.

    Raises:
        RefusedError: if it isn't a whole icon.
    """
    pictures = list(_pictures(data))
    if not pictures:
        raise RefusedError("this icon has no picture", _HINT)
    entries, bodies, findings = [], [], set[Finding]()
    at = _HEAD + _ENTRY * len(pictures)
    for entry, body in pictures:
        cleaned = png.clean_png(body) if body.startswith(png.SIGNATURE) else Cleaned(_bitmap(body, entry))
        findings |= cleaned.findings
        entries.append(entry[:8] + struct.pack("<II", len(cleaned.content), at))
        bodies.append(cleaned.content)
        at += len(cleaned.content)
    head = data[:4] + struct.pack("<H", len(pictures))
    return Cleaned(b"".join((head, *entries, *bodies)), frozenset(findings))


def _pictures(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    (count,) = struct.unpack_from("<H", data, 4) if len(data) >= _HEAD else (0,)
    for number in range(min(count, _MOST + 1)):
        entry = data[_HEAD + _ENTRY * number : _HEAD + _ENTRY * (number + 1)]
        if len(entry) < _ENTRY or number == _MOST:
            raise RefusedError("this icon is cut off or damaged", _HINT)
        length, start = struct.unpack_from("<II", entry, 8)
        if not length or start + length > len(data):
            raise RefusedError("this icon is cut off", _HINT)
        yield entry, data[start : start + length]


def _bitmap(body: bytes, entry: bytes) -> bytes:
    """A bitmap as far as its pixels go: its head, its palette, its colours and its mask, of the size that its entry says."""
    if len(body) < _BITMAP:
        raise RefusedError("this icon is damaged", _HINT)
    size, width, height, _, depth, packing = struct.unpack_from("<IiiHHI", body)
    (colours,) = struct.unpack_from("<I", body, 32)
    sides = (entry[0] or _FULL, 2 * (entry[1] or _FULL))
    if size != _BITMAP or packing or (width, height) != sides or depth not in _DEPTHS or colours > _FULL:
        raise RefusedError("this icon is damaged", _HINT)
    palette = 4 * (colours or 1 << depth) if depth <= 8 else 0  # noqa: PLR2004 - deeper ones have no palette
    rows = height // 2
    needed = _BITMAP + palette + rows * ((width * depth + 31) // 32 * 4)
    if len(body) < needed:
        raise RefusedError("this icon is cut off", _HINT)
    return body[: needed + rows * ((width + 31) // 32 * 4)]
