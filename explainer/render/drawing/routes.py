"""Find the routes to draw: from a claim to its origins, as published.

A route follows the sourcing rule: it ends at a withdrawn source, and where the claim's speaker speaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from explainer.model.published import Claim, PublicSource
    from explainer.model.terms import Stance


class RouteGraph(NamedTuple):
    """The sources on one side of a claim, and those through which they know.

    `onward` holds every source on a route with those that follow it, nearest to the claim first; `live`
    those through which a live route goes, `origins` the ends that are first-hand, `beyond` those behind which others stand
    that aren't shown.
    """

    starts: tuple[str, ...] = ()
    onward: Mapping[str, tuple[str, ...]] = {}
    live: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    beyond: frozenset[str] = frozenset()


_NONE = RouteGraph()


class Routes(NamedTuple):
    """What a claim rests on, and what disputes it.

    `rests` are the sources that every supporting route passes, `rests_on` the names of those and of the one
    origin that all share. `earlier` is true where every dispute came before the claim was reported.
    """

    sources: Mapping[str, PublicSource]
    supports: RouteGraph
    disputes: RouteGraph = RouteGraph()
    rests: frozenset[str] = frozenset()
    rests_on: tuple[str, ...] = ()
    earlier: bool = False


def routes_of_claim(claim: Claim, sources: Mapping[str, PublicSource]) -> Routes:
    """The routes of a claim; `sources` are those of its page, by id."""
    speaker = claim.speaker.id if claim.speaker else None
    stances = {edge.source: edge.stance for edge in claim.edges}
    rests: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    earlier = False
    for note in claim.verdict.notes:
        if note.code == "rests-on":
            rests, origins = note.sources, note.origins
        elif note.code == "disputed":
            earlier = note.earlier
    stances, sources = _as_reported(stances, sources)
    return Routes(
        sources=sources,
        supports=_route_graph((one for one, stance in stances.items() if stance == "supports"), speaker, sources),
        disputes=_route_graph((one for one, stance in stances.items() if stance == "disputes"), speaker, sources),
        rests=frozenset(rests),
        rests_on=_rests_on(rests, origins, sources),
        earlier=earlier,
    )


def _as_reported(
    stances: Mapping[str, Stance], sources: Mapping[str, PublicSource]
) -> tuple[dict[str, Stance], Mapping[str, PublicSource]]:
    """The stances, with the reports that cited sources are reported in before these, and the sources tied so."""
    told = dict(stances)
    behind: dict[str, list[str]] = {}
    for one, stance in stances.items():
        reports = [report for report in sources[one].reported_in if report in sources and report != one]
        if reports and sources[one].type != "report" and stance != "context":
            del told[one]
            for report in reports:
                behind.setdefault(report, []).append(one)
                told.setdefault(report, stance)
    if not behind:
        return told, sources
    tied = dict(sources)
    for report, ones in behind.items():
        own = sources[report].via if report in stances else ()
        tied[report] = sources[report]._replace(via=tuple(dict.fromkeys([*own, *ones])))
    return told, tied


def routes_of_source(source: PublicSource, others: Iterable[PublicSource]) -> Routes:
    """The routes of a source on its own page; `others` are all sources behind it."""
    sources = {source.id: source, **{other.id: other for other in others}}
    return Routes(sources, _route_graph((source.id,), None, sources))


def _rests_on(rests: tuple[str, ...], origins: tuple[str, ...], sources: Mapping[str, PublicSource]) -> tuple[str, ...]:
    """The names of what everything rests on; an origin among the sources isn't named twice."""
    if not (rests or origins):
        return ()
    voices = {source.party or source.id: source for source in sources.values() if source.voice}
    names = [sources[one].name for one in rests]
    named = {sources[one].party or one for one in rests}
    for origin in origins:
        if origin not in named:
            if origin in voices:
                names.append(voices[origin].voice or origin)
            else:
                names.append(sources[origin].name if origin in sources else origin)
    return tuple(dict.fromkeys(names))


def _route_graph(starts: Iterable[str], speaker: str | None, sources: Mapping[str, PublicSource]) -> RouteGraph:
    cited = tuple(starts)
    if not cited:
        return _NONE
    onward: dict[str, tuple[str, ...]] = {}
    queue = list(cited)
    for one in queue:
        if one not in onward:
            onward[one] = _onward(sources[one], speaker, sources)
            queue.extend(onward[one])
    live: set[str] = set()
    origins: set[str] = set()
    for one in _ends_first(cited, onward) if any(onward.values()) else cited:
        source = sources[one]
        if source.withdrawn is None and (not onward[one] or not live.isdisjoint(onward[one])):
            live.add(one)
            if not onward[one] and (source.knowledge == "first-hand" or _speaks(source, speaker)):
                origins.add(one)
    beyond = (one for one in onward if not _ends(sources[one], speaker) and len(onward[one]) < len(sources[one].via))
    return RouteGraph(cited, onward, frozenset(live), frozenset(origins), frozenset(beyond))


def _onward(source: PublicSource, speaker: str | None, sources: Mapping[str, PublicSource]) -> tuple[str, ...]:
    if _ends(source, speaker):
        return ()
    return tuple(one for one in source.via if one in sources)


def _ends(source: PublicSource, speaker: str | None) -> bool:
    """Whether a route ends at a source."""
    return not source.via or source.withdrawn is not None or _speaks(source, speaker)


def _speaks(source: PublicSource, speaker: str | None) -> bool:
    return speaker is not None and speaker in (source.id, source.party)


def _ends_first(starts: Iterable[str], onward: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Every source after all that follow it."""
    found: dict[str, None] = {}
    opened: set[str] = set()
    stack = list(starts)
    while stack:
        one = stack[-1]
        if one in opened:
            stack.pop()
            found.setdefault(one)
        else:
            opened.add(one)
            stack.extend(other for other in onward[one] if other not in opened)
    return list(found)
