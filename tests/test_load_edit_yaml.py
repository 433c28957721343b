"""Fields are set in YAML with everything else left as it was written."""

from __future__ import annotations

import pytest

from explainer.load.edit_yaml import add_item, set_field

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


@pytest.mark.parametrize(
    ("text", "key", "after", "expected"),
    [
        (BLOCK, "url", ("type",), BLOCK.replace("# as agreed\n", "# as agreed\n  url: x\n")),
        (BLOCK, "url", ("nothing", "title"), BLOCK.replace("'It''s'\n", "'It''s'\n  url: x\n")),
        ("memo: {type: statement, title: T}\n", "url", ("type",), "memo: {type: statement, url: x, title: T}\n"),
        (
            "memo:\n  via:\n    - a\n  type: account",
            "url",
            ("type",),
            "memo:\n  via:\n    - a\n  type: account\n  url: x",
        ),
    ],
)
def test_a_new_field_comes_behind_another(text: str, key: str, after: tuple[str, ...], expected: str) -> None:
    assert set_field(text, ("memo",), key, "x", after) == expected


ITEM = (("date", "2024-01-01"), ("text", "T"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: A\n", "title: A\ncorrections:\n  - date: 2024-01-01\n    text: T\n"),
        ("corrections:\ntitle: A\n", "corrections:\n  - date: 2024-01-01\n    text: T\ntitle: A\n"),
        (
            "corrections:\n- date: 2023-01-01\n  text: >-\n    Long\n    one.  \n# So.\ntitle: A\n",
            "corrections:\n- date: 2023-01-01\n  text: >-\n    Long\n    one.  \n- date: 2024-01-01\n  text: T\n# So.\ntitle: A\n",
        ),
        (
            "corrections:\n  - {date: 2023-01-01, text: S}  # one\ntitle: A\n",
            "corrections:\n  - {date: 2023-01-01, text: S}  # one\n  - date: 2024-01-01\n    text: T\ntitle: A\n",
        ),
        ("corrections: []\n", "corrections: [{date: 2024-01-01, text: T}]\n"),
        ("corrections: [{date: 2023-01-01, text: S}]\n", "corrections: [{date: 2023-01-01, text: S}, {date: 2024-01-01, text: T}]\n"),
    ],
)  # fmt: skip
def test_an_item_is_added(text: str, expected: str) -> None:
    assert add_item(text, "corrections", ITEM) == expected


def test_what_is_no_list_stays() -> None:
    with pytest.raises(ValueError, match="corrections"):
        add_item("corrections: {date: 2023-01-01, text: S}\n", "corrections", ITEM)
