"""What machines read of the whole site: Atom, JSON Feed, sitemap, robots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from explainer import artifacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from explainer.model import PageEntry, Site
    from explainer.render import Renderer

_NEWEST = 20
# A feed must say when it changed last; a site without a page never did.
_NEVER = "1970-01-01"


def render_feeds(renderer: Renderer, site: Site) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each feed's path under `site/`, and what renders it."""
    url, newest = site.view.url, site.explainers[:_NEWEST]
    updated = renderer.rfc3339(site.updated or _NEVER)
    yield (
        artifacts.FEED,
        lambda: renderer.plain("feed.xml", entries=newest, updated=updated, self_url=url + artifacts.FEED),
    )
    yield artifacts.JSON_FEED, lambda: _json_feed(renderer, site, newest)
    yield artifacts.SITEMAP, lambda: renderer.plain("sitemap.xml", urls=list(_addresses(site)))
    yield artifacts.ROBOTS, lambda: renderer.plain("robots.txt")


def _json_feed(renderer: Renderer, site: Site, entries: tuple[PageEntry, ...]) -> str:
    view = site.view
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": view.title,
        "home_page_url": view.url,
        "feed_url": view.url + artifacts.JSON_FEED,
        "language": view.language,
        "items": [_item(renderer, entry) for entry in entries],
    }
    if view.description:
        feed["description"] = view.description
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _item(renderer: Renderer, entry: PageEntry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.canonical,
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
        yield page.entry.canonical, page.entry.modified
    for path in _listed(site):
        yield base + quote(path), None


def _listed(site: Site) -> Iterator[str]:
    yield from ("/explainers/", "/claims/")
    yield from (month.url for month in site.months)
    yield from (tag.url for tag in site.tags)
    yield from (person.person.url for person in site.people if person.person.url)
    yield from (source.source.page for source in site.sources if source.source.page)
