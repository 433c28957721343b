"""Language tags: writing direction, and fallbacks to wider tags."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal, TypeAlias

Direction: TypeAlias = Literal["ltr", "rtl"]

_RTL = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"})
_ISOLATE, _END = "\u2068", "\u2069"
_RTL_SCRIPTS = frozenset({"arab", "hebr", "nkoo", "syrc", "thaa"})


@lru_cache(64)
def direction(language: str) -> Direction:
    """The writing direction of a language, by its tag: `ar`, `ar-EG`, `az-Arab`."""
    first, *others = language.lower().split("-")
    script = next((part for part in others if len(part) == 4), None)  # noqa: PLR2004 - a script's subtag
    return "rtl" if (script in _RTL_SCRIPTS if script else first in _RTL) else "ltr"


def isolated(text: str, language: str) -> str:
    """A text for a sentence in a language: one that is written the other way keeps its order, by invisible marks."""
    strong = next((way for way in map(unicodedata.bidirectional, text) if way in ("L", "R", "AL")), None)
    if strong is None or (strong == "L") == (direction(language) == "ltr"):
        return text
    return f"{_ISOLATE}{text}{_END}"


def visible_length(text: str) -> int:
    """How many characters a text has that are seen."""
    return len(text) - text.count(_ISOLATE) - text.count(_END)


def fallback_tags(language: str) -> tuple[str, ...]:
    """A tag and the wider tags that it falls back to, widest first: `es`, `es-MX`."""
    parts = language.split("-")
    return tuple("-".join(parts[: end + 1]) for end in range(len(parts)))
