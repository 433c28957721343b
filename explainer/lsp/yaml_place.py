"""Where a cursor stands in YAML that is being typed, and so can't be read: the keys above it, by indentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_KEY = re.compile(r"([\"']?)([^\s\"'#:{}\[\],][^\"'#:{}\[\],]*)\1[ \t]*:(?:[ \t]+|$)")
_DASHES = re.compile(r"[ \t]*(?:-[ \t]+|-$)*")
_WORD = re.compile(r"[\w./#-]*$")


class YamlPlace(NamedTuple):
    """A place in YAML.

    `keys` lead to the mapping or list that it stands in, `key` is the one whose value is typed, None where a key or an
    item is. `word` is what is typed of it so far, `others` the keys that the mapping has already.
    """

    keys: tuple[str, ...]
    key: str | None
    word: str
    others: frozenset[str] = frozenset()
    item: bool = False


class _Line(NamedTuple):
    """A line: the columns of its first dash (-1 if none) and of its content, and its key."""

    dash: int
    col: int
    key: str | None


def yaml_place(lines: Sequence[str], number: int, col: int) -> YamlPlace:
    """The place at a column of a line of YAML, both from 0."""
    before = lines[number][:col]
    here = _read(before)
    content = before[here.col :]
    word = _word(before)
    keys, others = _above(lines, number, here)
    if here.key is not None and (found := _KEY.match(content)):
        return _inside(content[found.end() :], (*keys, here.key), YamlPlace(keys, here.key, word))
    if content[:1] in {"[", "{"}:
        return _inside(content, keys, YamlPlace(keys, None, word))
    return YamlPlace(keys, None, word, others, item=here.dash >= 0)


def _word(before: str) -> str:
    found = _WORD.search(before)
    return found[0] if found else ""


def _read(line: str) -> _Line:
    start = _DASHES.match(line)
    col = start.end() if start else 0
    dash = line.find("-", 0, col)
    key = _KEY.match(line, col)
    return _Line(dash, col, key[2].strip() if key else None)


def _above(lines: Sequence[str], number: int, here: _Line) -> tuple[tuple[str, ...], frozenset[str]]:
    """The keys above a line, outermost first, and those beside it."""
    keys: list[str] = []
    others: set[str] = set()
    limit = here.dash + 1 if here.dash >= 0 else here.col
    beside = here.dash < 0
    for line in _before(lines, number):
        if beside and line.col == here.col and line.key:
            others.add(line.key)
        if line.dash >= 0 and line.col == limit and beside:
            # The mapping begins behind this dash.
            limit, beside = line.dash + 1, False
        elif line.key is not None and line.col < limit:
            limit = line.dash + 1 if line.dash >= 0 else line.col
            keys.append(line.key)
            beside = False
    others.update(_below(lines, number, here.col))
    return tuple(reversed(keys)), frozenset(others)


def _before(lines: Sequence[str], number: int) -> Iterator[_Line]:
    for line in reversed(lines[:number]):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _read(line)


def _below(lines: Sequence[str], number: int, col: int) -> Iterator[str]:
    for text in lines[number + 1 :]:
        if not text.strip():
            continue
        line = _read(text)
        if line.col < col or line.dash >= 0:
            return
        if line.col == col and line.key:
            yield line.key


def _inside(value: str, keys: tuple[str, ...], outside: YamlPlace) -> YamlPlace:
    """The place in a value in one line, which may have brackets and braces that aren't closed yet."""
    opened = _open(value)
    if not opened:
        return outside
    mark, inner = value[opened[-1]], value[opened[-1] + 1 :]
    path = keys
    for at in opened[:-1]:
        if value[at] == "{" and (named := list(_KEY.finditer(value, at, opened[-1]))):
            path = (*path, named[-1][2].strip())
    if mark == "[":
        return YamlPlace(path, None, _word(value), item=True) if path is not keys else outside
    part = inner.rpartition(",")[2]
    found = _KEY.match(part.lstrip())
    if found:
        return YamlPlace(path, found[2].strip(), _word(value))
    others = frozenset(one[2].strip() for one in _KEY.finditer(inner))
    return YamlPlace(path, None, _word(value), others)


def _open(value: str) -> list[int]:
    """Where the brackets and braces stand that aren't closed."""
    opened: list[int] = []
    quote = ""
    for at, char in enumerate(value):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and (at == 0 or value[at - 1] in " [{,"):
            quote = char
        elif char in "[{":
            opened.append(at)
        elif char in "]}" and opened:
            opened.pop()
    return opened
