"""Languages in which pages are written and the theme doesn't speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, Span
from explainer.text.language_codes import english_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.text.catalog import Catalogs


def without_words(language: str, span: Span, catalogs: Catalogs) -> Iterator[Diagnostic]:
    """What to say where a language has no catalog of words: the theme says it in English."""
    if catalogs.of(language).borrowed:
        message = f"the theme has no words in {english_name(language)}, and says it all in English"
        hint = f"write them into `layouts/i18n/{language.partition('-')[0].lower()}.yaml`"
        yield Diagnostic("W651", message, span, (hint,))
