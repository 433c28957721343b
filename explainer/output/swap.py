"""Swap two folders, in one step where the system can."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LINUX_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_MACOS_SWAP = 2  # RENAME_SWAP of renamex_np(2)
_AT_FDCWD = -100
# What a file system answers that can't exchange, a kernel that doesn't know how, or a sandbox that won't have it.
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP})


def swap_folders(new: Path, current: Path, aside: Path) -> None:
    """Swap two folders. Where the system can't do that in one step, `current` moves to `aside`, in three renames.

    If a run is killed between those renames, `finish_swap` repairs it.

    Raises:
        OSError: if the system refuses; then nothing is exchanged.
    """
    if _swap_at_once(new, current):
        return
    current.rename(aside)
    try:
        new.rename(current)
    except OSError:
        aside.rename(current)
        raise
    # The new folder is in place: what is left to do, `finish_swap` can do as well.
    with suppress(OSError):
        aside.rename(new)


def finish_swap(new: Path, current: Path, aside: Path) -> None:
    """Repair an interrupted `swap_folders`: `current` exists again, old or new, and `aside` doesn't.

    Raises:
        OSError: if the system refuses.
    """
    if not os.path.lexists(aside):
        return
    if not os.path.lexists(current):
        aside.rename(current)
    elif not os.path.lexists(new):
        aside.rename(new)
    else:
        # No run leaves all three; somebody has put something in the old one's place since.
        from shutil import rmtree  # noqa: PLC0415 - next to no build needs it

        rmtree(aside)


def _swap_at_once(new: Path, current: Path) -> bool:
    call = _system_call()
    if call is None:
        return False
    failed = call(os.fsencode(new), os.fsencode(current))
    if failed in _CANNOT:
        return False
    if failed:
        raise OSError(failed, os.strerror(failed), str(new), None, str(current))
    return True


def _system_call() -> Callable[[bytes, bytes], int] | None:
    """A function that swaps two paths and returns an errno or 0; None where the system has no such call."""
    import ctypes  # noqa: PLC0415 - only a build that changed something needs it

    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        rename = getattr(libc, "renamex_np", None)
        tail: tuple[int, ...] = (_MACOS_SWAP,)
        head: tuple[int, ...] = ()
    else:
        rename = getattr(libc, "renameat2", None)
        tail, head = (_LINUX_EXCHANGE,), (_AT_FDCWD,)
    if rename is None:
        return None

    def call(one: bytes, other: bytes) -> int:
        return ctypes.get_errno() if rename(*head, one, *head, other, *tail) else 0

    return call
