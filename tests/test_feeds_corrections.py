"""The page of all corrections, and its feed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from explainer.feeds.host_files import content_type

if TYPE_CHECKING:
    from tests.harness import SiteTest

ATOM = "{http://www.w3.org/2005/Atom}"
PAGE = "---\ntitle: {title}\ndate: 2024-01-05\nupdated: 2024-09-01\ncorrections:\n{corrections}---\nText.\n"


def built(site: SiteTest) -> SiteTest:
    site.write(
        "content/explainers/a.md",
        PAGE.format(title="A & B", corrections="  - {date: 2024-02-03, text: Was <i>1</i>.}\n"),
    )
    site.write(
        "content/explainers/b.md",
        PAGE.format(title="C", corrections="  - {date: 2024-03, text: Second.}\n  - {date: 2023, text: Oldest.}\n"),
    )
    site.write(
        "content/pages/about.md", "---\ntitle: About\ncorrections: [{date: 2024-08-30, text: Newest.}]\n---\nWe.\n"
    )
    assert site.build("--strict").codes == []
    return site


def test_all_corrections_newest_first_with_a_feed(site: SiteTest) -> None:
    built(site)
    items = [" ".join(item.get_text(" ").split()) for item in site.html("corrections/index.html").select("main li")]
    assert items == [
        "30 August 2024 . Newest. About",
        "March 2024 . Second. C",
        "3 February 2024 . Was <i>1</i>. A & B",
        "2023 . Oldest. C",
    ]
    feed = ET.fromstring(site.read("corrections/feed.xml"))  # noqa: S314 - our own output
    found = [
        [entry.findtext(f"{ATOM}{key}") for key in ("title", "updated", "summary")]
        for entry in feed.iter(f"{ATOM}entry")
    ]
    assert found == [
        ["About", "2024-08-30T00:00:00+00:00", "Newest."],
        ["C", "2024-03-01T00:00:00+00:00", "Second."],
        ["A & B", "2024-02-03T00:00:00+00:00", "Was <i>1</i>."],
        ["C", "2023-01-01T00:00:00+00:00", "Oldest."],
    ]
    assert len({entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}) == 4
    assert "https://example.org/corrections/" in site.read("sitemap.xml")
    assert [link["href"] for link in site.html("index.html").select(".x-now .x-onward a")] == ["/corrections/"]
    assert content_type("corrections/feed.xml").startswith("application/atom+xml")


def test_a_page_of_the_site_s_own_keeps_its_address(site: SiteTest) -> None:
    site.write("content/pages/corrections.md", "---\ntitle: Our policy\n---\n[All of them](/corrections/all/).\n")
    built(site)
    assert "Our policy" in site.read("corrections/index.html")
    assert "Oldest." in site.read("corrections/all/index.html")
    assert [link["href"] for link in site.html("index.html").select(".x-now .x-onward a")] == ["/corrections/all/"]


def test_without_any_there_is_neither(site: SiteTest) -> None:
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-05\n---\nText.\n")
    assert site.build().codes == []
    assert not (site.out / "corrections").exists()
    built(site)
    assert (site.out / "corrections/feed.xml").is_file()
