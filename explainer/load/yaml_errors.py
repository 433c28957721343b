"""Explain YAML syntax errors in plain words.

A message contains the position and the kind of error, never text of the file: the line may
hold what must not be shown.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NO_SPACE = re.compile(r"[ \t]*(?:- +)?[\w-]+:(?=[^\s:/])")
_KEY = re.compile(r"[ \t]*(?:- +)?[^\s'\"#:\[{][^:#]*:(?:\s|$)")
_CURLY_VALUE = re.compile(r"[ \t]*(?:- +)?[^\s'\"#:\[{][^:#]*:\s+[“”„‘’‚«»‹›]")
_QUOTED = re.compile(r"\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^']|'')*'", re.DOTALL)
_QUOTED_OR_COMMENT = re.compile(rf"{_QUOTED.pattern}|[ \t](?P<comment>#[^\n]*)", re.DOTALL)
_COMMENT = re.compile(r"(?<=[ \t])#")
_QUOTE_VALUE = 'put the whole value in quotes: `key: "a value: with a colon"`'
_TOO_DEEP = "nesting depth"  # it looks ahead, and so may see it before the composer does
_INDENT = "keys of one mapping begin in the same column; indent with two spaces"
_ONE_QUOTE = (
    "a value that begins with a quote ends at the next one; put the whole value in the other kind of quotes, "
    "or double a single quote inside single quotes"
)


class Explained(NamedTuple):
    """A syntax error: its offset, a message, and hints."""

    start: int
    message: str
    hints: tuple[str, ...] = ()


def code_of(problem: str) -> str:
    """The code of a parser error: nested too deeply, an unsupported feature, or bad syntax."""
    if _TOO_DEEP in problem:
        return "E113"
    return "E111" if any(part in problem for part in ("undefined tag handle", "directive", "document")) else "E110"


def explain(text: str, problem: str, during: str, mark: int | None, context: int | None) -> Explained:
    """Explain an error of the parser.

    `problem` and `during` are the parser's own words, `mark` and `context` the offsets that they
    are about.
    """
    at = min(mark or 0, max(len(text) - 1, 0))
    for part, found in _BY_PROBLEM.items():
        if part in problem:
            return found(text, at, at if context is None else context, during)
    return Explained(at, "the YAML can't be read here", (_INDENT,))


def _line(text: str, at: int) -> tuple[int, str]:
    """The offset at which the line of an offset begins, and the line."""
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", begin)
    return begin, text[begin:] if end < 0 else text[begin:end]


def _glued(text: str, at: int) -> Explained | None:
    """The error that a colon has no space after it, on the line of an offset or on the one before."""
    begin, line = _line(text, at)
    places = [(begin, line)]
    if begin:
        places.append(_line(text, begin - 1))
    for start, candidate in places:
        found = _NO_SPACE.match(candidate)
        if found:
            message = "a space is missing after the colon of a key"
            return Explained(start + found.end() - 1, message, ("write `key: value`",))
    return None


def _colon(text: str, at: int, _context: int, _during: str) -> Explained:
    begin, line = _line(text, at)
    first = _KEY.match(line)
    curly = _CURLY_VALUE.match(line)
    if curly and begin + curly.end() <= at:
        return Explained(
            begin + curly.end() - 1,
            "typographic quotes don't hold a value together",
            ("use straight quotes: `\"` or `'`",),
        )
    if first and begin + first.end() - 1 < at and "\t" not in line[: len(line) - len(line.lstrip())]:
        return Explained(at, "a value contains a colon followed by a space", (_QUOTE_VALUE,))
    return _glued(text, at) or Explained(
        at, "there can't be a key here: it is indented too far, or the value above it isn't closed", (_INDENT,)
    )


def _no_colon(text: str, _at: int, context: int, _during: str) -> Explained:
    begin, line = _line(text, context)
    start = begin + len(line) - len(line.lstrip())
    return _glued(text, context) or Explained(start, "this line is no `key: value`", ("is a colon missing?",))


def _unclosed_quote(text: str, _at: int, context: int, _during: str) -> Explained:
    closing = f"add the closing `{text[context : context + 1]}` at the end of the value"
    return Explained(context, "a quote is opened here and never closed", (closing, _ONE_QUOTE))


def _bad_start(text: str, at: int, _context: int, _during: str) -> Explained:
    char = text[at : at + 1]
    if char == "\t":
        return _tab(text, at, at, "")
    if char and char in "@`%":
        return Explained(at, f"a value can't begin with {char}", ("put the whole value in quotes",))
    return Explained(at, "a value can't begin with this character", ("put the whole value in quotes",))


def _tab(text: str, at: int, _context: int, _during: str) -> Explained:
    begin, _ = _line(text, at)
    if text[begin:at].strip():
        return Explained(at, "there is a tab where a space belongs", ("write a space",))
    return Explained(at, "a tab is used for indentation", ("indent with spaces",))


def _reference(text: str, _at: int, context: int, _during: str) -> Explained:
    mark = "&" if text[context : context + 1] == "&" else "*"
    return Explained(context, f"a value can't begin with `{mark}`", ("put the whole value in quotes",))


def _escape(text: str, at: int, context: int, _during: str) -> Explained:
    place = text.find("\\", context)
    hint = "in double quotes a backslash begins an escape: double it, or use single quotes"
    return Explained(
        at if place < 0 else place, "there is a backslash before a character that it can't escape", (hint,)
    )


def _dash(_text: str, at: int, _context: int, _during: str) -> Explained:
    hint = "begin a list on the line after its key, or put a value that begins with `- ` in quotes"
    return Explained(at, "a list can't begin on the line of its key", (hint,))


def _flow(text: str, at: int, context: int, during: str) -> Explained:
    opened, closed = ("{", "}") if "mapping" in during else ("[", "]")
    comment = _comment(text, context, at)
    if comment >= 0:
        message = f"what follows ` #` is a comment to YAML, and takes in what would close the `{opened}`"
        return Explained(comment, message, ("put the value that has a `#` in quotes",))
    if _is_closed(text, context):
        message = f"in this `{opened}…{closed}` a comma is missing before this place, or a key goes on after its line"
        return Explained(at, message, (f"write one item a line, as a block without `{opened}` and `{closed}`",))
    hint = f"close it with `{closed}`, and put values that hold commas, colons or brackets in quotes"
    return Explained(context, f"a `{opened}` is opened here and not closed", (hint,))


def _comment(text: str, start: int, at: int) -> int:
    """Where a comment begins that holds a bracket or a comma, between an offset and the end of a line; -1 if none does."""
    end = text.find("\n", at)
    for found in _QUOTED_OR_COMMENT.finditer(text, start, len(text) if end < 0 else end):
        if found["comment"] and any(char in "]}," for char in found["comment"]):
            return found.start("comment")
    return -1


def _is_closed(text: str, start: int) -> bool:
    """Whether a bracket that opens at an offset is closed, what stands in quotes aside."""
    depth = 0
    for char in _QUOTED.sub("", text[start:]):
        depth += (char in "[{") - (char in "]}")
        if not depth:
            return True
    return False


def _no_key(text: str, at: int, _context: int, _during: str) -> Explained:
    begin, line = _line(text, at)
    if line[:1].isspace() and not line[: at - begin].strip():
        above, over = _line(text, max(begin - 1, 0))
        comment = _COMMENT.search(over)
        if comment and not over.lstrip().startswith("#"):
            message = "what follows ` #` is a comment to YAML, and ends the text that goes on in the next line"
            return Explained(above + comment.start(), message, ("put the whole value in quotes",))
        return Explained(at, "this line is indented to a column at which nothing began", (_INDENT,))
    if line.lstrip().startswith("- "):
        return Explained(at, "there is a list where a key is expected", (_INDENT,))
    char = text[at : at + 1]
    if char == ":":
        return Explained(at, "there is a colon without a key before it", ("write `key: value`",))
    if char and char in "]},":
        return Explained(at, f"a `{char}` follows the end of a value", ("take it out, or put the value in quotes",))
    if line[: at - begin].rstrip().endswith(("]", "}")):
        return Explained(at, "text follows the bracket that closes a value", ("put the whole value in quotes",))
    return Explained(at, "text follows the quote that closes a value", (_ONE_QUOTE,))


def _no_content(text: str, at: int, _context: int, _during: str) -> Explained:
    if text.startswith("...", at):
        return _document(text, at, at, "")
    char = text[at : at + 1]
    which = f"`{char}`" if char and char in ",]}" else "this character"
    return Explained(at, f"a value can't begin with {which}", ("put the whole value in quotes",))


def _no_dash(_text: str, at: int, _context: int, _during: str) -> Explained:
    return Explained(at, "a list and keys are mixed", ("each item of a list begins with `- `", _INDENT))


def _block(_text: str, at: int, _context: int, _during: str) -> Explained:
    return Explained(at, "after `|` or `>` the text begins on the next line", ("put a value that begins so in quotes",))


def _tag(_text: str, at: int, _context: int, _during: str) -> Explained:
    return Explained(at, "a tag (`!`) can't be used", ("put a value that begins with `!` in quotes",))


def _directive(_text: str, at: int, context: int, _during: str) -> Explained:
    return Explained(min(at, context), "a directive (`%`) can't be used")


def _document(_text: str, at: int, _context: int, _during: str) -> Explained:
    return Explained(at, "the end of the document is marked here, and may not be", ("take the line `...` out",))


def _deep(_text: str, at: int, _context: int, _during: str) -> Explained:
    return Explained(at, "lists and mappings are nested too deep")


# The parser's words, C and pure Python, in the order in which they are looked for.
_BY_PROBLEM = {
    "mapping values are not allowed": _colon,
    "could not find expected ':'": _no_colon,
    "unexpected end of stream": _unclosed_quote,
    "unexpected document separator": _unclosed_quote,
    "that cannot start any token": _bad_start,
    "tab character": _tab,
    "alphabetic or numeric character": _reference,
    "escape": _escape,
    "sequence entries are not allowed": _dash,
    "',' or": _flow,
    "expected key": _no_key,
    "<block end>": _no_key,
    "node content": _no_content,
    "'-' indicator": _no_dash,
    "comment or line break": _block,
    "indentation indicators": _block,
    "tag": _tag,
    "directive": _directive,
    "document": _document,
    _TOO_DEEP: _deep,
}
