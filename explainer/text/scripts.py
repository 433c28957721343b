"""Scripts that are set in another way than Latin script, or put no space between words."""

from __future__ import annotations


class Chars:
    """A set of characters, from ranges with spaces between them; unlike a pattern's, it costs nothing to make."""

    def __init__(self, ranges: str) -> None:
        self._ranges = [(one[0], one[-1]) for one in ranges.split()]
        self._lowest = min(first for first, _ in self._ranges)

    def __contains__(self, char: str) -> bool:
        return char >= self._lowest and any(first <= char <= last for first, last in self._ranges)


# Chinese and Japanese, with their full-width punctuation.
_HAN_AND_KANA = (
    "\u2e80-\u2fdf \u2ff0-\u303e \u3041-\u30ff \u3105-\u312f \u31a0-\u31e3 \u31f0-\u31ff \u3220-\u33ff \u3400-\u4dbf "
    "\u4e00-\ua4cf \uf900-\ufaff \ufe10-\ufe1f \ufe30-\ufe6f \uff01-\uff9f \uffe0-\uffe6 \U00016fe0-\U0001b2ff "
    "\U0001f200-\U0001f2ff \U00020000-\U0003ffff"
)
_HANGUL = "\u1100-\u11ff \u3131-\u318f \ua960-\ua97f \uac00-\ud7ff \uffa0-\uffdc"
CJK = Chars(f"{_HAN_AND_KANA} {_HANGUL}")
"""Characters of Chinese, Japanese and Korean."""
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""What stands in the brackets of a pattern for scripts that put no space between words: Thai, Lao, Burmese, Khmer,
Japanese and Chinese. Such a pattern takes milliseconds to compile, so it is compiled where it is needed."""

_JOINS_LINES = Chars(_HAN_AND_KANA)
# Marks that Chinese shares with other scripts, at the end of one line or the beginning of the next.
_SHARED = frozenset("“”‘’—…·")


def joins_lines(before: str, after: str) -> bool:
    """Whether a line that ends in one character goes on in the next line with the other, without a space."""
    first, second = before in _JOINS_LINES, after in _JOINS_LINES
    return (first and (second or after in _SHARED)) or (second and before in _SHARED)
