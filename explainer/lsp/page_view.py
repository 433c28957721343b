"""One page as it is being edited: read, parsed and judged alone, for the questions that are asked about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.load import read_page
from explainer.load.saved_copies import copy_text
from explainer.parse import parse_page
from explainer.resolve import resolve_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from explainer.model.declared import ClaimDecl, PageFile, Source
    from explainer.model.document import Document
    from explainer.model.library import Library
    from explainer.model.published import Claim


class PageView(NamedTuple):
    """A page: its text, with each line end as one LF, its front matter, and what the text holds."""

    text: str
    file: PageFile
    document: Document

    @property
    def declared(self) -> Iterable[ClaimDecl]:
        """What is declared of claims, in the front matter and in the text."""
        return (*self.file.meta.claims, *(mark.decl for mark in self.document.claims))

    def sources(self, library: Library) -> Mapping[str, Source]:
        """The sources that the page may cite, its own first."""
        return library.sources | {source.id: source for source in self.file.meta.sources}

    def claims(self, root: Path, library: Library) -> Mapping[str, Claim]:
        """The page's claims by id, each judged."""

        def saved(path: str) -> str | None:
            found = copy_text(root, path)
            return found if isinstance(found, str) else None

        record = resolve_page(self.document, library, saved).value.record
        return {claim.id: claim for claim in record.claims}


def view_of(path: str, text: str, library: Library) -> PageView | None:
    """A page as far as it can be read; None while its front matter can't be."""
    file = read_page(path, text.encode("utf-8", "surrogatepass"), library.config).value.page
    return PageView(text, file, parse_page(file, library.style_of(file)).value) if file else None
