"""The thread that brings a site up to date with what is typed: what comes meanwhile is taken in together."""

from __future__ import annotations

import os
import threading
import traceback
from queue import SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from explainer.lsp.edited_site import EditedSite
from explainer.serve.changes import Changes
from explainer.serve.warm_start import preview_cache
from explainer.serve.watcher import Watcher
from explainer.system.default_theme import default_layouts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from explainer.diagnostics import Diagnostic


class Edits(NamedTuple):
    """What to take in: what was saved, and whole texts by path, None where a file was closed."""

    changes: Changes = Changes()
    texts: dict[str, str | None] = {}  # noqa: RUF012 - never changed

    def __or__(self, other: object) -> Edits:
        """Both together, the other one's texts being newer."""
        if not isinstance(other, Edits):
            return NotImplemented
        return Edits(self.changes | other.changes, self.texts | other.texts)


class Updates:
    """Brings a site up to date, in a thread of its own.

    From there `ready` is told once that the site is in memory, `found` after each update what is wrong with the site and
    how many edits that is of (None before all is known), and `warn` what to beware of.
    """

    def __init__(
        self,
        root: Path,
        ready: Callable[[EditedSite], None],
        found: Callable[[tuple[Diagnostic, ...], int | None], None],
        warn: Callable[[str], None],
    ) -> None:
        self._root = root
        self._ready = ready
        self._found = found
        self._warn = warn
        self._edits: SimpleQueue[Edits] = SimpleQueue()
        self.count = 0

    def start(self) -> None:
        """Begin with the saved site."""
        threading.Thread(target=self._run, daemon=True, name="updates").start()

    def add(self, path: str, text: str | None) -> None:
        """Take in the text of a file."""
        self.count += 1
        self._edits.put(Edits(texts={path: text}))

    def _run(self) -> None:
        try:
            with preview_cache(self._root, "editor") as cache:
                self._go_on(EditedSite(self._root, cache))
        except BaseException:  # noqa: BLE001 - a server that no longer checks must not go on
            traceback.print_exc()
            os._exit(1)

    def _go_on(self, site: EditedSite) -> None:
        Watcher(self._root, default_layouts(), self._saved, self._warn, poll=False).start()
        site.start()
        self._ready(site)
        self._found(site.diagnostics, 0)
        seen = 0
        while True:
            edits = self._edits.get()
            seen += len(edits.texts)
            while not self._edits.empty():
                more = self._edits.get()
                seen += len(more.texts)
                edits |= more
            try:
                self._update(site, edits, seen)
            except OSError as error:
                self._warn(str(error))

    def _update(self, site: EditedSite, edits: Edits, seen: int) -> None:
        def waits() -> bool:
            return not self._edits.empty()

        done = site.update(*edits, interrupted=waits, early=lambda found: self._found(found, None))
        while not done and not waits():
            done = site.update(Changes(), {}, interrupted=waits)
        if done:
            self._found(site.diagnostics, seen)

    def _saved(self, changes: Changes) -> None:
        self._edits.put(Edits(changes))
