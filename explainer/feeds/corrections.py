"""The page of all corrections, and its feed."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from operator import itemgetter
from typing import TYPE_CHECKING

from explainer.model import output_files
from explainer.model.lazy_entries import Listing, list_page
from explainer.model.numbered_pages import numbered, on_page
from explainer.model.site import CorrectionEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explainer.model.numbered_pages import NumberedPage
    from explainer.model.site import PageSummary, Site
    from explainer.render.renderer import Renderer
    from explainer.text.catalog import Catalog

_NEWEST = 50
_FIRST = "-01-01"  # of a year; of a month the last three characters


def all_corrections(pages: Sequence[PageSummary]) -> Iterator[CorrectionEntry]:
    """What was corrected, newest first."""
    found = [(str(one.date), page, one.text) for page in pages for one in page.corrections]
    for date, page, text in sorted(found, key=itemgetter(0), reverse=True):
        digest = blake2b(f"{date}\0{text}".encode(), digest_size=6).hexdigest()
        yield CorrectionEntry(date, text, page.title, page.url, page.canonical, f"{page.canonical}#correction-{digest}")


def page_title(catalog: Catalog, title: str, page: NumberedPage) -> str:
    """The title of a page of a list: each has its own."""
    return title if page.number == 1 else catalog.text("list.page-title", title=title, number=page.number)


def corrections_listings(renderer: Renderer, site: Site) -> Iterator[Listing]:
    """The page of all corrections and its feed; nothing where there are none."""
    path = site.corrections_url
    if path is None:
        return
    found, title = tuple(all_corrections(site.pages)), renderer.catalog.text("page.corrections")
    for page in numbered(path, len(found)):
        shown = on_page(found, page)
        make = partial(
            list_page, "corrections.html", page_title(renderer.catalog, title, page), page.path, corrections=shown,
            numbered=page,
        )  # fmt: skip
        yield Listing(output_files.html_file(page.path), (page, shown), make)
    newest = [(one, renderer.rfc3339(_first_day(one.date))) for one in found[:_NEWEST]]
    feed = partial(
        renderer.plain, "corrections.xml", corrections=newest, updated=newest[0][1],
        self_url=site.view.url + output_files.CORRECTIONS_FEED, page_url=site.view.url.rstrip("/") + path,
    )  # fmt: skip
    yield Listing(output_files.CORRECTIONS_FEED, newest, feed)


def _first_day(date: str) -> str:
    """The first day of a date that may be a month or a year."""
    return date + _FIRST[len(date) - len("2024") :]
