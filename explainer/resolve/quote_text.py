"""Evens out what quotation and saved copy may differ in: white space, quote marks, dashes, invisible characters, notes."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from explainer.text.scripts import UNSPACED

# In an evened text, a hyphen at the end of a line: it may belong to the word or to the line alone.
LINE_HYPHEN = "\x01"
# And a short dash between two words without spaces: a hyphen to some houses, a dash to others.
CLOSE_DASH = "\x02"

_INVISIBLE = re.compile(
    "[\x00-\x08\u00ad\u061c\u0640\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
_SOFT_HYPHEN_AT_LINE_END = re.compile("\u00ad[^\\S\n]*\n\\s*")
# NFKC would make other characters of some of these, so they are evened out before it.
_STYLES = str.maketrans(dict.fromkeys("“”„‟«»‹›‘’‚‛'`´″′‶‵＂＇", '"') | {"−": "-", "‐": "-", "‑": "-", "―": "—"})
_NOTE_MARK = re.compile(
    r" ?\[(?:\d{1,3}|[a-z]|(?:note|nb|n) ?\d{1,3}|citation needed|[*†‡]+)\]|(?:(?<=[^\W\d_]{3})|(?<=[.,;:!?\"”’)\]]))[⁰¹²³⁴-⁹]+"
)
_LINE_HYPHEN = re.compile(r"(?<=\w)-[^\S\n]*\n\s*(?=\w)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)(?:[‒–]|--| [-‒–] )(?=\d)")
_CLOSE_DASH = re.compile(r"(?<=\w)[‒–](?=\w)")
_DASH = re.compile(r" ?(?:—+|--+) ?| ?[‒–] ?| - ")
_CLINGING = re.compile(r" (?=[,.;:!?%)\]}])|(?<=[(\[{]) ")
_QUOTE_MARKS = re.compile(r" ?\"[ \"]*")
_PUNCTUATION_INSIDE = re.compile(r'(?<![.,;:])([.,;:]++)"|"([.,;:]+) ')


def even(text: str) -> str:
    """Return a text as quotations and saved copies are compared.

    All quote marks and apostrophes are `"`, without space around them and before a full stop or comma, as in `yes".No`;
    dashes are ` -- `, or `CLOSE_DASH` where they may be hyphens; a hyphen at the end of a line is
    `LINE_HYPHEN`; white space is single spaces; invisible characters and note marks are gone.
    """
    text = _INVISIBLE.sub("", _SOFT_HYPHEN_AT_LINE_END.sub("", text))
    # From here on there are single spaces only, so that no pattern looks twice at a run of them.
    text = " ".join(_LINE_HYPHEN.sub(LINE_HYPHEN, text.translate(_STYLES)).split())
    text = unicodedata.normalize("NFKC", _NOTE_MARK.sub("", text))
    text = _CLOSE_DASH.sub(CLOSE_DASH, _BETWEEN_DIGITS.sub("-", text))
    text = " ".join(_DASH.sub(" -- ", text).split())
    if not text.isascii():
        text = _unspaced_break().sub("", text)
    text = _CLINGING.sub("", text)
    return _PUNCTUATION_INSIDE.sub(r'"\1\2', _QUOTE_MARKS.sub('"', text))


@cache
def _unspaced_break() -> re.Pattern[str]:
    return re.compile(rf"(?<=[{UNSPACED}、。，！？；：]) (?=[{UNSPACED}])")


@lru_cache(maxsize=64)
def even_copy(text: str) -> str:
    """Return `even(text)` of a saved copy, which many quotations are compared with."""
    return even(text)
