"""GIF: pictures, how they follow each other, and how often."""

from __future__ import annotations

import struct

from explainer.pictures.findings import in_xmp
from explainer.pictures.result import Cleaned, Finding, RefusedError

SIGNATURES = (b"GIF87a", b"GIF89a")
_HINT = "export it again from a program for pictures"
_HEAD = 13
_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_DESCRIPTOR, _CONTROL_LENGTH, _LOOP_LENGTH = 10, 4, 3
_HAS_TABLE = 0x80
_CODE_SIZES = range(2, 12)
_MOST_BYTES = 3  # of a pixel: a code of twelve bits, and one that says that codes begin anew


def clean_gif(data: bytes) -> Cleaned:
    """A GIF without comments, XMP and other extensions, and whatever follows the picture.

    Raises:
        RefusedError: if it isn't a whole GIF.
    """
    at = _HEAD + _table(data, 10)
    parts, findings, pictures = [data[:at]], set[Finding](), 0
    while (kind := _byte(data, at)) != _TRAILER:
        if kind == _IMAGE:
            start, at = at, at + _DESCRIPTOR + _table(data, at + 9)
            if _byte(data, at) not in _CODE_SIZES:
                raise RefusedError("this GIF is damaged", _HINT)
            blocks, end = _blocks(data, at + 1)
            width, height = struct.unpack_from("<HH", data, start + 5)
            if sum(map(len, blocks)) > _MOST_BYTES * (width * height + 1):
                raise RefusedError("this GIF is damaged", _HINT)
            parts.append(data[start : at + 1] + _packed(blocks))
            at, pictures = end, pictures + 1
        elif kind == _EXTENSION:
            label = _byte(data, at + 1)
            blocks, at = _blocks(data, at + 2)
            if label == _CONTROL and len(blocks[:1]) == 1 and len(blocks[0]) == _CONTROL_LENGTH:
                parts.append(bytes((_EXTENSION, label)) + _packed(blocks[:1]))
            elif label == _APPLICATION and blocks[:1] and blocks[0] in _LOOPS:
                loop = [block for block in blocks[1:] if len(block) == _LOOP_LENGTH and block[0] == 1]
                parts.append(bytes((_EXTENSION, label)) + _packed([blocks[0], *loop[:1]]))
            else:
                findings |= in_xmp(b"".join(blocks))
        else:
            raise RefusedError("this GIF is damaged", _HINT)
    if not pictures:
        raise RefusedError("this GIF has no picture", _HINT)
    return Cleaned(b"".join((*parts, bytes((_TRAILER,)))), frozenset(findings))


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise RefusedError("this GIF is cut off", _HINT)
    return data[at]


def _table(data: bytes, at: int) -> int:
    """How long the colour table is that the flags at this place announce."""
    flags = _byte(data, at)
    return 3 << (flags & 7) + 1 if flags & _HAS_TABLE else 0


def _blocks(data: bytes, at: int) -> tuple[list[bytes], int]:
    """The blocks that begin at this place, and the place behind their end."""
    blocks = []
    while length := _byte(data, at):
        blocks.append(data[at + 1 : at + 1 + length])
        at += 1 + length
    return blocks, at + 1


def _packed(blocks: list[bytes]) -> bytes:
    return b"".join(bytes((len(block),)) + block for block in blocks) + b"\0"
