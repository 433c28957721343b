"""Lists of over fifty entries come in numbered pages."""

from __future__ import annotations

import re
from itertools import chain
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from explainer.model.lazy_entries import Entries
from explainer.model.numbered_pages import NumberedPage, numbered

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

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


CLAIM = '{{{{< claim id="c{0}"{1} >}}}}Claim {0}{{{{< /claim >}}}}.'
FRONT = "---\ntitle: {}\ndate: 2024-02-{:02}\nauthors: [mayor]\n---\n"


def write_claims(site: SiteTest, slug: str, day: int, numbers: range) -> None:
    """An explainer with claims: every second is one of the mayor's statements, every tenth has no source."""
    texts = []
    for number in numbers:
        of_mayor = number % 2 == 0
        sources = "" if number % 10 == 9 else ' sources="speech"' if of_mayor else ' sources="story"'
        said = f' speaker="mayor" said="2024-01-{number % 28 + 1:02}"' if of_mayor else ""
        texts.append(CLAIM.format(number, sources + said))
    site.write(f"content/explainers/{slug}.md", FRONT.format(slug, day) + "\n\n".join(texts) + "\n")


def pages_of(site: SiteTest, path: str) -> list[BeautifulSoup]:
    """The pages of a list, in the order of their numbers."""
    more = len(list((site.out / path / "page").glob("*/index.html")))
    return [site.html(f"{path}/index.html"), *(site.html(f"{path}/page/{n}/index.html") for n in range(2, more + 2))]


def told(pages: list[BeautifulSoup], selector: str) -> list[list[str]]:
    """Where the entries on each page of a list lead."""
    return [[str(link["href"]) for link in page.select(selector)] for page in pages]


def write_lists(site: SiteTest, older: int, both: int) -> None:
    """Two explainers with claims, of which all lists of claims have some."""
    site.write("content/people.yaml", "mayor: {name: The mayor, bio: She is the mayor.}\n")
    site.write(
        "content/sources/a.yaml",
        "speech: {type: statement, title: Speech, party: mayor, date: 2024-01-01}\n"
        "record: {type: public-record, title: Record}\n"
        "story: {type: report, title: Story, via: [record]}\n",
    )
    write_claims(site, "older", 1, range(older))
    write_claims(site, "newer", 2, range(older, both))


def test_lists_of_claims_come_in_pages(site: SiteTest) -> None:
    write_lists(site, 125, 225)
    assert site.build().exit == 0
    every = [f"/explainers/newer/#claim-c{n}" for n in range(125, 225)]
    every += [f"/explainers/older/#claim-c{n}" for n in range(125)]
    month = told(pages_of(site, "claims/2024/02"), ".x-claim-text a")
    assert ([len(one) for one in month], [*chain.from_iterable(month)]) == ([50, 50, 50, 50, 25], every)
    assert told([site.html("claims/index.html")], ".x-claim-text a") == month[:1]
    assert [link["href"] for link in site.html("claims/index.html").select(".x-pages a")][:2] == [
        "/claims/2024/02/", "/claims/2024/02/page/2/",
    ]  # fmt: skip
    # An explainer that goes on from page to page has its title on each.
    assert [h.get_text() for h in pages_of(site, "claims/2024/02")[1].select(".x-of-page h2 a")] == ["newer"]
    odd = [path for path in every if int(path.rpartition("c")[2]) % 2]
    of_source = [path for path in odd if int(path.rpartition("c")[2]) % 10 != 9]
    for path in ("sources/story", "sources/record"):
        found = told(pages_of(site, path), ".x-claim-text a")
        assert ([len(one) for one in found], [*chain.from_iterable(found)]) == ([50, len(of_source) - 50], of_source)
        (first, second) = pages_of(site, path)
        assert all(f"{len(of_source)} claims" in page.select(".x-opening")[0].get_text() for page in (first, second))
        assert ("Nothing" in second.get_text(), bool(second.select(".x-about"))) == (False, False)
    even = [path for path in every if int(path.rpartition("c")[2]) % 2 == 0]
    person = pages_of(site, "people/mayor")
    said = told(person, ".x-timeline a")
    assert [len(one) for one in said] == [50, 50, len(even) - 100]
    assert sorted([*chain.from_iterable(said)]) == sorted(even)
    days = [page.get_text() for one in person for page in one.select(".x-timeline > li > .x-when")]
    assert days == sorted(days, key=lambda day: int(day.split()[0]))
    assert told(person, ".x-read-on a") == [[], [], ["/explainers/newer/", "/explainers/older/"]]
    assert [bool(page.select(".x-about")) for page in person] == [True, False, False]


def test_pages_of_lists_follow_changes(site: SiteTest) -> None:
    write_lists(site, 60, 105)
    dated = "".join(f"  - {{date: 2024-03-{n % 28 + 1:02}, text: Number {n}.}}\n" for n in range(51))
    site.write(
        "content/explainers/wrong.md",
        FRONT.format("wrong", 3).replace("authors", f"corrections:\n{dated}authors") + "T.\n",
    )
    assert site.build().exit == 0
    assert [len(page.select("main .x-list > li")) for page in pages_of(site, "corrections")] == [50, 1]
    listed = re.findall(r"<loc>https://example.org(.*?)</loc>", site.read("sitemap.xml"))
    made = [f"/{path.removesuffix('index.html')}" for path in site.tree() if path.endswith("index.html")]
    assert sorted(listed) == sorted(made)
    titles = [page.title and page.title.get_text() for path in made for page in [site.html(f"{path[1:]}index.html")]]
    assert len(set(titles)) == len(titles)
    # What goes from the first page moves entries on every other; one page has nothing left.
    assert len(pages_of(site, "claims/2024/02")) == 3
    write_claims(site, "newer", 2, range(61, 100))
    site.build()
    changed = site.tree()
    assert len(pages_of(site, "claims/2024/02")) == 2
    site.build("--clean")
    assert site.tree() == changed


@pytest.mark.parametrize("sizes", [[], [1], [50], [51], [120], [20, 40, 0, 45], [49, 1, 1], [100, 50]])
def test_entries_in_parts(sizes: list[int]) -> None:
    pages = [SimpleNamespace(file=f"{n}", claims=size) for n, size in enumerate(sizes)]
    entries: Any = Entries("claim", pages, sum(sizes), lambda page: [(page.file, n) for n in range(page.claims)])  # type: ignore[arg-type]
    parts = list(entries.parts(50))
    assert [entry for part in parts for entry in part.whole] == list(entries.whole)
    assert [len(part) for part in parts] == [len(part.whole) for part in parts]
    assert [len(part) for part in parts[:-1]] == [50] * (len(parts) - 1)
    assert len(parts) == len(list(numbered("/x/", sum(sizes))))
    assert all([e for one in part.by_page for e in one.whole] == list(part.whole) for part in parts)
