"""Typographic marks in plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.text.typography import typographic


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        ('He said "no".', "He said “no”."),
        ("It's the officials' word", "It’s the officials’ word"),
        ("the '90s", "the ’90s"),
        ("\"'No,' he said\"", "“‘No,’ he said”"),
        ("'He said \"no\"'", "‘He said “no”’"),
        ('("so")', "(“so”)"),
        ("one -- two --- three...", "one – two — three…"),
        ('a--"b"', "a–“b”"),
        ("501(c)", "501(c)"),
        ('"', "”"),
        ("plain", "plain"),
    ],
)
def test_marks(plain: str, set_: str) -> None:
    assert typographic(plain) == set_


@given(st.text(alphabet="ab \"'-.(\n", max_size=30))
def test_only_marks_change_and_only_once(text: str) -> None:
    once = typographic(text)
    assert typographic(once) == once
    assert [char for char in once if char.isalnum()] == [char for char in text if char.isalnum()]
    assert '"' not in once
    assert "'" not in once
