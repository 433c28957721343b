"""The sourcing rule: from what a claim's sources declare to the level and notes that readers see.

`LEVELS` is the rule's table: `judge` uses it, and the published guide prints it. Sources are walked,
routes never listed: two hundred sources can have millions of routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.model.published import SourcingNote, Verdict
from explainer.sourcing.independence import independent
from explainer.sourcing.routes import fewest_hops, has_named_route, live_routes, on_every_route, source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from explainer.model.declared import Source
    from explainer.model.terms import Level
    from explainer.sourcing.routes import Routes
    from explainer.text.dates import PartialDate


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

    `when` says the same in words; `words` stand at the claim (see `badge.py`), `label` in full.
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
             "{source} doesn't say how it knows (several: no source says how it knows)",
             "Nobody cited says how they know",
             lambda facts: not facts.stated),
    LevelRow(5, "independent-named", "Two or more independent routes, and a named route",
             "{n} independent sources: {who} (where that is too long: some named)",
             "{n} independent sources; named sources among those supporting",
             lambda facts: facts.n > 1 and facts.named),
    LevelRow(6, "independent-unnamed", "Two or more independent routes",
             "{n} independent sources, none named", "{n} independent sources, none named",
             lambda facts: facts.n > 1),
    LevelRow(7, "single-named-direct", "A route that is both named and direct",
             "{who}, first-hand", "One independent source, named, first-hand",
             lambda facts: facts.named_direct),
    LevelRow(8, "single-named-indirect", "A named route",
             "{who}{path}", "One independent source, named, not first-hand",
             lambda facts: facts.named),
    LevelRow(9, "single-unnamed-direct", "A direct route",
             "{who}, first-hand", "One independent source, unnamed, first-hand",
             lambda facts: facts.direct),
    LevelRow(10, "single-unnamed-indirect", "Otherwise",
             "{who}{path}", "One independent source, unnamed, not first-hand",
             lambda _facts: True),
)
# fmt: on


class Judged(NamedTuple):
    """A verdict, the live supporting routes that it was reached from, and the speaker of a statement."""

    verdict: Verdict
    supporting: Routes
    speaker: str | None = None


def judge(evidence: Evidence, sources: Mapping[str, Source]) -> Verdict:
    """How a claim is sourced, from its evidence and the sources by id; unknown ids are left out."""
    return judged(evidence, sources).verdict


def judged(evidence: Evidence, sources: Mapping[str, Source]) -> Judged:
    """How a claim is sourced, and by which routes."""
    supporting = live_routes(evidence.supports, evidence.speaker, sources)
    disputing = live_routes(evidence.disputes, evidence.speaker, sources)
    facts = _facts(supporting, disputing, sources)
    row = next(row for row in LEVELS if row.holds(facts))
    notes = tuple(_notes(evidence, supporting, disputing, sources))
    return Judged(Verdict(row.level, facts.n, notes), supporting, evidence.speaker)


def _facts(supporting: Routes, disputing: Routes, sources: Mapping[str, Source]) -> Facts:
    origins = supporting.origins
    # Routes of one node, which is first-hand.
    direct = [sources[source_of(start)] for start in supporting.starts if start in origins]
    named_direct = any(source.attribution == "on-record" for source in direct)
    return Facts(
        any_supports=supporting.cited,
        disputed=bool(disputing.via),
        live=bool(supporting.via),
        stated=bool(origins),
        named=named_direct or (bool(origins) and has_named_route(supporting, sources)),
        direct=bool(direct),
        named_direct=named_direct,
        n=independent(supporting),
    )


# --- What may be said ---------------------------------------------------------------------------


def public_key(source: Source) -> str:
    """The id under which a source's voice may be published: never an unnamed source's party."""
    return source.id if source.unnamed else source.key


def one_origin(routes: Routes, sources: Mapping[str, Source]) -> str | None:
    """A source that stands for the one origin; None if there are several, or telling would unmask."""
    ends = {source_of(node) for node in routes.origins}
    if len(ends) > 1 and (len(set(routes.origins.values())) > 1 or any(sources[end].unnamed for end in ends)):
        return None
    return min(ends)


def _notes(
    evidence: Evidence, supporting: Routes, disputing: Routes, sources: Mapping[str, Source]
) -> Iterator[SourcingNote]:
    """The notes in the order in which they are published."""
    if disputing.via:
        earlier = _all_before(evidence.reported, disputing.live, sources)
        yield SourcingNote("disputed", parties=_parties(map(source_of, disputing.ends), sources), earlier=earlier)
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


def _route_notes(routes: Routes, sources: Mapping[str, Source]) -> Iterator[SourcingNote]:
    if routes.origins:
        if routes.origins.keys().isdisjoint(routes.starts):
            yield SourcingNote("steps", steps=fewest_hops(routes))
        if len(routes.ends) > len(routes.origins):
            yield SourcingNote("others-unstated")
    if len(routes.live) > 1:
        shared = on_every_route(routes)
        origins = _shared_origin(routes, sources)
        if shared or origins:
            yield SourcingNote("rests-on", sources=shared, origins=origins)


def _shared_origin(routes: Routes, sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The one origin of every route, stated by all, under an id that may be published."""
    if len(routes.ends) > len(routes.origins):
        return ()
    end = one_origin(routes, sources)
    return () if end is None else (public_key(sources[end]),)


def _parties(ids: Iterable[str], sources: Mapping[str, Source]) -> tuple[str, ...]:
    """Whose voices they are, under ids that may be published; an id that is no source stays as it is."""
    return tuple(sorted({public_key(sources[id_]) if id_ in sources else id_ for id_ in ids}))


def _all_before(reported: PartialDate | None, ids: Iterable[str], sources: Mapping[str, Source]) -> bool:
    """Whether each source is dated and ends before the day on which `reported` begins."""
    if reported is None:
        return False
    day = reported.first
    dates = [sources[id_].date for id_ in ids]
    return all(date is not None and date.last < day for date in dates)
