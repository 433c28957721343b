"""A site as an editor's commands need it: its sources and prepared pages, without tying them together or rendering."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from explainer import load
from explainer.cache import codec
from explainer.cache.store import Cache, DamagedCacheError
from explainer.diagnostics import has_errors, in_order
from explainer.engine.known_pages import KnownPages
from explainer.engine.pipeline import SiteBuild, without_echoes
from explainer.engine.request import Report, Request, now
from explainer.engine.run import key_of, open_cache
from explainer.engine.up_to_date import scan_inputs
from explainer.engine.workers import LocalWorkers
from explainer.load.saved_copies import text_in
from explainer.model.document import SourcingText
from explainer.model.published_pages import PageRecord
from explainer.model.site import Choice
from explainer.resolve import judge_page, resolve_page
from explainer.resolve.site import due
from explainer.system import site_files
from explainer.system.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from explainer.diagnostics import Staged
    from explainer.engine.page_texts import PageTexts
    from explainer.load import Content
    from explainer.model.declared import PageFile, Source
    from explainer.model.document import Document
    from explainer.model.library import Library
    from explainer.model.site import PageInterface, PageSummary
    from explainer.resolve import JudgedClaim


class Desk:
    """A loaded site. `faults` is a report if it has errors, so that nothing can be said of it for sure.

    `choice` says which pages count as out; by default those that a build has now.
    """

    def __init__(
        self,
        root: Path,
        content: Content,
        library: Library,
        pages: Sequence[PageSummary],
        texts: PageTexts,
        faults: Report | None = None,
        choice: Choice | None = None,
    ) -> None:
        self.root = root
        self.content = content
        self.library = library
        self.pages = pages
        self.faults = faults
        self._texts = texts
        self._choice = choice or Choice(now(), drafts=False, future=False)

    def interface(self, page: PageSummary) -> PageInterface:
        """What other pages may need from a page."""
        try:
            return self._texts.interface(page)
        except DamagedCacheError:
            file = self.read(page)
            if file is None:
                raise
            return resolve_page(self.parse(file), self.library, self.saved_text).value.interface

    def is_due(self, page: PageSummary) -> bool:
        """Whether a build has the page: it is no draft, and its time has come."""
        return due(page, self._choice)

    def document(self, page: PageSummary) -> Document | None:
        """What a page says of sources: its document, which may have no text; None if it can't be read any more."""
        kept = self._kept(page)
        if kept and kept.whole:
            return kept.document
        file = self.read(page)
        if file is None:
            return None
        return kept.document._replace(file=file) if kept else self.parse(file)

    def outline(self, page: PageSummary) -> Document | None:
        """The same, for ids and places: it needs not to have all of the page's own sources."""
        kept = self._kept(page)
        return kept.document if kept else self.document(page)

    def _kept(self, page: PageSummary) -> SourcingText | None:
        """What an earlier build found that a page says of sources; None where it may not be kept, or is damaged."""
        try:
            return codec.loads(SourcingText, self._texts.sourcing(page))
        except DamagedCacheError:
            return None

    def judge(self, document: Document, library: Library | None = None) -> Staged[tuple[JudgedClaim, ...]]:
        """The claims of a page, as the pipeline judges them, and what it would tell of them."""
        return judge_page(document, library or self.library, self.saved_text)

    def read(self, page: PageSummary) -> PageFile | None:
        """A page's file, read anew."""
        return load.load_page(self.root, page.file, self.library.config).value.page

    def parse(self, file: PageFile, library: Library | None = None) -> Document:
        """The document of a page."""
        from explainer.parse import parse_page  # noqa: PLC0415 - only some commands need it

        return parse_page(file, (library or self.library).style_of(file)).value

    def stored_record(self, page: PageSummary) -> PageRecord:
        """A page's record as the site stands; it isn't parsed again where an earlier build did."""
        try:
            return codec.loads(PageRecord, self._texts.record(page))
        except DamagedCacheError:
            file = self.read(page)
            if file is None:
                raise
            return self.record(self.parse(file))

    def record(self, document: Document, library: Library | None = None) -> PageRecord:
        """The record of a page, as the pipeline makes it."""
        return resolve_page(document, library or self.library, self.saved_text).value.record

    def saved_text(self, saved: str) -> str | None:
        """The text of a saved copy; None if it can't be read."""
        text = text_in(saved, site_files.read_file(self.root, saved).value)
        return text if isinstance(text, str) else None

    @cached_property
    def _local(self) -> list[tuple[PageSummary, Source]]:
        return list(self._read_local())

    def local_sources(self) -> Iterator[tuple[PageSummary, Source]]:
        """The sources that stand in pages' front matter, each page read once."""
        yield from self._local

    def _read_local(self) -> Iterator[tuple[PageSummary, Source]]:
        for page in self.pages:
            yield from ((page, source) for source in self.own_sources(page))

    def own_sources(self, page: PageSummary) -> tuple[Source, ...]:
        """The sources in a page's front matter."""
        if not page.own:
            return ()
        kept = self._kept(page)
        if kept and kept.whole:
            return kept.document.file.meta.sources
        file = self.read(page)
        return file.meta.sources if file else ()


@contextmanager
def open_desk(site: Path) -> Iterator[Desk]:
    """Load a site, with what earlier builds found out."""
    key, _ = key_of(site)
    with open_cache(site, key) as cache:
        try:
            desk = _desk(site, cache)
        except DamagedCacheError:
            cache.clear()
            cache.commit()
            desk = _desk(site, Cache(None))
        yield desk


def _desk(site: Path, cache: Cache) -> Desk:
    made = SiteBuild(Request(site, site / "site"), cache, LocalWorkers())
    content = made.value_of(load.find_content(site))
    made.load(content)
    made.prepare(content.pages, KnownPages(site, cache, made.library, scan_inputs(site).site), Progress())
    cache.commit()
    found = without_echoes(made.diagnostics, complete=made.shared.complete, unread=bool(made.unread))
    faults = Report(in_order(found), made.texts, failed=True) if has_errors(found) else None
    return Desk(site, content, made.library, made.summaries, made.page_texts, faults)
