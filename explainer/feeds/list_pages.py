"""Every list of a site: what it contains, and what makes it when that has changed."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from explainer.feeds.corrections import all_corrections, corrections_listings, page_title
from explainer.feeds.search_page import search_listings
from explainer.feeds.site_feeds import feeds
from explainer.model import output_files
from explainer.model.lazy_entries import Entries, Listing, list_page, page_entries, pages_of
from explainer.model.numbered_pages import ENTRIES, numbered, on_page
from explainer.model.site import MonthLink
from explainer.sourcing.words import capitalised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.model.lazy_entries import ListPage
    from explainer.model.numbered_pages import NumberedPage
    from explainer.model.site import ClaimEntry, LedgerMonth, Listed, PageEntry, Site
    from explainer.render.renderer import Renderer
    from explainer.resolve import Details

_NEWEST, _HELPING, _RECENT = 20, 3, 5


def listings(renderer: Renderer, site: Site, details: Details) -> Iterator[Listing]:
    """All lists of a site."""
    t, pages = renderer.catalog.text, site.listed
    newest = page_entries(pages[:_NEWEST], details.interface_of)
    if not any(page.url == "/" for page in site.pages):
        yield _home(site, newest, details)
    few = page_entries(pages[:_HELPING], details.interface_of)
    lost = partial(list_page, "404.html", t("page.not-found"), "/404.html", entries=few)
    yield Listing(output_files.NOT_FOUND, [page.entry_digest for page in few.pages], lost)
    for page in numbered("/explainers/", len(pages)):
        shown = on_page(pages, page)
        entries = page_entries(shown, details.interface_of)
        everything = partial(
            list_page,
            "explainers.html",
            page_title(renderer.catalog, t("page.explainers"), page),
            page.path,
            entries=entries,
            numbered=page,
        )
        yield Listing(output_files.html_file(page.path), (page, [one.entry_digest for one in shown]), everything)
    yield from _ledger(renderer, site)
    yield from _tags(renderer, site, details)
    for person in site.people:
        yield from _person(renderer, details, person)
    for source in site.sources:
        yield from _source(renderer, details, source)
    yield from corrections_listings(renderer, site)
    yield from search_listings(renderer, site, details)
    yield from feeds(renderer, site, details, _NEWEST)


def _tags(renderer: Renderer, site: Site, details: Details) -> Iterator[Listing]:
    """The pages of all tags: first the first ones, which have the newest explainers, most of them the same."""
    pages = [(page, tag) for tag in site.tags for page in numbered(tag.url, len(pages_of(tag.entries)))]
    for page, tag in sorted(pages, key=lambda one: one[0].number):
        tagged = pages_of(tag.entries)
        shown = on_page(tagged, page)
        title = page_title(renderer.catalog, tag.label, page)
        entries = page_entries(shown, details.interface_of)
        make = partial(list_page, "tag.html", title, page.path, tag=tag, entries=entries, numbered=page)
        listed = (tag.label, len(tagged), page, [one.entry_digest for one in shown])
        yield Listing(output_files.html_file(page.path), listed, make)


def _home(site: Site, newest: Entries[PageEntry], details: Details) -> Listing:
    corrections, every = tuple(all_corrections(site.explainers))[:_RECENT], site.corrections_url

    def make() -> ListPage:
        claims = (claim.entry for page in newest.pages for claim in details.interface_of(page).claims)
        disputes = list(islice((claim for claim in claims if claim.disputed), _RECENT))
        return list_page(
            "home.html", site.view.title, "/", entries=newest.read(), disputes=disputes, corrections=corrections,
            corrections_url=every,
        )  # fmt: skip

    listed = [(page.entry_digest, page.claims_digest) for page in newest.pages]
    return Listing(output_files.HOME, (listed, corrections, every), make)


def _person(renderer: Renderer, details: Details, listed: Listed) -> Iterator[Listing]:
    who = details.byline(listed)
    digests = [page.claims_digest for page in listed.pages]
    portrait = renderer.picture_of(who.image.url) if who.image else None
    written = [page.entry_digest for page in listed.written]

    def make(page: NumberedPage) -> ListPage:
        title = page_title(renderer.catalog, who.name, page)
        return list_page("person.html", title, page.path, person=details.person(listed, page), numbered=page)

    for page in numbered(listed.url, listed.entries):
        yield Listing(output_files.html_file(page.path), (page, who, portrait, digests, written), partial(make, page))


def _source(renderer: Renderer, details: Details, listed: Listed) -> Iterator[Listing]:
    facts = details.source_facts(listed)
    digests = [page.claims_digest for page in listed.pages]

    def make(page: NumberedPage) -> ListPage:
        title = page_title(renderer.catalog, capitalised(facts[0].name), page)
        return list_page("source.html", title, page.path, source=details.source(listed, page), numbered=page)

    for page in numbered(listed.url, listed.entries):
        yield Listing(output_files.html_file(page.path), (page, facts, digests), partial(make, page))


def _ledger(renderer: Renderer, site: Site) -> Iterator[Listing]:
    t = renderer.catalog.text
    latest = site.months[0] if site.months else None
    links = [MonthLink(month.month, month.url, len(month.entries)) for month in site.months]
    newest, first = next(_parts(latest), (None, None)) if latest else (None, None)
    overview = partial(
        list_page, "claims.html", t("page.claims"), "/claims/", months=links, latest=latest, undated=site.undated,
        entries=newest, numbered=first,
    )  # fmt: skip
    undated = [page.claims_digest for page in pages_of(site.undated)]
    yield Listing(output_files.LEDGER, (links, undated, first, newest and _listed(newest)), overview)
    for month in site.months:
        title = t("ledger.title", month=renderer.catalog.date(month.month))
        for entries, page in _parts(month):
            yield Listing(
                output_files.html_file(page.path),
                (month.month, month.newer, month.older, len(month.entries), page, _listed(entries)),
                partial(
                    list_page, "ledger.html", page_title(renderer.catalog, title, page), page.path, ledger=month,
                    entries=entries, numbered=page,
                ),
            )  # fmt: skip


def _parts(month: LedgerMonth) -> Iterator[tuple[Entries[ClaimEntry], NumberedPage]]:
    """The claims of a month in numbered pages."""
    parts = month.entries.parts(ENTRIES) if isinstance(month.entries, Entries) else ()
    yield from zip(parts, numbered(month.url, len(month.entries)), strict=True)


def _listed(entries: Entries[ClaimEntry]) -> list[object]:
    """What claims in a list are made of, for a digest."""
    cuts = ((page.claims_digest, entries.cuts.get(page.file)) for page in entries.pages)
    return [(digest, cut.start, cut.stop) if cut else digest for digest, cut in cuts]
