"""Hints out of many words cost no look at each, and find what one slip of the pen hides."""

from __future__ import annotations

import pytest

from explainer.diagnostics import did_you_mean

FEW = [f"section-{number}" for number in range(90)]
MANY = [f"section-{number}" for number in range(5000)]


@pytest.mark.parametrize("known", [FEW, MANY, tuple(MANY), frozenset(MANY), dict.fromkeys(MANY)])
@pytest.mark.parametrize("word", ["sectoin-55", "ection-55", "sextion-55", "Section-55"])
def test_a_slip_is_found_among_few_and_many(known: list[str], word: str) -> None:
    assert did_you_mean(word, known) == ("did you mean `section-55`?",)


def test_a_generator_and_nothing_alike() -> None:
    assert did_you_mean("sectoin-55", (word for word in MANY)) == ("did you mean `section-55`?",)
    assert did_you_mean("zzz", MANY) == ()
    assert did_you_mean("zzz", ()) == ()


def test_words_that_have_changed_are_not_those_of_before() -> None:
    known = dict.fromkeys(MANY)
    assert did_you_mean("sectoin-7777", known) != ("did you mean `section-7777`?",)
    known["section-7777"] = None
    assert did_you_mean("sectoin-7777", known) == ("did you mean `section-7777`?",)
