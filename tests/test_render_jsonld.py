"""The JSON-LD of each page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.hard_site import write_hard_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness import SiteTest

ROOT = Path(__file__).parents[1]
# The classes that we write and those above them, with their own properties and what each may be: schema.org as
# `schema-dts` 2.1.0 has it.
CLASSES: dict[str, dict[str, Any]] = json.loads((ROOT / "tests/fixtures/schemaorg.json").read_text("utf-8"))
_ADDRESS = re.compile(r"https?://[^\s]+")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(\+\d\d:\d\d|Z))?)?)?")


def graph(site: SiteTest, path: str) -> list[dict[str, Any]]:
    (script,) = site.html(path).select('script[type="application/ld+json"]')
    data = json.loads(str(script.string))
    assert data["@context"] == "https://schema.org"
    assert set(data) == {"@context", "@graph"}
    nodes: list[dict[str, Any]] = data["@graph"]
    return nodes


def typed(nodes: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [node for node in nodes if kind in ([node["@type"]] if isinstance(node["@type"], str) else node["@type"])]


def everything(value: Any) -> list[dict[str, Any]]:
    """Every object inside a value."""
    if isinstance(value, list):
        return [node for item in value for node in everything(item)]
    if isinstance(value, dict):
        return [value, *(node for item in value.values() for node in everything(item))]
    return []


def write(site: SiteTest) -> None:
    site.write(
        "content/site.yaml",
        "title: A site\nbase_url: https://example.org/news/\npublisher: {name: A newsroom, url: https://news.example.org/,"
        " logo: /static/icon.svg}\nembeds: true\npolicies: {corrections: /about/, ownership: https://example.org/owners}\n",
    )
    site.write(
        "content/people.yaml", "ada: {name: Ada, role: Reporter, bio: Writes.}\norg: {name: Desk, kind: organization}\n"
    )
    site.write("content/pages/about.md", "---\ntitle: About\nsummary: Us.\n---\n")
    site.write(
        "content/sources/a.yaml",
        """\
        act: {type: public-record, title: The act, publisher: Congress, authors: [J. Roe], date: 2017-06, language: en,
              url: https://example.net/act, archive: https://example.net/archive/act}
        told: {type: interview, attribution: background, description: an official, why_unnamed: x, via: [act],
               authors: [Somebody], party: ada-s-friend}
        deep: {type: interview, attribution: deep-background, description: d, why_unnamed: x, authors: [Somebody Else]}
        no: {type: statement, title: A denial}
        """,
    )
    site.write(
        "content/explainers/a.md",
        """\
        ---
        title: The title
        summary: The summary
        date: 2017-07-21
        updated: 2017-07-22
        dateline: Washington
        authors: [ada, org, A. Writer]
        contributors: [B. Helper]
        tags: [One, Two]
        image: {src: https://example.net/news/pic.png, alt: A}
        corrections: [{date: 2017-07-23, text: A name was wrong.}]
        claims:
          one: {sources: [{source: act, quote: "shall", at: p. 2}, told, deep], disputes: "no", as: It is so.}
        ---
        {{< claim id="one" >}}So{{< /claim >}}.
        """,
    )
    result = site.build()
    assert result.exit == 0, result.stdout


def test_an_explainers_graph(site: SiteTest) -> None:
    write(site)
    nodes = graph(site, "explainers/a/index.html")
    here = "https://example.org/news/explainers/a/"
    (article,) = typed(nodes, "NewsArticle")
    assert article["@type"] == ["NewsArticle", "BackgroundNewsArticle"]
    assert article["@id"] == article["url"] == here
    assert (article["headline"], article["description"], article["dateline"]) == (
        "The title",
        "The summary",
        "Washington",
    )
    assert (article["datePublished"], article["dateModified"]) == ("2017-07-21", "2017-07-23")  # the correction's
    assert article["image"] == "https://example.net/news/pic.png"
    assert [(one["@type"], one["name"]) for one in article["author"]] == [
        ("Person", "Ada"), ("Organization", "Desk"), ("Person", "A. Writer"),
    ]  # fmt: skip
    assert article["author"][0]["url"] == "https://example.org/news/people/ada/"
    assert article["contributor"] == [{"@type": "Person", "name": "B. Helper"}]
    assert article["correction"] == [
        {"@type": "CorrectionComment", "text": "A name was wrong.", "datePublished": "2017-07-23"}
    ]
    (publisher,) = typed(nodes, "NewsMediaOrganization")
    assert publisher["@id"] == article["publisher"]["@id"]
    assert (publisher["name"], publisher["url"]) == ("A newsroom", "https://news.example.org/")
    assert publisher["logo"] == "https://example.org/news/static/icon.svg"
    assert publisher["correctionsPolicy"] == "https://example.org/news/about/"
    assert publisher["ownershipFundingInfo"] == "https://example.org/owners"
    assert "publishingPrinciples" not in publisher
    (claim,) = typed(nodes, "Claim")
    assert (claim["@id"], claim["text"]) == (f"{here}#claim-one", "It is so.")
    assert claim["appearance"] == [{"@id": f"#note-{id_}"} for id_ in ("act", "told", "deep")]
    (quotation,) = typed(nodes, "Quotation")
    assert (quotation["text"], quotation["citation"]["@id"]) == ("shall", "#note-act")
    works = {node["@id"].rpartition("#note-")[2]: node for node in typed(nodes, "CreativeWork")}
    assert works.keys() == {"act", "told", "deep", "no"}
    assert works["act"]["archivedAt"] == "https://example.net/archive/act"
    assert works["act"]["author"] == [{"@type": "Person", "name": "J. Roe"}]
    assert works["told"].keys() == {"@type", "@id", "name"}
    assert works["deep"]["name"] == "a source on deep background"


def test_references_lead_to_nodes_of_the_graph_and_there_is_no_rating(site: SiteTest) -> None:
    write(site)
    nodes = graph(site, "explainers/a/index.html")
    ids = [node["@id"] for node in nodes if "@id" in node]
    assert len(ids) == len(set(ids))
    objects = everything(nodes)
    assert {node["@id"] for node in objects if node.keys() == {"@id"}} <= set(ids)
    kinds = {str(node.get("@type")) for node in objects}
    assert not any("Rating" in kind or "Review" in kind for kind in kinds)
    people = {node["name"] for node in objects if node.get("@type") == "Person"}
    assert people == {"Ada", "A. Writer", "B. Helper", "J. Roe"}
    assert not any(value in (None, "", []) for node in objects for value in node.values())


def test_every_page_has_a_graph(site: SiteTest) -> None:
    write(site)
    for path in site.tree():
        if path.endswith("index.html") and not path.startswith("embed/"):
            assert typed(graph(site, path), "NewsMediaOrganization"), path
    (page,) = typed(graph(site, "about/index.html"), "WebPage")
    assert (page["url"], page["description"]) == ("https://example.org/news/about/", "Us.")
    assert typed(graph(site, "claims/index.html"), "CollectionPage")


def test_the_home_page_says_how_the_site_is_searched(site: SiteTest) -> None:
    write(site)
    (website,) = typed(graph(site, "index.html"), "WebSite")
    assert (website["url"], website["name"]) == ("https://example.org/news/", "A site")
    assert website["potentialAction"] == {
        "@type": "SearchAction", "query-input": "required name=words",
        "target": {"@type": "EntryPoint", "urlTemplate": "https://example.org/news/search/?q={words}"},
    }  # fmt: skip
    assert site.html("search/index.html").select("form[role=search] input[name=q]")
    assert not typed(graph(site, "claims/index.html"), "WebSite")
    # A home page of the site's own tells it, too; without the search it tells of none.
    site.write("content/pages/index.md", "---\ntitle: Home\n---\n")
    site.write("content/site.yaml", site.read("../content/site.yaml") + "search: false\n")
    assert site.build().exit == 0
    (website,) = typed(graph(site, "index.html"), "WebSite")
    assert "potentialAction" not in website


def test_a_picture_beside_the_page_is_told_by_its_whole_address(site: SiteTest) -> None:
    site.write("content/explainers/a/index.md", "---\ntitle: A\ndate: 2017-01-01\nimage: {src: a/x.svg, alt: A}\n---\n")
    site.write("content/explainers/a/a/x.svg", "<svg/>")
    assert site.build("--base-url", "https://example.org/a/").exit == 0
    (article,) = typed(graph(site, "explainers/a/index.html"), "NewsArticle")
    assert article["image"] == "https://example.org/a/explainers/a/a/x.svg"


# --- As schema.org has it ---------------------------------------------------------------------------


def kinds(node: dict[str, Any]) -> set[str]:
    """The classes of a node and all above them."""
    named = list(node["@type"]) if isinstance(node["@type"], list) else [node["@type"]]
    found: set[str] = set()
    while named:
        kind = named.pop()
        found.add(kind)
        named += CLASSES[kind]["is"]
    return found


def misfits(nodes: list[dict[str, Any]]) -> Iterator[str]:
    """What schema.org doesn't know, or knows otherwise."""
    by_id = {node["@id"]: node for node in nodes if "@id" in node}
    for node in everything(nodes):
        if node.keys() == {"@id"}:
            continue
        allowed = {name: ranges for kind in kinds(node) for name, ranges in CLASSES[kind]["properties"].items()}
        for name, value in node.items():
            if name.startswith("@"):
                continue
            if name.endswith("-input") and "Action" in kinds(node):
                # How a property of an action is given (https://schema.org/docs/actions.html).
                name = name.removesuffix("-input")  # noqa: PLW2901
            if name not in allowed:
                yield f"{node['@type']} has no {name}"
                continue
            for one in value if isinstance(value, list) else [value]:
                if not fits(one, set(allowed[name]), by_id):
                    yield f"{node['@type']}.{name} can't be {one}: {allowed[name]}"


def fits(value: Any, ranges: set[str], by_id: dict[str, dict[str, Any]]) -> bool:
    if isinstance(value, dict):
        node = by_id[value["@id"]] if value.keys() == {"@id"} else value
        return bool(kinds(node) & ranges)
    if "Text" in ranges:
        return isinstance(value, str)
    return bool(
        ("URL" in ranges and _ADDRESS.fullmatch(value)) or ({"Date", "DateTime"} & ranges and _DAY.fullmatch(value))
    )


def test_every_graph_is_in_the_terms_of_schema_org(site: SiteTest) -> None:
    write(site)
    seen: set[str] = set()
    for path in site.tree():
        # Search engines are told not to take in what other sites frame.
        if path.endswith(".html") and not path.startswith("embed/"):
            nodes = graph(site, path)
            assert not list(misfits(nodes)), path
            seen |= {kind for node in everything(nodes) if "@type" in node for kind in kinds(node)}
    assert seen == CLASSES.keys()


def test_hard_graphs_are_in_the_terms_of_schema_org_too(site: SiteTest) -> None:
    write_hard_site(site)
    assert site.build().exit == 0
    for slug in ("hard", "arabic", "bare"):
        assert not list(misfits(graph(site, f"explainers/{slug}/index.html")))


def test_misfits_are_found() -> None:
    wrong = {
        "@type": "Claim",
        "@id": "a",
        "txt": "x",
        "appearance": "x",
        "datePublished": "soon",
        "isPartOf": {"@id": "b"},
    }
    other = {"@type": "Person", "@id": "b", "name": "x"}
    assert len(list(misfits([wrong, other]))) == 4
