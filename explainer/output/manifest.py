"""What a tree of outputs holds: the list that stands in its marker, and a quick look at whether it still holds.

The list is never believed, only used to read less. A file is as listed if its inode and the time of
its last change (ctime, which nobody can set) are; a folder's vouch in the same way for the names in
it. What changed in the very moment in which the list was written is looked at again.
"""

from __future__ import annotations

import json
import os
import sys
from array import array
from contextlib import suppress
from hashlib import blake2b
from itertools import chain, repeat
from stat import S_IFDIR, S_IFREG, S_ISDIR
from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

MARKER = ".explainer-site"
FILE_MODE, FOLDER_MODE = 0o644, 0o755
_REGULAR, _FOLDER = S_IFREG | FILE_MODE, S_IFDIR | FOLDER_MODE
# How a marker begins. Numbers stand in it as this machine has them in memory.
_FORM = f"explainer-site 3 {sys.byteorder}".encode()
_NUMBER = "Q"
_SUM = 16  # bytes
# What would lead out of the tree: names of paths, between NULs.
_ASTRAY = (b"\0\0", b"\0.\0", b"\0..\0")


class Entry(NamedTuple):
    """A file as it was written: digest of its content, size in bytes, times of its last changes in ns, inode."""

    digest: str
    size: int
    mtime: int
    ctime: int
    inode: int


class Stamp(NamedTuple):
    """A folder as it was left: the time of its last change in ns, and its inode."""

    ctime: int
    inode: int


class Manifest(NamedTuple):
    """The files and folders of a tree by path (folders in order), and when they were listed.

    `taken` is in ns by the file system's clock; a change in that same moment may have come after.
    `listing` stands for all paths of files and their digests. `build` is what the build said of itself.
    """

    files: dict[str, Entry]
    folders: dict[str, Stamp]
    taken: int
    listing: str
    build: dict[str, Any] | None = None


class Survey(NamedTuple):
    """What stands in a tree: files with their inodes, folders, and all that is neither.

    That is links and the like, and folders that aren't open as ours are, with what they hold.
    """

    files: dict[str, int]
    folders: dict[str, Stamp]
    others: list[str]


NOTHING = Manifest({}, {}, 0, "")


def entry_of(digest: str, stat: os.stat_result) -> Entry:
    """The entry of a file that has just been written or read."""
    return Entry(digest, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


def parent(path: str) -> str:
    """The folder that holds a path; the tree itself is the empty one."""
    return path.rpartition("/")[0]


# --- Read and write ---


def read_manifest(tree: str) -> Manifest | None:
    """The list in a tree's marker; None where there is none, or none that can be read."""
    try:
        with open(f"{tree}/{MARKER}", "rb") as file:
            taken = os.fstat(file.fileno()).st_ctime_ns
            return _parsed(file.read(), taken)
    except (OSError, ValueError):
        return None


def _parsed(data: bytes, taken: int) -> Manifest:
    """The list in a marker; a `ValueError` over one that no build wrote, which might lead anywhere."""
    head, _, rest = data.partition(b"\n")
    if not head.startswith(_FORM):
        raise ValueError("form")
    lengths = [*map(int, head[len(_FORM) :].split()), _SUM]
    *parts, checksum = _cut(rest, lengths)
    names, sums, folder_names, stamped = parts
    listing, found = _sums(names, sums, folder_names, stamped)
    if found != checksum or _leads_astray(names) or _leads_astray(folder_names):
        raise ValueError("content")
    paths, digests, folders, numbers = *map(_texts, parts[:3]), array(_NUMBER, stamped)
    columns = _columns(numbers, [len(paths)] * (len(Entry._fields) - 1) + [len(folders)] * len(Stamp._fields))
    if folders != sorted(folders):
        raise ValueError("order")
    # Made as tuples are, without a call of Python for each of twenty thousand.
    entries = map(tuple.__new__, repeat(Entry), zip(digests, *columns[:-2], strict=True))
    stamps = map(tuple.__new__, repeat(Stamp), zip(*columns[-2:], strict=True))
    files = dict(zip(paths, entries, strict=True))
    build = _said(rest[sum(lengths) :])
    return Manifest(files, dict(zip(folders, stamps, strict=True)), taken, listing.hex(), build)


def _said(text: bytes) -> dict[str, Any] | None:
    """What a build said of itself, behind the list; None where that can't be read."""
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
        return found if isinstance(found, dict) else None
    return None


def dump_manifest(
    files: Mapping[str, Entry], folders: Mapping[str, Stamp], build: dict[str, Any] | None = None
) -> tuple[bytes, str]:
    """The marker's content, in columns, which are short to write and quick to read; and its `listing`."""
    paths, names = sorted(files), sorted(folders)
    digests, *columns = zip(*map(files.__getitem__, paths), strict=True) if files else ((),)
    numbers = array(_NUMBER, chain(*columns, *zip(*map(folders.__getitem__, names), strict=True)))
    parts = (_joined(paths), _joined(digests), _joined(names), numbers.tobytes())
    head = b"%b %b\n" % (_FORM, b" ".join(b"%d" % len(part) for part in parts))
    listing, checksum = _sums(*parts)
    return b"".join((head, *parts, checksum, json.dumps(build).encode())), listing.hex()


def _joined(texts: Iterable[str]) -> bytes:
    return "\0".join(texts).encode("utf-8", "surrogateescape")


def _texts(part: bytes) -> list[str]:
    return part.decode("utf-8", "surrogateescape").split("\0") if part else []


def _cut(data: bytes, lengths: list[int]) -> list[bytes]:
    """The data in parts of these lengths."""
    found, at = [], 0
    for length in lengths:
        found.append(data[at : at + length])
        at += length
    return found


def _columns(numbers: array[int], lengths: list[int]) -> list[list[int]]:
    found, at = [], 0
    for length in lengths:
        found.append(numbers[at : at + length].tolist())
        at += length
    if at != len(numbers):
        raise ValueError("numbers")
    return found


def _sums(paths: bytes, digests: bytes, folders: bytes, numbers: bytes) -> tuple[bytes, bytes]:
    """What stands for all paths with their digests, and the checksum of the whole."""
    listing = blake2b(paths + b"\0\0" + digests, digest_size=_SUM).digest()
    return listing, blake2b(listing + folders + b"\0\0" + numbers, digest_size=_SUM).digest()


def _leads_astray(paths: bytes) -> bool:
    """Whether one of these paths might lead out of the tree."""
    names = b"\0%b\0" % paths.replace(b"/", b"\0")
    return bool(paths) and any(sign in names for sign in _ASTRAY)


# --- Look whether it holds ---


def current_entry(tree: str, path: str, entry: Entry, taken: int) -> Entry | None:
    """A file's entry as it would be written now; None where its content, kind or mode isn't what it was."""
    file = f"{tree}/{path}"
    try:
        stat = os.lstat(file)
        if stat.st_mode != _REGULAR or stat.st_size != entry.size:
            return None
        if (
            stat.st_ctime_ns == entry.ctime < taken
            and stat.st_ino == entry.inode
            and stat.st_mtime_ns == entry.mtime
        ):  # fmt: skip
            return entry
        return _read_again(file, entry)
    except OSError:
        return None


def _read_again(file: str, entry: Entry) -> Entry | None:
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb", buffering=0) as opened:
        # The stamps are those from before: what is written from here on shows.
        stat = os.fstat(handle)
        content = opened.read() if stat.st_mode == _REGULAR else b""
    return entry_of(entry.digest, stat) if digest_of(content) == entry.digest else None


def current_entries(tree: str, files: Mapping[str, Entry], taken: int) -> dict[str, Entry]:
    """As `current_entry`, of all files at once; those that aren't what they were are left out."""
    lstat, prefix = os.lstat, f"{tree}/"
    doubtful = []
    for path, (_, size, mtime, ctime, inode) in files.items():
        try:
            stat = lstat(prefix + path)
        except OSError:
            doubtful.append(path)
            continue
        if not (
            stat.st_ctime_ns == ctime < taken
            and stat.st_ino == inode
            and stat.st_mtime_ns == mtime
            and stat.st_size == size
            and stat.st_mode == _REGULAR
        ):
            doubtful.append(path)
    found = dict(files)
    for path in doubtful:
        entry = current_entry(tree, path, found.pop(path), taken)
        if entry:
            found[path] = entry
    return found


def survey(tree: str, manifest: Manifest) -> Survey:
    """What stands in a tree, listing only folders that aren't as the manifest has them. No link is followed."""
    found = Survey({}, dict(manifest.folders), [])
    doubtful = _doubtful(tree, manifest)
    for folder, stat in doubtful.items():
        if stat is None or not S_ISDIR(stat.st_mode):
            del found.folders[folder]
        elif stat.st_mode != _FOLDER:
            del found.folders[folder]
            found.others.append(folder)
        else:
            found.folders[folder] = Stamp(stat.st_ctime_ns, stat.st_ino)
    if len(found.folders) < len(manifest.folders):
        _drop_what_hangs(found)
    known = found.folders.keys() | set(found.others)
    listed = ["", *(folder for folder in doubtful if folder in found.folders)]
    for folder in listed:
        _list(tree, folder, found, known)
    # Folders not listed again hold what they did.
    if len(listed) == 1 and len(found.folders) == len(manifest.folders):
        held = {path: entry[-1] for path, entry in manifest.files.items() if "/" in path}
    else:
        standing = known.difference(listed, found.others)
        held = {path: entry[-1] for path, entry in manifest.files.items() if path.rpartition("/")[0] in standing}
    found.files.update(held)
    return found


def _doubtful(tree: str, manifest: Manifest) -> dict[str, os.stat_result | None]:
    """The folders that aren't as listed, with what is there."""
    lstat, prefix, taken = os.lstat, f"{tree}/", manifest.taken
    found: dict[str, os.stat_result | None] = {}
    for folder, (ctime, inode) in manifest.folders.items():
        try:
            stat = lstat(prefix + folder)
        except OSError:
            found[folder] = None
            continue
        if not (stat.st_ctime_ns == ctime < taken and stat.st_ino == inode):
            found[folder] = stat
    return found


def _drop_what_hangs(found: Survey) -> None:
    """Leave out what is in folders that don't stand: it would be found elsewhere, through a link."""
    for folder in list(found.folders):
        above = parent(folder)
        if above and above not in found.folders:
            del found.folders[folder]
    found.others[:] = [path for path in found.others if not parent(path) or parent(path) in found.folders]


def _take(tree: str, folder: str, stat: os.stat_result, found: Survey, known: Collection[str]) -> None:
    if stat.st_mode == _FOLDER:
        found.folders[folder] = Stamp(stat.st_ctime_ns, stat.st_ino)
        _list(tree, folder, found, known)
    else:
        found.others.append(folder)


def _list(tree: str, folder: str, found: Survey, known: Collection[str]) -> None:
    """Add what a folder holds; a folder in it that is known has its own turn."""
    with os.scandir(f"{tree}/{folder}") as entries:
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if path not in known:
                    _take(tree, path, entry.stat(follow_symlinks=False), found, known)
            elif not entry.is_file(follow_symlinks=False):
                found.others.append(path)
            elif path != MARKER:
                found.files[path] = entry.inode()
