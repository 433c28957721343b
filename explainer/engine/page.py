"""One page alone, from its file to its record: load, parse, resolve."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from explainer import load
from explainer.cache import codec
from explainer.diagnostics import has_errors
from explainer.engine.page_copies import Copy, PageCopies
from explainer.engine.page_sources import known_names, may_be_kept, sourcing_text, stated_names
from explainer.engine.supplies import Lacks, Registry, SentFiles, SiteFiles, Supplies, names_in, together
from explainer.engine.workers import LackingError
from explainer.load.saved_copies import text_in
from explainer.resolve import page_summary, resolve_page
from explainer.search.page_words import page_words
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from explainer.diagnostics import Diagnostic, SourceText
    from explainer.diagnostics.acceptance import Acceptance
    from explainer.load import SourceIndex
    from explainer.model.document import Document
    from explainer.model.library import Library
    from explainer.model.site import PageSummary
    from explainer.resolve import ResolvedPage
    from explainer.system.site_files import Unsaved

_COPIES = 64  # saved copies that stay in memory


class PreparedPage(NamedTuple):
    """A page as far as it goes alone.

    `summary` is None where the file can't be read as a page. `record` is its record, `interface` its
    interface and `sourcing` what it says of sources, as bytes; they are empty where they are kept already,
    `sourcing` also where it may not be kept.
    `digest` is that of the file's bytes. `text` is there where there are diagnostics to tell. `names` are
    those by which the page knows sources of the registry, `copies` the saved copies it was held
    against, with their digests. What isn't `lasting` may not be kept: it holds more than may be
    written down. `acceptances` are the warnings that the page says are meant.
    """

    path: str
    digest: str
    summary: PageSummary | None = None
    record: bytes = b""
    interface: bytes = b""
    words: bytes = b""
    diagnostics: tuple[Diagnostic, ...] = ()
    text: SourceText | None = None
    names: tuple[str, ...] = ()
    copies: tuple[tuple[str, str], ...] = ()
    lasting: bool = True
    acceptances: tuple[Acceptance, ...] = ()
    sourcing: bytes = b""

    def without_texts(self) -> PreparedPage:
        """The same page, its texts being kept elsewhere."""
        return self._replace(record=b"", interface=b"", sourcing=b"", words=b"")


class PagePreparer:
    """Prepares the pages of a site with what all of them share; `library` has its targets resolved.

    It can be sent to another process, as it is to one that sees the files of the site, and else `portable`: without files
    and sources, which are `supplied` to it for each batch of pages. The saved copies that were read stay in its memory.
    """

    def __init__(
        self, files: SiteFiles | SentFiles, library: Library, registry: SourceIndex, lacked: Lacks | None = None
    ) -> None:
        self.files = files
        self.library = library
        self.registry = registry
        self.lacked = lacked
        self._kept: dict[str, Copy] = {}

    def __reduce__(self) -> tuple[type[PagePreparer], tuple[object, ...]]:
        """Leave out the saved copies."""
        return PagePreparer, (self.files, self.library, self.registry, self.lacked)

    @staticmethod
    def import_parser() -> None:
        """Import what preparing takes, once, before processes are forked that would each do so."""
        import explainer.parse  # noqa: F401, PLC0415 - no page may have to be prepared

    # --- For workers that don't see the site ---

    def portable(self) -> PagePreparer:
        """The same without files and sources."""
        registry = replace(self.registry, sources={}, named={}, unnamed={})
        return PagePreparer(SentFiles({}), self.library._replace(sources={}), registry)

    def supplies(self, items: Sequence[str], lacks: Sequence[Lacks]) -> Supplies:
        """The files at these paths, the sources that they name, and what they turned out to lack."""
        lacked = together(lacks)
        files = {path: self.files.read(path) for path in (*items, *lacked.files)}
        contents = (files[path].value for path in items)
        names = lacked.names.union(*(names_in(content) for content in contents if content))
        return Supplies(files, self._registry.part(names, all_ids=lacked.all_ids), lacked)

    def supplied(self, supplies: Supplies) -> PagePreparer:
        """This portable one with what was sent along."""
        library = self.library._replace(sources=dict(supplies.registry.sources))
        registry = replace(supplies.registry, people=self.registry.people)
        other = PagePreparer(SentFiles(supplies.files), library, registry, supplies.lacked)
        other._kept = self._kept
        return other

    @cached_property
    def _registry(self) -> Registry:
        return Registry(self.registry)

    # --- One page ---

    def prepare(self, path: str) -> PreparedPage:
        """Prepare the page at this path of the site.

        Raises:
            LackingError: if that takes more than was sent.
        """
        from explainer.parse import parse_page  # noqa: PLC0415 - as above

        read = self.files.read(path)
        if read.value is None:
            return PreparedPage(path, "", diagnostics=read.diagnostics)
        digest = digest_of(read.value)
        loaded = load.read_page(path, read.value, self.library.config)
        file, text = loaded.value.page, loaded.value.text
        if file is None:
            return PreparedPage(path, digest, diagnostics=loaded.diagnostics, text=text)
        parsed = parse_page(file, self.library.style_of(file), self.library.config.base_url)
        copies = PageCopies(self.read_copy)
        resolved = resolve_page(parsed.value, self.library, copies.text)
        diagnostics = (
            *loaded.diagnostics,
            *load.check_local(self.registry, file.meta.sources),
            *copies.diagnostics(file.meta.sources),
            *parsed.diagnostics,
            *resolved.diagnostics,
        )
        if lacks := self._lacks(read.value, parsed.value, copies, diagnostics):
            raise LackingError(lacks)
        if text and parsed.value.hidden:
            text = text._replace(hidden=text.hidden | parsed.value.hidden)
        interface, record = resolved.value.interface, codec.dumps(resolved.value.record)
        packed, record_digest = codec.dumps(interface), digest_of(record)
        names, secret = known_names(parsed.value, interface, self.registry)
        sourcing = b"" if secret else codec.dumps(sourcing_text(parsed.value))
        sourcing_digest = digest_of(sourcing) if sourcing else ""
        return PreparedPage(
            path=path,
            digest=digest,
            summary=page_summary(interface, digest_of(packed), record_digest, sourcing_digest),
            record=record,
            interface=packed,
            words=self._words(resolved.value, record_digest),
            diagnostics=diagnostics,
            text=text if diagnostics else None,
            names=names,
            copies=copies.digests(),
            lasting=may_be_kept(parsed.value, interface, self.library, copies.used),
            acceptances=tuple(_at_claims(loaded.value.acceptances, parsed.value)),
            sourcing=sourcing,
        )

    def _words(self, page: ResolvedPage, digest: str) -> bytes:
        if not self.library.config.search:
            return b""
        return codec.dumps(page_words(page.record, page.interface, digest, self.library.catalog))

    def _lacks(
        self, content: bytes, document: Document, copies: PageCopies, diagnostics: Sequence[Diagnostic]
    ) -> Lacks | None:
        """All that a page needs besides its own words, if it has to be prepared again with more than was sent."""
        if self.lacked is None or not isinstance(self.files, SentFiles):
            return None
        names = frozenset(stated_names(document)) - names_in(content)
        files = frozenset(copies.used)
        if not names <= self.lacked.names or not files <= self.files.files.keys() | self._kept.keys():
            return Lacks(files, names, self.lacked.all_ids)
        # The hints of errors may name any source.
        if has_errors(diagnostics) and not self.lacked.all_ids:
            return Lacks(files, names, all_ids=True)
        return None

    def read_copy(self, saved: str) -> Copy:
        """A saved copy, read once while it is kept."""
        copy = self._kept.get(saved)
        if copy is None:
            data = self.files.read(saved).value
            copy = Copy("" if data is None else digest_of(data), text_in(saved, data))
            if data is not None:
                self._kept[saved] = copy
            if len(self._kept) > _COPIES:
                self._kept.pop(next(iter(self._kept)), None)
        return copy


def _at_claims(acceptances: Iterable[Acceptance], document: Document) -> Iterator[Acceptance]:
    """Those of claims hold where the claim is declared, and where it stands in the text."""
    marks = {mark.decl.id: mark.span for mark in document.claims} if acceptances else {}
    for one in acceptances:
        yield one._replace(regions=(*one.regions, marks[one.claim])) if one.claim in marks else one


def report_text(root: Path, path: str, library: Library, unsaved: Unsaved | None = None) -> SourceText | None:
    """A page's text as reports may quote it, for a diagnostic that was found after the page was prepared."""
    from explainer.parse import parse_page  # noqa: PLC0415 - as above

    loaded = load.load_page(root, path, library.config, unsaved).value
    if loaded.text is None or loaded.page is None:
        return loaded.text
    return loaded.text._replace(
        hidden=loaded.text.hidden | parse_page(loaded.page, library.style_of(loaded.page)).value.hidden
    )
