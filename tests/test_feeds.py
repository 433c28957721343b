"""What machines read of a whole site: Atom, JSON Feed, sitemap, robots."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest

from tests.picture_files import plain_png

if TYPE_CHECKING:
    from tests.harness import SiteTest

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def news(site: SiteTest) -> SiteTest:
    site.write(
        "content/site.yaml",
        "title: News & <views>\nbase_url: https://example.org/news/\ndescription: All & sundry\n"
        "time_zone: America/New_York\nlanguage: en\npublisher: {name: A newsroom}\n",
    )
    site.write("content/people.yaml", "ada: {name: Ada <Lovelace>}\n")
    site.write(
        "content/explainers/a.md",
        "---\ntitle: The <first> & 'only'\nsummary: Why]]> it & how\ndate: 2017-01-15\nupdated: 2017-07-15 18:30\n"
        "authors: [ada, B. Writer]\ntags: [日本, A & B]\n---\n",
    )
    site.write("content/explainers/b.md", "---\ntitle: 第二\nlanguage: ja\ndate: 2017-07-14T23:00:00Z\n---\n")
    site.write("content/pages/about.md", "---\ntitle: About\n---\n")
    assert site.build().exit == 0
    return site


def test_atom(news: SiteTest) -> None:
    text = news.read("feed.xml")
    feed: Any = feedparser.parse(text)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    assert feed.feed.id == "https://example.org/news/"
    assert {link.href for link in feed.feed.links} == {"https://example.org/news/", "https://example.org/news/feed.xml"}
    assert feed.feed.updated == "2017-07-15T18:30:00-04:00"
    second, first = feed.entries
    assert (second.title, second.id) == ("第二", "https://example.org/news/explainers/b/")
    assert second.published == second.updated == "2017-07-14T19:00:00-04:00"
    assert (first.published, first.updated) == ("2017-01-15T00:00:00-05:00", "2017-07-15T18:30:00-04:00")
    assert [author.name for author in first.authors] == ["Ada <Lovelace>", "B. Writer"]
    assert [tag.term for tag in first.tags] == ["日本", "A & B"]
    root = ET.fromstring(text)  # noqa: S314 - our own output
    entry = root.findall(f"{ATOM}entry")[1]
    assert entry.findtext(f"{ATOM}title") == "The <first> & 'only'"
    assert entry.findtext(f"{ATOM}summary") == "Why]]> it & how"
    assert [one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in root.findall(f"{ATOM}entry")] == [
        "ja",
        "en",
    ]


def test_json_feed(news: SiteTest) -> None:
    feed = json.loads(news.read("feed.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["title"], feed["description"]) == ("News & <views>", "All & sundry")
    assert feed["home_page_url"] == "https://example.org/news/"
    assert feed["feed_url"] == "https://example.org/news/feed.json"
    second, first = feed["items"]
    assert first["id"] == first["url"] == "https://example.org/news/explainers/a/"
    assert first["title"] == "The <first> & 'only'"
    assert first["content_text"] == first["summary"] == "Why]]> it & how"
    assert first["authors"] == [{"name": "Ada <Lovelace>"}, {"name": "B. Writer"}]
    assert first["tags"] == ["日本", "A & B"]
    assert (second["language"], second["content_text"]) == ("ja", "第二")
    for item in (first, second):
        assert RFC3339.fullmatch(item["date_published"])
        assert RFC3339.fullmatch(item["date_modified"])


def test_the_sitemap_lists_every_page_and_nothing_else(news: SiteTest) -> None:
    root = ET.fromstring(news.read("sitemap.xml"))  # noqa: S314 - our own output
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert root.tag == f"{space}urlset"
    found = {str(url.findtext(f"{space}loc")): url.findtext(f"{space}lastmod") for url in root}
    assert len(found) == len(root)
    pages = {path.removesuffix("index.html") for path in news.tree() if path.endswith("index.html")}
    assert {unquote(address) for address in found} == {f"https://example.org/news/{path}" for path in pages}
    assert all(address.isascii() and urlsplit(address).scheme == "https" for address in found)
    assert found["https://example.org/news/explainers/a/"] == "2017-07-15T18:30:00-04:00"
    assert found["https://example.org/news/about/"] is None


def test_languages_have_feeds_and_the_sitemap_knows_versions(site: SiteTest) -> None:
    for slug, language, more in (
        ("bridge", "en", "translations: {es: puente}\n"),
        ("puente", "es", ""),
        ("solo", "es", ""),
    ):
        front = f"title: {slug}\ndate: 2024-01-0{len(slug) % 9}\nlanguage: {language}\n{more}"
        site.write(f"content/explainers/{slug}.md", f"---\n{front}---\nText.\n")
    assert site.build().exit == 0
    atom, space = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    for language, titles in (("en", ["bridge"]), ("es", ["puente", "solo"])):
        feed = ET.fromstring(site.read(f"feeds/{language}.xml"))  # noqa: S314 - our own output
        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
        assert feed.findtext(f"{atom}id") == f"https://example.org/feeds/{language}.xml"
        assert sorted(str(entry.findtext(f"{atom}title")) for entry in feed.iter(f"{atom}entry")) == titles
        assert f'href="/feeds/{language}.xml"' in site.read("index.html")
    root = ET.fromstring(site.read("sitemap.xml"))  # noqa: S314
    told = {
        str(url.findtext(f"{space}loc")): {
            link.get("hreflang"): link.get("href") for link in url.iter("{http://www.w3.org/1999/xhtml}link")
        }
        for url in root
    }
    both = {"en": "https://example.org/explainers/bridge/", "es": "https://example.org/explainers/puente/"}
    assert told[both["en"]] == told[both["es"]] == both
    assert told["https://example.org/explainers/solo/"] == {}


def test_more_addresses_than_one_sitemap_may_have_are_in_several(
    site: SiteTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, slug, more in (("en", "bridge", "translations: {es: puente}\n"), ("es", "puente", "")):
        front = f"title: {slug}\ndate: 2024-01-01\nlanguage: {language}\n{more}"
        site.write(f"content/explainers/{slug}.md", f"---\n{front}---\nText.\n")
    assert site.build().exit == 0
    whole = set(re.findall("<url>.*</url>", site.read("sitemap.xml")))
    monkeypatch.setattr("explainer.feeds.site_feeds.MOST_IN_SITEMAP", len(whole) - 1)
    assert site.build("--clean").exit == 0
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = ET.fromstring(site.read("sitemap.xml"))  # noqa: S314 - our own output
    assert index.tag == f"{space}sitemapindex"
    places = [str(part.findtext(f"{space}loc")) for part in index]
    assert places == ["https://example.org/sitemap-1.xml", "https://example.org/sitemap-2.xml"]
    parts = [re.findall("<url>.*</url>", site.read(place.rpartition("/")[2])) for place in places]
    assert [len(part) for part in parts] == [len(whole) - 1, 1]
    assert {url for part in parts for url in part} == whole


def test_robots(news: SiteTest) -> None:
    assert "Sitemap: https://example.org/news/sitemap.xml\n" in news.read("robots.txt")


def test_a_site_without_explainers_has_sound_feeds(site: SiteTest) -> None:
    site.write("content/pages/about.md", "---\ntitle: About\n---\n")
    assert site.build().exit == 0
    feed: Any = feedparser.parse(site.read("feed.xml"))
    assert not feed.bozo
    assert RFC3339.fullmatch(feed.feed.updated)
    assert json.loads(site.read("feed.json"))["items"] == []


def test_feeds_hold_the_twenty_newest(site: SiteTest) -> None:
    for day in range(1, 26):
        site.write(f"content/explainers/e{day}.md", f"---\ntitle: E{day}\ndate: 2017-01-{day:02}\n---\n")
    assert site.build().exit == 0
    newest = [f"https://example.org/explainers/e{day}/" for day in range(25, 5, -1)]
    assert [item["id"] for item in json.loads(site.read("feed.json"))["items"]] == newest
    assert [entry.id for entry in feedparser.parse(site.read("feed.xml")).entries] == newest


def test_what_xml_cannot_hold_is_refused(site: SiteTest) -> None:
    site.write("content/explainers/a.md", '---\ntitle: "A\\u0001B\\uFFFE"\ndate: 2017-01-01\n---\n')
    assert site.build().exit == 1


def test_an_entry_keeps_its_id_when_its_page_moves(site: SiteTest) -> None:
    site.write("content/explainers/new.md", "---\ntitle: A\ndate: 2024-01-01\nid: https://example.org/old/\n---\n")
    assert site.build().exit == 0
    feed: Any = feedparser.parse(site.read("feed.xml"))
    assert [(entry.id, entry.link) for entry in feed.entries] == [
        ("https://example.org/old/", "https://example.org/explainers/new/")
    ]
    (item,) = json.loads(site.read("feed.json"))["items"]
    assert (item["id"], item["url"]) == ("https://example.org/old/", "https://example.org/explainers/new/")


@pytest.mark.parametrize(
    ("zone", "day", "time"),
    [
        ("Europe/Amsterdam", "1936-07-17", "1936-07-16T22:40:28+00:00"),
        ("Africa/Monrovia", "1971-12-31", "1971-12-31T00:44:30+00:00"),
        ("Asia/Tokyo", "0001-01-01", "0001-01-01T00:00:00+00:00"),
        ("Europe/Dublin", "2017-07-21", "2017-07-21T00:00:00+01:00"),
    ],
)
def test_a_day_is_a_time_with_an_offset_that_rfc_3339_has(site: SiteTest, zone: str, day: str, time: str) -> None:
    site.write("content/site.yaml", f"title: T\nbase_url: https://example.org/\ntime_zone: {zone}\n")
    site.write("content/explainers/a.md", f"---\ntitle: A\ndate: {day}\n---\n")
    assert site.build().exit == 0
    assert json.loads(site.read("feed.json"))["items"][0]["date_published"] == time


def test_open_graph_and_json_ld_have_the_same_dates(news: SiteTest) -> None:
    for slug in "ab":
        page = news.html(f"explainers/{slug}/index.html")
        (data,) = (json.loads(one.string or "") for one in page.select("script[type='application/ld+json']"))
        (article,) = (node for node in data["@graph"] if "datePublished" in node and "headline" in node)
        for name, key in (("published", "datePublished"), ("modified", "dateModified")):
            found = [one["content"] for one in page.select(f"meta[property='article:{name}_time']")]
            assert found == [article[key]] or (not found and not article.get(key))


WHOLE = """\
Text {{< claim id="a" sources="dpa" >}}it "fell"{{< /claim >}}.[^1] See [b](b.md), [x](#part), {{< ref "b" >}}, {{< ref "#a" >}}.

## Part

{{< figure src="https://x.example/a.png" alt="x" caption="C [about](/about/) {{< source dpa >}}" >}}

`href="/not"`

{{< claim id="c" sources="dpa" >}}

Whole paragraphs.

{{< /claim >}}

[^1]: A note [b](b.md).
"""


def test_feeds_with_the_whole_text(news: SiteTest) -> None:
    settings = (news.root / "content/site.yaml").read_text(encoding="utf-8")
    front = (
        "---\ntitle: T\ndate: 2018-01-01\nsources:\n  dpa: {type: report, title: D, url: 'https://dpa.example/'}\n---\n"
    )
    news.write("content/explainers/t.md", front + WHOLE)
    assert [code for code in news.build().codes if code != "W653"] == ["W651"]
    assert "<content" not in news.read("feed.xml")
    news.write("content/site.yaml", settings + "feeds: whole\n")
    assert [code for code in news.build().codes if code != "W653"] == ["W651"]
    entry = ET.fromstring(news.read("feed.xml")).find(f"{ATOM}entry")  # noqa: S314 - our own
    assert entry is not None
    text = entry.findtext(f"{ATOM}content")
    assert text == json.loads(news.read("feed.json"))["items"][0]["content_html"]
    assert text
    assert text.startswith("<p>Text it “fell”.<sup>1</sup> [D doesn’t say how it knows]<sup>2</sup> See <a")
    base = "https://example.org/news/explainers"
    addresses = re.findall(r'(?:href|src)="([^"]*)"', text)
    assert addresses == [
        f"{base}/b/", f"{base}/t/#part", f"{base}/b/", f"{base}/t/#claim-a", "https://x.example/a.png",
        "https://example.org/news/about/", "/not", "https://dpa.example/", f"{base}/b/",
    ]  # fmt: skip
    assert '<li value="2"><p>A note' in text
    assert "<p>[D doesn’t say how it knows]</p>" in text
    assert not re.search("<(section|aside|script|style|details)|how-", text)


def test_whole_feeds_follow_the_text_of_their_pages(news: SiteTest) -> None:
    news.write("content/site.yaml", "title: N\nbase_url: https://example.org/\nfeeds: whole\n")
    for word in ("one", "two"):
        news.write("content/explainers/t.md", f"---\ntitle: T\ndate: 2018-01-01\n---\nWord {word}.\n")
        assert news.build().exit == 0
        assert f"Word {word}." in news.read("feed.xml")
    kept = news.tree()
    assert news.build("--clean").exit == 0
    assert news.tree() == kept


@pytest.mark.parametrize(
    ("dates", "corrections", "changed"),
    [
        ("date: 2017-01-15", ["2017-03-01", "2017-02-01"], "2017-03-01"),
        ("date: 2017-01-15\nupdated: 2017-02-15", ["2017-03-01"], "2017-03-01"),
        ("date: 2017-01-15\nupdated: 2017-02-15 18:30", ["2017-02-15"], "2017-02-15T18:30:00+00:00"),
        ("date: 2017-01-15\nupdated: 2017-04-15", ["2017-03-01"], "2017-04-15"),
        ("date: 2017-01-15", ["2017-03"], "2017-01-15"),  # on which day, nobody says
    ],
)
def test_the_newest_correction_is_a_change(site: SiteTest, dates: str, corrections: list[str], changed: str) -> None:
    told = ", ".join(f"{{date: {day}, text: A name was wrong.}}" for day in corrections)
    site.write("content/explainers/a.md", f"---\ntitle: A\n{dates}\ncorrections: [{told}]\n---\n")
    assert site.build().exit == 0
    atom = feedparser.parse(site.read("feed.xml"))
    (item,) = json.loads(site.read("feed.json"))["items"]
    assert atom.feed.updated[:10] == atom.entries[0].updated[:10] == item["date_modified"][:10] == changed[:10]
    places = re.findall(r"<loc>([^<]*)</loc>\s*<lastmod>([^<]*)", site.read("sitemap.xml"))
    assert [day for address, day in places if address.endswith("/a/")] == [changed]
    graph = json.loads(str(site.html("explainers/a/index.html").select_one("[type='application/ld+json']").string))  # type: ignore[union-attr]
    assert [node["dateModified"] for node in graph["@graph"] if "dateModified" in node] == [changed]


def test_the_sitemap_has_the_pictures_that_pages_show(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/news/\n")
    for name in ("a/lead.png", "a/a plan.png", "a/still.png", "a/unused.png", "draft/secret.png"):
        site.write(f"content/explainers/{name}", plain_png())
    site.write("content/media/shared.png", plain_png())
    text = """\
        ---
        title: A
        date: 2024-01-01
        image: {src: lead.png, alt: Lead}
        ---
        ![Plan](a%20plan.png "Again") ![Lead](lead.png) ![x](https://other.example/x.png)

        {{< figure src="/media/shared.png" alt="Shared" >}}

        {{< media url="https://player.example/" title="T" image="still.png" >}}
        """
    site.write("content/explainers/a/index.md", text)
    site.write("content/explainers/b.md", "---\ntitle: B\ndate: 2024-01-01\n---\nNone.\n")
    site.write("content/explainers/draft/index.md", "---\ntitle: D\ndraft: true\n---\n![S](secret.png)\n")
    assert site.build().exit == 0
    base, names = (
        "https://example.org/news/",
        ("explainers/a/lead.png", "explainers/a/a%20plan.png", "media/shared.png"),
    )
    everything = {f"{base}explainers/a/": [base + name for name in (*names, "explainers/a/still.png")]}
    assert pictures_of(site) == everything
    # What isn't shown any more goes; the picture of a page that is taken back with it.
    site.write(
        "content/explainers/a/index.md",
        text.replace("        image: {src: lead.png, alt: Lead}\n", "").replace("![Lead](lead.png)", ""),
    )
    site.build()
    changed = site.tree()
    assert pictures_of(site) == {f"{base}explainers/a/": everything[f"{base}explainers/a/"][1:]}
    site.build("--clean")
    assert site.tree() == changed
    (site.root / "content/explainers/a/index.md").unlink()
    site.build()
    assert "image" not in site.read("sitemap.xml")


def pictures_of(site: SiteTest) -> dict[str, list[str]]:
    """The pictures of each page that the sitemap names, as Google's extension has them; each of them comes out."""
    space, images = "{http://www.sitemaps.org/schemas/sitemap/0.9}", "{http://www.google.com/schemas/sitemap-image/1.1}"
    found: dict[str, list[str]] = {}
    for url in ET.fromstring(site.read("sitemap.xml")):  # noqa: S314 - our own output
        entries = url.findall(f"{images}image")
        assert all([part.tag for part in one] == [f"{images}loc"] for one in entries)
        if entries:
            found[str(url.findtext(f"{space}loc"))] = [str(one.findtext(f"{images}loc")) for one in entries]
    for address in (one for each in found.values() for one in each):
        assert (site.out / unquote(address.removeprefix("https://example.org/news/"))).is_file()
    return found
