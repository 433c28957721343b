"""Slugs: a text in the form used in addresses and ids."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode doesn't decompose, and that readers of their languages write so where only a to z can be had.
_LETTERS = str.maketrans({
    "ı": "i", "ł": "l", "ß": "ss", "ẞ": "ss", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h",
    "ŧ": "t", "ŋ": "n", "ĸ": "k", "ŀ": "l", "ʼ": " ",
})  # fmt: skip
# Signs that tell two names apart: C++ and C#, R&D and R/D, +1 and -1.
_SIGNS = {"+": " plus ", "#": " sharp ", "&": " and "}
_SIGN = re.compile("[+#&]")


def name_slug(name: str) -> str:
    """Return the slug of a name, such as a tag's, in which the signs that tell it from others are words.

    The sign before a whole name, as in `#MeToo`, is a habit of social networks and tells nothing apart.
    """
    return slugify(_SIGN.sub(lambda sign: _SIGNS[sign[0]], name.lstrip(" #") or name))


def slugify(text: str) -> str:
    """Return lower-case letters, digits and single hyphens; accents on Latin letters are dropped.

    Letters of other scripts stay. The slug of a text without a letter or digit is empty.
    """
    if text.isascii():
        kept = [char if char.isalnum() else " " for char in text.lower()]
        return "-".join("".join(kept).split())
    out: list[str] = []
    for char in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower().translate(_LETTERS)):
        if char.isalnum():
            out.append(char)
        elif not unicodedata.category(char).startswith("M"):
            out.append(" ")
        elif out and not out[-1].isascii():
            out.append(char)
    return unicodedata.normalize("NFC", "-".join("".join(out).split()))
