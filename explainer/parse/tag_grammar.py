"""The syntax of one shortcode tag, `{{< name key="value" >}}`, whatever its name."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

OPENING = "{{<"
CLOSING = ">}}"
_LITERAL = "{{</*"
_LITERAL_END = "*/>}}"

_MAX_ARGUMENTS = 100

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_KEY = re.compile(r"([A-Za-z_][\w-]*)\s*=\s*", re.ASCII)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_RAW = re.compile(r"`([^`]*)`")
_BARE = re.compile(r"(?!=)(?:(?!/?>\}\}|\}\}|\{\{<)[^\s\"`])+")
# A tag as nearly all are written; what it doesn't match is read piece by piece.
_USUAL_ARGUMENT = r"(?:[A-Za-z_][\w-]*\s*=\s*)?(?:\"[^\"\\]*\"|[A-Za-z0-9][\w-]*(?![^\s/>]))"
_USUAL = re.compile(
    rf"\{{\{{<\s*(/?)\s*([A-Za-z_][\w-]*)((?:\s+{_USUAL_ARGUMENT}){{0,{_MAX_ARGUMENTS}}})\s*(/?)>\}}\}}", re.ASCII
)
_USUAL_ARGUMENTS = re.compile(r"\s+((?:([A-Za-z_][\w-]*)\s*=\s*)?(?:\"([^\"\\]*)\"|([A-Za-z0-9][\w-]*)))", re.ASCII)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CURLY = "“”„‟«»‹›‘’‚‛″"
_CURLED = re.compile(rf"[{_CURLY}]([^{_CURLY}]*)[{_CURLY}]")


class TagDiagnostic(NamedTuple):
    """Why a text that begins like a tag isn't one, or what is wrong with one of its arguments.

    `closed` tells whether the text ends like a tag; `name` is the tag's, as far as it can be read.
    """

    code: str
    message: str
    hint: str
    start: int
    end: int
    closed: bool = False
    name: str = ""


class Argument(NamedTuple):
    """One argument: key (None if positional), value, and the offsets of the whole and of the value."""

    key: str | None
    value: str
    start: int
    end: int
    value_start: int


class Tag(NamedTuple):
    """A tag: `start` and `end` are offsets into the text that it was read from.

    `diagnostics` are what is wrong with arguments that could be read all the same. The name of a
    literal tag is the text that it prints.
    """

    kind: Literal["open", "close", "void", "literal"]
    name: str
    arguments: tuple[Argument, ...]
    start: int
    end: int
    diagnostics: tuple[TagDiagnostic, ...] = ()


def read_tag(text: str, start: int, stop: int) -> Tag | TagDiagnostic:
    """Read the tag that begins with `{{<` at `start`, no further than `stop`."""
    usual = _USUAL.match(text, start, stop)
    if usual and not (usual[1] and (usual[3] or usual[4])):
        return _usual(usual)
    if text.startswith(_LITERAL, start):
        return _literal(text, start, stop)
    pos = _skip(text, start + len(OPENING))
    closes = text.startswith("/", pos)
    if closes:
        pos = _skip(text, pos + 1)
    name = _NAME.match(text, pos, stop)
    if not name:
        return _unreadable(text, start, stop, "a shortcode's name is missing", "write `{{< name … >}}`")
    arguments: list[Argument] = []
    diagnostics: list[TagDiagnostic] = []
    pos = _skip(text, name.end())
    while not (ending := _ending(text, pos, stop)):
        argument = _argument(text, pos, stop, diagnostics)
        if not argument or len(arguments) == _MAX_ARGUMENTS:
            return _unended(text, start, stop)._replace(name=name[0])
        arguments.append(argument)
        pos = _skip_comma(text, argument.end)
    end = pos + len(ending)
    void = ending != CLOSING
    if closes and (arguments or void):
        message = f"the closing tag of `{name[0]}` takes no argument"
        diagnostics.append(TagDiagnostic("E308", message, f"write `{{{{< /{name[0]} >}}}}`", start, end))
        arguments.clear()
    kind: Literal["open", "close", "void"] = "close" if closes else "void" if void else "open"
    return Tag(kind, name[0], tuple(arguments), start, end, tuple(diagnostics))


def _usual(found: re.Match[str]) -> Tag:
    """A tag as nearly all are written."""
    arguments: list[Argument] = []
    for one in _USUAL_ARGUMENTS.finditer(found.string, *found.span(3)) if found[3] else ():
        _, key, quoted, bare = one.groups()
        end = one.end()
        value, value_end = (bare, end) if quoted is None else (quoted, end - 1)
        arguments.append(Argument(key, value, one.start(1), end, value_end - len(value)))
    kind: Literal["open", "close", "void"] = "close" if found[1] else "void" if found[4] else "open"
    return Tag(kind, found[2], tuple(arguments), found.start(), found.end())


def _skip(text: str, pos: int) -> int:
    found = _SPACE.match(text, pos)
    return found.end() if found else pos


def _skip_comma(text: str, pos: int) -> int:
    after = _skip(text, pos)
    return _skip(text, after + 1) if text.startswith(",", after) else after


def _ending(text: str, pos: int, stop: int) -> str:
    for ending in (CLOSING, "/" + CLOSING):
        if text.startswith(ending, pos) and pos + len(ending) <= stop:
            return ending
    return ""


def _literal(text: str, start: int, stop: int) -> Tag | TagDiagnostic:
    end = text.find(_LITERAL_END, start, stop)
    if end < 0:
        return _unreadable(text, start, stop, "a literal shortcode has no end", "end it with `*/>}}`")
    inside = text[start + len(_LITERAL) : end]
    return Tag("literal", f"{OPENING}{inside}{CLOSING}", (), start, end + len(_LITERAL_END))


def _argument(text: str, pos: int, stop: int, diagnostics: list[TagDiagnostic]) -> Argument | None:
    found = _KEY.match(text, pos, stop)
    key = found[1] if found else None
    at = found.end() if found else pos
    if curled := _CURLED.match(text, at, stop):
        hint = f'use straight quotes: `"{curled[1]}"`'
        diagnostics.append(TagDiagnostic("E307", "there are curly quotes around an argument", hint, at, curled.end()))
        return Argument(key, curled[1], pos, curled.end(), at + 1)
    if quoted := _QUOTED.match(text, at, stop):
        value = _ESCAPE.sub(r"\1", quoted[1]) if "\\" in quoted[1] else quoted[1]
        return Argument(key, value, pos, quoted.end(), at + 1)
    if raw := _RAW.match(text, at, stop):
        return Argument(key, raw[1], pos, raw.end(), at + 1)
    if bare := _BARE.match(text, at, stop):
        value = bare[0].rstrip(",")
        return Argument(key, value, pos, at + len(value) if value else bare.end(), at)
    return None


def _unended(text: str, start: int, stop: int) -> TagDiagnostic:
    diagnostic = _unreadable(text, start, stop, "a shortcode's tag has no end", "end it with `>}}`")
    if diagnostic.closed:
        hint = 'put quotes at both ends of a value, `key="value"`, and `\\"` for a quote mark inside it'
        return diagnostic._replace(message="a shortcode's arguments can't be read", hint=hint)
    return diagnostic


def _unreadable(text: str, start: int, stop: int, message: str, hint: str) -> TagDiagnostic:
    following = text.find(OPENING, start + len(OPENING), stop)
    limit = following if following >= 0 else stop
    end, line_end = text.find(CLOSING, start, limit), text.find("\n", start, limit)
    if end >= 0:
        return TagDiagnostic("E308", message, hint, start, end + len(CLOSING), closed=True)
    words = text[start : line_end if line_end >= 0 else limit].rstrip()
    if "}}" in words:
        words = words[: words.index("}}") + len("}}")]
    return TagDiagnostic("E308", message, hint, start, start + len(words))
