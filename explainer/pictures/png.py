"""PNG and APNG: only chunks that say how pixels look."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from explainer.pictures.exif import UPRIGHT, orientation_only, read_exif
from explainer.pictures.findings import in_field, in_xmp
from explainer.pictures.profile import clean_profile
from explainer.pictures.result import Cleaned, Finding, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HINT = "export it again from a program for pictures"
_ALLOWED = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT",
    b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD", b"pHYs", b"hIST",
})  # fmt: skip
# How long chunks of a fixed shape may be; others hold pixels and palettes.
_LONGEST = {
    b"IHDR": 13, b"IEND": 0, b"tRNS": 256, b"acTL": 8, b"fcTL": 26, b"cHRM": 32, b"gAMA": 4, b"sBIT": 4, b"sRGB": 1,
    b"cICP": 4, b"mDCV": 24, b"cLLI": 8, b"bKGD": 6, b"pHYs": 9, b"PLTE": 768, b"hIST": 512,
}  # fmt: skip
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_IS_ANCILLARY = 0x20
_LARGEST_PROFILE = 1 << 24
_STORED = 65535


def clean_png(data: bytes) -> Cleaned:
    """A PNG without texts, times, thumbnails, and whatever follows the picture.

    Raises:
        RefusedError: if it isn't a whole PNG.
    """
    parts, findings, orientation, kinds = [SIGNATURE], set[Finding](), UPRIGHT, set[bytes]()
    for kind, body in _chunks(data):
        kinds.add(kind)
        if kind in _ALLOWED:
            parts.append(_chunk(kind, body))
        elif kind == b"eXIf":
            exif = read_exif(body)
            findings |= exif.findings
            if exif.orientation != UPRIGHT and orientation == UPRIGHT:
                orientation = exif.orientation
                parts.append(_chunk(kind, orientation_only(orientation)))
        elif kind == b"iCCP":
            parts.extend(_profile(body))
        elif kind in _TEXTS:
            findings |= in_field(body.partition(b"\0")[0].decode("latin-1")) | in_xmp(body)
        elif not kind[0] & _IS_ANCILLARY:
            raise RefusedError("this PNG has parts that no browser knows", _HINT)
    if b"IDAT" not in kinds:
        raise RefusedError("this PNG has no pixels", _HINT)
    return Cleaned(b"".join(parts), frozenset(findings))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks up to the last, whose checksums are right."""
    at, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        if at + 12 > len(data):
            raise RefusedError("this PNG is cut off", _HINT)
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        right = data[at + 8 + length : at + 12 + length] == struct.pack(">I", zlib.crc32(name + body))
        if not right or len(body) > _LONGEST.get(name, length) or (not kind and name != b"IHDR"):
            raise RefusedError("this PNG is cut off or damaged", _HINT)
        kind = name
        yield kind, body
        at += 12 + length


def _profile(body: bytes) -> Iterator[bytes]:
    """The colour profile, under a name that says nothing."""
    _, _, packed = body.partition(b"\0")
    stream = zlib.decompressobj()
    try:
        raw = stream.decompress(packed[1:], _LARGEST_PROFILE)
    except zlib.error:
        return
    profile = clean_profile(raw)
    if profile is None or not stream.eof:
        return
    kept = packed[1 : len(packed) - len(stream.unused_data)] if profile == raw else _stored(profile)
    yield _chunk(b"iCCP", b"ICC\0\0" + kept)


def _stored(data: bytes) -> bytes:
    """A zlib stream that isn't compressed: what compresses differs from machine to machine."""
    blocks = [data[at : at + _STORED] for at in range(0, len(data), _STORED)]
    parts = [b"\x78\x01"]
    for number, block in enumerate(blocks, 1):
        parts += [struct.pack("<BHH", number == len(blocks), len(block), len(block) ^ 0xFFFF), block]
    return b"".join((*parts, struct.pack(">I", zlib.adler32(data))))
