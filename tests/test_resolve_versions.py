"""Versions of a page in several languages: tied at both ends, and listed once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.test_resolve_lists import claims_on, explainer, links

if TYPE_CHECKING:
    from tests.harness import SiteTest

CLAIM = '{{< claim id="weak" sources="survey" >}}It is weak{{< /claim >}}.\n'
SAID = '{{< claim id="said" speaker="mayor" sources="mayor" >}}It is safe{{< /claim >}}.\n'


def built(site: SiteTest, **more: str) -> SiteTest:
    """A site in English with a page in three languages between two others."""
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/x/\n")
    site.write("content/people.yaml", "mayor: {name: The mayor}\n")
    site.write(
        "content/sources/a.yaml",
        "survey: {type: public-record, title: Survey}\nmayor: {type: statement, title: Speech, party: mayor}\n"
        "aide: {type: interview, attribution: background, description: an aide, why_unnamed: She fears for her post.}\n",
    )
    pages = {
        "before": explainer("Before", "2024-01-01"),
        "bridge": explainer("The bridge", "2024-02-02", "tags: [Roads]\ntranslations: {es: puente}\n", CLAIM + SAID),
        "puente": explainer("El puente", "2024-02-01", "tags: [Roads]\nlanguage: es\n", CLAIM + SAID),
        "jisr": explainer("الجسر", "2024-02-03", "language: ar\ntranslations: {es: puente}\n", CLAIM),
        "after": explainer("After", "2024-03-01"),
        **more,
    }
    for slug, text in pages.items():
        site.write(f"content/explainers/{slug}.md", text)
    return site


def alternates(site: SiteTest, slug: str) -> dict[str, str]:
    found = site.html(f"explainers/{slug}/index.html").select('head link[rel="alternate"][hreflang]')
    return {str(one["hreflang"]): str(one["href"]) for one in found}


def test_versions_are_tied_at_all_ends_whoever_says_so(site: SiteTest) -> None:
    assert built(site).build().exit == 0
    slugs = {"ar": "jisr", "en": "bridge", "es": "puente"}
    for slug in slugs.values():
        assert alternates(site, slug) == {tag: f"https://example.org/x/explainers/{one}/" for tag, one in slugs.items()}
    switch = site.html("explainers/puente/index.html").select(".x-meta a[hreflang]")
    assert [(one["hreflang"], one["dir"], one["href"], one.get_text()) for one in switch] == [
        ("ar", "rtl", "/x/explainers/jisr/", "العربية"), ("en", "ltr", "/x/explainers/bridge/", "English"),
    ]  # fmt: skip
    assert alternates(site, "before") == {}
    assert not site.html("explainers/before/index.html").select("a[hreflang]")


def test_lists_have_one_version_and_feeds_all(site: SiteTest) -> None:
    assert built(site).build().exit == 0
    explainers = [f"/x/explainers/{slug}/" for slug in ("after", "bridge", "before")]
    assert links(site, "explainers/index.html") == explainers
    assert links(site, "index.html")[:3] == explainers
    assert claims_on(site, "claims/2024/02/index.html") == ["weak", "said"]
    assert claims_on(site, "sources/survey/index.html") == ["weak"]
    assert claims_on(site, "people/mayor/index.html") == ["said"]
    assert links(site, "tags/roads/index.html") == ["/x/explainers/bridge/"]
    feed = json.loads((site.out / "feed.json").read_bytes())
    assert [item["language"] for item in feed["items"]] == ["en", "ar", "en", "es", "en"]
    sitemap = (site.out / "sitemap.xml").read_text("utf-8")
    assert all(f"/explainers/{slug}/" in sitemap for slug in ("bridge", "puente", "jisr"))


def test_a_page_leads_to_its_neighbours_in_its_own_language(site: SiteTest) -> None:
    despues = explainer("Después", "2024-03-02", "language: es\ntranslations: {en: after}\n")
    assert built(site, despues=despues).build().exit == 0
    assert links(site, "explainers/puente/index.html", "nav.x-beside") == [
        "/x/explainers/before/", "/x/explainers/despues/",
    ]  # fmt: skip
    assert links(site, "explainers/after/index.html", "nav.x-beside") == ["/x/explainers/bridge/"]


def test_a_list_without_the_version_of_its_language_has_another(site: SiteTest) -> None:
    bridge = explainer("The bridge", "2024-02-02", "translations: {es: puente}\n")
    assert built(site, bridge=bridge).build().exit == 0
    assert claims_on(site, "people/mayor/index.html") == ["said"]
    assert links(site, "tags/roads/index.html") == ["/x/explainers/puente/"]


def test_a_version_that_is_left_out_is_no_version_yet(site: SiteTest) -> None:
    puente = explainer("El puente", "2024-02-01", "language: es\ndraft: true\n")
    assert built(site, puente=puente).build().exit == 0
    # The two that are there belong together through the draft.
    assert alternates(site, "bridge").keys() == {"ar", "en"}
    assert site.build("--drafts").exit == 0
    assert alternates(site, "bridge").keys() == {"ar", "en", "es"}


def test_pages_have_versions_too(site: SiteTest) -> None:
    built(site)
    site.write("content/pages/about.md", "---\ntitle: About\ntranslations: {pt-BR: sobre}\n---\nUs.\n")
    site.write("content/pages/sobre.md", "---\ntitle: Sobre\nlanguage: pt-BR\n---\nNós.\n")
    assert site.build().exit == 0
    switch = site.html("sobre/index.html").select_one(".x-meta a[hreflang]")
    assert switch is not None
    assert switch["href"] == "/x/about/"
    here = site.html("about/index.html").select_one(".x-meta a[hreflang]")
    assert here is not None
    assert here.get_text().startswith("português")


def test_one_source_behind_two_versions_is_one_story(site: SiteTest) -> None:
    from_aide = CLAIM.replace("survey", "aide")
    same = {
        "bridge": explainer("The bridge", "2024-02-02", "translations: {es: puente, ar: jisr}\n", from_aide),
        "puente": explainer("El puente", "2024-02-01", "language: es\n", from_aide),
        "jisr": explainer("الجسر", "2024-02-03", "language: ar\n", from_aide),
    }
    assert "W252" not in built(site, **same).build().stdout
    site.write("content/explainers/after.md", explainer("After", "2024-03-01", text=from_aide))
    assert "cited from 2 explainers: after, bridge" in site.build().stdout


def test_a_claim_that_two_versions_contradict_leads_to_one_of_them(site: SiteTest) -> None:
    against = '{{< claim id="weak" sources="survey" contradicts="before#firm" >}}It is weak{{< /claim >}}.\n'
    more = {
        "before": explainer(
            "Before", "2024-01-01", text='{{< claim id="firm" sources="survey" >}}It is firm{{< /claim >}}.'
        ),
        "bridge": explainer("The bridge", "2024-02-02", "translations: {es: puente}\n", against),
        "puente": explainer("El puente", "2024-02-01", "language: es\n", against),
    }
    assert built(site, **more).build().exit == 0
    element = site.html("explainers/before/index.html").select_one("#how-firm .x-facts")
    assert element is not None
    assert [one["href"] for one in element.select("a[href]")] == ["/x/explainers/bridge/#claim-weak"]


def test_versions_follow_each_other_in_the_next_build(site: SiteTest) -> None:
    assert built(site).build().exit == 0
    site.write("content/explainers/puente.md", explainer("El puente", "2024-02-01", "language: pt\n"))
    site.write("content/explainers/bridge.md", explainer("The bridge", "2024-02-02", text=CLAIM))
    site.write("content/explainers/jisr.md", explainer("الجسر", "2024-02-03", "language: ar\n", CLAIM))
    assert site.build().exit == 0
    assert alternates(site, "puente") == {}
    site.write(
        "content/explainers/jisr.md", explainer("الجسر", "2024-02-03", "language: ar\ntranslations: {pt: puente}\n")
    )
    assert site.build().exit == 0
    assert alternates(site, "puente").keys() == {"ar", "pt"}
    incremental = site.tree()
    assert site.build("--clean").exit == 0
    assert site.tree() == incremental
