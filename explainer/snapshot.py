"""What the files that a build reads looked like, so that the next build need not read them again.

A file is taken as unchanged when size, times and inode are the same and it is older than the
snapshot; one as young as that may have been written again within the clock's step, and is hashed.
"""

from __future__ import annotations

import os
import time
from hashlib import blake2b
from typing import NamedTuple

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


def unchanged(path: str, now: Stat | None, seen: Seen, taken: int) -> bool:
    """Whether a file is as it was seen by a snapshot taken at `taken` (ns); hashes it if it is too young to tell."""
    if now is None or now != seen.stat:
        return False
    if max(now.mtime, now.ctime) < taken - _YOUNG:
        return True
    return file_digest(path) == seen.digest


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
