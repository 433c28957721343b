"""Atom, JSON Feed, sitemap, robots."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from explainer.model import output_files
from explainer.model.lazy_entries import Listing
from explainer.model.numbered_pages import paths_of_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from explainer.model.lazy_entries import Entries
    from explainer.model.published import Page
    from explainer.model.site import PageEntry, PageSummary, Site
    from explainer.render.renderer import Renderer

# A feed must say when it changed last; a site without a page never did.
_NEVER = "1970-01-01"


def feeds(
    renderer: Renderer, site: Site, newest: Entries[PageEntry], page_of: Callable[[PageSummary], Page]
) -> Iterator[Listing]:
    """The feeds, `sitemap.xml` and `robots.txt`."""
    url, updated = site.view.url, renderer.rfc3339(site.updated or _NEVER)
    listed: list[Any] = [page.entry_digest for page in newest.pages]
    texts: Callable[[], dict[str, str]] = dict
    if site.view.feeds == "whole":
        listed += [site.context_digest, *((page.record_digest, page.interface_digest) for page in newest.pages)]
        texts = cache(lambda: {page.canonical: renderer.feed_text(page_of(page)) for page in newest.pages})
    own = url + output_files.FEED
    yield Listing(
        output_files.FEED, (listed, updated),
        lambda: renderer.plain("feed.xml", entries=newest, updated=updated, self_url=own, texts=texts()),
    )  # fmt: skip
    yield Listing(output_files.JSON_FEED, listed, lambda: _json_feed(renderer, site, newest, texts()))
    addresses = list(_addresses(site))
    yield Listing(output_files.SITEMAP, addresses, lambda: renderer.plain("sitemap.xml", urls=addresses))
    yield Listing(output_files.ROBOTS, (), lambda: renderer.plain("robots.txt"))


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
    yield from paths_of_lists(len(site.listed), site.tags)
    if site.view.search:
        yield output_files.address(output_files.SEARCH)
    if site.corrections_url:
        yield site.corrections_url
    yield from (month.url for month in site.months)
    yield from (person.url for person in site.people)
    yield from (source.url for source in site.sources)
