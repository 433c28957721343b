"""Writes a run of text as Markdown: what Markdown would read as markup is escaped, and marks stand where they are read."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

from explainer.load.address_types import is_url
from explainer.text.control_chars import CONTROL

BREAK = "\n"
# Marks that Markdown only reads at the edge of a word.
_FLANKING = frozenset({"*", "**", "~~"})
# Stands for what isn't a character of the text, while the text is searched for what looks like markup.
_PIECE = "\ufffc"
_SPACE = re.compile(r"[ \t\r\n\v\f\u0085\u2028\u2029]+")
# A bare address, in which nothing may be escaped.
_ADDRESS = re.compile(r"(?<![\w<])https?://[^\s<>\"“”`\\\]]*[^\s<>\"“”`\\\].,;:!?'’)]", re.IGNORECASE)
_TAG = re.compile(r"\{\{[<%].*?[>%]\}\}|\{\{</\*.*?\*/>\}\}")
_QUOTES = re.compile(r"[“”„‟«»″]")
_MARKUP = re.compile(
    r"[*`\\]"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|~(?=~)|(?<=~)~"
    r"|<(?=[A-Za-z/!?])"
    r"|(?<=[a-z]):(?=//)|(?<=www)\.(?=\S{0,200}[*`\\~_<&\[])"  # in an address nothing could be escaped: make it none
    r"|&(?=#?\w{1,31};)"
    r"|\[(?=\^|[ xX]?\])"
    rf"|[!^](?=[\[{_PIECE}])"
)
_LINK = re.compile(rf"\]\s?[(\[:{_PIECE}]")
# What begins a heading, list, quotation, definition, table or rule where it begins a line.
_LINE_START = re.compile(r"^(?:#(?=#{0,5}(?:\s|$))|[-+:~](?=\s|$)|>|=(?==*$)|[-:|](?=[-:|\s]*$)|:(?=::))", re.MULTILINE)
_NUMBER_START = re.compile(r"^(\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_SUPERSCRIPT = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


class Unit(NamedTuple):
    """A character of the text, a finished piece of Markdown, or a mark around others."""

    kind: Literal["char", "piece", "open", "close"]
    text: str


def chars(text: str) -> list[Unit]:
    """A text as units; white space is a plain space, and characters that no page may hold are gone."""
    plain = CONTROL.sub("", _SPACE.sub(" ", text)).replace(_PIECE, "")
    units: list[Unit] = []
    at = 0
    for found in filter(lambda one: is_url(one[0]), _ADDRESS.finditer(plain)):
        units += [Unit("char", char) for char in plain[at : found.start()]]
        units.append(Unit("piece", f"<{found[0]}>"))
        at = found.end()
    return units + [Unit("char", char) for char in plain[at:]]


def raised(text: str, kind: str) -> str:
    """A text set high or low (`sup`, `sub`), in characters that stand so, where there are such; else as it is."""
    table = _SUPERSCRIPT if kind == "sup" else _SUBSCRIPT
    moved = text.translate(table)
    return moved if all(before != after for before, after in zip(text, moved, strict=True)) else text


def write_units(units: list[Unit], *, cell: bool = False) -> str:
    """The units as Markdown; in a cell of a table on one line."""
    if cell:
        units = [Unit("char", " ") if unit.text == BREAK else unit for unit in units]
    units = _trimmed(_placed(units))
    plain = "".join(unit.text if unit.kind == "char" else _PIECE for unit in units)
    escaped, texts = _escaped(plain), [unit.text for unit in units]
    for start, end, tag in ((found.start(), found.end(), found[0]) for found in _TAG.finditer(plain)):
        if _PIECE not in tag:
            texts[start:end] = [_QUOTES.sub('"', tag), *[""] * (end - start - 1)]
            escaped -= set(range(start, end))
    for at in escaped:
        texts[at] = "\\" + texts[at]
    out = "".join(
        "\\\n" if unit.kind == "char" and text == BREAK else text for unit, text in zip(units, texts, strict=True)
    )
    return out.replace("|", "\\|") if cell else out


def _escaped(plain: str) -> set[int]:
    """The offsets of the characters that have to be escaped."""
    found = {one.start() for one in _MARKUP.finditer(plain)}
    if _LINK.search(plain):
        found |= {at for at, char in enumerate(plain) if char == "["}
    found |= {one.start() for one in _LINE_START.finditer(plain)}
    return found | {one.start(2) for one in _NUMBER_START.finditer(plain)}


def _trimmed(units: list[Unit]) -> list[Unit]:
    """Without white space at both ends, and around line breaks."""
    out: list[Unit] = []
    for unit in units:
        if unit.text in {" ", BREAK} and (not out or out[-1].text == BREAK):
            continue
        while unit.text == BREAK and out and out[-1].text == " ":
            out.pop()
        out.append(unit)
    while out and out[-1].text in {" ", BREAK}:
        out.pop()
    return out


def _placed(units: list[Unit]) -> list[Unit]:
    """Marks moved to where Markdown reads them as such: at the edges of words, and never around nothing."""
    units = _sunk(units, "open")
    units = _sunk(units[::-1], "close")[::-1]
    out: list[Unit] = []
    for unit in units:
        last = out[-1] if out else None
        around_nothing = unit.kind == "close" and last is not None and last.kind == "open"
        goes_on = unit.kind == "open" and last is not None and last.kind == "close" and last.text == unit.text
        if around_nothing or goes_on:
            out.pop()
        else:
            out.append(unit)
    return _with_underscores(out)


def _sunk(units: list[Unit], mark: str) -> list[Unit]:
    """Move each mark of one kind over what it can't stand before."""
    units = list(units)
    for start in range(len(units) - 1, -1, -1):
        at = start
        while units[at].kind == mark and at + 1 < len(units) and _is_edge(units, at):
            units[at], units[at + 1] = units[at + 1], units[at]
            at += 1
    return units


def _with_underscores(units: list[Unit]) -> list[Unit]:
    """Emphasis by underscores where it is no part of a word, so that it can't run together with bold."""
    units, opened = list(units), list[int]()
    for at, unit in enumerate(units):
        if unit.kind == "open":
            opened.append(at)
        elif unit.kind == "close":
            start = opened.pop()
            if unit.text == "*" and not (_in_word(units, start, -1) or _in_word(units, at, 1)):
                units[start], units[at] = Unit("open", "_"), Unit("close", "_")
    return units


def _in_word(units: list[Unit], at: int, step: int) -> bool:
    """Whether a letter or digit stands on a mark's outer side, beyond marks of its kind."""
    mark, at = units[at].kind, at + step
    while 0 <= at < len(units) and units[at].kind == mark:
        at += step
    return 0 <= at < len(units) and units[at].kind == "char" and units[at].text.isalnum()


def _is_edge(units: list[Unit], at: int) -> bool:
    """Whether a mark can't stand before a unit: white space, or a sign where a letter stands on the other side."""
    inner = units[at + 1]
    if inner.kind != "char":
        return False
    if inner.text.isspace():
        return True
    outer = units[at - 1] if at else None
    beside_letter = outer is not None and outer.kind == "char" and outer.text.isalnum()
    return beside_letter and units[at].text in _FLANKING and unicodedata.category(inner.text)[0] in "PS"
