"""Split a page into front matter and text.

What only looks like front matter is an error, and the file is not read any further: text that the
writer took for front matter must never come out as the page's text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Diagnostic, Span, Staged
from explainer.load.confidential import may_hold_confidential
from explainer.load.yaml_nodes import may_hold_secrets, secrecy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

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
    """The lines not to show of a page that can't be split: all, if what must not be shown may be among them."""
    secret = may_hold_secrets(text) or may_hold_confidential(text)
    return frozenset(range(1, text.count("\n") + 2)) if secret else frozenset()


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
    """The error that front matter goes on in the text: at its beginning, or as keys right above another fence."""
    lines = body.split("\n")
    last_fence = max((index for index, line in enumerate(lines) if _FENCE.match(line)), default=-1)
    for number, (start, end) in enumerate(_blocks(lines)):
        first = number == 0
        if not first and start > last_fence:
            break
        block = lines[start:end]
        at = _stray_line(block, keys, first=first, touches=start == 0, fenced=end <= last_fence)
        if at is not None:
            return _goes_on(path, first_line + start + at, block[at], touches=start == 0)
    return None


def _goes_on(path: str, line: int, text: str, *, touches: bool) -> Diagnostic:
    ways = "leave an empty line before it" if touches else "write `**key:**`, and `***` for a rule below it"
    hints = (
        "a line `---` inside the front matter ends it: indent it or take it out",
        f"if it is the page's text, {ways}",
    )
    message = "the front matter seems to go on here, after its closing fence"
    return Diagnostic("E107", message, Span(path, line, 1, line, len(text) + 1), hints)


def _blocks(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The runs of lines without an empty one, as the indices where each begins and ends; code is passed over."""
    start, code = None, ""
    for index, line in enumerate([*lines, ""]):
        fence = _CODE_FENCE.match(line)
        ends = code and fence and line.strip().startswith(code) and not line.strip(" `~")
        if start is not None and (fence or not line.strip()):
            if start == 0 or not all(part.startswith(("    ", "\t")) for part in lines[start:index]):
                yield start, index
            start = None
        if code:
            code = "" if ends else code
        elif fence:
            code = fence[1]
        elif start is None and line.strip():
            start = index


def _stray_line(block: list[str], keys: Collection[str], *, first: bool, touches: bool, fenced: bool) -> int | None:
    """Which line of a block of text shows that it is front matter.

    `first`: it is the text's first block. `touches`: no empty line stands between it and the fence before.
    `fenced`: there is another fence below it.
    """
    if touches and (key := _KEY.match(block[0])) and key[1] in keys:
        return 0
    for index, line in enumerate(block):
        if _PRIVATE.match(line) and (first or fenced):
            return index
    fence = next((index for index, line in enumerate(block) if _FENCE.match(line)), None)
    known = [key[1] in keys for line in block[:fence] if (key := _KEY.match(line)) and not line[:1].isspace()]
    secret = next((index for index, line in enumerate(block[:fence]) if _is_secret(line)), None)
    if touches:
        return 0 if fence and secret is None else secret
    if not all(_is_yaml(line) for line in block[:fence]):
        return None
    if fence:
        return secret if secret is not None else (0 if any(known) else None)
    # Two keys of ours in a row are hardly prose; one may be: “sources: three officials.”
    return 0 if first and len(known) > 1 and all(known) else None


def _is_yaml(line: str) -> bool:
    """Whether a line could stand in front matter, whatever stands around it."""
    return _KEY.match(line) is not None or line[:1].isspace() or line.startswith("- ")


def _is_secret(line: str) -> bool:
    """Whether a line of the text is a key whose value must not be shown; prose may begin `Contact:`."""
    if _PRIVATE.match(line):
        return True
    key = _KEY.match(line)
    kind = secrecy(key[1].strip()) if key else ""
    return kind == "private" or (kind == "identity" and key is not None and key[1].islower())


def edit_front_matter(text: str, edit: Callable[[str], str]) -> str:
    """The text of a page with its front matter changed; as it is where it has none that can be split off."""
    begin = _FENCE.match(text)
    end = _FENCE.search(text, begin.end() + 1) if begin else None
    if not begin or not end:
        return text
    start = begin.end() + 1
    return text[:start] + edit(text[start : end.start()]) + text[end.start() :]
