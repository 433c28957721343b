"""Atom, JSON Feed, sitemap, robots."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from explainer.model import output_files
from explainer.model.lazy_entries import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.model.lazy_entries import Entries
    from explainer.model.site import PageEntry, Site
    from explainer.render.renderer import Renderer

# A feed must say when it changed last; a site without a page never did.
_NEVER = "1970-01-01"


def feeds(renderer: Renderer, site: Site, newest: Entries[PageEntry]) -> Iterator[Listing]:
    """The feeds, `sitemap.xml` and `robots.txt`."""
    url, entries = site.view.url, [page.entry_digest for page in newest.pages]
    updated = renderer.rfc3339(site.updated or _NEVER)
    atom = partial(renderer.plain, "feed.xml", entries=newest, updated=updated, self_url=url + output_files.FEED)
    yield Listing(output_files.FEED, (entries, updated), atom)
    yield Listing(output_files.JSON_FEED, entries, lambda: _json_feed(renderer, site, newest))
    addresses = list(_addresses(site))
    yield Listing(output_files.SITEMAP, addresses, lambda: renderer.plain("sitemap.xml", urls=addresses))
    yield Listing(output_files.ROBOTS, (), lambda: renderer.plain("robots.txt"))


def _json_feed(renderer: Renderer, site: Site, entries: Entries[PageEntry]) -> str:
    view = site.view
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": view.title,
        "home_page_url": view.url,
        "feed_url": view.url + output_files.JSON_FEED,
        "language": view.language,
        "items": [_item(renderer, entry) for entry in entries],
    }
    if view.description:
        feed["description"] = view.description
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _item(renderer: Renderer, entry: PageEntry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.feed_id,
        "url": entry.canonical,
        "title": entry.title,
        # An item needs a content; the summary is what the feed gives.
        "content_text": entry.summary or entry.title,
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
    yield site.view.url, site.updated
    for page in site.pages:
        yield page.canonical, page.modified
    for path in _listed(site):
        yield base + quote(path), None


def _listed(site: Site) -> Iterator[str]:
    yield from ("/explainers/", "/claims/")
    yield from (month.url for month in site.months)
    yield from (tag.url for tag in site.tags)
    yield from (person.url for person in site.people)
    yield from (source.url for source in site.sources)
