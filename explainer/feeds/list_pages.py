"""Every list of a site: what it contains, and a function that renders it when that has changed."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from explainer.feeds.corrections import all_corrections, corrections_listings
from explainer.feeds.search_page import search_listings
from explainer.feeds.site_feeds import feeds
from explainer.model import output_files
from explainer.model.lazy_entries import Listing, claim_entries, page_entries, pages_of
from explainer.model.numbered_pages import numbered, on_page
from explainer.model.site import MonthLink
from explainer.sourcing.words import capitalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from explainer.model.lazy_entries import Entries
    from explainer.model.numbered_pages import NumberedPage
    from explainer.model.site import ClaimEntry, LedgerMonth, Listed, PageEntry, Site, TagPage
    from explainer.render.renderer import Renderer
    from explainer.resolve import Details

_NEWEST, _HELPING, _RECENT = 20, 3, 5


def listings(renderer: Renderer, site: Site, details: Details) -> Iterator[Listing]:
    """All lists of a site."""
    make, t, pages = renderer.list, renderer.catalog.text, site.listed
    newest = page_entries(pages[:_NEWEST], details.interface_of)
    if not any(page.url == "/" for page in site.pages):
        yield _home(renderer, site, newest, details)
    few = page_entries(pages[:_HELPING], details.interface_of)
    lost = partial(make, "404.html", t("page.not-found"), "/404.html", entries=few)
    yield Listing(output_files.NOT_FOUND, [page.entry_digest for page in few.pages], lost)
    for page in numbered("/explainers/", len(pages)):
        shown = on_page(pages, page)
        entries = page_entries(shown, details.interface_of)
        everything = partial(
            make, "explainers.html", _title(t, t("page.explainers"), page), page.path, entries=entries, numbered=page
        )
        yield Listing(output_files.html_file(page.path), (page, [one.entry_digest for one in shown]), everything)
    yield from _ledger(renderer, site, details)
    for tag in site.tags:
        yield from _tag(renderer, details, tag)
    yield from (_person(renderer, details, person) for person in site.people)
    yield from (_source(renderer, details, source) for source in site.sources)
    yield from corrections_listings(renderer, site)
    yield from search_listings(renderer, site, details)
    yield from feeds(renderer, site, details, _NEWEST)


def _tag(renderer: Renderer, details: Details, tag: TagPage) -> Iterator[Listing]:
    tagged = pages_of(tag.entries)
    for page in numbered(tag.url, len(tagged)):
        shown = on_page(tagged, page)
        title = _title(renderer.catalog.text, tag.label, page)
        entries = page_entries(shown, details.interface_of)
        make = partial(renderer.list, "tag.html", title, page.path, tag=tag, entries=entries, numbered=page)
        listed = (tag.label, len(tagged), page, [one.entry_digest for one in shown])
        yield Listing(output_files.html_file(page.path), listed, make)


def _title(t: Callable[..., str], title: str, page: NumberedPage) -> str:
    """The title of a page of a list: each has its own."""
    return title if page.number == 1 else t("list.page-title", title=title, number=page.number)


def _home(renderer: Renderer, site: Site, newest: Entries[PageEntry], details: Details) -> Listing:
    corrections, every = tuple(all_corrections(site.explainers))[:_RECENT], site.corrections_url

    def make() -> str:
        claims = (claim.entry for page in newest.pages for claim in details.interface_of(page).claims)
        disputes = list(islice((claim for claim in claims if claim.disputed), _RECENT))
        title = site.view.title
        return renderer.list(
            "home.html", title, "/", entries=newest, disputes=disputes, corrections=corrections, corrections_url=every
        )

    listed = [(page.entry_digest, page.claims_digest) for page in newest.pages]
    return Listing(output_files.HOME, (listed, corrections, every), make)


def _person(renderer: Renderer, details: Details, listed: Listed) -> Listing:
    who = details.byline(listed)

    def make() -> str:
        return renderer.list("person.html", who.name, listed.url, person=details.person(listed))

    digests = [page.claims_digest for page in listed.pages]
    portrait = renderer.picture_of(who.image.url) if who.image else None
    return Listing(
        output_files.html_file(listed.url),
        (who, portrait, digests, [page.entry_digest for page in listed.written]),
        make,
    )


def _source(renderer: Renderer, details: Details, listed: Listed) -> Listing:
    facts = details.source_facts(listed)

    def make() -> str:
        title = capitalised(facts[0].name)
        return renderer.list("source.html", title, listed.url, source=details.source(listed))

    return Listing(output_files.html_file(listed.url), (facts, [page.claims_digest for page in listed.pages]), make)


def _ledger(renderer: Renderer, site: Site, details: Details) -> Iterator[Listing]:
    make, t = renderer.list, renderer.catalog.text
    latest = site.months[0] if site.months else None
    links = [MonthLink(month.month, month.url, len(month.entries)) for month in site.months]
    newest = next(_month(latest, details)) if latest else None
    overview = partial(
        make, "claims.html", t("page.claims"), "/claims/", months=links, latest=latest, undated=site.undated,
        entries=newest.entries if newest else (), numbered=newest.page if newest else None,
    )  # fmt: skip
    listed = (links, [page.claims_digest for page in pages_of(site.undated)], newest and newest.listed)
    yield Listing(output_files.LEDGER, listed, overview)
    for month in site.months:
        for part in _month(month, details):
            title = _title(t, t("ledger.title", month=renderer.catalog.date(month.month)), part.page)
            path = part.page.path
            yield Listing(
                output_files.html_file(path),
                part.listed,
                partial(make, "ledger.html", title, path, ledger=month, entries=part.entries, numbered=part.page),
            )


class _PartOfMonth(NamedTuple):
    """A numbered page of a month of the ledger: its claims, and what it is made of."""

    page: NumberedPage
    entries: Entries[ClaimEntry]
    listed: tuple[object, ...]


def _month(month: LedgerMonth, details: Details) -> Iterator[_PartOfMonth]:
    pages = pages_of(month.entries)
    for page in numbered(month.url, len(pages)):
        shown = on_page(pages, page)
        digests = [one.claims_digest for one in shown]
        listed = (month.month, month.newer, month.older, len(month.entries), page, digests)
        yield _PartOfMonth(page, claim_entries(shown, details.interface_of), listed)
