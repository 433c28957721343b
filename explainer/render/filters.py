"""What layouts print with: words of a catalog, plain text made typographic, days as times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from explainer.sourcing.words import capitalised
from explainer.text.typography import ENGLISH_STYLE, typographic

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from explainer.text.catalog import Catalog
    from explainer.text.typography import Style

# A page prints the name of a source, and the words at a claim, again and again.
_KEPT = 2048


def lookup(catalog: Catalog) -> Callable[..., str]:
    """What templates look words up with: `t('key')`, `t('key', n=3, who=name)`. Markup stays markup."""
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


def rich(text: Any, style: Style = ENGLISH_STYLE) -> Markup:
    """A plain text for HTML, its quotes and dashes typographic in the style of a language."""
    return _rich(text, style) if type(text) is str else escape(typographic(str(text), style))


def rich_in(style: Style) -> Callable[[Any], Markup]:
    """The filter that does so in one language."""
    return lambda text: rich(text, style)


def capital_in(style: Style) -> Callable[[Any], Markup]:
    """The filter for a text that begins a line or a sentence: its first letter is a capital."""
    return lambda text: _capital(text, style) if type(text) is str else rich(capitalised(str(text)), style)


@lru_cache(_KEPT)
def _rich(text: str, style: Style) -> Markup:
    return escape(typographic(text, style))


@lru_cache(_KEPT)
def _capital(text: str, style: Style) -> Markup:
    return escape(typographic(capitalised(text), style))


def midnight(time_zone: str) -> Callable[[str], str]:
    """What makes a day an RFC 3339 time: its first moment in the site's time zone. Times stay."""
    if time_zone == "UTC":
        zone: tzinfo = UTC
    else:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - few sites need it

        zone = ZoneInfo(time_zone)

    def rfc3339(iso: str) -> str:
        return iso if "T" in iso else datetime.combine(date.fromisoformat(iso), time(), zone).isoformat()

    return rfc3339
