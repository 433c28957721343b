"""The drawing in words: who supports a claim, through whom they know, where it begins, and who disputes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.render.drawing.labels import kind, when, who
from explainer.render.drawing.text_width import isolated
from explainer.text.languages import direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from explainer.render.drawing.routes import Net, Ways
    from explainer.text.catalog import Catalog


def told(ways: Ways, catalog: Catalog) -> str:
    """The whole drawing in sentences, nothing grouped and nothing cut."""
    return " ".join(text[:1].upper() + text[1:] for text in _Teller(ways, catalog).sentences())


class _Teller:
    def __init__(self, ways: Ways, catalog: Catalog) -> None:
        self.ways = ways
        self.catalog = catalog
        self.direction = direction(catalog.language)

    def sentences(self) -> Iterator[str]:
        """The sentences, in the order in which the drawing is read."""
        ways, catalog = self.ways, self.catalog
        if ways.disputes.live:
            key = "way.told-disputed-earlier" if ways.earlier else "way.told-disputed"
            yield catalog.text(key, who=self._with_kinds(self._live(ways.disputes)))
        if ways.disputes.starts:
            yield from self._routes(ways.disputes)
        if starts := self._live(ways.supports):
            yield catalog.text("way.told-supported", who=self._with_kinds(starts))
        if ways.supports.starts:
            yield from self._routes(ways.supports)
        if ways.rests_on:
            yield catalog.text(
                "way.told-rests", who=catalog.listed([isolated(name, self.direction) for name in ways.rests_on])
            )

    def _routes(self, net: Net) -> Iterator[str]:
        catalog = self.catalog
        through: dict[tuple[str, ...], list[str]] = {}
        for one, others in net.onward.items():
            if others:
                through.setdefault(others, []).append(one)
        for others, ones in through.items():
            yield catalog.text("way.told-through", who=self._names(ones), through=self._with_kinds(others))
        ends = [one for one, others in net.onward.items() if not others]
        if origins := [one for one in ends if one in net.origins]:
            yield catalog.text("way.told-origin", len(origins), who=self._names(origins))
        # Who disputes a claim needn't say how they know.
        unstated = [one for one in ends if one in net.live and one not in net.origins]
        if unstated and net is self.ways.supports:
            yield catalog.text("way.told-unstated", who=self._names(unstated))
        if gone := [one for one in ends if self.ways.sources[one].withdrawn]:
            yield catalog.text("way.told-withdrawn", who=self._names(gone))

    def _live(self, net: Net) -> list[str]:
        return [one for one in net.starts if one in net.live]

    def _names(self, ones: Iterable[str]) -> str:
        return self.catalog.listed([self._name(one) for one in ones])

    def _name(self, one: str) -> str:
        return isolated(who(self.ways.sources[one]), self.direction)

    def _with_kinds(self, ones: Iterable[str]) -> str:
        return self.catalog.listed([self._with_kind(one) for one in ones])

    def _with_kind(self, one: str) -> str:
        source, catalog = self.ways.sources[one], self.catalog
        what, date = kind(source, catalog), when(source, catalog)
        if date:
            what = catalog.text("way.dated", who=what, date=date)
        return catalog.text("way.who", who=self._name(one), what=what)
