"""Small pictures, made byte by byte: plain ones, and the same with everything that cameras and programs add."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

CANARY = b"CANARY-7f3a"


# --- EXIF, XMP, IPTC, ICC ---


def exif(orientation: int = 1, order: str = ">", *, telling: bool = True) -> bytes:
    """A block of EXIF, with a maker's note, a serial number, a name and a place if it is `telling`."""
    text = CANARY + b"\0"
    entries: list[tuple[int, int, bytes]] = [(0x0112, 3, struct.pack(f"{order}H", orientation))]
    if telling:
        entries += [(0x013B, 2, text), (0x927C, 7, text), (0xA431, 2, text)]
    gps = [(0, 1, b"\2\3\0\0"), (1, 2, b"N\0"), (2, 5, CANARY.ljust(24, b"!"))] if telling else []
    start = behind = 8
    if gps:
        entries.append((0x8825, 4, b"\0\0\0\0"))
        behind = start + 2 + 12 * len(entries) + 4 + sum(len(value) for _, _, value in entries if len(value) > 4)
        entries[-1] = (0x8825, 4, struct.pack(f"{order}I", behind))
    directory = ifd(entries, start, order) + (ifd(gps, behind, order) if gps else b"")
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", start) + directory


def ifd(entries: list[tuple[int, int, bytes]], start: int, order: str) -> bytes:
    """A directory of EXIF that stands at `start`, and behind it the values that are longer than four bytes."""
    rows, values = b"", b""
    at = start + 2 + 12 * len(entries) + 4
    for tag, kind, value in entries:
        count = len(value) // {3: 2, 4: 4, 5: 8}.get(kind, 1)
        here = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(f"{order}I", at + len(values))
        values += value if len(value) > 4 else b""
        rows += struct.pack(f"{order}HHI", tag, kind, count) + here
    return struct.pack(f"{order}H", len(entries)) + rows + b"\0\0\0\0" + values


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="' + CANARY + b'" aux:SerialNumber="' + CANARY
    + b'"><dc:creator>' + CANARY + b"</dc:creator></rdf:Description></x:xmpmeta>"
)  # fmt: skip
IPTC = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + b"\x1c\x02\x50\0\x0b" + CANARY + b"\x1c\x02\x5a\0\x0b" + CANARY


def icc(*, telling: bool = False) -> bytes:
    """A colour profile; with the serial number of a display if it is `telling`."""
    display = b"mmod\0\0\0\0" + (CANARY if telling else bytes(len(CANARY)))
    tags = [(b"wtpt", b"XYZ \0\0\0\0" + struct.pack(">III", 0xF351, 0x10000, 0x116CC)), (b"mmod", display + b"\0")]
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, value in tags:
        table += name + struct.pack(">II", at + len(body), len(value))
        body += value
    whole = struct.pack(">I", len(tags)) + table + body
    if not telling:
        whole = whole.replace(display, b"mmod" + bytes(len(display) - 4))
    head = struct.pack(">I", 128 + len(whole)) + bytes(8) + b"mntrRGB XYZ " + bytes(12) + b"acsp"
    return head.ljust(128, b"\0") + whole


# --- JPEG ---

_DC = struct.pack(">B16B", 0x00, 1, *[0] * 15) + b"\0"
_AC = struct.pack(">B16B", 0x10, 1, *[0] * 15) + b"\0"
JFIF = (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
ADOBE = (0xEE, b"Adobe\0d\0\0\0\0\0")


def segment(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body


def jpeg(
    *head: tuple[int, bytes], width: int = 8, height: int = 8, progressive: bool = False, restarts: bool = False,
    between: bytes = b"", fill: bytes = b"", behind: bytes = b"",
) -> bytes:  # fmt: skip
    """A grey JPEG of one colour, with these segments in front and `between` its tables and scans."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0"
    count = -(-width // 8) * -(-height // 8)
    parts = [b"\xff\xd8", *(segment(*one) for one in head), fill, segment(0xDB, b"\0" + b"\1" * 64)]
    parts += [segment(0xC2 if progressive else 0xC0, frame), between, segment(0xC4, _DC), segment(0xC4, _AC)]
    if restarts:
        parts.append(segment(0xDD, b"\0\1"))
    scans = [b"\0\0\0", b"\1\x3f\0"] if progressive else [b"\0\x3f\0"]
    for scan in scans:
        bits = "0" * (1 if progressive else 2) * (1 if restarts else count)
        data = int(bits.ljust(-(-len(bits) // 8) * 8, "1"), 2).to_bytes(-(-len(bits) // 8))
        if restarts:
            data = b"".join(data + (b"" if n == count - 1 else bytes((0xFF, 0xD0 + n % 8))) for n in range(count))
        parts += [between, segment(0xDA, b"\1\1\0" + scan), data, fill]
    return b"".join((*parts, b"\xff\xd9", behind))


def dirty_jpeg(orientation: int = 1, **options: Any) -> bytes:
    """The same with everything that may stand in a JPEG besides the picture."""
    thumbnail = JFIF[1][:-2] + b"\2\2" + (CANARY + b"!")
    head = [
        (0xE0, thumbnail), (0xE0, b"JFXX\0\x10" + CANARY), (0xE1, b"Exif\0\0" + exif(orientation)),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), (0xE2, b"ICC_PROFILE\0\1\1" + icc(telling=True)),
        (0xE2, b"MPF\0" + CANARY), (0xED, IPTC), (0xEE, ADOBE[1] + CANARY), (0xEC, CANARY), (0xFE, CANARY),
    ]  # fmt: skip
    behind = b"\xff\xd8" + segment(0xFE, CANARY) + b"\xff\xd9ftypmp42" + CANARY
    return jpeg(*head, between=segment(0xFE, CANARY), fill=b"\xff\xff", behind=behind, **options)


def plain_jpeg(orientation: int = 1, **options: Any) -> bytes:
    """What is left of a `dirty_jpeg`."""
    turned = [(0xE1, b"Exif\0\0" + exif(orientation, telling=False))] if orientation != 1 else []
    profile = (0xE2, b"ICC_PROFILE\0\1\1" + icc())
    return jpeg(JFIF, *turned, profile, ADOBE, **options)


# --- PNG ---


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    *chunks: tuple[bytes, bytes], width: int = 4, height: int = 3, late: Iterable[tuple[bytes, bytes]] = ()
) -> bytes:
    """A grey PNG, with these chunks in front of its pixels and the `late` ones behind."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = (b"IDAT", zlib.compress((b"\0" + b"\x99" * width) * height))
    whole = ((b"IHDR", head), *chunks, pixels, *late, (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in whole)


GAMMA = (b"gAMA", struct.pack(">I", 45455))


def stored(data: bytes) -> bytes:
    head = b"\x78\x01\1" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF)
    return head + data + struct.pack(">I", zlib.adler32(data))


def dirty_png(orientation: int = 1) -> bytes:
    chunks = [
        GAMMA, (b"iCCP", CANARY + b"\0\0" + zlib.compress(icc(telling=True)) + CANARY), (b"eXIf", exif(orientation)),
        (b"tEXt", b"Author\0" + CANARY), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP), (b"tIME", b"\7\xe8\1\1\1\1\1"),
        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(CANARY, 0)), (b"prVt", CANARY),
    ]  # fmt: skip
    return png(*chunks, late=[(b"tEXt", b"Comment\0" + CANARY)]) + CANARY


def plain_png(orientation: int = 1) -> bytes:
    turned = [(b"eXIf", exif(orientation, telling=False))] if orientation != 1 else []
    return png(GAMMA, (b"iCCP", b"ICC\0\0" + stored(icc())), *turned)


def apng(*chunks: tuple[bytes, bytes]) -> bytes:
    """Two frames."""
    control = struct.pack(">IIIIHHBB", 4, 3, 0, 0, 1, 10, 0, 0)
    second = struct.pack(">I", 2) + zlib.compress(b"\0\x11\x11\x11\x11" * 3)
    frames = [(b"fcTL", struct.pack(">I", 1) + control), (b"fdAT", second)]
    return png((b"acTL", struct.pack(">II", 2, 0)), (b"fcTL", bytes(4) + control), *chunks, late=frames)


# --- WebP ---


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


# One pixel, lossless.
VP8L = (b"VP8L", bytes.fromhex("2f0000000007508a2ad4a3ff8188e87f00"))


def extended(flags: int, width: int = 1, height: int = 1) -> tuple[bytes, bytes]:
    return b"VP8X", bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def dirty_webp(orientation: int = 1) -> bytes:
    return riff(
        extended(0x3C), (b"ICCP", icc(telling=True)), VP8L, (b"EXIF", b"Exif\0\0" + exif(orientation, "<")),
        (b"XMP ", XMP), (b"NOTE", CANARY),
    ) + CANARY  # fmt: skip


def plain_webp(orientation: int = 1) -> bytes:
    turned = [(b"EXIF", exif(orientation, telling=False))] if orientation != 1 else []
    return riff(extended(0x38 if turned else 0x30), (b"ICCP", icc()), VP8L, *turned)


def moving_webp(*, dirty: bool) -> bytes:
    inner = [VP8L, *([(b"NOTE", CANARY)] if dirty else [])]
    frame = bytes(12) + b"\x64\0\0\0" + riff(*inner)[12:]
    rest = [(b"XMP ", XMP)] if dirty else []
    return riff(extended(0x06 if dirty else 0x02), (b"ANIM", b"\xff\xff\xff\xff\0\0"), (b"ANMF", frame), *rest)


# --- GIF ---

LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
_PICTURE = b"\x21\xf9\x04\0\x0a\0\0\0" + b"\x2c\0\0\0\0\1\0\1\0\0" + b"\x02\x02\x44\x01\0"


def gif(*, dirty: bool, frames: int = 2) -> bytes:
    head = b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + LOOP
    if not dirty:
        return head + _PICTURE * frames + b";"
    comment = b"\x21\xfe" + bytes((len(CANARY),)) + CANARY + b"\0"
    blocks = b"".join(bytes((len(part),)) + part for part in (XMP[at : at + 255] for at in range(0, len(XMP), 255)))
    xmp = b"\x21\xff\x0bXMP DataXMP" + blocks + b"\0"
    text = b"\x21\x01\x0c" + bytes(12) + bytes((len(CANARY),)) + CANARY + b"\0"
    return head + comment + (_PICTURE + xmp + text) * frames + b";" + CANARY


# --- Icons ---


def ico(*, dirty: bool) -> bytes:
    bitmap = struct.pack("<IiiHHIIiiII", 40, 2, 4, 1, 32, 0, 0, 0, 0, 0, 0) + b"\x11\x22\x33\xff" * 4 + bytes(8)
    pictures = [dirty_png() if dirty else plain_png(), bitmap + (CANARY if dirty else b"")]
    at, entries = 6 + 16 * len(pictures), b""
    for picture in pictures:
        entries += b"\2\2\0\0\1\0\x20\0" + struct.pack("<II", len(picture), at)
        at += len(picture)
    return b"\0\0\1\0" + struct.pack("<H", len(pictures)) + entries + b"".join(pictures) + (CANARY if dirty else b"")


PLAIN = {
    "a.jpg": plain_jpeg(), "turned.jpg": plain_jpeg(6), "progressive.jpg": plain_jpeg(progressive=True),
    "restarts.jpg": plain_jpeg(restarts=True, width=24), "a.png": plain_png(), "turned.png": plain_png(8), "moving.png": apng(),
    "a.webp": plain_webp(), "turned.webp": plain_webp(3), "moving.webp": moving_webp(dirty=False),
    "simple.webp": riff(VP8L), "a.gif": gif(dirty=False), "a.ico": ico(dirty=False),
}  # fmt: skip
DIRTY = {
    "a.jpg": dirty_jpeg(), "turned.jpg": dirty_jpeg(6), "progressive.jpg": dirty_jpeg(progressive=True),
    "restarts.jpg": dirty_jpeg(restarts=True, width=24), "a.png": dirty_png(), "turned.png": dirty_png(8),
    "moving.png": apng((b"tEXt", b"Author\0" + CANARY), (b"eXIf", exif(1))), "a.webp": dirty_webp(),
    "turned.webp": dirty_webp(3), "moving.webp": moving_webp(dirty=True),
    "simple.webp": riff(VP8L, (b"EXIF", exif(6)), (b"XMP ", XMP)), "a.gif": gif(dirty=True), "a.ico": ico(dirty=True),
}  # fmt: skip
