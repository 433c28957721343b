"""Split a page into front matter and text.

What only looks like front matter is an error, and the file is not read any further: text that the
writer took for front matter must never come out as the page's text.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Diagnostic, Span, Staged
from explainer.load.yaml_nodes import may_hold_secrets, secrecy

if TYPE_CHECKING:
    from collections.abc import Collection

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
# Two or more dashes of any kind, or one long one that a word processor made of three; or TOML's fence.
_NEAR = rf"(?:[{_DASHES}]{{2,}}|[\u2013-\u2015\u2e3a\u2e3b]|\+{{3,}})"
_NEAR_FENCE = re.compile(rf"\s*{_NEAR}\s*")
_NEAR_FENCE_IN_YAML = re.compile(rf"^(?!---[ \t]*$)(?:{_NEAR}[^\S\n]*$|---.*$)", re.MULTILINE)
_INDENTED_FENCE = re.compile(rf"^[^\S\n]+{_NEAR}[^\S\n]*$", re.MULTILINE)
_KEY = re.compile(r"[ \t]*(?:- +)?[\"']?([^\W\d][\w -]{0,60})[\"']?[ \t]*:(?:\s|$)")
# `private:x` is no key of YAML, and is meant as one.
_PRIVATE = re.compile(r"[ \t]*(?:- +)?[\"']?private[\"']?[ \t]*:", re.IGNORECASE)
# A line of YAML: a key, an item of a list, or what is indented below one.
_YAML = re.compile(r"[ \t]*(?:- +)?[\"']?[^\W\d][\w -]{0,60}[\"']?[ \t]*:(?:\s|$)|[ \t]*- |[ \t]+\S|#")
_CODE_INDENTS = ("    ", "\t")
_CODE_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BEGIN = "begin the file with a line that contains only `---`"


class Split(NamedTuple):
    """A page in two: `yaml` begins at line 2; `body` has empty lines in place of the front matter."""

    yaml: str
    body: str


def split(path: str, text: str, keys: Collection[str]) -> Staged[Split | None]:
    """Split a page's text, whose line ends are LF alone; `keys` are those that front matter may have.

    None with E104, E105, E106 or E107 for anything but a clean pair of fences.
    """
    begin = _FENCE.match(text)
    if not begin:
        return Staged(None, (_no_opening(path, text),))
    start = begin.end() + 1
    end = _FENCE.search(text, start)
    yaml = text[start : end.start()] if end else text[start:]
    near = _NEAR_FENCE_IN_YAML.search(yaml) or (None if end else _INDENTED_FENCE.search(yaml))
    if near:
        return Staged(None, (_near_fence(path, yaml, near),))
    if not end:
        message = "the front matter is never closed"
        hint = "put a line `---` between the front matter and the text"
        return Staged(None, (Diagnostic("E105", message, Span(path, 1, 1, 1, 4), (hint,)),))
    line = yaml.count("\n") + 3
    body = text[end.end() + 1 :]
    stray = _stray(path, body, line, keys)
    return Staged(None, (stray,)) if stray else Staged(Split(yaml, "\n" * (line - 1) + body))


def indented_fence(path: str, yaml: str) -> Diagnostic | None:
    """The error for unreadable front matter in which a line looks like an indented fence."""
    found = _INDENTED_FENCE.search(yaml)
    return _near_fence(path, yaml, found) if found else None


def hidden_lines(text: str) -> frozenset[int]:
    """The lines not to show of a page that can't be split: all, if a private value may be among them."""
    return frozenset(range(1, text.count("\n") + 2)) if may_hold_secrets(text) else frozenset()


def _near_fence(path: str, yaml: str, near: re.Match[str]) -> Diagnostic:
    line = yaml.count("\n", 0, near.start()) + 2
    span = Span(path, line, 1, line, len(near[0]) + 1)
    return Diagnostic("E106", "this line looks like a fence but isn't one", span, _fence_hints())


def _fence_hints() -> tuple[str, ...]:
    return ("a fence is a line of exactly three hyphens, `---`, with nothing before or after them",)


def _no_opening(path: str, text: str) -> Diagnostic:
    """Why the first fence isn't one."""
    first = text.split("\n", 1)[0]
    span = Span(path, 1, 1, 1, max(len(first), 1) + 1)
    if _NEAR_FENCE.fullmatch(first) or first.lstrip().startswith("---"):
        message = "the first line looks like a fence but isn't one"
        return Diagnostic("E106", message, span, _fence_hints())
    if not first.strip() and _FENCE.search(text):
        return Diagnostic("E104", "there is an empty line before the front matter", span, (_BEGIN,))
    return Diagnostic("E104", "the page has no front matter", span, (_BEGIN,))


def _stray(path: str, body: str, first_line: int, keys: Collection[str]) -> Diagnostic | None:
    """The error that the text goes on with what looks like more front matter."""
    lines = body.split("\n")
    begin = next((index for index, line in enumerate(lines) if line.strip()), 0)
    at = _touching(lines, keys) if begin == 0 else None
    if at is None:
        block = takewhile(str.strip, lines[begin:])
        at = next((begin + index for index, line in enumerate(block) if _PRIVATE.match(line)), None)
    hint = "if this is the page's text, leave an empty line before it, or write it differently"
    if at is None and "\n---" in body:
        at, hint = _above_a_fence(lines, keys)
    if at is None:
        return None
    line = first_line + at
    hints = ("a line `---` inside the front matter ends it: indent it or take it out", hint)
    span = Span(path, line, 1, line, len(lines[at]) + 1)
    return Diagnostic("E107", "the front matter seems to go on here, after its closing fence", span, hints)


def _touching(lines: list[str], keys: Collection[str]) -> int | None:
    """Which line looks like front matter, of a first block that stands right below the fence."""
    block = list(takewhile(str.strip, lines))
    first = _KEY.match(block[0]) if block else None
    if first and first[1] in keys:
        return 0
    for index, line in enumerate(block):
        if _is_secret(line):
            return index
        if index and _FENCE.match(line):
            return 0
    return None


def _above_a_fence(lines: list[str], keys: Collection[str]) -> tuple[int | None, str]:
    """Which line outside code looks like front matter that a further fence ends, and what to do if it is text."""
    begin, private, fence = 0, -1, ""
    for index, line in enumerate(lines):
        marker = _CODE_FENCE.match(line)
        if fence:
            fence = "" if marker and line.strip().startswith(fence) and not line.strip(" `~") else fence
            begin = index + 1
        elif marker:
            fence = marker[1]
        elif not line.strip() or (begin == index and line.startswith(_CODE_INDENTS)):
            begin = index + 1
        elif _FENCE.match(line):
            if private >= 0:
                return private, "if this is the page's text, write `**private:**`"
            block = lines[begin:index]
            if block and all(map(_YAML.match, block)) and (found := _declares(block, keys)) is not None:
                return begin + found, "if this is the page's text, leave an empty line above the `---`"
            begin = index + 1
        elif private < 0 and _PRIVATE.match(line):
            private = index
    return None, ""


def _declares(block: list[str], keys: Collection[str]) -> int | None:
    """Which line of a block of YAML is a key of front matter, or one whose value must not be shown."""
    for index, line in enumerate(block):
        key = _KEY.match(line)
        if _is_secret(line) or (key and key[1] in keys):
            return index
    return None


def _is_secret(line: str) -> bool:
    """Whether a line of the text is a key whose value must not be shown; prose may begin `Contact:`."""
    if _PRIVATE.match(line):
        return True
    key = _KEY.match(line)
    kind = secrecy(key[1].strip()) if key else ""
    return kind == "private" or (kind == "identity" and key is not None and key[1].islower())
