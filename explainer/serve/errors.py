"""Errors raised when an output of the preview is unavailable."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explainer.diagnostics import Diagnostic


class BrokenError(Exception):
    """A layout failed while the output was made; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
