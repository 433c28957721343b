"""The preview's build: a save is taken in, and the tree that is served is always one whole site.

It goes through the same steps as `explainer build`, and keeps everything in memory between saves. After an error the
tree stays as it was, but for pages that are right themselves.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from explainer.cache.store import DamagedCacheError
from explainer.diagnostics import Diagnostic, has_errors
from explainer.diagnostics.acceptance import UNUSED_ACCEPT, Accepted, sift, with_unused
from explainer.engine.calendar import reviews_due
from explainer.engine.left_out import left_out
from explainer.engine.page import report_text
from explainer.engine.page_outputs import context_of, output_paths
from explainer.engine.page_texts import MissingTextError
from explainer.engine.pipeline import resolve_pages, without_echoes
from explainer.engine.published_files import FileDiagnostics
from explainer.engine.request import now
from explainer.engine.up_to_date import input_state, reads_elsewhere, scan_inputs
from explainer.model.output_files import html_file
from explainer.model.site import Choice
from explainer.render.cards.wording import wording_of
from explainer.serve.background_check import BackgroundCheck
from explainer.serve.changes import EVERYTHING, Changes, changes_between
from explainer.serve.errors import BrokenError
from explainer.serve.fast_page import is_self_contained, provisional_outputs
from explainer.serve.site_state import SiteState
from explainer.serve.tree import Tree, tree_of
from explainer.serve.warm_start import Responses, save_responses

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from explainer.cache.store import Cache
    from explainer.diagnostics import SourceText, Staged
    from explainer.engine.up_to_date import InputSnapshot
    from explainer.model.site import PageSummary, ShownFile
    from explainer.render.theme import Theme
    from explainer.resolve import ResolvedSite
    from explainer.system.site_files import Unsaved

_SMALL = 8  # saved pages that are shown before the whole site is resolved
_TRIED = 40  # pages that are rendered after a layout changed, to find its diagnostics
_PATIENCE = 10.0  # seconds for which a look at the whole site is put off by saves


class Result(NamedTuple):
    """What came of a change: the diagnostics of the site as it is now, and what is new in the tree.

    `accepted` are the warnings that the site says are meant. `pages` is true if anything but style sheets may have changed, `styles` if those have. `last` is
    false where more follows.
    """

    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, SourceText]
    pages: bool = True
    styles: bool = False
    last: bool = True
    accepted: tuple[Accepted, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether something is wrong."""
        return has_errors(self.diagnostics)

    @property
    def found(self) -> list[Diagnostic]:
        """All diagnostics, those that were accepted, too."""
        return [*self.diagnostics, *(one.diagnostic for one in self.accepted)]


class PageRequests(NamedTuple):
    """What is wrong with what one page asks of the site and of the theme; `key` is what it was found with."""

    key: tuple[str, str, Theme, str, str]
    diagnostics: tuple[Diagnostic, ...]
    shown: tuple[ShownFile, ...]


class _Interrupted(Exception):  # noqa: N818 - no error
    """Something was saved: the look at the whole site has to wait."""


class Session:
    """One site in memory. `tree` is what is served, None before anything could be; `result` what was found last.

    One thread brings it up to date; others may read `tree` and `result` meanwhile.
    """

    def __init__(
        self, root: Path, cache: Cache, *, drafts: bool = True, future: bool = True, unsaved: Unsaved | None = None
    ) -> None:
        self.root = root
        self.drafts = drafts
        self.future = future
        self.state = SiteState(root, cache, unsaved)
        self.tree: Tree | None = None
        self.result = Result((), {})
        self._cache = cache
        self._scanned: InputSnapshot | None = None
        self._requests: dict[str, PageRequests] = {}
        self._found: Staged[ResolvedSite] | None = None  # until something changes
        self._shown: ResolvedSite | None = None  # what the tree is of
        # What the whole site hasn't been looked at for yet, and since when (s).
        self._owed: Changes | None = None
        self._since = 0.0
        self._news = Changes()  # what has changed since pages were told last
        self._background_check = BackgroundCheck()
        self._file_diagnostics = FileDiagnostics()
        self._asked_for = False  # whether all pages are to be looked at for diagnostics of layouts

    @property
    def choice(self) -> Choice:
        """What is taken in, now."""
        return Choice(now(), self.drafts, self.future)

    def start(self, scanned: InputSnapshot, jobs: int | None = None) -> Result:
        """Bring everything into memory; `scanned` are the files as they were before any was read."""
        self._scanned = scanned
        try:
            self.state.start(scanned.site, jobs)
            resolved, found = self._found = self._resolved()
        except DamagedCacheError:
            # The cache is damaged: it is built around, once.
            self._cache.clear()
            self._cache.commit()
            self.state = SiteState(self.root, self._cache, self.state.unsaved)
            self.state.start(scanned.site, jobs)
            resolved, found = self._found = self._resolved()
        # What pages ask of each other and of layouts is looked at when the first of them can be seen.
        self._owed = EVERYTHING
        diagnostics = self._diagnostics(found)
        if not self._blocked(diagnostics):
            self.tree, self._shown = self._tree_of(resolved), resolved
            self.state.page_texts.pin(resolved.site.pages)
        self.result = self._result(diagnostics, whole=False)
        return self.result

    def update(
        self, changes: Changes, first: Collection[str] = (), interrupted: Callable[[], bool] = lambda: False
    ) -> Iterator[Result]:
        """Take in what changed, the pages at the paths in `first` (`explainers/x/index.html`) before the rest.

        The last result says how the site is now; those before it that a page can be scanned already. Where
        `interrupted` says that something else was saved there is no last result, and the next update has
        to come to it.
        """
        wanted, done = self._files_of(first), self._owed is None and changes == Changes(changes.pages)
        prepared: set[str] = set()
        self._asked_for |= changes.layouts or changes.everything
        for group in self.state.refresh(changes, wanted, interrupted):
            self._found = None
            prepared |= group
            done = done and self._are_self_contained(group)
            if (len(group) <= _SMALL or group <= wanted) and self._show(group, changes):
                yield self.result._replace(pages=True, styles=False, last=False)
            else:
                done = False
        if done and changes.pages <= self.state.good.keys():
            yield self.result._replace(pages=False, styles=False)
            return
        if changes != Changes():
            self._found = None
        owed = self._owing(changes)
        if self.state.left:
            return
        saved = self._outputs_of(prepared) if len(prepared) <= _SMALL else ()
        try:
            yield self._update_site(owed, [*first, *saved], interrupted)
        except _Interrupted:
            return
        self._owed = None

    def _owing(self, changes: Changes) -> Changes:
        if self._owed is None or not self._since:
            self._since = time.monotonic()
        self._owed = changes if self._owed is None else self._owed | changes
        self._news |= changes
        return self._owed

    def _outputs_of(self, files: Collection[str]) -> list[str]:
        pages = (self.state.pages[file].summary for file in files)
        return [output_paths(page)[0] for page in pages if page]

    def _files_of(self, outputs: Collection[str]) -> set[str]:
        pages = self.tree.pages if self.tree else {}
        return {pages[path].file for path in outputs if path in pages}

    def _are_self_contained(self, files: Collection[str]) -> bool:
        """Whether these pages change nothing but themselves, and no diagnostic that was told stands in them."""
        tree, reported = self.tree, {diagnostic.span.path for diagnostic in self.result.found}
        if tree is None or self.result.failed or not reported.isdisjoint(files):
            return False
        if any(self.state.pages[file].acceptances for file in files):
            return False
        return all(is_self_contained(tree, self.state.pages[file]) for file in files)

    # --- At rest ---

    def drift(self, scanned: InputSnapshot) -> Changes:
        """What differs, by stats, from what was read."""
        return changes_between(self._scanned, scanned) if self._scanned else EVERYTHING

    def rest(self, asked: Iterable[str], first: Collection[str], interrupted: Callable[[], bool]) -> Iterator[Result]:
        """Read once more what was saved since the last rest, and keep what was `asked` for for the next preview.

        So nothing depends on whether the system told of every change, or of each in time.
        """
        scanned = scan_inputs(self.root)
        drift = self.drift(scanned)
        if drift != Changes() or self._owed is not None:
            yield from self.update(drift, first, interrupted)
        if self._owed is None:
            yield from self._surveyed(interrupted)
            self._scanned = scanned
            save_responses(self._cache, self._responses(scanned, asked))

    def _surveyed(self, interrupted: Callable[[], bool]) -> Iterator[Result]:
        """Look at pages that nobody looks at; what was found, if that is something new."""
        if self.tree is None:
            return
        self._background_check.go_on(self.tree, interrupted)
        known = self.result.found
        found = self._background_check.diagnostics(self.tree) - set(known)
        found |= set(self._file_diagnostics.decode(self.root, interrupted))
        if found:
            self.result = self._result([*known, *found], pages=False)
            yield self.result

    def _responses(self, scanned: InputSnapshot, asked: Iterable[str]) -> Responses | None:
        """What the next preview may answer with, if it can tell by stats that nothing has changed."""
        tree, state = self.tree, self.state
        pages = [page.summary for page in state.good.values() if page.summary]
        if tree is None or self.result.failed or reads_elsewhere(state.library, pages):
            return None
        inputs = input_state(scanned, pages, self.choice.now)
        view = tree.site.view
        return Responses((self.drafts, self.future), inputs, view.root, view.url, tree.shown(asked))

    # --- One page, at once ---

    def _show(self, files: Collection[str], changes: Changes) -> bool:
        """Put pages into the tree before the whole site is resolved; False if that can't be done for any."""
        tree = self.tree
        if tree is None or changes.layouts or changes.everything or self.state.theme is not tree.theme:
            return False
        pages: dict[str, PageSummary] = {}
        for file in files:
            own = provisional_outputs(tree, self.state.pages[file])
            if not own:
                return False
            pages |= own
        shown = tree.with_pages(pages)
        if any(_layout_errors(shown, changes, [path for path in pages if path.endswith(".html")])):
            return False
        self.tree = shown
        return True

    # --- The whole site ---

    def _update_site(self, changes: Changes, first: Collection[str], interrupted: Callable[[], bool]) -> Result:
        def breathe() -> None:
            if interrupted() and time.monotonic() - self._since < _PATIENCE:
                raise _Interrupted

        resolved, found = self._found = self._found or self._resolved()
        breathe()
        diagnostics = self._diagnostics([*found, *self._what_pages_ask(resolved, breathe)])
        if not self._blocked(diagnostics):
            tree = self._tree_of(resolved)
            broken = list(_layout_errors(tree, changes, first, breathe))
            diagnostics.extend(broken)
            if not has_errors(broken):
                self.tree, self._shown = tree, resolved
                self.state.page_texts.pin(resolved.site.pages)
                if self._asked_for:
                    self._background_check.begin(tree)
                    self._asked_for = False
                diagnostics.extend(self._background_check.diagnostics(tree) - set(diagnostics))
        news, self._news, self._since = self._news, Changes(), 0.0
        styles = bool(news.static) and all(path.endswith(".css") for path in news.static)
        pages = news._replace(static=frozenset()) != Changes() or (bool(news.static) and not styles)
        self.result = self._result(diagnostics, pages=pages, styles=styles)
        return self.result

    def _result(
        self, diagnostics: Iterable[Diagnostic], *, pages: bool = True, styles: bool = False, whole: bool = True
    ) -> Result:
        """What is told of these diagnostics; `whole`: everything was looked at."""
        state = self.state
        acceptances = list(state.acceptances)
        summaries = [page.summary for page in state.good.values() if page.summary]
        found = (one for one in diagnostics if one.code != UNUSED_ACCEPT)
        sifted = sift(found, acceptances)
        if whole and acceptances:
            out = dict(left_out(summaries, self.choice, state.library.config.time_zone))
            sifted = with_unused(sifted, acceptances, out)
        told, accepted = sifted
        return Result(
            told, self._texts([*told, *(one.diagnostic for one in accepted)]), pages, styles, accepted=accepted
        )

    def _tree_of(self, resolved: ResolvedSite) -> Tree:
        state = self.state
        if self.tree and self._shown is resolved and self.tree.theme is state.theme:
            return self.tree
        return tree_of(self.root, resolved, state.library, state.theme, state.page_texts, self.tree)

    def _diagnostics(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The diagnostics of all files and these, but for what only follows from a file that can't be read."""
        state = self.state
        unread = bool(state.pages.keys() - state.good.keys())
        return without_echoes([*state.diagnostics, *found], complete=state.shared.complete, unread=unread)

    def _what_pages_ask(self, resolved: ResolvedSite, breathe: Callable[[], None]) -> Iterator[Diagnostic]:
        """The diagnostics of what pages ask of each other and of the theme; those that can't have changed stay."""
        theme, context_digest, view = self.state.theme, resolved.site.context_digest, resolved.site.view
        wording = wording_of(theme, view, self.state.library.catalogs)
        for page in resolved.site.pages:
            key = (page.interface_digest, context_digest, theme, view.title, view.cards)
            before = self._requests.get(page.file)
            if before and before.key == key:
                continue
            breathe()
            try:
                interface = self.state.page_texts.interface(page)
            except MissingTextError:  # the cache was damaged
                self.state.reload_page(page.file)
                interface = self.state.page_texts.interface(page)
            context = context_of(interface, resolved.site_index, theme, wording)
            self._requests[page.file] = PageRequests(key, context.diagnostics, context.assets)
        self._requests = {page.file: self._requests[page.file] for page in resolved.site.pages}
        for one in self._requests.values():
            yield from one.diagnostics
        shown = [*resolved.assets, *(file for one in self._requests.values() for file in one.shown)]
        yield from self._file_diagnostics.diagnostics(self.root, shown)
        yield from self._file_diagnostics.theme_diagnostics(theme, view)
        yield from reviews_due(resolved.site.pages, self.choice.now)

    def _resolved(self) -> Staged[ResolvedSite]:
        state = self.state
        pages = [page.summary for file in state.pages if (page := state.good.get(file)) and page.summary]
        unread = sorted(state.pages.keys() - state.good.keys())
        return resolve_pages(pages, state.page_texts, state.library, state.theme, self.choice, unread, state.pictures)

    def _blocked(self, diagnostics: list[Diagnostic]) -> bool:
        """Whether there are errors but those of pages that have an earlier form, or can be left out."""
        if self.state.lost or (self.tree is None and self.state.shared.failed):
            return True
        alone = set(self.state.diagnostics)
        return has_errors(diagnostic for diagnostic in diagnostics if diagnostic not in alone)

    def _texts(self, diagnostics: list[Diagnostic]) -> dict[str, SourceText]:
        """The texts that diagnostics are told with; those of pages, too, that were found when the site was tied together."""
        texts = self.state.texts
        paths = {diagnostic.span.path for diagnostic in diagnostics} & self.state.pages.keys() - texts.keys()
        found = {path: report_text(self.root, path, self.state.library, self.state.unsaved) for path in paths}
        return texts | {path: text for path, text in found.items() if text}


def _layout_errors(
    tree: Tree, changes: Changes, first: Collection[str], breathe: Callable[[], None] = lambda: None
) -> Iterator[Diagnostic]:
    """The diagnostics of layouts: of the pages that are being looked at, and after a change of layouts of the newest, too."""
    paths = [path for path in first if path in tree.pages or path in tree.lists]
    if changes.layouts or changes.everything:
        newest = [html_file(page.url) for page in tree.site.pages[:_TRIED]]
        kinds = {(path.partition("/")[0], path.count("/")): path for path in tree.lists}
        paths += [*newest, *kinds.values()]
    for path in dict.fromkeys(paths):
        breathe()
        try:
            tree.get(path)
        except BrokenError as error:
            yield error.diagnostic
        except MissingTextError:
            continue
