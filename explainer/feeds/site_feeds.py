"""Atom, JSON Feed, sitemap, robots."""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from explainer.model import output_files
from explainer.model.lazy_entries import Listing, page_entries
from explainer.model.numbered_pages import numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from explainer.model.lazy_entries import Entries
    from explainer.model.site import PageEntry, Site
    from explainer.render.renderer import Renderer
    from explainer.resolve import Details

MOST_IN_SITEMAP = 50_000
"""The most addresses that sitemaps.org allows in one file."""
# A feed must say when it changed last; a site without a page never did.
_NEVER = "1970-01-01"


def feeds(renderer: Renderer, site: Site, details: Details, newest: int) -> Iterator[Listing]:
    """The feeds of so many pages each, `sitemap.xml` and `robots.txt`."""
    entries = page_entries(site.explainers[:newest], details.interface_of)
    listed, texts = _listed_texts(renderer, site, entries, details)
    yield _atom(renderer, site, entries, output_files.FEED, (listed, texts))
    yield Listing(output_files.JSON_FEED, listed, lambda: _json_feed(renderer, site, entries, texts()))
    for language in site.view.feed_languages:
        pages = [page for page in site.explainers if page.language == language][:newest]
        entries_in = page_entries(pages, details.interface_of)
        path = output_files.language_feed(language)
        yield _atom(
            renderer, site, entries_in, path, _listed_texts(renderer, site, entries_in, details), language=language
        )
    yield from _sitemaps(renderer, site)
    yield Listing(output_files.ROBOTS, (), lambda: renderer.plain("robots.txt"))


def _listed_texts(
    renderer: Renderer, site: Site, newest: Entries[PageEntry], details: Details
) -> tuple[list[Any], Callable[[], dict[str, str]]]:
    """What a feed is made of, for a digest, and what gives the whole texts of its pages, where feeds have these."""
    listed: list[Any] = [page.entry_digest for page in newest.pages]
    if site.view.feeds != "whole":
        return listed, dict
    listed += [site.context_digest, *((page.record_digest, page.interface_digest) for page in newest.pages)]
    return listed, cache(lambda: {page.canonical: renderer.feed_text(details.page_of(page)) for page in newest.pages})


def _atom(
    renderer: Renderer,
    site: Site,
    entries: Entries[PageEntry],
    path: str,
    made_of: tuple[list[Any], Callable[[], dict[str, str]]],
    language: str | None = None,
) -> Listing:
    """An Atom feed: of all explainers, or of those in a language."""
    listed, texts = made_of
    changed = site.updated
    if language:
        changed = max(
            (page.modified for page in site.explainers if page.language == language and page.modified), default=None
        )
    updated = renderer.rfc3339(changed or _NEVER)
    own = site.view.url + path
    return Listing(
        path, (listed, updated, language),
        lambda: renderer.plain(
            "feed.xml", entries=entries, updated=updated, self_url=own, texts=texts(),
            feed_id=own if language else site.view.url, language=language or site.view.language,
        ),
    )  # fmt: skip


def _json_feed(renderer: Renderer, site: Site, entries: Entries[PageEntry], texts: Mapping[str, str]) -> str:
    view = site.view
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": view.title,
        "home_page_url": view.url,
        "feed_url": view.url + output_files.JSON_FEED,
        "language": view.language,
        "items": [_item(renderer, entry, texts.get(entry.canonical)) for entry in entries],
    }
    if view.description:
        feed["description"] = view.description
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _item(renderer: Renderer, entry: PageEntry, text: str | None) -> dict[str, Any]:
    # An item needs a content; where the feed doesn't give the whole text, that is the summary.
    content = {"content_html": text} if text is not None else {"content_text": entry.summary or entry.title}
    item: dict[str, Any] = {
        "id": entry.feed_id,
        "url": entry.canonical,
        "title": entry.title,
        **content,
        "language": entry.language,
    }
    if entry.summary:
        item["summary"] = entry.summary
    if entry.published:
        item["date_published"] = renderer.rfc3339(entry.published)
    if entry.modified:
        item["date_modified"] = renderer.rfc3339(entry.modified)
    if entry.authors:
        item["authors"] = [{"name": name} for name in entry.authors]
    if entry.tags:
        item["tags"] = list(entry.tags)
    return item


def _sitemaps(renderer: Renderer, site: Site) -> Iterator[Listing]:
    """One sitemap, or a list of several."""
    addresses = list(_addresses(site))
    parts = [addresses[at : at + MOST_IN_SITEMAP] for at in range(0, len(addresses), MOST_IN_SITEMAP)]
    paths = [output_files.part_of_sitemap(number) for number in range(1, len(parts) + 1)]
    if len(parts) > 1:
        places = [site.view.url + path for path in paths]
        yield Listing(output_files.SITEMAP, places, lambda: renderer.plain("sitemaps.xml", sitemaps=places))
    else:
        paths = [output_files.SITEMAP]
    for path, part in zip(paths, parts, strict=True):
        here = {address for address, _ in part}
        versions = [(address, those) for address, those in site.versions if address in here]
        pictures = [(address, those) for address, those in site.pictures if address in here]
        make = partial(renderer.plain, "sitemap.xml", urls=part, versions=dict(versions), pictures=dict(pictures))
        yield Listing(path, (part, versions, pictures), make)


def _addresses(site: Site) -> Iterator[tuple[str, str | None]]:
    base = site.view.url.rstrip("/")
    if not any(page.url == "/" for page in site.pages):
        yield site.view.url, site.updated
    for page in site.pages:
        yield page.canonical, page.modified
    for path in _listed(site):
        yield base + quote(path), None


def _listed(site: Site) -> Iterator[str]:
    yield output_files.address(output_files.LEDGER)
    yield from (page.path for path, entries in site.lists for page in numbered(path, entries))
    if site.view.search:
        yield output_files.address(output_files.SEARCH)
