"""File stats and digests, so that the next build need not read unchanged files again.

A file counts as unchanged when size, times and inode are the same and it is older than the
snapshot. A younger one may have been written again within the clock's resolution, and is hashed.
"""

from __future__ import annotations

import os
import time
from hashlib import blake2b
from stat import S_ISREG
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# File systems' clocks have a resolution of up to two seconds where they store whole seconds, else of some milliseconds.
_SECOND = 1_000_000_000
_COARSE, _FINE = 2 * _SECOND, 50_000_000


class Stat(NamedTuple):
    """The stat of a file: size in bytes, times in ns, inode."""

    size: int
    mtime: int
    ctime: int
    inode: int


_FOLDER = Stat(0, 0, 0, 0)


class Snapshot(NamedTuple):
    """The stats of files by path, and when they were taken (ns since 1970); folders end in a slash and have none."""

    stats: Mapping[str, Stat]
    taken: int


def digest_of(content: bytes) -> str:
    """The digest used to compare contents."""
    return blake2b(content, digest_size=16).hexdigest()


def snapshot(root: str, *folders: str) -> Snapshot:
    """Take the stats of every file in these folders of a site, following links that aren't broken."""
    taken = clock()
    return Snapshot({path: stat for folder in folders for path, stat in _walk(root, folder)}, taken)


def _walk(root: str, folder: str) -> Iterator[tuple[str, Stat]]:
    try:
        entries = os.scandir(f"{root}/{folder}")
    except OSError:
        return
    folders = []
    with entries:
        for entry in entries:
            path = f"{folder}/{entry.name}"
            try:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                    yield f"{path}/", _FOLDER
                    continue
                try:
                    found = entry.stat()
                except OSError:
                    found = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            yield path, Stat(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    for path in folders:
        yield from _walk(root, path)


def is_young(stat: Stat, taken: int) -> bool:
    """Whether a file may have been changed after a snapshot (ns) without a visible change of its times."""
    step = _FINE if stat.ctime % _SECOND else _COARSE
    return max(stat.mtime, stat.ctime) >= taken - step


def clock() -> int:
    """The time of a snapshot, in ns since 1970."""
    return time.time_ns()


def file_digest(path: str) -> str:
    """The digest of a file's bytes; empty if it can't be read, or is no ordinary file."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            return digest_of(file.read()) if S_ISREG(os.fstat(file.fileno()).st_mode) else ""
    except OSError:
        return ""


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to isn't waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
