"""After a change of layouts: renders every page when there is time, to find where they fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.engine.page_texts import MissingTextError
from explainer.serve.errors import BrokenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from explainer.diagnostics import Diagnostic
    from explainer.serve.tree import Tree

_MOST = 10  # pages that fail; more would tell nothing new


class BackgroundCheck:
    """The pages that are still to be rendered, and the diagnostics that were found, each with the key of its page."""

    def __init__(self) -> None:
        self._left: list[str] = []
        self._found: dict[str, tuple[object, Diagnostic]] = {}

    def begin(self, tree: Tree) -> None:
        """Begin again with all pages."""
        self._left = [path for path in (*tree.lists, *tree.pages) if path.endswith(".html")]
        self._found = {}

    def diagnostics(self, tree: Tree) -> set[Diagnostic]:
        """The diagnostics that were found; a page that has changed since is rendered again."""
        for path, (key, _) in list(self._found.items()):
            if path not in tree.pages and path not in tree.lists:
                del self._found[path]
            elif tree.key(path) != key:
                del self._found[path]
                self._check(tree, path)
        return {diagnostic for _, diagnostic in self._found.values()}

    def go_on(self, tree: Tree, interrupted: Callable[[], bool]) -> None:
        """Render those that are left, until there are none or there is something else to do."""
        while self._left and not interrupted():
            path = self._left.pop()
            if path in tree.pages or path in tree.lists:
                self._check(tree, path)
            if len(self._found) >= _MOST:
                self._left = []

    def _check(self, tree: Tree, path: str) -> None:
        try:
            tree.render(path)
        except MissingTextError:
            return
        except BrokenError as error:
            self._found[path] = (tree.key(path), error.diagnostic)
