"""Keys of outputs: digests of what each is made of. An output whose key is the same isn't made again.

The build keeps the keys of its outputs in the cache, the preview in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.cache import codec
from explainer.cache.shards import Shards
from explainer.model.record import Record
from explainer.model.site import ShownFile
from explainer.search.index_files import SegmentTable
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from explainer.cache.store import Cache
    from explainer.model.lazy_entries import Listing
    from explainer.model.site import PageSummary, SiteView
    from explainer.render.theme import Theme

_PAGES, _LISTS, _SEGMENTS = "page outputs", "list outputs", "search segments"


class PageKey(Record, frozen=True):
    """What a page's outputs are made of, as digests.

    `theme` is of the theme and of what every layout knows of the site, `context` of all that pages may get from
    each other.
    """

    theme: str
    record: str
    interface: str
    context: str


class ListKey(Record, frozen=True):
    """What another output is made of, as digests: the theme, as in `PageKey`, and what it lists."""

    theme: str
    listed: str


class PageDigests(Record, frozen=True):
    """A page's outputs as a build left them: their key and digests, in the order of their paths.

    `page_context` is of what this page got from the others; `items` of what its items in lists were made of;
    `assets` are the files beside it that it shows, `cards` the paths of its cards.
    """

    key: PageKey
    page_context: str
    items: str
    outputs: tuple[str, ...]
    assets: tuple[ShownFile, ...]
    cards: tuple[str, ...] = ()


class ListDigests(Record, frozen=True):
    """Another output as a build left it: its key and its digest."""

    key: ListKey
    output: str


class SegmentDigests(Record, frozen=True):
    """A segment of the search index as a build left it: its key, its table, its files by path with their digests."""

    key: ListKey
    table: SegmentTable
    outputs: tuple[tuple[str, str], ...]


def theme_digest(theme: Theme, view: SiteView) -> str:
    """The digest of a theme and of what every layout knows of the site."""
    return digest_of(codec.dumps((view, theme.digest)))


def page_key(page: PageSummary, theme: str, context: str) -> PageKey:
    """The key of a page's outputs, from the digests of the theme and of the site's context."""
    return PageKey(theme, page.record_digest, page.interface_digest, context)


def list_key(listing: Listing, theme: str) -> ListKey:
    """The key of another output, from the digest of the theme."""
    return ListKey(theme, digest_of(codec.dumps(listing.listed)))


def segment_key(pages: Iterable[PageSummary], theme: str) -> ListKey:
    """The key of a segment of the search index, from the digest of the theme."""
    return ListKey(theme, digest_of(codec.dumps([(page.record_digest, page.interface_digest) for page in pages])))


def items_key(page: PageSummary, theme: str) -> str:
    """The digest of what a page's items in lists are made of."""
    return digest_of(f"{theme} {page.entry_digest} {page.claims_digest}".encode())


class OutputDigests:
    """The outputs that the last build left: pages by their file, others by their path.

    Raises:
        DamagedCacheError: if the cache holds something else.
    """

    def __init__(self, cache: Cache) -> None:
        self._pages = Shards(cache, _PAGES, PageDigests)
        self._lists = Shards(cache, _LISTS, ListDigests)
        self._segments = Shards(cache, _SEGMENTS, SegmentDigests)

    @property
    def pages(self) -> Mapping[str, PageDigests]:
        """The outputs of each page."""
        return self._pages.records

    @property
    def lists(self) -> Mapping[str, ListDigests]:
        """Each other output."""
        return self._lists.records

    @property
    def segments(self) -> Mapping[str, SegmentDigests]:
        """Each segment of the search index, by its year."""
        return self._segments.records

    def save(
        self,
        pages: Mapping[str, PageDigests],
        lists: Mapping[str, ListDigests],
        segments: Mapping[str, SegmentDigests],
    ) -> None:
        """Store the outputs as they are now."""
        self._pages.save(pages)
        self._lists.save(lists)
        self._segments.save(segments)
