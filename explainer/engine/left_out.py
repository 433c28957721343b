"""Which pages a build leaves out, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.load.timestamps import format_moment
from explainer.resolve.site import due

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explainer.model.site import Choice, PageSummary


def left_out(pages: Iterable[PageSummary], choice: Choice, time_zone: str) -> tuple[tuple[str, str], ...]:
    """Return the files of the pages that a build leaves out, each with why: `draft`, or `due` and when, in that zone."""
    return tuple(
        (page.file, "draft" if page.draft and not choice.drafts else f"due {format_moment(max(page.times), time_zone)}")
        for page in sorted(pages, key=lambda page: page.file)
        if not due(page, choice)
    )
