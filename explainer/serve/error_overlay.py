"""The faults of a site as the overlay in the browser shows them."""

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
    faults: Iterable[Diagnostic], texts: Mapping[str, SourceText], root: Path, editor: str | None
) -> dict[str, Any]:
    """The errors among these faults, at most thirty of them, and how many there are."""
    errors = [fault for fault in faults if fault.severity is Severity.ERROR]
    return {"count": len(errors), "errors": [told(fault, texts, root, editor) for fault in errors[:_MOST]]}


def told(fault: Diagnostic, texts: Mapping[str, SourceText], root: Path, editor: str | None) -> dict[str, Any]:
    """One fault: its words, its place, the line with a caret under it, hints, and the way to the editor."""
    span = fault.span
    report = render([fault], texts, "text").splitlines()[1:]
    return {
        "code": fault.code,
        "name": fault.name,
        "message": visible(fault.message),
        "place": f"{visible(span.path)}:{span.line}:{span.col}",
        "excerpt": [line.removeprefix(INDENT) for line in report if line.startswith(INDENT)],
        "hints": [visible(hint) for hint in fault.hints],
        "href": link_to(editor, root, span),
    }
