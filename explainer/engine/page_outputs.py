"""The outputs of one page, rendered in whatever process: a page's record and interface in, bytes out."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from explainer.cache import codec
from explainer.check import check_calls
from explainer.diagnostics import has_errors
from explainer.engine.card_outputs import CardMaker
from explainer.feeds.claims_json import claims_json
from explainer.model import output_files
from explainer.model.published import PageRecord
from explainer.model.record import Record
from explainer.model.site import PageInterface
from explainer.output.write_file import write_if_changed
from explainer.render.layout_errors import LayoutError
from explainer.render.renderer import Renderer
from explainer.render.theme import Theme
from explainer.resolve import resolve_context, with_context
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.diagnostics import Diagnostic
    from explainer.model.published import Page
    from explainer.model.site import PageContext, PageSummary, ShownFile, SiteView
    from explainer.output.manifest import Entry
    from explainer.output.write_file import Trees, WrittenFile
    from explainer.render.renderer import Items
    from explainer.resolve import ResolvedContext, SiteIndex
    from explainer.text.catalog import Catalogs


def output_paths(page: PageSummary) -> tuple[str, ...]:
    """The paths of a page's outputs, relative to the output folder."""
    html = output_files.html_file(page.url)
    return (html, output_files.claims_file(page.url)) if page.kind == "explainer" else (html,)


def context_of(
    page: PageInterface, site_index: SiteIndex, theme: Theme, cards: CardMaker | None = None
) -> ResolvedContext:
    """What a page gets from the rest of the site, with the diagnostics of all that it asks of the site and the theme."""
    found = resolve_context(page, site_index)
    if cards:
        found = cards.with_card(page, found)
    return found._replace(diagnostics=(*check_calls(page.calls, theme.forms), *found.diagnostics))


def page_of(record: bytes, interface: PageInterface, site_index: SiteIndex) -> Page:
    """A page with what it gets from the rest of the site.

    Raises:
        DamagedCacheError: if the text is no record.
    """
    return with_context(codec.loads(PageRecord, record), resolve_context(interface, site_index).context)


def render_outputs(renderer: Renderer, record: bytes, context: PageContext) -> Iterator[tuple[str, bytes]]:
    """The outputs of one page: a function of its record, its context, the theme and the site's view alone.

    Raises:
        DamagedCacheError: if the text is no record.
        LayoutError: if a layout fails.
    """
    page = with_context(codec.loads(PageRecord, record), context)
    yield output_files.html_file(page.url), renderer.page(page).encode()
    if page.kind == "explainer":
        yield output_files.claims_file(page.url), claims_json(page).encode()


class RenderJob(NamedTuple):
    """A page to render: its interface and record as bytes, and its outputs by path as the live tree has them.

    `page_context` is the digest of the context that its outputs were made with, where they are there and nothing
    else has changed; `items` the key of its items in lists, where those are to be made. Without a record the page
    is only checked.
    """

    interface: bytes
    record: bytes
    known: tuple[tuple[str, Entry | None], ...] = ()
    page_context: str = ""
    items: str = ""


class RenderedPage(NamedTuple):
    """A rendered page: its diagnostics, the digest of its context, the files beside it that it shows.

    `card` is the path of its card, empty if it has none. `written` are its outputs by path, empty where they are what they were; `items` its items in lists, as
    `packed_items`.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    page_context: str = ""
    assets: tuple[ShownFile, ...] = ()
    written: tuple[tuple[str, WrittenFile], ...] = ()
    items: bytes = b""
    card: str = ""


class PageRendering:
    """Renders the pages of a site with what all of them share; `trees` is None where nothing is written.

    It can be sent to another process, which loads the theme and compiles templates for itself. A process that was
    forked has those of the one it was forked from.
    """

    def __init__(
        self, site: str, view: SiteView, catalogs: Catalogs, site_index: SiteIndex, trees: Trees | None
    ) -> None:
        self.site = site
        self.view = view
        self.catalogs = catalogs
        self.site_index = site_index
        self.trees = trees

    def __reduce__(self) -> tuple[type[PageRendering], tuple[object, ...]]:
        """Leave out the renderer."""
        return PageRendering, (self.site, self.view, self.catalogs, self.site_index, self.trees)

    @cached_property
    def renderer(self) -> Renderer:
        """The renderer, with templates that are compiled once."""
        pictures = self.site_index.addresses.pictures
        return Renderer(Theme.of_site(Path(self.site)), self.view, self.catalogs, pictures.picture)

    @cached_property
    def cards(self) -> CardMaker | None:
        """What draws cards, if the site has any."""
        return CardMaker(Path(self.site), self.renderer) if self.view.cards else None

    def render(self, job: RenderJob) -> RenderedPage:
        """Render a page, and write its outputs to the new tree.

        Raises:
            DamagedCacheError: if a text is no such record.
        """
        renderer = self.renderer
        interface = codec.loads(PageInterface, job.interface)
        found = context_of(interface, self.site_index, renderer.theme, self.cards)
        context, diagnostics, assets = found
        digest = digest_of(codec.dumps(context))
        card = self.cards.path(interface, found) if self.cards and not has_errors(diagnostics) else ""
        rendered = RenderedPage(diagnostics, digest, assets, card=card)
        if has_errors(diagnostics) or not job.record:
            return rendered
        try:
            if job.items:
                rendered = rendered._replace(items=packed_items(job.items, renderer.items(interface)))
            if digest == job.page_context:
                return rendered
            outputs = list(render_outputs(renderer, job.record, context))
            if card and self.cards:
                outputs.append((card, self.cards.picture(interface)))
        except LayoutError as error:
            return rendered._replace(diagnostics=(*diagnostics, error.diagnostic))
        if self.trees is None:
            return rendered
        known, trees = dict(job.known), self.trees
        return rendered._replace(
            written=tuple((path, write_if_changed(trees, path, content, known.get(path))) for path, content in outputs)
        )


class _Items(Record, frozen=True):
    """A page's items in lists, and their key."""

    key: str
    items: tuple[str, str] | None


def packed_items(key: str, items: Items) -> bytes:
    """A page's items in lists as bytes, with their key."""
    return codec.dumps(_Items(key, items))


def unpacked_items(key: str, content: bytes) -> Items:
    """A page's items in lists; None if they aren't known, or have another key."""
    found = codec.loads(_Items, content)
    return found.items if found.key == key else None
