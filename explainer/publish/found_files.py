"""The files that a host really has, held against the list of what was published there."""

from __future__ import annotations

from hashlib import md5, sha1, sha256
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from explainer.publish.remote_manifest import File, RemoteManifest

OWN_RECORDS = ".explainer-"
"""How the names of the host's own records begin."""

MISSING = "it is missing on the host"
CHANGED = "somebody changed it on the host"
UNREADABLE = "readers may not read it on the host"


class Found(NamedTuple):
    """A file on a host: its size, and its digest where the host tells one cheaply.

    `touched` is true if it was written after the publication that brought it; `readable` is false where its mode, or
    that of a folder, keeps a web server of another user from it.
    """

    size: int
    algorithm: Literal["", "sha256", "md5", "git"] = ""
    digest: str = ""
    touched: bool = False
    readable: bool = True


class Survey(NamedTuple):
    """What differs from the host's manifest: files of the build with what is wrong, and the files of others."""

    damaged: Mapping[str, str]
    others: tuple[str, ...]


NOTHING_FOUND = Survey({}, ())


def compare(host: RemoteManifest | None, found: Mapping[str, Found], files: Mapping[str, File], tree: Path) -> Survey:
    """Compare what is there with the manifest.

    Of files that a build in `tree` wants to be as they are, damage is told; the rest is replaced or deleted anyway.
    """
    known = host.files.keys() | host.retired.keys() | (host.pending or {}).keys() if host else set()
    others = tuple(sorted(path for path in found.keys() - known if not path.startswith(OWN_RECORDS)))
    if host is None:
        return Survey({}, others)
    kept = {path: file for path, file in files.items() if host.files.get(path) == file}
    damaged = damage(kept, found)
    for path in kept.keys() - damaged.keys():
        if not _is_same(found[path], tree / path):
            damaged[path] = CHANGED
    return Survey(damaged, others)


def damage(files: Mapping[str, File], found: Mapping[str, Found]) -> dict[str, str]:
    """What is wrong with files on a host, as far as that is known without them."""
    damaged = {}
    for path, file in files.items():
        there = found.get(path)
        if there is None:
            damaged[path] = MISSING
        elif there.size != file.size or there.touched or (there.algorithm == "sha256" and there.digest != file.digest):
            damaged[path] = CHANGED
        elif not there.readable:
            damaged[path] = UNREADABLE
    return damaged


def _is_same(there: Found, ours: Path) -> bool:
    """Whether the digest on the host, if there is one, is that of our file."""
    match there.algorithm:
        case "md5":
            return there.digest == md5(ours.read_bytes(), usedforsecurity=False).hexdigest()
        case "git":
            content = ours.read_bytes()
            head = f"blob {len(content)}\0".encode()
            wide = len(there.digest) == sha256().digest_size * 2
            whole = sha256(head + content) if wide else sha1(head + content, usedforsecurity=False)
            return there.digest == whole.hexdigest()
        case _:
            return True
