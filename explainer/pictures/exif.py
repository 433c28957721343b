"""EXIF: the orientation, which is kept, and what else is told, which isn't."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from explainer.pictures.result import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

UPRIGHT = 1
_ORIENTATIONS = range(1, 9)
_ORIENTATION, _EXIF_DIRECTORY, _GPS_DIRECTORY = 0x0112, 0x8769, 0x8825
_SHORT = 3
_ENTRY = 12
_MOST_ENTRIES = 1000
_TELLING = {
    0x013B: Finding.OWNER,  # Artist
    0x8298: Finding.OWNER,  # Copyright
    0x9C9D: Finding.OWNER,  # XPAuthor
    0xA430: Finding.OWNER,  # CameraOwnerName
    0xA431: Finding.SERIAL,  # BodySerialNumber
    0xA435: Finding.SERIAL,  # LensSerialNumber
    0xC62F: Finding.SERIAL,  # CameraSerialNumber
    0x927C: Finding.SERIAL,  # MakerNote: it nearly always holds one
    0xA420: Finding.SERIAL,  # ImageUniqueID
}
# The version alone (tag 0) tells no place.
_GPS_VERSION = 0


class Exif(NamedTuple):
    """What a block of EXIF tells."""

    orientation: int = UPRIGHT
    findings: frozenset[Finding] = frozenset()


def read_exif(data: bytes) -> Exif:
    """Read a block of EXIF, as far as it can be read."""
    data = data.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return Exif()
    orientation, pending = UPRIGHT, [(4, False)]
    findings, seen = set[Finding](), set[int]()
    while pending:
        pointer, is_gps = pending.pop()
        start = _number(data, order, pointer)
        if start is None or start in seen:
            continue
        seen.add(start)
        for tag, kind, at in _entries(data, order, start):
            if is_gps:
                findings.update({Finding.PLACE} if tag != _GPS_VERSION else ())
            elif tag in {_EXIF_DIRECTORY, _GPS_DIRECTORY}:
                pending.append((at, tag == _GPS_DIRECTORY))
            elif tag == _ORIENTATION and kind == _SHORT and orientation == UPRIGHT:
                orientation = int(struct.unpack_from(f"{order}H", data, at)[0])
            elif tag in _TELLING:
                findings.add(_TELLING[tag])
    return Exif(orientation if orientation in _ORIENTATIONS else UPRIGHT, frozenset(findings))


def orientation_only(orientation: int) -> bytes:
    """A block of EXIF that tells the orientation and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)


def _number(data: bytes, order: str, at: int) -> int | None:
    return int(struct.unpack_from(f"{order}I", data, at)[0]) if at + 4 <= len(data) else None


def _entries(data: bytes, order: str, start: int) -> Iterator[tuple[int, int, int]]:
    """Each entry of a directory: its tag, its type, and where its value stands."""
    if start + 2 > len(data):
        return
    (count,) = struct.unpack_from(f"{order}H", data, start)
    for number in range(min(count, _MOST_ENTRIES)):
        at = start + 2 + _ENTRY * number
        if at + _ENTRY > len(data):
            return
        tag, kind = struct.unpack_from(f"{order}HH", data, at)
        yield tag, kind, at + 8
