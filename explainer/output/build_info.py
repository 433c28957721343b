"""What a build records about itself, for publishing. It is in the output's marker, which is never published.

A marker in the cache's folder says whether the last build was finished, so that the output of an earlier
one isn't mistaken for it.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from explainer import __version__
from explainer.system.file_stats import digest_of, file_digest
from explainer.system.work_folder import NAME, make_work_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from explainer.model.site import PageSummary
    from explainer.system.file_stats import Snapshot, Stat

UNFINISHED = "unfinished"
_GIT_TIMEOUT = 10  # seconds


class Corrected(NamedTuple):
    """A correction that the build shows: the page's path, its day, its words."""

    page: str
    date: str
    text: str


class BuildInfo(NamedTuple):
    """A finished build.

    `built` is when, in seconds since 1970, by the clock and not by `SOURCE_DATE_EPOCH`; `embargoed` are
    pages that it took in before their time, with that time; `commit` is what git had checked out, and
    `committed` when that was committed.
    """

    base_url: str
    pages: int
    built: int
    version: str = __version__
    drafts: tuple[str, ...] = ()
    embargoed: tuple[tuple[str, int], ...] = ()
    corrections: tuple[Corrected, ...] = ()
    preview: bool = False
    commit: str | None = None
    committed: int | None = None


def build_info_of(site: Path, base_url: str, pages: Sequence[PageSummary], *, preview: bool = False) -> BuildInfo:
    """The record of a build of these pages, made now."""
    now = int(time.time())
    commit, committed = _checked_out(site)
    return BuildInfo(
        base_url=base_url,
        pages=len(pages),
        built=now,
        drafts=tuple(page.url for page in pages if page.draft),
        embargoed=tuple((page.url, max(page.times)) for page in pages if any(time > now for time in page.times)),
        corrections=tuple(Corrected(page.url, one.date.text, one.text) for page in pages for one in page.corrections),
        preview=preview,
        commit=commit,
        committed=committed,
    )


def same_facts(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Whether two records, as in markers, are equal except for the time."""
    if one is None or other is None:
        return one is other
    return {**one, "built": 0} == {**other, "built": 0}


def as_data(record: BuildInfo) -> dict[str, Any]:
    """A record as JSON data, with lists for tuples."""
    data = record._asdict()
    data["drafts"] = list(record.drafts)
    data["embargoed"] = [list(one) for one in record.embargoed]
    data["corrections"] = [list(one) for one in record.corrections]
    return data


def parse_build_info(data: Any) -> BuildInfo:
    """The record from a marker's data.

    Raises:
        ValueError: if it isn't one.
    """
    try:
        record = BuildInfo(**data)
        record = record._replace(
            drafts=tuple(map(str, record.drafts)),
            embargoed=tuple((str(page), int(due)) for page, due in record.embargoed),
            corrections=tuple(Corrected(*map(str, one)) for one in record.corrections),
        )
    except (TypeError, ValueError) as error:
        raise ValueError("no record of a build") from error
    numbers = (record.pages, record.built, record.committed or 0)
    texts = (record.base_url, record.version, record.commit or "")
    if not all(type(number) is int for number in numbers) or not all(isinstance(text, str) for text in texts):
        raise ValueError("no record of a build")
    return record


def head_of(site: Path) -> str:
    """What is checked out in the site's git repository, read from git's files; empty without a repository.

    It changes whenever another commit is checked out, and costs three files to read.
    """
    folder = Path(os.path.realpath(site))
    git = next((above / ".git" for above in (folder, *folder.parents) if (above / ".git").exists()), None)
    if git is None:
        return ""
    with suppress(OSError, ValueError):
        if git.is_file():  # a worktree, or a submodule
            git = git.parent / git.read_text("utf-8").removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text("utf-8").strip()
        common = git / _text(git / "commondir")
        name = head.removeprefix("ref: ")
        return f"{head} {_text(git / name) or _text(common / name) or _text(common / 'packed-refs')}"
    return ""


def _text(file: Path) -> str:
    with suppress(OSError, ValueError):
        return file.read_text("utf-8").strip()
    return ""


def _checked_out(site: Path) -> tuple[str, int] | tuple[None, None]:
    """The commit that is checked out in the site's repository, and its time; None without git."""
    folder = Path(os.path.realpath(site))
    if not any((above / ".git").exists() for above in (folder, *folder.parents)):
        return None, None
    import subprocess  # noqa: PLC0415 - a site outside of git needs none

    # Plumbing, so that nothing of the user's or the repository's configuration is run.
    command = ["git", "-C", str(folder), "rev-list", "--max-count=1", "--timestamp", "HEAD"]
    with suppress(OSError, subprocess.SubprocessError, ValueError):
        answer = subprocess.run(  # noqa: S603 - these words alone
            command, capture_output=True, text=True, check=True, timeout=_GIT_TIMEOUT, stdin=subprocess.DEVNULL
        ).stdout
        committed, commit = answer.split()
        return commit, int(committed)
    return None, None


# --- Whether the last build came to its end ---


class UnfinishedMarker:
    """A file in the cache's folder that says that a build of this output isn't finished, or was stopped."""

    def __init__(self, site: Path, out: Path) -> None:
        self._file = _marker_file(site, out)
        with suppress(OSError):
            make_work_folder(site)
            self._file.touch()

    def finish(
        self, seen: Snapshot | None = None, site: Path | None = None, digests: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Remove it: the build has come to its end; it was made of the files that it has `seen` in the site's folder.

        `digests` are those of files that it has read, by path.
        """
        with suppress(OSError):
            if seen is not None and site is not None:
                make_work_folder(site)
                _record_sources(site, _sources_file(self._file), seen, digests)
            self._file.unlink()


def is_unfinished(site: Path, out: Path) -> bool:
    """Whether the last build of this output failed, was stopped, or goes on."""
    return _marker_file(site, out).exists()


def changed_since_build(site: Path, out: Path, seen: Snapshot) -> str | None:
    """A file that was changed, added or removed since the last build of this output, if so and if that is known.

    A file that was only written again, with the same content, hasn't changed.
    """
    before = _sources(_sources_file(_marker_file(site, out)))
    if before is None:
        return None
    now = {_key(path): _source(site, path, stat, before.get(_key(path))) for path, stat in seen.stats.items()}
    names = {_key(path): path for path in seen.stats}
    # Of a file that is gone the name isn't known: it is written down nowhere.
    changed = [
        names.get(key, "content/")
        for key in before.keys() | now.keys()
        if key not in now or _digest(now, key) != _digest(before, key)
    ]
    return min(changed, default=None)


def is_built_from(site: Path, out: Path, seen: Snapshot) -> bool:
    """Whether the last build of this output is whole, and known to be made of the files as they are."""
    known = _sources(_sources_file(_marker_file(site, out))) is not None
    return known and not is_unfinished(site, out) and changed_since_build(site, out, seen) is None


def forget_output(site: Path, out: Path) -> None:
    """Forget what is known of an output that is about to be removed."""
    for file in (_marker_file(site, out), _sources_file(_marker_file(site, out))):
        with suppress(OSError):
            file.unlink()


_CONFIG = "content/site.yaml"
# Where a site is published to is no part of its pages.
_TARGETS = re.compile(rb"^publish:.*?(?=^[^\s#-]|\Z)", re.MULTILINE | re.DOTALL)


def _record_sources(site: Path, record: Path, seen: Snapshot, digests: Mapping[str, str]) -> None:
    """Write down which files a build was made of; only those are read that neither it nor the last record knows."""
    before, now = _sources(record) or {}, {}
    for path, stat in seen.stats.items():
        key, digest = _key(path), digests.get(path)
        now[key] = [stat.size, stat.mtime, digest] if digest else _source(site, path, stat, before.get(key))
    if now != before:
        record.write_bytes(msgspec.json.encode(now))


def _key(path: str) -> str:
    """What stands for a file's path: the name of a saved copy may tell whose it is, and is kept nowhere."""
    return digest_of(path.encode())


_SOURCES = msgspec.json.Decoder(dict[str, list[Any]])


def _sources(record: Path) -> dict[str, list[Any]] | None:
    with suppress(OSError, msgspec.DecodeError):
        return _SOURCES.decode(record.read_bytes())
    return None


def _digest(sources: dict[str, list[Any]], key: str) -> Any:
    return sources[key][-1] if key in sources else None


def _source(site: Path, path: str, stat: Stat, before: list[Any] | None) -> list[Any]:
    """A file's size, time and digest; the digest is empty where the file isn't as it was seen."""
    if before and before[:2] == [stat.size, stat.mtime]:
        return before
    digest = ""
    with suppress(OSError):
        file = site / path
        if path.endswith("/"):
            return [stat.size, stat.mtime, digest]
        if path == _CONFIG and file.is_file():
            digest = digest_of(_TARGETS.sub(b"", file.read_bytes()).strip())
        else:
            digest = file_digest(str(file))
        now = file.stat()
        if (now.st_size, now.st_mtime_ns) != (stat.size, stat.mtime):
            digest = ""
    return [stat.size, stat.mtime, digest]


def _sources_file(marker: Path) -> Path:
    return marker.with_name(marker.name.replace(UNFINISHED, "sources"))


def _marker_file(site: Path, out: Path) -> Path:
    name = sha256(os.fsencode(os.path.realpath(out))).hexdigest()[:16]
    return site / NAME / f"{UNFINISHED}-{name}"
