"""The calendar of a site: which pages come out when, and which are to be looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from explainer.diagnostics import Diagnostic, Span
from explainer.load.timestamps import format_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from explainer.model.site import PageSummary

Kind = Literal["stale", "embargoed", "due", "review", "draft"]
"""To be looked at again by now; out at its `publish_at`; out at its `date`; to be looked at again; a draft."""


class Day(NamedTuple):
    """One entry of the calendar; `when` is a day or a time in the site's zone, empty for a draft without one."""

    kind: Kind
    when: str
    page: PageSummary
    span: Span


def calendar(pages: Iterable[PageSummary], now: int, time_zone: str) -> list[Day]:
    """What is due, embargoed and to be looked at again, the earliest first; drafts without a day last."""
    found = [(epoch, day) for page in pages for epoch, day in _days(page, now, time_zone)]
    return [day for _, day in sorted(found, key=lambda one: (one[0], one[1].page.title, one[1].page.file))]


_NEVER = 2**62


def _days(page: PageSummary, now: int, time_zone: str) -> Iterator[tuple[int, Day]]:
    place = Span(page.file)
    out = max(page.times, default=None)
    if page.draft:
        yield (_NEVER, Day("draft", format_moment(out, time_zone) if out is not None else "", page, place))
        return
    if out is not None and out > now:
        kind: Kind = "embargoed" if page.embargo == out else "due"
        yield out, Day(kind, format_moment(out, time_zone), page, place)
    if page.review:
        moment = page.review.moment
        kind = "stale" if moment.epoch <= now else "review"
        yield moment.epoch, Day(kind, format_moment(moment.epoch, time_zone), page, page.review.span)


def reviews_due(pages: Iterable[PageSummary], now: int) -> Iterator[Diagnostic]:
    """A warning for each page whose `review` has come. Builds don't tell it: a day that comes must keep nothing from readers."""
    for page in pages:
        if page.review and page.review.moment.epoch <= now:
            message = f"this page was to be looked at again by {page.review.moment.day}"
            hint = "look at it, then give `review` a later day, or take it out"
            yield Diagnostic("W156", message, page.review.span, (hint,))
