"""The words beside a source, in the drawing and in its description."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.text.typography import typographic

if TYPE_CHECKING:
    from explainer.model.published import PublicSource
    from explainer.render.drawing.routes import RouteGraph, Routes
    from explainer.text.catalog import Catalog
    from explainer.text.typography import Style


class Label(NamedTuple):
    """Who it is, when they said it, and what that is to the claim."""

    who: str
    when: str
    what: str


def label_of(source: PublicSource, graph: RouteGraph, routes: Routes, catalog: Catalog) -> Label:
    """The label of one source."""
    return Label(_capital(who(source, catalog.style)), when(source, catalog), _what(source, graph, routes, catalog))


def label_of_group(sources: tuple[PublicSource, ...], catalog: Catalog) -> Label:
    """The label of several sources that share a row."""
    unnamed = sum(source.unnamed for source in sources)
    what = catalog.text("way.of-them-unnamed", unnamed) if unnamed else ""
    return Label(catalog.text("way.sources", len(sources)), "", what)


def who(source: PublicSource, style: Style) -> str:
    """Whose word a source is: the name that all of an account has for it."""
    return typographic(source.short if source.unnamed else source.voice or source.short, style)


def when(source: PublicSource, catalog: Catalog) -> str:
    """The date of a named source, which no line breaks; empty without one."""
    return catalog.date(source.date).replace(" ", "\xa0") if source.date else ""


def kind(source: PublicSource, catalog: Catalog) -> str:
    """The type of a source in words."""
    if source.unnamed:
        return catalog.form(f"way.{source.attribution}")
    return catalog.form("way.own" if source.own else f"way.{source.type}")


def _what(source: PublicSource, graph: RouteGraph, routes: Routes, catalog: Catalog) -> str:
    if source.withdrawn:
        return catalog.text("way.withdrawn", date=catalog.date(source.withdrawn.date.text))
    if graph is routes.disputes and source.id in graph.starts and source.id in graph.live:
        return catalog.form("way.disputes-earlier" if routes.earlier else "way.disputes")
    what = kind(source, catalog)
    if source.id in graph.origins:
        return catalog.text("way.origin", what=what)
    return what if graph.onward[source.id] or source.id in graph.beyond else catalog.text("way.unstated", what=what)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
