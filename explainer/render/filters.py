"""Template filters and words: texts of the catalog, curly quotes for plain text, days as times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from explainer.sourcing.words import capitalised
from explainer.text.typography import typographic

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from explainer.text.catalog import Catalog

# A page prints the name of a source, and the words at a claim, again and again.
_KEPT = 2048


def lookup(catalog: Catalog) -> Callable[..., str]:
    """The template function `t('key')`, `t('key', n=3, who=name)`, which looks up texts. Markup stays markup."""
    form_of = catalog.form

    def t(key: str, n: int | None = None, **parameters: Any) -> str:
        form = form_of(key, n)
        if "{" not in form:
            return form
        given = parameters if n is None else catalog.parameters(n, parameters)
        for value in given.values():
            if isinstance(value, Markup):
                pieces = {name: escape(piece) for name, piece in given.items()}
                # Only names stand in a form, and every piece is escaped.
                return Markup(str(escape(form)).format_map(pieces))
        return form.format_map(given)

    return t


def rich(text: Any) -> Markup:
    """A plain text as HTML, with curly quotes and dashes."""
    return _rich(text) if type(text) is str else escape(typographic(str(text)))


def capital(text: Any) -> Markup:
    """A plain text as HTML, its first letter a capital."""
    return _capital(text) if type(text) is str else rich(capitalised(str(text)))


@lru_cache(_KEPT)
def _rich(text: str) -> Markup:
    return escape(typographic(text))


@lru_cache(_KEPT)
def _capital(text: str) -> Markup:
    return escape(typographic(capitalised(text)))


def midnight(time_zone: str) -> Callable[[str], str]:
    """A filter that turns a day into an RFC 3339 time, midnight in the site's time zone; times stay."""
    if time_zone == "UTC":
        zone: tzinfo = UTC
    else:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - few sites need it

        zone = ZoneInfo(time_zone)

    def rfc3339(iso: str) -> str:
        return iso if "T" in iso else datetime.combine(date.fromisoformat(iso), time(), zone).isoformat()

    return rfc3339
