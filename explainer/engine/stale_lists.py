"""Lists of the whole site: which are up to date, and those that have to be made again.

What a list shows is gathered here, and rendered by as many processes as that pays for. Files for machines are made here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.engine import workers
from explainer.engine.list_outputs import RenderedList, list_job, render_list
from explainer.engine.output_digests import ListDigests, items_key, list_key
from explainer.engine.output_work import LISTED, NEW, OUTPUT, THEME
from explainer.engine.page_outputs import unpacked_items
from explainer.render.layout_errors import LayoutError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from explainer.diagnostics import Diagnostic
    from explainer.engine.list_outputs import ListJob
    from explainer.engine.output_digests import ListKey
    from explainer.engine.output_work import OutputWork
    from explainer.model.lazy_entries import EntryKind, Listing, ListPage
    from explainer.model.site import PageSummary
    from explainer.output.tree import OutputTree
    from explainer.render.renderer import Items

# Items of pages that are held: those of one time are in the same pages of the ledger and of tags.
_MOST_HELD = 1024


class _Stale(NamedTuple):
    """A list that isn't up to date, and why; what it is made of now."""

    listing: Listing
    reason: str
    key: ListKey


class StaleLists:
    """The lists of a site, of which those are made that aren't up to date; `digests` has all of them then, by path."""

    def __init__(self, work: OutputWork) -> None:
        self._work = work
        self._tree: OutputTree | None = None
        self._out: dict[str, _Stale] = {}
        self._diagnostics: dict[str, tuple[Diagnostic, ...]] = {}
        self._items: dict[str, Items] = {}
        self._reading: set[str] = set()  # layouts that read entries, and don't only have them rendered
        self.digests: dict[str, ListDigests] = {}

    def render(self, listings: Iterable[Listing]) -> None:
        """Make those of these lists that aren't up to date."""
        build = self._work.build
        stale = [one for listing in listings if (one := self._stale(listing))]
        self._tree = None if build.failed else self._work.tree
        jobs = self._jobs(stale)
        for rendered in workers.run(render_list, jobs, len(stale), self._work.rendering, build.workers):
            self._record(self._render_here(self._out[rendered.path].listing) if rendered.unsent else rendered)
        for one in stale:
            build.diagnostics.extend(self._diagnostics.pop(one.listing.path, ()))

    def _stale(self, listing: Listing) -> _Stale | None:
        key, last = list_key(listing, self._work.theme), self._work.last.lists.get(listing.path)
        reason = _why_stale(last, key)
        if last and not reason:
            if self._work.reuse((listing.path,), (last.output,)):
                self.digests[listing.path] = last
                return None
            reason = OUTPUT
        return _Stale(listing, reason, key)

    def _jobs(self, stale: Sequence[_Stale]) -> Iterator[ListJob]:
        for one in stale:
            path = one.listing.path
            self._out[path] = one
            try:
                made = one.listing.make()
            except LayoutError as error:
                self._record(RenderedList(path, diagnostics=(error.diagnostic,)))
                continue
            if isinstance(made, str):
                self._record(self._placed(path, made))
            else:
                yield self._job(path, made)

    def _job(self, path: str, page: ListPage) -> ListJob:
        known = self._tree.current(path) if self._tree else None
        return list_job(path, page, known, self._kept, with_entries=page.layout in self._reading)

    def _render_here(self, listing: Listing) -> RenderedList:
        """Render a list whose layout asks for more than is sent; the next of this layout are sent with their entries."""
        page, renderer = listing.make(), self._work.rendering.renderer
        if isinstance(page, str):
            return self._placed(listing.path, page)
        self._reading.add(page.layout)
        renderer.kept = self._kept
        try:
            return self._placed(listing.path, renderer.list(page))
        except LayoutError as error:
            return RenderedList(listing.path, diagnostics=(error.diagnostic,))

    def _placed(self, path: str, text: str) -> RenderedList:
        place, known = self._work.rendering.place, self._tree.current(path) if self._tree else None
        return RenderedList(path, place.place(path, text.encode(), known) if place is not None else None)

    def _record(self, rendered: RenderedList) -> None:
        path, tree = rendered.path, self._tree
        one = self._out.pop(path)
        self._diagnostics[path] = rendered.diagnostics
        if tree and rendered.output:
            self._work.add(tree, path, rendered.output)
            self._work.rendered[path] = one.reason
            self.digests[path] = ListDigests(one.key, tree.files[path].digest)

    def _kept(self, kind: EntryKind, page: PageSummary) -> str | None:
        """What comes out of a page in lists of a kind, if it is known."""
        if page.file not in self._items:
            if len(self._items) >= _MOST_HELD:
                self._items.clear()
            self._items[page.file] = self._read_items(page)
        items = self._items[page.file]
        return None if items is None else items[0 if kind == "explainer" else 1]

    def _read_items(self, page: PageSummary) -> Items:
        """A page's items in lists; they may be from a build that failed, and left nothing else behind."""
        text = self._work.build.page_texts.items(page)
        return None if text is None else unpacked_items(items_key(page, self._work.theme), text)


def _why_stale(last: ListDigests | None, key: ListKey) -> str:
    if last is None:
        return NEW
    if last.key.theme != key.theme:
        return THEME
    return "" if last.key == key else LISTED
