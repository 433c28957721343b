"""At a glance: a page's claims by how they are sourced, statements apart."""

from __future__ import annotations

from typing import get_args

from explainer.model.published import Verdict, Voice
from explainer.model.terms import Level
from explainer.render.level_counts import level_counts
from tests.test_render_drawing import claim

SPEAKER = Voice("ada", "Ada Quill")


def test_parts_stand_in_order_with_their_claims_and_levels() -> None:
    levels: list[Level] = ["unsourced", "single-named-direct", "independent-named", "single-named-direct", "withdrawn"]
    claims = [claim(verdict=Verdict(level, 1), id=str(number)) for number, level in enumerate(levels)]
    said = claim(verdict=Verdict("single-unnamed-direct", 1), id="said", speaker=SPEAKER)
    parts = level_counts([said, *claims])
    assert [(part.name, [one.id for one in part.claims]) for part in parts] == [
        ("named", ["1", "2", "3"]), ("none", ["0"]), ("withdrawn", ["4"]), ("said", ["said"]),
    ]  # fmt: skip
    # In the order of the rule's table.
    assert parts[0].levels == (("independent-named", 1), ("single-named-direct", 2))


def test_every_level_has_its_part() -> None:
    for level in get_args(Level):
        (part,) = level_counts([claim(verdict=Verdict(level, 1))])
        assert part.levels == ((level, 1),)
    assert level_counts([]) == ()
