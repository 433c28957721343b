"""The outputs of one page, rendered in whatever process: a page's record and interface in, bytes out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.cache import codec
from explainer.check import check_calls
from explainer.engine.card_outputs import CardMaker, images_of, letters_missing
from explainer.engine.workers import LackingError
from explainer.feeds.claims_json import claims_json
from explainer.model import output_files
from explainer.model.published_pages import PageRecord
from explainer.model.record import Record
from explainer.model.site import PageContext, PageInterface
from explainer.output.write_file import write_if_changed
from explainer.render.layout_errors import LayoutError
from explainer.render.renderer import Renderer
from explainer.render.theme import SentTheme, Theme
from explainer.resolve import resolve_context, with_context
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from explainer.diagnostics import Diagnostic
    from explainer.engine.card_outputs import DrawnCard
    from explainer.model.pictures import CardImage, Picture
    from explainer.model.published_pages import Page
    from explainer.model.site import PageSummary, SiteView
    from explainer.output.manifest import Entry
    from explainer.output.write_file import Trees, WrittenFile
    from explainer.render.cards.wording import Wording
    from explainer.render.renderer import Items
    from explainer.resolve import ResolvedContext, SiteIndex
    from explainer.resolve.site_pictures import SitePictures
    from explainer.text.catalog import Catalogs


def output_paths(page: PageSummary) -> tuple[str, ...]:
    """The paths of a page's outputs, relative to the output folder."""
    html = output_files.html_file(page.url)
    if page.kind != "explainer":
        return (html,)
    return html, output_files.claims_file(page.url), *(path for id_ in page.embeds for path in _of_embed(page, id_))


def _of_embed(page: PageSummary | Page, claim: str) -> tuple[str, str, str]:
    return (
        output_files.html_file(output_files.claim_page(page.url, claim)),
        output_files.html_file(output_files.embed_page(page.slug, claim)),
        output_files.oembed_file(page.url, claim),
    )


def context_of(
    page: PageInterface, site_index: SiteIndex, theme: Theme, wording: Wording | None = None
) -> ResolvedContext:
    """What a page gets from the rest of the site, with the diagnostics of all that it asks of the site and the theme."""
    found = resolve_context(page, site_index)
    letters = letters_missing(page, wording) if wording else ()
    return found._replace(diagnostics=(*check_calls(page.calls, theme.forms), *found.diagnostics, *letters))


def page_of(record: bytes, interface: PageInterface, site_index: SiteIndex) -> Page:
    """A page with what it gets from the rest of the site.

    Raises:
        DamagedCacheError: if the text is no record.
    """
    return with_context(codec.loads(PageRecord, record), resolve_context(interface, site_index).context)


def render_outputs(
    renderer: Renderer, record: bytes, context: PageContext, cards: Mapping[str, CardImage]
) -> Iterator[tuple[str, bytes]]:
    """The outputs of one page: a function of its record, its context, the theme and the site's view alone.

    `cards` are its own, under an empty id, and those of its claims.

    Raises:
        DamagedCacheError: if the text is no record.
        LayoutError: if a layout fails.
    """
    page = with_context(codec.loads(PageRecord, record), context)
    if "" in cards:
        page = page._replace(card=cards[""])
    yield output_files.html_file(page.url), renderer.page(page).encode()
    if page.kind == "explainer":
        yield output_files.claims_file(page.url), claims_json(page).encode()
        for claim in page.embeds:
            texts = renderer.embed(page, claim, cards.get(claim))
            yield from ((path, text.encode()) for path, text in zip(_of_embed(page, claim), texts, strict=True))


class RenderJob(NamedTuple):
    """A page to render, by its file: its record and context as bytes, and its outputs by path as the live tree has them.

    Without a record its outputs are what they were. `items` is the key of its items in lists and `image` the path of
    their picture, where they are to be made; `interface` is what they and cards are made of.
    """

    file: str
    record: bytes
    context: bytes
    known: tuple[tuple[str, Entry | None], ...] = ()
    items: str = ""
    interface: bytes = b""
    image: str | None = None


class SentOutput(NamedTuple):
    """An output that was rendered where nothing is written: its digest, and its content unless the live tree has it."""

    digest: str
    content: bytes | None


class RenderedPage(NamedTuple):
    """A rendered page, by its file: what went wrong with its layouts, its outputs by path, its items in lists, its cards.

    There are no outputs where a layout failed, where nothing is to be written, or where they are what they were.
    """

    file: str
    diagnostics: tuple[Diagnostic, ...] = ()
    outputs: tuple[tuple[str, WrittenFile | SentOutput], ...] = ()
    items: bytes = b""
    cards: tuple[DrawnCard, ...] = ()


class WriteTo(NamedTuple):
    """Writes outputs to the new tree, from any process of this machine."""

    trees: Trees

    def place(self, path: str, content: bytes, known: Entry | None) -> WrittenFile:
        """Write an output, unless the live tree has it."""
        return write_if_changed(self.trees, path, content, known)


class SendBack(NamedTuple):
    """Hands outputs back from where nothing is written."""

    def place(self, _path: str, content: bytes, known: Entry | None) -> SentOutput:
        """The output, without its content if the live tree has it."""
        digest = digest_of(content)
        return SentOutput(digest, None if known and known.digest == digest else content)


class PageRendering:
    """Renders the pages of a site with what all of them share; without a `place` for outputs, only to find faults.

    `kept` are the names of cards that needn't be drawn.

    It can be sent to another process, which loads the theme and compiles templates for itself. A process that was
    forked has those of the one it was forked from.
    """

    def __init__(
        self,
        theme: Theme,
        view: SiteView,
        catalogs: Catalogs,
        pictures: SitePictures | SentPictures,
        place: WriteTo | SendBack | None,
        kept: frozenset[str] = frozenset(),
    ) -> None:
        self.theme = theme
        self.view = view
        self.catalogs = catalogs
        self.pictures = pictures
        self.place = place
        self.kept = kept

    def __reduce__(self) -> tuple[Callable[..., PageRendering], tuple[object, ...]]:
        """Leave out the theme and the renderer."""
        return _of_site, (self.theme.site, self.view, self.catalogs, self.pictures, self.place, self.kept)

    @cached_property
    def renderer(self) -> Renderer:
        """The renderer, with templates that are compiled once."""
        return Renderer(self.theme, self.view, self.catalogs, self.pictures.picture)

    @cached_property
    def cards(self) -> CardMaker | None:
        """What makes cards, where the site has any."""
        return None if self.view.cards == "none" else CardMaker(self.renderer)

    def portable(self) -> PortableRendering:
        """The same for a worker that doesn't see the site."""
        place, own = SendBack() if self.place else None, self.theme.own_contents()
        return PortableRendering(own, self.theme.digest, self.view, self.catalogs, place, self.kept)

    def supplies(self, items: Sequence[RenderJob], lacks: Sequence[frozenset[str]]) -> dict[str, Picture | None]:
        """The pictures of items in lists, and those that layouts turned out to name."""
        paths = {job.image for job in items if job.image}.union(*lacks)
        return {path: self.pictures.picture(path) for path in sorted(paths)}

    def render(self, job: RenderJob) -> RenderedPage:
        """Render a page, and place its outputs.

        Raises:
            DamagedCacheError: if a text is no such record.
            LackingError: if a layout names pictures that weren't sent.
        """
        rendered = self._render(job)
        if isinstance(self.pictures, SentPictures) and (lacking := self.pictures.lacking()):
            raise LackingError(lacking)
        return rendered

    def _render(self, job: RenderJob) -> RenderedPage:
        rendered = RenderedPage(job.file)
        page = codec.loads(PageInterface, job.interface) if job.interface else None
        try:
            if page and job.items:
                rendered = rendered._replace(items=packed_items(job.items, self.renderer.items(page)))
            if not job.record:
                return rendered
            cards = self.cards.cards(page) if page and self.cards else {}
            context = codec.loads(PageContext, job.context)
            outputs = list(render_outputs(self.renderer, job.record, context, images_of(cards)))
        except LayoutError as error:
            return rendered._replace(diagnostics=(error.diagnostic,))
        if self.place is None:
            return rendered
        known = dict(job.known)
        placed = [(path, self.place.place(path, content, known[path])) for path, content in outputs]
        drawn = tuple(self.cards.draw(cards.values(), self.kept)) if self.cards else ()
        return rendered._replace(outputs=tuple(placed), cards=drawn)


def _of_site(site: Path, *others: Any) -> PageRendering:
    return PageRendering(Theme.of_site(site), *others)


class SentPictures:
    """The pictures that were sent, in their variants, by their path on the site."""

    def __init__(self) -> None:
        self.sent: dict[str, Picture | None] = {}
        self._asked: set[str] = set()

    def picture(self, path: str) -> Picture | None:
        """The picture at a path, if it has variants and was sent."""
        self._asked.add(path)
        return self.sent.get(path)

    def lacking(self) -> frozenset[str]:
        """The paths that were asked for since the last call and weren't sent."""
        asked, self._asked = self._asked, set()
        return frozenset(asked - self.sent.keys())


@dataclass
class PortableRendering:
    """`PageRendering` for a worker that doesn't see the site: with the site's own layouts, and the theme's digest."""

    layouts: Mapping[str, bytes]
    digest: str
    view: SiteView
    catalogs: Catalogs
    place: SendBack | None
    kept: frozenset[str]

    def supplied(self, supplies: Mapping[str, Picture | None]) -> PageRendering:
        """The rendering, with the layouts in front of this worker's default ones, and what was sent so far of pictures.

        Raises:
            OSError: if its theme is another.
        """
        self._pictures.sent.update(supplies)
        return self._rendering

    @cached_property
    def _pictures(self) -> SentPictures:
        return SentPictures()

    @cached_property
    def _rendering(self) -> PageRendering:
        theme = SentTheme.of_contents(self.layouts)
        if theme.digest != self.digest:
            raise OSError("a worker has other default layouts: install the same Explainer everywhere")
        return PageRendering(theme, self.view, self.catalogs, self._pictures, self.place, self.kept)


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
