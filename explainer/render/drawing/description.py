"""The same picture in sentences: who supports a claim, through whom they know, where it begins, who disputes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.render.drawing.labels import kind, when, who
from explainer.render.drawing.text_width import isolated
from explainer.text.languages import direction
from explainer.text.typography import typographic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from explainer.render.drawing.routes import RouteGraph, Routes
    from explainer.text.catalog import Catalog


def describe(routes: Routes, catalog: Catalog) -> str:
    """The whole drawing in sentences, without grouping or shortening."""
    return " ".join(text[:1].upper() + text[1:] for text in _Description(routes, catalog).sentences())


class _Description:
    def __init__(self, routes: Routes, catalog: Catalog) -> None:
        self.routes = routes
        self.catalog = catalog
        self.direction = direction(catalog.language)

    def sentences(self) -> Iterator[str]:
        """The sentences, in the order in which the drawing is read."""
        routes, catalog = self.routes, self.catalog
        if routes.disputes.live:
            key = "way.told-disputed-earlier" if routes.earlier else "way.told-disputed"
            yield catalog.text(key, who=self._with_kinds(self._live(routes.disputes)))
        if routes.disputes.starts:
            yield from self._routes(routes.disputes)
        if starts := self._live(routes.supports):
            yield catalog.text("way.told-supported", who=self._with_kinds(starts))
        if routes.supports.starts:
            yield from self._routes(routes.supports)
        if routes.rests_on:
            yield catalog.text(
                "way.told-rests",
                who=catalog.listed(
                    [isolated(typographic(name, catalog.style), self.direction) for name in routes.rests_on]
                ),
            )

    def _routes(self, graph: RouteGraph) -> Iterator[str]:
        catalog = self.catalog
        through: dict[tuple[str, ...], list[str]] = {}
        for one, others in graph.onward.items():
            if others:
                through.setdefault(others, []).append(one)
        for others, ones in through.items():
            yield catalog.text("way.told-through", who=self._names(ones), through=self._with_kinds(others))
        ends = [one for one, others in graph.onward.items() if not others]
        if origins := [one for one in ends if one in graph.origins]:
            yield catalog.text("way.told-origin", len(origins), who=self._names(origins))
        # Who disputes a claim needn't say how they know.
        unstated = [one for one in ends if one in graph.live and one not in graph.origins and one not in graph.beyond]
        if unstated and graph is self.routes.supports:
            yield catalog.text("way.told-unstated", who=self._names(unstated))
        if beyond := [one for one in graph.onward if one in graph.beyond]:
            yield catalog.text("way.told-beyond", who=self._names(beyond))
        if gone := [one for one in ends if self.routes.sources[one].withdrawn]:
            yield catalog.text("way.told-withdrawn", who=self._names(gone))

    def _live(self, graph: RouteGraph) -> list[str]:
        return [one for one in graph.starts if one in graph.live]

    def _names(self, ones: Iterable[str]) -> str:
        return self.catalog.listed([self._name(one) for one in ones])

    def _name(self, one: str) -> str:
        return isolated(who(self.routes.sources[one], self.catalog.style), self.direction)

    def _with_kinds(self, ones: Iterable[str]) -> str:
        return self.catalog.listed([self._with_kind(one) for one in ones])

    def _with_kind(self, one: str) -> str:
        source, catalog = self.routes.sources[one], self.catalog
        what, date = kind(source, catalog), when(source, catalog)
        if date:
            what = catalog.text("way.dated", who=what, date=date)
        return catalog.text("way.who", who=self._name(one), what=what)
