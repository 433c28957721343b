"""Words as they are searched: without case, marks and spelling variants that readers don't type.

`search.js` folds what a reader types in the same way; the tests hold one table against both.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

LONGEST = 32
"""A longer word is cut; in characters."""
# Letters that no decomposition leads to others, and that readers write as these.
_VARIANTS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ς": "σ",
    "ٱ": "ا", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ـ": "",
}  # fmt: skip
_ASCII_WORD = re.compile(r"[a-z0-9]{2,}")
_WORD = re.compile(r"[^\W_]+")
# The Arabic article, with the prepositions that are written in one word with it.
_ARTICLE = re.compile("^[وفبك]?ال(?=.{3})")


def fold(text: str) -> str:
    """A text in small letters, without marks and variants."""
    text = unicodedata.normalize("NFKD", text).lower()
    if text.isascii():
        return text
    others: dict[int, str] = {}
    for char in set(text):
        if not char.isascii():
            if char in _VARIANTS:
                others[ord(char)] = _VARIANTS[char]
            elif unicodedata.category(char)[0] == "M":
                others[ord(char)] = ""
    return text.translate(others) if others else text


def words_of(text: str) -> list[str]:
    """The words of a text, in order, each as it is searched."""
    if text.isascii():
        return _whole(_ASCII_WORD.findall(text.lower()))
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        if not word.isascii():
            found += _parts(word)
        elif len(word) > 1:
            found.append(word)
    return _whole(found)


def _whole(words: list[str]) -> list[str]:
    return [word if len(word) <= LONGEST else word[:LONGEST] for word in words]


@cache
def _unspaced_run() -> re.Pattern[str]:
    """Characters in a row of the scripts that put no space between words."""
    return re.compile(
        "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
        "\uf900-\ufaff\U00020000-\U0003ffff]+"
    )


def _parts(word: str) -> list[str]:
    """A word without its article; a run of characters without spaces as its pairs."""
    found: list[str] = []
    end = 0
    for run in _unspaced_run().finditer(word):
        found += _alone(word[end : run.start()])
        found += _pairs(run[0])
        end = run.end()
    return found + _alone(word[end:])


def _alone(word: str) -> list[str]:
    word = _ARTICLE.sub("", word)
    return [word] if len(word) > 1 else []


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]
