"""The whole text of a page for feeds: no accounts, styles or scripts; the words at claims, and the notes as a list."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from explainer.model.document import CallHole, HrefHole, PanelsHole, RefHole, SizeHole, SourcesHole
from explainer.render.body_filler import BodyFiller
from explainer.render.filters import rich
from explainer.render.images import attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from explainer.model.document import CallMark
    from explainer.model.published import Claim, Note, PublicSource, Use
    from explainer.model.published_pages import Page
    from explainer.text.catalog import Catalog
    from explainer.text.typography import Style

_ADDRESS = re.compile(r'(?<=\s)(href|src)="(?=[/#](?!/))')
_WIDTHS = re.compile(r' (?:srcset|sizes)="[^"]*"|<source[^>]*>|</?picture>')


class _Plain:
    """The macros of `partials/claim.html` without what only a page can show."""

    def __init__(self, style: Style) -> None:
        self.style = style

    def claim_open(self, _claim: Claim, _block: bool) -> str:  # noqa: FBT001 - as `ClaimMacros`
        return ""

    def claim_close(self, _claim: Claim, _block: bool) -> str:  # noqa: FBT001
        return ""

    def claim_words(self, claim: Claim, block: bool, _first: Sequence[PublicSource]) -> str:  # noqa: FBT001
        words = f"[{rich(claim.words, self.style)}]"
        return f"<p>{words}</p>\n" if block else f" {words}"

    def cite(self, uses: tuple[Use, ...], _first: Sequence[PublicSource]) -> str:
        return f"<sup>{', '.join(str(use.number) for use in uses)}</sup>"

    def footnote(self, use: Use) -> str:
        return self.cite((use,), ())

    def panel(self, *_: object) -> str:
        return ""


class FeedText(BodyFiller):
    """Fills the holes of one page's bodies for feeds; every address is whole."""

    def __init__(
        self,
        page: Page,
        by_id: Mapping[str, PublicSource],
        catalog: Catalog,
        shortcode: Callable[[CallMark, Any, Page, Mapping[str, Any]], Any],
    ) -> None:
        super().__init__(page, by_id, _Plain(catalog.style), catalog, shortcode)
        parts = urlsplit(page.canonical)
        self.origin = f"{parts.scheme}://{parts.netloc}"

    def text(self) -> str:
        """The body, and the notes that it refers to."""
        return f"{self.fill(self.page.body)}{''.join(self._notes())}"

    def _notes(self) -> Iterator[str]:
        if self.page.notes:
            yield "<hr>\n<ol>\n"
            yield from (f'<li value="{note.number}">{self._note(note)}</li>\n' for note in self.page.notes)
            yield "</ol>\n"

    def _note(self, note: Note) -> str:
        source = note.source
        if source is None:
            return self.fill(note.footnote)
        name = rich(source.name, self.catalog.style)
        return f'<a href="{escape(source.url)}">{name}</a>' if source.url else name

    def _whole(self, address: str) -> str:
        """A whole address from one that is relative to the site or the page."""
        if address.startswith("#"):
            return self.page.canonical + address
        return self.origin + address if address.startswith("/") else address

    def _href(self, hole: HrefHole) -> str:
        return escape(self._whole(self.page.hrefs[hole.link]))

    def _ref(self, hole: RefHole) -> str:
        return (
            self._with_whole(super()._ref(hole))
            if not hole.address
            else escape(self._whole(self.page.refs[hole.ref][0]))
        )

    def _call(self, hole: CallHole) -> str:
        return self._with_whole(super()._call(hole))

    def _with_whole(self, html: str) -> str:
        """The HTML of a template with whole addresses, and each picture in one width."""
        html = _WIDTHS.sub("", html)
        return _ADDRESS.sub(lambda found: f'{found[1]}="{self._before(html[found.end()])}', html)

    def _before(self, first: str) -> str:
        return escape(self.page.canonical if first == "#" else self.origin)

    def _size(self, hole: SizeHole) -> str:
        address = self.page.hrefs[hole.link]
        return attributes(None, self.page.size_of(address), "")

    def _sources(self, hole: SourcesHole) -> str:  # noqa: ARG002 - as the filler of pages
        return ""

    def _panels(self, hole: PanelsHole) -> str:  # noqa: ARG002 - as the filler of pages
        return ""

    _fillers: ClassVar[dict[type, Callable[[Any, Any], str]]] = {
        **BodyFiller._fillers,  # noqa: SLF001 - of its own base
        HrefHole: _href,
        RefHole: _ref,
        CallHole: _call,
        PanelsHole: _panels,
        SizeHole: _size,
        SourcesHole: _sources,
    }
