"""A claim's account: the answer in sentences, and the one line that its routes may form."""

from __future__ import annotations

import pytest

from explainer.resolve.publishable import badge_name
from explainer.sourcing.account import answer, route_line
from explainer.sourcing.badge import Names
from explainer.sourcing.rule import Evidence, Judged, judged
from tests.harness import ENGLISH
from tests.test_sourcing_badge import PEOPLE, STORY

NAMES = Names(lambda id_: badge_name(STORY[id_], PEOPLE, ENGLISH), lambda id_: STORY[id_].key == "mar")


def claim(supports: str, speaker: str | None = None) -> Judged:
    return judged(Evidence(tuple(supports.split()), speaker=speaker), STORY)


@pytest.mark.parametrize(
    ("supports", "speaker", "sentences"),
    [
        ("", None, ""),
        ("times", None, "The Times doesn't say how it knows."),
        ("minutes", None, "It comes from Minutes, first-hand."),
        (
            "post officials",
            None,
            (
                "It comes from US officials (unnamed), as The Post reports. All of it goes back to Mar Vidal, through "
                "intercepts (not public)."
            ),
        ),
        ("hearing", "mar", "Mar Vidal said it on the record, as The Post reports."),
        ("aide", "aide", "It was said by an aide (unnamed)."),
        ("minutes aide", None, "2 independent sources tell it: Minutes and an aide (unnamed)."),
        ("hearing officials", None, "It comes from Mar Vidal and US officials (unnamed), as The Post reports."),
    ],
)
def test_the_answer(supports: str, speaker: str | None, sentences: str) -> None:
    name = "Mar Vidal" if speaker == "mar" else None if speaker is None else "an aide"
    assert " ".join(answer(claim(supports, speaker), name, STORY, NAMES, ENGLISH)) == sentences


@pytest.mark.parametrize(
    ("supports", "line"),
    [
        ("", ()),
        ("minutes", ("minutes",)),
        ("post officials", ("post", "officials", "intercepts", "account")),
        ("officials", ("post", "officials", "intercepts", "account")),
        ("minutes aide", ()),
        ("hearing officials", ()),
    ],
)
def test_the_line(supports: str, line: tuple[str, ...]) -> None:
    assert route_line(claim(supports).supporting) == line
