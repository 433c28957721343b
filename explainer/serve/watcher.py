"""Watching a site's files: each group of changes that belong together, as soon as it is whole."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from explainer.serve.changes import CONTENT, EVERYTHING, LAYOUTS, LOOK_AGAIN, changes_of
from explainer.system.file_stats import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from explainer.serve.changes import Changes

# In ms: a group is whole when nothing follows for a step, or after the longest wait.
_STEP, _LONGEST = 20, 200
_ROOT_STEP = 250
_POLL = 0.4  # seconds between two looks at every file
_AGAIN = 0.3  # seconds after which new folders are looked at again
_REST = 1.0
_BEGIN = 10.0  # seconds


class Watcher:
    """Watches a site and the default theme; calls `changed` from a thread of its own.

    `warn` is told, once, if the system has no room for so many watches, and files are looked at by
    turns instead.
    """

    def __init__(
        self, root: Path, theme: Path, changed: Callable[[Changes], None], warn: Callable[[str], None], *, poll: bool
    ) -> None:
        self.root = Path(os.path.realpath(root))
        self.theme = Path(os.path.realpath(theme))
        self._changed = changed
        self._warn = warn
        self._poll = poll
        self._stop = threading.Event()
        self._restart = threading.Event()
        self._lock = threading.Lock()
        self._begun = threading.Semaphore(0)

    def start(self) -> None:
        """Begin; what changes from now on is told."""
        runs = (self._watch_files, self._watch_root)
        for run in runs:
            threading.Thread(target=run, daemon=True, name=run.__name__).start()
        for _ in runs:
            self._begun.acquire(timeout=_BEGIN)

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._restart.set()

    def _folders(self) -> list[Path]:
        own = [self.root / CONTENT, self.root / LAYOUTS]
        folders = [folder for folder in (*own, self.theme) if folder.is_dir()]
        return list(dict.fromkeys(folders))

    def _watch_files(self) -> None:
        while not self._stop.is_set():
            self._restart.clear()
            folders = self._folders()
            if not folders:
                self._begun.release()
                self._restart.wait()
            else:
                for group in self._groups(folders, _STEP, self._restart, recursive=True):
                    self._tell(group)
            if not self._stop.is_set():
                # Folders came or went: what happened in between was told by nobody.
                self._later(EVERYTHING)

    def _watch_root(self) -> None:
        """Restart when `content/` or `layouts/` come or go: a watch on a folder goes with it."""
        for group in self._groups([self.root], _ROOT_STEP, self._stop, recursive=False):
            if any(Path(path).parent == self.root and Path(path).name in {CONTENT, LAYOUTS} for path in group):
                self._restart.set()

    def _groups(
        self, folders: Sequence[Path], step: int, stop: threading.Event, *, recursive: bool
    ) -> Iterator[list[str]]:
        """The paths of each group of changes, until it is stopped."""
        while not stop.is_set():
            try:
                yield from self._notified(folders, step, stop, recursive=recursive)
            except FileNotFoundError:  # a folder went between two looks
                stop.wait(_AGAIN)
                return
            except (OSError, RuntimeError):
                # Whatever the system has against a watch, looking by turns needs none.
                if self._poll:
                    stop.wait(_REST)
                self._look_by_turns()

    def _look_by_turns(self) -> None:
        with self._lock:
            if not self._poll:
                self._poll = True
                self._warn("the system has no room for so many watches; files are looked at by turns")

    def _notified(
        self, folders: Sequence[Path], step: int, stop: threading.Event, *, recursive: bool
    ) -> Iterator[list[str]]:
        if self._poll:
            yield from self._polled(folders, stop, recursive=recursive)
            return
        import watchfiles  # noqa: PLC0415 - polling needs none

        self._begun.release()
        found = watchfiles.watch(
            *folders, watch_filter=None, debounce=_LONGEST, step=step, stop_event=stop, rust_timeout=0,
            raise_interrupt=False, force_polling=False, recursive=recursive, ignore_permission_denied=True,
        )  # fmt: skip
        for group in found:
            yield [path for _, path in group]

    def _polled(self, folders: Sequence[Path], stop: threading.Event, *, recursive: bool) -> Iterator[list[str]]:
        """What changed between two looks. watchfiles' own polling knows times by the second, and misses saves."""
        before = _stats(folders) if recursive else _stats_of_folders(self.root)
        self._begun.release()
        while not stop.wait(_POLL):
            now = _stats(folders) if recursive else _stats_of_folders(self.root)
            changed = [path for path in before.keys() | now.keys() if before.get(path) != now.get(path)]
            before = now
            if changed:
                yield changed

    def _tell(self, paths: Sequence[str]) -> None:
        changes = changes_of(filter(None, map(self._relative, paths)))
        if changes != changes_of(()):
            self._changed(changes)
        if any(os.path.isdir(path) for path in paths):  # noqa: PTH112
            # A folder that is new may have got files before it was watched.
            self._later(LOOK_AGAIN)

    def _later(self, changes: Changes) -> None:
        timer = threading.Timer(_AGAIN, self._changed, (changes,))
        timer.daemon = True
        timer.start()

    def _relative(self, path: str) -> str | None:
        """A path relative to the site; one of the default theme stands as one of the site's layouts."""
        for folder, name in ((self.root, ""), (self.theme, f"{LAYOUTS}/")):
            if path.startswith(f"{folder}{os.sep}"):
                return name + os.path.relpath(path, folder)
        return None


def _stats(folders: Sequence[Path]) -> dict[str, object]:
    """The stats of all files in these folders, by their whole path."""
    found: dict[str, object] = {}
    for folder in folders:
        stats = snapshot(str(folder.parent), folder.name).stats
        found.update((f"{folder.parent}/{path}", stat) for path, stat in stats.items())
    return found


def _stats_of_folders(root: Path) -> dict[str, object]:
    """Which folders stand in the site for its content and layouts."""
    found = {}
    for name in (CONTENT, LAYOUTS):
        with suppress(OSError):
            found[f"{root}/{name}"] = (root / name).stat().st_ino
    return dict(found)
