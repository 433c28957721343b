"""A claim's account: the answer in sentences, and the chain that its routes may form."""

from __future__ import annotations

from itertools import pairwise

import pytest

from explainer.model.declared import Withdrawal
from explainer.resolve.publishable import badge_name
from explainer.sourcing.account import answer, route_chain
from explainer.sourcing.badge import Names
from explainer.sourcing.rule import Evidence, Judged, judged
from explainer.text.dates import PartialDate
from tests.harness import ENGLISH
from tests.test_sourcing_badge import PEOPLE, STORY, sources_of

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
    ("supports", "chain"),
    [
        ("", ""),
        ("minutes", "minutes"),
        ("post officials", "post, officials, intercepts, account"),
        ("officials", "post, officials, intercepts, account"),
        ("minutes aide", ""),
        ("hearing officials", ""),
    ],
)
def test_the_chain(supports: str, chain: str) -> None:
    assert written(claim(supports)) == chain


@pytest.mark.parametrize(
    ("graph", "supports", "chain"),
    [
        ("a>c b>c c>d", "a b", "a b, c, d"),  # two who know it from one
        ("r>a,b a>c b>c", "r", "r, a b, c"),  # two in the middle
        ("r>a,b", "r", "r, a b"),  # two ends
        ("r>a,b a>c,d b>c,d", "r", "r, a b, c d"),
        ("r>a,b a>c b>d", "r", ""),  # who knows it from whom can't be told by steps
        ("r>a,c a>c", "r", ""),  # one route skips a step
        ("r>a,b a>c", "r", ""),  # one ends early
        ("a>b", "a b", "a, b"),  # who is cited stands on another's route, as its number tells
        ("r>a a>b x>y", "r x", ""),  # two chains
    ],
)
def test_the_steps_that_every_route_takes(graph: str, supports: str, chain: str) -> None:
    behind = {arrow[0]: tuple(arrow[2:].split(",")) for arrow in graph.split()}
    ids = {letter for letter in graph if letter.isalpha()}
    sources = sources_of(**{id_: {"type": "private-record", "via": behind.get(id_, ())} for id_ in ids})
    assert written(judged(Evidence(tuple(supports.split())), sources)) == chain


@pytest.mark.parametrize(("steps", "sentence"), [
    ("ab", "All of it goes back to b."),
    ("abc", "All of it goes back to c, through b."),
    ("abcd", "All of it goes back to d, through b, then c."),
    ("abcde", "All of it goes back to e."),
    ("abcdefgh", "All of it goes back to h."),
])  # fmt: skip
def test_the_answer_names_two_steps_at_most(steps: str, sentence: str) -> None:
    behind = {id_: (after,) for id_, after in pairwise(steps)}
    sources = sources_of(**{id_: {"type": "private-record", "via": behind.get(id_, ())} for id_ in steps})
    names = Names(lambda id_: id_, lambda _: False)
    assert list(answer(judged(Evidence((steps[0],)), sources), None, sources, names, ENGLISH))[-1] == sentence


def test_a_dead_route_leaves_no_chain() -> None:
    gone = Withdrawal(PartialDate("2024"), "forged")
    sources = sources_of(r={"via": ("a", "b"), "knowledge": "second-hand"}, a={}, b={"withdrawn": gone})
    assert written(judged(Evidence(("r",)), sources)) == ""


def test_a_report_that_an_error_lets_stand_on_its_own_routes_leaves_no_chain() -> None:
    sources = sources_of(a={"via": ("r",)}, r={}, q={"type": "account", "via": ("r",), "reported_in": ("r",)})
    assert written(judged(Evidence(("a", "q")), sources)) == ""


def written(found: Judged) -> str:
    return ", ".join(map(" ".join, route_chain(found.supporting)))
