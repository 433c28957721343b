"""Whether a quote stands in a source's saved copy."""

from __future__ import annotations

import re
import unicodedata

# Marks that differ in style alone; `--` and `...` are what typographic text is written as.
_STYLES = str.maketrans(
    dict.fromkeys("“”„‟«»‹›‘’‚‛'`´″′", '"') | dict.fromkeys("‐‑", "-") | dict.fromkeys("‒–—―", "--") |
    {"…": "...", "\u00ad": "", "\u200b": "", "\ufeff": ""}
)  # fmt: skip
# A hyphen joins two words, even over the end of a line; any other dash stands between two.
_HYPHEN = re.compile(r"(?<=\w)-\s*(?=\w)")
_DASH = re.compile(r"\s*--+\s*|\s+-\s+")
_JOINED = re.compile(r"(?<=\w)-(?=\w)")
_LEFT_OUT = re.compile(r"\[\s*\.\.\.\s*\]")
# Thai, Lao, Burmese, Khmer, Japanese and Chinese put no space between words.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_IN_A_WORD = re.compile(rf"[^\W{_UNSPACED}]{{2}}")


def plain(text: str) -> str:
    """A text with its white space, quote marks, dashes and ligatures evened out."""
    even = unicodedata.normalize("NFKC", text.translate(_STYLES))
    return " ".join(_DASH.sub(" -- ", _HYPHEN.sub("-", even)).split())


def stands_in(quote: str, evened: str) -> bool:
    """Whether a quote stands in an evened-out text, in whole words; `[…]` stands for words left out."""
    pieces = [piece.strip(' "') for piece in _LEFT_OUT.split(plain(quote))]
    if not any(pieces):
        return False
    if _in_order(pieces, evened):
        return True
    # A hyphen at the end of a line may be there for the line alone.
    return "-" in evened and _in_order([_JOINED.sub("", piece) for piece in pieces], _JOINED.sub("", evened))


def _in_order(pieces: list[str], text: str) -> bool:
    at = 0
    for piece in filter(None, pieces):
        at = _end_of(piece, text, at)
        if at < 0:
            return False
    return True


def _end_of(piece: str, text: str, at: int) -> int:
    """Where the next whole words like these end, -1 if there are none."""
    while (at := text.find(piece, at)) >= 0:
        end = at + len(piece)
        cuts = (text[at - 1 : at + 1], text[end - 1 : end + 1])
        if not any(_IN_A_WORD.match(cut) for cut in cuts):
            return end
        at += 1
    return -1
