"""Lists of over fifty entries come in numbered pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explainer.model.numbered_pages import NumberedPage

if TYPE_CHECKING:
    from tests.harness import SiteTest


def write(site: SiteTest, number: int) -> None:
    day = f"{2001 + number // 28:04}-01-{number % 28 + 1:02}"
    site.write(f"content/explainers/n{number}.md", f"---\ntitle: N {number}\ndate: {day}\ntags: [Of all]\n---\nText.\n")


def listed(site: SiteTest, path: str) -> list[str]:
    return [link.get_text() for link in site.html(path).select(".x-entries h2 a")]


def test_a_long_list_comes_in_pages(site: SiteTest) -> None:
    for number in range(101):
        write(site, number)
    assert site.build().exit == 0
    for list_ in ("explainers", "tags/of-all"):
        pages = [f"{list_}/index.html", f"{list_}/page/2/index.html", f"{list_}/page/3/index.html"]
        assert [title for page in pages for title in listed(site, page)] == [
            f"N {number}" for number in range(100, -1, -1)
        ]
        assert [len(listed(site, page)) for page in pages] == [50, 50, 1]
        links = site.html(pages[1]).select(".x-pages a")
        assert [(link["href"], link.get_text(), link.get("rel"), link.get("aria-current")) for link in links] == [
            (f"/{list_}/", "1", ["prev"], None), (f"/{list_}/page/2/", "2", None, "page"), (f"/{list_}/page/3/", "3", ["next"], None),
        ]  # fmt: skip
        titles = {site.html(page).title.get_text() for page in pages}  # type: ignore[union-attr]
        assert len(titles) == 3
        assert site.read("sitemap.xml").count(f"/{list_}/page/3/<") == 1
    assert "101 explainers" in site.html("tags/of-all/page/3/index.html").get_text()
    # A page that goes leaves no page of the list behind, and one that comes makes it again.
    whole = site.tree()
    (site.root / "content/explainers/n0.md").unlink()
    site.build()
    assert not (site.root / "site/explainers/page/3").exists()
    assert not site.html("explainers/page/2/index.html").select("a[href*='page/3']")
    write(site, 0)
    site.build()
    assert site.tree() == whole


def test_fifty_entries_stand_on_one_page(site: SiteTest) -> None:
    for number in range(50):
        write(site, number)
    assert site.build().exit == 0
    assert len(listed(site, "explainers/index.html")) == 50
    assert not site.html("explainers/index.html").select(".x-pages")
    assert not (site.root / "site/explainers/page").exists()


@pytest.mark.parametrize(
    ("number", "count", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 20, [1, 2, 3, None, 20]),
        (5, 20, [1, 2, 3, 4, 5, 6, 7, None, 20]),
        (10, 20, [1, None, 8, 9, 10, 11, 12, None, 20]),
        (20, 20, [1, None, 18, 19, 20]),
    ],
)
def test_the_numbers_that_are_offered(number: int, count: int, shown: list[int | None]) -> None:
    assert list(NumberedPage(number, count, "/x/").shown) == shown


def test_a_long_month_of_the_ledger_comes_in_pages(site: SiteTest) -> None:
    dates = {f"n{number}": f"2024-01-{number % 28 + 1:02}" for number in range(101)} | {"later": "2024-02-01"}
    for slug, day in dates.items():
        text = '{{< claim id="c" >}}A claim{{< /claim >}}.'
        site.write(f"content/explainers/{slug}.md", f"---\ntitle: {slug}\ndate: {day}\n---\n{text}\n")
    assert site.build().exit == 0
    pages = ["claims/2024/01/index.html", "claims/2024/01/page/2/index.html", "claims/2024/01/page/3/index.html"]
    shown = [[link.get_text() for link in site.html(page).select(".x-of-page h2 a")] for page in pages]
    assert [len(titles) for titles in shown] == [50, 50, 1]
    assert {title for titles in shown for title in titles} == dates.keys() - {"later"}
    assert site.html(pages[2]).select(".x-pages a[rel='prev']")[0]["href"] == "/claims/2024/01/page/2/"
    assert "101 claims" in site.html(pages[2]).get_text()
    assert site.read("sitemap.xml").count("/claims/2024/01/page/3/<") == 1
    assert len({site.html(page).title.get_text() for page in pages}) == 3  # type: ignore[union-attr]
    # Without a later month, the first page of this one is in the overview.
    (site.root / "content/explainers/later.md").unlink()
    assert site.build().exit == 0
    overview = site.html("claims/index.html")
    assert [link.get_text() for link in overview.select(".x-of-page h3 a")] == shown[0]
    assert [link["href"] for link in overview.select(".x-pages a")] == [
        "/claims/2024/01/", "/claims/2024/01/page/2/", "/claims/2024/01/page/3/",
    ]  # fmt: skip
