"""What the cards of an explainer say, and whether the typefaces of cards have the letters for it."""

from __future__ import annotations

import unicodedata
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from explainer.render.cards.typefaces import read_typeface
from explainer.sourcing.words import capitalised
from explainer.text.typography import typographic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explainer.model.site import ClaimEntry, PageEntry, PageInterface, SiteView
    from explainer.render.cards.typefaces import Typeface
    from explainer.render.theme import Theme
    from explainer.text.catalog import Catalog, Catalogs
    from explainer.text.typography import Style

_FONTS, _FONT = "cards/fonts/", (".ttf", ".otf")
UNSEEN = "Cf"
"""The category of characters that only say how others are set, and need no typeface."""

_read = lru_cache(8)(read_typeface)


def typefaces_of(theme: Theme) -> tuple[Typeface, ...]:
    """The typefaces of a theme's cards."""
    names = [name for name in theme.files if name.startswith(_FONTS) and name.endswith(_FONT)]
    return tuple(face for name in names if (face := _read(theme.read(theme.files[name]))))


def wording_of(theme: Theme, view: SiteView, catalogs: Catalogs) -> Wording | None:
    """What the cards of a site say; None if it has none."""
    return None if view.cards == "none" else Wording(view, catalogs, typefaces_of(theme))


def typeset(text: str, style: Style) -> str:
    """Text as cards set it, without the narrow spaces of French, which few typefaces have."""
    return typographic(text, style).replace("\u202f", "\u00a0")


class Wording:
    """What cards say, by the site's settings."""

    def __init__(self, view: SiteView, catalogs: Catalogs, faces: Sequence[Typeface]) -> None:
        self._view = view
        self._catalogs = catalogs
        self._faces = faces

    def of_page(self, page: PageInterface) -> dict[str, str]:
        """The words of a page's cards: those of claims by their id, its own under an empty one."""
        return dict(self._of_page(page))

    def _of_page(self, page: PageInterface) -> Iterator[tuple[str, str]]:
        if page.kind != "explainer" or self._view.cards == "none":
            return
        if page.image is None:
            yield "", self._said(page.entry, page.entry.title, self.counts(page.entry))
        if self._view.cards == "claims":
            claims = {claim.id: claim.entry for claim in page.claims}
            for id_ in page.embeds:
                if claim := claims.get(id_):
                    yield id_, self._claim(page.entry, claim)

    def _claim(self, entry: PageEntry, claim: ClaimEntry) -> str:
        return self._said(entry, capitalised(claim.text), capitalised(claim.words))

    def _said(self, entry: PageEntry, *said: str) -> str:
        words = ". ".join(filter(None, (self._view.title, *said)))
        return typeset(words, self._catalogs.of(entry.language).style).replace("\u00a0", " ")

    def lacking(self, words: str) -> str:
        """The first letter of them that no typeface has; empty if there is none."""
        missing = set(words) - self._letters
        return next((one for one in words if one in missing and unicodedata.category(one) != UNSEEN), "")

    @cached_property
    def _letters(self) -> frozenset[str]:
        return frozenset(chr(code) for face in self._faces for code in face.widths)

    def counts(self, entry: PageEntry) -> str:
        """The claims of a page by how they are sourced, in words."""
        parts = _counts(entry, self._catalogs.of(entry.language))
        return "\u00a0· ".join(part.replace(" ", "\u00a0", 1) for part in parts)


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
