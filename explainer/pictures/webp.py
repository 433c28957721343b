"""WebP: the chunks with pixels, how they move, and the colour profile."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from explainer.pictures.exif import UPRIGHT, orientation_only, read_exif
from explainer.pictures.findings import in_xmp
from explainer.pictures.profile import clean_profile
from explainer.pictures.result import Cleaned, Finding, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HINT = "export it again from a program for pictures"
_PIXELS = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
_HEAD = 12
_FRAME_HEAD = 16
_FLAG_ICC, _FLAG_EXIF, _FLAGS_KEPT = 0x20, 0x08, 0x12  # kept as they are: transparency, animation
_EXTENDED_LENGTH, _ANIMATION_LENGTH = 10, 6
_STILL_MARK, _LOSSLESS_MARK = b"\x9d\x01\x2a", b"\x2f"


def is_webp(data: bytes) -> bool:
    """Whether these bytes begin as a WebP does."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def clean_webp(data: bytes) -> Cleaned:
    """A WebP without EXIF (but for the orientation), XMP, unknown chunks, and whatever follows the picture.

    Raises:
        RefusedError: if it isn't a whole WebP.
    """
    end = 8 + int(struct.unpack_from("<I", data, 4)[0]) if len(data) >= _HEAD else len(data) + 1
    if end > len(data):
        raise RefusedError("this WebP is cut off", _HINT)
    extended: bytes | None = None
    parts, findings, orientation, profile = list[bytes](), set[Finding](), UPRIGHT, None
    for kind, body in _chunks(data[_HEAD:end]):
        if kind == b"VP8X" and extended is None and len(body) == _EXTENDED_LENGTH:
            extended = body
        elif kind == b"EXIF":
            exif = read_exif(body)
            findings |= exif.findings
            orientation = exif.orientation
        elif kind == b"ICCP":
            profile = clean_profile(body)
        elif kind == b"XMP ":
            findings |= in_xmp(body)
        else:
            parts += _kept(kind, body)
    if not parts:
        raise RefusedError("this WebP has no pixels", _HINT)
    return Cleaned(_put_together(extended, parts, profile, orientation), frozenset(findings))


def _put_together(extended: bytes | None, parts: list[bytes], profile: bytes | None, orientation: int) -> bytes:
    if extended is not None:
        flags = extended[0] & _FLAGS_KEPT
        if profile:
            flags |= _FLAG_ICC
            parts.insert(0, _chunk(b"ICCP", profile))
        if orientation != UPRIGHT:
            flags |= _FLAG_EXIF
            parts.append(_chunk(b"EXIF", orientation_only(orientation)))
        parts.insert(0, _chunk(b"VP8X", bytes((flags, 0, 0, 0)) + extended[4:]))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _kept(kind: bytes, body: bytes) -> Iterator[bytes]:
    """A chunk, if it is one of pixels or of how they move."""
    if kind in _PIXELS:
        if (kind == b"VP8 " and body[3:6] != _STILL_MARK) or (kind == b"VP8L" and body[:1] != _LOSSLESS_MARK):
            raise RefusedError("this WebP is damaged", _HINT)
        yield _chunk(kind, body)
    elif kind == b"ANIM":
        yield _chunk(kind, body[:_ANIMATION_LENGTH])
    elif kind == b"ANMF":
        pixels = [part for name, inner in _chunks(body[_FRAME_HEAD:]) if name in _PIXELS for part in _kept(name, inner)]
        if not pixels:
            raise RefusedError("this WebP is damaged", _HINT)
        yield _chunk(kind, body[:_FRAME_HEAD] + b"".join(pixels))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        if at + 8 > len(data):
            raise RefusedError("this WebP is cut off or damaged", _HINT)
        kind, length = struct.unpack_from("<4sI", data, at)
        if at + 8 + length > len(data) or not (kind.isascii() and kind.decode("latin-1").isprintable()):
            raise RefusedError("this WebP is cut off or damaged", _HINT)
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
