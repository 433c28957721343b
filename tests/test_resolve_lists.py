"""The ledger, pages of sources, people and tags, home, the pages before and after, and what a build takes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from tests.harness import SiteTest


def explainer(title: str, date: str, more: str = "", text: str = "") -> str:
    return f"---\ntitle: {title}\ndate: {date}\n{more}---\n{text}\n"


def links(site: SiteTest, path: str, within: str = "main") -> list[str]:
    """The addresses that stand inside an element, in order and once each."""
    element = site.html(path).select_one(within)
    assert element is not None
    return list(dict.fromkeys(str(link["href"]) for link in element.select("a[href]")))


def claims_on(site: SiteTest, path: str) -> list[str]:
    return [href.rpartition("#claim-")[2] for href in links(site, path) if "#claim-" in href]


# --- Ledger -------------------------------------------------------------------------------------


def test_the_ledger_is_split_by_the_month_in_which_explainers_came_out(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\ntime_zone: Europe/Berlin\n")
    claim = '{{{{< claim id="{}" >}}}}x{{{{< /claim >}}}} {{{{< claim id="{}-too" >}}}}y{{{{< /claim >}}}}'
    for slug, date in (("a", "2017-01-31T23:30:00Z"), ("b", "2017-02-10"), ("c", "2016-12-31"), ("d", "2017-02-11")):
        site.write(f"content/explainers/{slug}.md", explainer(slug, date, text=claim.format(slug, slug)))
    site.write("content/explainers/e.md", explainer("No claims", "2017-03-01"))
    assert site.build().exit == 0
    assert claims_on(site, "claims/2017/02/index.html") == ["d", "d-too", "b", "b-too", "a", "a-too"]
    assert claims_on(site, "claims/2016/12/index.html") == ["c", "c-too"]
    assert {"/claims/2017/02/", "/claims/2016/12/"} <= set(links(site, "claims/index.html"))
    assert "/claims/2016/12/" in links(site, "claims/2017/02/index.html")
    assert "/claims/2017/02/" in links(site, "claims/2016/12/index.html")
    assert not (site.out / "claims/2017/01").exists()
    assert not (site.out / "claims/2017/03").exists()


def test_the_ledger_has_claims_under_their_explainers(site: SiteTest) -> None:
    site.write(
        "content/sources/a.yaml", "post: {type: report, title: A, via: [aide]}\naide: {type: account, title: B}\n"
    )
    claim = '{{< claim id="one" sources="post" >}}x{{< /claim >}} {{< claim id="two" sources="post" >}}y{{< /claim >}}'
    site.write("content/explainers/a.md", explainer("First of them", "2017-01-30", text=claim))
    site.write("content/explainers/b.md", explainer("Second of them", "2017-01-31", text=claim))
    site.write("content/explainers/c.md", explainer("Without claims", "2017-01-31"))
    assert site.build().exit == 0
    for path, heading in (("claims/2017/01/index.html", "h2"), ("claims/index.html", "h3")):
        parts = site.html(path).select(".x-of-page")
        assert [one.get_text() for one in site.html(path).select(f".x-of-page > {heading}")] == [
            "Second of them 31 January 2017", "First of them 30 January 2017",
        ]  # fmt: skip
        for part in parts:
            assert len(part.select("li")) == 2
            # Neither the title again, nor how many steps lead to the origin.
            assert "of them" not in part.select("ul")[0].get_text()
            assert "step" not in part.get_text()
    pages = [one.get_text() for one in site.html("sources/aide/index.html").select(".x-claims .x-meta")]
    assert pages[0].startswith("Second of them")


def test_claims_of_a_draft_without_a_date_are_in_the_ledger_of_a_preview(site: SiteTest) -> None:
    site.write("content/explainers/a.md", '---\ntitle: A\ndraft: true\n---\n{{< claim id="one" >}}x{{< /claim >}}\n')
    assert site.build("--drafts").exit == 0
    assert claims_on(site, "claims/index.html") == ["one"]


# --- Sources ------------------------------------------------------------------------------------


def test_a_source_has_the_claims_that_cite_it_and_those_that_rest_on_it(site: SiteTest) -> None:
    site.write(
        "content/sources/a.yaml",
        """\
        record: {type: public-record, title: The record}
        story: {type: report, title: The story, via: [told]}
        told: {type: interview, attribution: background, description: someone there, why_unnamed: x, via: [record]}
        other: {type: report, title: Another story, via: [record]}
        unused: {type: report, title: Not of this build}
        """,
    )
    text = """\
{{< claim id="direct" sources="record" >}}a{{< /claim >}}
{{< claim id="through" sources="story other" >}}b{{< /claim >}}
{{< claim id="both" sources="record story" >}}c{{< /claim >}}
{{< claim id="denied" disputes="record" >}}d{{< /claim >}}
{{< claim id="local" sources="mine" >}}e{{< /claim >}}
{{< claim id="none" >}}f{{< /claim >}}"""
    local = "sources:\n  mine: {type: report, title: Mine, via: [story]}\n"
    site.write("content/explainers/a.md", explainer("A", "2017-01-01", local, text))
    assert site.build().exit == 0
    sections = [str(part) for part in site.html("sources/record/index.html").select("section.x-list")]
    ids = ("direct", "through", "both", "denied", "local", "none")
    found = [[id_ for id_ in ids if f"#claim-{id_}" in section] for section in sections]
    assert found == [["direct", "both", "denied"], ["through", "local"]]
    assert "The story and Another story" in sections[1]
    folders = {path.split("/")[1] for path in site.tree() if path.startswith("sources/")}
    assert folders == {"record", "story", "other"}


# --- People -------------------------------------------------------------------------------------


def test_a_persons_statements_stand_in_time(site: SiteTest) -> None:
    site.write("content/people.yaml", "ada: {name: Ada}\norg: {name: The org, kind: organization}\nnobody: {name: N}\n")
    site.write(
        "content/sources/a.yaml",
        """\
        late: {type: statement, title: Late, party: ada, date: 2017-06}
        early: {type: statement, title: Early, party: ada, date: 2015-01-01}
        undated: {type: statement, title: Undated, party: ada}
        hidden: {type: interview, attribution: background, description: d, why_unnamed: x, party: org, date: 1999}
        """,
    )
    text = """\
{{< claim id="c" speaker="ada" sources="late" >}}c{{< /claim >}}
{{< claim id="e" speaker="ada" sources="undated" >}}e{{< /claim >}}
{{< claim id="a" speaker="early" sources="early" >}}a{{< /claim >}}
{{< claim id="d" speaker="ada" sources="late" said="2017-07" >}}d{{< /claim >}}
{{< claim id="no" sources="late hidden" >}}no statement{{< /claim >}}"""
    site.write("content/explainers/x.md", explainer("X", "2017-08-01", text=text))
    later = '{{< claim id="b" speaker="ada" sources="late" said="2016" >}}b{{< /claim >}}'
    site.write("content/explainers/y.md", explainer("Y", "2018-08-01", "authors: [ada]\n", later))
    assert site.build().exit == 0
    assert claims_on(site, "people/ada/index.html") == ["a", "b", "c", "d", "e"]
    assert "/explainers/y/" in links(site, "people/ada/index.html")
    assert {path for path in site.tree() if path.startswith("people/")} == {"people/ada/index.html"}


# --- Tags, home, before and after ---------------------------------------------------------------


def test_a_tag_lists_its_explainers_under_an_address_of_its_own(site: SiteTest) -> None:
    site.write("content/explainers/a.md", explainer("A", "2017-01-01", "tags: [Élan vital, 日本, C++, C]\n"))
    site.write("content/explainers/b.md", explainer("B", "2018-01-01", 'tags: [Élan vital, Другое, "C#"]\n'))
    assert site.build().exit == 0
    assert links(site, "tags/elan-vital/index.html") == ["/explainers/b/", "/explainers/a/"]
    assert {path for path in site.tree() if path.startswith("tags/")} == {
        "tags/elan-vital/index.html", "tags/日本/index.html", "tags/другое/index.html", "tags/c/index.html",
        "tags/c-plus-plus/index.html", "tags/c-sharp/index.html",
    }  # fmt: skip


def test_home_lists_the_newest_and_each_page_leads_to_its_neighbours(site: SiteTest) -> None:
    for day in range(1, 24):
        site.write(f"content/explainers/e{day}.md", explainer(f"E{day}", f"2017-01-{day:02}"))
    site.write("content/explainers/same.md", explainer("Same day", "2017-01-10", "related: [e1, e23]\n"))
    assert site.build().exit == 0
    listed = [href for href in links(site, "index.html") if href.startswith("/explainers/e")]
    assert listed == [f"/explainers/e{day}/" for day in range(23, 4, -1)]
    every = [href for href in links(site, "explainers/index.html") if href.startswith("/explainers/")]
    assert len(every) == 24
    assert every[:2] == ["/explainers/e23/", "/explainers/e22/"]
    page = site.html("explainers/same/index.html")
    assert [str(link["href"]) for link in page.select("[rel=prev], [rel=next]")] == [
        "/explainers/e9/",
        "/explainers/e10/",
    ]
    assert not site.html("explainers/e1/index.html").select("[rel=prev]")
    assert not site.html("explainers/e23/index.html").select("[rel=next]")
    assert {"/explainers/e1/", "/explainers/e23/"} <= set(links(site, "explainers/same/index.html"))


# --- What a build takes in ----------------------------------------------------------------------

DUE = [
    ("date: 2020-06-01", True),
    ("date: 2020-06-02", False),
    ("date: 2020-06-01 11:59", True),
    ("date: 2020-06-01 14:01", False),  # in Berlin, where it is two in the afternoon
    ("date: 2020-06-01T12:01:00Z", False),
    ("date: 2020-06-01T14:01:00+02:00", False),
    ("date: 2020-06-01T13:59:00+02:00", True),
    ("date: 2020-01-01\npublish_at: 2020-06-01 14:01", False),
    ("date: 2020-01-01\npublish_at: 2020-06-01 14:00", True),
    ("date: 2020-06-02\npublish_at: 2020-01-01", False),
    ("date: 2020-01-01\ndraft: true", False),
]


def test_what_is_due(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1591012800")  # 2020-06-01 12:00 UTC
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\ntime_zone: Europe/Berlin\n")
    for number, (front, _) in enumerate(DUE):
        site.write(f"content/explainers/e{number}.md", f"---\ntitle: Page {number}.\n{front}\ntags: [t]\n---\n")
    assert site.build().exit == 0
    told = "".join(file.read_text() for file in site.out.rglob("*.*") if file.suffix in (".html", ".json", ".xml"))
    for number, (front, due) in enumerate(DUE):
        assert (site.out / f"explainers/e{number}/index.html").is_file() is due, front
        assert (f"Page {number}." in told) is due, front
    assert site.build("--drafts", "--future").exit == 0
    assert all((site.out / f"explainers/e{number}/index.html").is_file() for number in range(len(DUE)))


def test_claims_that_are_tied_are_shown_at_both_ends(site: SiteTest) -> None:
    one = '{{< claim id="one" contradicts="two b#far" supersedes="b#old" >}}One{{< /claim >}} {{< claim id="two" >}}Two{{< /claim >}}'
    far = '{{< claim id="far" >}}Far{{< /claim >}} {{< claim id="old" >}}Old{{< /claim >}}'
    site.write("content/explainers/a.md", explainer("Page A", "2017-01-01", text=one))
    site.write("content/explainers/b.md", explainer("Page B", "2017-01-01", text=far))
    assert site.build("--base-url", "https://example.org/x/").exit == 0

    def panel(page: str, claim: str) -> set[str]:
        return {href for href in links(site, f"explainers/{page}/index.html", f"#how-{claim}") if "#claim-" in href}

    assert {"/x/explainers/a/#claim-two", "/x/explainers/b/#claim-far", "/x/explainers/b/#claim-old"} <= panel(
        "a", "one"
    )
    for page, claim in (("a", "two"), ("b", "far"), ("b", "old")):
        assert "/x/explainers/a/#claim-one" in panel(page, claim)
    claims = {claim["id"]: claim for slug in "ab" for claim in site.claims(slug)["claims"]}
    assert (claims["one"]["contradicts"], claims["one"]["supersedes"]) == (["two", "b#far"], ["b#old"])
    assert not any(claims[id_]["contradicts"] or claims[id_]["supersedes"] for id_ in ("two", "far", "old"))
    assert {claim["sourcing"]["level"] for claim in claims.values()} == {"unsourced"}


def test_a_source_page_lists_what_live_routes_lead_to_it_from(site: SiteTest) -> None:
    site.write(
        "content/sources/all.yaml",
        """\
        record: {type: public-record, title: The secret file}
        aide: {type: interview, attribution: on-record, title: An aide, via: [record]}
        paper: {type: report, title: A story, publisher: A paper, via: [aide]}
        """,
    )
    site.write(
        "content/explainers/a.md",
        """\
        ---
        title: A
        date: 2024-01-01
        ---
        {{< claim id="met" context="paper" >}}They met{{< /claim >}}.

        {{< claim id="op" speaker="aide" sources="aide" >}}It was bad, the aide said{{< /claim >}}.

        {{< claim id="rests" sources="paper" >}}They paid{{< /claim >}}.
        """,
    )
    assert site.build().exit == 0
    record, paper = site.html("sources/record/index.html"), site.html("sources/paper/index.html")
    assert [one.get_text() for one in record.select(".x-claim-text")] == ["They paid"]
    assert [one.get_text() for one in paper.select(".x-claim-text")] == ["They paid", "They met"]
    assert paper.find(string="Claims that cite it and do not rest on it")


def test_testimony_stands_in_its_order(site: SiteTest) -> None:
    site.write("content/people.yaml", "mayor: {name: The mayor}")
    site.write("content/sources/all.yaml", "h: {type: statement, title: A hearing, party: mayor, date: 2024-06}")
    site.write(
        "content/explainers/a.md",
        """\
        ---
        title: A
        date: 2024-07-01
        ---
        Asked: {{< claim id="maybe" speaker="mayor" sources="h" supersedes="no" >}}it was possible{{< /claim >}}.

        First: {{< claim id="no" speaker="mayor" sources="h" >}}she did not{{< /claim >}}.

        Then: {{< claim id="early" speaker="mayor" sources="h" said="2024-05" >}}she would{{< /claim >}}.
        """,
    )
    assert site.build().exit == 0
    text = site.html("people/mayor/index.html").get_text(" ")
    assert text.index("she would") < text.index("she did not") < text.index("it was possible")
