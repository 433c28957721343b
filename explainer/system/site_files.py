"""Read files of the site safely: regular files inside the site, clean UTF-8 text."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, Span, Staged
from explainer.text.control_chars import CONTROL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import TypeAlias

    Unsaved: TypeAlias = Mapping[str, bytes]
    """What an editor has open and hasn't saved: contents that stand in place of files, by their paths in the site."""

_BYTE_ORDER_MARK = "\ufeff"
LONGEST_NAME = 255  # bytes of a file's or folder's name that file systems take
_LEFTOVERS = ("~", ".orig", ".rej", ".bak", ".swp", ".swo", ".swn", ".tmp")
_MAX_CONTROLS = 20
_MANY_NULS = 4
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_CONTROL_BYTES = bytes(code for code in (*range(32), 0x7F) if code not in b"\t\n\r")
_REASONS = {
    errno.ENOENT: "the file doesn't exist, or is a link to one that doesn't",
    errno.EACCES: "the file's permissions don't let it be read",
    errno.EPERM: "the file's permissions don't let it be read",
    errno.ELOOP: "the file is a link that leads back to itself",
    errno.ENAMETOOLONG: "the file's name is too long",
    errno.ENOTDIR: "a folder of its path is a file",
    errno.EISDIR: "this is a folder, not a file",
}


class _Unreadable(Exception):  # noqa: N818 - carries a reason, and never leaves this module
    """Why a file can't be read, in words."""


def read_file(root: Path, path: str, unsaved: Unsaved | None = None) -> Staged[bytes | None]:
    """The bytes of a file of the site; `path` is relative to `root`. None and E101 if it can't be read."""
    if unsaved and path in unsaved:
        return Staged(unsaved[path])
    try:
        return Staged(_read(root, path))
    except _Unreadable as reason:
        return Staged(None, (Diagnostic("E101", str(reason), Span(path)),))


def read_text(root: Path, path: str, unsaved: Unsaved | None = None) -> Staged[str | None]:
    """The text of a file of the site, each line end one LF. None with E101, E102 or E103 if it has none."""
    read = read_file(root, path, unsaved)
    return Staged(None, read.diagnostics) if read.value is None else decode(path, read.value)


def decode(path: str, data: bytes) -> Staged[str | None]:
    """Decode bytes, with each line end as one LF, and without a byte-order mark."""
    try:
        text = data.decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        return Staged(None, (_not_utf8(path, data, error.start),))
    if b"\r" in data:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Staged(None, diagnostics) if (diagnostics := _controls(path, data, text)) else Staged(text)


def is_leftover(name: str) -> bool:
    """Whether a file is what an editor or a merge leaves behind, or is hidden: it never is a part of the site."""
    return name.startswith(".") or name.endswith(_LEFTOVERS) or (len(name) > 1 and name[0] == name[-1] == "#")


def misnamed(name: str) -> str | None:
    """Why a file or folder of this name can't be used."""
    if name.isprintable() and "\\" not in name:
        return None
    return "the name contains a character that can't be used"


def printable(path: str) -> str:
    """A path as it may be shown: bytes that are no text, and control characters, are escaped."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def inside(root: Path, path: str) -> bool:
    """Whether a path, its links followed, lies in the site."""
    top = os.path.realpath(root)
    return os.path.commonpath([top, os.path.realpath(f"{root}/{path}")]) == top


def _read(root: Path, path: str) -> bytes:
    """The bytes of a regular file; a link is followed if it stays inside the site."""
    full = f"{root}/{path}"
    try:
        try:
            handle = os.open(full, _FLAGS)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            handle = os.open(_followed(root, path), _FLAGS)
        try:
            return _bytes_of(handle)
        finally:
            os.close(handle)
    except OSError as error:
        known = errno.errorcode.get(error.errno or 0, "an unknown error")
        raise _Unreadable(_REASONS.get(error.errno or 0, f"the file can't be read ({known})")) from None
    except ValueError:
        raise _Unreadable("the file's name can't be used") from None


def _followed(root: Path, path: str) -> str:
    """Where a link of the site leads."""
    target = os.path.realpath(f"{root}/{path}", strict=True)
    if not inside(root, path):
        raise _Unreadable("the file is a link that leaves the site")
    return target


def _bytes_of(handle: int) -> bytes:
    """The content of an open file, if it is a regular file."""
    status = os.fstat(handle)
    if stat.S_ISDIR(status.st_mode):
        raise _Unreadable(_REASONS[errno.EISDIR])
    if not stat.S_ISREG(status.st_mode):
        raise _Unreadable("this isn't a regular file")
    parts = []
    while part := os.read(handle, max(status.st_size + 1, 65536)):
        parts.append(part)
    return b"".join(parts)


def _not_utf8(path: str, data: bytes, offset: int) -> Diagnostic:
    """The error that a file isn't UTF-8, at the first invalid byte."""
    before = data[:offset].decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    line, col = before.count("\n") + 1, len(before) - before.rfind("\n")
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    hint = "it looks like UTF-16; save it as UTF-8" if utf16 else "save the file as UTF-8"
    message = f"the byte 0x{data[offset]:02X} isn't UTF-8"
    return Diagnostic("E102", message, Span(path, line, col, line, col + 1), (hint,))


def _controls(path: str, data: bytes, text: str) -> tuple[Diagnostic, ...]:
    """The errors for control characters, at most twenty."""
    # Bytes are checked first: nearly every file is clean, and this takes a tenth of the time.
    if len(data.translate(None, _CONTROL_BYTES)) == len(data) and b"\xc2" not in data and b"\xef\xbf" not in data:
        return ()
    if data.count(0) * _MANY_NULS > len(data):
        message = "the file contains a NUL at every other byte"
        return (Diagnostic("E102", message, Span(path), ("it looks like UTF-16; save it as UTF-8",)),)
    diagnostics = []
    for found in CONTROL.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        col = found.start() - text.rfind("\n", 0, found.start())
        message = f"there is a control character (U+{ord(found[0]):04X}) here"
        diagnostics.append(Diagnostic("E103", message, Span(path, line, col, line, col + 1), ("delete it",)))
        if len(diagnostics) == _MAX_CONTROLS:
            break
    return tuple(diagnostics)
