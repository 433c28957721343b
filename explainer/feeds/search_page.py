"""The page that searches the site, and the list of the files that it asks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from explainer.model import output_files
from explainer.model.lazy_entries import Listing, list_page, pages_of
from explainer.model.published_pages import PageLink
from explainer.search.index_files import index_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explainer.model.site import Site
    from explainer.render.renderer import Renderer
    from explainer.resolve import Details
    from explainer.search.index_files import SegmentTable

_MOST = 60
"""How many tags, and how many people, the page offers."""


def search_listings(renderer: Renderer, site: Site, details: Details) -> Iterator[Listing]:
    """The search page; nothing where the site has no search."""
    if not site.view.search:
        return
    by_use = sorted(site.tags, key=lambda tag: (-len(pages_of(tag.entries)), tag.url))[:_MOST]
    tags = sorted((PageLink(tag.label, tag.url) for tag in by_use), key=lambda link: link.url)
    most_shown = sorted(site.people, key=lambda one: (-len(one.pages), one.url))[:_MOST]
    people = sorted((PageLink(details.byline(one).name, one.url) for one in most_shown), key=lambda link: link.url)
    title, path = renderer.catalog.text("search.title"), output_files.address(output_files.SEARCH)
    make = partial(list_page, "search.html", title, path, tags=tags, people=people)
    yield Listing(output_files.SEARCH, (tags, people), make)


def index_listing(tables: Sequence[SegmentTable]) -> Listing:
    """The list of the files of the search index."""
    return Listing(output_files.SEARCH_INDEX, tables, partial(index_json, tables))
