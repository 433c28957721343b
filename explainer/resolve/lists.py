"""Lists over the whole site: ledger, sources, people, tags."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from explainer.model import (
    ClaimEntry,
    LedgerMonth,
    MonthLink,
    PageEntry,
    PersonPage,
    SourcePage,
    TagPage,
)
from explainer.resolve.chains import reach
from explainer.resolve.public import person_byline, public_source, voice
from explainer.slugs import slugify

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from explainer.model import Claim, Library, Page

_UNDATED = ""


def page_entry(page: Page, tags: tuple[str, ...]) -> PageEntry:
    """A page as lists show it."""
    return PageEntry(
        title=page.title,
        url=page.url,
        canonical=page.canonical,
        summary=page.summary,
        published=page.published,
        modified=page.modified,
        language=page.language,
        authors=tuple(author.name for author in page.authors),
        tags=tags,
        claims=len(page.claims),
    )


def claim_entry(page: Page, claim: Claim) -> ClaimEntry:
    """A claim as lists show it."""
    return ClaimEntry(
        path=f"{page.url}#{claim.anchor}",
        text=claim.text,
        level=claim.verdict.level,
        words=claim.words,
        label=claim.label,
        sentences=claim.sentences,
        status=claim.status,
        speaker=claim.speaker,
        said=claim.said,
        quotes=tuple(edge.quote for edge in claim.edges if edge.quote and edge.stance == "supports"),
        page_title=page.title,
        page_url=page.url,
        published=page.published,
    )


def month_path(month: str) -> str:
    """The path of a month of the ledger: `2017-07` to `/claims/2017/07/`."""
    return f"/claims/{month.replace('-', '/')}/"


def ledger(pages: Sequence[Page]) -> tuple[tuple[LedgerMonth, ...], tuple[ClaimEntry, ...]]:
    """The months that have claims, newest first, and the claims of pages without a date."""
    by_month: dict[str, list[ClaimEntry]] = defaultdict(list)
    for page in pages:
        if page.claims:
            month = page.published[:7] if page.published else _UNDATED
            by_month[month].extend(claim_entry(page, claim) for claim in page.claims)
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


def tag_pages(tagged: Iterable[tuple[PageEntry, tuple[str, ...]]]) -> tuple[TagPage, ...]:
    """A page for each tag, by slug; tags with one slug are one, under the first one's words."""
    found: dict[str, tuple[str, list[PageEntry]]] = {}
    for entry, tags in tagged:
        for slug in dict.fromkeys(slugify(tag) for tag in tags):
            label = next(tag for tag in tags if slugify(tag) == slug)
            found.setdefault(slug, (label, []))[1].append(entry)
    return tuple(TagPage(label, slug, tuple(entries)) for slug, (label, entries) in sorted(found.items()))


def tag_path(slug: str) -> str:
    """The path of a tag's page."""
    return f"/tags/{slug}/"


def source_pages(pages: Sequence[Page], library: Library) -> tuple[SourcePage, ...]:
    """A page for each named source of the registry, with every claim that rests on it."""
    direct: dict[str, list[ClaimEntry]] = defaultdict(list)
    indirect: dict[str, list[ClaimEntry]] = defaultdict(list)
    for page in pages:
        local = {source.id: source.via for source in page.sources}
        for claim in page.claims:
            cited = dict.fromkeys(edge.source for edge in claim.edges)
            entry = claim_entry(page, claim) if cited else None
            if entry is None:
                continue
            for source in cited:
                direct[source].append(entry)
            for source, through in _through(cited, local).items():
                names = tuple(public_name_of(page, carrier) for carrier in through)
                indirect[source].append(entry._replace(through=names))
    return tuple(
        SourcePage(
            public_source(source, None),
            voice(source.party, library.sources, library.people) if source.party else None,
            tuple(public_source(library.sources[i], None) for i in reach(source.via, library.sources)),
            tuple(direct[source.id]),
            tuple(indirect[source.id]),
        )
        for source in library.sources.values()
        if not source.unnamed
    )


def public_name_of(page: Page, source_id: str) -> str:
    """What stands for a source of a page in a sentence."""
    return next(source.name for source in page.sources if source.id == source_id)


def _through(cited: Iterable[str], via: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The sources behind the cited ones that are not cited, each with the cited ones that lead to it."""
    found: dict[str, dict[str, None]] = {}
    direct = set(cited)
    for start in direct and list(cited):
        queue, seen = [start], {start}
        for source in queue:
            for behind in via.get(source, ()):
                if behind not in seen:
                    seen.add(behind)
                    queue.append(behind)
                    if behind not in direct:
                        found.setdefault(behind, {})[start] = None
    return {source: tuple(starts) for source, starts in found.items()}


def person_pages(pages: Sequence[Page], entries: dict[str, PageEntry], library: Library) -> tuple[PersonPage, ...]:
    """A page for each person and organisation: statements in time, and explainers written."""
    statements: dict[str, list[ClaimEntry]] = defaultdict(list)
    written: dict[str, list[PageEntry]] = defaultdict(list)
    for page in pages:
        for claim in page.claims:
            if claim.speaker and claim.speaker.id in library.people:
                statements[claim.speaker.id].append(claim_entry(page, claim))
        for author in dict.fromkeys(author.id for author in (*page.authors, *page.contributors) if author.id):
            written[author].append(entries[page.url])
    return tuple(
        PersonPage(
            person_byline(person),
            tuple(sorted(statements[person.id], key=lambda entry: (entry.said or "9999", entry.path))),
            tuple(written[person.id]),
        )
        for person in library.people.values()
    )
