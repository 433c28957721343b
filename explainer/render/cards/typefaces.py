"""What a typeface tells of itself: its family, and how wide each character is. Reads TrueType files, and no more of them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FAMILY = 1
_WHOLE, _BASIC = 12, 4  # the forms of tables of characters that are read
_WINDOWS = 3
_LAST = 0x10FFFF


class Typeface(NamedTuple):
    """A typeface: its family's name, the width of each character that it has (in parts of the size), its file."""

    family: str
    widths: Mapping[int, float]
    content: bytes


def read_typeface(content: bytes) -> Typeface | None:
    """A typeface from its file; None if it can't be read."""
    try:
        tables = dict(_tables(content))
        family = _family(content, tables[b"name"])
        (units,) = struct.unpack_from(">H", content, tables[b"head"] + 18)
        (count,) = struct.unpack_from(">H", content, tables[b"hhea"] + 34)
        advances = struct.unpack_from(f">{2 * count}H", content, tables[b"hmtx"])[::2]
        glyphs = dict(_glyphs(content, tables[b"cmap"]))
        widths = {code: advances[min(glyph, count - 1)] / units for code, glyph in glyphs.items()}
    except (struct.error, KeyError, UnicodeDecodeError, IndexError, ZeroDivisionError):
        return None
    return Typeface(family, widths, content) if family and widths else None


def _tables(content: bytes) -> Iterator[tuple[bytes, int]]:
    """Each table's tag and place."""
    (count,) = struct.unpack_from(">H", content, 4)
    for number in range(count):
        tag, _, at = struct.unpack_from(">4sII", content, 12 + 16 * number)
        yield tag, at


def _family(content: bytes, at: int) -> str:
    count, texts = struct.unpack_from(">HH", content, at + 2)
    for number in range(count):
        platform, _, _, name, length, start = struct.unpack_from(">6H", content, at + 6 + 12 * number)
        if platform == _WINDOWS and name == _FAMILY:
            begin = at + texts + start
            return content[begin : begin + length].decode("utf-16-be")
    return ""


def _glyphs(content: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Each character with the number of its glyph."""
    (count,) = struct.unpack_from(">H", content, at + 2)
    for number in range(count):
        (start,) = struct.unpack_from(">I", content, at + 8 + 8 * number)
        (form,) = struct.unpack_from(">H", content, at + start)
        if form == _WHOLE:
            yield from _in_groups(content, at + start)
        elif form == _BASIC:
            yield from _in_segments(content, at + start)


def _in_groups(content: bytes, at: int) -> Iterator[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", content, at + 12)
    for number in range(count):
        first, last, glyph = struct.unpack_from(">III", content, at + 16 + 12 * number)
        for code in range(first, min(last, _LAST) + 1):
            yield code, glyph + code - first


def _in_segments(content: bytes, at: int) -> Iterator[tuple[int, int]]:
    (double,) = struct.unpack_from(">H", content, at + 6)
    form = f">{double // 2}H"
    ends = struct.unpack_from(form, content, at + 14)
    starts, deltas, offsets = (struct.unpack_from(form, content, at + 16 + double * n) for n in (1, 2, 3))
    table = at + 16 + 3 * double
    for number, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", content, table + 2 * number + offset + 2 * (code - first))
            if not offset or glyph:
                yield code, (glyph + delta) & 0xFFFF
