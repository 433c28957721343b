"""The fields of documents, sound and film that may tell of people or places, by name; their values are never looked at.

Such files come out as they are. What can't be read has no fields: it is looked at for a warning alone.
"""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST_PART = 1 << 22

# --- PDF ---

_INFO = re.compile(rb"/Info\s+(\d+)\s+(\d+)\s+R")
_KEY = re.compile(rb"/([A-Za-z][A-Za-z0-9]*)\s*(?:\((?!\s*\))|<(?![<>])|\d+\s+\d+\s+R)")
# What tells of the program and of time alone, or is what the document is called.
_PLAIN_KEYS = frozenset({"Producer", "Creator", "CreationDate", "ModDate", "Trapped", "Title"})
_OBJECT_STREAM = re.compile(rb"<<(?:[^<>]|<[^<>]*>)*/ObjStm\b(?:[^<>]|<[^<>]*>)*>>\s*stream\r?\n")
_MOST_INFOS = 5
_LARGEST_STREAMS = 1 << 25  # unpacked, all together

# --- Office ---

_OFFICE_PARTS = ("docProps/core.xml", "docProps/app.xml", "meta.xml")
_OFFICE = re.compile(
    rb"<(?:dc:(creator)|cp:(lastModifiedBy|keywords|category)|meta:(initial-creator|printed-by|keyword)|(Company|Manager))>\s*[^<\s]"
)
_COMMENTS = ("word/comments.xml", "word/people.xml", "ppt/commentAuthors.xml")

# --- Sound and film ---

_ID3 = {
    "TPE1": "artist", "TPE2": "band", "TCOM": "composer", "TENC": "encoded by", "TOWN": "owner", "TCOP": "copyright",
    "COMM": "comment", "TXXX": "text", "PRIV": "private data", "GEOB": "attached file", "WXXX": "address", "TPE3": "conductor",
}  # fmt: skip
_VORBIS = re.compile(
    rb"\x00(ARTIST|PERFORMER|CONTACT|LOCATION|COPYRIGHT|ORGANIZATION|COMMENT|DESCRIPTION)=.", re.IGNORECASE
)
_WAV = re.compile(rb"(IART|ICOP|IENG|ICMT|ICMS|ITCH|IARL)[\s\S]{4}[^\0]")
_FILM = re.compile(
    rb"\xa9(xyz|aut|ART|mak|mod|cmt|dir|prd|swr|cpy)|(loci)[\s\S]{4}|com\.apple\.quicktime\.([A-Za-z.]+[A-Za-z0-9]*)"
)
_FILM_NAMES = {
    b"xyz": "place", b"loci": "place", b"aut": "author", b"ART": "artist", b"mak": "make of the camera",
    b"mod": "model of the camera", b"cmt": "comment", b"dir": "director", b"prd": "producer", b"swr": "software",
    b"cpy": "copyright",
}  # fmt: skip


def telling_fields(data: bytes) -> tuple[str, ...]:
    """The names of the fields of a PDF, an office document, a sound or a film that may tell of people or places."""
    if data[:1024].lstrip().startswith(b"%PDF"):
        found = _pdf(data)
    elif data.startswith(b"PK\3\4"):
        found = _office(data)
    elif data.startswith(b"ID3"):
        found = _id3(data)
    elif data[:4] in {b"OggS", b"fLaC"}:
        found = (one[1].decode().upper() for one in _VORBIS.finditer(data, 0, 1 << 16))
    elif data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        found = (one[1].decode() for one in _WAV.finditer(b"".join(_riff_lists(data))))
    elif data[4:8] == b"ftyp":
        found = _film(data)
    else:
        return ()
    return tuple(sorted(set(found)))


def _pdf(data: bytes) -> Iterator[str]:
    numbers = {(int(one[1]), int(one[2])) for one in islice(_INFO.finditer(data), _MOST_INFOS)}
    for number, generation in sorted(numbers):
        found = re.search(rb"(?<!\d)%d\s+%d\s+obj\b(.*?)endobj" % (number, generation), data, re.DOTALL)
        for text in [found[1]] if found else _in_streams(data, number):
            names = (one[1].decode() for one in _KEY.finditer(text))
            yield from (name for name in names if name not in _PLAIN_KEYS)
    if b"<dc:creator>" in data:
        yield "Author"


def _in_streams(data: bytes, number: int) -> Iterator[bytes]:
    """An object of a PDF, where it stands in a compressed stream."""
    left = _LARGEST_STREAMS
    for found in _OBJECT_STREAM.finditer(data):
        first = re.search(rb"/First\s+(\d+)", found[0])
        if left <= 0 or not first:
            return
        try:
            packed = data[found.end() : found.end() + _LARGEST_PART]
            text = zlib.decompressobj().decompress(packed, _LARGEST_PART)
        except zlib.error:
            continue
        left -= len(text) + 1000
        head = text[: int(first[1])].split()
        places = {head[at]: head[at + 1] for at in range(0, len(head) - 1, 2)}
        start = places.get(b"%d" % number, b"")
        if start.isdigit():
            offsets = sorted(int(place) for place in places.values() if place.isdigit())
            end = next((one for one in offsets if one > int(start)), len(text))
            yield text[int(first[1]) + int(start) : int(first[1]) + end]


def _office(data: bytes) -> Iterator[str]:
    import zipfile  # noqa: PLC0415 - few sites have such files

    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            for part in _OFFICE_PARTS:
                if part in names:
                    with archive.open(part) as file:
                        text = file.read(_LARGEST_PART)
                    for found in _OFFICE.finditer(text):
                        yield next(name for name in found.groups() if name).decode()
            if names.intersection(_COMMENTS):
                yield "comments"
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, struct.error):
        return  # nothing that an office program would open


def _id3(data: bytes) -> Iterator[str]:
    major, size, at = data[3] if len(data) > 3 else 0, _syncsafe(data[6:10]), 10  # noqa: PLR2004 - an ID3 tag's head
    while at + 10 <= min(len(data), 10 + size):
        name = data[at : at + 4].decode("latin-1")
        length = _syncsafe(data[at + 4 : at + 8]) if major > 3 else int.from_bytes(data[at + 4 : at + 8])  # noqa: PLR2004
        if not name.isalnum() or not length:
            return
        if name in _ID3:
            yield _ID3[name]
        at += 10 + length


def _syncsafe(data: bytes) -> int:
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
    return value


def _riff_lists(data: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name == b"LIST":
            yield data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _film(data: bytes) -> Iterator[str]:
    """The fields in the part of a film that describes it, which isn't that with its pictures."""
    at = 0
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, at + 8)
        end = at + length if length >= 8 else len(data)  # noqa: PLR2004 - a box's head
        if name in {b"moov", b"udta", b"meta"}:
            for short, place, long in _FILM.findall(data[at:end]):
                yield _FILM_NAMES[short or place] if short or place else long.decode()
        at = end
