"""Splitting pages: what is front matter, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.load_support import load, page_of, told, visible

FRONT = "title: T\ndate: 2017-06-08\nprivate: SECRET\n"


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\ntitle: T\ndraft: true\n---\nHello.\n", "\n\n\n\nHello.\n"),
        ("---  \ntitle: T\ndraft: true\n---\t\n\nHello.", "\n\n\n\n\nHello."),
        ("---\r\ntitle: T\r\ndraft: true\r\n---\r\nHello.\r\nYou.\r\n", "\n\n\n\nHello.\nYou.\n"),
        ("---\rtitle: T\rdraft: true\r---\rHello.\r", "\n\n\n\nHello.\n"),
        ("---\ntitle: T\ndraft: true\n---", "\n\n\n\n"),
        ("---\ntitle: T\ndraft: true\n---\nOne.\n\n---\n\nTwo.\n", "\n\n\n\nOne.\n\n---\n\nTwo.\n"),
        ("---\ntitle: T\ndraft: true\n---\nContact: the desk.\n", "\n\n\n\nContact: the desk.\n"),
        (
            "---\ntitle: T\ndraft: true\n---\nSo:\n\n```yaml\n---\nprivate: note\n---\n```\n\nEnd.\n",
            "\n\n\n\nSo:\n\n```yaml\n---\nprivate: note\n---\n```\n\nEnd.\n",
        ),
    ],
)
def test_the_text_keeps_its_line_numbers(text: str, body: str) -> None:
    staged = load(text)
    assert told(staged.diagnostics) == []
    assert page_of(staged).body == body


NEAR_MISSES = {
    "blank first line": ("\n---\n" + FRONT + "---\nText.\n", "E104 1:1"),
    "space in the first line": ("  \n---\n" + FRONT + "---\nText.\n", "E104 1:1"),
    "no fence": (FRONT + "\nText.\n", "E104 1:1"),
    "nothing": ("", "E104 1:1"),
    "leading space": (" ---\n" + FRONT + "---\nText.\n", "E106 1:1"),
    "no-break space": ("---\u00a0\n" + FRONT + "---\nText.\n", "E106 1:1"),
    "em dash": ("—\n" + FRONT + "—\nText.\n", "E106 1:1"),
    "em dash and hyphen": ("—-\n" + FRONT + "—-\nText.\n", "E106 1:1"),
    "TOML": ("+++\n" + FRONT + "+++\nText.\n", "E106 1:1"),
    "four hyphens": ("----\n" + FRONT + "----\nText.\n", "E106 1:1"),
    "two hyphens": ("--\n" + FRONT + "--\nText.\n", "E106 1:1"),
    "words on the fence": ("--- yaml\n" + FRONT + "---\nText.\n", "E106 1:1"),
    "unclosed": ("---\n" + FRONT + "Text.\n", "E105 1:1"),
    "a fence alone": ("---", "E105 1:1"),
    "closed by an indented fence": ("---\n" + FRONT + " ---\nText.\n", "E106 5:1"),
    "closed by four hyphens": ("---\n" + FRONT + "----\nText.\n\n---\n", "E106 5:1"),
    "closed by an em dash": ("---\n" + FRONT + "—\nText.\n", "E106 5:1"),
    "closed by a fence with a no-break space": ("---\n" + FRONT + "---\u00a0\nText.\n", "E106 5:1"),
    "closed by a fence with words": ("---\n" + FRONT + "--- end\nText.\n", "E106 5:1"),
    "closed by TOML": ("---\n" + FRONT + "+++\nText.\n", "E106 5:1"),
    "stray fence before a known key": (
        "---\ntitle: T\n---\ndate: 2017-06-08\nprivate: SECRET\n---\nText.\n",
        "E107 4:1",
    ),
    "stray fence before private": ("---\ntitle: T\n---\nprivate: SECRET\nText.\n", "E107 4:1"),
    "stray fence, blank line": ("---\ntitle: T\n---\n\n\nprivate: SECRET\nText.\n", "E107 6:1"),
    "stray fence inside a source": ("---\ntitle: T\n---\n    x: 1\n    private: SECRET\n", "E107 5:1"),
    "stray fence, private later": ("---\ntitle: T\n---\nfoo: 1\n\nprivate: SECRET\n---\nText.\n", "E107 6:1"),
    "stray fence in a private block": ("---\nprivate: |\n  a\n---\n  SECRET\n---\nText.\n", "E107 5:1"),
    "stray fence before an identity key": ("---\ntitle: T\n---\nx: 1\nreal_name: SECRET\n", "E107 5:1"),
}


@pytest.mark.parametrize(("text", "place"), NEAR_MISSES.values(), ids=NEAR_MISSES)
def test_near_misses_fail_closed(text: str, place: str) -> None:
    staged = load(text)
    assert told(staged.diagnostics) == [place]
    assert staged.value.page is None
    assert "SECRET" not in visible(staged.value.text)
    assert "SECRET" not in str(staged.diagnostics)


def test_an_indented_fence_is_told_with_the_yaml_that_it_breaks() -> None:
    staged = load("---\ntitle: T\n ---\nText.\n\n---\nMore.\n")
    assert told(staged.diagnostics) == ["E106 3:1", "E110 4:1"]
    assert staged.value.page is None


@pytest.mark.parametrize(
    "yaml",
    [
        "private:SECRET\n",
        "title: T\n  private:SECRET\n",
        "title: 'T\nprivate: SECRET\n",
        "title: a: b\nprivate: SECRET\n",
    ],
)
def test_a_private_value_is_hidden_where_the_yaml_is_broken(yaml: str) -> None:
    staged = load(f"---\n{yaml}---\nText.\n")
    assert staged.diagnostics
    assert "SECRET" not in visible(staged.value.text) + str(staged.diagnostics) + str(staged.value.page)


def test_a_long_line_of_spaces_is_split_in_no_time() -> None:
    staged = load("---\ntitle: T\ndraft: true\n---\nword" + " " * 50_000 + ".\n---\n")
    assert told(staged.diagnostics) == ["E107 5:1"]


HONEST = {
    "a contact line over a rule": "\nContact us.\n\nemail: tips@post.example\n\n---\n\nMore.\n",
    "a contact line first": "\nemail: tips@post.example\n\n---\n\nMore.\n",
    "data in indented code": '\nIts file says\n\n    "full_name": "Jamie"\n    "email": "x"\n\nand more.\n\n---\n\nMore.\n',
    "data in fenced code": "\nA file\n\n```yaml\nphone: 1\n---\ntitle: x\n```\n\n---\nMore.\n",
    "a paragraph that begins with a key": "\nsources: three officials.\n\nMore.\n",
    "a heading over a rule": "\nText.\n\nNote: this\n---\n\nMore.\n",
    "a list over a rule": "\nText.\n\n- one\n- phone: two\n\n---\nMore.\n",
}


@pytest.mark.parametrize("body", HONEST.values(), ids=HONEST)
def test_honest_text_is_no_front_matter(body: str) -> None:
    staged = load(f"---\ntitle: T\ndate: 2024-01-01\n---\n{body}")
    assert told(staged.diagnostics) == []


CLOSED = {
    "keys over another fence": ("\nText.\n\nemail: SECRET\ndate: 2024-01-01\n---\nMore.\n", "E107 8:1"),
    "keys of ours after an empty line": ("\nauthors: [ada]\nsummary: S\n\nMore.\n", "E107 6:1"),
    "a nested record": ("\nsources:\n  a:\n    real_name: SECRET\n---\nMore.\n", "E107 8:1"),
    "private far below": ("\nText.\n\nMore.\n\nprivate: SECRET\n\n---\n", "E107 10:1"),
}


@pytest.mark.parametrize(("body", "place"), CLOSED.values(), ids=CLOSED)
def test_keys_after_a_fence_by_mistake_fail_closed(body: str, place: str) -> None:
    staged = load(f"---\ntitle: T\ndate: 2024-01-01\n---\n{body}")
    assert told(staged.diagnostics) == [place]
