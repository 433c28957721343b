"""Lists of the whole site: ledger, sources, people, tags. Page summaries tell which pages they list."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from explainer.model.lazy_entries import claim_entries, page_entries
from explainer.model.numbered_pages import on_page
from explainer.model.site import LedgerMonth, Listed, MonthLink, PersonPage, SourcePage, TagPage
from explainer.resolve.page_summary import disputing, speaker_of
from explainer.resolve.publishable import person_byline, person_path, public_source, source_path, voice
from explainer.resolve.routes import reach
from explainer.text.slugs import name_slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from explainer.model.lazy_entries import InterfaceOf
    from explainer.model.library import Library
    from explainer.model.numbered_pages import NumberedPage
    from explainer.model.published import PublicSource, Voice
    from explainer.model.published_pages import Byline, Page
    from explainer.model.site import ClaimEntry, ClaimInterface, PageInterface, PageSummary, SourceInterface
    from explainer.model.terms import Stance
    from explainer.resolve.versions import Versions

    _Tie = tuple[ClaimInterface, Stance | None, Stance | None]
    """A claim that cites a source or rests on it: the stance of the one, and of the other."""

T = TypeVar("T")
_UNDATED, _NEVER = "", "9999"
# On the page of a source stand the nearest of those behind it: with all of them a chain would cost its square.
_MOST_BEHIND = 40
_MOST_HELD = 1024
_MOST_TIED = 256
_slug = lru_cache(maxsize=4096)(name_slug)


def month_path(month: str) -> str:
    """The path of a month of the ledger: `2017-07` to `/claims/2017/07/`."""
    return f"/claims/{month.replace('-', '/')}/"


def tag_path(tag: str) -> str:
    """The path of a tag's page."""
    return f"/tags/{_slug(tag)}/"


def ledger(
    pages: Iterable[PageSummary], interface_of: InterfaceOf
) -> tuple[tuple[LedgerMonth, ...], Sequence[ClaimEntry]]:
    """The months that have claims, newest first, and the claims of pages without a date."""
    by_month: dict[str, list[PageSummary]] = defaultdict(list)
    for page in pages:
        if page.claims:
            by_month[page.published[:7] if page.published else _UNDATED].append(page)
    undated = claim_entries(by_month.pop(_UNDATED, []), interface_of)
    months = sorted(by_month, reverse=True)
    entries = [claim_entries(by_month[month], interface_of) for month in months]
    links = [MonthLink(month, month_path(month), len(found)) for month, found in zip(months, entries, strict=True)]
    return tuple(
        LedgerMonth(
            link.month,
            link.url,
            entries[i],
            newer=links[i - 1] if i else None,
            older=links[i + 1] if i + 1 < len(links) else None,
        )
        for i, link in enumerate(links)
    ), undated


def tag_pages(pages: Iterable[PageSummary], interface_of: InterfaceOf, versions: Versions) -> tuple[TagPage, ...]:
    """Return a page for each tag, by slug. That two tags have one slug is an error, told elsewhere."""
    found: dict[str, tuple[str, list[PageSummary]]] = {}
    for page in pages:
        for tag in dict.fromkeys(page.tags):
            found.setdefault(_slug(tag), (tag, []))[1].append(page)
    return tuple(
        TagPage(label, slug, tag_path(slug), page_entries(versions.once(tagged), interface_of))
        for slug, (label, tagged) in sorted(found.items())
    )


def listed_sources(pages: Iterable[PageSummary], library: Library, versions: Versions) -> tuple[Listed, ...]:
    """The named sources of the registry that a page shows, with the pages that show them."""
    shown: dict[str, list[PageSummary]] = defaultdict(list)
    for page in pages:
        for source in page.reached:
            shown[source].append(page)
    found = []
    for one in library.sources.values():
        if one.id in shown and not one.unnamed:
            listed = tuple(versions.once(shown[one.id]))
            claims = sum(page.source_claims[page.reached.index(one.id)] for page in listed)
            found.append(Listed(one.id, source_path(one.id), listed, entries=claims))
    return tuple(found)


def listed_people(pages: Iterable[PageSummary], library: Library, versions: Versions) -> tuple[Listed, ...]:
    """The people and organisations that a page shows, with the explainers that they are in and have written.

    Someone who is only in `people.yaml` may belong to a story that isn't published yet.
    """
    shown: dict[str, list[PageSummary]] = defaultdict(list)
    for page in pages:
        for id_ in page.people:
            shown[id_].append(page)
    found = []
    for person in library.people.values():
        if person.id in shown:
            explainers = tuple(versions.once(page for page in shown[person.id] if page.kind == "explainer"))
            written = tuple(page for page in explainers if person.id in page.by)
            places = [(page, page.people.index(person.id)) for page in explainers]
            said = sum(page.said[place] for page, place in places)
            disputed = sum(page.disputed[place] for page, place in places) if said else 0
            entries = said + disputed + len(written)
            found.append(Listed(person.id, person_path(person.id), explainers, written, entries))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Details:
    """The content of the pages of sources and people, made when needed."""

    library: Library
    interface_of: InterfaceOf
    page_of: Callable[[PageSummary], Page]
    # What stands behind a source that a page cites: all pages of sources ask for the same.
    behind: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict, compare=False)
    tied: dict[str, dict[str, list[_Tie]]] = field(default_factory=dict, compare=False)
    # The whole list of which a page was asked for last: its other pages are asked for next.
    latest: dict[str, Any] = field(default_factory=dict, compare=False)

    def _whole(self, listed: Listed, make: Callable[[Listed], T]) -> T:
        found: T | None = self.latest.get(listed.url)
        if found is None:
            found = make(listed)
            self.latest.clear()
            self.latest[listed.url] = found
        return found

    def source(self, listed: Listed, page: NumberedPage) -> SourcePage:
        """A page of a source: claims that cite it, and those that rest on it through others."""
        direct, indirect, apart = self._whole(listed, self._claims_of_source)
        both = len(direct) + len(indirect)
        return SourcePage(
            *self.source_facts(listed), tuple(on_page(direct, page)), tuple(on_page(indirect, page, len(direct))),
            tuple(on_page(apart, page, both)), len(direct), len(indirect),
        )  # fmt: skip

    def _claims_of_source(self, listed: Listed) -> tuple[list[ClaimEntry], list[ClaimEntry], list[ClaimEntry]]:
        """Every claim that cites a source, every one that rests on it through others, and those that only name it."""
        source = self.library.sources[listed.id]
        direct: list[ClaimEntry] = []
        indirect: list[ClaimEntry] = []
        apart: list[ClaimEntry] = []
        for page in map(self.interface_of, listed.pages):
            known = {one.id: one for one in page.sources}
            for claim, stance, passed in self._tied(page).get(source.id, ()):
                if passed and stance and stance != "context":
                    direct.append(claim.entry._replace(stance=stance))
                elif passed:
                    names = tuple(
                        dict.fromkeys(known[one].name for one in self._leading_to(source.id, page.file, claim, known))
                    )
                    indirect.append(claim.entry._replace(stance=passed, through=names))
                elif stance:
                    apart.append(claim.entry._replace(stance=stance))
        return direct, indirect, apart

    def _tied(self, page: PageInterface) -> Mapping[str, list[_Tie]]:
        """The claims of a page by the sources that they cite or rest on."""
        found = self.tied.get(page.file)
        if found is None:
            if len(self.tied) >= _MOST_TIED:
                self.tied.clear()
            found = self.tied[page.file] = {}
            for claim in page.claims:
                stances, passed = dict(claim.stances), dict(claim.passed)
                for id_ in {**stances, **passed}:
                    found.setdefault(id_, []).append((claim, stances.get(id_), passed.get(id_)))
        return found

    def _leading_to(
        self, source: str, page: str, claim: ClaimInterface, sources: Mapping[str, SourceInterface]
    ) -> list[str]:
        """Return the sources that a claim cites, and whose live routes pass a source."""
        found = []
        passed = dict(claim.passed)
        for start, stance in claim.stances:
            if stance == "context" or start not in passed:
                continue
            if (page, start) not in self.behind:
                if len(self.behind) >= _MOST_HELD:
                    self.behind.clear()
                self.behind[page, start] = frozenset((*reach([start], sources), *sources[start].reported_in))
            if source in self.behind[page, start]:
                found.append(start)
        return found

    def source_facts(self, listed: Listed) -> tuple[PublicSource, Voice | None, tuple[PublicSource, ...]]:
        """The facts on a source's page: the source, whose voice it is, through whom it knows."""
        people, catalog, sources = self.library.people, self.library.catalog, self.library.sources
        source = sources[listed.id]
        return (
            public_source(source, None, source.via, people, catalog),
            voice(source.party, sources, people, catalog) if source.party else None,
            tuple(
                public_source(sources[i], None, sources[i].via, people, catalog)
                for i in reach(source.via, sources, _MOST_BEHIND)
            ),
        )

    def byline(self, listed: Listed) -> Byline:
        """The person whose page it is."""
        return person_byline(self.library.people[listed.id])

    def person(self, listed: Listed, page: NumberedPage) -> PersonPage:
        """A page of a person: statements in time with the reports that they dispute, then what they wrote."""
        record = self._whole(listed, self._record_of)
        shown = on_page(record, page)
        earlier = (record[at] for at in range(min(page.range[0], len(record)) - 1, -1, -1))
        return PersonPage(
            self.byline(listed),
            tuple(claim for claim in shown if claim.speaker),
            page_entries(on_page(listed.written, page, len(record)), self.interface_of).whole,
            tuple(claim for claim in shown if not claim.speaker),
            next((claim for claim in earlier if claim.speaker), None),
        )

    def _record_of(self, listed: Listed) -> list[ClaimEntry]:
        """What a person said and the reports that they dispute, in time; of one day, a report comes first."""
        statements: list[tuple[PageSummary, ClaimInterface]] = []
        disputed: list[ClaimEntry] = []
        for summary in listed.pages:
            page = self.interface_of(summary)
            parties = {source.id: source.party for source in page.sources}
            for claim in page.claims:
                if speaker_of(claim, parties) == listed.id:
                    statements.append((summary, claim))
                elif listed.id in disputing(claim, parties):
                    disputed.append(claim.entry)
        said = [claim.entry for _, claim in in_testimony_order(statements)]
        return sorted([*said, *disputed], key=_in_record) if said else []


def in_testimony_order(
    statements: Sequence[tuple[PageSummary, ClaimInterface]],
) -> list[tuple[PageSummary, ClaimInterface]]:
    """Statements by date, then each after what it supersedes, then by page and text; undated ones last."""
    by_page = sorted(statements, key=lambda one: (one[1].entry.said or _NEVER, one[0].order, one[0].slug))
    place = {f"{page.slug}#{claim.id}": (page, claim) for page, claim in by_page}
    found: dict[str, None] = {}
    for key in place:
        stack = [key]
        while stack:
            page, claim = place[stack[-1]]
            before = [_full(one.text, page.slug) for one in claim.supersedes]
            waiting = [
                one
                for one in before
                if one in place
                and one not in found
                and one not in stack
                and place[one][1].entry.said == claim.entry.said
            ]
            if waiting:
                stack.append(waiting[0])
            else:
                found.setdefault(stack.pop())
    return [place[key] for key in found]


def _full(reference: str, slug: str) -> str:
    """A reference to a claim with its page: `claim` of this page as `page#claim`."""
    return reference if "#" in reference else f"{slug}#{reference}"


def _in_record(claim: ClaimEntry) -> tuple[str, bool]:
    """The place of a statement or a report in a record: those without a date come last."""
    return (claim.said or _NEVER, True) if claim.speaker else (claim.reported or _NEVER, False)
