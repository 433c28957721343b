"""Claims on other sites: the frame, its headers as hosts join them, oEmbed, and what is shown of a claim that is gone."""

from __future__ import annotations

import functools
import json
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup, Tag

from explainer.feeds.host_files import content_type
from tests.browsing import HostHandler, browser, joined, served
from tests.needs import need_chromium

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness import SiteTest

FRONT = """\
title: The calls
date: 2017-07-21
embeds: [calls{more}]
sources:
  paper: {{type: report, title: A story, publisher: The Gazette, date: 2017-07-20}}
claims:
  calls: {{sources: [paper]}}
"""
TEXT = 'They met. {{< claim id="calls" >}}the ambassador "called" twice{{< /claim >}}, {{< claim id="other" >}}x{{< /claim >}}.'
CLAIM, FRAME = "explainers/a/claims/calls/index.html", "embed/a/calls/index.html"


def write(site: SiteTest, text: str = TEXT, more: str = "", *, end: str = "") -> None:
    site.write("content/explainers/a.md", f"---\n{FRONT.format(more=more)}{end}---\n{text}\n")


def only(html: BeautifulSoup, selector: str) -> Tag:
    (found,) = html.select(selector)
    return found


@pytest.fixture
def embedded(site: SiteTest) -> SiteTest:
    write(site)
    assert site.build().exit == 0
    return site


def test_a_claim_has_a_page_a_frame_and_a_description(embedded: SiteTest) -> None:
    oembed = json.loads(embedded.read("explainers/a/claims/calls/oembed.json"))
    assert {name: oembed[name] for name in ("version", "type", "provider_name", "provider_url", "width")} == {
        "version": "1.0", "type": "rich", "provider_name": "A site", "provider_url": "https://example.org/", "width": 600,
    }  # fmt: skip
    assert isinstance(oembed["height"], int)
    snippet = BeautifulSoup(oembed["html"], "html5lib")
    assert [one.name for one in snippet.select("body > *")] == ["blockquote", "iframe"]
    assert only(snippet, "iframe")["src"] == "https://example.org/embed/a/calls/"
    assert only(snippet, "blockquote")["cite"] == "https://example.org/explainers/a/#claim-calls"
    assert only(snippet, "blockquote p").get_text() == "The ambassador “called” twice"
    assert "The Gazette doesn’t say how it knows" in only(snippet, "blockquote footer").get_text()
    for path in (CLAIM, FRAME):
        html = embedded.html(path)
        link = only(html, 'link[type="application/json+oembed"]')
        assert link["href"] == "https://example.org/explainers/a/claims/calls/oembed.json"
        assert only(html, "link[rel=canonical]")["href"] == "https://example.org/explainers/a/#claim-calls"
        assert only(html, "meta[name=robots]")["content"] == "noindex"
        assert not html.select("style, [style], script:not([src]):not([type])")
    assert only(embedded.html(CLAIM), "textarea").get_text() == oembed["html"]
    links = [link["href"] for link in embedded.html("explainers/a/index.html").select(".x-how-end a[href^='/']")]
    assert links == ["/explainers/a/claims/calls/"]
    assert "claims/calls" not in embedded.read("sitemap.xml")


# The properties of oEmbed 1.0 (https://oembed.com, 2.3.4): of every response, and of one of type `rich`.
OEMBED = {
    "type": str, "version": str, "title": str, "author_name": str, "author_url": str, "provider_name": str,
    "provider_url": str, "cache_age": int, "thumbnail_url": str, "thumbnail_width": int, "thumbnail_height": int,
}  # fmt: skip
RICH = {"html": str, "width": int, "height": int}


def oembed_faults(data: dict[str, Any]) -> list[str]:
    """What oEmbed 1.0 has otherwise."""
    known = OEMBED | RICH
    faults = [f"{name} is missing" for name in ("type", "version", *RICH) if name not in data]
    faults += [f"{name} isn't known" for name in data.keys() - known.keys()]
    faults += [
        f"{name} isn't {known[name]}" for name, one in data.items() if name in known and type(one) is not known[name]
    ]
    faults += [
        f"{name} isn't {value}" for name, value in (("type", "rich"), ("version", "1.0")) if data.get(name) != value
    ]
    faults += [
        f"{name} is no address" for name in data if name.endswith("_url") and not re.match("https?://", str(data[name]))
    ]
    frame = BeautifulSoup(data.get("html", ""), "html5lib").select_one("iframe")
    if frame is None or (frame.get("width"), frame.get("height")) != (str(data.get("width")), str(data.get("height"))):
        faults.append("the frame has another size")
    return faults


def test_the_description_is_as_oembed_has_it(embedded: SiteTest) -> None:
    write(embedded, more=", gone")
    assert embedded.build().exit == 0
    for claim in ("calls", "gone"):
        content = (embedded.out / f"explainers/a/claims/{claim}/oembed.json").read_bytes()
        assert not oembed_faults(json.loads(content.decode("utf-8")))
        assert content_type("oembed.json") == "application/json; charset=utf-8"
    wrong = {"type": "link", "version": 1.0, "html": "x", "width": "600", "provider_url": "/", "maxwidth": 1}
    assert len(oembed_faults(wrong)) == 8


def test_without_embeds_nothing_is_framed_and_nothing_made(embedded: SiteTest) -> None:
    write(embedded)
    embedded.write(
        "content/explainers/a.md",
        (embedded.root / "content/explainers/a.md").read_text().replace("embeds: [calls]\n", ""),
    )
    assert embedded.build().exit == 0
    assert not [path for path in embedded.tree() if path.startswith("embed/") or "/claims/calls" in path]
    assert "frame-ancestors 'none'" in "".join(joined(embedded, "/embed/a/calls/")["Content-Security-Policy"])


def test_a_site_may_embed_every_claim(embedded: SiteTest) -> None:
    embedded.write("content/site.yaml", "title: A site\nbase_url: https://example.org/x/\nembeds: true\n")
    assert embedded.build().exit == 0
    made = {path for path in embedded.tree() if path.startswith("embed/")}
    assert made == {FRAME, "embed/a/other/index.html"}
    assert joined(embedded, "/x/embed/a/other/")["X-Frame-Options"] == []
    assert joined(embedded, "/x/explainers/a/")["X-Frame-Options"] == ["DENY"]


def test_headers_forbid_frames_everywhere_else(embedded: SiteTest) -> None:
    for path in embedded.tree():
        if path.endswith(".html"):
            address = f"/{path.removesuffix('index.html')}"
            headers = joined(embedded, address)
            policies = headers["Content-Security-Policy"]
            framed = path.startswith("embed/")
            assert any("script-src 'self'" in policy for policy in policies), path
            assert (headers["X-Frame-Options"], sum("frame-ancestors" in one for one in policies)) == (
                ([], 0) if framed else (["DENY"], 1)
            ), path
            assert len(headers["X-Content-Type-Options"]) == 1


def test_a_correction_and_a_withdrawal_show_at_once(embedded: SiteTest) -> None:
    write(embedded, end="corrections: [{date: 2017-08-01, text: Twice it was.}]\n")
    assert embedded.build().exit == 0
    assert "Its page was corrected on 1 August 2017." in embedded.read(FRAME)
    text = (embedded.root / "content/explainers/a.md").read_text()
    embedded.write(
        "content/explainers/a.md",
        text.replace("date: 2017-07-20}", "date: 2017-07-20, withdrawn: {date: 2017-08-02, reason: No.}}"),
    )
    assert embedded.build().exit == 0
    for path in (FRAME, CLAIM):
        assert "Source withdrawn" in embedded.read(path)


def test_a_claim_that_is_gone_is_shown_as_withdrawn(embedded: SiteTest) -> None:
    text = (embedded.root / "content/explainers/a.md").read_text().replace("claims:\n  calls: {sources: [paper]}\n", "")
    embedded.write(
        "content/explainers/a.md",
        text.replace('{{< claim id="calls" >}}the ambassador "called" twice{{< /claim >}}', "No"),
    )
    result = embedded.build()
    assert result.exit == 0
    assert "W454" in result.codes
    for path in (FRAME, CLAIM):
        html = embedded.read(path)
        assert "This claim was withdrawn." in html
        assert "ambassador" not in html
    assert "withdrawn" in json.loads(embedded.read("explainers/a/claims/calls/oembed.json"))["html"]


def test_another_site_frames_it_and_hears_its_height(embedded: SiteTest, tmp_path: Path) -> None:
    oembed = json.loads(embedded.read("explainers/a/claims/calls/oembed.json"))
    heard = "<script>heard = []; addEventListener('message', (e) => heard.push(e.data));</script>"
    with (
        served(embedded.out, functools.partial(HostHandler, site=embedded)) as at,
        browser(need_chromium()) as chromium,
    ):
        snippet = (
            oembed["html"].replace("https://example.org", at).replace('/calls/" title', '/calls/#?secret=s1" title')
        )
        (tmp_path / "page").mkdir()
        refused = f'<iframe id="no" src="{at}/explainers/a/"></iframe>'
        (tmp_path / "page/index.html").write_text(f"<!doctype html><title>x</title>{heard}{snippet}{refused}")
        handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "page"))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as other:
            threading.Thread(target=other.serve_forever, daemon=True).start()
            faults: list[str] = []
            page = chromium.new_page()
            page.on("console", lambda message: faults.append(message.text))
            page.goto(f"http://localhost:{other.server_port}/")
            page.locator("iframe").first.scroll_into_view_if_needed()
            frame = page.frame_locator("iframe >> nth=0")
            frame.locator("blockquote").wait_for()
            assert frame.locator("blockquote").inner_text() == "The ambassador “called” twice"
            page.wait_for_function("heard.length >= 2")
            told = page.evaluate("heard")
            other.shutdown()
    ours = next(one["value"] for one in told if one.get("explainer") == "height")
    assert 60 < ours <= oembed["height"]
    assert {"message": "height", "value": ours, "secret": "s1"} in told
    assert any("frame-ancestors" in fault or "X-Frame-Options" in fault for fault in faults), faults
