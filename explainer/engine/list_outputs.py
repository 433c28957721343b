"""A page that lists things, rendered in whatever process: what its layout is given goes along, and nothing else.

Of pages in a list that is what comes out of them, where the theme's macros make it, else their entries. A layout
that asks for more, as one may that isn't the theme's, is rendered where the site is.
"""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.model.lazy_entries import Entries, ListPage
from explainer.model.numbered_pages import ENTRIES
from explainer.model.published_pages import PageImage
from explainer.model.sent_entries import SentPage, Unsent, UnsentError, sent_entries
from explainer.render.layout_errors import LayoutError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.diagnostics import Diagnostic
    from explainer.engine.rendering import Rendering, SentOutput
    from explainer.model.lazy_entries import EntryKind
    from explainer.model.site import PageSummary
    from explainer.output.manifest import Entry
    from explainer.output.write_file import WrittenFile
    from explainer.render.renderer import Kept


class ListJob(NamedTuple):
    """A list to render, by its path in the output: the page as bytes, and the output as the live tree has it.

    `items` is what comes out of the pages in it, by kind and file; `images` are the paths of the pictures of its entries.
    """

    path: str
    page: bytes
    known: Entry | None
    items: Mapping[tuple[EntryKind, str], str]
    images: tuple[str, ...]


class RenderedList(NamedTuple):
    """A list by its path: its output, or what went wrong with its layout; `unsent`: its layout asks for more than was sent."""

    path: str
    output: WrittenFile | SentOutput | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    unsent: bool = False


def render_list(rendering: Rendering, job: ListJob) -> RenderedList:
    """Render a list, and place it.

    Raises:
        LackingError: if its layout names pictures that weren't sent.
    """
    rendered = _render(rendering, job)
    rendering.check_pictures()
    return rendered


def _render(rendering: Rendering, job: ListJob) -> RenderedList:
    page: ListPage = pickle.loads(job.page)  # noqa: S301 - `list_job` has made it
    rendering.renderer.kept = lambda kind, page: job.items.get((kind, page.file))
    try:
        text = rendering.renderer.list(page)
    except UnsentError:
        return RenderedList(job.path, unsent=True)
    except LayoutError as error:
        return RenderedList(job.path, diagnostics=(error.diagnostic,))
    if rendering.place is None:
        return RenderedList(job.path)
    return RenderedList(job.path, rendering.place.place(job.path, text.encode(), job.known))


def list_job(path: str, page: ListPage, known: Entry | None, kept: Kept, *, with_entries: bool) -> ListJob:
    """A list to render; `kept` has what comes out of pages. `with_entries` are asked for besides by its layout."""
    packed = BytesIO()
    packer = _Packer(packed, kept, with_entries=with_entries)
    packer.dump(page)
    return ListJob(path, packed.getvalue(), known, packer.items, tuple(sorted(packer.images)))


class _Packer(pickle.Pickler):
    """Packs what a layout is given, and gathers what comes out of pages, and the paths of pictures."""

    def __init__(self, file: BytesIO, kept: Kept, *, with_entries: bool) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._kept = kept
        self._with_entries = with_entries
        self.items: dict[tuple[EntryKind, str], str] = {}
        self.images: set[str] = set()

    def reducer_override(self, value: Any) -> Any:
        """Entries as far as a page of a list shows them; of longer lists layouts tell how many they have."""
        if type(value) is Entries:
            return self._entries(value)
        if type(value) is PageImage:
            self.images.add(value.url)
        return NotImplemented

    def _entries(self, entries: Entries[Any]) -> tuple[Any, tuple[Any, ...]]:
        if len(entries) > ENTRIES:
            return Unsent, (entries.kind, len(entries))
        found, cuts = {}, {}
        for page in entries.pages:
            whole = page.file not in entries.cuts
            kept = whole and self._add_items(entries.kind, page)
            if not kept or entries.is_read or self._with_entries:
                found[page.file] = tuple(entries.of_page(page))
            if not whole:
                cuts[page.file] = slice(0, len(found[page.file]))
        pages = [
            SentPage(one.file, one.url, one.title, one.language, one.published, one.claims) for one in entries.pages
        ]
        return sent_entries, (entries.kind, pages, len(entries), found, cuts)

    def _add_items(self, kind: EntryKind, page: PageSummary) -> bool:
        """Add what comes out of a page; False if that isn't known."""
        if (kind, page.file) not in self.items:
            kept = self._kept(kind, page)
            if kept is None:
                return False
            self.items[kind, page.file] = kept
        return True
