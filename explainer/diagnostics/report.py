"""Print diagnostics as text, JSON, GitHub annotations or SARIF."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import category, east_asian_width

from explainer import __version__
from explainer.diagnostics import RULES, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from explainer.diagnostics import Diagnostic, SourceText, Span

Format = Literal["text", "json", "github", "sarif"]
FORMATS: tuple[Format, ...] = ("text", "json", "github", "sarif")

INDENT = "    "
TAB = 4
WINDOW = 160  # characters of a long line that are shown
_MANY = 5  # places that each show the diagnostic in full
_NAMED = 3  # of more places, how many are named
LEAD = 60  # of which this many come before the reported range

_LINE_END = re.compile(r"\r\n|\n|\r")
_JOINERS = "\u200c\u200d"
_STYLES = {"bold": "1", "error": "1;31", "warning": "1;33", "caret": "1;36", "hint": "36"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, SourceText], format: Format, *, color: bool = False
) -> str:
    """Format the diagnostics in the order given, one line end after each; `texts` maps paths to texts.

    The text format quotes the line of each, unless its file isn't in `texts` or the line is hidden there. Text and
    annotations show one that stands in many places once, with the first of the others and their number.
    """
    found = tuple(diagnostics)
    match format:
        case "text":
            lines = _Lines(texts)
            return "".join(_text(d, lines, color=color) + _elsewhere(others) for d, others in _grouped(found))
        case "json":
            return _dump([_record(d) for d in found])
        case "github":
            return "".join(_github(d, _elsewhere(others).strip()) for d, others in _grouped(found))
    return _dump(_sarif(found))


def _grouped(diagnostics: Sequence[Diagnostic]) -> Iterator[tuple[Diagnostic, Sequence[Diagnostic]]]:
    """Yield each diagnostic with none; those of one message in many places as the first with the others."""
    groups: dict[tuple[str, str], list[Diagnostic]] = defaultdict(list)
    for diagnostic in diagnostics:
        groups[diagnostic.code, diagnostic.message].append(diagnostic)
    for diagnostic in diagnostics:
        group = groups[diagnostic.code, diagnostic.message]
        if len(group) <= _MANY:
            yield diagnostic, ()
        elif diagnostic is group[0]:
            yield diagnostic, group[1:]


def _elsewhere(others: Sequence[Diagnostic]) -> str:
    """A line that says where else a diagnostic stands."""
    if not others:
        return ""
    places = ", ".join(f"{visible(d.span.path)}:{d.span.line}:{d.span.col}" for d in others[:_NAMED])
    return f"  the same at {places} and in {len(others) - _NAMED} more places\n"


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """The counts in words: `2 errors, 1 warning`, or `no errors`."""
    severities = [d.severity for d in diagnostics]
    counts = ((severities.count(severity), severity.value) for severity in Severity)
    return ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in counts if n) or "no errors"


# --- Text -----------------------------------------------------------------------------------------


class _Lines:
    """The lines of the texts; each text is split when it is first needed."""

    def __init__(self, texts: Mapping[str, SourceText]) -> None:
        self._texts = texts
        self._split: dict[str, list[str]] = {}

    def get(self, span: Span) -> str | None:
        """The line on which a span begins; None where it isn't known or must not be shown."""
        source = self._texts.get(span.path)
        if source is None or span.line in source.hidden:
            return None
        if span.path not in self._split:
            self._split[span.path] = _LINE_END.split(source.text)
        lines = self._split[span.path]
        return lines[span.line - 1] if 1 <= span.line <= len(lines) else None


def _text(diagnostic: Diagnostic, lines: _Lines, *, color: bool) -> str:
    span, kind = diagnostic.span, diagnostic.severity.value
    place = _paint(f"{visible(span.path)}:{span.line}:{span.col}:", "bold", color=color)
    head = f"{_paint(kind, kind, color=color)} {diagnostic.code} {diagnostic.name}: {visible(diagnostic.message)}"
    output = [f"{place} {head}"]
    line = lines.get(span)
    if line is not None and line.strip():
        shown, before, under = _excerpt(line, span)
        output += [INDENT + shown, INDENT + " " * before + _paint("^" * under, "caret", color=color)]
    output += [f"  {_paint('hint:', 'hint', color=color)} {visible(hint)}" for hint in diagnostic.hints]
    return "\n".join(output) + "\n"


def _excerpt(line: str, span: Span) -> tuple[str, int, int]:
    """The line as shown, and in columns of the terminal where the caret begins and how wide it is."""
    start = min(max(span.col - 1, 0), len(line))
    end = len(line.rstrip()) if span.end_line > span.line else min(span.end_col - 1, len(line))
    first = max(0, min(start - LEAD, len(line) - WINDOW))
    last = min(len(line), first + WINDOW)
    cut, more = "…" if first else "", "…" if last < len(line) else ""
    before = cut + _shown(line[first:start], _width(cut))
    under = _shown(line[start : min(end, last)], _width(before))
    after = _shown(line[max(start, min(end, last)) : last], _width(before + under))
    return (before + under + after).rstrip() + more, _width(before), max(1, _width(under))


def _shown(text: str, column: int) -> str:
    """The text with tabs expanded from this column on, and invisible characters replaced by visible ones."""
    if text.isascii() and text.isprintable():
        return text
    parts = []
    for char in text:
        part = " " * (TAB - column % TAB) if char == "\t" else visible(char)
        column += _width(part)
        parts.append(part)
    return "".join(parts)


def visible(text: str) -> str:
    """The text with a visible replacement for each control, direction, separator or broken character."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in _JOINERS else _sign(char) for char in text)


def _sign(char: str) -> str:
    if char < " ":
        return chr(0x2400 + ord(char))
    if char == "\x7f":
        return "\u2421"
    return char if category(char) == "Zs" else f"<U+{ord(char):04X}>"


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    """How many columns of a terminal a character takes."""
    if char in _JOINERS or category(char) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def _paint(text: str, style: str, *, color: bool) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if color else text


# --- For machines ---------------------------------------------------------------------------------


def _dump(value: object) -> str:
    """JSON in ASCII, which every terminal and locale can print."""
    return json.dumps(value, indent=2) + "\n"


def _record(diagnostic: Diagnostic) -> dict[str, Any]:
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "path": span.path,
        "line": span.line,
        "col": span.col,
        "end_line": span.end_line,
        "end_col": span.end_col,
        "hints": list(diagnostic.hints),
    }


def _with_hints(diagnostic: Diagnostic) -> str:
    return "\n".join([diagnostic.message, *(f"hint: {hint}" for hint in diagnostic.hints)])


def _github(diagnostic: Diagnostic, elsewhere: str = "") -> str:
    """A workflow command; GitHub accepts columns only for a range within one line."""
    span = diagnostic.span
    properties = {"file": visible(span.path), "line": span.line, "endLine": span.end_line}
    if span.line == span.end_line:
        properties |= {"col": span.col, "endColumn": span.end_col}
    properties["title"] = f"{diagnostic.code} {diagnostic.name}"
    parameters = ",".join(f"{key}={_escape(str(value), ',:')}" for key, value in properties.items())
    message = "\n".join(visible(line) for line in [*_with_hints(diagnostic).split("\n"), elsewhere] if line)
    return f"::{diagnostic.severity.value} {parameters}::{_escape(message)}\n"


def _escape(text: str, also: str = "") -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def _sarif(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    numbers = {code: number for number, code in enumerate(RULES)}
    rules = [
        {
            "id": rule.code,
            "name": rule.name,
            "shortDescription": {"text": rule.meaning},
            "defaultConfiguration": {"level": rule.severity.value},
        }
        for rule in RULES.values()
    ]
    run = {
        "tool": {"driver": {"name": "Explainer", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(d, numbers[d.code]) for d in diagnostics],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(diagnostic: Diagnostic, number: int) -> dict[str, Any]:
    from urllib.parse import quote  # noqa: PLC0415 - this format alone needs it

    span = diagnostic.span
    place = {
        "artifactLocation": {"uri": quote(span.path, safe="/", errors="surrogateescape")},
        "region": {
            "startLine": span.line,
            "startColumn": span.col,
            "endLine": span.end_line,
            "endColumn": span.end_col,
        },
    }
    return {
        "ruleId": diagnostic.code,
        "ruleIndex": number,
        "level": diagnostic.severity.value,
        "message": {"text": _with_hints(diagnostic)},
        "locations": [{"physicalLocation": place}],
    }
