"""The outputs of a site: which are as they should be, and which have to be made again.

An output is a function of its record, of what it gets from the rest of the site, and of the theme.
What it was made of is noted by digests, so that one of which nothing has changed isn't made again.
Pages are rendered by as many processes as that pays for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.cache import codec
from explainer.cache.store import DamagedCacheError
from explainer.diagnostics import has_errors
from explainer.engine import workers
from explainer.engine.output_digests import Made, MadeList, MadePage
from explainer.engine.page_outputs import (
    RenderCommon,
    RenderJob,
    output_paths,
    page_of,
    render_page,
    renderer_of,
    unpacked_items,
)
from explainer.engine.published_files import shown_files, theme_files
from explainer.feeds.host_files import host_files
from explainer.feeds.list_pages import listings
from explainer.render.layout_errors import LayoutError
from explainer.render.theme import Theme
from explainer.resolve import Details
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from explainer.cache.store import Cache
    from explainer.diagnostics import Staged
    from explainer.engine.page_outputs import Rendered
    from explainer.engine.pipeline import Walked
    from explainer.model.lazy_entries import Listing
    from explainer.model.published import Page
    from explainer.model.site import PageSummary, ShownFile
    from explainer.output.manifest import Entry
    from explainer.output.tree import OutputTree
    from explainer.render.renderer import Items
    from explainer.system.progress import Progress

_NEW = "it is new"
_LOOK = "layouts or settings of the site have changed"
_TEXT = "its text, or a source of it, has changed"
_WEB = "other pages have changed"
_LISTED = "what it lists has changed"
_OUTPUT = "what stands in the output isn't what was made"


class Outputs:
    """What comes out of a site that was walked; `rendered` are the paths of what was made anew, each with the reason."""

    def __init__(self, walked: Walked, cache: Cache, progress: Progress) -> None:
        self.walked = walked
        self.progress = progress
        self.made = Made(cache)
        self.pages: dict[str, MadePage] = {}
        self.lists: dict[str, MadeList] = {}
        self.rendered: dict[str, str] = {}
        self.shown: list[ShownFile] = list(walked.whole.assets)
        self.look = digest_of(codec.dumps((walked.whole.site.view, walked.theme.digest)))

    def render(self, tree: OutputTree | None) -> None:
        """Render what isn't as it should be; without a tree, only to find what is wrong."""
        site, library = self.walked.whole.site, self.walked.library
        stale: list[tuple[PageSummary, str]] = []
        for page in site.pages:
            reason = self._stale(page, site.context_digest, tree)
            if reason:
                stale.append((page, reason))
            else:
                self.pages[page.file] = self.made.pages[page.file]
                self.shown.extend(self.pages[page.file].assets)
        only_faults = has_errors(self.walked.faults)
        trees = tree.trees if tree else None
        common = RenderCommon(
            str(self.walked.request.site), site.view, library.catalogs, self.walked.whole.site_index, trees
        )
        renderer = renderer_of(common)
        renderer.prime()
        jobs = (self._job(page, tree.known if tree else {}, only_faults=only_faults) for page, _ in stale)
        self.progress.stage("checking" if only_faults else "rendering", len(stale))
        for (page, reason), rendered in zip(stale, self._run(jobs, len(stale), common), strict=True):
            self._took(page, rendered, tree, reason)
            self.progress.step()
        self.progress.stage("listing")
        renderer.kept = self._kept
        for listing in listings(renderer, site, Details(library, self.walked.shelf.surface, self._page)):
            self._list(listing, tree)
        for path, file in self._files():
            self.walked.faults.extend(file.diagnostics)
            if tree and file.value is not None:
                tree.write(path, file.value)
        if tree and not self.walked.failed:
            for path, content in host_files(site.view.root, tree.files, site.moved):
                tree.write(path, content)

    def _page(self, page: PageSummary) -> Page:
        shelf = self.walked.shelf
        return page_of(shelf.record(page), shelf.surface(page), self.walked.whole.site_index)

    def _stale(self, page: PageSummary, web: str, tree: OutputTree | None) -> str:
        """Why a page's outputs can't be kept as they are; empty if they can."""
        made = self.made.pages.get(page.file)
        if made is None:
            return _NEW
        if made.look != self.look:
            return _LOOK
        if made.record != page.record_digest or made.surface != page.interface_digest:
            return _TEXT
        if made.web != web:
            return _WEB
        if tree and not self._keep(output_paths(page), made.outputs, tree):
            return _OUTPUT
        return ""

    @staticmethod
    def _keep(paths: Sequence[str], digests: Sequence[str], tree: OutputTree) -> bool:
        """Keep outputs as the last build left them, if they are all there and have these digests."""
        known = [tree.known.get(path) for path in paths]
        right = len(paths) == len(digests) and all(
            entry is not None and entry.digest == digest for entry, digest in zip(known, digests, strict=True)
        )
        return right and all(map(tree.reuse, paths))

    def _job(self, page: PageSummary, known: Mapping[str, Entry], *, only_faults: bool) -> RenderJob:
        surface = self.walked.shelf.packed_surface(page)
        if only_faults:
            return RenderJob(surface, b"")
        made = self.made.pages.get(page.file)
        paths, key = output_paths(page), self._items_key(page)
        same = (
            made is not None
            and made.look == self.look
            and made.record == page.record_digest
            and [known[path].digest if path in known else None for path in paths] == list(made.outputs)
        )
        return RenderJob(
            surface,
            self.walked.shelf.record(page),
            tuple((path, known.get(path)) for path in paths),
            joined=made.joined if made and same else "",
            items="" if made and made.items == key else key,
        )

    def _took(self, page: PageSummary, rendered: Rendered, tree: OutputTree | None, reason: str) -> None:
        self.walked.faults.extend(rendered.faults)
        self.shown.extend(rendered.assets)
        if rendered.items and tree:
            self.walked.shelf.put("items", page.file, rendered.items)
        if not tree or has_errors(rendered.faults):
            return
        made = self.made.pages.get(page.file)
        paths = output_paths(page)
        if rendered.placed:
            for path, placed in rendered.placed:
                tree.add(path, placed)
                self.rendered[path] = reason
        elif made is None or not self._keep(paths, made.outputs, tree):
            raise DamagedCacheError
        # A page with something to tell is looked at again by the next build, which has to tell it again.
        self.pages[page.file] = MadePage(
            self.look, page.record_digest, page.interface_digest, "" if rendered.faults else self.walked.whole.site.context_digest, rendered.joined,
            self._items_key(page), tuple(tree.files[path].digest for path in paths), rendered.assets,
        )  # fmt: skip

    def _items_key(self, page: PageSummary) -> str:
        return digest_of(f"{self.look} {page.entry_digest} {page.claims_digest}".encode())

    def _kept(self, page: PageSummary) -> Items:
        """What a page comes out as in lists, if that is known.

        What is kept may be from a build that failed, and left nothing else behind.
        """
        text = self.walked.shelf.get("items", page.file)
        return None if text is None else unpacked_items(self._items_key(page), text)

    def _list(self, listing: Listing, tree: OutputTree | None) -> None:
        listed = digest_of(codec.dumps(listing.listed))
        made = self.made.lists.get(listing.path)
        reason = _why(made, self.look, listed)
        if made and not reason:
            if not tree or self._keep((listing.path,), (made.output,), tree):
                self.lists[listing.path] = made
                return
            reason = _OUTPUT
        try:
            text = listing.make()
        except LayoutError as error:
            self.walked.faults.append(error.diagnostic)
            return
        if tree and not self.walked.failed:
            tree.write(listing.path, text.encode())
            self.rendered[listing.path] = reason
            self.lists[listing.path] = MadeList(self.look, listed, tree.files[listing.path].digest)

    def remember(self) -> None:
        """Keep what each output was made of, unless a layout has changed under the build's hands."""
        if self.rendered and Theme.of_site(self.walked.request.site).digest != self.walked.theme.digest:
            self.made.save({}, {})
        else:
            self.made.save(self.pages, self.lists)

    def _run(self, jobs: Iterator[RenderJob], count: int, common: RenderCommon) -> Iterator[Rendered]:
        yield from workers.run(render_page, jobs, count, common, self.walked.request.jobs)

    def _files(self) -> Iterator[tuple[str, Staged[bytes | None]]]:
        yield from theme_files(self.walked.theme, self.walked.whole.site.view)
        yield from shown_files(self.walked.request.site, self.shown)


def _why(made: MadeList | None, look: str, listed: str) -> str:
    if made is None:
        return _NEW
    if made.look != look:
        return _LOOK
    return "" if made.listed == listed else _LISTED
