"""The outputs of a site: which are up to date, and which have to be made again.

An output is a function of its record, of what it gets from the rest of the site, and of the theme: its key has the
digests of all three. Pages and lists are rendered by as many processes as that pays for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.engine.card_outputs import CardOutputs
from explainer.engine.output_digests import OutputDigests, theme_digest
from explainer.engine.output_work import OutputWork
from explainer.engine.page_outputs import page_of
from explainer.engine.picture_outputs import PictureOutputs
from explainer.engine.published_files import shown_files, theme_files
from explainer.engine.rendering import Rendering, WriteTo
from explainer.engine.stale_lists import StaleLists
from explainer.engine.stale_pages import StalePages
from explainer.engine.stale_segments import StaleSegments
from explainer.feeds.host_files import host_files
from explainer.feeds.list_pages import listings
from explainer.feeds.search_page import index_listing
from explainer.render.cards.wording import wording_of
from explainer.render.theme import Theme
from explainer.resolve import Details

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.cache.store import Cache
    from explainer.diagnostics import Diagnostic, Staged
    from explainer.engine.pipeline import SiteBuild
    from explainer.engine.variant_store import VariantStore
    from explainer.model.published_pages import Page
    from explainer.model.site import PageSummary, ShownFile
    from explainer.output.tree import OutputTree
    from explainer.system.progress import Progress


class Outputs:
    """The outputs of a resolved site; without a tree, only to find what is wrong.

    `rendered` are the paths of those that were made again, each with the reason.
    """

    def __init__(self, site_build: SiteBuild, cache: Cache, progress: Progress, tree: OutputTree | None) -> None:
        view, theme, catalogs = site_build.resolved.site.view, site_build.theme, site_build.library.catalogs
        self._build = site_build
        self._site = site_build.resolved.site
        self._tree = tree
        self._progress = progress
        wording, request = wording_of(theme, view, catalogs), site_build.request
        self._cards = CardOutputs(request.site, clean=request.clean, wanted=wording is not None)
        pictures = site_build.resolved.site_index.addresses.pictures
        place = WriteTo(tree.trees) if tree else None
        rendering = Rendering(theme, view, catalogs, pictures, place, self._cards.kept)
        self._work = OutputWork(site_build, tree, rendering, OutputDigests(cache), theme_digest(theme, view), progress)
        self._pages = StalePages(self._work, self._cards, wording)
        self._lists = StaleLists(self._work)
        self._segments = StaleSegments(self._work)
        self.rendered = self._work.rendered

    def render(self) -> None:
        """Render what isn't up to date."""
        build, site, tree, rendering = self._build, self._site, self._tree, self._work.rendering
        rendering.renderer.prime()
        self._pages.render()
        self._progress.stage("listing")
        details = Details(build.library, build.page_texts.interface, self._page)
        self._lists.render(listings(rendering.renderer, site, details))
        if tree and site.view.search and not build.failed:
            self._search_index(tree)
        for path, file in self._files():
            build.diagnostics.extend(file.diagnostics)
            if tree and file.value is not None:
                tree.write(path, file.value)
        build.diagnostics.extend(self._pictures())
        if tree and not build.failed:
            self._write_cards(tree)
            for path, content in host_files(site.view.root, tree.files, site.moved, site.view.media):
                tree.write(path, content)

    def save(self) -> None:
        """Keep the keys of all outputs for the next build, unless a layout was changed during this one."""
        if self.rendered and Theme.of_site(self._build.request.site).digest != self._build.theme.digest:
            self._work.last.save({}, {}, {})
        else:
            self._work.last.save(self._pages.digests, self._lists.digests, self._segments.digests)

    def _page(self, page: PageSummary) -> Page:
        texts = self._build.page_texts
        return page_of(texts.record(page), texts.interface(page), self._build.resolved.site_index)

    def _search_index(self, tree: OutputTree) -> None:
        self._progress.stage("indexing")
        self._lists.render([index_listing(self._segments.make(tree))])

    def _pictures(self) -> Iterator[Diagnostic]:
        """Bring the variants of pictures into the tree, or only find what is wrong with pictures."""
        pictures = self._build.resolved.site_index.addresses.pictures
        work = PictureOutputs(self._build.request, pictures, self._shown())
        if self._tree and not self._build.failed:
            yield from work.write(self._tree, self._progress)
        else:
            yield from work.check()

    def _write_cards(self, tree: OutputTree) -> None:
        makes = self._work.rendering.cards

        def picture(page: PageSummary, path: str, store: VariantStore) -> bytes | None:
            return makes.picture(self._build.page_texts.interface(page), path, store) if makes else None

        pages = {path: page for page in self._site.pages for path in self._pages.digests[page.file].cards}
        self._cards.write(pages, picture, tree)

    def _files(self) -> Iterator[tuple[str, Staged[bytes | None]]]:
        yield from theme_files(self._build.theme, self._site.view)
        yield from shown_files(self._build.request.site, self._shown())

    def _shown(self) -> list[ShownFile]:
        """The files of `content/` that come out."""
        return [*self._build.resolved.assets, *self._pages.shown]
