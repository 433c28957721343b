"""What a build left standing: told by stats alone, a site of which nothing has changed is built already.

Everything that a build reads is looked at: the files of the site and of the theme, the time, what was
asked for, and the output itself. No file is read, and no library but SQLite is imported.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.diagnostics import RULES, Diagnostic, SourceText, Span
from explainer.output.build_info import head_of
from explainer.system.default_theme import default_layouts
from explainer.system.file_stats import Snapshot, digest_of, is_young, snapshot
from explainer.system.site_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
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


class _Left(NamedTuple):
    """What a build noted, and what it was a build of."""

    asked: tuple[Any, ...]
    files: tuple[Any, ...]
    taken: int
    due: tuple[int, int | None]
    listing: str
    standing: Standing


class Standing(NamedTuple):
    """What a build of nothing new has to tell: pages, those left out, diagnostics, and by file the lines to hide."""

    pages: int
    left_out: tuple[tuple[str, str], ...]
    diagnostics: tuple[Diagnostic, ...]
    hidden: dict[str, frozenset[int]]


def look(site: Path) -> Seen:
    """Look at every file that a build may read."""
    theme = default_layouts()
    return Seen(snapshot(str(site), *_READ), snapshot(str(theme.parent), theme.name))


def standing(request: Request, seen: Seen, now: int, cache: Cache, tree: OutputTree) -> Standing | None:
    """What the last build told, if this one would make the same of the same."""
    row = cache.get(_STANDING, _key(request.out))
    left = None if row is None else _left(row)
    if left is None:
        return None
    begin, end = left.due
    same = (
        left.asked == tuple(_asked(request))
        and left.files == tuple(files_of(seen))
        and begin <= now < (now + 1 if end is None else end)
        and is_settled(seen, left.taken)
        and left.listing == tree.listing_digest
        and tree.unchanged()
    )
    return left.standing if same else None


def leave(
    request: Request, seen: Seen, now: int, pages: Iterable[PageSummary], report: Report, cache: Cache, tree: OutputTree
) -> None:
    """Note what a build leaves standing. `seen` was taken before it read anything, `now` decided what is due."""
    times = [time for page in pages for time in page.times]
    data = {
        "asked": _asked(request),
        "files": files_of(seen),
        "taken": min(part.taken for part in seen),
        "due": (
            max((time for time in times if time <= now), default=0),
            min((t for t in times if t > now), default=None),
        ),
        "listing": tree.listing_digest,
        "pages": report.pages,
        "left_out": report.left_out,
        "told": report.diagnostics,
        "hidden": {path: sorted(text.hidden) for path, text in report.texts.items()},
    }
    cache.put(_STANDING, [(_key(request.out), json.dumps(data, ensure_ascii=False, separators=(",", ":")))])


def _key(out: Path) -> str:
    return digest_of(str(out.resolve()).encode())


def _asked(request: Request) -> list[Any]:
    head = digest_of(head_of(request.site).encode())  # the output's marker names the commit
    return [request.drafts, request.future, request.base_url, request.strict, head]


def files_of(seen: Seen) -> list[Any]:
    """All paths in order with a digest of their stats: one text is quick to compare."""
    return [_digest(part.stats) for part in seen]


def is_settled(seen: Seen, taken: int) -> bool:
    """Whether no file is so young that it may have been written again unseen when its stat was taken (ns)."""
    return not any(is_young(stat, taken) for part in seen for stat in part.stats.values())


def _digest(stats: Any) -> str:
    return digest_of(json.dumps(sorted(stats.items())).encode())


def _left(row: str) -> _Left | None:
    """What a build noted; None if the text is no such note."""
    try:
        data = json.loads(row)
        begin, end = data["due"]
        due = (int(begin), None if end is None else int(end))
        return _Left(
            tuple(data["asked"]), tuple(data["files"]), int(data["taken"]), due, str(data["listing"]), _standing(data)
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _standing(data: dict[str, Any]) -> Standing:
    told = []
    for code, message, span, hints in data["told"]:
        path, *places = span
        if code not in RULES:
            raise KeyError(code)
        told.append(Diagnostic(str(code), str(message), Span(str(path), *map(int, places)), tuple(map(str, hints))))
    hidden = {str(path): frozenset(map(int, lines)) for path, lines in data["hidden"].items()}
    left_out = tuple((str(path), str(why)) for path, why in data["left_out"])
    return Standing(int(data["pages"]), left_out, tuple(told), hidden)


def texts_of(site: Path, hidden: dict[str, frozenset[int]]) -> dict[str, SourceText]:
    """The files that diagnostics quote, as reports may show them."""
    if not hidden:
        return {}
    read = {path: read_text(site, path).value for path in hidden}
    return {path: SourceText(path, text, hidden[path]) for path, text in read.items() if text is not None}
