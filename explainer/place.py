"""One file of the output: written into the spare tree, or found in the live one. Any process may do it."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from stat import S_IMODE, S_ISDIR
from typing import TYPE_CHECKING, NamedTuple

from explainer.manifest import FILE_MODE, FOLDER_MODE, Entry, current_entry, entry_of, parent
from explainer.snapshot import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Nobody else is let into a tree that is out of date: it may hold what was unpublished since.
SPARE_MODE = 0o700


class OutputError(Exception):
    """The output can't be written; the message names the file or folder and says why."""


@contextmanager
def naming(path: str | Path) -> Iterator[None]:
    """Turn what the system refuses into an `OutputError` that names the file."""
    try:
        yield
    except OSError as error:
        named = error.filename2 or error.filename or path
        raise OutputError(f"{os.fsdecode(named)}: {error.strerror or error}") from error


class Trees(NamedTuple):
    """Where a build writes, as every process that helps needs to know it.

    Files of `live` that were changed at `taken` or later (ns) are read again before they are believed.
    """

    live: str
    spare: str
    taken: int


class Placed(NamedTuple):
    """A file in the new tree: as it is in the live one, or `written` into the spare."""

    entry: Entry
    written: bool


def place(trees: Trees, path: str, content: bytes, known: Entry | None) -> Placed:
    """See to it that a file of the new tree has this content: write it, if the live tree's isn't the same.

    `path` is relative, with forward slashes; `known` is what `OutputTree.known` holds for it. Needs
    nothing else, so that any process may do it, each file in one of them.

    Raises:
        OutputError: if the system refuses.
    """
    digest = digest_of(content)
    if known is not None and known.digest == digest:
        current = current_entry(trees.live, path, known, trees.taken)
        if current is not None:
            return Placed(current, written=False)
    with naming(f"{trees.spare}/{path}"):
        return Placed(entry_of(digest, write(trees.spare, path, content)), written=True)


def write(tree: str, path: str, content: bytes) -> os.stat_result:
    """Write a file of a tree as a new one, in place of whatever stands there."""
    make_folders(tree, parent(path))
    file = f"{tree}/{path}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        handle = os.open(file, flags, FILE_MODE)
    except FileExistsError:
        remove(file)
        handle = os.open(file, flags, FILE_MODE)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        if S_IMODE(os.fstat(handle).st_mode) != FILE_MODE:
            os.fchmod(handle, FILE_MODE)
        return os.fstat(handle)
    finally:
        os.close(handle)


def make_folders(tree: str, folder: str) -> None:
    """Make a folder and those above it, in place of whatever else stands there. No link is followed."""
    if folder:
        make_folders(tree, parent(folder))
    path, mode = (f"{tree}/{folder}", FOLDER_MODE) if folder else (tree, SPARE_MODE)
    while True:
        try:
            found = os.lstat(path).st_mode
            if not S_ISDIR(found):
                os.unlink(path)
            elif S_IMODE(found) == mode:
                return
            else:
                os.chmod(path, mode)
                return
        except FileNotFoundError:
            # Another process may come first.
            with suppress(FileExistsError):
                os.mkdir(path, mode)


def remove(path: str) -> None:
    """Remove a file, a link, or a folder with all that is in it."""
    if S_ISDIR(os.lstat(path).st_mode):
        from shutil import rmtree  # noqa: PLC0415 - few builds need it

        os.chmod(path, SPARE_MODE)
        rmtree(path)
    else:
        os.unlink(path)
