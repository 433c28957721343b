"""What is asked of a build, and what it reports."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from explainer.diagnostics import Diagnostic, SourceText
    from explainer.diagnostics.acceptance import Accepted


@dataclass(frozen=True, slots=True)
class Request:
    """What to build: the site's folder, the output's, and the options of `explainer build`."""

    site: Path
    out: Path
    drafts: bool = False
    future: bool = False
    base_url: str | None = None
    strict: bool = False
    clean: bool = False
    jobs: int | None = None


@dataclass(slots=True)
class Report:
    """What a build found, and what it made.

    `failed` is true where errors, or warnings taken as errors, kept it from writing. `outputs` are
    the paths made, relative to the output folder; `rendered` those of them that were rendered again,
    each with the reason. `left_out` are the files of drafts and of pages that aren't due, each with why.
    `notes` say why the cache was of no use, if it wasn't. `accepted` are the warnings that the site says are meant.
    `digests` are those of pages' files, by path, where the build has read them.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    texts: dict[str, SourceText] = field(default_factory=dict)
    failed: bool = False
    pages: int = 0
    left_out: tuple[tuple[str, str], ...] = ()
    outputs: tuple[str, ...] = ()
    rendered: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    digests: dict[str, str] = field(default_factory=dict)


def now() -> int:
    """The second that decides what is due: `SOURCE_DATE_EPOCH`, else the clock's."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(epoch) if epoch.isdecimal() else int(time.time())


def left_out_summary(pages: Sequence[tuple[str, str]]) -> str:
    """Sum up pages that were left out: `2 left out: 1 draft, 1 due 2030-01-01`; empty if there are none."""
    if not pages:
        return ""
    reasons = Counter(reason for _, reason in pages)
    drafts = reasons.pop("draft", 0)
    parts = [f"{drafts} {'draft' if drafts == 1 else 'drafts'}"] if drafts else []
    return f"{len(pages)} left out: " + ", ".join([*parts, *(f"{reasons[due]} {due}" for due in sorted(reasons))])
