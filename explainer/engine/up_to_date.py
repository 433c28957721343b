"""Detects an unchanged site from the stats of its files alone, without reading any of them.

Everything that a build reads is compared: the files of the site and of the theme, the time, what was asked for, and
the output itself. No library but SQLite and msgspec is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.cache import codec
from explainer.cache.store import DamagedCacheError
from explainer.diagnostics import Diagnostic, SourceText
from explainer.diagnostics.acceptance import Accepted
from explainer.model.record import Record
from explainer.output.build_info import head_of
from explainer.system.default_theme import default_layouts
from explainer.system.file_stats import Snapshot, digest_of, is_young, snapshot
from explainer.system.site_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from explainer.cache.store import Cache
    from explainer.engine.request import Report, Request
    from explainer.model.library import Library
    from explainer.model.site import PageSummary
    from explainer.output.tree import OutputTree

_LAST_BUILD = "last build"
_READ = ("content", "layouts")


class InputSnapshot(NamedTuple):
    """The files that a build reads, as they were before it read any: the site's, and the default theme's."""

    site: Snapshot
    theme: Snapshot

    @property
    def taken(self) -> int:
        """When the stats were taken (ns)."""
        return min(part.taken for part in self)


class InputState(Record, frozen=True):
    """What was read, and when: `files` are digests of all stats, the site's and the theme's, `taken` then (ns).

    `due` are the seconds between which the same pages are due: the first, and the first after them.
    """

    files: tuple[str, str]
    taken: int
    due: tuple[int, int | None]

    def is_current(self, scanned: InputSnapshot, now: int) -> bool:
        """Whether the same would be read now. A file so young that it may have been written again unseen counts as changed."""
        begin, end = self.due
        return (
            begin <= now
            and (end is None or now < end)
            and self.files == _digests(scanned)
            and not any(is_young(stat, self.taken) for part in scanned for stat in part.stats.values())
        )


class LastBuild(Record, frozen=True):
    """A build that succeeded: what it was asked for and read, the digest of its output, and what it reported.

    `hidden` are the lines, by file, that its diagnostics may not show.
    """

    asked: tuple[bool, bool, str | None, bool, str]
    inputs: InputState
    listing: str
    pages: int
    left_out: tuple[tuple[str, str], ...]
    diagnostics: tuple[Diagnostic, ...]
    hidden: dict[str, tuple[int, ...]]
    accepted: tuple[Accepted, ...]


def scan_inputs(site: Path) -> InputSnapshot:
    """Take the stats of every file that a build may read."""
    theme = default_layouts()
    return InputSnapshot(snapshot(str(site), *_READ), snapshot(str(theme.parent), theme.name))


def input_state(scanned: InputSnapshot, pages: Iterable[PageSummary], now: int) -> InputState:
    """What was read of these files. `scanned` was taken before anything was read; `now` decided which pages are due."""
    times = [time for page in pages for time in page.times]
    begin = max((time for time in times if time <= now), default=0)
    end = min((time for time in times if time > now), default=None)
    return InputState(_digests(scanned), scanned.taken, (begin, end))


def reads_elsewhere(library: Library, pages: Iterable[PageSummary]) -> bool:
    """Whether a site reads files that no scan looks at: saved copies outside `content/`."""
    copies = [*(source.saved for source in library.sources.values()), *(copy for page in pages for copy in page.saved)]
    return any(copy and not copy.startswith("content/") for copy in copies)


def find_last_build(
    request: Request, scanned: InputSnapshot, now: int, cache: Cache, tree: OutputTree
) -> LastBuild | None:
    """The last build, if this one would make the same of the same."""
    row = cache.get(_LAST_BUILD, _key(request.out))
    try:
        last = None if row is None else codec.loads(LastBuild, row)
    except DamagedCacheError:
        return None
    same = (
        last is not None
        and last.asked == _asked(request)
        and last.inputs.is_current(scanned, now)
        and last.listing == tree.listing_digest
        and tree.unchanged()
    )
    return last if same else None


def save_last_build(request: Request, inputs: InputState, report: Report, cache: Cache, tree: OutputTree) -> None:
    """Store a build that succeeded."""
    last = LastBuild(
        asked=_asked(request),
        inputs=inputs,
        listing=tree.listing_digest,
        pages=report.pages,
        left_out=report.left_out,
        diagnostics=report.diagnostics,
        hidden={path: tuple(sorted(text.hidden)) for path, text in report.texts.items()},
        accepted=report.accepted,
    )
    cache.put(_LAST_BUILD, [(_key(request.out), codec.dumps(last))])


def _key(out: Path) -> str:
    return digest_of(str(out.resolve()).encode())


def _asked(request: Request) -> tuple[bool, bool, str | None, bool, str]:
    head = digest_of(head_of(request.site).encode())  # the output's marker names the commit
    return (request.drafts, request.future, request.base_url, request.strict, head)


def _digests(scanned: InputSnapshot) -> tuple[str, str]:
    return (_digest(scanned.site.stats), _digest(scanned.theme.stats))


def _digest(stats: Any) -> str:
    return digest_of(codec.dumps(sorted(stats.items())))


def texts_of(site: Path, hidden: Mapping[str, Iterable[int]]) -> dict[str, SourceText]:
    """The files that diagnostics quote, as reports may show them."""
    if not hidden:
        return {}
    read = {path: read_text(site, path).value for path in hidden}
    return {path: SourceText(path, text, frozenset(hidden[path])) for path, text in read.items() if text is not None}
