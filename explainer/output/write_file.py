"""Write one file into the spare tree, unless the live one already has it. Runs in any process."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from stat import S_IMODE, S_ISDIR
from typing import TYPE_CHECKING, NamedTuple

from explainer.output.manifest import FILE_MODE, FOLDER_MODE, Entry, current_entry, entry_of, parent
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Nobody else may read a tree that is out of date: it may contain what was unpublished since.
SPARE_MODE = 0o700


class OutputError(Exception):
    """The output can't be written; the message names the file or folder and says why."""


@contextmanager
def output_errors(path: str | Path) -> Iterator[None]:
    """Turn an `OSError` into an `OutputError` that names the file."""
    try:
        yield
    except OSError as error:
        named = error.filename2 or error.filename or path
        raise OutputError(f"{os.fsdecode(named)}: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class Trees:
    """Where a build writes, as its worker processes need to know.

    Files of `live` that were changed at `taken` or later (ns) are read again before they count as unchanged. The folders
    in `ready` are there in `spare`, as far as this process knows.
    """

    live: str
    spare: str
    taken: int
    ready: set[str] = field(default_factory=set)


class WrittenFile(NamedTuple):
    """A file in the new tree: as it is in the live one, or `written` into the spare."""

    entry: Entry
    written: bool


def write_if_changed(
    trees: Trees, path: str, content: bytes, known: Entry | None, digest: str | None = None
) -> WrittenFile:
    """Write a file to the new tree unless the live tree already has this content.

    `path` is relative, with forward slashes; `known` is what `OutputTree.known` has for it, `digest` that of the content,
    where it is known. Any process may call this, but only one for each file.

    Raises:
        OutputError: if the system refuses.
    """
    digest = digest or digest_of(content)
    if known is not None and known.digest == digest:
        current = current_entry(trees.live, path, known, trees.taken)
        if current is not None:
            return WrittenFile(current, written=False)
    with output_errors(f"{trees.spare}/{path}"):
        return WrittenFile(entry_of(digest, write(trees.spare, path, content, trees.ready)), written=True)


def write(tree: str, path: str, content: bytes, ready: set[str]) -> os.stat_result:
    """Write a new file in a tree, replacing whatever is there; see `make_folders` for `ready`."""
    make_folders(tree, parent(path), ready)
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
        stat = os.fstat(handle)
        if S_IMODE(stat.st_mode) != FILE_MODE:
            os.fchmod(handle, FILE_MODE)
            stat = os.fstat(handle)
        return stat
    finally:
        os.close(handle)


def make_folders(tree: str, folder: str, ready: set[str]) -> None:
    """Make a folder and those above it, replacing whatever else is there. No link is followed.

    `ready` are the folders that exist already; this adds those that it makes.
    """
    if folder in ready:
        return
    if folder:
        make_folders(tree, parent(folder), ready)
    path, mode = (f"{tree}/{folder}", FOLDER_MODE) if folder else (tree, SPARE_MODE)
    while True:
        # Another process may come first.
        with suppress(FileExistsError):
            os.mkdir(path, mode)
        with suppress(FileNotFoundError):
            found = os.lstat(path).st_mode
            if S_ISDIR(found):
                break
            os.unlink(path)
    if S_IMODE(found) != mode:
        os.chmod(path, mode)
    ready.add(folder)


def remove(path: str) -> None:
    """Remove a file, a link, or a folder with all that is in it."""
    if S_ISDIR(os.lstat(path).st_mode):
        from shutil import rmtree  # noqa: PLC0415 - few builds need it

        os.chmod(path, SPARE_MODE)
        rmtree(path)
    else:
        os.unlink(path)
