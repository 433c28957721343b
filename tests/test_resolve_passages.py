"""The passage of a quotation: around it, and a link that leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explainer.resolve.passages import excerpt

if TYPE_CHECKING:
    from tests.harness import SiteTest

COPY = "First block.\n\nMr Low said: “We’ve spent 7.5 million — all of it, & more.” Then he sat\ndown-hearted.\n\nLast block."


@pytest.mark.parametrize(
    ("quote", "words", "fragment"),
    [
        ("We've spent 7.5 million", "We’ve spent 7.5 million", ":~:text=We%E2%80%99ve%20spent%207.5%20million"),
        ("all of it, & more", "all of it, & more", ":~:text=all%20of%20it%2C%20%26%20more"),
        ("he sat down-hearted", "he sat down-hearted", ":~:text=he,down%2Dhearted"),
        ("of it, & more. Then he sat down-hearted. Last block", "of it, & more.” Then he sat down-hearted. Last block",
         ":~:text=of%20it%2C%20%26%20more.%E2%80%9D%20Then,Last%20block"),
        ("[w]e've spent […] all of it", None, None),
        ("spent […] all of it", "spent 7.5 million — all of it", ":~:text=spent%207.5%20million%20%E2%80%94%20all%20of%20it"),
        ("pent 7.5", None, None),
        ("more sat Then", None, None),
        ("…", None, None),
    ],
)  # fmt: skip
def test_where_a_quotation_stands(quote: str, words: str | None, fragment: str | None) -> None:
    found = excerpt(quote, COPY)
    assert (found and found.words, found and found.fragment) == (words, fragment)


def test_what_stands_around_it_is_of_its_block_and_short() -> None:
    found = excerpt("7.5 million", COPY)
    assert found
    assert (found.before, found.after) == (
        "Mr Low said: “We’ve spent ",
        " — all of it, & more.” Then he sat down-hearted.",
    )
    far = excerpt("here", "word " * 500 + "here" + " word" * 500)
    assert far
    assert far.before.startswith("…word ")
    assert far.after.endswith(" word…")
    assert len(far.before) < 170 > len(far.after)
    long = excerpt("a " * 200 + "b", "a " * 200 + "b")
    assert long
    assert long.fragment == ":~:text=a%20a%20a%20a%20a,a%20a%20a%20a%20b"


PAGE = """\
---
title: A
date: 2024-01-05
claims:
  spent: {sources: [{source: memo, quote: "spent 7.5 million"}, {source: police, quote: "he sat"}]}
---
They {{< claim id="spent" >}}spent it{{< /claim >}}.
"""
SOURCES = """\
memo: {{type: public-record, title: A memo, url: "{url}", archive: "https://archive.example/1", saved: memo.txt}}
police:
  type: interview
  attribution: background
  description: an officer
  why_unnamed: because
  saved: memo.txt
"""


def test_a_note_and_an_account_lead_to_the_passage(site: SiteTest) -> None:
    site.write("content/sources/memo.txt", COPY)
    site.write("content/explainers/a.md", PAGE)
    site.write("content/sources/a.yaml", SOURCES.format(url="https://example.com/memo"))
    assert site.build().codes == []
    page, passage = site.html("explainers/a/index.html"), "https://example.com/memo#:~:text=spent%207.5%20million"
    assert passage in {str(link["href"]) for link in page.select("#note-memo a")}
    assert passage in {str(link["href"]) for link in page.select("#how-spent .x-who a")}
    assert "https://archive.example/1#:~:text=spent%207.5%20million" in {
        str(link["href"]) for link in page.select("#note-memo a")
    }
    (shown,) = page.select("#how-spent .x-excerpt")
    assert shown.mark is not None
    assert shown.mark.get_text() == "spent 7.5 million"
    assert shown.get_text().startswith("Mr Low said")
    urls = {source["id"]: source.get("url") for source in site.claims("a")["sources"]}
    assert urls == {"memo": "https://example.com/memo", "police": None}
    # What the copy of an unnamed source says around a quotation is shown nowhere, nor what was cut.
    assert "First block" not in site.read("explainers/a/index.html")


def test_an_address_with_a_fragment_and_a_pdf(site: SiteTest) -> None:
    site.write("content/sources/memo.txt", COPY)
    site.write("content/explainers/a.md", PAGE)
    for url, href in (("https://a.example/x#part", "https://a.example/x#part:~:text=spent%207.5%20million"),
                      ("https://a.example/x.PDF", "https://a.example/x.PDF")):  # fmt: skip
        site.write("content/sources/a.yaml", SOURCES.format(url=url))
        assert site.build().codes == []
        assert href in {str(link["href"]) for link in site.html("explainers/a/index.html").select("#note-memo a")}
