"""How many of a claim's routes are independent: the most that share no source and no origin.

It is a maximum flow: each source and each origin lets one route through.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from explainer.sourcing.routes import reporting, source_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.sourcing.routes import Routes

_START, _GOAL = 0, 1
# How many reports may be tried both ways; see `_most`.
_TRIED = 6
# What a report that is two nodes may be used as.
_Uses = dict[str, Literal["reporting", "source"]]


def independent(routes: Routes) -> int:
    """The most routes to stated origins that share no source and no key; 1 if none states its own."""
    keys = set(routes.origins.values())
    if len(keys) <= 1 or len(routes.starts) == 1:
        return min(1, len(routes.starts))
    doubled = routes.doubled
    if not doubled and all(len(onward) <= 1 for onward in routes.via.values()):
        return len(keys)  # where nothing forks, routes that share a source share their origin
    # A report that is cited itself begins a route either way.
    return _most(routes, sorted(keys), [id_ for id_ in doubled if id_ not in routes.starts], {})


def _most(routes: Routes, keys: list[str], doubled: list[str], uses: _Uses) -> int:
    """The maximum flow in which a report that is two nodes lets one route through, in one of its two uses.

    In the network both nodes are one. A route that enters it as a source and leaves it as reporting
    does no harm: it could as well begin there. One that begins there and leaves it as a source is
    none, and then both uses are tried. That is hard in general (it is finding paths without
    forbidden pairs), so that after some tries the rest only report: the count may then be too low,
    never too high.
    """
    if len(uses) == _TRIED:
        rest: _Uses = dict.fromkeys(doubled, "reporting")
        uses = rest | uses
    network = _network(routes, keys, uses)
    flow = _max_flow(network.arcs)
    wrong = next((id_ for id_ in doubled if id_ not in uses and network.misuses(id_, routes)), None)
    if wrong is None:
        return flow
    best = _most(routes, keys, doubled, {**uses, wrong: "reporting"})
    return best if best == flow else max(best, _most(routes, keys, doubled, {**uses, wrong: "source"}))


class _Network(NamedTuple):
    """Arcs of capacity one: from `_START` in and out of each source, through a key, to `_GOAL`."""

    arcs: list[set[int]]
    entry: Mapping[str, int]

    def misuses(self, report: str, routes: Routes) -> bool:
        """Whether a route begins at a report and goes on where only the report as a source does."""
        entry = self.entry[report]
        if entry in self.arcs[_START]:
            return False
        reported = {self.entry[source_of(node)] for node in routes.via[reporting(report)]}
        return not any(node not in self.arcs[entry + 1] for node in reported)


def _network(routes: Routes, keys: list[str], uses: _Uses) -> _Network:
    nodes = [
        node
        for node in routes.via
        if not uses or uses.get(source_of(node)) != ("reporting" if node == source_of(node) else "source")
    ]
    entry: dict[str, int] = {}
    for node in routes.via:
        entry.setdefault(source_of(node), 2 * len(entry) + 2)
    gate = {key: 2 * len(entry) + 2 + number for number, key in enumerate(keys)}
    arcs: list[set[int]] = [set() for _ in range(2 + 2 * len(entry) + len(gate))]
    starts = set(routes.starts)
    for node in nodes:
        at = entry[source_of(node)]
        if node in starts:
            arcs[_START].add(at)
        arcs[at].add(at + 1)
        arcs[at + 1].update(entry[source_of(follower)] for follower in routes.via[node])
        if node in routes.origins:
            arcs[at + 1].add(gate[routes.origins[node]])
    for number in gate.values():
        arcs[number].add(_GOAL)
    return _Network(arcs, entry)


def _max_flow(arcs: list[set[int]]) -> int:
    """Dinic's algorithm; `arcs` is left as what remains of it, with the arcs that are used turned round."""
    flow = 0
    while depth := _depths(arcs):
        closed: set[int] = set()
        while path := _shortest_path(arcs, depth, closed):
            for here, there in pairwise(path):
                arcs[here].remove(there)
                arcs[there].add(here)
            flow += 1
    return flow


def _depths(arcs: list[set[int]]) -> dict[int, int]:
    """How far from `_START` each node is; empty when `_GOAL` is out of reach."""
    depth = {_START: 0}
    line = [_START]
    for node in line:
        for onward in arcs[node]:
            if onward not in depth:
                depth[onward] = depth[node] + 1
                line.append(onward)
    return depth if _GOAL in depth else {}


def _shortest_path(arcs: list[set[int]], depth: Mapping[int, int], closed: set[int]) -> list[int]:
    """A path to `_GOAL` that meets no closed node; whatever is tried is closed."""
    came: dict[int, int] = {}
    stack = [(node, _START) for node in arcs[_START]]
    while stack:
        node, before = stack.pop()
        if node in closed:
            continue
        came[node] = before
        if node == _GOAL:
            path = [node]
            while path[-1] != _START:
                path.append(came[path[-1]])
            return path[::-1]
        closed.add(node)
        stack.extend([(onward, node) for onward in arcs[node] if depth.get(onward) == depth[node] + 1])
    return []
