"""The manifest on a host: which build is there, and its files.

Nothing in it is secret: readers may fetch the same files.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from explainer.output.build_info import BuildInfo, Corrected

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = ".explainer-publish.json"
_VERSION = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[0-9a-f]{16}")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_GZIP = b"\x1f\x8b"
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
_LONGEST_HISTORY = 100


class File(NamedTuple):
    """A file as it is published: SHA-256 of its content, size in bytes."""

    digest: str
    size: int


class Retired(NamedTuple):
    """A file that no page needs any more, left for readers of pages from before `since` (seconds since 1970)."""

    digest: str
    size: int
    since: int


Why = Literal["replaced", "rolled-back", "failed"]


class Past(NamedTuple):
    """A version that readers had, from `since` until `until`.

    `why` says why it went: a later one replaced it, somebody rolled back from it, or readers didn't get it as it
    should be. `published` and `id` name the version; `commit` is what it was built from.
    """

    id: str
    published: int
    since: int
    until: int
    why: Why
    commit: str | None = None


class RemoteManifest(NamedTuple):
    """A build on a host. Times are in seconds since 1970; `before` is the build that was there until then.

    `since` is when readers got it, 0 where that is `published`; `history` has the versions from before, the last one
    first.

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
    since: int = 0
    history: tuple[Past, ...] = ()

    @property
    def withdrawn(self) -> dict[str, Past]:
        """The builds that readers had and must not get back by themselves, by id."""
        last = {one.id: one for one in reversed(self.history)}
        return {build: one for build, one in last.items() if one.why != "replaced" and build != self.id}

    def after(self, current: RemoteManifest, why: Why, now: int) -> RemoteManifest:
        """This version as it follows on the current one at a time."""
        past = Past(current.id, current.published, current.since or current.published, now, why, current.commit)
        return self._replace(since=now, history=(past, *current.history)[:_LONGEST_HISTORY])


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
    new = RemoteManifest(
        id=build_id(files), files=files, published=published, base_url=record.base_url, built=record.built,
        version=record.version, commit=record.commit, committed=record.committed, corrections=record.corrections,
        before=before.id if before else None,
    )  # fmt: skip
    return new.after(before, "replaced", published) if before else new


def dump(found: RemoteManifest) -> bytes:
    """A manifest as stored on a host."""
    return json.dumps(as_data(found), ensure_ascii=False, separators=(",", ":")).encode()


def as_data(found: RemoteManifest) -> dict[str, Any]:
    """A manifest as JSON data."""
    return {"explainer": _VERSION, **found._asdict()}


def plain(content: bytes) -> bytes:
    """Stored content, which may be compressed.

    Raises:
        ValueError: if it is compressed and damaged.
    """
    try:
        return gzip.decompress(content) if content.startswith(_GZIP) else content
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError("damaged") from error


def load(content: bytes) -> RemoteManifest:
    """The manifest from its stored form, compressed or not.

    Raises:
        ValueError: if it isn't one, or one of a later version.
    """
    try:
        data = json.loads(plain(content))
    except (ValueError, RecursionError) as error:
        raise ValueError("no manifest of ours") from error
    return from_data(data)


def from_data(data: Any) -> RemoteManifest:
    """The manifest from its data.

    Raises:
        ValueError: if it isn't one, or one of a later version.
    """
    try:
        version = data.pop("explainer")
        data["files"] = _files(data["files"])
        data["pending"] = None if data["pending"] is None else _files(data["pending"])
        data["retired"] = {_path(path): Retired(*_file(one[:2]), int(one[2])) for path, one in data["retired"].items()}
        data["corrections"] = tuple(Corrected(*map(str, one)) for one in data["corrections"])
        data["history"] = tuple(map(_past, data.get("history", ())))
        found = RemoteManifest(**data)
    except _UNREADABLE as error:
        raise ValueError("no manifest of ours") from error
    if version != _VERSION or not _ID.fullmatch(str(found.id)) or not _COMMIT.fullmatch(found.commit or "0" * 40):
        raise ValueError("no manifest of ours")
    if not all(
        type(number) is int for number in (found.published, found.built, found.committed or 0, found.beat, found.since)
    ):
        raise ValueError("no manifest of ours")
    return found


def _files(data: Any) -> dict[str, File]:
    return {_path(path): _file(one) for path, one in data.items()}


def _file(one: Any) -> File:
    digest, size = one
    if not _DIGEST.fullmatch(digest) or type(size) is not int:
        raise ValueError("file")
    return File(digest, size)


def _past(data: Any) -> Past:
    past = Past(*data)
    times = (past.published, past.since, past.until)
    if not _ID.fullmatch(past.id) or past.why not in get_args(Why) or not all(type(one) is int for one in times):
        raise ValueError("history")
    return past


def _path(path: str) -> str:
    """A path that leads into the site's folder and nowhere else; it is what deletions go by."""
    parts = path.split("/")
    if not path.isprintable() or any(part in {"", ".", ".."} for part in parts):
        raise ValueError("path")
    return path
