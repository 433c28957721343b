"""A long manifest in storage: a list of files that stays, and a short record with what differs from it.

A publication writes the manifest several times, and one corrected word must not send the list of ten thousand pages each
time. The list is an object of its own, named by its content; when too much differs, the next publication writes a new one.
"""

from __future__ import annotations

import gzip
import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.publish import remote_manifest
from explainer.publish.remote_manifest import File

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from explainer.publish.remote_manifest import RemoteManifest

FOLDER = ".explainer-files"
_NAME = re.compile(rf"{re.escape(FOLDER)}/[0-9a-f]{{16}}\.json")
_LONG = 1000  # files; the manifest of a smaller site is one object
_SHARE = 0.05  # of its files may differ from the list before there is a new one


class FileList(NamedTuple):
    """A list of files as it stands in the storage, and the object's name."""

    name: str
    files: Mapping[str, File]


def list_for(new: RemoteManifest, now: FileList | None) -> FileList | None:
    """The list that a manifest is written against: the one that is there as long as it is close; None for short ones."""
    if len(new.files) < _LONG:
        return None
    if now and len(_differing(new.files, now.files)) <= len(new.files) * _SHARE:
        return now
    return FileList(f"{FOLDER}/{sha256(_content(new.files)).hexdigest()[:16]}.json", new.files)


def packed_list(found: FileList) -> bytes:
    """The stored form of a list."""
    return gzip.compress(_content(found.files), 9, mtime=0)


def packed(manifest: RemoteManifest, against: FileList | None) -> bytes:
    """The stored form of a manifest."""
    plain = remote_manifest.dump(manifest)
    if against:
        data = remote_manifest.as_data(manifest)
        data["files"] = _difference(manifest.files, against.files)
        data["pending"] = None if manifest.pending is None else _difference(manifest.pending, against.files)
        plain = json.dumps({**data, "list": against.name}, ensure_ascii=False, separators=(",", ":")).encode()
    return gzip.compress(plain, 9, mtime=0)


def unpacked(content: bytes, read: Callable[[str], bytes]) -> tuple[RemoteManifest, FileList | None]:
    """The manifest from its stored form, and the list that it was written against; `read` reads an object.

    Raises:
        ValueError: if it isn't one.
        FileNotFoundError: if the list is missing.
    """
    try:
        data = json.loads(remote_manifest.plain(content))
        name = data.pop("list", None)
        if name is None:
            return remote_manifest.load(content), None
        if not _NAME.fullmatch(name):
            raise ValueError("list")
        listed = json.loads(remote_manifest.plain(read(name)))
        data["files"] = _whole(data["files"], listed)
        data["pending"] = None if data["pending"] is None else _whole(data["pending"], listed)
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("no manifest of ours") from error
    files = {path: File(*one) for path, one in listed.items()}
    return remote_manifest.from_data(data), FileList(name, files)


def _content(files: Mapping[str, File]) -> bytes:
    return json.dumps(dict(sorted(files.items())), ensure_ascii=False, separators=(",", ":")).encode()


def _differing(files: Mapping[str, File], listed: Mapping[str, File]) -> set[str]:
    return {path for path in files.keys() | listed.keys() if files.get(path) != listed.get(path)}


def _difference(files: Mapping[str, File], listed: Mapping[str, File]) -> dict[str, File | None]:
    """What differs from a list; None for a file that is only in the list."""
    return {path: files.get(path) for path in sorted(_differing(files, listed))}


def _whole(difference: dict[str, Any], listed: dict[str, Any]) -> dict[str, Any]:
    return {path: one for path, one in {**listed, **difference}.items() if one is not None}
