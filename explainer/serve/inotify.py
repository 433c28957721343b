"""Changes of files as Linux tells them: nothing runs until something changes, and a save is told when it is whole.

Libraries look whether something was told, many times a second; here a thread sleeps in the system.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Self

AVAILABLE = sys.platform == "linux"

_MODIFY, _ATTRIB, _CLOSED, _MOVED_FROM, _MOVED_TO = 0x2, 0x4, 0x8, 0x40, 0x80
_CREATE, _DELETE, _SELF_GONE, _SELF_MOVED = 0x100, 0x200, 0x400, 0x800
_OVERFLOW, _IGNORED, _ONLY_FOLDERS, _FOLDER = 0x4000, 0x8000, 0x01000000, 0x40000000
_EVENTS = (
    _MODIFY | _ATTRIB | _CLOSED | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _SELF_GONE | _SELF_MOVED | _ONLY_FOLDERS
)
_NONBLOCK, _CLOEXEC = os.O_NONBLOCK, getattr(os, "O_CLOEXEC", 0)
_HEADER = struct.Struct("iIII")
_READ = 256 * 1024

# Seconds after which a change is told: a file that was closed or moved into place is whole; one that goes may come
# back, as when editors write a new one; one that is being written will be closed.
_WHOLE, _GONE, _WRITING = 0.002, 0.025, 0.2
_LONGEST = 0.3


class Inotify:
    """Watches on folders, and on those in them if it is `recursive`.

    Raises:
        OSError: if the system has no room for them, or none for any.
        FileNotFoundError: if a folder isn't there.
    """

    def __init__(self, folders: Sequence[Path], *, recursive: bool) -> None:
        self._recursive = recursive
        self._tops = {str(folder) for folder in folders}
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._paths: dict[int, str] = {}
        self._due: dict[str, tuple[float, float]] = {}  # by path: when it is told, and when at the latest
        self._handle = self._asked(self._libc.inotify_init1(_NONBLOCK | _CLOEXEC))
        self._stop, self._stopper = os.pipe()
        try:
            for top in self._tops:
                self._watch(top)
        except OSError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the watches."""
        for handle in (self._handle, self._stop, self._stopper):
            os.close(handle)

    def stop(self) -> None:
        """End `groups`, from another thread."""
        os.write(self._stopper, b"x")

    def groups(self) -> Iterator[list[str]]:
        """The paths of each group of changes, until it is stopped or a folder goes that was asked for."""
        waiting = select.poll()
        for handle in (self._handle, self._stop):
            waiting.register(handle, select.POLLIN)
        while True:
            ready = {handle for handle, _ in waiting.poll(self._patience())}
            if self._stop in ready:
                return
            there = self._handle not in ready or self._read()
            if group := self._told(everything=not there):
                yield group
            if not there:
                return

    def _patience(self) -> float | None:
        """For how long nothing is to be told, in ms."""
        if not self._due:
            return None
        return max(0.0, min(due for due, _ in self._due.values()) - time.monotonic()) * 1000 + 0.5

    def _told(self, *, everything: bool) -> list[str]:
        now = time.monotonic()
        group = [path for path, (due, _) in self._due.items() if everything or due <= now]
        for path in group:
            del self._due[path]
        return group

    def _read(self) -> bool:
        """Take in what happened; False if a folder that was asked for has gone."""
        try:
            data = os.read(self._handle, _READ)
        except BlockingIOError:
            return True
        at, there = 0, True
        while at < len(data):
            watch, event, _, length = _HEADER.unpack_from(data, at)
            at += _HEADER.size + length
            name = os.fsdecode(data[at - length : at].rstrip(b"\0"))
            there &= self._happened(self._paths.get(watch), event, name)
            if event & _IGNORED:
                self._paths.pop(watch, None)
        return there

    def _happened(self, folder: str | None, event: int, name: str) -> bool:
        if event & _OVERFLOW:
            for top in self._tops:
                self._tell(top, _WHOLE)
        elif folder is None:
            return True
        elif event & (_SELF_GONE | _SELF_MOVED | _IGNORED):
            return folder not in self._tops
        elif event & _FOLDER:
            self._folder(f"{folder}/{name}", event)
        else:
            self._tell(f"{folder}/{name}", _wait(event), later=not event & _ATTRIB)
        return True

    def _folder(self, path: str, event: int) -> None:
        self._tell(path, _GONE)
        if not self._recursive or not event & (_CREATE | _MOVED_TO):
            return
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):  # it has gone again
            for file in self._watch(path):
                # What was in it before it was watched is told by nobody.
                self._tell(file, _GONE)

    def _tell(self, path: str, wait: float, *, later: bool = True) -> None:
        now = time.monotonic()
        due, latest = self._due.get(path, (None, now + _LONGEST))
        if due is None or later:
            self._due[path] = min(now + wait, latest), latest

    def _watch(self, folder: str) -> list[str]:
        """Watch a folder and what is in it; the files in it."""
        watch = self._asked(self._libc.inotify_add_watch(self._handle, os.fsencode(folder), _EVENTS))
        self._paths[watch] = folder
        files: list[str] = []
        if self._recursive:
            with os.scandir(folder) as entries:
                inside = [(entry.path, entry.is_dir(follow_symlinks=False)) for entry in entries]
            for path, is_folder in inside:
                files.append(path)
                if is_folder:
                    with suppress(FileNotFoundError, PermissionError):
                        files.extend(self._watch(path))
        return files

    @staticmethod
    def _asked(answer: int) -> int:
        if answer < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return answer


def _wait(event: int) -> float:
    if event & (_CLOSED | _MOVED_TO):
        return _WHOLE
    return _GONE if event & (_MOVED_FROM | _DELETE | _ATTRIB) else _WRITING
