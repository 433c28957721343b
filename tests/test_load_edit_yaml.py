"""Fields are set in YAML with everything else left as it was written."""

from __future__ import annotations

import pytest

from explainer.load.edit_yaml import set_field

BLOCK = "# All of ours.\nmemo:\n  # Shown to us.\n  type: statement   # as agreed\n  title: 'It''s'\n\nletter:\n  type: account\n"


@pytest.mark.parametrize(
    ("text", "key", "value", "expected"),
    [
        (BLOCK, "type", "report", BLOCK.replace("statement ", "report ")),
        (BLOCK, "title", "That", BLOCK.replace("'It''s'", "That")),
        (BLOCK, "url", "x", BLOCK.replace("  type: statement", "  url: x\n  type: statement")),
        ("memo: {type: statement, via: [a, b]}\n", "via", "[]", "memo: {type: statement, via: []}\n"),
        ("memo: {type: statement}\n", "url", "x", "memo: {url: x, type: statement}\n"),
        ("memo: {}\n", "url", "x", "memo: {url: x}\n"),
        ("memo:\n  title:\n  type: account\n", "title", "T", "memo:\n  title: T\n  type: account\n"),
        (
            "memo:\n  title: >\n    one\n    two\n  type: account\n",
            "title",
            "T",
            "memo:\n  title: T\n  type: account\n",
        ),
        ("memo:\n  via:\n    - a\n    - b\n  type: account\n", "via", "[a]", "memo:\n  via: [a]\n  type: account\n"),
    ],
)
def test_a_field_is_set(text: str, key: str, value: str, expected: str) -> None:
    assert set_field(text, ("memo",), key, value) == expected


def test_a_record_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        set_field(BLOCK, ("nothing",), "url", "x")
