"""Count a page's claims by how they are sourced."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.sourcing.groups import NAMES, group_of
from explainer.sourcing.rule import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explainer.model.published import Claim
    from explainer.model.terms import Level


class LevelCount(NamedTuple):
    """How many claims of a group have a level."""

    level: Level
    n: int


class LevelGroup(NamedTuple):
    """A group of levels: its name (`named`, `unnamed`, …, `said`), its claims, and their levels in the table's order."""

    name: str
    claims: tuple[Claim, ...]
    levels: tuple[LevelCount, ...]


def level_counts(claims: Iterable[Claim]) -> tuple[LevelGroup, ...]:
    """The groups that have claims; the last one is for claims that someone said something."""
    found: dict[str, list[Claim]] = {name: [] for name in NAMES}
    for claim in claims:
        found[group_of(claim.verdict.level, said=claim.speaker is not None)].append(claim)
    return tuple(LevelGroup(name, tuple(part), _levels(part)) for name, part in found.items() if part)


def _levels(claims: list[Claim]) -> tuple[LevelCount, ...]:
    counts = {row.level: 0 for row in LEVELS}
    for claim in claims:
        counts[claim.verdict.level] += 1
    return tuple(LevelCount(level, n) for level, n in counts.items() if n)
