"""The manifest on a host: which build is there, and its files.

Nothing in it is secret: readers may fetch the same files.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.output.build_info import BuildInfo, Corrected

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = ".explainer-publish.json"
_VERSION = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{16}")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


class File(NamedTuple):
    """A file as it is published: SHA-256 of its content, size in bytes."""

    digest: str
    size: int


class Retired(NamedTuple):
    """A file that no page needs any more, left for readers of pages from before `since` (seconds since 1970)."""

    digest: str
    size: int
    since: int


class RemoteManifest(NamedTuple):
    """A build on a host. Times are in seconds since 1970; `before` is the build that was there until then.

    `pending` are the files of a publication that has begun and not ended: where it differs from `files`,
    the host may have either.
    """

    id: str
    files: dict[str, File]
    published: int
    base_url: str
    built: int
    version: str
    commit: str | None = None
    committed: int | None = None
    corrections: tuple[Corrected, ...] = ()
    retired: dict[str, Retired] = {}  # noqa: RUF012 - never changed
    before: str | None = None
    pending: dict[str, File] | None = None
    going: str | None = None
    beat: int = 0


def build_id(files: Mapping[str, File]) -> str:
    """The id of a build: equal files, equal id."""
    whole = sha256()
    for path in sorted(files):
        whole.update(f"{path}\0{files[path].digest}\n".encode())
    return whole.hexdigest()[:16]


def manifest_of(
    files: dict[str, File], record: BuildInfo, published: int, before: RemoteManifest | None
) -> RemoteManifest:
    """The manifest of a build that is about to be published."""
    return RemoteManifest(
        id=build_id(files), files=files, published=published, base_url=record.base_url, built=record.built,
        version=record.version, commit=record.commit, committed=record.committed, corrections=record.corrections,
        before=before.id if before else None,
    )  # fmt: skip


def dump(found: RemoteManifest) -> bytes:
    """A manifest as stored on a host."""
    return json.dumps({"explainer": _VERSION, **found._asdict()}, ensure_ascii=False, separators=(",", ":")).encode()


def load(content: bytes) -> RemoteManifest:
    """The manifest from its stored form.

    Raises:
        ValueError: if it isn't one, or one of a later version.
    """
    try:
        data: dict[str, Any] = json.loads(content)
        version = data.pop("explainer")
        data["files"] = _files(data["files"])
        data["pending"] = None if data["pending"] is None else _files(data["pending"])
        data["retired"] = {_path(path): Retired(*_file(one[:2]), int(one[2])) for path, one in data["retired"].items()}
        data["corrections"] = tuple(Corrected(*map(str, one)) for one in data["corrections"])
        found = RemoteManifest(**data)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError("no manifest of ours") from error
    if version != _VERSION or not _ID.fullmatch(str(found.id)) or not _COMMIT.fullmatch(found.commit or "0" * 40):
        raise ValueError("no manifest of ours")
    if not all(type(number) is int for number in (found.published, found.built, found.committed or 0, found.beat)):
        raise ValueError("no manifest of ours")
    return found


def _files(data: Any) -> dict[str, File]:
    return {_path(path): _file(one) for path, one in data.items()}


def _file(one: Any) -> File:
    digest, size = one
    if not _DIGEST.fullmatch(digest) or type(size) is not int:
        raise ValueError("file")
    return File(digest, size)


def _path(path: str) -> str:
    """A path that leads into the site's folder and nowhere else; it is what deletions go by."""
    parts = path.split("/")
    if not path.isprintable() or any(part in {"", ".", ".."} for part in parts):
        raise ValueError("path")
    return path
