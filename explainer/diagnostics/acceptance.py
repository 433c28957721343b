"""Warnings that an author has accepted where they stand, each with a reason.

`accept: {W252: why}` in a record says that a warning which is told at that record is meant.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Literal, NamedTuple

from explainer.diagnostics import Diagnostic, Severity, Span, has_errors, in_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

UNUSED_ACCEPT = "W155"
"""The code of an acceptance that silences nothing; itself it can't be accepted."""

Scope = Literal["record", "page", "site"]
"""What an acceptance stands in: a source, a person or a claim; a page's front matter; `site.yaml`."""

_SCOPES: tuple[Scope, ...] = ("record", "page", "site")  # the narrowest is asked first
TOLD_BY_CHECK = frozenset({"W156"})
"""Warnings that a build doesn't look for: they come with a day, and no day may keep a build from readers."""

# What is told of a source depends on which pages there are.
_OF_ALL_PAGES = frozenset({"W252", "W253"})
_LAST = 1_000_000_000


class Acceptance(NamedTuple):
    """One entry of an `accept`: the code, the place of its key, the reason, and where it holds.

    `why` is empty where no message may show it. A region whose path ends with a slash is a whole folder, but for the
    files in it that have records of their own. `claim` is the claim's id in a claim's `accept`.
    """

    code: str
    span: Span
    why: str
    scope: Scope
    regions: tuple[Span, ...]
    claim: str | None = None


class Accepted(NamedTuple):
    """A warning that isn't told, and the acceptance that says why."""

    diagnostic: Diagnostic
    acceptance: Acceptance


class Sifted(NamedTuple):
    """Diagnostics to tell, in order, and warnings that were accepted."""

    told: tuple[Diagnostic, ...]
    accepted: tuple[Accepted, ...] = ()


def whole_file(path: str) -> Span:
    """The region of a whole file, or of a folder if the path ends with a slash."""
    return Span(path, 1, 1, _LAST, 1)


def sift(diagnostics: Iterable[Diagnostic], acceptances: Iterable[Acceptance]) -> Sifted:
    """Take accepted warnings out of the diagnostics; each by the narrowest acceptance that covers it."""
    index = _Index(acceptances)
    told, accepted = [], []
    for diagnostic in in_order(diagnostics):
        acceptance = index.covering(diagnostic) if diagnostic.severity is Severity.WARNING else None
        if acceptance:
            accepted.append(Accepted(diagnostic, acceptance))
        else:
            told.append(diagnostic)
    return Sifted(tuple(told), tuple(accepted))


def with_unused(sifted: Sifted, acceptances: Sequence[Acceptance], left_out: Collection[str] = ()) -> Sifted:
    """Add a warning for each acceptance that silences nothing, where everything was looked at.

    With errors nobody knows what else would be told; nor on the pages that are `left_out`.
    """
    if has_errors(sifted.told):
        return sifted
    used = {one.acceptance.span for one in sifted.accepted}
    unused = (
        Diagnostic(
            UNUSED_ACCEPT,
            f"`{one.code}` is accepted here, and isn't told here",
            one.span,
            ("take it out: it would hide the next warning of this kind",),
        )
        for one in acceptances
        if one.span not in used
        and one.span.path not in left_out
        and not (left_out and one.code in _OF_ALL_PAGES and one.scope == "record")
    )
    return sifted._replace(told=in_order((*sifted.told, *unused)))


class _Index:
    """Acceptances by code and place, so that each warning is held against few of them."""

    def __init__(self, acceptances: Iterable[Acceptance]) -> None:
        records: dict[tuple[str, str], list[tuple[Span, Acceptance]]] = {}
        self._wide: dict[tuple[str, str], Acceptance] = {}
        for one in sorted(acceptances, key=lambda one: _SCOPES.index(one.scope)):
            for region in one.regions:
                if region == whole_file(region.path):
                    self._wide.setdefault((one.code, region.path), one)
                else:
                    records.setdefault((one.code, region.path), []).append((region, one))
        self._records = {key: _Nested(found) for key, found in records.items()}

    def covering(self, diagnostic: Diagnostic) -> Acceptance | None:
        """The narrowest acceptance that covers a diagnostic."""
        code, place = diagnostic.code, diagnostic.span
        nested = self._records.get((code, place.path))
        found = nested.innermost((place.line, place.col)) if nested else None
        return found or min(self._wide_ones(code, place.path), key=lambda one: _SCOPES.index(one.scope), default=None)

    def _wide_ones(self, code: str, path: str) -> Iterator[Acceptance]:
        folders = () if _has_records(path) else _folders(path)
        for name in (path, *folders):
            if one := self._wide.get((code, name)):
                yield one


class _Nested:
    """The regions of records in one file, which lie in each other or apart."""

    def __init__(self, regions: list[tuple[Span, Acceptance]]) -> None:
        self._found = sorted(regions, key=lambda one: (one[0].line, one[0].col, -one[0].end_line, -one[0].end_col))
        self._starts = [(region.line, region.col) for region, _ in self._found]
        self._around: list[int] = []  # for each region the one that it lies in; -1 if there is none
        for number, start in enumerate(self._starts):
            self._around.append(self._enclosing(number - 1, start))

    def innermost(self, place: tuple[int, int]) -> Acceptance | None:
        """The acceptance of the innermost region around a place."""
        number = self._enclosing(bisect_right(self._starts, place) - 1, place)
        return self._found[number][1] if number >= 0 else None

    def _enclosing(self, number: int, place: tuple[int, int]) -> int:
        """The innermost region around a place, from the last one that begins before it."""
        while number >= 0 and place > (self._found[number][0].end_line, self._found[number][0].end_col):
            number = self._around[number]
        return number


def _folders(path: str) -> Iterator[str]:
    """The folders that a file is in, the innermost first, each with a slash at its end."""
    while folder := path.rpartition("/")[0]:
        yield f"{folder}/"
        path = folder


def _has_records(path: str) -> bool:
    return path.startswith("content/") and path.endswith((".md", ".yaml"))
