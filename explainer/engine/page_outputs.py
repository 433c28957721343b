"""The outputs of one page, rendered in whatever process: a page's record and interface in, bytes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.cache import codec
from explainer.check import check_calls
from explainer.engine.card_outputs import images_of, letters_missing
from explainer.feeds.claims_json import claims_json
from explainer.model import output_files
from explainer.model.published_pages import PageRecord
from explainer.model.record import Record
from explainer.model.site import PageContext, PageInterface
from explainer.render.layout_errors import LayoutError
from explainer.resolve import resolve_context, with_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.diagnostics import Diagnostic
    from explainer.engine.card_outputs import DrawnCard
    from explainer.engine.rendering import Rendering, SentOutput
    from explainer.model.pictures import CardImage
    from explainer.model.published_pages import Page
    from explainer.model.site import PageSummary
    from explainer.output.manifest import Entry
    from explainer.output.write_file import WrittenFile
    from explainer.render.cards.wording import Wording
    from explainer.render.renderer import Items, Renderer
    from explainer.render.theme import Theme
    from explainer.resolve import ResolvedContext, SiteIndex


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

    Without a record its outputs are what they were. `items` is the key of its items in lists and `images` the path of
    their picture, where they are to be made; `interface` is what they and cards are made of.
    """

    file: str
    record: bytes
    context: bytes
    known: tuple[tuple[str, Entry | None], ...] = ()
    items: str = ""
    interface: bytes = b""
    images: tuple[str, ...] = ()


class RenderedPage(NamedTuple):
    """A rendered page, by its file: what went wrong with its layouts, its outputs by path, its items in lists, its cards.

    There are no outputs where a layout failed, where nothing is to be written, or where they are what they were.
    """

    file: str
    diagnostics: tuple[Diagnostic, ...] = ()
    outputs: tuple[tuple[str, WrittenFile | SentOutput], ...] = ()
    items: bytes = b""
    cards: tuple[DrawnCard, ...] = ()


def render_page(rendering: Rendering, job: RenderJob) -> RenderedPage:
    """Render a page, and place its outputs.

    Raises:
        DamagedCacheError: if a text is no such record.
        LackingError: if a layout names pictures that weren't sent.
    """
    rendered = _render(rendering, job)
    rendering.check_pictures()
    return rendered


def _render(rendering: Rendering, job: RenderJob) -> RenderedPage:
    rendered = RenderedPage(job.file)
    page = codec.loads(PageInterface, job.interface) if job.interface else None
    try:
        if page and job.items:
            rendered = rendered._replace(items=packed_items(job.items, rendering.renderer.items(page)))
        if not job.record:
            return rendered
        cards = rendering.cards.cards(page) if page and rendering.cards else {}
        context = codec.loads(PageContext, job.context)
        outputs = list(render_outputs(rendering.renderer, job.record, context, images_of(cards)))
    except LayoutError as error:
        return rendered._replace(diagnostics=(error.diagnostic,))
    if rendering.place is None:
        return rendered
    known, place = dict(job.known), rendering.place.place
    placed = tuple([(path, place(path, content, known[path])) for path, content in outputs])
    drawn = tuple(rendering.cards.draw(cards.values(), rendering.kept)) if rendering.cards else ()
    return rendered._replace(outputs=placed, cards=drawn)


# --- A page's items in lists ---


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
