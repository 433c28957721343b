"""The dates of a page: those that can't all be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.model.declared import Meta, Moment


def check_dates(meta: Meta) -> Iterator[Diagnostic]:
    """Report an `updated` that is before `date` or before a correction, W154: it comes last."""
    updated, span = meta.updated, meta.updated_span
    if not (updated and span):
        return
    if meta.date and _before(updated, meta.date):
        hint = f"`updated` is when it was last changed, `date` when it came out: {meta.date.iso}"
        yield Diagnostic("W154", "`updated` is before `date`", span, (hint,))
    corrected = max((correction.date.text for correction in meta.corrections), default="")
    if updated.day[: len(corrected)] < corrected:
        message = f"there is a correction of {corrected}, and `updated` is before it"
        day = f"`updated: {corrected}`" if len(corrected) == len(updated.day) else "the day of the correction"
        hint = f"write {day} here: feeds and search engines are given the newest of both already"
        yield Diagnostic("W154", message, span, (hint,))


def _before(one: Moment, other: Moment) -> bool:
    """Whether one moment is before another; days are compared with days alone."""
    return one.epoch < other.epoch if "T" in one.iso and "T" in other.iso else one.day < other.day
