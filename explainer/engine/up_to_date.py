"""What a build left standing: told by stats alone, a site of which nothing has changed is built already.

Everything that a build reads is looked at: the files of the site and of the theme, the time, what was
asked for, and the output itself. No file is read, and no library but SQLite and msgspec is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.cache import codec
from explainer.cache.store import DamagedCacheError
from explainer.diagnostics import Diagnostic, SourceText
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
    from explainer.model.site import PageSummary
    from explainer.output.tree import OutputTree

_STANDING = "standing"
_READ = ("content", "layouts")


class Seen(NamedTuple):
    """The files that a build reads, as they were before it read any: the site's, and the default theme's."""

    site: Snapshot
    theme: Snapshot


class LastBuild(Record, frozen=True):
    """What a build left: what it was asked for and read, and what it reported.

    `files` stand for the stats of all files, which were `taken` then (ns); it holds for times from the first of `due`
    to before the second. `hidden` are the lines, by file, that its diagnostics may not show.
    """

    asked: tuple[bool, bool, str | None, bool, str]
    files: tuple[str, str]
    taken: int
    due: tuple[int, int | None]
    listing: str
    pages: int
    left_out: tuple[tuple[str, str], ...]
    diagnostics: tuple[Diagnostic, ...]
    hidden: dict[str, tuple[int, ...]]


def look(site: Path) -> Seen:
    """Look at every file that a build may read."""
    theme = default_layouts()
    return Seen(snapshot(str(site), *_READ), snapshot(str(theme.parent), theme.name))


def standing(request: Request, seen: Seen, now: int, cache: Cache, tree: OutputTree) -> LastBuild | None:
    """What the last build left, if this one would make the same of the same."""
    row = cache.get(_STANDING, _key(request.out))
    try:
        last = None if row is None else codec.loads(LastBuild, row)
    except DamagedCacheError:
        return None
    same = (
        last is not None
        and last.asked == _asked(request)
        and last.files == files_of(seen)
        and holds(last.due, now)
        and is_settled(seen, last.taken)
        and last.listing == tree.listing_digest
        and tree.unchanged()
    )
    return last if same else None


def leave(
    request: Request, seen: Seen, now: int, pages: Iterable[PageSummary], report: Report, cache: Cache, tree: OutputTree
) -> None:
    """Note what a build leaves standing. `seen` was taken before it read anything, `now` decided what is due."""
    left = LastBuild(
        asked=_asked(request),
        files=files_of(seen),
        taken=taken(seen),
        due=due_between(pages, now),
        listing=tree.listing_digest,
        pages=report.pages,
        left_out=report.left_out,
        diagnostics=report.diagnostics,
        hidden={path: tuple(sorted(text.hidden)) for path, text in report.texts.items()},
    )
    cache.put(_STANDING, [(_key(request.out), codec.dumps(left))])


def due_between(pages: Iterable[PageSummary], now: int) -> tuple[int, int | None]:
    """The seconds between which the same of these pages is due as now: the first of them, and the first after them."""
    times = [time for page in pages for time in page.times]
    return (max((time for time in times if time <= now), default=0), min((t for t in times if t > now), default=None))


def holds(due: tuple[int, int | None], now: int) -> bool:
    """Whether a second lies between those of `due_between`."""
    begin, end = due
    return begin <= now and (end is None or now < end)


def taken(seen: Seen) -> int:
    """When the stats were taken (ns)."""
    return min(part.taken for part in seen)


def _key(out: Path) -> str:
    return digest_of(str(out.resolve()).encode())


def _asked(request: Request) -> tuple[bool, bool, str | None, bool, str]:
    head = digest_of(head_of(request.site).encode())  # the output's marker names the commit
    return (request.drafts, request.future, request.base_url, request.strict, head)


def files_of(seen: Seen) -> tuple[str, str]:
    """Digests of all paths with their stats, of the site's and of the theme's."""
    return (_digest(seen.site.stats), _digest(seen.theme.stats))


def is_settled(seen: Seen, taken: int) -> bool:
    """Whether no file is so young that it may have been written again unseen when its stat was taken (ns)."""
    return not any(is_young(stat, taken) for part in seen for stat in part.stats.values())


def _digest(stats: Any) -> str:
    return digest_of(codec.dumps(sorted(stats.items())))


def texts_of(site: Path, hidden: Mapping[str, Iterable[int]]) -> dict[str, SourceText]:
    """The files that diagnostics quote, as reports may show them."""
    if not hidden:
        return {}
    read = {path: read_text(site, path).value for path in hidden}
    return {path: SourceText(path, text, frozenset(hidden[path])) for path, text in read.items() if text is not None}
