"""Place the sources of a graph in rows, and the lines to them in tracks.

As on the map of an underground line, every source has a row of its own, and a track for as long as a line
leads to it. No more than four tracks run side by side; what would need a fifth is grouped.
"""

from __future__ import annotations

import itertools
from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from explainer.render.drawing.routes import RouteGraph

MAX_TRACKS = 4
# A taller drawing helps nobody.
MAX_ROWS = 24
CLAIM = -1


class Row(NamedTuple):
    """A source, or several that are grouped under the name of one, on a track."""

    name: str
    sources: tuple[str, ...]
    track: int


class Hop(NamedTuple):
    """A line from a row (`CLAIM` for the claim) to another.

    `turns` are the rows below which it changes to a track, the first being the row that it starts from.
    """

    start: int
    end: int
    turns: tuple[tuple[int, int], ...]


class Layout(NamedTuple):
    """The rows of a graph, nearest to the claim first, the hops between them, and the number of tracks."""

    rows: tuple[Row, ...] = ()
    hops: tuple[Hop, ...] = ()
    tracks: int = 1

    @property
    def fits(self) -> bool:
        """Whether it is neither too wide nor too tall."""
        return self.tracks <= MAX_TRACKS and len(self.rows) <= MAX_ROWS


class _Graph(NamedTuple):
    """A graph with some sources grouped; each group has the name of a member."""

    starts: tuple[str, ...]
    onward: Mapping[str, tuple[str, ...]]
    members: Mapping[str, tuple[str, ...]]


def lay_out(graph: RouteGraph, apart: frozenset[str]) -> Layout:
    """Lay out a graph, grouping as little as possible; the sources in `apart` are grouped last."""
    return _laid_out(graph.starts, tuple(graph.onward.items()), apart) if graph.starts else Layout()


@lru_cache(1024)
def _laid_out(
    starts: tuple[str, ...], routes: tuple[tuple[str, tuple[str, ...]], ...], apart: frozenset[str]
) -> Layout:
    """The layout of a graph, cached: many claims of a site rest on the same few sources."""
    onward = dict(routes)
    plain = _Graph(tuple(dict.fromkeys(starts)), onward, {one: (one,) for one in onward})
    made = _lay(plain)
    if made.fits:
        return made
    return next(made for graph in _coarser(plain, apart) if (made := _lay(graph)).fits)


def _lay(graph: _Graph) -> Layout:
    """Rows in an order in which nothing comes before what leads to it, each on the track that leads to it."""
    lines = _Lines(graph)
    waiting = dict.fromkeys(graph.onward, 0)
    for others in graph.onward.values():
        for other in others:
            waiting[other] += 1
    ready = deque(one for one in graph.starts if not waiting[one])
    lines.leave(CLAIM, 0, graph.starts)
    while ready:
        one = ready.popleft()
        lines.place(one)
        for other in graph.onward[one]:
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return lines.layout()


class _Lines:
    """The lines that run, row by row: `lanes` has for each track what the line on it leads to."""

    def __init__(self, graph: _Graph) -> None:
        self.graph = graph
        self.rows: list[Row] = []
        self.places: dict[str, int] = {}
        self.lanes: list[str | None] = []
        self.to: dict[str, list[tuple[int, list[tuple[int, int]]]]] = {one: [] for one in graph.onward}

    def place(self, one: str) -> None:
        """Give a source the next row, on the track that leads to it, and let its own lines leave."""
        row, track = len(self.rows), self.lanes.index(one)
        self.places[one] = row
        self.rows.append(Row(one, self.graph.members[one], track))
        self.lanes[track] = None
        self.leave(row, track, self.graph.onward[one])

    def leave(self, row: int, track: int, onward: Iterable[str]) -> None:
        """Lines from a row: along one that leads there already, else on a track of their own."""
        for one in onward:
            lane = self._joined(one, row, track) if one in self.lanes else self._free(track)
            self.lanes[lane] = one
            self.to[one].append((row, [(row, lane)]))

    def _joined(self, one: str, row: int, track: int) -> int:
        """The track of the line to a source; if it runs further out, it moves in, so that the main line stays straight."""
        lane = self.lanes.index(one)
        if lane < track or self.lanes[track] is not None:
            return lane
        for _, turns in self.to[one]:
            turns.append((row, track))
        self.lanes[lane] = None
        return track

    def _free(self, wanted: int) -> int:
        """A track that nothing runs on: this one, else the innermost, else a new one."""
        if wanted < len(self.lanes) and self.lanes[wanted] is None:
            return wanted
        if None in self.lanes:
            return self.lanes.index(None)
        self.lanes.append(None)
        return len(self.lanes) - 1

    def layout(self) -> Layout:
        """The finished layout."""
        hops = [Hop(row, self.places[one], tuple(turns)) for one, lines in self.to.items() for row, turns in lines]
        tracks = 1 + max(track for hop in hops for _, track in hop.turns)
        return Layout(tuple(self.rows), tuple(hops), tracks)


# --- Grouping -----------------------------------------------------------------------------------


def _coarser(graph: _Graph, apart: frozenset[str]) -> Iterator[_Graph]:
    """The graph with more and more of its sources grouped; the last one fits whatever it was."""
    graph = _twins(graph, apart)
    yield graph
    for wide in (3, 2, 1):
        yield _layered(graph, apart, wide)
    line = _direct(_layered(graph, frozenset(), 1))
    yield line
    ends = line.starts[:1] + tuple(line.onward)[MAX_ROWS - 1 :]
    yield _direct(_grouped(line, dict.fromkeys(ends[1:], ends[-1])))


def _twins(graph: _Graph, apart: frozenset[str]) -> _Graph:
    """Group sources with equal predecessors and successors."""
    while True:
        led_to_by: dict[str, list[str]] = {one: [] for one in graph.onward}
        for one, others in graph.onward.items():
            for other in others:
                led_to_by[other].append(one)
        first: dict[object, str] = {}
        lead = {}
        for one, others in graph.onward.items():
            shape = one if one in apart else (one in graph.starts, tuple(led_to_by[one]), others)
            lead[one] = first.setdefault(shape, one)
        if len(first) == len(lead):
            return graph
        graph = _grouped(graph, lead)


def _layered(graph: _Graph, apart: frozenset[str], wide: int) -> _Graph:
    """At each distance from the claim no more than `wide` stand side by side, the last of them for the rest."""
    layers: dict[int, list[str]] = {}
    for one, depth in _depths(graph).items():
        if one not in apart:
            layers.setdefault(depth, []).append(one)
    lead = {one: layer[min(number, wide - 1)] for layer in layers.values() for number, one in enumerate(layer)}
    return _grouped(graph, lead)


def _depths(graph: _Graph) -> dict[str, int]:
    """The longest way to each source from the claim: what leads to another is always nearer."""
    depths: dict[str, int] = {}
    for row in _lay(graph).rows:
        one = row.name
        depth = depths.setdefault(one, 0)
        for other in graph.onward[one]:
            depths[other] = max(depths.get(other, 0), depth + 1)
    return depths


def _direct(graph: _Graph) -> _Graph:
    """A graph whose sources stand in one line, each leading to the next alone."""
    order = [row.name for row in _lay(graph).rows]
    onward = {one: (other,) for one, other in itertools.pairwise(order)}
    return graph._replace(starts=tuple(order[:1]), onward={**onward, order[-1]: ()})


def _grouped(graph: _Graph, lead: Mapping[str, str]) -> _Graph:
    """The graph with each source in the group that it is led by."""
    members: dict[str, tuple[str, ...]] = {}
    onward: dict[str, dict[str, None]] = {}
    for one, others in graph.onward.items():
        name = lead.get(one, one)
        members[name] = members.get(name, ()) + graph.members[one]
        onward.setdefault(name, {}).update(dict.fromkeys(lead.get(other, other) for other in others))
    return _Graph(
        tuple(dict.fromkeys(lead.get(one, one) for one in graph.starts)),
        {one: tuple(other for other in others if other != one) for one, others in onward.items()},
        members,
    )
