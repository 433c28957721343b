"""The preview's build: what a save changes is made again, and the tree that is served is always one whole site.

It does what `explainer build` does, with the same stages, and keeps everything in memory between
saves. A fault leaves the tree as it was, but for pages that are right themselves.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from explainer import load
from explainer.cache.store import DamagedCacheError
from explainer.check import check_calls
from explainer.diagnostics import Diagnostic, has_errors, in_order
from explainer.engine.page import report_text
from explainer.engine.page_outputs import output_paths
from explainer.engine.pipeline import without_echoes
from explainer.engine.published_files import Judged
from explainer.engine.request import now
from explainer.engine.up_to_date import due_between, look
from explainer.model.output_files import html_file
from explainer.model.site import Choice
from explainer.resolve import resolve_context, resolve_site
from explainer.serve.background_check import Survey
from explainer.serve.changes import EVERYTHING, Changes, changes_between
from explainer.serve.errors import BrokenError, GoneError
from explainer.serve.fast_page import provisional, settled
from explainer.serve.site_state import Inputs
from explainer.serve.tree import Tree, tree_of
from explainer.serve.warm_start import Kept, keep

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from explainer.cache.store import Cache
    from explainer.diagnostics import SourceText
    from explainer.engine.up_to_date import Seen
    from explainer.model.site import ShownFile
    from explainer.render.theme import Theme
    from explainer.resolve import ResolvedSite
    from explainer.serve.tree import Leaf

_SMALL = 8  # saved pages that are shown before the whole site is resolved
_TRIED = 40  # pages that are rendered after a layout changed, to find its faults
_PATIENCE = 10.0  # seconds for which a look at the whole site is put off by saves


class Result(NamedTuple):
    """What came of a change: the faults of the site as it is now, and what is new in the tree.

    `pages` is true if anything but style sheets may have changed, `styles` if those have. `last` is
    false where more follows.
    """

    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, SourceText]
    pages: bool = True
    styles: bool = False
    last: bool = True

    @property
    def failed(self) -> bool:
        """Whether something is wrong."""
        return has_errors(self.diagnostics)


class Asked(NamedTuple):
    """The faults of what one page asks of the rest of the site, and what they were found with."""

    surface: str
    web: tuple[str, Theme]
    faults: tuple[Diagnostic, ...]
    shown: tuple[ShownFile, ...]


class _Interrupted(Exception):  # noqa: N818 - no fault
    """Something was saved: the look at the whole site has to wait."""


class Session:
    """One site in memory. `tree` is what is served, None before anything could be; `result` what was found last.

    One thread brings it up to date; others may read `tree` and `result` meanwhile.
    """

    def __init__(self, root: Path, cache: Cache, *, drafts: bool = True, future: bool = True) -> None:
        self.root = root
        self.drafts = drafts
        self.future = future
        self.inputs = Inputs(root, cache)
        self.tree: Tree | None = None
        self.result = Result((), {})
        self._cache = cache
        self._seen: Seen | None = None
        self._answers: dict[str, Asked] = {}
        self._found: tuple[ResolvedSite, tuple[Diagnostic, ...]] | None = None  # until something changes
        self._shown: ResolvedSite | None = None  # what the tree is of
        # What the whole site hasn't been looked at for yet, and since when (s).
        self._owed: Changes | None = None
        self._since = 0.0
        self._news = Changes()  # what has changed since pages were told last
        self._survey = Survey()
        self._judged = Judged()
        self._asked_for = False  # whether all pages are to be looked at for faults of layouts

    @property
    def choice(self) -> Choice:
        """What is taken in, now."""
        return Choice(now(), self.drafts, self.future)

    def start(self, seen: Seen, jobs: int | None = None) -> Result:
        """Bring everything into memory; `seen` are the files as they were before any was read."""
        self._seen = seen
        try:
            self.inputs.start(seen.site, jobs)
            whole, found = self._found = self._resolved()
        except (DamagedCacheError, GoneError):
            # The cache is damaged: it is built around, once.
            self._cache.clear()
            self._cache.commit()
            self.inputs = Inputs(self.root, self._cache)
            self.inputs.start(seen.site, jobs)
            whole, found = self._found = self._resolved()
        # What pages ask of each other and of layouts is looked at when the first of them can be seen.
        self._owed = EVERYTHING
        faults = self._faults(found)
        if not self._blocked(faults):
            self.tree, self._shown = self._tree_of(whole), whole
            self.inputs.kept.hold(whole.site.pages)
        self.result = Result(in_order(faults), self._texts(faults))
        return self.result

    def update(
        self, changes: Changes, first: Collection[str] = (), interrupted: Callable[[], bool] = lambda: False
    ) -> Iterator[Result]:
        """Take in what changed, the pages at the paths in `first` (`explainers/x/index.html`) before the rest.

        The last result says how the site is now; those before it that a page can be seen already. Where
        `interrupted` says that something else was saved there is no last result, and the next update has
        to come to it.
        """
        wanted, done = self._files_of(first), self._owed is None and changes == Changes(changes.pages)
        prepared: set[str] = set()
        self._asked_for |= changes.layouts or changes.anew
        for group in self.inputs.refresh(changes, wanted, interrupted):
            self._found = None
            prepared |= group
            done = done and self._settled(group)
            if (len(group) <= _SMALL or group <= wanted) and self._show(group, changes):
                yield self.result._replace(pages=True, styles=False, last=False)
            else:
                done = False
        if done and changes.pages <= self.inputs.good.keys():
            yield self.result._replace(pages=False, styles=False)
            return
        if changes != Changes():
            self._found = None
        owed = self._owing(changes)
        if self.inputs.left:
            return
        saved = self._outputs_of(prepared) if len(prepared) <= _SMALL else ()
        try:
            yield self._whole(owed, [*first, *saved], interrupted)
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
        pages = (self.inputs.pages[file].outline for file in files)
        return [output_paths(page)[0] for page in pages if page]

    def _files_of(self, outputs: Collection[str]) -> set[str]:
        leaves = self.tree.leaves if self.tree else {}
        return {leaves[path].outline.file for path in outputs if path in leaves}

    def _settled(self, files: Collection[str]) -> bool:
        """Whether these pages change nothing but themselves, and no fault that was told stands in them."""
        tree, told = self.tree, {fault.span.path for fault in self.result.diagnostics}
        if tree is None or self.result.failed or not told.isdisjoint(files):
            return False
        return all(settled(tree, self.inputs.pages[file]) for file in files)

    # --- At rest ---

    def drift(self, seen: Seen) -> Changes:
        """What differs, by stats, from what was read."""
        return changes_between(self._seen, seen) if self._seen else EVERYTHING

    def rest(self, asked: Iterable[str], first: Collection[str], interrupted: Callable[[], bool]) -> Iterator[Result]:
        """Read once more what was saved since the last rest, and keep what was `asked` for for the next preview.

        So nothing depends on whether the system told of every change, or of each in time.
        """
        seen = look(self.root)
        drift = self.drift(seen)
        if drift != Changes() or self._owed is not None:
            yield from self.update(drift, first, interrupted)
        if self._owed is None:
            yield from self._surveyed(interrupted)
            self._seen = seen
            keep(self._cache, seen, self._kept(asked))

    def _surveyed(self, interrupted: Callable[[], bool]) -> Iterator[Result]:
        """Look at pages that nobody looks at; what was found, if that is something new."""
        if self.tree is None:
            return
        self._survey.go_on(self.tree, interrupted)
        found = self._survey.faults(self.tree) - set(self.result.diagnostics)
        if found:
            faults = [*self.result.diagnostics, *found]
            self.result = Result(in_order(faults), self._texts(faults), pages=False)
            yield self.result

    def _kept(self, asked: Iterable[str]) -> Kept | None:
        tree, inputs = self.tree, self.inputs
        pages = [page.outline for page in inputs.good.values() if page.outline]
        copies = [*(source.saved for source in inputs.common.library.sources.values())]
        copies += [copy for page in pages for copy in page.saved]
        if tree is None or self.result.failed or any(copy and not copy.startswith("content/") for copy in copies):
            return None
        due = due_between(pages, self.choice.now)
        view = tree.site.view
        return Kept((self.drafts, self.future), due, view.root, view.url, tree.shown(asked))

    # --- One page, at once ---

    def _show(self, files: Collection[str], changes: Changes) -> bool:
        """Put pages into the tree before the whole site is resolved; False if that can't be done for any."""
        tree = self.tree
        if tree is None or changes.layouts or changes.anew or self.inputs.theme is not tree.theme:
            return False
        leaves: dict[str, Leaf] = {}
        for file in files:
            own = provisional(tree, self.inputs.pages[file])
            if not own:
                return False
            leaves |= own
        shown = tree.with_leaves(leaves)
        if any(_tried(shown, changes, [path for path in leaves if path.endswith(".html")])):
            return False
        self.tree = shown
        return True

    # --- The whole site ---

    def _whole(self, changes: Changes, first: Collection[str], interrupted: Callable[[], bool]) -> Result:
        def breathe() -> None:
            if interrupted() and time.monotonic() - self._since < _PATIENCE:
                raise _Interrupted

        whole, found = self._found = self._found or self._resolved()
        breathe()
        faults = self._faults([*found, *self._asked(whole, breathe)])
        if not self._blocked(faults):
            tree = self._tree_of(whole)
            broken = list(_tried(tree, changes, first, breathe))
            faults.extend(broken)
            if not has_errors(broken):
                self.tree, self._shown = tree, whole
                self.inputs.kept.hold(whole.site.pages)
                if self._asked_for:
                    self._survey.ask(tree)
                    self._asked_for = False
                faults.extend(self._survey.faults(tree) - set(faults))
        news, self._news, self._since = self._news, Changes(), 0.0
        styles = bool(news.static) and all(path.endswith(".css") for path in news.static)
        pages = news._replace(static=frozenset()) != Changes() or (bool(news.static) and not styles)
        self.result = Result(in_order(faults), self._texts(faults), pages, styles)
        return self.result

    def _tree_of(self, whole: ResolvedSite) -> Tree:
        inputs = self.inputs
        if self.tree and self._shown is whole and self.tree.theme is inputs.theme:
            return self.tree
        return tree_of(self.root, whole, inputs.common.library, inputs.theme, inputs.kept, self.tree)

    def _faults(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """The faults of all files and these, but for what only follows from a file that can't be read."""
        inputs = self.inputs
        unread = bool(inputs.pages.keys() - inputs.good.keys())
        return without_echoes([*inputs.diagnostics, *found], complete=inputs.shared.whole, unread=unread)

    def _asked(self, whole: ResolvedSite, breathe: Callable[[], None]) -> Iterator[Diagnostic]:
        """The faults of what pages ask of each other and of the theme; those that can't have changed stay."""
        forms, web = self.inputs.theme.forms, (whole.site.context_digest, self.inputs.theme)
        for page in whole.site.pages:
            before = self._answers.get(page.file)
            if before and before.surface == page.interface_digest and before.web == web:
                continue
            breathe()
            try:
                surface = self.inputs.kept.surface(page)
            except GoneError:  # the cache was damaged
                self.inputs.take_again(page.file)
                surface = self.inputs.kept.surface(page)
            context = resolve_context(surface, whole.site_index)
            faults = (*check_calls(surface.calls, forms), *context.diagnostics)
            self._answers[page.file] = Asked(page.interface_digest, web, faults, context.assets)
        self._answers = {page.file: self._answers[page.file] for page in whole.site.pages}
        for one in self._answers.values():
            yield from one.faults
        shown = [*whole.assets, *(file for one in self._answers.values() for file in one.shown)]
        yield from self._judged.diagnostics(self.root, shown)
        yield from self._judged.theme_diagnostics(self.inputs.theme, whole.site.view)

    def _resolved(self) -> tuple[ResolvedSite, tuple[Diagnostic, ...]]:
        inputs = self.inputs
        pages = [page.outline for file in inputs.pages if (page := inputs.good.get(file)) and page.outline]
        beside = load.files_beside(self.root, (page.file for page in pages))
        unread = sorted(inputs.pages.keys() - inputs.good.keys())
        static = frozenset(inputs.theme.static)
        found = resolve_site(
            pages, inputs.kept.surface, inputs.common.library, self.choice, beside.value, static, unread
        )
        return found.value, (*beside.diagnostics, *found.diagnostics)

    def _blocked(self, faults: list[Diagnostic]) -> bool:
        """Whether there are errors but those of pages that have an earlier form, or can be left out."""
        if self.inputs.lost or (self.tree is None and self.inputs.shared.failed):
            return True
        alone = set(self.inputs.diagnostics)
        return has_errors(fault for fault in faults if fault not in alone)

    def _texts(self, faults: list[Diagnostic]) -> dict[str, SourceText]:
        """The texts that faults are told with; those of pages, too, that were found when the site was tied together."""
        texts = self.inputs.texts
        paths = {fault.span.path for fault in faults} & self.inputs.pages.keys() - texts.keys()
        found = {path: report_text(self.root, path, self.inputs.common.library) for path in paths}
        return texts | {path: text for path, text in found.items() if text}


def _tried(
    tree: Tree, changes: Changes, first: Collection[str], breathe: Callable[[], None] = lambda: None
) -> Iterator[Diagnostic]:
    """The faults of layouts: of the pages that are being looked at, and after a change of layouts of the newest, too."""
    paths = [path for path in first if path in tree.leaves or path in tree.lists]
    if changes.layouts or changes.anew:
        newest = [html_file(page.url) for page in tree.site.pages[:_TRIED]]
        kinds = {(path.partition("/")[0], path.count("/")): path for path in tree.lists}
        paths += [*newest, *kinds.values()]
    for path in dict.fromkeys(paths):
        breathe()
        try:
            tree.get(path)
        except BrokenError as error:
            yield error.diagnostic
        except GoneError:
            continue
