"""JPEG: tables, frames and scans are kept, and of the rest only what is about colour and orientation."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, NamedTuple

from explainer.pictures.exif import UPRIGHT, orientation_only, read_exif
from explainer.pictures.findings import in_iptc, in_xmp
from explainer.pictures.profile import clean_profile
from explainer.pictures.result import Cleaned, Finding, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIGNATURE = b"\xff\xd8"
_HINT = "export it again from a program for pictures"
_EOI, _SOS, _COM = 0xD9, 0xDA, 0xFE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APPS = range(0xE0, 0xF0)
_APP0, _APP1, _APP2, _APP13, _APP14 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE
_EXIF, _ICC, _ADOBE = b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe"
_JFIF_LENGTH, _ADOBE_LENGTH = 14, 12
_LARGEST = 65533 - len(_ICC) - 2
# The end of a scan: a marker other than a byte that is stuffed, a restart or a byte that fills.
_SCAN_END = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]", re.DOTALL)


class _Segment(NamedTuple):
    """A segment with what stands in it, and behind a scan's header with its data."""

    kind: int
    body: bytes
    scan: bytes = b""


def clean_jpeg(data: bytes) -> Cleaned:
    """A JPEG without metadata, thumbnails, and whatever follows the picture.

    Raises:
        RefusedError: if it isn't a whole JPEG.
    """
    segments = list(_segments(data))
    if sum(segment.kind in _FRAMES for segment in segments) != 1 or not any(one.kind == _SOS for one in segments):
        raise RefusedError("this JPEG has no picture, or several", _HINT)
    head, parts, icc = list[bytes](), list[bytes](), list[bytes]()
    orientation, findings = UPRIGHT, set[Finding]()
    for kind, body, scan in segments:
        if kind == _APP1 and body.startswith(_EXIF):
            exif = read_exif(body)
            orientation = exif.orientation if orientation == UPRIGHT else orientation
            findings |= exif.findings
        elif kind == _APP0 and body.startswith(b"JFIF\0") and not head and len(body) >= _JFIF_LENGTH:
            # Without its thumbnail: the last two bytes are that one's width and height.
            head.append(_segment(_APP0, body[: _JFIF_LENGTH - 2] + b"\0\0"))
        elif kind == _APP2 and body.startswith(_ICC):
            icc.append(body[len(_ICC) :])
        elif kind == _APP14 and body.startswith(_ADOBE) and len(body) >= _ADOBE_LENGTH:
            parts.append(_segment(kind, body[:_ADOBE_LENGTH]))
        elif kind in _APPS:
            findings |= in_iptc(body) if kind == _APP13 else in_xmp(body)
        elif kind != _COM:
            parts.append(_segment(kind, body) + scan)
    if orientation != UPRIGHT:
        head.append(_segment(_APP1, _EXIF + orientation_only(orientation)))
    head += _profile(icc)
    return Cleaned(b"".join((SIGNATURE, *head, *parts, b"\xff\xd9")), frozenset(findings))


def _segment(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body


def _profile(numbered: list[bytes]) -> Iterator[bytes]:
    """The segments of the colour profile, if it is all there."""
    numbered.sort(key=lambda part: part[:1])
    profile = clean_profile(b"".join(part[2:] for part in numbered))
    if profile is None:
        return
    parts = [profile[at : at + _LARGEST] for at in range(0, len(profile), _LARGEST)]
    for number, part in enumerate(parts, 1):
        yield _segment(_APP2, _ICC + bytes((number, len(parts))) + part)


def _segments(data: bytes) -> Iterator[_Segment]:
    """Everything between the start and the end of the picture."""
    at = len(SIGNATURE)
    while True:
        if data[at : at + 1] != b"\xff":
            raise RefusedError("this JPEG is cut off or damaged", _HINT)
        while data[at + 1 : at + 2] == b"\xff":  # bytes that fill
            at += 1
        kind, length = _head(data, at)
        if kind == _EOI:
            return
        end = at + 2 + length
        body = data[at + 4 : end]
        if len(body) != length - 2 or not _is_whole(kind, body):
            raise RefusedError("this JPEG is cut off or damaged", _HINT)
        scan = b""
        if kind == _SOS:
            found = _SCAN_END.search(data, end)
            if not found:
                raise RefusedError("this JPEG is cut off", _HINT)
            scan = data[end : found.start()].rstrip(b"\xff")
            end = found.start()
        yield _Segment(kind, body, scan)
        at = end


def _head(data: bytes, at: int) -> tuple[int, int]:
    """The kind of the segment at this place, and its length."""
    kind = data[at + 1] if at + 1 < len(data) else 0
    if kind == _EOI:
        return kind, 0
    if (kind not in _SHAPES and kind not in _FRAMES and kind not in _APPS) or at + 4 > len(data):
        raise RefusedError("this JPEG is cut off or damaged", _HINT)
    return kind, int(struct.unpack_from(">H", data, at + 2)[0])


def _is_whole(kind: int, body: bytes) -> bool:
    """Whether a segment has the shape of its kind: nothing else may hide in one that is kept."""
    if kind in _FRAMES:
        return len(body) >= 6 and len(body) == 6 + 3 * body[5] and body[3:5] != b"\0\0"  # noqa: PLR2004 - its fixed part
    return kind in _APPS or _SHAPES[kind](body)


def _is_quantization(body: bytes) -> bool:
    while body:
        precision, number = body[0] >> 4, body[0] & 15
        if precision > 1 or number > 3 or len(body) < 1 + 64 * (precision + 1):  # noqa: PLR2004 - as the standard has it
            return False
        body = body[1 + 64 * (precision + 1) :]
    return True


def _is_huffman(body: bytes) -> bool:
    while body:
        codes = sum(body[1:17])
        if body[0] & 0xEC or len(body) < 17 + codes or codes > 256:  # noqa: PLR2004 - as the standard has it
            return False
        body = body[17 + codes :]
    return True


_SHAPES: dict[int, Callable[[bytes], bool]] = {
    0xC4: _is_huffman,
    0xCC: lambda body: not len(body) % 2 and all(number & 0xEC == 0 for number in body[::2]),
    _SOS: lambda body: len(body) >= 4 and len(body) == 4 + 2 * body[0],  # noqa: PLR2004 - its fixed part
    0xDB: _is_quantization,
    0xDC: lambda body: len(body) == 2,  # noqa: PLR2004 - a number of lines
    0xDD: lambda body: len(body) == 2,  # noqa: PLR2004 - an interval
    _COM: lambda _: True,
}
