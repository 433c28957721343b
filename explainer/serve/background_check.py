"""After a change of layouts: a look at every page, when there is time, for what they fail over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.serve.errors import BrokenError, GoneError

if TYPE_CHECKING:
    from collections.abc import Callable

    from explainer.diagnostics import Diagnostic
    from explainer.serve.tree import Tree

_MOST = 10  # pages that fail; more would tell nothing new


class Survey:
    """Which pages are still to be looked at, and the faults that were found, each with what the page was made of."""

    def __init__(self) -> None:
        self._left: list[str] = []
        self._found: dict[str, tuple[object, Diagnostic]] = {}

    def ask(self, tree: Tree) -> None:
        """Look at all pages again."""
        self._left = [path for path in (*tree.lists, *tree.leaves) if path.endswith(".html")]
        self._found = {}

    def faults(self, tree: Tree) -> set[Diagnostic]:
        """The faults that were found; a page that has become another since is looked at again."""
        for path, (key, _) in list(self._found.items()):
            if path not in tree.leaves and path not in tree.lists:
                del self._found[path]
            elif tree.key(path) != key:
                del self._found[path]
                self._look_at(tree, path)
        return {fault for _, fault in self._found.values()}

    def go_on(self, tree: Tree, interrupted: Callable[[], bool]) -> None:
        """Look at those that are left, until all are seen or there is something else to do."""
        while self._left and not interrupted():
            path = self._left.pop()
            if path in tree.leaves or path in tree.lists:
                self._look_at(tree, path)
            if len(self._found) >= _MOST:
                self._left = []

    def _look_at(self, tree: Tree, path: str) -> None:
        try:
            tree.attempt(path)
        except GoneError:
            return
        except BrokenError as error:
            self._found[path] = (tree.key(path), error.diagnostic)
