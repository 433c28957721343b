"""Lists over the whole site: ledger, sources, people, tags."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from explainer.model import LedgerMonth, MonthLink, PersonPage, SourcePage, TagPage
from explainer.resolve.chains import reach
from explainer.resolve.public import person_byline, public_source, voice
from explainer.slugs import slugify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from explainer.model import ClaimEntry, Library, PageEntry, SourceSurface, Surface

_UNDATED = ""


def month_path(month: str) -> str:
    """The path of a month of the ledger: `2017-07` to `/claims/2017/07/`."""
    return f"/claims/{month.replace('-', '/')}/"


def ledger(pages: Iterable[Surface]) -> tuple[tuple[LedgerMonth, ...], tuple[ClaimEntry, ...]]:
    """The months that have claims, newest first, and the claims of pages without a date."""
    by_month: dict[str, list[ClaimEntry]] = defaultdict(list)
    for page in pages:
        if page.claims:
            month = page.entry.published[:7] if page.entry.published else _UNDATED
            by_month[month].extend(claim.entry for claim in page.claims)
    undated = tuple(by_month.pop(_UNDATED, ()))
    months = sorted(by_month, reverse=True)
    links = [MonthLink(month, month_path(month), len(by_month[month])) for month in months]
    return tuple(
        LedgerMonth(
            month,
            links[i].url,
            tuple(by_month[month]),
            newer=links[i - 1] if i else None,
            older=links[i + 1] if i + 1 < len(links) else None,
        )
        for i, month in enumerate(months)
    ), undated


def tag_pages(pages: Iterable[Surface]) -> tuple[TagPage, ...]:
    """A page for each tag, by slug; tags with one slug are one, under the first one's words."""
    found: dict[str, tuple[str, list[PageEntry]]] = {}
    for page in pages:
        by_slug: dict[str, str] = {}
        for tag in page.entry.tags:
            by_slug.setdefault(slugify(tag), tag)
        for slug, tag in by_slug.items():
            found.setdefault(slug, (tag, []))[1].append(page.entry)
    return tuple(
        TagPage(label, slug, tag_path(slug), tuple(entries)) for slug, (label, entries) in sorted(found.items())
    )


def tag_path(slug: str) -> str:
    """The path of a tag's page."""
    return f"/tags/{slug}/"


def source_pages(pages: Iterable[Surface], library: Library) -> tuple[SourcePage, ...]:
    """A page for each named source of the registry that a page shows, with every claim that cites or rests on it."""
    catalog = library.catalog
    shown: set[str] = set()
    direct: dict[str, list[ClaimEntry]] = defaultdict(list)
    indirect: dict[str, list[ClaimEntry]] = defaultdict(list)
    for page in pages:
        known = {source.id: source for source in page.sources}
        shown |= known.keys()
        for claim in page.claims:
            stances = dict(claim.stances)
            for source, stance in claim.stances:
                direct[source].append(claim.entry._replace(stance=stance))
            for source, through in _through(stances, known).items():
                names = tuple(known[carrier].name for carrier in through)
                indirect[source].append(claim.entry._replace(stance=stances[through[0]], through=names))
    return tuple(
        SourcePage(
            public_source(source, None, library.people, catalog),
            voice(source.party, library.sources, library.people, catalog) if source.party else None,
            tuple(
                public_source(library.sources[i], None, library.people, catalog)
                for i in reach(source.via, library.sources)
            ),
            tuple(direct[source.id]),
            tuple(indirect[source.id]),
        )
        for source in library.sources.values()
        if source.id in shown and not source.unnamed
    )


def _through(cited: Collection[str], sources: Mapping[str, SourceSurface]) -> dict[str, list[str]]:
    """The sources behind the cited ones that are not cited, each with the cited ones that lead to it."""
    found: dict[str, list[str]] = defaultdict(list)
    for start in cited:
        if sources[start].via:
            for behind in reach([start], sources):
                if behind not in cited:
                    found[behind].append(start)
    return found


def person_pages(pages: Iterable[Surface], library: Library) -> tuple[PersonPage, ...]:
    """A page for each person and organisation that a page shows: statements in time, and explainers written.

    Who stands in `people.yaml` alone may belong to a story that isn't out.
    """
    shown: set[str] = set()
    statements: dict[str, list[ClaimEntry]] = defaultdict(list)
    disputed: dict[str, list[ClaimEntry]] = defaultdict(list)
    written: dict[str, list[PageEntry]] = defaultdict(list)
    for page in pages:
        shown.update(_people_of(page))
        if page.kind != "explainer":
            continue
        parties = {source.id: source.party for source in page.sources}
        for claim in page.claims:
            if claim.entry.speaker:
                key = claim.entry.speaker.id
                statements[key if key in library.people else parties.get(key) or key].append(claim.entry)
            elif claim.entry.reported:
                against = (parties[source] or source for source, stance in claim.stances if stance == "disputes")
                for key in dict.fromkeys(against):
                    disputed[key].append(claim.entry)
        for author in page.by:
            written[author].append(page.entry)
    return tuple(
        PersonPage(
            person_byline(person),
            tuple(sorted(statements[person.id], key=lambda entry: (entry.said or "9999", entry.path))),
            tuple(written[person.id]),
            tuple(disputed[person.id]),
        )
        for person in library.people.values()
        if person.id in shown
    )


def _people_of(page: Surface) -> Iterator[str]:
    """The ids of the people of a page, among others."""
    yield from page.by
    for source in page.sources:
        yield source.party or source.id
    for claim in page.claims:
        if claim.entry.speaker:
            yield claim.entry.speaker.id
        yield from claim.replies
