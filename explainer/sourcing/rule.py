"""The sourcing rule: from what a claim's sources declare to the level and notes that readers see.

`LEVELS` is the rule's table: `judge` uses it, and the published guide prints it. Sources are walked,
routes never listed: two hundred sources can have millions of routes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from explainer.model.published import SourcingNote, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from explainer.model.declared import Source
    from explainer.model.terms import Level
    from explainer.text.dates import PartialDate

_START, _GOAL = 0, 1


class Evidence(NamedTuple):
    """What a claim cites, by stance and response.

    All are source ids; the three responses may also hold people ids, which are published as they
    are. `disputes` includes who denies. `speaker` is a party, a people id or a source id.
    `quotes_match` is true when the claim has quotes and each was found in a saved copy.
    """

    supports: tuple[str, ...] = ()
    disputes: tuple[str, ...] = ()
    does_not_recall: tuple[str, ...] = ()
    no_comment: tuple[str, ...] = ()
    not_reached: tuple[str, ...] = ()
    speaker: str | None = None
    reported: PartialDate | None = None
    quotes_match: bool = False


class Facts(NamedTuple):
    """All that a level depends on.

    `live` to `named_direct` tell of the supporting routes: whether one is live, and whether a live
    one states its origin, and is also named, direct, or both. `n` counts independent origins.
    """

    any_supports: bool
    disputed: bool
    live: bool
    stated: bool
    named: bool
    direct: bool
    named_direct: bool
    n: int


class LevelRow(NamedTuple):
    """A row of the rule's table: the level when `holds` is true and no earlier row's is.

    `when` says the same in words; `words` stand at the claim, `label` in full; both may have `{n}`.
    """

    number: int
    level: Level
    when: str
    words: str
    label: str
    holds: Callable[[Facts], bool]


# fmt: off
LEVELS: tuple[LevelRow, ...] = (
    LevelRow(1, "withdrawn", "Sources support it, and every route from them passes a withdrawn source",
             "source withdrawn", "Every source for this was withdrawn",
             lambda facts: facts.any_supports and not facts.live),
    LevelRow(2, "disputes-only", "No source supports it, and at least one disputes it",
             "disputed, no source for it", "No supporting source; disputed",
             lambda facts: not facts.any_supports and facts.disputed),
    LevelRow(3, "unsourced", "No source supports it",
             "no source given", "No source given",
             lambda facts: not facts.any_supports),
    LevelRow(4, "origin-unstated", "No route leads to an origin that is stated",
             "origin not stated", "Nobody cited says how they know",
             lambda facts: not facts.stated),
    LevelRow(5, "independent-named", "Two or more independent routes, and a named route",
             "{n} independent, some named", "{n} independent sources; named sources among those supporting",
             lambda facts: facts.n > 1 and facts.named),
    LevelRow(6, "independent-unnamed", "Two or more independent routes",
             "{n} independent, none named", "{n} independent sources, none named",
             lambda facts: facts.n > 1),
    LevelRow(7, "single-named-direct", "A route that is both named and direct",
             "first-hand, named", "One independent source, named, first-hand",
             lambda facts: facts.named_direct),
    LevelRow(8, "single-named-indirect", "A named route",
             "named, not first-hand", "One independent source, named, not first-hand",
             lambda facts: facts.named),
    LevelRow(9, "single-unnamed-direct", "A direct route",
             "first-hand, unnamed", "One independent source, unnamed, first-hand",
             lambda facts: facts.direct),
    LevelRow(10, "single-unnamed-indirect", "Otherwise",
             "unnamed, not first-hand", "One independent source, unnamed, not first-hand",
             lambda _facts: True),
)
# fmt: on


def judge(evidence: Evidence, sources: Mapping[str, Source]) -> Verdict:
    """How a claim is sourced, from its evidence and the sources by id; unknown ids are left out."""
    supporting = _routes(evidence.supports, evidence.speaker, sources)
    disputing = _routes(evidence.disputes, evidence.speaker, sources)
    facts = _facts(supporting, disputing, sources)
    row = next(row for row in LEVELS if row.holds(facts))
    names_origin = row.level.startswith("single-") and evidence.speaker is None
    return Verdict(
        level=row.level,
        n=facts.n,
        notes=tuple(_notes(evidence, supporting, disputing, sources)),
        origin=_stand_in(supporting, sources) if names_origin else None,
    )


def _facts(supporting: _Routes, disputing: _Routes, sources: Mapping[str, Source]) -> Facts:
    origins = supporting.origins
    direct = [sources[start] for start in supporting.starts if start in origins]  # one node, first-hand
    named_direct = any(source.attribution == "on-record" for source in direct)
    return Facts(
        any_supports=supporting.cited,
        disputed=bool(disputing.via),
        live=bool(supporting.via),
        stated=bool(origins),
        named=named_direct or (bool(origins) and _has_named_route(supporting, sources)),
        direct=bool(direct),
        named_direct=named_direct,
        n=_independent(supporting),
    )


# --- Routes -------------------------------------------------------------------------------------


class _Routes(NamedTuple):
    """The live routes that begin at some cited sources.

    `via` maps each source on them to those that follow it, () where a route ends; it holds a source
    after all that follow it. `origins` maps the ends that state their origin to its key. `cited`
    tells whether any source was cited, `broken` whether any route is dead.
    """

    starts: tuple[str, ...]
    via: dict[str, tuple[str, ...]]
    origins: dict[str, str]
    cited: bool
    broken: bool

    @property
    def ends(self) -> list[str]:
        """The last nodes, whether they state their origin or not."""
        return [node for node, onward in self.via.items() if not onward]


_NO_ROUTES = _Routes(starts=(), via={}, origins={}, cited=False, broken=False)


def _routes(ids: Iterable[str], speaker: str | None, sources: Mapping[str, Source]) -> _Routes:
    cited = sorted({id_ for id_ in ids if id_ in sources})
    if not cited:
        return _NO_ROUTES
    via: dict[str, tuple[str, ...]] = {}
    origins: dict[str, str] = {}
    broken = False
    for node, onward in _reach(cited, speaker, sources).items():
        source = sources[node]
        live = tuple([id_ for id_ in onward if id_ in via])
        if source.withdrawn is not None:
            broken = True
        elif live or not onward:
            via[node] = live
            if not live and (source.knowledge == "first-hand" or _speaks(source, speaker)):
                origins[node] = source.key
    starts = tuple([id_ for id_ in cited if id_ in via])
    return _Routes(starts, via, origins, cited=True, broken=broken)


def _reach(starts: list[str], speaker: str | None, sources: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    """Each source on a route, live or not, with those that follow it, which come first; a cycle is cut."""
    if not any(sources[start].via for start in starts):
        return dict.fromkeys(starts, ())
    reached: dict[str, tuple[str, ...]] = {}
    opened: dict[str, tuple[str, ...]] = {}
    stack = starts[::-1]
    while stack:
        node = stack[-1]
        if node not in opened:
            opened[node] = _onward(sources[node], speaker, sources)
            stack.extend([id_ for id_ in opened[node] if id_ not in opened])
        else:
            stack.pop()
            if node not in reached:
                reached[node] = tuple([id_ for id_ in opened[node] if id_ in reached])
    return reached


def _onward(source: Source, speaker: str | None, sources: Mapping[str, Source]) -> tuple[str, ...]:
    if not source.via or source.withdrawn is not None or _speaks(source, speaker):
        return ()
    return tuple([id_ for id_ in source.via if id_ in sources])


def _speaks(source: Source, speaker: str | None) -> bool:
    return speaker is not None and speaker in (source.id, source.party)


def _has_named_route(routes: _Routes, sources: Mapping[str, Source]) -> bool:
    """Whether a stated route has someone on the record and nobody unnamed."""
    # What can be reached from a node past nobody unnamed: 1, an origin; 2, one with a name on the way.
    bits: dict[str, int] = {}
    for node, onward in routes.via.items():
        found = 1 if node in routes.origins else 0
        for id_ in onward:
            found |= bits[id_]
        source = sources[node]
        if source.unnamed:
            found = 0
        elif found and source.attribution == "on-record":
            found = 2
        bits[node] = found
    return any(bits[start] & 2 for start in routes.starts)


def _hops(routes: _Routes) -> int:
    """How many hops the shortest stated route has."""
    far = len(routes.via)
    hops: dict[str, int] = {}
    for node, onward in routes.via.items():
        hops[node] = 0 if node in routes.origins else 1 + min((hops[id_] for id_ in onward), default=far)
    return min(hops[start] for start in routes.starts)


def _on_every_route(routes: _Routes) -> tuple[str, ...]:
    """The sources that every route passes, in the order in which it does."""
    # With the sources in line, a route avoids one exactly when some hop leaps over it.
    place = {node: number for number, node in enumerate(reversed(routes.via))}
    furthest = max(place[start] for start in routes.starts)
    found = []
    for node, number in place.items():
        if furthest <= number:
            found.append(node)
        furthest = max(furthest, max((place[id_] for id_ in routes.via[node]), default=len(place)))
    return tuple(found)


# --- Independence -------------------------------------------------------------------------------


def _independent(routes: _Routes) -> int:
    """The most routes to stated origins that share no source and no key; 1 if none states its own."""
    keys = set(routes.origins.values())
    if len(keys) <= 1 or len(routes.starts) == 1:
        return min(1, len(routes.starts))
    if all(len(onward) <= 1 for onward in routes.via.values()):
        return len(keys)  # where nothing forks, routes that share a source share their origin
    return _max_flow(_network(routes, keys))


def _network(routes: _Routes, keys: Iterable[str]) -> list[set[int]]:
    """Arcs of capacity one: from `_START` in and out of each source, through a key, to `_GOAL`."""
    entry = {node: 2 * number + 2 for number, node in enumerate(routes.via)}
    gate = {key: 2 * len(entry) + 2 + number for number, key in enumerate(keys)}
    arcs: list[set[int]] = [set() for _ in range(2 + 2 * len(entry) + len(gate))]
    arcs[_START].update(entry[start] for start in routes.starts)
    for node, onward in routes.via.items():
        arcs[entry[node]].add(entry[node] + 1)
        arcs[entry[node] + 1].update(entry[id_] for id_ in onward)
    for node, key in routes.origins.items():
        arcs[entry[node] + 1].add(gate[key])
    for number in gate.values():
        arcs[number].add(_GOAL)
    return arcs


def _max_flow(arcs: list[set[int]]) -> int:
    """Dinic's algorithm; `arcs` is used up."""
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


# --- What may be said ---------------------------------------------------------------------------


def _public(source: Source) -> str:
    """The id under which a source's voice may be published: never an unnamed source's party."""
    return source.id if source.unnamed else source.key


def _stand_in(routes: _Routes, sources: Mapping[str, Source]) -> str | None:
    """A source that stands for the one origin; None if there are several, or telling would unmask."""
    ends = routes.origins
    if len(ends) > 1 and (len(set(ends.values())) > 1 or any(sources[end].unnamed for end in ends)):
        return None
    return min(ends)


def _notes(
    evidence: Evidence, supporting: _Routes, disputing: _Routes, sources: Mapping[str, Source]
) -> Iterator[SourcingNote]:
    """The notes in the order in which they are published."""
    if disputing.via:
        earlier = _all_before(evidence.reported, disputing.starts, sources)
        yield SourcingNote("disputed", parties=_parties(disputing.ends, sources), earlier=earlier)
    if evidence.does_not_recall:
        yield SourcingNote("does-not-recall", parties=_parties(evidence.does_not_recall, sources))
    if evidence.no_comment:
        yield SourcingNote("no-comment", parties=_parties(evidence.no_comment, sources))
    if evidence.not_reached:
        yield SourcingNote("not-reached", parties=_parties(evidence.not_reached, sources))
    yield from _route_notes(supporting, sources)
    if evidence.quotes_match:
        yield SourcingNote("quotes-match")
    if supporting.broken and supporting.via:
        yield SourcingNote("some-withdrawn")


def _route_notes(routes: _Routes, sources: Mapping[str, Source]) -> Iterator[SourcingNote]:
    if routes.origins:
        if routes.origins.keys().isdisjoint(routes.starts):
            yield SourcingNote("steps", steps=_hops(routes))
        if len(routes.ends) > len(routes.origins):
            yield SourcingNote("others-unstated")
    if len(routes.starts) > 1:
        shared = _on_every_route(routes)
        origins = _shared_origin(routes, sources)
        if shared or origins:
            yield SourcingNote("rests-on", sources=shared, origins=origins)


def _shared_origin(routes: _Routes, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The one origin of every route, stated by all, under an id that may be published."""
    if len(routes.ends) > len(routes.origins):
        return ()
    end = _stand_in(routes, sources)
    return () if end is None else (_public(sources[end]),)


def _parties(ids: Iterable[str], sources: Mapping[str, Source]) -> tuple[str, ...]:
    """Whose voices they are, under ids that may be published; an id that is no source stays as it is."""
    return tuple(sorted({_public(sources[id_]) if id_ in sources else id_ for id_ in ids}))


def _all_before(reported: PartialDate | None, ids: Iterable[str], sources: Mapping[str, Source]) -> bool:
    """Whether each source is dated and ends before the day on which `reported` begins."""
    if reported is None:
        return False
    day = reported.first
    dates = [sources[id_].date for id_ in ids]
    return all(date is not None and date.last < day for date in dates)
