"""Rules between sources: ids exist, no cycles, nobody is unmasked.

`index_registry` and `check_registry` run once a site; `check_local` once a page that has sources
of its own, and looks only at what these add.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from explainer.diagnostics import Span
    from explainer.model.declared import Person, Source

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class SourceIndex:
    """The registry by id, the people, and who is named or unnamed by which key."""

    sources: Mapping[str, Source]
    people: Mapping[str, Person]
    named: Mapping[str, Source] = field(default_factory=dict)
    unnamed: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)


def index_registry(sources: Mapping[str, Source], people: Mapping[str, Person]) -> SourceIndex:
    """Index the registry once, so that each page's own sources can be held against it."""
    return SourceIndex(sources, people, _named(sources.values(), people), _unnamed(sources.values()))


def check_registry(index: SourceIndex) -> tuple[Diagnostic, ...]:
    """The errors between sources of the registry: E201, E203, E206, E212."""
    sources = index.sources
    found = _unknown_via(sources.values(), sources)
    found += _cycles(sources)
    found += _misreported(sources.values(), _all_behind(sources), sources)
    found += _people_unmasked(sources.values(), index.people)
    found += _voices_unmasked(index.named, index.unnamed)
    return tuple(found)


def check_local(index: SourceIndex, local: Sequence[Source]) -> tuple[Diagnostic, ...]:
    """The errors that a page's own sources add: E201, E202, E203, E206, E212."""
    if not local:
        return ()
    own = {source.id: source for source in local}
    found = [_duplicate(source, index.sources[source.id]) for source in local if source.id in index.sources]
    found += _unknown_via(local, index.sources, own)
    # Sources of the registry can't know through a page's own, so a new cycle lies among the latter.
    found += _cycles(own)
    behind = {source.id: _behind(source, own, index.sources) for source in local if source.reported_in}
    found += _misreported(local, behind, index.sources, own)
    found += _people_unmasked(local, index.people)
    named, unnamed = _named(local, index.people), _unnamed(local)
    found += _voices_unmasked(named, unnamed)
    found += _voices_unmasked(index.named, unnamed)
    found += _voices_unmasked(named, index.unnamed)
    return tuple(dict.fromkeys(found))


def _duplicate(source: Source, first: Source) -> Diagnostic:
    hint = f"it is in {first.span.path}:{first.span.line}:{first.span.col} too; cite that one, or choose another id"
    return Diagnostic("E202", f"`{source.id}` is a source of the registry", source.span, (hint,))


def _unknown_via(sources: Iterable[Source], *known: Mapping[str, Source]) -> list[Diagnostic]:
    ids = [id_ for ids in known for id_ in ids]
    return [
        Diagnostic(
            "E201", f"`{key}` names `{named}`, and no source has this id", span,
            did_you_mean(named, ids),
        )
        for source in sources
        for key, ids_named, spans in (
            ("via", source.via, source.via_spans),
            ("reported_in", source.reported_in, source.reported_in_spans),
        )
        for named, span in zip(ids_named, spans, strict=True)
        if not any(named in ids for ids in known)
    ]  # fmt: skip


def _misreported(
    sources: Iterable[Source], behind: Mapping[str, Collection[str]], *known: Mapping[str, Source]
) -> list[Diagnostic]:
    """The diagnostics of sources that can't be `reported_in` what they name; `behind` has the sources on their routes."""
    found = []
    for source in sources:
        for id_, span in zip(source.reported_in, source.reported_in_spans, strict=True):
            report = next((ids[id_] for ids in known if id_ in ids), None)
            if report is None or source.type == "report":
                continue  # told elsewhere
            if report.type != "report":
                message = f"`{id_}` is no report: its type is `{report.type}`"
                hint = f"a source that `{source.id}` knows through is its `via`"
                found.append(Diagnostic("E212", message, span, (hint,)))
            elif id_ in behind.get(source.id, ()):
                message = f"`{source.id}` knows through `{id_}`, so `{id_}` can't be where we have it from"
                hint = f"take `{id_}` out of `via`, or out of `reported_in`"
                found.append(Diagnostic("E212", message, span, (hint,)))
    return found


def _behind(source: Source, *known: Mapping[str, Source]) -> set[str]:
    """The ids of all that a source knows through."""
    found = set(source.via)
    queue = list(source.via)
    for id_ in queue:
        for via in next((ids[id_].via for ids in known if id_ in ids), ()):
            if via not in found:
                found.add(via)
                queue.append(via)
    return found


def _all_behind(sources: Mapping[str, Source]) -> dict[str, set[str]]:
    """For each source the reports that it knows through, of those in which another source is reported."""
    knows: dict[str, list[str]] = {}
    for source in sources.values():
        for via in source.via:
            knows.setdefault(via, []).append(source.id)
    found: dict[str, set[str]] = {}
    for report in {id_ for source in sources.values() for id_ in source.reported_in}:
        queue = list(knows.get(report, ()))
        for id_ in queue:
            if report not in found.setdefault(id_, set()):
                found[id_].add(report)
                queue.extend(knows.get(id_, ()))
    return found


def _cycles(sources: Mapping[str, Source]) -> list[Diagnostic]:
    """The cycles along `via`, each source in one at most; a depth-first walk with a stack of its own."""
    walk = _Walk(sources)
    for id_ in sources:
        walk.start(id_)
    return walk.found


class _Walk:
    """A depth-first walk along `via`.

    `path` holds the sources from the start to here, `floors` for each of them the last place on
    the path, up to it, that lies in a cycle already reported (-1 if none does).
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = sources
        self.done: set[str] = set()
        self.path: list[str] = []
        self.places: dict[str, int] = {}
        self.floors: list[int] = []
        self.found: list[Diagnostic] = []

    def start(self, id_: str) -> None:
        """Walk from a source to all that it knows through."""
        if id_ in self.done:
            return
        trail = [iter(self.enter(id_))]
        while trail:
            for via in trail[-1]:
                if via in self.places:
                    self.cycle(self.places[via])
                elif via in self.sources and via not in self.done:
                    trail.append(iter(self.enter(via)))
                    break
            else:
                trail.pop()
                self.leave()

    def enter(self, id_: str) -> tuple[str, ...]:
        """Step to a source."""
        self.places[id_] = len(self.path)
        self.path.append(id_)
        self.floors.append(self.floors[-1] if self.floors else -1)
        return self.sources[id_].via

    def leave(self) -> None:
        """Step back."""
        id_ = self.path.pop()
        self.floors.pop()
        del self.places[id_]
        self.done.add(id_)

    def cycle(self, place: int) -> None:
        """Report the cycle from a place on the path to its end, if no part of it was reported before."""
        if self.floors[-1] >= place:
            return
        for at in range(place, len(self.path)):
            self.floors[at] = at
        ids = [*self.path[place:], self.path[place]]
        self.found.append(Diagnostic("E203", f"a source knows through itself: {_arrows(ids)}", self.span(ids)))

    def span(self, ids: list[str]) -> Span:
        """Where the first source of a cycle names the second."""
        source = self.sources[ids[0]]
        return source.via_spans[source.via.index(ids[1])]


def _arrows(ids: list[str]) -> str:
    if len(ids) > _SHOWN:
        ids = [*ids[: _SHOWN // 2], "…", *ids[-_SHOWN // 2 :]]
    return " → ".join(ids)


def _is_organisation(id_: str, people: Mapping[str, Person]) -> bool:
    return id_ in people and people[id_].kind == "organization"


def _named(sources: Iterable[Source], people: Mapping[str, Person]) -> dict[str, Source]:
    """The first on-record source by each party that isn't an organisation."""
    found: dict[str, Source] = {}
    for source in sources:
        if source.attribution == "on-record" and not _is_organisation(source.key, people):
            found.setdefault(source.key, source)
    return found


def _unnamed(sources: Iterable[Source]) -> dict[str, tuple[Source, ...]]:
    """The unnamed sources by id and by party."""
    found: dict[str, list[Source]] = {}
    for source in sources:
        if source.unnamed:
            for key in {source.id, source.key}:
                found.setdefault(key, []).append(source)
    return {key: tuple(sources) for key, sources in found.items()}


def _people_unmasked(sources: Iterable[Source], people: Mapping[str, Person]) -> list[Diagnostic]:
    """The errors of unnamed sources whose id or party is a person of people.yaml."""
    return [
        _unmasked(source, key, "is a person in people.yaml")
        for source in sources
        if source.unnamed
        for key in dict.fromkeys((source.id, source.key))
        if key in people and not _is_organisation(key, people)
    ]


def _voices_unmasked(named: Mapping[str, Source], unnamed: Mapping[str, tuple[Source, ...]]) -> list[Diagnostic]:
    """The errors of unnamed sources whose id or party is the party of an on-record source."""
    smaller, larger = (named, unnamed) if len(named) < len(unnamed) else (unnamed, named)
    return [
        _unmasked(source, key, "is the party of a source on the record")
        for key in smaller
        if key in larger
        for source in unnamed[key]
        if source.id != named[key].id
    ]


def _unmasked(source: Source, key: str, why: str) -> Diagnostic:
    """E206 at the party or id that gives an unnamed source away."""
    what = f"id `{key}`" if key == source.id else "`party`"
    span = source.party_span if key != source.id and source.party_span else source.span
    hints = (
        "give the unnamed source an id and a party that say nothing about who it is",
        "if that is an organisation, say so in people.yaml: `kind: organization`",
    )
    return Diagnostic("E206", f"the {what} of an unnamed source {why}", span, hints)
