"""What metadata other than EXIF tells of people and places: XMP, IPTC and text fields."""

from __future__ import annotations

import re

from explainer.pictures.result import Finding

_PLACE = re.compile(
    rb"GPS(?!Version)|Iptc4xmpExt:Location|photoshop:(?:City|State|Country)|Iptc4xmpCore:Location", re.ASCII
)
_SERIAL = re.compile(rb"SerialNumber|ImageUniqueID", re.ASCII | re.IGNORECASE)
_OWNER = re.compile(rb"OwnerName|dc:creator|photoshop:(?:Credit|AuthorsPosition)|\bArtist\b|xmpRights:Owner", re.ASCII)
_NAMES = re.compile(r"author|artist|creator|owner|copyright", re.IGNORECASE)
# Records of IPTC: By-line, By-line Title, Writer; City, Sublocation, State, Country.
_IPTC_OWNER, _IPTC_PLACE = (
    (b"\x1c\x02\x50", b"\x1c\x02\x55", b"\x1c\x02\x7a"),
    (b"\x1c\x02\x5a", b"\x1c\x02\x5c", b"\x1c\x02\x5f", b"\x1c\x02\x65"),
)


def in_xmp(data: bytes) -> set[Finding]:
    """What a packet of XMP tells."""
    patterns = ((Finding.PLACE, _PLACE), (Finding.SERIAL, _SERIAL), (Finding.OWNER, _OWNER))
    return {finding for finding, pattern in patterns if pattern.search(data)}


def in_iptc(data: bytes) -> set[Finding]:
    """What a block of Photoshop's, which may hold IPTC, tells."""
    found = {Finding.OWNER} if any(record in data for record in _IPTC_OWNER) else set()
    return found | ({Finding.PLACE} if any(record in data for record in _IPTC_PLACE) else set())


def in_field(keyword: str) -> set[Finding]:
    """What a text field with this name tells."""
    return {Finding.OWNER} if _NAMES.search(keyword) else set()
