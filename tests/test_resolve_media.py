"""Media of other sites: a picture of ours and a link, which a click may turn into a frame, and nothing before it."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from tests.browsing import HostHandler, browser, joined, served
from tests.harness import SITE_YAML
from tests.needs import need_chromium
from tests.picture_files import plain_png

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.harness import SiteTest

ALLOWED = SITE_YAML + "media: {allow: [player.example, audio.example]}\n"
FILM = (
    'url="https://player.example/embed/x?a=1&b=2" title="The \\"film\\" & more" image="still.png" credit="The council"'
)
POLICY = "Content-Security-Policy"


def write(site: SiteTest, *calls: str, settings: str = ALLOWED) -> None:
    shown = "\n\n".join(f"{{{{< media {arguments} >}}}}" for arguments in calls)
    site.write("content/site.yaml", settings)
    site.write("content/explainers/a/index.md", f"---\ntitle: A\ndate: 2024-01-01\n---\nText.\n\n{shown}\n")
    site.write("content/explainers/a/still.png", plain_png())


def test_it_is_a_picture_and_a_link(site: SiteTest) -> None:
    write(site, FILM, settings=SITE_YAML + "feeds: whole\n")
    result = site.build()
    assert (result.exit, result.codes) == (0, [])
    (figure,) = site.html("explainers/a/index.html").select("figure")
    (link,) = figure.select("a")
    assert link["href"] == "https://player.example/embed/x?a=1&b=2"
    assert " ".join(link.get_text().split()) == "The “film” & more Open on player.example"
    (picture,) = link.select("img")
    assert (picture["src"], picture["alt"]) == ("/explainers/a/still.png", "")
    assert (site.out / "explainers/a/still.png").exists()
    assert "The council" in figure.select("figcaption")[0].get_text()
    assert not figure.has_attr("data-load")
    for path in ("feed.xml", "feed.json"):
        assert "https://player.example/embed/x" in site.read(path)
    assert not [
        path for path in site.tree() if path.endswith((".html", ".xml", ".json")) and "<iframe" in site.read(path)
    ]


def test_the_policy_names_the_hosts_and_only_then(site: SiteTest) -> None:
    write(site, FILM, settings=SITE_YAML)
    assert site.build().exit == 0
    (strict,) = joined(site, "/explainers/a/")[POLICY]
    assert "frame-src" not in strict
    write(site, FILM)
    assert site.build().exit == 0
    (policy,) = joined(site, "/explainers/a/")[POLICY]
    assert policy.replace("; frame-src https://player.example https://audio.example", "") == strict
    assert "data-load" in site.read("explainers/a/index.html")
    # Where other sites frame claims, the rest is still closed to them.
    write(site, FILM, settings=ALLOWED + "embeds: true\n")
    site.write("content/explainers/b.md", "---\ntitle: B\ndate: 2024-01-01\n---\n{{< claim id=c >}}x{{< /claim >}}\n")
    assert site.build().exit == 0
    policies = joined(site, "/explainers/a/")[POLICY]
    assert sorted(one.partition(" ")[0] for one in policies) == ["default-src", "frame-ancestors"]
    assert sum("frame-src https://player.example" in one for one in policies) == 1


ADDRESSES = {
    "https://PLAYER.example/x": True,
    "https://player.example": True,
    "http://player.example/x": False,
    "https://player.example:8443/x": False,
    "https://www.player.example/x": False,
    "https://player.example.evil.example/x": False,
    "https://evil.example/?https://player.example/": False,
    "https://evil.example#@player.example/": False,
}


def test_a_host_is_allowed_by_its_whole_name(site: SiteTest) -> None:
    write(site, *(f'url="{address}" title="T"' for address in ADDRESSES))
    assert site.build().exit == 0
    figures = site.html("explainers/a/index.html").select("figure")
    found = {figure.select("a")[0]["href"]: figure.has_attr("data-load") for figure in figures}
    assert found == ADDRESSES


def test_nothing_is_asked_for_before_a_click(site: SiteTest) -> None:
    other = 'url="https://other.example/v" title="Another"'
    write(site, FILM, 'url="https://audio.example/e" title="Sound" height="180"', other)
    assert site.build().exit == 0
    asked: list[tuple[str, str | None]] = []

    def answer(route: Route) -> None:
        asked.append((route.request.url, route.request.headers.get("referer")))
        route.fulfill(content_type="text/html", body="<!doctype html><title>P</title><button>Play</button>")

    with served(site.out, functools.partial(HostHandler, site=site)) as at, browser(need_chromium()) as chromium:
        context = chromium.new_context()
        context.route(re.compile("^https://"), answer)
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(f"{at}/explainers/a/")
        assert [button.inner_text().split("\n")[-1] for button in page.locator(".x-media button").all()] == [
            "Load from player.example",
            "Load from audio.example",
        ]
        assert [link.get_attribute("href") for link in page.locator(".x-media a").all()] == [
            "https://player.example/embed/x?a=1&b=2",
            "https://audio.example/e",
            "https://other.example/v",
        ]
        page.locator("button", has_text="Sound").focus()
        assert asked == []
        page.keyboard.press("Enter")
        page.frame_locator("iframe").get_by_text("Play").wait_for()
        assert asked == [("https://audio.example/e", f"{at}/")]
        assert page.evaluate("document.activeElement.title") == "Sound"
        assert frame(page)["height"] == 180
        page.locator("button", has_text="film").click()
        page.frame_locator("iframe >> nth=0").get_by_text("Play").wait_for()
        assert (frame(page)["title"], frame(page)["sandbox"]) == (
            "The “film” & more",
            "allow-scripts allow-same-origin",
        )
        page.emulate_media(media="print")
        assert page.locator("iframe:visible").count() == 0
        assert page.locator(".x-media img:visible").count() == 1
        # What the policy doesn't name isn't loaded, whatever a script does.
        assert refused == []
        with page.expect_console_message():
            page.evaluate(
                "document.body.append(Object.assign(document.createElement('iframe'), {src: 'https://other.example/v'}))"
            )
        context.close()
    assert any("frame-src" in one for one in refused)
    assert "https://other.example/v" not in dict(asked)


def frame(page: Page) -> dict[str, object]:
    """The first frame: its height on the screen, title and sandbox."""
    found: dict[str, object] = page.locator("iframe").first.evaluate(
        "one => ({height: one.clientHeight, title: one.title, sandbox: String(one.sandbox)})"
    )
    return found
