"""Fills the holes in the body of a page: claims, citations, accounts, links, shortcodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from markupsafe import Markup, escape

from explainer.model.document import (
    CallHole,
    CiteHole,
    ClaimClose,
    ClaimNumbers,
    ClaimOpen,
    ClaimWords,
    FootnoteHole,
    HrefHole,
    PanelsHole,
    RefHole,
    SizeHole,
    SourcesHole,
)
from explainer.render.drawing import draw_claim
from explainer.render.filters import marked, rich
from explainer.render.images import Sizes, attributes, end_of_sources, sources
from explainer.render.layout_errors import check_macro

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from explainer.model.document import Body, CallMark
    from explainer.model.published import Claim, PublicSource, Use
    from explainer.model.published_pages import Page
    from explainer.render.drawing import Drawing
    from explainer.text.catalog import Catalog


_SIZES = Sizes()


class ClaimMacros(Protocol):
    """The macros of `partials/claim.html`."""

    def claim_open(self, claim: Claim, block: bool) -> str: ...  # noqa: D102, FBT001 - as Jinja calls it
    def claim_close(self, claim: Claim, block: bool) -> str: ...  # noqa: D102, FBT001
    def claim_words(self, claim: Claim, block: bool, first: Sequence[PublicSource]) -> str: ...  # noqa: D102, FBT001
    def cite(self, uses: tuple[Use, ...], first: Sequence[PublicSource]) -> str: ...  # noqa: D102
    def footnote(self, use: Use) -> str: ...  # noqa: D102
    def panel(  # noqa: D102
        self,
        claim: Claim,
        before: Claim | None,
        after: Claim | None,
        drawing: Drawing | None,
        sources: Mapping[str, PublicSource],
    ) -> str: ...


# How many arguments each is given.
_CLAIM_MACROS = {"claim_open": 2, "claim_close": 2, "claim_words": 3, "cite": 2, "footnote": 1, "panel": 5}


def claim_macros(module: object) -> ClaimMacros:
    """The macros of a loaded template; an error where one is missing or takes other arguments."""
    for name, count in _CLAIM_MACROS.items():
        check_macro(getattr(module, name, None), count, name)
    return cast("ClaimMacros", module)


class BodyFiller:
    """Fills the holes of one page's bodies."""

    def __init__(
        self,
        page: Page,
        by_id: Mapping[str, PublicSource],
        macros: ClaimMacros,
        catalog: Catalog,
        shortcode: Callable[[CallMark, Markup, Page, Mapping[str, Markup]], Markup],
        sizes: Sizes = _SIZES,
    ) -> None:
        self.page = page
        self.by_id = by_id
        self.macros = macros
        self.catalog = catalog
        self.shortcode = shortcode
        self.sizes = sizes.at("story")
        self.unseen = {f"note-{id_}": source for id_, source in by_id.items()}

    def fill(self, body: Body) -> Markup:
        """A body with its holes filled."""
        return Markup("".join(self._parts(body)))

    def _parts(self, body: Body) -> Iterator[str]:
        fillers = self._fillers
        for part in body:
            if isinstance(part, str):
                yield part
            else:
                yield fillers[type(part)](self, part)

    def _claim_open(self, hole: ClaimOpen) -> str:
        return self.macros.claim_open(self.page.claims[hole.claim], hole.block)

    def _claim_close(self, hole: ClaimClose) -> str:
        return self.macros.claim_close(self.page.claims[hole.claim], hole.block)

    def _claim_numbers(self, hole: ClaimNumbers) -> str:
        uses = self.page.claims[hole.claim].cites
        return self.macros.cite(uses, self._first(uses)) if uses else ""

    def _claim_words(self, hole: ClaimWords) -> str:
        claim = self.page.claims[hole.claim]
        return self.macros.claim_words(claim, hole.block, self._first(claim.cites) if hole.block else [])

    def _cite(self, hole: CiteHole) -> str:
        uses = self.page.cites[hole.cite]
        return self.macros.cite(uses, self._first(uses)) if uses else ""

    def _first(self, uses: tuple[Use, ...]) -> list[PublicSource]:
        """The sources that the text cites here for the first time."""
        found = []
        for use in uses:
            source = self.unseen.pop(use.note, None)
            if source is not None:
                found.append(source)
        return found

    def _footnote(self, hole: FootnoteHole) -> str:
        return self.macros.footnote(self.page.footnote_uses[hole.note][hole.ref])

    def _panels(self, hole: PanelsHole) -> str:
        panel, claims = self.macros.panel, self.page.claims
        last = len(claims) - 1
        return "".join(
            panel(
                claims[i],
                claims[i - 1] if i else None,
                claims[i + 1] if i < last else None,
                self._drawing(claims[i]),
                self.by_id,
            )
            for i in hole.claims
        )

    def _drawing(self, claim: Claim) -> Drawing | None:
        # A list tells as much where routes don't branch, or where none has a second source.
        if claim.chain or len(claim.passed) <= len({edge.source for edge in claim.edges if edge.stance != "context"}):
            return None
        return marked(draw_claim(claim, self.by_id, self.catalog))

    def _href(self, hole: HrefHole) -> str:
        return escape(self.page.hrefs[hole.link])

    def _size(self, hole: SizeHole) -> str:
        address = self.page.hrefs[hole.link]
        return attributes(self.page.picture_of(address), self.page.size_of(address), self.sizes)

    def _sources(self, hole: SourcesHole) -> str:
        picture = self.page.picture_of(self.page.hrefs[hole.link])
        return end_of_sources(picture) if hole.end else sources(picture, self.sizes)

    def _ref(self, hole: RefHole) -> str:
        target, words = self.page.refs[hole.ref]
        return (
            escape(target)
            if hole.address
            else Markup('<a href="{}">{}</a>').format(target, rich(words, self.catalog.style))
        )

    def _call(self, hole: CallHole) -> str:
        formatted = {name: self.fill(body) for name, body in hole.formatted}
        return self.shortcode(self.page.calls[hole.call], self.fill(hole.inner), self.page, formatted)

    _fillers: ClassVar[dict[type, Callable[[BodyFiller, Any], str]]] = {
        ClaimOpen: _claim_open,
        ClaimClose: _claim_close,
        ClaimNumbers: _claim_numbers,
        ClaimWords: _claim_words,
        CiteHole: _cite,
        FootnoteHole: _footnote,
        PanelsHole: _panels,
        HrefHole: _href,
        SizeHole: _size,
        SourcesHole: _sources,
        RefHole: _ref,
        CallHole: _call,
    }
