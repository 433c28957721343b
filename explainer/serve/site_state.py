"""The files of a site as they were read last: what all pages share, each page prepared, the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer import load
from explainer.diagnostics import has_errors
from explainer.engine.known_pages import KnownPages, is_affected, library_digests
from explainer.engine.page import PagePreparer
from explainer.engine.page_texts import PageTexts
from explainer.engine.picture_files import PictureFiles
from explainer.engine.pipeline import prepare_pages
from explainer.engine.shared_inputs import read_shared_inputs
from explainer.engine.supplies import SiteFiles
from explainer.engine.workers import LocalWorkers
from explainer.render.theme import Theme
from explainer.serve.changes import Changes
from explainer.system import site_files
from explainer.system.file_stats import digest_of
from explainer.system.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from explainer.cache.store import Cache
    from explainer.diagnostics import Diagnostic, SourceText
    from explainer.diagnostics.acceptance import Acceptance
    from explainer.engine.page import PreparedPage
    from explainer.engine.shared_inputs import SharedInputs
    from explainer.model.library import Library
    from explainer.system.file_stats import Snapshot
    from explainer.system.site_files import Unsaved

_LOST = ("E101", "E109")
_GROUP = 20  # pages between two checks whether there is something else to do
_VERSIONS = 3  # of each page that was saved: until a new tree takes its place, the old one is served


class SiteState:
    """Reads the files of a site, and again those that have changed.

    `pages` has each page of the site by its file, `good` what each was when it last had no error; `left`
    are the files of those that have to be prepared again. What is `unsaved` stands in place of files; whoever
    changes it says so with `refresh`.
    """

    def __init__(self, root: Path, cache: Cache, unsaved: Unsaved | None = None) -> None:
        self.root = root
        self.unsaved = unsaved
        self.theme = Theme.of_site(root)
        self.page_texts = PageTexts(cache, _VERSIONS)
        self.pictures = PictureFiles(root, cache)
        self.content = load.find_content(root, unsaved)
        self.shared = self._read_shared()
        self.pages: dict[str, PreparedPage] = {}
        self.good: dict[str, PreparedPage] = {}
        self.left: set[str] = set()
        self._cache = cache
        # Pages are prepared with what was last read without an error, once there is such a thing.
        self._used = self.shared
        self._digests = library_digests(self.library)
        self._preparer = self._new_preparer()

    @property
    def library(self) -> Library:
        """What authors declared for all pages, as pages are prepared with it."""
        return self._used.library

    @property
    def lost(self) -> bool:
        """Whether the folders can't be searched, so that nobody knows which pages there are."""
        return any(diagnostic.code in _LOST for diagnostic in self.content.diagnostics)

    @property
    def diagnostics(self) -> Iterator[Diagnostic]:
        """All that is wrong with the files, each taken alone."""
        yield from self.content.diagnostics
        yield from self.shared.diagnostics
        yield from self.theme.diagnostics
        for page in self.pages.values():
            yield from page.diagnostics

    @property
    def acceptances(self) -> Iterator[Acceptance]:
        """The warnings that the site says are meant."""
        yield from self.shared.acceptances
        for page in self.pages.values():
            yield from page.acceptances

    @property
    def texts(self) -> dict[str, SourceText]:
        """The texts that those diagnostics are reported with."""
        return {**self.shared.texts, **{page.path: page.text for page in self.pages.values() if page.text}}

    # --- All files ---

    def start(self, scanned: Snapshot, jobs: int | None) -> None:
        """Prepare every page, or take those that an earlier build or preview left. `scanned` are the site's files."""
        known = KnownPages(self.root, self._cache, self.library, scanned)
        paths = self.content.value.pages
        for page in prepare_pages(paths, self._preparer, known, self.page_texts, LocalWorkers(jobs), Progress()):
            self._record(page)
        self._cache.commit()

    # --- What has changed ---

    def refresh(
        self, changes: Changes, first: Collection[str] = (), interrupted: Callable[[], bool] = lambda: False
    ) -> Iterator[set[str]]:
        """Read again what changed, and prepare the pages again that depend on it.

        Yields the files of those that differ now: first those of `first`, then those that were
        saved, then the others, of which some are `left` if it is interrupted.
        """
        stale = {path for path in changes.pages if path in self.pages}
        gone = any(not (self.root / path).is_file() for path in stale)
        if gone or stale != changes.pages or changes != Changes(changes.pages):
            # All else takes time that grows with the site.
            stale = self._stale(changes, stale, gone=gone)
        self.left |= stale
        early = self.left.intersection(first)
        saved = (stale & changes.pages) - early
        for group in (early, saved):
            if changed := {path for path in sorted(group) if self.reload_page(path)}:
                yield changed
        others = sorted(self.left)
        for at in range(0, len(others), _GROUP):
            if interrupted():
                return
            if changed := {path for path in others[at : at + _GROUP] if self.reload_page(path)}:
                yield changed

    def reload_page(self, path: str) -> bool:
        """Prepare a page again; False if nothing of it has changed."""
        page, before = self._preparer.prepare(path), self.pages.get(path)
        self.left.discard(path)
        if page.summary and not has_errors(page.diagnostics):
            self.page_texts.add(page, lasting=False)
        self._record(page)
        return self.pages[path] != before

    def _record(self, page: PreparedPage) -> None:
        page = page.without_texts()
        self.pages[page.path] = page
        if page.summary and not has_errors(page.diagnostics):
            self.good[page.path] = page

    def _stale(self, changes: Changes, saved: set[str], *, gone: bool) -> set[str]:
        """The files of the pages to prepare again, after a look at all that they depend on."""
        if changes.layouts or changes.static or changes.everything:
            # Style sheets are read again; of the layouts, those whose text is the same aren't compiled again.
            self.theme = Theme.of_site(self.root, self.theme.bytecode)
        if gone or changes.everything or changes.library or changes.files or changes.pages - self.pages.keys():
            self.content = load.find_content(self.root, self.unsaved)
        changed: frozenset[str] | None = frozenset()
        if changes.library or changes.everything:
            changed = self._reread_shared()
        if changes.files or changes.everything:
            # Saved copies that were read may be others now.
            self._preparer = self._new_preparer()
        # A folder that can't be read, or isn't there for a moment, takes no page away.
        there = set(self.pages) if self.lost else set(self.content.value.pages)
        for path in self.pages.keys() - there:
            del self.pages[path]
            self.good.pop(path, None)
        self.left &= there
        stale = saved | (there - self.pages.keys())
        stale |= {path for path, page in self.pages.items() if self._is_stale(page, changes, changed)}
        return {path for path in stale if path in there or path in self.pages}

    def _is_stale(self, page: PreparedPage, changes: Changes, changed: frozenset[str] | None) -> bool:
        """Whether a page has to be prepared again; `changed` are the names that stand for other sources now."""
        if (changes.library or changes.files) and has_errors(page.diagnostics):
            # What it names in vain is nowhere listed, and may be there now.
            return True
        if is_affected(page.names, changed):
            return True
        if changes.everything and page.digest != digest_of(self._content_of(page.path)):
            return True
        return any(copy in changes.files or changes.everything for copy, _ in page.copies)

    def _content_of(self, path: str) -> bytes:
        return site_files.read_file(self.root, path, self.unsaved).value or b""

    # --- What all pages share ---

    def _read_shared(self) -> SharedInputs:
        return read_shared_inputs(self.root, self.content.value, self.theme, unsaved=self.unsaved)

    def _reread_shared(self) -> frozenset[str] | None:
        """Read what all pages share; the names that stand for other sources now, as `LibraryDigests.changed_since`."""
        self.shared = self._read_shared()
        if self.shared.failed and not self._used.failed:
            return frozenset()
        self._used = self.shared
        before, self._digests = self._digests, library_digests(self.library)
        self._preparer = self._new_preparer()
        return self._digests.changed_since(before)

    def _new_preparer(self) -> PagePreparer:
        return PagePreparer(SiteFiles(self.root, self.unsaved), self.library, self._used.registry)
