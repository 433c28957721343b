"""Read a picture's width and height from the first bytes of its file."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, BinaryIO

from explainer.model.pictures import Size
from explainer.pictures.exif import read_exif

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


_SVG_HEAD = 8192
_SVG = re.compile(rb"<svg\b[^>]*>", re.DOTALL)
_LENGTH = re.compile(rb"""\s(width|height)\s*=\s*["']\s*(\d{1,6})(?:\.\d+)?(?:px)?\s*["']""")
_MARK, _APP1 = 0xFF, 0xE1
# A JPEG's frame headers; the others that begin with 0xC are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))
_TURNED = range(5, 9)


def dimensions(path: Path) -> Size | None:
    """The size of a PNG, JPEG, GIF, WebP or SVG picture; None if the file doesn't contain it."""
    read = _READERS.get(path.suffix.lower())
    if read is None:
        return None
    try:
        with path.open("rb") as file:
            size = read(file)
    except (OSError, struct.error, IndexError):
        return None
    return size if size and size.width > 0 and size.height > 0 else None


def _png(file: BinaryIO) -> Size | None:
    """The size in the header, turned where a chunk in front of the pixels says so."""
    head = file.read(33)
    if head[:8] != b"\x89PNG\r\n\x1a\n" or head[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", head[16:24])
    while len(start := file.read(8)) == 8 and start[4:] != b"IDAT":  # noqa: PLR2004 - a chunk's length and kind
        (length,) = struct.unpack(">I", start[:4])
        if start[4:] == b"eXIf":
            return Size(height, width) if read_exif(file.read(length)).orientation in _TURNED else Size(width, height)
        file.seek(length + 4, 1)
    return Size(width, height)


def _gif(file: BinaryIO) -> Size | None:
    head = file.read(10)
    return Size(*struct.unpack("<HH", head[6:])) if head[:6] in {b"GIF87a", b"GIF89a"} else None


def _jpeg(file: BinaryIO) -> Size | None:
    """The size in the frame header, behind any number of segments; turned where the camera was."""
    turned = False
    if file.read(2) != b"\xff\xd8":
        return None
    while (mark := file.read(2)) and mark[0] == _MARK:
        kind = mark[1]
        if kind == _MARK:  # a byte that fills
            file.seek(-1, 1)
        elif kind not in _ALONE:
            (length,) = struct.unpack(">H", file.read(2))
            if kind in _FRAMES:
                _, height, width = struct.unpack(">BHH", file.read(5))
                return Size(height, width) if turned else Size(width, height)
            body = file.read(length - 2) if length > 2 else b""  # noqa: PLR2004 - the length counts its own two bytes
            if kind == _APP1 and body[:6] == b"Exif\0\0":
                turned = read_exif(body).orientation in _TURNED
    return None


def _webp(file: BinaryIO) -> Size | None:
    head = file.read(30)
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    match head[12:16]:
        case b"VP8 " if head[23:26] == b"\x9d\x01\x2a":
            width, height = struct.unpack("<HH", head[26:30])
            return Size(width & 0x3FFF, height & 0x3FFF)
        case b"VP8L" if head[20] == 0x2F:  # noqa: PLR2004 - its signature
            bits = int.from_bytes(head[21:25], "little")
            return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8X":
            return Size(*(int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27)))
    return None


def _svg(file: BinaryIO) -> Size | None:
    """What the drawing itself says; one that says nothing is as wide as its place, and has no size to keep."""
    found = _SVG.search(file.read(_SVG_HEAD))
    lengths = {name: int(value) for name, value in _LENGTH.findall(found[0])} if found else {}
    return Size(lengths[b"width"], lengths[b"height"]) if lengths.keys() >= {b"width", b"height"} else None


_READERS: dict[str, Callable[[BinaryIO], Size | None]] = {
    ".png": _png, ".apng": _png, ".gif": _gif, ".jpg": _jpeg, ".jpeg": _jpeg, ".webp": _webp, ".svg": _svg,
}  # fmt: skip
