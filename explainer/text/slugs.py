"""Slugs: a text in the form used in addresses and ids."""

from __future__ import annotations

import unicodedata


def slugify(text: str) -> str:
    """Lower-case letters, digits and single hyphens; accents on Latin letters are dropped.

    Letters of other scripts stay. The slug of a text without a letter or digit is empty.
    """
    if text.isascii():
        kept = [char if char.isalnum() else " " for char in text.lower()]
        return "-".join("".join(kept).split())
    out: list[str] = []
    for char in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower()):
        if char.isalnum():
            out.append(char)
        elif not unicodedata.category(char).startswith("M"):
            out.append(" ")
        elif out and not out[-1].isascii():
            out.append(char)
    return unicodedata.normalize("NFC", "-".join("".join(out).split()))
