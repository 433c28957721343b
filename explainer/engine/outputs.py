"""The outputs of a site: which are up to date, and which have to be made again.

An output is a function of its record, of what it gets from the rest of the site, and of the theme: its key has the
digests of all three. Pages are rendered by as many processes as that pays for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.cache import codec
from explainer.cache.store import DamagedCacheError
from explainer.diagnostics import has_errors
from explainer.engine import workers
from explainer.engine.card_outputs import CardOutputs
from explainer.engine.output_digests import (
    ListDigests,
    OutputDigests,
    PageDigests,
    SegmentDigests,
    items_key,
    list_key,
    page_key,
    segment_key,
    theme_digest,
)
from explainer.engine.page_outputs import (
    PageRendering,
    RenderedPage,
    RenderJob,
    WriteTo,
    context_of,
    output_paths,
    page_of,
    unpacked_items,
)
from explainer.engine.picture_outputs import PictureOutputs
from explainer.engine.published_files import shown_files, theme_files
from explainer.engine.search_index import make_segment
from explainer.feeds.host_files import host_files
from explainer.feeds.list_pages import listings
from explainer.feeds.search_page import index_listing
from explainer.model.site import PageInterface
from explainer.output.write_file import WrittenFile
from explainer.render.cards.wording import wording_of
from explainer.render.layout_errors import LayoutError
from explainer.render.theme import Theme
from explainer.resolve import Details
from explainer.search.index_files import segments
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explainer.cache.store import Cache
    from explainer.diagnostics import Diagnostic, Staged
    from explainer.engine.output_digests import ListKey, PageKey
    from explainer.engine.pipeline import SiteBuild
    from explainer.engine.variant_store import VariantStore
    from explainer.model.lazy_entries import Listing
    from explainer.model.published_pages import Page
    from explainer.model.site import PageSummary, ShownFile
    from explainer.output.tree import OutputTree
    from explainer.render.renderer import Items
    from explainer.resolve import ResolvedContext
    from explainer.system.progress import Progress

_NEW = "it is new"
_THEME = "layouts or settings of the site have changed"
_TEXT = "its text, or a source of it, has changed"
_CONTEXT = "other pages have changed"
_LISTED = "what it lists has changed"
_OUTPUT = "what stands in the output isn't what was made"


class _Stale(NamedTuple):
    """A page that isn't up to date, and why; the digest of its context, all that was looked up for it."""

    page: PageSummary
    reason: str
    context: str
    found: ResolvedContext


class Outputs:
    """The outputs of a resolved site; `rendered` are the paths of those that were made again, each with the reason."""

    def __init__(self, site_build: SiteBuild, cache: Cache, progress: Progress) -> None:
        self._build = site_build
        self._site = site_build.resolved.site
        self._progress = progress
        self._last = OutputDigests(cache)
        self._pages: dict[str, PageDigests] = {}
        self._lists: dict[str, ListDigests] = {}
        self._segments: dict[str, SegmentDigests] = {}
        self._shown: list[ShownFile] = list(site_build.resolved.assets)
        self._theme = theme_digest(site_build.theme, self._site.view)
        self._out: dict[str, _Stale] = {}
        self.rendered: dict[str, str] = {}
        self._wording = wording_of(site_build.theme, self._site.view, site_build.library.catalogs)
        request = site_build.request
        self._cards = CardOutputs(request.site, clean=request.clean, wanted=self._wording is not None)

    def render(self, tree: OutputTree | None) -> None:
        """Render what isn't up to date; without a tree, only to find what is wrong."""
        build, site = self._build, self._site
        place = WriteTo(tree.trees) if tree else None
        pictures = build.resolved.site_index.addresses.pictures
        rendering = PageRendering(build.theme, site.view, build.library.catalogs, pictures, place, self._cards.kept)
        rendering.renderer.prime()
        self._render_pages(rendering, tree)
        self._progress.stage("listing")
        rendering.renderer.kept = self._items
        for listing in listings(
            rendering.renderer, site, Details(build.library, build.page_texts.interface, self._page)
        ):
            self._list(listing, tree)
        if tree and site.view.search and not build.failed:
            self._search_index(tree)
        for path, file in self._files():
            build.diagnostics.extend(file.diagnostics)
            if tree and file.value is not None:
                tree.write(path, file.value)
        build.diagnostics.extend(self._pictures(tree))
        if tree and not build.failed:
            self._write_cards(rendering, tree)
            for path, content in host_files(site.view.root, tree.files, site.moved, site.view.media):
                tree.write(path, content)

    def save(self) -> None:
        """Keep the keys of all outputs for the next build, unless a layout was changed during this one."""
        if self.rendered and Theme.of_site(self._build.request.site).digest != self._build.theme.digest:
            self._last.save({}, {}, {})
        else:
            self._last.save(self._pages, self._lists, self._segments)

    # --- Pages ---

    def _render_pages(self, rendering: PageRendering, tree: OutputTree | None) -> None:
        stale: list[tuple[PageSummary, str]] = []
        for page in self._site.pages:
            if reason := self._why_stale(page, tree):
                stale.append((page, reason))
            else:
                self._pages[page.file] = self._last.pages[page.file]
                self._shown.extend(self._pages[page.file].assets)
        check_only = has_errors(self._build.diagnostics)
        self._progress.stage("checking" if check_only else "rendering", len(stale))
        jobs = self._jobs(stale, rendering.theme, tree, check_only=check_only)
        for rendered in workers.run(PageRendering.render, jobs, len(stale), rendering, self._build.workers):
            self._record_result(rendered, tree)

    def _page(self, page: PageSummary) -> Page:
        texts = self._build.page_texts
        return page_of(texts.record(page), texts.interface(page), self._build.resolved.site_index)

    def _key(self, page: PageSummary) -> PageKey:
        return page_key(page, self._theme, self._site.context_digest)

    def _why_stale(self, page: PageSummary, tree: OutputTree | None) -> str:
        """Why a page's outputs aren't up to date; empty if they are."""
        last = self._last.pages.get(page.file)
        if last is None:
            return _NEW
        now = self._key(page)
        if last.key != now:
            if last.key.theme != now.theme:
                return _THEME
            same_text = (last.key.record, last.key.interface) == (now.record, now.interface)
            return _CONTEXT if same_text else _TEXT
        if tree and not self._reuse(output_paths(page), last.outputs, tree):
            return _OUTPUT
        return ""

    @staticmethod
    def _reuse(paths: Sequence[str], digests: Sequence[str], tree: OutputTree) -> bool:
        """Take outputs over as the last build left them, if they are all there and have these digests."""
        known = [tree.known.get(path) for path in paths]
        right = len(paths) == len(digests) and all(
            entry is not None and entry.digest == digest for entry, digest in zip(known, digests, strict=True)
        )
        return right and all(map(tree.reuse, paths))

    def _jobs(
        self, stale: Sequence[tuple[PageSummary, str]], theme: Theme, tree: OutputTree | None, *, check_only: bool
    ) -> Iterator[RenderJob]:
        """The pages that have to be rendered. What they get from the rest of the site is looked up here."""
        for page, reason in stale:
            interface = self._build.page_texts.packed_interface(page)
            asking = codec.loads(PageInterface, interface)
            found = context_of(asking, self._build.resolved.site_index, theme, self._wording)
            self._build.diagnostics.extend(found.diagnostics)
            self._shown.extend(found.assets)
            context = codec.dumps(found.context)
            self._out[page.file] = _Stale(page, reason, digest_of(context), found)
            if check_only or has_errors(found.diagnostics):
                self._progress.step()
            elif job := self._job(page, interface, context, tree):
                yield job
            else:
                self._record_result(RenderedPage(page.file), tree)

    def _job(self, page: PageSummary, interface: bytes, context: bytes, tree: OutputTree | None) -> RenderJob | None:
        """What is to be made of a page; None if that is what there is."""
        last = self._last.pages.get(page.file)
        paths, items = output_paths(page), items_key(page, self._theme)
        known = [(path, tree.current(path) if tree else None) for path in paths]
        same = (
            last is not None
            and last.key.theme == self._theme
            and last.key.record == page.record_digest
            and last.page_context == self._out[page.file].context
            and [entry.digest if entry else None for _, entry in known] == list(last.outputs)
        )
        items = "" if last and last.items == items else items
        if self._wording and items:  # cards say what lists do
            same = False
        if same and not items:
            return None
        record = b"" if same else self._build.page_texts.record(page)
        image = page.image if items else None
        interface = interface if items or self._wording else b""
        return RenderJob(page.file, record, context, tuple(known), items, interface, image)

    def _record_result(self, rendered: RenderedPage, tree: OutputTree | None) -> None:
        self._progress.step()
        stale = self._out.pop(rendered.file)
        page = stale.page
        self._build.diagnostics.extend(rendered.diagnostics)
        if rendered.items and tree:
            self._build.page_texts.add_items(page, rendered.items)
        if not tree or has_errors(rendered.diagnostics):
            return
        paths = output_paths(page)
        for card in rendered.cards:
            self._cards.add(card, tree)
        for path, output in rendered.outputs:
            if isinstance(output, WrittenFile):
                tree.add(path, output)
            elif output.content is not None:
                tree.write(path, output.content)
            self.rendered[path] = stale.reason
        if not all(path in tree.files or tree.reuse(path) for path in paths):
            raise DamagedCacheError
        last, key = self._last.pages.get(page.file), self._key(page)
        cards = tuple(card.path for card in rendered.cards) if rendered.outputs or not last else last.cards
        if stale.found.diagnostics or rendered.diagnostics:
            # The next build has to report them again: for it, the page isn't up to date.
            key = key._replace(context="")
        self._pages[page.file] = PageDigests(
            key, stale.context, items_key(page, self._theme),
            tuple(tree.files[path].digest for path in paths), stale.found.assets, cards,
        )  # fmt: skip

    # --- Lists, and files that come out as they are ---

    def _items(self, page: PageSummary) -> Items:
        """A page's items in lists, if they are known.

        They may be from a build that failed, and left nothing else behind.
        """
        text = self._build.page_texts.items(page)
        return None if text is None else unpacked_items(items_key(page, self._theme), text)

    def _list(self, listing: Listing, tree: OutputTree | None) -> None:
        key, last = list_key(listing, self._theme), self._last.lists.get(listing.path)
        reason = _why_stale(last, key)
        if last and not reason:
            if not tree or self._reuse((listing.path,), (last.output,), tree):
                self._lists[listing.path] = last
                return
            reason = _OUTPUT
        try:
            text = listing.make()
        except LayoutError as error:
            self._build.diagnostics.append(error.diagnostic)
            return
        if tree and not self._build.failed:
            tree.write(listing.path, text.encode())
            self.rendered[listing.path] = reason
            self._lists[listing.path] = ListDigests(key, tree.files[listing.path].digest)

    def _search_index(self, tree: OutputTree) -> None:
        self._progress.stage("indexing")
        found = segments(self._site.pages)
        for year, pages in found.items():
            self._segments[year] = self._segment(year, pages, tree)
        self._list(index_listing([self._segments[year].table for year in found]), tree)

    def _segment(self, year: str, pages: Sequence[PageSummary], tree: OutputTree) -> SegmentDigests:
        key, last = segment_key(pages, self._theme), self._last.segments.get(year)
        if last and last.key == key:
            paths, digests = [path for path, _ in last.outputs], [digest for _, digest in last.outputs]
            if self._reuse(paths, digests, tree):
                return last
        made = make_segment(year, pages, self._build.page_texts, self._build.library.catalog)
        for path, content in made.files.items():
            tree.write(path, content)
            if path not in tree.known:
                self.rendered[path] = _LISTED
        return SegmentDigests(key, made.table, tuple((path, tree.files[path].digest) for path in made.files))

    def _pictures(self, tree: OutputTree | None) -> Iterator[Diagnostic]:
        """Bring the variants of pictures into the tree, or only find what is wrong with pictures."""
        pictures = self._build.resolved.site_index.addresses.pictures
        work = PictureOutputs(self._build.request, pictures, self._shown)
        yield from work.write(tree, self._progress) if tree and not self._build.failed else work.check()

    def _write_cards(self, rendering: PageRendering, tree: OutputTree) -> None:
        def picture(page: PageSummary, path: str, store: VariantStore) -> bytes | None:
            interface = self._build.page_texts.interface(page)
            return rendering.cards.picture(interface, path, store) if rendering.cards else None

        pages = {path: page for page in self._site.pages for path in self._pages[page.file].cards}
        self._cards.write(pages, picture, tree)

    def _files(self) -> Iterator[tuple[str, Staged[bytes | None]]]:
        yield from theme_files(self._build.theme, self._site.view)
        yield from shown_files(self._build.request.site, self._shown)


def _why_stale(last: ListDigests | None, key: ListKey) -> str:
    if last is None:
        return _NEW
    if last.key.theme != key.theme:
        return _THEME
    return "" if last.key == key else _LISTED
