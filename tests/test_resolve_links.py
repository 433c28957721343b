"""Links inside a site: where they lead, what is published beside a page, and what is told of those that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness import SiteTest

PAGE = "---\ntitle: A page\ndate: 2017-01-01\n---\n"


SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.fixture
def bundle(site: SiteTest) -> SiteTest:
    site.write("content/explainers/a/index.md", PAGE)
    site.write("content/explainers/b.md", PAGE)
    site.write("content/pages/about.md", "---\ntitle: About\n---\n## The team\n")
    site.write("content/sources/a.yaml", "act: {type: report, title: The act, saved: ../explainers/a/copy.txt}\n")
    for name in ("pic.svg", "data/x.csv", ".hidden", "copy.txt", "my pic.svg", "index.html"):
        site.write(f"content/explainers/a/{name}", SVG if name.endswith(".svg") else "it")
    return site


def write(site: SiteTest, text: str, page: str = "a/index") -> None:
    site.write(f"content/explainers/{page}.md", f"{PAGE}{text}\n\n{{{{< source act >}}}}\n")


GOOD = [
    ("[x](/explainers/b/)", "/explainers/b/"),
    ("[x](/explainers/b)", "/explainers/b/"),
    ("[x](/about/#the-team)", "/about/#the-team"),
    ("[x](../b/)", "/explainers/b/"),
    ("[x](../b.md)", "/explainers/b/"),
    ("[x](../../pages/about.md#the-team)", "/about/#the-team"),
    ("[x](index.md)", "/explainers/a/"),
    ("[x](/explainers/b/claims.json)", "/explainers/b/claims.json"),
    ("[x](claims.json)", "/explainers/a/claims.json"),
    ("[x](/sources/act/?a=1&b=2#x)", "/sources/act/?a=1&b=2#x"),
    ("[x](/feed.xml)", "/feed.xml"),
    ("[x](/static/icon.svg)", "/static/icon.svg"),
    ("[x](#notes)", "#notes"),
    ("[x](#note-act)", "#note-act"),
    ("[x](pic.svg)", "/explainers/a/pic.svg"),
    ("[x](./data/../pic.svg)", "/explainers/a/pic.svg"),
    ("[x](<my pic.svg>)", "/explainers/a/my%20pic.svg"),
    ("[x](my%20pic.svg)", "/explainers/a/my%20pic.svg"),
    ("[x](https://example.com/nowhere#x)", "https://example.com/nowhere#x"),
]


@pytest.mark.parametrize("root", ["/", "/deep/down/"])
def test_a_link_leads_where_it_says(bundle: SiteTest, root: str) -> None:
    write(bundle, "\n\n".join(text for text, _ in GOOD))
    result = bundle.build("--base-url", f"https://example.org{root}")
    assert result.exit == 0, result.stdout
    found = bundle.html("explainers/a/index.html").select(".x-story p > a")
    hrefs = [root.rstrip("/") + href if href.startswith("/") else href for _, href in GOOD]
    assert [link["href"] for link in found] == hrefs


BAD = [
    ("[x](/explainers/c/)", "E501"),
    ("[x](c.md)", "E501"),
    ("[x](../../../x)", "E501"),
    ("[x](missing.svg)", "E501"),
    ("![x](missing.svg)", "E501"),
    ("[x](.hidden)", "E501"),
    ("[x](copy.txt)", "E501"),
    ("[x](/explainers/a/index.md)", "E501"),
    ("[x](/content/site.yaml)", "E501"),
    ("[x](../../site.yaml)", "E501"),
    ('{{< figure src="missing.svg" alt="" >}}', "E501"),
    ('{{< figure src="javascript:x" alt="" >}}', "E126"),
    ("[x](#nowhere)", "E502"),
    ("[x](#corrections)", "E502"),
    ("[x](/about/#nobody)", "E502"),
    ("[x](../b.md#claim-x)", "E502"),
]


def test_a_link_that_leads_nowhere_is_told(bundle: SiteTest) -> None:
    write(bundle, "\n\n".join(text for text, _ in BAD))
    result = bundle.build()
    first = PAGE.count("\n") + 1
    assert [(found.line - first, found.code) for found in result.diagnostics] == [
        (2 * number, code) for number, (_, code) in enumerate(BAD)
    ]
    assert not bundle.out.exists()


def test_a_link_to_a_page_left_out_is_told(site: SiteTest) -> None:
    links = [
        link.format(page) for page in "cd" for link in ("[x](/explainers/{}/)", "[x]({}.md)", '{{{{< ref "{}" >}}}}')
    ]
    links.append('{{< ref "c#one" >}}')
    for page, front in (("c", "draft: true"), ("d", "publish_at: 2999-01-01")):
        text = PAGE.replace("---\n", f"---\n{front}\n", 1) + '{{< claim id="one" >}}x{{< /claim >}}'
        site.write(f"content/explainers/{page}.md", text)
    site.write("content/explainers/b.md", PAGE + "\n".join(links))
    assert [code for code in site.build().codes if code[0] == "E"] == ["E408"] * len(links)
    assert site.build("--drafts", "--future").exit == 0


def test_only_files_that_a_page_shows_are_published(bundle: SiteTest) -> None:
    write(bundle, '[x](data/x.csv)\n\n{{< figure src="pic.svg" alt="" >}}')
    assert bundle.build().exit == 0
    beside = {path for path in bundle.tree() if path.startswith("explainers/a/")}
    assert beside == {
        "explainers/a/index.html", "explainers/a/claims.json", "explainers/a/pic.svg", "explainers/a/data/x.csv",
    }  # fmt: skip
    assert bundle.read("explainers/a/pic.svg").startswith("<svg")


def test_a_page_may_show_what_stands_beside_another(bundle: SiteTest) -> None:
    write(bundle, "![x](../a/pic.svg) [y](/explainers/a/data/x.csv)", page="b")
    assert bundle.build().exit == 0
    assert {"explainers/a/pic.svg", "explainers/a/data/x.csv"} <= bundle.tree().keys()


def test_what_stands_beside_a_draft_is_not_published(bundle: SiteTest) -> None:
    write(bundle, "", page="a/index")
    bundle.write("content/explainers/a/index.md", PAGE.replace("---\n", "---\ndraft: true\n", 1) + "![x](pic.svg)")
    write(bundle, "![x](../a/pic.svg)", page="b")
    assert bundle.build().codes == ["E501"]
    write(bundle, "", page="b")
    assert bundle.build().exit == 0
    assert not any(path.startswith("explainers/a/") for path in bundle.tree())


def test_the_addresses_of_the_site_and_of_people_are_checked(site: SiteTest) -> None:
    site.write(
        "content/site.yaml",
        "title: A\nbase_url: https://example.org/x/\npublisher: {name: P, logo: static/none.svg}\n"
        "policies: {corrections: about#rules, ownership: /none/, masthead: about/#none}\n"
        "tips: {text: T, links: [{label: L, url: about}, {label: M, url: /none/}]}\n",
    )
    site.write("content/people.yaml", "ada: {name: Ada, links: [{label: L, url: about}, {label: M, url: none.html}]}\n")
    site.write("content/pages/about.md", "---\ntitle: About\n---\n## Rules\n")
    site.write("content/explainers/a.md", PAGE.replace("---\n", "---\nauthors: [ada]\n", 1))
    result = site.build()
    told = [(found.code, found.path, found.line, found.col) for found in result.diagnostics]
    assert told == [
        ("E501", "content/people.yaml", 1, 1), ("E501", "content/site.yaml", 3, 28),
        ("E501", "content/site.yaml", 4, 49), ("E502", "content/site.yaml", 4, 67), ("E501", "content/site.yaml", 5, 65),
    ]  # fmt: skip


def test_a_layout_of_the_sites_own_may_have_ids_of_its_own(site: SiteTest) -> None:
    site.write("layouts/own.html", '{% extends "page.html" %}{% block closing %}<p id="extra"></p>{% endblock %}')
    site.write("content/pages/about.md", "---\ntitle: About\nlayout: own.html\n---\n")
    site.write("content/explainers/a.md", PAGE + "[x](/about/#extra)")
    assert site.build().exit == 0
