"""Read a finished build from a folder or an archive: check it, and copy it.

The copy is published, so that a build that runs meanwhile can't mix in files of another version.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from errno import EDQUOT, ENOSPC
from functools import partial
from hashlib import sha256
from pathlib import PurePosixPath
from stat import S_ISREG
from typing import TYPE_CHECKING, NamedTuple

from explainer.output.build_info import BuildInfo, parse_build_info
from explainer.output.manifest import MARKER, NOTHING, read_manifest, survey
from explainer.output.tree import OutputTree
from explainer.publish.changes import Side
from explainer.publish.errors import HostError, Refusal, RefusedError
from explainer.publish.host import read_files
from explainer.publish.remote_manifest import File
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.output.manifest import Manifest

PREVIEW = ".explainer-preview"
_SHOWN = 3  # paths named in a message


class FinishedBuild(NamedTuple):
    """A complete build: what it records about itself, its files, and the folder with the copy."""

    record: BuildInfo
    files: dict[str, File]
    tree: Path


def read_build(source: Path, scratch: Path, *, ours: bool) -> FinishedBuild:
    """Copy a build from a folder or an archive into `scratch`; `ours` if a build on this machine may be writing it.

    Raises:
        RefusedError: if it isn't a whole build.
        HostError: if it can't be read.
    """
    copy = scratch / "tree"
    try:
        copy.mkdir()
        folder = _top(source if source.is_dir() else _unpacked(source, scratch / "archive"))
        if not ours or not (folder / MARKER).is_file():
            return _copied(folder, copy, source)
        with OutputTree(folder):  # no build exchanges it meanwhile
            return _copied(folder, copy, source)
    except OSError as error:
        if error.errno in {ENOSPC, EDQUOT}:
            message = f"the folder for temporary files, {scratch.parent}, is full: a copy of the build goes there"
            raise HostError(message, "make room there, or name another folder in TMPDIR") from error
        raise HostError(f"{error.filename or source}: {error.strerror or error}") from error


def side_of(build: FinishedBuild) -> Side:
    """A build, to be compared with another one."""
    return Side({path: file.digest for path, file in build.files.items()}, partial(read_files, build.tree))


def _top(folder: Path) -> Path:
    """The folder itself, or the one folder in it, as archives have it."""
    if (folder / MARKER).exists() or not folder.is_dir():
        return folder
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and (inside[0] / MARKER).is_file() else folder


def _copied(folder: Path, copy: Path, source: Path) -> FinishedBuild:
    """Check a folder, and copy it; `source` is what the user named: the folder, or the archive that it came in."""
    if (folder / PREVIEW).exists():
        raise RefusedError(_PREVIEW)
    manifest = read_manifest(str(folder))
    if manifest is None:
        what = (
            "there is no build in"
            if not (folder / MARKER).is_file()
            else "another version of Explainer made what is in"
        )
        raise RefusedError(Refusal("incomplete", f"{what} {source}: it has no {MARKER} that can be read", _NO_MARKER))
    try:
        record = parse_build_info(manifest.build)
    except ValueError:
        refusal = Refusal("incomplete", f"the build in {source} doesn't say what it is", "build the site again")
        raise RefusedError(refusal) from None
    files, changed = _read(folder, manifest, copy)
    if changed:
        raise RefusedError(Refusal("incomplete", _changed_text(source, changed), "build the site again, with --clean"))
    return FinishedBuild(record, files, copy)


def _read(folder: Path, manifest: Manifest, copy: Path) -> tuple[dict[str, File], dict[str, str]]:
    """Copy every file that the build listed; returns those that have changed since, and any others, by path."""
    files: dict[str, File] = {}
    there = survey(str(folder), NOTHING)
    changed = dict.fromkeys([*(there.files.keys() - manifest.files.keys()), *there.others], "isn't of the build")
    for path, entry in sorted(manifest.files.items()):
        file = folder / path
        content = file.read_bytes() if path in there.files and S_ISREG(file.lstat().st_mode) else None
        if content is None or digest_of(content) != entry.digest:
            changed[path] = "is missing" if content is None else "was changed"
            continue
        files[path] = File(sha256(content).hexdigest(), len(content))
        target = copy / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return files, changed


def _changed_text(source: Path, changed: dict[str, str]) -> str:
    named = ", ".join(f"{path} {how}" for path, how in sorted(changed.items())[:_SHOWN])
    more = f", and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return f"{source} isn't as its build left it: {named}{more}"


_PREVIEW = Refusal("preview-tree", "this is the tree of a preview, not of a build", "run `explainer build`")
_NO_MARKER = (
    f"build the site; an archive must keep {MARKER}: GitHub's upload-artifact leaves it out unless it is told "
    "`include-hidden-files: true`"
)


# --- Archives ---


# What the libraries raise for damaged data; `zipfile` raises RuntimeError for what is encrypted or packed in another way.
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, ValueError, RuntimeError)


def _unpacked(archive: Path, folder: Path) -> Path:
    """Unpack ordinary files, and nothing that would lead elsewhere."""
    folder.mkdir()
    if not archive.is_file():
        raise RefusedError(Refusal("incomplete", f"there is no build at {archive}", "build the site first"))
    try:
        if zipfile.is_zipfile(archive):
            _unzip(archive, folder)
        else:
            _untar(archive, folder)
    except _DAMAGED as error:
        hint = "--from takes a folder, a .tar, .tar.gz or .zip"
        raise RefusedError(Refusal("incomplete", f"{archive} can't be unpacked: {error}", hint)) from error
    return folder


def _unzip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        for one in opened.infolist():
            if not one.is_dir():
                if one.external_attr >> 16 and not S_ISREG(one.external_attr >> 16):
                    raise ValueError(f"{one.filename} isn't a file")
                _put(folder, one.filename, opened.read(one))


def _untar(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as opened:
        for one in opened:
            if one.isdir():
                continue
            content = opened.extractfile(one) if one.isreg() else None
            if content is None:
                raise ValueError(f"{one.name} isn't a file")
            _put(folder, one.name, content.read())


def _put(folder: Path, name: str, content: bytes) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not name.isprintable():
        raise ValueError(f"{name!r} would lead out of it")
    target = folder.joinpath(*path.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
