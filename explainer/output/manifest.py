"""What a tree of outputs holds: the list that stands in its marker, and a quick look at whether it still holds.

The list is only used to read less, and by a build only if it carries the seal of this user. A file is as listed if
its inode and the time of its last change (ctime, which nobody can set) are; a folder's vouch in the same way for the
names in it. What changed in the very moment in which the list was written is looked at again.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from stat import S_IFDIR, S_IFREG, S_ISDIR
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from explainer.system.file_stats import digest_of
from explainer.system.user_key import seal_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MARKER = ".explainer-site"
FILE_MODE, FOLDER_MODE = 0o644, 0o755
_REGULAR, _FOLDER = S_IFREG | FILE_MODE, S_IFDIR | FOLDER_MODE
# How a marker begins; the seal follows, then the list.
_FORM = b"explainer-site 4\n"
_SEAL = 32  # bytes
_LISTING = 16  # bytes
# What would lead out of the tree: names of paths, between NULs.
_ASTRAY = ("\0\0", "\0.\0", "\0..\0")


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file as it was written: digest of its content, size in bytes, times of its last changes in ns, inode."""

    digest: str
    size: int
    mtime: int
    ctime: int
    inode: int


class Stamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A folder as it was left: the time of its last change in ns, and its inode."""

    ctime: int
    inode: int


class _Content(msgspec.Struct, array_like=True):
    """A marker's content: files and folders by path, both in order, and what the build said of itself."""

    files: dict[str, Entry]
    folders: dict[str, Stamp]
    build: dict[str, Any] | None


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


def read_manifest(tree: str, key: bytes | None = None) -> Manifest | None:
    """The list in a tree's marker; None where there is none that can be read.

    With a key, it must carry the seal of that key. Without, it is whatever the tree says of itself.
    """
    try:
        with open(f"{tree}/{MARKER}", "rb") as file:
            taken = os.fstat(file.fileno()).st_ctime_ns
            return _parsed(file.read(), taken, key)
    except OSError:
        return None


def _parsed(data: bytes, taken: int, key: bytes | None) -> Manifest | None:
    seal, content = data[len(_FORM) : len(_FORM) + _SEAL], data[len(_FORM) + _SEAL :]
    if not data.startswith(_FORM) or (key is not None and seal != _seal(key, content)):
        return None
    try:
        found = _DECODER.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return None
    if _lead_astray(found.files) or _lead_astray(found.folders) or list(found.folders) != sorted(found.folders):
        return None
    return Manifest(found.files, found.folders, taken, _listing(found.files), found.build)


def dump_manifest(
    files: Mapping[str, Entry], folders: Mapping[str, Stamp], build: dict[str, Any] | None, key: bytes
) -> tuple[bytes, str]:
    """The marker's content, sealed with a key; and its `listing`."""
    in_order = {path: files[path] for path in sorted(files)}
    content = msgspec.msgpack.encode(_Content(in_order, {path: folders[path] for path in sorted(folders)}, build))
    return b"".join((_FORM, _seal(key, content), content)), _listing(in_order)


_DECODER = msgspec.msgpack.Decoder(_Content)


def _seal(key: bytes, content: bytes) -> bytes:
    return seal_of(key, b"tree", content)


def _listing(files: Mapping[str, Entry]) -> str:
    """What stands for all paths with their digests."""
    text = "\0".join(files) + "\0\0" + "\0".join([entry.digest for entry in files.values()])
    return blake2b(text.encode(), digest_size=_LISTING).hexdigest()


def _lead_astray(paths: Collection[str]) -> bool:
    """Whether one of these paths might lead out of the tree."""
    joined = "\0".join(paths)
    names = "\0{}\0".format(joined.replace("/", "\0"))
    return bool(paths) and (joined.count("\0") != len(paths) - 1 or any(sign in names for sign in _ASTRAY))


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
    for path, entry in files.items():
        try:
            stat = lstat(prefix + path)
        except OSError:
            doubtful.append(path)
            continue
        if not (
            stat.st_ctime_ns == entry.ctime < taken
            and stat.st_ino == entry.inode
            and stat.st_mtime_ns == entry.mtime
            and stat.st_size == entry.size
            and stat.st_mode == _REGULAR
        ):
            doubtful.append(path)
    found = dict(files)
    for path in doubtful:
        current = current_entry(tree, path, found.pop(path), taken)
        if current:
            found[path] = current
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
    if len(listed) == 1 and found.folders.keys() == manifest.folders.keys():
        held = {path: entry.inode for path, entry in manifest.files.items() if "/" in path}
    else:
        standing = known.difference(listed, found.others)
        held = {path: entry.inode for path, entry in manifest.files.items() if path.rpartition("/")[0] in standing}
    found.files.update(held)
    return found


def _doubtful(tree: str, manifest: Manifest) -> dict[str, os.stat_result | None]:
    """The folders that aren't as listed, with what is there."""
    lstat, prefix, taken = os.lstat, f"{tree}/", manifest.taken
    found: dict[str, os.stat_result | None] = {}
    for folder, stamp in manifest.folders.items():
        try:
            stat = lstat(prefix + folder)
        except OSError:
            found[folder] = None
            continue
        if not (stat.st_ctime_ns == stamp.ctime < taken and stat.st_ino == stamp.inode):
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
