"""The site's files as they were last read: what all pages share, each page prepared, the theme."""

from __future__ import annotations

from itertools import repeat
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from explainer import load
from explainer.cache.store import Cache
from explainer.diagnostics import has_errors
from explainer.engine import workers
from explainer.engine.known_pages import Earlier
from explainer.engine.page import Common, Prepared, get_ready, prepare
from explainer.load.saved_copies import check_copy
from explainer.render.theme import Theme
from explainer.resolve import with_site_targets
from explainer.serve.changes import Changes
from explainer.serve.page_texts import Texts
from explainer.system import site_files
from explainer.system.file_stats import Snapshot, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from explainer.diagnostics import Diagnostic, SourceText
    from explainer.model.declared import Library

# Preparing finds what pages share in a place that a whole process has once.
_preparing = Lock()
_LOST = ("E101", "E109")
_GROUP = 20  # pages between two looks whether there is something else to do


class Shared(NamedTuple):
    """What all pages share, as far as it can be read; `whole` is false where a file of it can't be."""

    library: Library
    registry: load.SourceIndex
    whole: bool
    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, SourceText]

    @property
    def failed(self) -> bool:
        """Whether anything in it is wrong."""
        return has_errors(self.diagnostics)


class Inputs:
    """Reads a site's files, and again what has changed of them.

    `pages` holds each page of the site by its file, `good` what each was when it last had no error; `left`
    are the files of those that have to be prepared anew.
    """

    def __init__(self, root: Path, cache: Cache) -> None:
        self.root = root
        self.theme = Theme.of_site(root)
        self.kept = Texts(cache)
        self.found = load.find_content(root)
        self.shared = self._read_shared()
        self._sound = not self.shared.failed
        self.pages: dict[str, Prepared] = {}
        self.left: set[str] = set()
        self.good: dict[str, Prepared] = {}
        self._bases: dict[str, str] = {}
        # What pages are prepared with: that which was last read without a fault, once there is one.
        self.common = Common(str(root), self.shared.library, self.shared.registry)
        self._earlier = _held_against(root, self.shared.library)

    def start(self, seen: Snapshot, jobs: int | None) -> None:
        """Prepare every page, as far as an earlier build hasn't. `seen` are the site's files, looked at before."""
        paths, cache = self.found.value.pages, self.kept.cache
        earlier = Earlier(self.root, cache, self.common.library, seen)
        known = earlier.pages(paths)
        if known:
            # A page is known only with its texts, of which the cache may have lost some.
            whole = cache.keys("record") & cache.keys("surface")
            known = {path: page for path, page in known.items() if path in whole}
        missing = [path for path in paths if path not in known]
        if missing:
            get_ready()
        for page in workers.run(prepare, missing, len(missing), self.common, jobs):
            if earlier.remember(page):
                self.kept.store(page)
            else:
                self.kept.keep(page)
            known[page.path] = page
        earlier.save(paths)
        cache.commit()
        for path in paths:
            self._take(known[path])

    def refresh(
        self, changes: Changes, first: Collection[str] = (), interrupted: Callable[[], bool] = lambda: False
    ) -> Iterator[set[str]]:
        """Read again what changed, and prepare the pages anew that rest on it.

        What comes are the files of those that are otherwise now: first those of `first`, then those that were
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
            if changed := {path for path in sorted(group) if self.take_again(path)}:
                yield changed
        others = sorted(self.left)
        for at in range(0, len(others), _GROUP):
            if interrupted():
                return
            if changed := {path for path in others[at : at + _GROUP] if self.take_again(path)}:
                yield changed

    def _stale(self, changes: Changes, saved: set[str], *, gone: bool) -> set[str]:
        """The files of the pages to prepare, after a look at all that they rest on."""
        if changes.layouts or changes.static or changes.anew:
            self._look_at_theme()
        if gone or changes.anew or changes.library or changes.files or changes.pages - self.pages.keys():
            self.found = load.find_content(self.root)
        if changes.library or changes.anew:
            self._reread_shared()
        # A folder that can't be read, or isn't there for a moment, takes no page away.
        if changes.files or changes.anew:
            # Saved copies are read once for each of these.
            self.common = self.common._replace()
        there = set(self.pages) if self.lost else set(self.found.value.pages)
        for path in self.pages.keys() - there:
            del self.pages[path]
            self.good.pop(path, None)
        self.left &= there
        stale = saved | (there - self.pages.keys())
        stale |= {path for path in self.pages if self._outdated(path, changes)}
        return {path for path in stale if path in there or path in self.pages}

    def take_again(self, path: str) -> bool:
        """Prepare a page once more; False if nothing of it has changed."""
        page, before = self.prepare(path), self.pages.get(path)
        self.left.discard(path)
        self.kept.keep(page)
        self._take(page)
        return self.pages[path] != before

    def prepare(self, path: str) -> Prepared:
        """A page as its file is now."""
        with _preparing:
            workers.share(self.common)
            try:
                return prepare(path)
            finally:
                workers.share(None)

    def _look_at_theme(self) -> None:
        # The style sheets are read again; of the layouts, those whose text is the same aren't compiled again.
        self.theme = Theme.of_site(self.root, self.theme.bytecode)

    @property
    def lost(self) -> bool:
        """Whether the folders can't be looked through, so that nobody knows which pages there are."""
        return any(fault.code in _LOST for fault in self.found.diagnostics)

    def _take(self, page: Prepared) -> None:
        self.pages[page.path] = page._replace(record=b"", surface=b"")
        self._bases[page.path] = self._basis(page)
        if page.outline and not has_errors(page.diagnostics):
            self.good[page.path] = page._replace(record=b"", surface=b"")

    def _outdated(self, path: str, changes: Changes) -> bool:
        page = self.pages[path]
        if (changes.library or changes.files) and has_errors(page.diagnostics):
            # What it names in vain is nowhere listed, and may be there now.
            return True
        if changes.anew and page.digest != digest_of(site_files.read_file(self.root, path).value or b""):
            return True
        if (changes.library or changes.anew) and self._bases[path] != self._basis(page):
            return True
        return any(copy in changes.files or changes.anew for copy, _ in page.copies)

    def _basis(self, page: Prepared) -> str:
        """What a page was prepared with, besides its file."""
        return self._earlier.context + "".join(map(self._earlier.registry.get, page.names, repeat("-")))

    def _read_shared(self) -> Shared:
        loaded = load.load_library(self.root, self.found.value)
        words = load.load_catalogs(self.root, self.theme.catalogs)
        library = with_site_targets(loaded.value.library._replace(catalogs=words.value[0]))
        registry = load.index_registry(library.sources, library.people)
        copies = (fault for source in library.sources.values() for fault in check_copy(self.root, source))
        faults = (*loaded.diagnostics, *words.diagnostics, *load.check_registry(registry), *copies)
        texts = {text.path: text for text in (*loaded.value.texts, *words.value[1])}
        return Shared(library, registry, loaded.value.complete, faults, texts)

    def _reread_shared(self) -> None:
        self.shared = self._read_shared()
        # Pages stay with what was last read without a fault, if there ever was such a thing.
        if not self.shared.failed or not self._sound:
            self._sound = not self.shared.failed
            self.common = Common(str(self.root), self.shared.library, self.shared.registry)
            self._earlier = _held_against(self.root, self.shared.library)

    @property
    def diagnostics(self) -> Iterator[Diagnostic]:
        """Every fault of the files, each taken alone."""
        yield from self.found.diagnostics
        yield from self.shared.diagnostics
        yield from self.theme.diagnostics
        for page in self.pages.values():
            yield from page.diagnostics

    @property
    def texts(self) -> dict[str, SourceText]:
        """The texts that those faults are told with."""
        return {**self.shared.texts, **{page.path: page.text for page in self.pages.values() if page.text}}


def _held_against(root: Path, library: Library) -> Earlier:
    """What pages are held against: a digest of what all of them know, and one for each name."""
    return Earlier(root, Cache(None), library, Snapshot({}, 0))
