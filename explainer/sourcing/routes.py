"""The live routes of a claim: from what it cites, along `via`, to where what is known begins.

Routes are walked as a graph and never listed: two hundred sources can have millions of routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from explainer.model.declared import Source

# A report through which a cited source reached us is a node of its own, apart from the report as a
# source that has `via`: what follows it there is what it reports. No id begins with this sign.
_REPORTING = "@"


class Routes(NamedTuple):
    """The live routes that begin at some cited sources.

    `starts` are the first nodes: a cited source, or each report that it is `reported_in`. `via` maps
    each node on a route to those that follow it, () where a route ends; it holds a node after all
    that follow it. `origins` maps the ends that state their origin to its key. `live` are the cited
    sources that a route leads through. `cited` tells whether any source was cited, `broken` whether
    any route is dead.
    """

    starts: tuple[str, ...]
    via: dict[str, tuple[str, ...]]
    origins: dict[str, str]
    live: tuple[str, ...]
    cited: bool
    broken: bool

    @property
    def ends(self) -> list[str]:
        """The last nodes, whether they state their origin or not."""
        return [node for node, onward in self.via.items() if not onward]

    @property
    def doubled(self) -> list[str]:
        """The sources that are two nodes: a report that a cited source is reported in, and itself on a route."""
        if not any(start.startswith(_REPORTING) for start in self.starts):
            return []
        return [node for node in self.via if reporting(node) in self.via]


def reporting(report: str) -> str:
    """The node of a report through which a cited source reached us."""
    return _REPORTING + report


def source_of(node: str) -> str:
    """The id of the source that a node stands for."""
    return node.removeprefix(_REPORTING)


_NO_ROUTES = Routes(starts=(), via={}, origins={}, live=(), cited=False, broken=False)


def live_routes(ids: Iterable[str], speaker: str | None, sources: Mapping[str, Source]) -> Routes:
    """The live routes from these sources; unknown ids are left out.

    Where the claim has a speaker, a route stops at the first node that is the speaker's, which
    states its origin whatever it says of its knowledge.
    """
    cited = sorted({id_ for id_ in ids if id_ in sources})
    if not cited:
        return _NO_ROUTES
    graph = _Graph(cited, speaker, sources)
    via: dict[str, tuple[str, ...]] = {}
    origins: dict[str, str] = {}
    broken = False
    for node, onward in graph.reach().items():
        source = sources[source_of(node)]
        live = tuple([follower for follower in onward if follower in via])
        if source.withdrawn is not None:
            broken = True
        elif live or not onward:
            via[node] = live
            if not live and (source.knowledge == "first-hand" or _speaks(source, speaker)):
                origins[node] = source.key
    starts = tuple([node for node in graph.starts if node in via])
    return Routes(starts, via, origins, graph.live(via), cited=True, broken=broken)


class _Graph:
    """The nodes behind the cited sources, live or not."""

    def __init__(self, cited: list[str], speaker: str | None, sources: Mapping[str, Source]) -> None:
        self.cited = cited
        self.speaker = speaker
        self.sources = sources
        self.first = {id_: _reports_of(sources[id_], sources) or (id_,) for id_ in cited}
        self.reported: dict[str, list[str]] = {}
        for id_, nodes in self.first.items():
            for node in nodes:
                if node != id_:
                    self.reported.setdefault(node, []).append(id_)
        self.starts = sorted({node for nodes in self.first.values() for node in nodes})

    def reach(self) -> dict[str, tuple[str, ...]]:
        """Each node on a route, live or not, with those that follow it, which come first; a cycle is cut."""
        if not self.reported and not any(self.sources[start].via for start in self.starts):
            return dict.fromkeys(self.starts, ())
        reached: dict[str, tuple[str, ...]] = {}
        opened: dict[str, tuple[str, ...]] = {}
        stack = self.starts[::-1]
        while stack:
            node = stack[-1]
            if node not in opened:
                opened[node] = self._onward(node)
                stack.extend([follower for follower in opened[node] if follower not in opened])
            else:
                stack.pop()
                if node not in reached:
                    reached[node] = tuple([follower for follower in opened[node] if follower in reached])
        return reached

    def _onward(self, node: str) -> tuple[str, ...]:
        source = self.sources[source_of(node)]
        if source.withdrawn is not None or _speaks(source, self.speaker):
            return ()
        if node in self.reported:
            return tuple(self.reported[node])
        return tuple([id_ for id_ in source.via if id_ in self.sources]) if source.via else ()

    def live(self, via: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """The cited sources from which a live route begins."""
        return tuple(
            [
                id_
                for id_ in self.cited
                if any(node in via and (node == id_ or id_ in via[node] or not via[node]) for node in self.first[id_])
            ]
        )


def _reports_of(source: Source, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The nodes of the reports through which a cited source reached us."""
    if not source.reported_in or source.type == "report":
        return ()
    return tuple([reporting(id_) for id_ in source.reported_in if id_ in sources and id_ != source.id])


def _speaks(source: Source, speaker: str | None) -> bool:
    return speaker is not None and speaker in (source.id, source.party)


# --- What lies on them ----------------------------------------------------------------------------


def has_named_route(routes: Routes, sources: Mapping[str, Source]) -> bool:
    """Whether a stated route has someone on the record and nobody unnamed."""
    # What can be reached from a node past nobody unnamed: 1, an origin; 2, one with a name on the way.
    bits: dict[str, int] = {}
    for node, onward in routes.via.items():
        found = 1 if node in routes.origins else 0
        for follower in onward:
            found |= bits[follower]
        source = sources[source_of(node)]
        if source.unnamed:
            found = 0
        elif found and source.attribution == "on-record":
            found = 2
        bits[node] = found
    return any(bits[start] & 2 for start in routes.starts)


def fewest_hops(routes: Routes) -> int:
    """How many hops the shortest stated route has."""
    far = len(routes.via)
    hops: dict[str, int] = {}
    for node, onward in routes.via.items():
        hops[node] = 0 if node in routes.origins else 1 + min((hops[id_] for id_ in onward), default=far)
    return min(hops[start] for start in routes.starts)


def on_every_route(routes: Routes) -> tuple[str, ...]:
    """The sources that every route passes, in the order in which one of them does."""
    # With the nodes in line, a route avoids one exactly when some hop leaps over it.
    place = {node: number for number, node in enumerate(reversed(routes.via))}
    furthest = max(place[start] for start in routes.starts)
    found = set()
    for node, number in place.items():
        if furthest <= number:
            found.add(source_of(node))
        furthest = max(furthest, max((place[id_] for id_ in routes.via[node]), default=len(place)))
    found.update(id_ for id_ in routes.doubled if id_ not in found and not _avoidable(id_, routes))
    return tuple(dict.fromkeys(id_ for id_ in map(source_of, _one_route(routes)) if id_ in found)) if found else ()


def _one_route(routes: Routes) -> list[str]:
    """A route, always the same one."""
    first = routes.live[0]
    node = first if first in routes.starts else next(s for s in routes.starts if _begins(s, first, routes))
    route = [node]
    while routes.via[node]:
        node = min(routes.via[node])
        route.append(node)
    return route


def _begins(start: str, cited: str, routes: Routes) -> bool:
    return start.startswith(_REPORTING) and (cited in routes.via[start] or not routes.via[start])


def _avoidable(source: str, routes: Routes) -> bool:
    """Whether a route passes neither node of a source."""
    clear: set[str] = set()
    for node, onward in routes.via.items():
        if source_of(node) != source and (not onward or not clear.isdisjoint(onward)):
            clear.add(node)
    return not clear.isdisjoint(routes.starts)
