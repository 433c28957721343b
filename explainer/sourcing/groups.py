"""The parts of a page's bar: claims grouped by how they are sourced, and apart those that someone said something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.sourcing.words import GROUPS

if TYPE_CHECKING:
    from explainer.model.terms import Level

SAID = "said"
NAMES = (*GROUPS, SAID)
_GROUP = {level: name for name, levels in GROUPS.items() for level in levels}


def group_of(level: Level, *, said: bool) -> str:
    """The part that a claim belongs to; `said` where the claim is that someone said something."""
    return SAID if said else _GROUP[level]
