"""The badge: what stands at a claim. It answers "how is this known?" with people and path, as a newsroom attributes.

Two passes, because what a whole page is known through is said once at its head: `page_report` finds
that report from the routes of all claims, `badge` leaves it out of each one's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.sourcing.routes import source_of
from explainer.sourcing.rule import one_origin, public_key
from explainer.text.languages import visible_length

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from explainer.model.declared import Source
    from explainer.sourcing.routes import Routes
    from explainer.sourcing.rule import Judged
    from explainer.text.catalog import Catalog

LONGEST = 60
"""How many characters the words may have, without what is said of disputes."""
_BY_NAME = 2


class Names(NamedTuple):
    """How sources are called inside a sentence: `of` by id, with what is added to it; `person` if it is somebody."""

    of: Callable[[str], str]
    is_person: Callable[[str], bool]


def page_report(claims: Iterable[Judged], sources: Mapping[str, Source]) -> str | None:
    """The report that every stated route of every claim begins with; None if there is none."""
    first = {start for claim in claims for start in _stated_starts(claim.supporting)}
    ids = {source_of(node) for node in first}
    (report,) = ids if len(ids) == 1 else (None,)
    return report if report is not None and sources[report].type == "report" else None


def badge(claim: Judged, head: str | None, sources: Mapping[str, Source], names: Names, catalog: Catalog) -> str:
    """The words at a claim; `head` is the report that the page's head names."""
    words = _Words(claim, head, sources, names, catalog)
    told = (words.of_statement() if claim.speaker else None) or words.of_level()
    disputes = [note for note in claim.verdict.notes if note.code == "disputed"]
    if not disputes or claim.verdict.level == "disputes-only":
        return told
    return catalog.text("badge.denied-earlier" if disputes[0].earlier else "badge.disputed", badge=told)


# --- Who tells it ---------------------------------------------------------------------------------


def _stated(routes: Routes) -> set[str]:
    """The nodes from which an origin can be reached."""
    found: set[str] = set()
    for node, onward in routes.via.items():
        if node in routes.origins or not found.isdisjoint(onward):
            found.add(node)
    return found


def _stated_starts(routes: Routes) -> list[str]:
    if not routes.origins:
        return []
    stated = _stated(routes)
    return [start for start in routes.starts if start in stated]


class _Words:
    """The words of one claim, in pieces."""

    def __init__(
        self, claim: Judged, head: str | None, sources: Mapping[str, Source], names: Names, catalog: Catalog
    ) -> None:
        self.level = claim.verdict.level
        self.n = claim.verdict.n
        self.routes = claim.supporting
        self.sources = sources
        self.names = names
        self.catalog = catalog
        self.stated = _stated(self.routes) if self.routes.origins else set()
        starts = [start for start in self.routes.starts if start in self.stated]
        self.first = self._without(starts, lambda node: source_of(node) == head)
        self.tellers = self._tellers()

    def source(self, node: str) -> Source:
        """The source that a node stands for."""
        return self.sources[source_of(node)]

    def onward(self, node: str) -> list[str]:
        """The nodes that follow one on stated routes."""
        return [follower for follower in self.routes.via[node] if follower in self.stated]

    def _without(self, nodes: Iterable[str], skips: Callable[[str], bool]) -> list[str]:
        """The nodes, those that are skipped replaced by what follows them; the last of a route stays."""
        found: dict[str, None] = {}
        for node in nodes:
            onward = self.onward(node)
            found.update(dict.fromkeys(onward if onward and skips(node) else [node]))
        return list(found)

    def _tellers(self) -> list[str]:
        """The first nodes, without reports that only stand in front of another of them; those with a name come first."""
        first = set(self.first)
        found = [node for node in self.first if not self._only_in_front(node, first)]
        return sorted(found, key=lambda node: (self.source(node).attribution != "on-record", source_of(node)))

    def _only_in_front(self, node: str, first: set[str]) -> bool:
        onward = self.onward(node)
        while onward and self.source(node).type == "report":
            if first.issuperset(onward):
                return True
            if len(onward) > 1 or onward[0] in first:
                return False
            node = onward[0]
            onward = self.onward(node)
        return False

    # --- Words ---

    def of_level(self) -> str:
        """The words of the level."""
        level, text = self.level, self.catalog.text
        if level == "origin-unstated":
            return self._of_unstated()
        if level == "independent-named":
            who = self._by_name(self.tellers)
            told = text(f"level.{level}.words", self.n, who=who) if who else ""
            return told if who and visible_length(told) <= LONGEST else text("badge.some-named", self.n)
        if level == "independent-unnamed":
            return text(f"level.{level}.words", self.n)
        if level in ("single-named-direct", "single-unnamed-direct"):
            return next(self._of_direct())
        if level in ("single-named-indirect", "single-unnamed-indirect"):
            return self._who_and_path()
        return text(f"level.{level}.words", self.n)

    def of_statement(self) -> str | None:
        """The words of a claim that someone said something; None where those of the level fit better."""
        if not self.stated or self.n != 1:
            return None
        reports = {source_of(node) for node in self.first if self.source(node).type == "report"}
        said = [node for node in self._past_reports() if node in self.routes.origins]
        attributions = {self.source(node).attribution for node in said}
        if "on-record" in attributions and self.level.startswith("single-named"):
            begins = len(reports) == 1 and all(self.source(node).type == "report" for node in self.first)
            if not begins:
                return self.catalog.text("badge.on-record")
            return self.catalog.text("badge.on-record-in", report=self.names.of(next(iter(reports))))
        if said and attributions <= {"background", "deep-background"}:
            return self.catalog.text("badge.speaker-unnamed")
        return self._who_and_path() if said else None

    def _past_reports(self) -> list[str]:
        """The nodes of stated routes that come first after any reports."""
        nodes = self.first
        while True:
            past = self._without(nodes, lambda node: self.source(node).type == "report")
            if past == nodes:
                return nodes
            nodes = past

    def _of_unstated(self) -> str:
        ends = sorted({source_of(node) for node in self.routes.ends})
        if len(ends) == 1:
            key = "level.origin-unstated.words"
            if self.sources[ends[0]].unnamed or self.names.is_person(ends[0]):
                key = "badge.unstated-person"
            told = self.catalog.text(key, source=self.names.of(ends[0]))
            if visible_length(told) <= LONGEST:
                return told
        return self.catalog.text("badge.none-states")

    def _of_direct(self) -> Iterator[str]:
        """The words of a first-hand source, those that fit first: who else tells it isn't first-hand."""
        named = self.level == "single-named-direct"
        direct = [
            node
            for node in self.tellers
            if node in self.routes.origins and (self.source(node).attribution == "on-record" or not named)
        ]
        for who in self._who(direct):
            told = self.catalog.text(f"level.{self.level}.words", who=who)
            if visible_length(told) <= LONGEST:
                yield told
        yield self.catalog.text(f"level.{self.level}.words", who=self._counted(direct))

    def _who_and_path(self) -> str:
        """The longest of the forms that fits: by name before counted, with the path as far as there is room."""
        for who in self._who(self.tellers):
            for path in self._paths():
                told = self.catalog.text("level.single-named-indirect.words", who=who, path=path)
                if visible_length(told) <= LONGEST:
                    return told
        return self._counted(self.tellers)

    def _who(self, nodes: Sequence[str]) -> Iterator[str]:
        by_name = self._by_name(nodes)
        if by_name:
            yield by_name
        yield self._counted(nodes)

    def _by_name(self, nodes: Sequence[str]) -> str:
        """The nodes by name, if they are few."""
        names = self._names(nodes)
        return self.catalog.listed(names) if len(names) <= _BY_NAME else ""

    def _names(self, nodes: Iterable[str]) -> list[str]:
        return list(dict.fromkeys([self.names.of(source_of(node)) for node in nodes]))

    def _counted(self, nodes: Sequence[str]) -> str:
        n = len({public_key(self.source(node)) for node in nodes})
        return self.catalog.text("badge.sources", n)

    def _paths(self) -> Iterator[str]:
        """What follows who tells it, the most telling first."""
        text, of = self.catalog.text, self.names.of
        origin = one_origin(self.routes, self.sources)
        ends = set(self.routes.origins)
        if origin is None or not ends.isdisjoint(self.tellers) or of(origin) in self._names(self.tellers):
            yield ""
            return
        between = {follower for node in self.tellers for follower in self.onward(node)}
        if len(between) == 1 and ends.isdisjoint(between) and ends.issuperset(self.onward(*between)):
            node = source_of(*between)
            if of(node) not in (*self._names(self.tellers), of(origin)):
                yield text("badge.citing-through", node=of(node), origin=of(origin))
        yield text("badge.citing", origin=of(origin))
        yield text("badge.citing-others")
