"""An explainer's card: the drawing, its name, and its words for those who can't see it."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from explainer.diagnostics import Diagnostic, Span
from explainer.render.cards.lettering import Lettering
from explainer.render.cards.typefaces import read_typeface
from explainer.render.layout_errors import LayoutError
from explainer.text.languages import direction
from explainer.text.typography import typographic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.model.site import PageEntry
    from explainer.render.cards.typefaces import Typeface
    from explainer.render.renderer import Renderer
    from explainer.text.catalog import Catalog

LAYOUT = "cards/explainer.svg"
WIDTH, HEIGHT = 1200, 630
_FONTS, _FONT = "cards/fonts/", (".ttf", ".otf")


class Card(NamedTuple):
    """A card: its file's name, which says what it is made of, the drawing, its words, and a letter that no typeface has."""

    name: str
    svg: str
    alt: str
    missing: str = ""


class Cards:
    """Makes the cards of one site; `version` is that of what turns them into pictures.

    Raises:
        LayoutError: from `card`, where the layout fails, or makes no drawing.
    """

    def __init__(self, renderer: Renderer, version: str) -> None:
        self._renderer = renderer
        theme = renderer.theme
        names = [name for name in theme.files if name.startswith(_FONTS) and name.endswith(_FONT)]
        read = (read_typeface(theme.read(theme.files[name])) for name in names)
        self.faces: tuple[Typeface, ...] = tuple(face for face in read if face)
        digest = blake2b(version.encode(), digest_size=16)
        for face in self.faces:
            digest.update(face.content)
        self._made_with = digest.digest()

    def card(self, entry: PageEntry) -> Card:
        """The card of a page, from what stands of it in lists."""
        catalog = self._renderer.catalogs.of(entry.language)
        counts = counts_of(entry, catalog)
        lettering = Lettering(self.faces, direction(entry.language), partial(typographic, style=catalog.style))
        svg = self._renderer.plain(LAYOUT, language=entry.language, entry=entry, counts=counts, lettering=lettering.set)
        self._check(svg)
        name = f"card.{blake2b(svg.encode(), key=self._made_with, digest_size=6).hexdigest()}.png"
        words = [self._renderer.view.title, entry.title, *([counts] if counts else [])]
        return Card(name, svg, typographic(". ".join(words), catalog.style).replace("\u00a0", " "), lettering.missing)

    @staticmethod
    def _check(svg: str) -> None:
        try:
            expat.ParserCreate().Parse(svg, True)  # noqa: FBT003 - it takes no keyword
        except expat.ExpatError as error:
            message = f"it makes no SVG: line {error.lineno} of what it makes: {expat.ErrorString(error.code)}"
            raise LayoutError(Diagnostic("E604", message, Span(f"layouts/{LAYOUT}"))) from None


def counts_of(entry: PageEntry, catalog: Catalog) -> str:
    """The claims of a page by how they are sourced, in words."""
    parts = (part.replace(" ", "\u00a0", 1) for part in _counts(entry, catalog))
    return "\u00a0· ".join(parts)


def _counts(entry: PageEntry, catalog: Catalog) -> Iterator[str]:
    claims = [part for part in entry.groups if part.name != "said"]
    parts = [_part(catalog, part.name, part.n) for part in claims]
    if entry.disputed:
        parts.append(catalog.text("home.disputed", n=entry.disputed))
    if entry.denied_earlier:
        parts.append(catalog.text("home.denied-earlier", n=entry.denied_earlier))
    if claims:
        total = sum(part.n for part in claims)
        first, *others = parts
        yield f"{catalog.text('page.claim-count', n=total)}{catalog.form('home.colon')} {first}"
        yield from others
    yield from (_part(catalog, part.name, part.n) for part in entry.groups if part.name == "said")


def _part(catalog: Catalog, name: str, n: int) -> str:
    return catalog.text("glance.part", n=n, what=catalog.text(f"glance.{name}", n=n))
