"""The output folder: which folder may be written to, and how a new tree replaces the old one.

Two trees are beside each other and share equal files: the output, and a spare.
A build writes what is new into the spare, links the rest, and swaps both in one step, so that
the output is always one complete build. A file is never changed in place: the other tree may hold it too.
"""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING

from msgspec.structs import replace

from explainer.output.build_info import same_facts
from explainer.output.manifest import (
    FILE_MODE,
    FOLDER_MODE,
    MARKER,
    NOTHING,
    Stamp,
    current_entries,
    dump_manifest,
    entry_of,
    parent,
    read_manifest,
    survey,
)
from explainer.output.swap import finish_swap, swap_folders
from explainer.output.write_file import (
    SPARE_MODE,
    OutputError,
    Trees,
    WrittenFile,
    make_folders,
    output_errors,
    remove,
    write,
    write_if_changed,
)
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import TracebackType
    from typing import Any, Self

    from explainer.output.manifest import Entry, Manifest, Survey

__all__ = ["OutputError", "OutputRefusedError", "OutputTree", "Trees", "WrittenFile", "check_out", "write_if_changed"]

_OWN = ("content", "layouts", ".explainer", ".git")
_RANDOM = 32  # bytes of a key that seals what nobody will believe
_LOOK_AGAIN, _TELL_AFTER = 0.05, 1.0  # seconds
# What a file system answers that has no hard links, or not this one.
_NO_LINKS = frozenset({errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV})


class OutputRefusedError(Exception):
    """The output folder isn't one that a build may write to."""


# --- Which folder ---


def check_out(out: Path, site: Path) -> None:
    """Refuse a folder that isn't ours to write.

    Raises:
        OutputRefusedError: with the reason.
    """
    if out.is_symlink():
        raise OutputRefusedError(f"{out} is a link")
    if out.exists() and not out.is_dir():
        raise OutputRefusedError(f"{out} isn't a folder")
    resolved, root = _real(out), _real(site)
    own = [_real(site / name) for name in _OWN]
    home = _real(Path(os.path.expanduser("~")))
    if any(_stands_in(path, resolved) for path in (root, home, *own)):
        raise OutputRefusedError(f"{out} contains the site or your home folder")
    if any(_stands_in(resolved, path) for path in own):
        raise OutputRefusedError(f"{out} is a part of the site's own files")
    if any((folder / MARKER).is_file() for folder in resolved.parents):
        raise OutputRefusedError(f"{out} lies inside the output of another build")
    if resolved.is_mount():
        raise OutputRefusedError(f"{out} is where a file system is mounted; name a folder in it")
    if out.is_dir() and not (out / MARKER).is_file() and any(out.iterdir()):
        raise OutputRefusedError(f"{out} isn't empty and no build made it: it has no file {MARKER}")


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _stands_in(path: Path, folder: Path) -> bool:
    """Whether a path is a folder or in it, by whatever name the system knows that folder."""
    if path.is_relative_to(folder):
        return True
    with suppress(OSError):
        return any(above.samefile(folder) for above in (path, *path.parents) if above.exists())
    return False


# --- The whole tree ---


class OutputTree:
    """Write access to the output: a context manager in which files are added and the whole is committed.

    It holds a lock against other builds, so it is entered before content is read. `waiting` is called
    once if another build holds it for more than a second. The manifest is only believed if it is sealed with `key`; without a
    key it never is. Without `trust_manifest`, every file is read again before it counts as unchanged. Only `commit` changes the output. `known` are the files of the last build, by
    path, for `write_if_changed`; `listing_digest` is of all their names and contents, empty if unknown. `build`
    is what the build records about itself in the tree's marker.

    Raises:
        OutputError: from every method, if the system refuses.
    """

    def __init__(
        self,
        out: Path,
        waiting: Callable[[], None] = lambda: None,
        *,
        key: bytes | None = None,
        trust_manifest: bool = True,
    ) -> None:
        self.out = _real(out)
        self._trusts_manifest = trust_manifest
        self._key = key or secrets.token_bytes(_RANDOM)
        self.files: dict[str, Entry] = {}
        self.known: dict[str, Entry] = {}
        self.listing_digest = ""
        self._lock = -1
        self._waiting = waiting
        self._written: set[str] = set()
        self._listed = NOTHING
        self._as_listed = False
        self._found: dict[str, Entry] | None = None
        self.build: dict[str, Any] | None = None
        self._said: dict[str, Any] | None = None
        self.trees = Trees(str(self.out), self._beside("spare"), 0)

    def _beside(self, what: str) -> str:
        return str(self.out.with_name(f".{self.out.name}.explainer-{what}"))

    def __enter__(self) -> Self:
        with output_errors(self.out):
            self.out.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self._beside("lock"), self._waiting)
            try:
                finish_swap(Path(self.trees.spare), self.out, Path(self._beside("aside")))
                self._look()
            except BaseException:
                os.close(self._lock)
                raise
        return self

    def _look(self) -> None:
        """Read what the output contains, and whether that is what its last build left."""
        live = read_manifest(self.trees.live, self._key)
        if live is None:
            return
        found = survey(self.trees.live, live)
        self._as_listed = (
            found.files.keys() == live.files.keys()
            and found.folders.keys() == live.folders.keys()
            and not found.others
            and S_IMODE(os.lstat(self.trees.live).st_mode) == FOLDER_MODE
        )
        # Anything else may stand in a folder that a link leads to.
        self.known = live.files if self._as_listed else {p: e for p, e in live.files.items() if p in found.files}
        self.listing_digest, self._listed, self._said = live.listing, live, live.build
        self.trees = dataclasses.replace(self.trees, taken=live.taken if self._trusts_manifest else 0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def write(self, path: str, content: bytes, digest: str | None = None) -> None:
        """Add a file with this content to the new tree; `digest` is that of the content, where it is known."""
        self.add(path, write_if_changed(self.trees, path, content, self.known.get(path), digest))

    def add(self, path: str, written: WrittenFile) -> None:
        """Add a file that `write_if_changed` has written, in any process."""
        self.files[path] = written.entry
        if written.written:
            self._written.add(path)
        else:
            self._written.discard(path)

    def reuse(self, path: str) -> bool:
        """Add a file as the last build left it to the new tree; False if it has changed since."""
        entry = self.current(path)
        if entry:
            self.files[path] = entry
        return entry is not None

    def current(self, path: str) -> Entry | None:
        """A file of the output as the last build left it; None if there is none, or it has changed since."""
        return self._current().get(path)

    def unchanged(self) -> bool:
        """Whether the output is exactly what its last build left."""
        return self._as_listed and len(self._current()) == len(self._listed.files)

    def _current(self) -> dict[str, Entry]:
        """The files that are as the last build left them; checked once."""
        if self._found is None:
            self._found = current_entries(self.trees.live, self.known, self.trees.taken)
        return self._found

    def commit(self) -> bool:
        """Replace the output by the new tree; False if the output is the same already."""
        same = self._as_listed and not self._written and self.files.keys() == self.known.keys()
        if same and same_facts(self.build, self._said):
            return False
        with output_errors(self.out):
            self.listing_digest = _bring_up_to_date(self.trees, self.files, self._written, self.build, self._key)
            self._switch()
        return True

    def _switch(self) -> None:
        spare = Path(self.trees.spare)
        spare.chmod(FOLDER_MODE)
        if not self.out.exists() or not any(self.out.iterdir()):
            spare.rename(self.out)
            return
        swap_folders(spare, self.out, Path(self._beside("aside")))
        # The new tree is in place; what becomes of the old one is no reason to fail.
        with suppress(OSError):
            spare.chmod(SPARE_MODE)
            if self._listed.files.keys() - self.files.keys():
                _forget(self.trees.spare, self._listed, self.files, self._key)


def _locked(path: str, waiting: Callable[[], None]) -> int:
    """Lock a build's output against others. The system frees the lock of a process that died."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
        try:
            _wait(handle, waiting)
            # The file stays for good, since removing it would race; somebody else may have removed it.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), os.stat(path)):
                    return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _wait(handle: int, waiting: Callable[[], None]) -> None:
    deadline = time.monotonic() + _TELL_AFTER
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_LOOK_AGAIN)
    waiting()
    fcntl.flock(handle, fcntl.LOCK_EX)


# --- The spare tree ---


def _bring_up_to_date(
    trees: Trees, files: dict[str, Entry], written: set[str], build: dict[str, Any] | None, key: bytes
) -> str:
    """Make the spare tree contain exactly these files, and list them in its marker; returns the listing's digest."""
    ready: set[str] = set()
    make_folders(trees.spare, "", ready)
    found = survey(trees.spare, read_manifest(trees.spare, key) or NOTHING)
    needed = _folders_of(files)
    _remove_strangers(trees.spare, found, files, needed)
    ready |= found.folders.keys()
    inodes = found.files
    for path in [path for path, entry in files.items() if inodes.get(path) != entry.inode]:
        if path in written:
            raise OutputError(f"{trees.spare}/{path}: another process changed it")
        files[path] = _share(trees, path, files[path], ready)
        _touched(found, path)
    stamps = {folder: found.folders.get(folder) or _stamp(trees.spare, folder) for folder in needed}
    content, listing = dump_manifest(files, stamps, build, key)
    write(trees.spare, MARKER, content, ready)
    return listing


def _remove_strangers(spare: str, found: Survey, files: dict[str, Entry], needed: set[str]) -> None:
    # What stands in a folder goes before it.
    unneeded = sorted(found.folders.keys() - needed, reverse=True)
    for path in [*found.others, *(path for path in found.files if path not in files)]:
        remove(f"{spare}/{path}")
        _touched(found, path)
    for folder in unneeded:
        os.rmdir(f"{spare}/{folder}")
        _touched(found, folder)


def _forget(spare: str, before: Manifest, now: dict[str, Entry], key: bytes) -> None:
    """Delete from an old tree what the new one doesn't have, and list what is left: something was unpublished.

    Pages that mentioned it have changed too. The next build finds out what is missing.
    """
    os.unlink(f"{spare}/{MARKER}")
    gone = {path for path, entry in before.files.items() if path not in now or now[path].digest != entry.digest}
    for path in gone:
        os.unlink(f"{spare}/{path}")
    touched = _folders_of(gone)
    for folder in sorted(touched, reverse=True):
        with suppress(OSError):  # others are left in it
            os.rmdir(f"{spare}/{folder}")
    files = {path: entry for path, entry in before.files.items() if path not in gone}
    # A folder that was touched is looked at again.
    folders = {folder: stamp for folder, stamp in before.folders.items() if folder not in touched}
    content, _ = dump_manifest(files, folders, None, key)
    write(spare, MARKER, content, {""})


def _touched(found: Survey, path: str) -> None:
    """Forget the stamps of the folders above a path: what they hold is no longer what it was."""
    while path := parent(path):
        found.folders.pop(path, None)


def _folders_of(files: Collection[str]) -> set[str]:
    """Every folder that holds one of these files, or a folder that does."""
    folders = {path.rpartition("/")[0] for path in files}
    above = folders
    while above:
        above = {folder.rpartition("/")[0] for folder in above} - folders
        folders |= above
    return folders - {""}


def _share(trees: Trees, path: str, entry: Entry, ready: set[str]) -> Entry:
    """Link a live file into the spare tree, or copy it where that can't be; the entry as it is from then on."""
    source, target = f"{trees.live}/{path}", f"{trees.spare}/{path}"
    make_folders(trees.spare, parent(path), ready)
    try:
        try:
            os.link(source, target, follow_symlinks=False)
        except FileExistsError:
            remove(target)
            os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _copy(trees, path, entry, ready)
    # A link changes the time of the last change; anything else that changed since it was read shows.
    now = entry_of(entry.digest, os.lstat(target))
    if replace(now, ctime=entry.ctime) != entry:
        raise OutputError(f"{source}: another process changed it")
    return now


def _copy(trees: Trees, path: str, entry: Entry, ready: set[str]) -> Entry:
    with open(f"{trees.live}/{path}", "rb") as file:
        content = file.read()
    if digest_of(content) != entry.digest:
        raise OutputError(f"{trees.live}/{path}: another process changed it")
    return entry_of(entry.digest, write(trees.spare, path, content, ready))


def _stamp(tree: str, folder: str) -> Stamp:
    stat = os.lstat(f"{tree}/{folder}")
    return Stamp(stat.st_ctime_ns, stat.st_ino)
