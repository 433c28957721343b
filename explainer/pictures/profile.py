"""Colour profiles (ICC): kept, but for what they tell of the machine, such as the serial number of a display."""

from __future__ import annotations

import struct

_HEADER, _TAG = 128, 12
_SIGNATURE = slice(36, 40)
_ID = slice(84, 100)
# Make and model of a display with its serial number, a dictionary of anything, when it was measured, and how.
_TELLING = frozenset({b"mmod", b"meta", b"calt", b"targ"})
_MOST_TAGS = 200


def clean_profile(data: bytes) -> bytes | None:
    """A profile without what tells of the machine; None if it isn't one, and browsers would ignore it."""
    if len(data) < _HEADER + 4 or data[_SIGNATURE] != b"acsp":
        return None
    size, count = struct.unpack_from(">I", data)[0], struct.unpack_from(">I", data, _HEADER)[0]
    table_end = _HEADER + 4 + _TAG * count
    if not table_end <= size <= len(data) or count > _MOST_TAGS:
        return None
    tags = [struct.unpack_from(">4sII", data, _HEADER + 4 + _TAG * number) for number in range(count)]
    if any(start < table_end or start + length > size for _, start, length in tags):
        return None
    kept = bytearray(size)
    kept[:table_end] = data[:table_end]
    for name, start, length in tags:
        if name not in _TELLING:
            kept[start : start + length] = data[start : start + length]
        else:
            # A tag begins with the name of its type; without one it would make the profile invalid.
            kept[start : start + 4] = data[start : start + 4]
    if kept[table_end:] != data[table_end:size]:
        kept[_ID] = bytes(16)  # a digest of the whole, which may be left out
    return bytes(kept)
