"""The cards of explainers and of their claims as outputs: what pages tell of them, and the pictures, drawn or kept."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from explainer.cache.store import DamagedCacheError
from explainer.diagnostics import Diagnostic
from explainer.engine.variant_store import has_store, store_of
from explainer.pictures.rasterizing import rasterize, version

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from explainer.engine.variant_store import VariantStore
    from explainer.model.pictures import CardImage
    from explainer.model.site import PageInterface, PageSummary
    from explainer.output.tree import OutputTree
    from explainer.render.cards.card import Card
    from explainer.render.cards.wording import Wording
    from explainer.render.renderer import Renderer

    Picture = Callable[[PageSummary, str, VariantStore], bytes | None]

FOLDER = "cards"
"""Where they are kept, in `.explainer/`."""
_HINT = "put a typeface that has it, a `.ttf` file, into `layouts/cards/fonts/`"


class DrawnCard(NamedTuple):
    """A card by its path in the output, as a PNG picture; without it if it is kept."""

    path: str
    picture: bytes | None


class CardMaker:
    """Makes the cards of one site.

    Raises:
        LayoutError: from every method, where a layout fails.
    """

    def __init__(self, renderer: Renderer) -> None:
        from explainer.render.cards.card import Cards  # noqa: PLC0415 - only where there are cards

        self._cards = Cards(renderer, version())

    def cards(self, page: PageInterface) -> dict[str, Card]:
        """A page's cards: those of claims by their id, its own under an empty one."""
        return self._cards.of_page(page)

    def draw(self, cards: Iterable[Card], kept: Collection[str]) -> Iterator[DrawnCard]:
        """Draw cards, but for those whose name is among the `kept` ones."""
        for card in cards:
            yield DrawnCard(card.path.lstrip("/"), None if card.name in kept else self._picture(card))

    def picture(self, page: PageInterface, path: str, store: VariantStore) -> bytes | None:
        """The card of a page at this path in the output, kept or drawn; None if it has none there."""
        card = next((one for one in self.cards(page).values() if one.path.lstrip("/") == path), None)
        if card is None:
            return None
        content = store.get(card.name)
        if content is None:
            content = self._picture(card)
            store.add(card.name, content)
        return content

    def _picture(self, card: Card) -> bytes:
        return rasterize(card.svg, [face.content for face in self._cards.faces])


def images_of(cards: Mapping[str, Card]) -> dict[str, CardImage]:
    """What pages tell of their cards."""
    return {id_: card.image for id_, card in cards.items()}


def letters_missing(page: PageInterface, wording: Wording) -> Iterator[Diagnostic]:
    """W653 for a page without a card, or with a claim without one, since no typeface has a letter of its words."""
    for id_, words in wording.of_page(page).items():
        if letter := wording.lacking(words):
            which = f"its claim `{id_}`" if id_ else "this page"
            message = f"no typeface of cards has “{letter}” (U+{ord(letter):04X}): {which} has no card"
            yield Diagnostic("W653", message, page.span, (_HINT if id_ else f"{_HINT}; or give the page an `image`",))
            return


class CardOutputs:
    """The cards of a build: `kept` are the names of those that needn't be drawn."""

    def __init__(self, site: Path, *, clean: bool, wanted: bool) -> None:
        self._store = store_of(site, FOLDER) if wanted or has_store(site, FOLDER) else None
        if self._store and clean:
            self._store.keep_only(())

    @property
    def kept(self) -> frozenset[str]:
        """The names of the cards that earlier builds made."""
        return self._store.names if self._store else frozenset()

    def add(self, drawn: DrawnCard, tree: OutputTree) -> None:
        """Keep a card that was drawn."""
        if self._store and drawn.picture is not None:
            self._store.add(posixpath.basename(drawn.path), drawn.picture)
            tree.write(drawn.path, drawn.picture)

    def write(self, pages: Mapping[str, PageSummary], picture: Picture, tree: OutputTree) -> None:
        """Add the cards of these pages, by path, to the tree, and keep no others; `picture` gets or draws one.

        Raises:
            DamagedCacheError: if a page has no card at its path.
        """
        if self._store is None:
            return
        for path, page in pages.items():
            if path in tree.files or tree.reuse(path):
                continue
            content = picture(page, path, self._store)
            if content is None:
                raise DamagedCacheError
            tree.write(path, content)
        self._store.keep_only({posixpath.basename(path) for path in pages})
