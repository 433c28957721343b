"""The editor's pages of the preview, made in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from explainer.serve.desk_pages import desk_page
from tests.session_support import begun

if TYPE_CHECKING:
    from explainer.serve.session import Session
    from tests.harness import SiteTest

PAGE = """\
---
title: Rain & <b>sun</b>
date: 2024-01-05
review: 2024-02-01
claims:
  rain: {accept: {W451: anybody can look out}}
  sun: {sources: memo}
---
It {{< claim id="rain" >}}rains{{< /claim >}}, and the {{< claim id="sun" >}}sun shines{{< /claim >}}.
"""
SOURCES = "memo: {type: public-record, title: A memo}\nghost: {type: statement, title: A <i>statement</i>}\n"


@pytest.fixture
def session(site: SiteTest) -> Session:
    site.write("content/explainers/a.md", PAGE)
    site.write("content/explainers/b.md", "---\ntitle: B\ndraft: true\n---\nIt shines{{< source memo >}}.\n")
    site.write("content/sources/a.yaml", SOURCES)
    return begun(site.root)


def text_of(session: Session, name: str) -> tuple[str, BeautifulSoup]:
    made = desk_page(session, name, "x://{path}:{line}:{col}")
    assert made is not None
    soup = BeautifulSoup(made, "html5lib")
    assert soup.main
    return " ".join(soup.main.get_text(" ").split()), soup


def test_what_to_look_at_by_page_with_links_to_lines(session: Session) -> None:
    text, soup = text_of(session, "")
    assert text.startswith("To look at 2 warnings to look at; 1 accepted. Rain & <b>sun</b> content/explainers/a.md")
    assert text.index("W156 review-due") < text.index("W253 unused-source") < text.index("anybody can look out")
    links = [str(link["href"]) for link in soup.select("a[href]")]
    assert [link.rpartition("content/")[2] for link in links if link.startswith("x:")] == [
        "explainers/a.md:1:1", "explainers/a.md:4:9", "sources/a.yaml:1:1", "sources/a.yaml:2:1", "explainers/a.md:6:19",
    ]  # fmt: skip
    assert "/explainers/a/" in links


def test_the_calendar(session: Session) -> None:
    text, _ = text_of(session, "calendar/")
    assert text == (
        "Calendar To be looked at again by now Rain & <b>sun</b> since 2024-02-01 content/explainers/a.md:4:9 "
        "Drafts B without a date content/explainers/b.md:1:1 Days and times are those of UTC."
    )


def test_the_sources_and_what_would_fall_with_one(session: Session) -> None:
    text, soup = text_of(session, "sources/")
    assert text.index("memo A memo") < text.index("ghost A <i>statement</i>")
    assert "/-/desk/sources/memo/" in {str(link["href"]) for link in soup.select("a[href]")}
    text, soup = text_of(session, "sources/memo/")
    assert (
        "What if it is withdrawn? 1 claim on 1 page would move, 1 of them to no source. sun shines "
        "from: A memo, first-hand (single-named-direct) to: source withdrawn (withdrawn) Rain & <b>sun</b>"
    ) in text
    assert "to: no source given (unsourced)" in text.partition("What if nothing named it?")[2]
    assert "/explainers/a/#claim-sun" in {str(link["href"]) for link in soup.select("a[href]")}


@pytest.mark.parametrize("name", ["sources/nobody/", "sources/memo", "nothing/", "calendar", "sources/memo/x/"])
def test_there_is_nothing_else(session: Session, name: str) -> None:
    assert desk_page(session, name, None) is None
