"""What the files that a build reads looked like, so that the next build need not read them again.

A file is taken as unchanged when size, times and inode are the same and it is older than the
snapshot; one as young as that may have been written again within the clock's step, and is hashed.
"""

from __future__ import annotations

import os
import time
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

# Clocks of file systems step by up to two seconds (FAT); the usual ones by some milliseconds.
_YOUNG = 2_000_000_000


class Stat(NamedTuple):
    """What the system says of a file: size in bytes, times in ns, inode."""

    size: int
    mtime: int
    ctime: int
    inode: int


class Seen(NamedTuple):
    """A file when it was read: its stat and the digest of its bytes."""

    stat: Stat
    digest: str


def digest_of(content: bytes) -> str:
    """The digest by which contents are compared."""
    return blake2b(content, digest_size=16).hexdigest()


def stat_of(path: str) -> Stat | None:
    """The stat of a file, links followed; None if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - called for every file of a site
    except OSError:
        return None
    return Stat(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def scan(folders: Iterable[Path]) -> dict[str, Stat | None]:
    """The stat of every file below these folders, by absolute path; None for what can't be read."""
    found: dict[str, Stat | None] = {}
    for folder in folders:
        found.update(_scan(os.path.abspath(folder)))  # noqa: PTH100 - resolving would follow links
    return found


def _scan(folder: str) -> Iterator[tuple[str, Stat | None]]:
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except NotADirectoryError:
        yield folder, stat_of(folder)
        return
    except OSError:
        yield folder, None
        return
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            yield from _scan(entry.path)
        else:
            yield entry.path, stat_of(entry.path)


def unchanged(path: str, now: Stat | None, seen: Seen, taken: int) -> bool:
    """Whether a file is as it was seen by a snapshot taken at `taken` (ns); hashes it if it is too young to tell."""
    if now is None or now != seen.stat:
        return False
    if max(now.mtime, now.ctime) < taken - _YOUNG:
        return True
    return file_digest(path) == seen.digest


def all_unchanged(now: Mapping[str, Stat | None], seen: Mapping[str, Seen | None], taken: int) -> bool:
    """Whether there are the same files as before, each as it was."""
    if now.keys() != seen.keys():
        return False
    for path, stat in now.items():
        before = seen[path]
        if before is None:
            if stat is not None:
                return False
        elif not unchanged(path, stat, before, taken):
            return False
    return True


def look(stats: Mapping[str, Stat | None], known: Mapping[str, str]) -> dict[str, Seen | None]:
    """Digests for files whose stat was taken; `known` are the digests of those that were read anyway."""
    return {
        path: Seen(stat, known.get(path) or file_digest(path)) if stat is not None else None
        for path, stat in stats.items()
    }


def clock() -> int:
    """The time of a snapshot, in ns since 1970."""
    return time.time_ns()


def file_digest(path: str) -> str:
    """The digest of a file's bytes; empty if it can't be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - called for every file of a site
            return digest_of(file.read())
    except OSError:
        return ""
