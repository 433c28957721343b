"""Why an output isn't to be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explainer.diagnostics import Diagnostic


class GoneError(Exception):
    """A page's text isn't there any more: a newer tree is on its way."""


class BrokenError(Exception):
    """A layout failed over it; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
