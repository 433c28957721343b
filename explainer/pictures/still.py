"""Whether a picture is one that variants are made of: a still one in shades of grey or in colours for screens."""

from __future__ import annotations

import struct
from typing import Literal, TypeAlias

from explainer.pictures import jpeg, png, webp

Still: TypeAlias = Literal["jpeg", "png", "webp", "avif"]

_MARK, _LAST_ALONE, _SCAN = 0xFF, 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset((0x01, *range(0xD0, _LAST_ALONE)))
_DEEP, _ANIMATED = 16, 0x02


def still_kind(data: bytes) -> Still | None:
    """The kind of a still picture of eight bits a channel; None for any other, and for one in printers' colours."""
    if data.startswith(jpeg.SIGNATURE):
        return "jpeg" if _is_for_screens(data) else None
    if data.startswith(png.SIGNATURE):
        return None if data[24:25] == bytes([_DEEP]) or b"acTL" in data[: data.find(b"IDAT")] else "png"
    if webp.is_webp(data):
        return None if data[12:16] == b"VP8X" and data[20] & _ANIMATED else "webp"
    return "avif" if data[4:12] == b"ftypavif" else None


def _is_for_screens(data: bytes) -> bool:
    """Whether a JPEG has eight bits a channel, and one channel or three."""
    at = 2
    while at + 9 < len(data) and data[at] == _MARK:
        kind = data[at + 1]
        if kind in _FRAMES:
            return data[at + 4] == 8 and data[at + 9] in {1, 3}  # noqa: PLR2004 - bits, channels
        if kind == _MARK:
            at += 1
        elif kind in _ALONE:
            at += 2
        elif kind == _SCAN:
            return False
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return False
