"""The diagnostics of a site as the overlay in the browser shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explainer.diagnostics import Severity
from explainer.diagnostics.report import INDENT, render, visible
from explainer.serve.editor_links import link_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from explainer.diagnostics import Diagnostic, SourceText

_MOST = 30


def overlay(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, SourceText], root: Path, editor: str | None
) -> dict[str, Any]:
    """The errors among these diagnostics, at most thirty of them, and how many there are."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR]
    return {
        "count": len(errors),
        "errors": [diagnostic_as_json(diagnostic, texts, root, editor) for diagnostic in errors[:_MOST]],
    }


def diagnostic_as_json(
    diagnostic: Diagnostic, texts: Mapping[str, SourceText], root: Path, editor: str | None
) -> dict[str, Any]:
    """One diagnostic: its words, its place, the line with a caret under it, hints, and the way to the editor."""
    span = diagnostic.span
    report = render([diagnostic], texts, "text").splitlines()[1:]
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "message": visible(diagnostic.message),
        "place": f"{visible(span.path)}:{span.line}:{span.col}",
        "excerpt": [line.removeprefix(INDENT) for line in report if line.startswith(INDENT)],
        "hints": [visible(hint) for hint in diagnostic.hints],
        "href": link_to(editor, root, span),
    }
