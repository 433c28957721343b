"""Whether a quote stands in a source's saved copy."""

from __future__ import annotations

import re

# Marks that differ in style alone; `--` and `...` are what typographic text is written as.
_STYLES = str.maketrans(
    dict.fromkeys("“”„‟«»‹›‘’‚‛'`´″′", '"') | dict.fromkeys("‐‑‒–—", "-") | {"…": "...", "\u00ad": ""}
)
_DASHES = re.compile(r"\s*-+\s*")
_LEFT_OUT = re.compile(r"\[\s*\.\.\.\s*\]")


def plain(text: str) -> str:
    """A text with its white space, quote marks and dashes evened out."""
    return " ".join(_DASHES.sub(" - ", text.translate(_STYLES)).split())


def stands_in(quote: str, evened: str) -> bool:
    """Whether a quote stands in an evened-out text, in whole words; `[…]` stands for words left out."""
    start = 0
    for piece in _LEFT_OUT.split(plain(quote)):
        end = _find(piece.strip(' "'), evened, start)
        if end < 0:
            return False
        start = end
    return True


def _find(words: str, text: str, start: int) -> int:
    """Where the words end in the text, -1 if they aren't there."""
    if not words:
        return start
    found = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)").search(text, start)
    return found.end() if found else -1
