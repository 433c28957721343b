"""Diagnostics as editors show them, and the quick fixes that follow from their hints."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

from explainer.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.diagnostics import Diagnostic, Span
    from explainer.lsp.positions import Lines

_MEANT = re.compile(r"did you mean (`[^`]+`(?: or `[^`]+`)*)\?")
_NAMED = re.compile(r"`([^`]+)`")
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
}


class Fix(NamedTuple):
    """What to put in place of a word: its span, the word that was meant."""

    span: Span
    word: str


def problem(diagnostic: Diagnostic, lines: Lines) -> types.Diagnostic:
    """A diagnostic as editors show it; `lines` are those of its file."""
    return types.Diagnostic(
        lines.range(diagnostic.span),
        "\n".join([diagnostic.message, *diagnostic.hints]),
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        source="explainer",
    )


def fixes(diagnostic: Diagnostic, lines: Lines) -> Iterator[Fix]:
    """The words that may have been meant, each in place of the one that is wrong."""
    for hint in diagnostic.hints:
        asked = _MEANT.fullmatch(hint)
        for meant in _NAMED.findall(asked[1]) if asked else ():
            if wrong := _wrong_word(diagnostic, lines, meant):
                yield Fix(wrong, meant)


def _wrong_word(diagnostic: Diagnostic, lines: Lines, meant: str) -> Span | None:
    """Where the word stands that the message is about: of those that it names, the one most like what was meant."""
    span = diagnostic.span
    if span.line != span.end_line:
        return None
    text = lines.words(span)
    named = [word for word in _NAMED.findall(diagnostic.message) if _count(word, text) == 1]
    if not named:
        return None
    word = max(named, key=lambda one: SequenceMatcher(None, one, meant).ratio())
    col = span.col + next(_places(word, text)).start()
    return span._replace(col=col, end_col=col + len(word))


def _places(word: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)


def _count(word: str, text: str) -> int:
    return sum(1 for _ in _places(word, text))
