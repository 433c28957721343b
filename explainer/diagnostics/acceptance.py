"""Warnings that an author has accepted where they stand, each with a reason.

`accept: {W252: why}` in a record says that a warning which is told at that record is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from explainer.diagnostics import Diagnostic, Severity, Span, has_errors, in_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

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

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether a diagnostic is one that this acceptance is about."""
        return diagnostic.code == self.code and any(_contains(region, diagnostic.span) for region in self.regions)


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
    by_code: dict[str, list[Acceptance]] = {}
    for one in sorted(acceptances, key=lambda one: _SCOPES.index(one.scope)):
        by_code.setdefault(one.code, []).append(one)
    told, accepted = [], []
    for diagnostic in in_order(diagnostics):
        candidates = by_code.get(diagnostic.code, ()) if diagnostic.severity is Severity.WARNING else ()
        acceptance = next((one for one in candidates if one.covers(diagnostic)), None)
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


def _contains(region: Span, place: Span) -> bool:
    if region.path.endswith("/"):
        return place.path.startswith(region.path) and not _has_records(place.path)
    start, at, end = (region.line, region.col), (place.line, place.col), (region.end_line, region.end_col)
    return place.path == region.path and start <= at <= end


def _has_records(path: str) -> bool:
    return path.startswith("content/") and path.endswith((".md", ".yaml"))
