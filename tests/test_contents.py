"""The list of a page's headings before its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness import SiteTest

TEXT = "## One & *two*\n\nA.\n\n### Deeper {#deep}\n\n#### Not listed\n\n## One & two\n\nB.\n"


@pytest.mark.parametrize("place", ["content/explainers/a.md", "content/pages/a.md"])
def test_headings_are_listed_where_that_is_asked_for(site: SiteTest, place: str) -> None:
    site.write(place, f"---\ntitle: A\ndate: 2024-01-01\ncontents: true\n---\n{TEXT}")
    assert site.build().exit == 0
    page = site.html(("explainers/" if "explainers" in place else "") + "a/index.html")
    listed = page.select(".x-contents a")
    assert [(link.get_text(), link["href"]) for link in listed] == [
        ("One & two", "#one-two"), ("Deeper", "#deep"), ("One & two", "#one-two-2"),
    ]  # fmt: skip
    assert all(page.find(id=str(link["href"])[1:]) for link in listed)
    order = [element.name for element in page.select(".x-contents, .x-story")]
    assert order == ["nav", "div"]


@pytest.mark.parametrize(("contents", "text"), [("false", TEXT), ("true", "No heading.\n")])
def test_there_is_no_list_without_headings_or_unasked(site: SiteTest, contents: str, text: str) -> None:
    site.write("content/pages/a.md", f"---\ntitle: A\ncontents: {contents}\n---\n{text}")
    assert site.build().exit == 0
    assert not site.html("a/index.html").select(".x-contents")
