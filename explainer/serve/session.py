"""The preview's build: what a save changes is made again, and the tree that is served is always one whole site.

It does what `explainer build` does, with the same stages, and keeps everything in memory between
saves. A fault leaves the tree as it was, but for pages that are right themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.artifacts import html_file
from explainer.checks import check_calls
from explainer.diagnostics import Diagnostic, has_errors, in_order
from explainer.model import Choice
from explainer.pipeline import beside_pages, without_echoes
from explainer.prepare import report_text
from explainer.render import LayoutError
from explainer.rendering import output_paths
from explainer.request import now
from explainer.resolve import joint, resolve_site
from explainer.serve.changes import EVERYTHING, Changes
from explainer.serve.inputs import Inputs
from explainer.serve.memory import Tree, tree_of
from explainer.serve.provisional import provisional, settled
from explainer.serve.texts import GoneError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from explainer.diagnostics import SourceText
    from explainer.model import Outline
    from explainer.resolve import Whole
    from explainer.serve.memory import Leaf
    from explainer.theme import Theme

# What follows from a file that couldn't be read, and was told.
_SMALL = 8  # saved pages that are shown before the whole site is resolved
_TRIED = 40  # pages that are rendered after a layout changed, to find its faults


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


class Session:
    """One site in memory. `tree` is what is served, None before anything could be; `result` what was found last.

    One thread brings it up to date; others may read `tree` and `result` meanwhile.
    """

    def __init__(self, root: Path, *, drafts: bool = True, future: bool = True, jobs: int | None = None) -> None:
        self.root = root
        self.drafts = drafts
        self.future = future
        self.inputs = Inputs(root, jobs)
        self.tree: Tree | None = None
        self.result = Result((), {})
        self._answers: dict[str, Asked] = {}

    @property
    def choice(self) -> Choice:
        """What is taken in, now."""
        return Choice(now(), self.drafts, self.future)

    def start(self) -> Result:
        """Bring everything into memory."""
        self.inputs.start()
        # What pages ask of each other is looked at when the first of them can be seen.
        return self._whole(EVERYTHING, (), ask=False)

    def update(self, changes: Changes, first: Collection[str] = ()) -> Iterator[Result]:
        """Take in what changed, the pages at the paths in `first` (`explainers/x/index.html`) before the rest.

        The last result says how the site is now; those before it that a page can be seen already.
        """
        wanted, done = self._files_of(first), changes == Changes(changes.pages)
        prepared: set[str] = set()
        for group in self.inputs.refresh(changes, wanted):
            prepared |= group
            done = done and self._settled(group)
            if (len(group) <= _SMALL or group <= wanted) and self._show(group, changes):
                yield self.result._replace(last=False)
            else:
                done = False
        if done and changes.pages <= self.inputs.good.keys():
            yield self.result._replace(pages=False)
        else:
            saved = self._outputs_of(prepared) if len(prepared) <= _SMALL else ()
            yield self._whole(changes, [*first, *saved])

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

    def _whole(self, changes: Changes, first: Collection[str], *, ask: bool = True) -> Result:
        inputs = self.inputs
        faults: list[Diagnostic] = list(inputs.diagnostics)
        texts = inputs.texts
        served = [page.outline for file in inputs.pages if (page := inputs.good.get(file)) and page.outline]
        whole, found = self._resolved(served)
        faults.extend(found)
        if ask:
            faults.extend(self._asked(whole))
        faults = without_echoes(
            faults, complete=self.inputs.shared.whole, unread=bool(self.inputs.pages.keys() - self.inputs.good.keys())
        )
        if not self._blocked(faults):
            tree = tree_of(self.root, whole, inputs.common.library, inputs.theme, inputs.kept, self.tree)
            broken = list(_tried(tree, changes, first))
            faults.extend(broken)
            if not has_errors(broken):
                self.tree = tree
        texts |= self._missing_texts(faults, texts)
        only_styles = bool(changes.static) and all(path.endswith(".css") for path in changes.static)
        pages = changes._replace(static=frozenset()) != Changes() or not only_styles
        self.result = Result(in_order(faults), texts, pages, only_styles)
        return self.result

    def _asked(self, whole: Whole) -> Iterator[Diagnostic]:
        """The faults of what pages ask of each other and of the theme; those that can't have changed stay."""
        forms, web = self.inputs.theme.forms, (whole.site.web, self.inputs.theme)
        asked: dict[str, Asked] = {}
        for page in whole.site.pages:
            before = self._answers.get(page.file)
            if before and before.surface == page.surface and before.web == web:
                asked[page.file] = before
                continue
            try:
                surface = self.inputs.kept.surface(page)
            except GoneError:  # the cache was damaged
                self.inputs.take_again(page.file)
                surface = self.inputs.kept.surface(page)
            faults = (*check_calls(surface.calls, forms), *joint(surface, whole.around).faults)
            asked[page.file] = Asked(page.surface, web, faults)
        self._answers = asked
        for one in asked.values():
            yield from one.faults

    def _resolved(self, pages: list[Outline]) -> tuple[Whole, tuple[Diagnostic, ...]]:
        inputs = self.inputs
        beside = beside_pages(self.root, (page.file for page in pages))
        unread = sorted(inputs.pages.keys() - inputs.good.keys())
        static = frozenset(inputs.theme.static)
        found = resolve_site(pages, inputs.kept.surface, inputs.common.library, self.choice, beside, static, unread)
        return found.value, found.diagnostics

    def _blocked(self, faults: list[Diagnostic]) -> bool:
        """Whether there are errors but those of pages that have an earlier form, or can be left out."""
        if self.inputs.lost or (self.tree is None and self.inputs.shared.failed):
            return True
        alone = set(self.inputs.diagnostics)
        return has_errors(fault for fault in faults if fault not in alone)

    def _missing_texts(self, faults: list[Diagnostic], texts: dict[str, SourceText]) -> dict[str, SourceText]:
        """The texts of pages whose faults were found when the site was tied together."""
        paths = {fault.span.path for fault in faults} & self.inputs.pages.keys() - texts.keys()
        found = {path: report_text(self.root, path, self.inputs.common.library) for path in paths}
        return {path: text for path, text in found.items() if text}


def _tried(tree: Tree, changes: Changes, first: Collection[str]) -> Iterator[Diagnostic]:
    """The faults of layouts: of the pages that are being looked at, and after a change of layouts of the newest, too."""
    paths = [path for path in first if path in tree.leaves or path in tree.lists]
    if changes.layouts or changes.anew:
        newest = [html_file(page.url) for page in tree.site.pages[:_TRIED]]
        kinds = {(path.partition("/")[0], path.count("/")): path for path in tree.lists}
        paths += [*newest, *kinds.values()]
    for path in dict.fromkeys(paths):
        try:
            tree.get(path)
        except LayoutError as error:
            yield error.diagnostic
        except GoneError:
            continue
