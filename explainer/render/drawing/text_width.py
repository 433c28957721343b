"""Measure words and break lines, since an SVG can't ask the browser."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import combining, normalize

if TYPE_CHECKING:
    from explainer.text.languages import Direction

# Hundredths of an em in the theme's sans at weight 600; the regular weight is a little narrower.
_WIDTHS = {
    24: " \xa0',.:‘’", 26: "!;ijl|", 31: "()I[]`", 36: "/\\{}", 39: "-f", 42: "rt", 46: '"*J“”', 50: "1^«»", 53: "?_sz",
    55: "cy", 57: "+<=>avx–", 59: "ehknu~ø", 61: "#7bdopq", 64: "$2EFLgß€", 67: "3459STZ", 71: "068BPRXY", 73: "CKUV",
    77: "ADGHNOQ", 83: "&@w", 93: "%Mmæ—…", 107: "WÆŒ",
}  # fmt: skip
_HUNDREDTHS = {char: width for width, chars in _WIDTHS.items() for char in chars}
_OTHER, _ARABIC, _WIDE = 66, 58, 100
_ASCII = bytes(_HUNDREDTHS.get(chr(code), _OTHER) for code in range(256))
_SPACE = _HUNDREDTHS[" "]
_FSI, _PDI = "\u2068", "\u2069"


@lru_cache(4096)
def width(word: str) -> int:
    """The width of a word, in hundredths of an em."""
    if word.isascii():
        return sum(word.encode("ascii").translate(_ASCII))
    return sum(_HUNDREDTHS.get(char) or _width(char) for char in word)


@lru_cache(4096)
def _width(char: str) -> int:
    """The width of a rarer character: that of its letter without accents, or by its script."""
    plain, code = normalize("NFD", char)[0], ord(char)
    if plain in _HUNDREDTHS:
        return _HUNDREDTHS[plain]
    if combining(char):
        return 0
    if char in _FSI + _PDI:
        return 0
    if 0x0590 <= code <= 0x08FF or 0xFB1D <= code <= 0xFEFF:  # noqa: PLR2004 - Hebrew, Arabic and their neighbours
        return _ARABIC
    return _WIDE if code >= 0x1100 else _OTHER  # noqa: PLR2004 - Hangul, Han and all that are as wide


def lines(text: str, room: float, most: int) -> list[str]:
    """The text in lines of at most `room` hundredths of an em; what doesn't fit into the last ends in `…`."""
    words = text.split(" ")
    wide = [width(word) for word in words]
    if sum(wide) + _SPACE * (len(wide) - 1) <= room:
        return [text]
    if max(wide) <= room:
        found = _wrapped(words, wide, room)
        return found if len(found) <= most else [*found[: most - 1], _cut(found[most - 1], room)]
    found = []
    while words:
        line = _line(words, room)
        if len(found) == most - 1 and words:
            found.append(_cut(line, room))
            break
        found.append(line)
    return found


def _wrapped(words: list[str], wide: list[int], room: float) -> list[str]:
    """Words none of which is too long for a line, in lines."""
    found: list[str] = []
    start, used = 0, wide[0]
    for at in range(1, len(words)):
        used += _SPACE + wide[at]
        if used > room:
            found.append(" ".join(words[start:at]))
            start, used = at, wide[at]
    found.append(" ".join(words[start:]))
    return found


def _line(words: list[str], room: float) -> str:
    """Take as many words as fit; of one that is too long by itself what fits."""
    line = words.pop(0)
    if width(line) > room:
        end = _fitting(line, room)
        line, rest = line[:end], line[end:]
        words.insert(0, rest)
        return line
    used = width(line)
    while words and used + _SPACE + width(words[0]) <= room:
        used += _SPACE + width(words[0])
        line += " " + words.pop(0)
    return line


def _cut(line: str, room: float) -> str:
    """A line with `…` at its end, at the cost of a word, or of letters where there is only one."""
    while " " in line and width(line) + width("…") > room:
        line = line[: line.rfind(" ")]
    if width(line) + width("…") > room:
        line = line[: _fitting(line, room - width("…"))]
    return line.rstrip(" ,;:.–-") + "…"


def _fitting(word: str, room: float) -> int:
    used = 0
    for number, char in enumerate(word):
        used += width(char)
        if used > room:
            return max(1, number)
    return len(word)


def isolated(line: str, direction: Direction) -> str:
    """A line of the other direction's script set apart, so that its marks stay where they belong."""
    if line.isascii():
        return f"{_FSI}{line}{_PDI}" if direction == "rtl" else line
    if _FSI in line:
        return line
    other = any(_runs_from_right(char) != (direction == "rtl") for char in line if char.isalpha())
    return f"{_FSI}{line}{_PDI}" if other else line


def _runs_from_right(char: str) -> bool:
    return 0x0590 <= ord(char) <= 0x08FF or 0xFB1D <= ord(char) <= 0xFEFF  # noqa: PLR2004 - as above
