"""Template filters and words: texts of the catalog, curly quotes for plain text, days as times.

Each checks what a layout gives it, so that a wrong value is reported as the layout's error.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from markupsafe import Markup, escape

from explainer.diagnostics import did_you_mean
from explainer.render.layout_errors import CallError, take
from explainer.sourcing.words import capitalised
from explainer.text.catalog import UnknownWordError
from explainer.text.typography import ENGLISH_STYLE, typographic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from jinja2.runtime import Context

    from explainer.render.drawing import Drawing
    from explainer.text.catalog import Catalog
    from explainer.text.typography import Style

# A page prints the name of a source, and the words at a claim, again and again.
_KEPT = 2048
_DATE = re.compile(r"\d{4}(?:-(?:0?[1-9]|1[0-2])(?:-(?:0?[1-9]|[12]\d|3[01])(?:[T ].*)?)?)?\Z", re.DOTALL)


def lookup(catalog: Catalog) -> Callable[..., str]:
    """The template function `t('key')`, `t('key', n=3, who=name)`, which looks up texts. Markup stays markup."""
    form_of = catalog.form

    def t(key: str, n: int | None = None, **parameters: Any) -> str:
        try:
            form = form_of(take(key, str, "t"), n)
        except UnknownWordError as error:
            hints = did_you_mean(error.key, error.known)
            raise CallError(f"no catalog has the word `{error.key}`", "E603", hints) from None
        if "{" not in form:
            return form
        given = parameters if n is None else catalog.parameters(take(n, int, "t"), parameters)
        try:
            told = _filled(catalog.seamed(form), given)
        except KeyError as error:
            raise CallError(f"the words `{key}` need `{error.args[0]}`") from None
        contracted = catalog.contracted(told)
        return Markup(contracted) if isinstance(told, Markup) else contracted

    return t


def _filled(form: str, given: dict[str, Any]) -> str:
    for value in given.values():
        if isinstance(value, Markup):
            pieces = {name: escape(piece) for name, piece in given.items()}
            # Only names stand in a form, and every piece is escaped.
            return Markup(str(escape(form)).format_map(pieces))
    return form.format_map(given)


def listed(catalog: Catalog) -> Callable[[Sequence[str]], str]:
    """What templates list names with: `A, B and C`."""
    return lambda items: catalog.listed([take(item, str, "listed") for item in take(items, (list, tuple), "listed")])


def spelled(catalog: Catalog) -> Callable[[int], str]:
    """What templates write numbers with."""
    return lambda n: catalog.spelled(take(n, int, "spelled"))


def while_rendering(filter_: Callable[[Any], str]) -> Callable[[Context, Any], str]:
    """A filter that Jinja doesn't apply to literals already while it compiles.

    What is compiled serves all languages, and a preview whose time zone changes.
    """

    @pass_context
    def apply(context: Context, value: Any) -> str:
        del context
        return filter_(value)

    return apply


def day(catalog: Catalog) -> Callable[[Any], str]:
    """What templates write days, months and years with."""

    def date(text: Any) -> str:
        text = str(text)
        try:
            if _DATE.match(text):
                return catalog.date(text)
        except ValueError:  # no month has that day
            pass
        raise CallError(f"`date` takes 2017-07-21, 2017-07 or 2017, not `{text}`")

    return date


def rich(text: Any, style: Style = ENGLISH_STYLE) -> Markup:
    """A plain text for HTML, with curly quotes and dashes in the style of a language."""
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
    """A filter that turns a day into an RFC 3339 time, midnight in the site's time zone; times stay."""
    if time_zone == "UTC":
        zone: tzinfo = UTC
    else:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - few sites need it

        zone = ZoneInfo(time_zone)

    def rfc3339(iso: str) -> str:
        if "T" in take(iso, str, "rfc3339"):
            return iso
        try:
            day = date.fromisoformat(iso)
        except ValueError:
            raise CallError(f"`rfc3339` takes a day or a time, not `{iso}`") from None
        first = datetime.combine(day, time(), zone)
        # RFC 3339 has no seconds in an offset; old local times do.
        skewed = (first.utcoffset() or timedelta()).total_seconds() % 60
        try:
            return (first.astimezone(UTC) if skewed else first).isoformat()
        except OverflowError:  # the first day of the calendar begins before it in UTC
            return first.replace(tzinfo=UTC).isoformat()

    return rfc3339


def marked(drawing: Drawing | None) -> Drawing | None:
    """A drawing as markup."""
    return drawing and drawing._replace(svg=Markup(drawing.svg))
