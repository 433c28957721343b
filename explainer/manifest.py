"""What a tree of outputs holds: the list that stands in its marker, and a quick look at whether it still holds.

The list is never believed, only used to read less. A file is as listed if its inode and the time of
its last change (ctime, which nobody can set) are; a folder's vouch in the same way for the names in
it. What changed in the very moment in which the list was written is looked at again.
"""

from __future__ import annotations

import json
import os
from array import array
from stat import S_IFDIR, S_IFREG, S_ISDIR
from typing import Any, NamedTuple

from explainer.snapshot import digest_of

MARKER = ".explainer-site"
FILE_MODE, FOLDER_MODE = 0o644, 0o755
_VERSION = 2
_REGULAR, _FOLDER = S_IFREG | FILE_MODE, S_IFDIR | FOLDER_MODE
# What would lead out of the tree, in a list of paths one a line.
_ASTRAY = ("\n/", "\n\n", "//", "/\n", "\n./", "\n../", "/./", "/../", "/.\n", "/..\n", "\n.\n", "\n..\n", "\0")


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

    `taken` is in ns by the file system's clock; a change in that same moment may have come after. `build`
    is what the build said of itself.
    """

    files: dict[str, Entry]
    folders: dict[str, Stamp]
    taken: int
    build: dict[str, Any] | None = None


class Survey(NamedTuple):
    """What stands in a tree: files with their inodes, folders, and all that is neither.

    That is links and the like, and folders that aren't open as ours are, with what they hold.
    """

    files: dict[str, int]
    folders: dict[str, Stamp]
    others: list[str]


NOTHING = Manifest({}, {}, 0)


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
            data = json.loads(file.read())
        if data["version"] != _VERSION:
            return None
        paths, digests, *numbers = data["files"]
        folders, *stamps = data["folders"]
        _check(paths, digests, folders, numbers, stamps)
        files = dict(zip(paths, map(Entry._make, zip(digests, *numbers, strict=True)), strict=True))
        stamped = dict(zip(folders, map(Stamp._make, zip(*stamps, strict=True)), strict=True))
        build = data.get("build")
        return Manifest(files, stamped, taken, build if isinstance(build, dict) else None)
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _check(
    paths: list[str], digests: list[str], folders: list[str], numbers: list[list[int]], stamps: list[list[int]]
) -> None:
    """Raise an error over a list that no build wrote: it might lead anywhere."""
    lines = "\n".join(["", *paths, *folders, ""])
    "".join(digests)
    for column in (*numbers, *stamps):
        array("Q", column)
    if folders != sorted(folders) or ((paths or folders) and any(sign in lines for sign in _ASTRAY)):
        raise ValueError("paths")


def dump_manifest(files: dict[str, Entry], folders: dict[str, Stamp], build: dict[str, Any] | None = None) -> bytes:
    """The marker's content, in columns: they are short to write and quick to read."""
    entries = list(zip(*files.values(), strict=True)) or [()] * len(Entry._fields)
    stamps = list(zip(*(folders[folder] for folder in sorted(folders)), strict=True)) or [()] * len(Stamp._fields)
    data: dict[str, Any] = {
        "version": _VERSION,
        "files": [list(files), *entries],
        "folders": [sorted(folders), *stamps],
    }
    if build is not None:
        data["build"] = build
    return json.dumps(data, separators=(",", ":")).encode()


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


def survey(tree: str, manifest: Manifest) -> Survey:
    """What stands in a tree, listing only folders that aren't as the manifest has them. No link is followed."""
    found = Survey({}, {}, [])
    listed: set[str] = set()
    _list(tree, "", found, listed, manifest)
    folders, taken, lstat, prefix = found.folders, manifest.taken, os.lstat, f"{tree}/"
    for folder, stamp in manifest.folders.items():
        above = folder.rpartition("/")[0]
        if above and above not in folders:
            continue
        try:
            stat = lstat(prefix + folder)
        except OSError:
            continue
        if stat.st_ctime_ns == stamp.ctime < taken and stat.st_ino == stamp.inode:
            folders[folder] = stamp
        elif S_ISDIR(stat.st_mode):
            _take(tree, folder, stat, found, listed, manifest)
    # Folders not listed again hold what they did.
    standing = folders.keys() - listed
    found.files.update((path, entry.inode) for path, entry in manifest.files.items() if parent(path) in standing)
    return found


def _take(
    tree: str, folder: str, stat: os.stat_result, found: Survey, listed: set[str], manifest: Manifest
) -> None:  # fmt: skip
    if stat.st_mode == _FOLDER:
        found.folders[folder] = Stamp(stat.st_ctime_ns, stat.st_ino)
        _list(tree, folder, found, listed, manifest)
    else:
        found.others.append(folder)


def _list(tree: str, folder: str, found: Survey, listed: set[str], manifest: Manifest) -> None:
    """Add what a folder holds; a folder in it that the manifest knows has its own turn."""
    listed.add(folder)
    with os.scandir(f"{tree}/{folder}") as entries:
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if path not in manifest.folders:
                    _take(tree, path, entry.stat(follow_symlinks=False), found, listed, manifest)
            elif not entry.is_file(follow_symlinks=False):
                found.others.append(path)
            elif path != MARKER:
                found.files[path] = entry.inode()
