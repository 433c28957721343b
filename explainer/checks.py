"""Checks of pages against the theme: shortcodes without a template, templates without a closing tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.model import CallMark, Document

BUILT_IN = ("claim", "source", "ref")


def check_calls(document: Document, templates: frozenset[str]) -> Iterator[Diagnostic]:
    """The shortcode calls of a page that no template answers."""
    for call in document.calls:
        if call.name not in templates:
            yield _unknown(call, templates)


def _unknown(call: CallMark, templates: frozenset[str]) -> Diagnostic:
    hints = did_you_mean(call.name, {*templates, *BUILT_IN}) or (f"make one: layouts/shortcodes/{call.name}.html",)
    return Diagnostic("E301", f"there is no shortcode `{call.name}`", call.span, hints)
