"""The home page and other lists: bars, what is in dispute, corrections, languages beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bs4 import Tag

    from tests.harness import SiteTest

SOURCES = """\
survey: {type: public-record, title: Survey}
mayor: {type: statement, title: Speech, party: mayor, date: 2024-04-01}
"""
OLDER = """\
---
title: The bridge
date: 2024-05-01
language: ar
claims:
  weak: {sources: survey, disputes: mayor}
---
{{< claim id="weak" >}}It is weak{{< /claim >}}.
{{< claim id="unknown" >}}Nobody looked{{< /claim >}}.
{{< claim id="words" speaker="mayor" sources="mayor" >}}It is fine{{< /claim >}}.
"""
NEWER = """\
---
title: The weir
date: 2024-06-01
image: {src: plan.svg, alt: A plan}
corrections:
  - {date: 2024-06-02, text: It is in the north.}
  - {date: 2024-06-03, text: It is forty years old.}
---
{{< claim id="old" sources="survey" >}}It is old{{< /claim >}}.
"""


def built(site: SiteTest) -> SiteTest:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/x/\n")
    site.write("content/people.yaml", "mayor: {name: The mayor}\n")
    site.write("content/sources/a.yaml", SOURCES)
    site.write("content/explainers/bridge.md", OLDER)
    site.write("content/explainers/weir/index.md", NEWER)
    site.write("content/explainers/weir/plan.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"/>\n')
    result = site.build()
    assert result.exit == 0, result.stdout
    return site


def text(element: Tag | None) -> str:
    assert element is not None
    return " ".join(element.get_text().split())


def test_home_leads_with_the_newest_and_its_bar(site: SiteTest) -> None:
    page = built(site).html("index.html")
    newest = page.select_one(".x-newest")
    assert newest is not None
    assert text(newest.h2) == "The weir"
    assert [bar["class"] for bar in newest.select(".x-strip svg")] == [["x-bar", "x-bar-named"]]
    assert text(newest.select_one(".x-counts")).startswith("1 claim: 1 ")
    assert [image["src"] for image in newest.select("img")] == ["/x/explainers/weir/plan.svg"]
    assert (site.out / "explainers/weir/plan.svg").is_file()
    (before,) = page.select(".x-entries > li")
    assert "2 claims" in text(before.select_one(".x-counts"))
    assert "1 disputed" in text(before.select_one(".x-counts"))


def test_claims_that_were_only_denied_before_are_counted_apart(site: SiteTest) -> None:
    built(site)
    site.write(
        "content/explainers/bridge.md", OLDER.replace("disputes: mayor", 'disputes: mayor, reported: "2024-04-02"')
    )
    assert site.build().exit == 0
    for page, of in (("index.html", ".x-entries .x-counts"), ("explainers/bridge/index.html", ".x-sourced .x-counts")):
        counts = text(site.html(page).select_one(of))
        assert "denied earlier" in counts or "سبق نفيه" in counts, counts
        assert "disputed" not in counts, counts


def test_home_has_claims_in_dispute_and_corrections_newest_first(site: SiteTest) -> None:
    page = built(site).html("index.html")
    disputes, corrections = page.select(".x-now section")
    assert [link["href"] for link in disputes.select("li > a")] == ["/x/explainers/bridge/#claim-weak"]
    assert [text(one.p)[:12] for one in corrections.select("li")] == ["3 June 2024.", "2 June 2024."]


def test_home_follows_a_correction_and_a_dispute(site: SiteTest) -> None:
    built(site)
    site.write("content/explainers/weir/index.md", NEWER.replace("forty", "fifty"))
    site.write("content/explainers/bridge.md", OLDER.replace(", disputes: mayor", ""))
    assert site.build().exit == 0
    page = site.html("index.html")
    assert "fifty" in text(page.select_one(".x-now"))
    assert page.select(".x-now h2")[0].get_text() == "Corrected"


def test_languages_in_one_list_keep_apart(site: SiteTest) -> None:
    page = built(site).html("explainers/index.html")
    arabic = page.select('.x-entries bdi[lang="ar"]')
    assert [text(one) for one in arabic] == ["The bridge"]
    (entry,) = [item for item in page.select(".x-entries > li") if item.select('[lang="ar"]')]
    assert not entry.get("dir")
    assert "1 May 2024" in text(entry.select_one(".x-meta"))
    ledger = built(site).html("claims/2024/05/index.html")
    assert {str(one["lang"]) for one in ledger.select(".x-claim-text bdi")} == {"ar"}
    # So do the words that say how a claim is sourced, which are in the language of its page.
    assert {str(one["lang"]) for one in ledger.select(".x-finding bdi")} == {"ar"}
    assert not [one for one in ledger.select(".x-finding p") if not one.bdi]
    (disputed,) = site.html("index.html").select(".x-now .x-meta bdi")
    assert disputed["lang"] == "ar"
    # A language without a catalog of its own borrows English words, which are none of it.
    site.write("content/explainers/bridge.md", OLDER.replace("language: ar", "language: he"))
    assert site.build().exit == 0
    ledger = site.html("claims/2024/05/index.html")
    assert {str(one["lang"]) for one in ledger.select(".x-claim-text bdi")} == {"he"}
    assert not ledger.select(".x-finding [lang]")


def test_a_page_of_its_own_is_the_home_page(site: SiteTest) -> None:
    built(site)
    made = site.read("index.html")
    site.write("content/pages/index.md", "---\ntitle: Welcome\n---\nAll of ours: [the weir](/explainers/weir/).\n")
    site.write("content/pages/about.md", "---\ntitle: About\n---\n[Home](/), [home](index.md), [us](about.md).\n")
    assert site.build().exit == 0
    assert text(site.html("index.html").h1) == "Welcome"
    assert [link["href"] for link in site.html("about/index.html").select("main a")] == ["/x/", "/x/", "/x/about/"]
    footer = [link["href"] for link in site.html("about/index.html").select("footer a")]
    assert footer[0] == "/x/about/"
    assert site.read("sitemap.xml").count("<loc>https://example.org/x/</loc>") == 1
    assert not (site.root / "site/index/index.html").exists()
    kept = site.tree()
    site.build("--clean")
    assert site.tree() == kept
    (site.root / "content/pages/index.md").unlink()
    (site.root / "content/pages/about.md").unlink()
    site.build()
    assert site.read("index.html") == made


def test_a_draft_does_not_take_the_home_page(site: SiteTest) -> None:
    built(site)
    site.write("content/pages/index.md", "---\ntitle: Welcome\ndraft: true\n---\nSoon.\n")
    assert site.build().exit == 0
    assert site.html("index.html").select_one(".x-newest")


@pytest.mark.parametrize("path", ["explainers/index.md", "explainers/index/index.md", "pages/index/index.md"])
def test_no_other_index_is_taken_for_a_page(site: SiteTest, path: str) -> None:
    site.write(f"content/{path}", "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    assert site.build().codes == ["E108"]


def test_a_menu_takes_the_place_of_the_links_at_the_head(site: SiteTest) -> None:
    built(site)
    assert [text(link) for link in site.html("index.html").select(".x-masthead nav a")] == ["Explainers", "Claims"]
    site.write("content/pages/about.md", "---\ntitle: About\n---\nUs.\n")
    menu = 'menu:\n  - {label: "Who *we* are", url: /about/}\n  - {label: The weir, url: /explainers/weir/}\n'
    site.write("content/site.yaml", f"title: A\nbase_url: https://example.org/x/\n{menu}")
    assert site.build().exit == 0
    links = site.html("about/index.html").select(".x-masthead nav a")
    assert [(link["href"], link.get("aria-current")) for link in links] == [
        ("/x/about/", "page"), ("/x/explainers/weir/", None),
    ]  # fmt: skip
    site.write("content/site.yaml", f"title: A\nbase_url: https://example.org/x/\n{menu.replace('/about/', '/abuot/')}")
    found = site.build().diagnostics
    assert ("E501", 4, 34) in [(one.code, one.line, one.col) for one in found]
