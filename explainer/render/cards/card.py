"""The cards of an explainer: drawings that are named by what they are made of, and their words for those who can't see them."""

from __future__ import annotations

from functools import cached_property, partial
from hashlib import blake2b
from posixpath import basename
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from explainer.diagnostics import Diagnostic, Span
from explainer.model.output_files import claim_page
from explainer.model.pictures import CardImage
from explainer.render.cards.lettering import Lettering
from explainer.render.cards.wording import Wording, typefaces_of, typeset
from explainer.render.layout_errors import LayoutError
from explainer.sourcing.groups import group_of
from explainer.text.languages import direction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from explainer.model.site import PageEntry, PageInterface
    from explainer.render.cards.typefaces import Typeface
    from explainer.render.renderer import Renderer

_LAYOUT, _CLAIM_LAYOUT = "cards/explainer.svg", "cards/claim.svg"
_MOST = 4096  # pixels wide or high
_SIZE = f"it makes no SVG drawing with a `width` and a `height` of 1 to {_MOST}, in pixels"


class Card(NamedTuple):
    """A card: its path on the site, whose name says what it is made of, the drawing, and what pages tell of it."""

    path: str
    svg: str
    image: CardImage

    @property
    def name(self) -> str:
        """The name of its file."""
        return basename(self.path)


class Cards:
    """Makes the cards of one site; `version` is that of what turns them into pictures.

    Raises:
        LayoutError: from `of_page`, where a layout fails, or makes no drawing.
    """

    def __init__(self, renderer: Renderer, version: str) -> None:
        self._renderer = renderer
        self._version = version
        self._wording = Wording(renderer.view, renderer.catalogs, self.faces)

    @cached_property
    def faces(self) -> tuple[Typeface, ...]:
        """The typefaces that text is set in."""
        return typefaces_of(self._renderer.theme)

    @cached_property
    def _made_with(self) -> bytes:
        digest = blake2b(self._version.encode(), digest_size=16)
        for face in self.faces:
            digest.update(face.content)
        return digest.digest()

    def of_page(self, page: PageInterface) -> dict[str, Card]:
        """A page's cards: those of claims by their id, its own under an empty one."""
        return dict(self._of_page(page))

    def _of_page(self, page: PageInterface) -> Iterator[tuple[str, Card]]:
        claims = {claim.id: claim.entry for claim in page.claims}
        for id_, words in self._wording.of_page(page).items():
            if self._wording.lacking(words):
                continue
            if id_:
                claim, where = claims[id_], claim_page(page.url, id_)
                group = group_of(claim.level, said=claim.speaker is not None)
                yield id_, self._card(page.entry, where, words, _CLAIM_LAYOUT, claim=claim, group=group)
            else:
                yield id_, self._card(page.entry, page.url, words, _LAYOUT, counts=self._wording.counts(page.entry))

    def _card(self, entry: PageEntry, where: str, words: str, layout: str, **given: Any) -> Card:
        language = entry.language
        style = self._renderer.catalogs.of(language).style
        lettering = Lettering(self.faces, direction(language), partial(typeset, style=style))
        svg = self._renderer.plain(layout, language=language, entry=entry, lettering=lettering.set, **given)
        width, height = _size(svg, layout)
        digest = blake2b(svg.encode(), key=self._made_with, digest_size=6).hexdigest()
        path = f"{where}card.{digest}.png"
        return Card(path, svg, CardImage(self._renderer.view.url.rstrip("/") + path, words, width, height))


def _size(svg: str, layout: str) -> tuple[int, int]:
    """The width and height of a drawing.

    Raises:
        LayoutError: if it is none.
    """
    roots: list[tuple[str, dict[str, str]]] = []

    def take(name: str, attributes: dict[str, str]) -> None:
        if not roots:
            roots.append((name, attributes))

    def refuse(*_: object) -> None:
        raise LayoutError(Diagnostic("E604", "a card's drawing has no DOCTYPE", Span(f"layouts/{layout}")))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = take
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(svg, True)  # noqa: FBT003 - it takes no keyword
    except expat.ExpatError as error:
        message = f"it makes no SVG: line {error.lineno} of what it makes: {expat.ErrorString(error.code)}"
        raise LayoutError(Diagnostic("E604", message, Span(f"layouts/{layout}"))) from None
    name, attributes = roots[0]
    width, height = (_pixels(attributes.get(side, "")) for side in ("width", "height"))
    if name != "http://www.w3.org/2000/svg svg" or not width or not height:
        raise LayoutError(Diagnostic("E604", _SIZE, Span(f"layouts/{layout}")))
    return width, height


def _pixels(written: str) -> int:
    """A number of pixels; 0 if it is none that a card may have."""
    number = int(written) if written.isdecimal() and written.isascii() and len(written) <= len(str(_MOST)) else 0
    return number if number <= _MOST else 0
