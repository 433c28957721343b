"""The output folder: which may be written to, and how a new tree takes the place of an old one.

Two trees stand beside each other and share the files that are the same: the output, and a spare.
A build brings the spare up to date, then both are exchanged in one step, so that the output is
always one whole build. A file is never changed in place: the other tree may hold it too.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from explainer.exchange import exchange, recover

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType
    from typing import Self

MARKER = ".explainer-site"
_VERSION = 1
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755


class OutputError(Exception):
    """The output can't be written; the message names the file or folder and says why."""


class OutputRefusedError(Exception):
    """The output folder isn't one that a build may write to."""


class Entry(NamedTuple):
    """A file of a tree as it was written: digest of its content, size, time of its last change in ns."""

    digest: str
    size: int
    mtime: int


Manifest = dict[str, Entry]


def check_out(out: Path, site: Path) -> None:
    """Refuse a folder that isn't ours to write.

    Raises:
        OutputRefusedError: with the reason.
    """
    if out.is_symlink():
        raise OutputRefusedError(f"{out} is a link")
    if out.exists() and not out.is_dir():
        raise OutputRefusedError(f"{out} isn't a folder")
    resolved, site = out.resolve(), site.resolve()
    own = [site / name for name in ("content", "layouts", ".explainer", ".git")]
    if any(path.is_relative_to(resolved) for path in (site, Path.home())):
        raise OutputRefusedError(f"{out} holds the site or your home folder")
    if any(resolved.is_relative_to(path) for path in own):
        raise OutputRefusedError(f"{out} is a part of the site's own files")
    if out.is_dir() and not (out / MARKER).is_file() and any(out.iterdir()):
        raise OutputRefusedError(f"{out} isn't empty and no build made it: it holds no file {MARKER}")


def digest_of(content: bytes) -> str:
    """The digest by which contents are compared."""
    return blake2b(content, digest_size=16).hexdigest()


class OutputTree:
    """A build's way to the output: a context in which files are put and the whole is committed.

    Outside of `commit` the output is never touched; left without it, it stays as it is.

    Raises:
        OutputError: from every method, if the system refuses.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.spare = out.with_name(f".{out.name}.explainer-spare")
        self.aside = out.with_name(f".{out.name}.explainer-aside")
        self.lock = out.with_name(f".{out.name}.explainer-lock")
        self.files: Manifest = {}
        self.live: Manifest = {}
        self.stale: Manifest | None = None
        self._lock = -1
        self._changed = False

    def __enter__(self) -> Self:
        with naming(self.out):
            self.out.parent.mkdir(parents=True, exist_ok=True)
            # The system frees the lock of a process that died. The file stays: removing it would race.
            self._lock = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            recover(self.spare, self.out, self.aside)
            self.live = _read_manifest(self.out) or {}
            self.stale = _read_manifest(self.spare)
            # Without its marker a spare tree is one whose files nobody vouches for.
            with suppress(FileNotFoundError):
                (self.spare / MARKER).unlink()
            self.spare.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def put(self, path: str, content: bytes) -> None:
        """Take a file into the new tree; `path` is relative, with forward slashes."""
        digest = digest_of(content)
        with naming(self.out / path):
            entry = self._kept(path, digest) or self._linked(path, digest)
            if entry is None:
                entry = _write(self.spare, path, content, digest)
                self._changed = True
        self.files[path] = entry

    def _kept(self, path: str, digest: str) -> Entry | None:
        entry = (self.stale or {}).get(path)
        if entry is None or entry.digest != digest or not _unchanged(self.spare / path, entry):
            return None
        if self.live.get(path) != entry:
            self._changed = True
        return entry

    def _linked(self, path: str, digest: str) -> Entry | None:
        entry = self.live.get(path)
        if entry is None or entry.digest != digest or not _unchanged(self.out / path, entry):
            return None
        _clear(self.spare, path)
        os.link(self.out / path, self.spare / path)
        return entry

    def commit(self) -> bool:
        """Put the new tree in the output's place; False if the output is the same already."""
        with naming(self.out):
            self._remove_orphans()
            _write_manifest(self.spare, self.files)
            if not self._changed and self.files.keys() == self.live.keys():
                return False
            if not self.out.exists() or not any(self.out.iterdir()):
                self.spare.rename(self.out)
            else:
                exchange(self.spare, self.out, self.aside)
        return True

    def _remove_orphans(self) -> None:
        found: Iterable[str] = _walk(self.spare) if self.stale is None else self.stale
        for path in found:
            if path not in self.files:
                with suppress(FileNotFoundError, NotADirectoryError):
                    (self.spare / path).unlink()
                _remove_empty(self.spare, Path(path).parent)


class naming:  # noqa: N801 - a context manager reads as a verb
    """Turn what the system refuses into an `OutputError` that names the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise OutputError(f"{error.filename or self.path}: {error.strerror or error}") from error


def _write(tree: Path, path: str, content: bytes, digest: str) -> Entry:
    _clear(tree, path)
    handle = os.open(tree / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
    try:
        os.fchmod(handle, _FILE_MODE)
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        stat = os.fstat(handle)
    finally:
        os.close(handle)
    return Entry(digest, stat.st_size, stat.st_mtime_ns)


def _clear(tree: Path, path: str) -> None:
    """Make room for a file: its folders are there, and nothing at its own name."""
    target = tree / path
    try:
        target.unlink()
    except FileNotFoundError:
        _make_folders(tree, target.parent)
    except (IsADirectoryError, PermissionError):
        if not target.is_dir():
            raise
        shutil.rmtree(target)
    except NotADirectoryError:
        _make_folders(tree, target.parent)


def _make_folders(tree: Path, folder: Path) -> None:
    if folder == tree or folder.is_dir():
        return
    _make_folders(tree, folder.parent)
    with suppress(FileNotFoundError):
        folder.unlink()
    folder.mkdir(mode=_FOLDER_MODE)
    folder.chmod(_FOLDER_MODE)


def _remove_empty(tree: Path, folder: Path) -> None:
    while folder.parts:
        try:
            (tree / folder).rmdir()
        except OSError:
            return
        folder = folder.parent


def _unchanged(file: Path, entry: Entry) -> bool:
    try:
        stat = file.lstat()
    except OSError:
        return False
    return stat.st_size == entry.size and stat.st_mtime_ns == entry.mtime and stat.st_mode & 0o7777 == _FILE_MODE


def _walk(tree: Path) -> list[str]:
    return [Path(folder, name).relative_to(tree).as_posix() for folder, _, names in os.walk(tree) for name in names]


def _read_manifest(tree: Path) -> Manifest | None:
    """The files of a tree as its marker tells; None where there is none, or none that can be read."""
    try:
        data = json.loads((tree / MARKER).read_bytes())
        if data["version"] != _VERSION:
            return None
        return {
            path: Entry(str(digest), int(size), int(mtime)) for path, (digest, size, mtime) in data["files"].items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _write_manifest(tree: Path, files: Manifest) -> None:
    data = {"version": _VERSION, "files": files}
    content = json.dumps(data, separators=(",", ":")).encode()
    _write(tree, MARKER, content, "")
