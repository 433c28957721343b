"""Chinese, Japanese and Korean characters, where they are set in another way than others."""

from __future__ import annotations

import re

# Characters of scripts that put no space between words, with their full-width punctuation.
_UNSPACED = (
    "\u2e80-\u2fdf\u2ff0-\u303e\u3041-\u30ff\u3105-\u312f\u31a0-\u31e3\u31f0-\u31ff\u3220-\u33ff\u3400-\u4dbf"
    "\u4e00-\ua4cf\uf900-\ufaff\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff9f\uffe0-\uffe6\U00016fe0-\U0001b2ff"
    "\U0001f200-\U0001f2ff\U00020000-\U0003ffff"
)
_HANGUL = "\u1100-\u11ff\u3131-\u318f\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc"
UNSPACED = re.compile(f"[{_UNSPACED}]")
CJK = re.compile(f"[{_UNSPACED}{_HANGUL}]")
# Marks that Chinese shares with other scripts, at the end of one line or the beginning of the next.
_SHARED = frozenset("“”‘’—…·")


def joins_lines(before: str, after: str) -> bool:
    """Whether a line that ends in one character goes on in the next line with the other, without a space."""
    first, second = bool(UNSPACED.match(before)), bool(UNSPACED.match(after))
    return (first and (second or after in _SHARED)) or (second and before in _SHARED)
