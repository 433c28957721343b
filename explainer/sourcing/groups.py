"""The parts of a page's bar: claims grouped by how they are sourced, and apart those that someone said something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.model.published import GROUP_OF, GROUPS, SAID

if TYPE_CHECKING:
    from explainer.model.terms import Level

NAMES = (*GROUPS, SAID)


def group_of(level: Level, *, said: bool) -> str:
    """The part that a claim belongs to; `said` where the claim is that someone said something."""
    return SAID if said else GROUP_OF[level]
