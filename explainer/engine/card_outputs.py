"""The cards of explainers without a picture of their own: which have one, and what comes out."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic
from explainer.engine.variant_store import store_of
from explainer.model.pictures import CardImage
from explainer.pictures.rasterizing import rasterize, version
from explainer.render.cards.card import HEIGHT, WIDTH, Cards
from explainer.render.layout_errors import LayoutError
from explainer.system.work_folder import NAME as WORK_FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from explainer.engine.request import Request
    from explainer.engine.variant_store import VariantStore
    from explainer.model.lazy_entries import InterfaceOf
    from explainer.model.site import PageInterface, PageSummary
    from explainer.output.tree import OutputTree
    from explainer.render.cards.card import Card
    from explainer.render.renderer import Renderer
    from explainer.resolve import ResolvedContext

FOLDER = "cards"
"""Where they are kept, in `.explainer/`."""
_LATELY = 16
_HINT = "put a typeface that has it, a `.ttf` file, into `layouts/cards/fonts/`; or give the page an `image`"


class CardMaker:
    """Makes the cards of one site, or takes those that are kept."""

    def __init__(self, site: Path, renderer: Renderer) -> None:
        self._site = site
        self._cards = Cards(renderer, version())
        self._card = lru_cache(_LATELY)(self._cards.card)

    def with_card(self, page: PageInterface, found: ResolvedContext) -> ResolvedContext:
        """What a page gets from the rest of the site, with its card if it has no picture of its own."""
        if page.kind != "explainer" or found.context.card is not None:
            return found
        try:
            card = self._card(page.entry)
        except LayoutError as error:
            return found._replace(diagnostics=(*found.diagnostics, error.diagnostic))
        if card.missing:
            message = f"no typeface of cards has “{card.missing}” (U+{ord(card.missing):04X}): this page has no card"
            return found._replace(diagnostics=(*found.diagnostics, Diagnostic("W653", message, page.span, (_HINT,))))
        url = posixpath.join(page.entry.canonical, card.name)
        image = CardImage(url, card.alt, WIDTH, HEIGHT)
        return found._replace(context=found.context._replace(card=image))

    def path(self, page: PageInterface, found: ResolvedContext) -> str:
        """The path of a page's card in the output; empty if it has none."""
        card = self.drawn(page, found)
        return posixpath.join(page.url, card.name).lstrip("/") if card else ""

    def drawn(self, page: PageInterface, found: ResolvedContext) -> Card | None:
        """The card that is drawn of a page, if one is."""
        image = found.context.card
        if image is None or page.kind != "explainer" or page.image is not None:
            return None
        return self._card(page.entry)

    def picture(self, page: PageInterface, store: VariantStore | None = None) -> bytes:
        """A page's card as a PNG picture."""
        card, store = self._card(page.entry), store or store_of(self._site, FOLDER)
        content = store.get(card.name)
        if content is None:
            content = rasterize(card.svg, [face.content for face in self._cards.faces])
            store.add(card.name, content)
        return content


def write_cards(
    request: Request,
    maker: CardMaker | None,
    cards: Mapping[str, PageSummary],
    interface_of: InterfaceOf,
    tree: OutputTree,
) -> None:
    """Add these cards, by path, to the tree, and keep no others for the next build."""
    if maker is None and not (request.site / WORK_FOLDER / FOLDER).is_dir():
        return
    store = store_of(request.site, FOLDER)
    if request.clean:
        store.keep_only(())
    for path, page in cards.items():
        if maker and (request.clean or not tree.reuse(path)):
            tree.write(path, maker.picture(interface_of(page), store))
    store.keep_only({posixpath.basename(path) for path in cards})
