"""The examples of CommonMark and of GitHub's extensions, and the written list of those that come out otherwise."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from explainer.model.document import HrefHole
from tests.parse_support import parse

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "tests" / "fixtures" / "spec"
SUITES = {"commonmark": "commonmark-0.31.2.json", "gfm": "gfm-0.29-extensions.json"}
# What headings, pictures and cells have besides, and the marks that a language sets.
OWN = ("id", "loading", "scope")
MARKS = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "--", "—": "---", "…": "..."})
BLOCKS = r"(?:ul|ol|li|blockquote|pre|table|thead|tbody|tr|p|h[1-6]|hr|/ul|/ol|/li|/blockquote)"


def made(text: str) -> str:
    """The HTML of a text, without what the rest of a site would add."""
    document = parse(text).value
    parts = (
        document.links[part.link].target if isinstance(part, HrefHole) else part if isinstance(part, str) else ""
        for part in document.body
    )
    return "".join(parts)


def plain(html: str) -> str:
    """HTML in one form, without the white space that no reader sees."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(True):
        element.attrs = {
            name: value for name, value in element.attrs.items() if name not in OWN and value != ["x-bare"]
        }
    text = str(soup).translate(MARKS).replace("&quot;", '"')
    return re.sub(rf"\s*(<{BLOCKS}\b[^>]*>)\s*", r"\1", re.sub(r">\s+<", "><", text)).strip()


def examples(suite: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((SPEC / SUITES[suite]).read_text(encoding="utf-8"))
    return found


def listed(suite: str) -> set[int]:
    """The numbers of the examples that the reference says come out otherwise."""
    page = (ROOT / "docs" / "reference" / "markdown.md").read_text(encoding="utf-8")
    column = 2 + list(SUITES).index(suite)
    numbers: set[int] = set()
    for line in page.splitlines():
        if line.startswith("|"):
            for first, last in re.findall(r"(\d+)(?:-(\d+))?", line.split("|")[column]):
                numbers.update(range(int(first), int(last or first) + 1))
    return numbers


@pytest.mark.parametrize("suite", SUITES)
def test_all_examples_but_the_listed_come_out_as_specified(suite: str) -> None:
    different = {
        example["example"] for example in examples(suite) if plain(made(example["markdown"])) != plain(example["html"])
    }
    assert different == listed(suite)


def test_the_examples_are_all_there() -> None:
    assert {suite: len(examples(suite)) for suite in SUITES} == {"commonmark": 652, "gfm": 22}


@pytest.mark.parametrize("suite", SUITES)
def test_the_fast_paths_make_the_same_of_every_example(suite: str) -> None:
    for example in examples(suite):
        assert parse(example["markdown"]) == parse(example["markdown"], fast=False)
