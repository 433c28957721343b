"""Colour profiles (ICC): kept, but for what they tell of the machine, such as the serial number of a display."""

from __future__ import annotations

import struct

_HEADER, _TAG = 128, 12
_SIGNATURE = slice(36, 40)
_ID = slice(84, 100)
# What says how colours are shown (ICC.1:2022, its predecessors, and Apple's curves). Others tell of the machine: make,
# model and serial number of a display, a dictionary of anything, when it was measured and how, or nobody knows what.
_KEPT = frozenset({
    b"A2B0", b"A2B1", b"A2B2", b"A2M0", b"B2A0", b"B2A1", b"B2A2", b"B2D0", b"B2D1", b"B2D2", b"B2D3", b"D2B0",
    b"D2B1", b"D2B2", b"D2B3", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"bkpt",
    b"lumi", b"chad", b"chrm", b"cicp", b"ciis", b"clro", b"clrt", b"clot", b"cprt", b"desc", b"dscm", b"dmdd",
    b"dmnd", b"gamt", b"meas", b"ncl2", b"pre0", b"pre1", b"pre2", b"rig0", b"rig2", b"tech", b"view", b"vued",
    b"vcgt", b"ndin", b"aarg", b"aagg", b"aabg",
})  # fmt: skip
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
    needed = {(start, start + length) for name, start, length in tags if name in _KEPT}
    others = {(start, start + length) for _, start, length in tags} - needed
    for start, end in needed:
        kept[start:end] = data[start:end]
    for start, end in others:
        # A tag begins with the name of its type; without one it would make the profile invalid.
        kept[start:end] = data[start:end][:4].ljust(end - start, b"\0")
    if kept[table_end:] != data[table_end:size]:
        kept[_ID] = bytes(16)  # a digest of the whole, which may be left out
    return bytes(kept)
