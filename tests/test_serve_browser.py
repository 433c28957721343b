"""The preview in a real browser: the text changes, faults come and go, style is swapped, the lens leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.harness import SiteTest
from tests.needs import need_chromium
from tests.serve_support import LONG, Preview, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import APIResponse, Browser, Page, Route, WebSocketRoute

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
TEXT = """\
---
title: {title}
date: 2024-01-01
sources:
  memo: {{type: public-record, title: A memo, url: "https://example.org/memo"}}
  wire: {{type: report, title: A story}}
---
It is {word}. {{{{< claim id="one" sources="memo" >}}}}A thing happened{{{{< /claim >}}}}.

{{{{< claim id="two" sources="wire" >}}}}Another thing happened{{{{< /claim >}}}}.

<!-- long -->
"""
DRAFT = "---\ntitle: A draft of ours\ndraft: true\n---\nNot yet.\n"
LONG_TEXT = "\n\n".join(f"Paragraph {number} goes on for a while." for number in range(120))


def text(word: str, title: str = "A title") -> str:
    return TEXT.format(word=word, title=title).replace("<!-- long -->", LONG_TEXT)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=need_chromium(), args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    site = SiteTest(tmp_path_factory.mktemp("browser") / "project")
    site.write("content/explainers/a.md", text("first"))
    site.write("content/explainers/draft.md", DRAFT)
    site.write("layouts/static/own.css", "h1 { color: rgb(1, 2, 3) }")
    site.write(
        "layouts/explainer.html",
        '{% extends "default/explainer.html" %}{% block head %}<link rel="stylesheet" href="{{ asset("own.css") }}">'
        '{% endblock %}{% block closing %}<details id="more"><summary>More</summary>Inside.</details>{{ super() }}{% endblock %}',
    )  # fmt: skip
    with Preview(site.root, "--editor", "edit://{path}:{line}:{col}") as running:
        yield running


@pytest.fixture
def site(preview: Preview) -> SiteTest:
    return SiteTest(preview.site)


def settle(preview: Preview, site: SiteTest) -> None:
    """Bring the page to its first text, and wait until all that was saved so far is taken in.

    Faults are those of the whole site, which is looked at last.
    """
    site.write("content/explainers/a.md", text("first").replace('"memo"', '"mema"'))
    until(lambda: preview.ask("faults")["count"], "a fault is told")
    site.write("content/explainers/a.md", text("first"))
    until(lambda: not preview.ask("faults")["count"], "it is mended")
    preview.shows("/explainers/a/", "It is first.")


@pytest.fixture
def shown(browser: Browser, preview: Preview, site: SiteTest) -> Iterator[Page]:
    """The page, as it is at first, in a browser of its own."""
    settle(preview, site)
    context = browser.new_context(viewport={"width": 1200, "height": 700})
    context.set_default_timeout(LONG * 1000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{preview.base}/explainers/a/")
    page.locator("explainer-lens").wait_for(state="attached")
    yield page
    context.close()
    assert faults == []


def test_the_text_changes_where_the_reader_stands(shown: Page, site: SiteTest) -> None:
    shown.evaluate("document.getElementById('more').open = true; scrollTo(0, 1500)")
    site.write("content/explainers/a.md", text("second"))
    shown.get_by_text("It is second.").wait_for()
    until(lambda: shown.evaluate("scrollY") == 1500, "the place is kept")
    assert shown.evaluate("document.getElementById('more').open")


def test_what_changes_elsewhere_doesnt_reload_the_page(shown: Page, site: SiteTest, preview: Preview) -> None:
    shown.evaluate("window.same = true")
    site.write("content/pages/about.md", "---\ntitle: Sitting\n---\nAnother page.\n")
    preview.shows("/sitting/" if preview.get("/sitting/").status == 200 else "/about/", "Another page.")
    shown.get_by_role("link", name="Sitting").wait_for()  # it is in the footer of every page
    (site.root / "content/pages/about.md").unlink()
    shown.get_by_role("link", name="Sitting").wait_for(state="detached")
    shown.evaluate("window.same = true")
    draft = "---\ntitle: A draft of ours\ndraft: true\n---\nNot yet, and not soon.\n"
    site.write("content/explainers/draft.md", draft)
    preview.shows("/explainers/draft/", "not soon")
    shown.wait_for_timeout(300)
    assert shown.evaluate("window.same")


def test_style_is_swapped_without_a_reload(shown: Page, site: SiteTest) -> None:
    shown.evaluate("window.same = true; document.getElementById('more').open = true; scrollTo(0, 900)")
    site.write("layouts/static/own.css", "h1 { color: rgb(9, 8, 7) }")
    until(lambda: shown.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(9, 8, 7)", "new style")
    assert shown.evaluate("[window.same, document.getElementById('more').open, scrollY]") == [True, True, 900]


def test_a_fault_comes_over_the_page_and_goes(shown: Page, site: SiteTest, preview: Preview) -> None:
    site.write("content/explainers/a.md", text("second").replace('"memo"', '"mema"'))
    panel = shown.locator("explainer-faults .faults")
    panel.wait_for()
    told = panel.inner_text()
    for words in (
        "One error",
        "content/explainers/a.md:8:43",
        "E201 unknown-source",
        "there is no source",
        "^^^^",
        "memo",
    ):
        assert words in told
    href = panel.locator("a.place").get_attribute("href")
    assert href == f"edit://{preview.site.resolve()}/content/explainers/a.md:8:43"
    assert shown.get_by_text("It is first.").is_visible()
    shown.keyboard.press("Escape")
    panel.wait_for(state="detached")
    shown.reload()
    panel.wait_for()
    site.write("content/explainers/a.md", text("third"))
    shown.get_by_text("It is third.").wait_for()
    panel.wait_for(state="detached")


BROKEN = text("first").replace('"memo"', '"mema"')


def test_a_fault_mended_before_the_page_was_listening_is_not_shown(
    shown: Page, site: SiteTest, preview: Preview
) -> None:
    def mend(socket: WebSocketRoute) -> None:
        site.write("content/explainers/draft.md", DRAFT)
        until(lambda: not preview.ask("faults")["count"], "it is mended")
        socket.connect_to_server()

    site.write("content/explainers/draft.md", BROKEN)
    until(lambda: preview.ask("faults")["count"], "the fault is told")
    shown.route_web_socket("**/-/socket*", mend)
    shown.reload()
    shown.locator("explainer-lens").wait_for(state="attached")
    shown.wait_for_timeout(100)
    assert shown.locator("explainer-faults").count() == 0


def test_an_answer_that_comes_too_late_is_not_shown(shown: Page, site: SiteTest, preview: Preview) -> None:
    late: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if late:
            route.fallback()
        else:
            late.append((route, route.fetch()))

    site.write("content/explainers/other.md", BROKEN)
    until(lambda: preview.ask("faults")["count"], "the fault is told")
    shown.route("**/-/faults*", hold)
    shown.reload()
    shown.locator("explainer-lens").wait_for(state="attached")
    with shown.expect_response(lambda answer: "/-/faults" in answer.url and answer.json()["count"] == 0):
        (site.root / "content/explainers/other.md").unlink()
    [(route, answer)] = late
    assert answer.json()["count"] == 1
    with shown.expect_response("**/-/faults*"):
        route.fulfill(response=answer)
    shown.wait_for_timeout(100)
    assert shown.locator("explainer-faults").count() == 0


def test_a_broken_layout_comes_over_the_page_and_goes(shown: Page, site: SiteTest) -> None:
    site.write("layouts/page.html", '{% extends "default/page.html" %}{% block main %}{{ nothing }}{% endblock %}')
    panel = shown.locator("explainer-faults .faults")
    panel.wait_for()
    assert "layouts/page.html:1:1" in panel.inner_text()
    (site.root / "layouts/page.html").unlink()
    panel.wait_for(state="detached")
    assert shown.get_by_text("It is first.").is_visible()


def test_the_lens_lists_claims_and_leads_to_them(shown: Page, preview: Preview) -> None:
    lens = shown.locator("explainer-lens")
    assert "2 claims" in lens.locator("summary").inner_text()
    assert "1 to look at" in lens.locator("summary").inner_text()
    lens.locator("summary").click()
    inside = lens.locator(".inside").inner_text()
    for words in (
        "A thing happened",
        "Another thing happened",
        "line 8",
        "line 10",
        "Origin not stated",
        "A memo",
        "Draft",
    ):
        assert words in inside
    lens.get_by_role("link", name="Another thing happened").click()
    assert shown.url.endswith("#claim-two")
    assert lens.get_by_role("link", name="line 8").get_attribute("href") == (
        f"edit://{preview.site.resolve()}/content/explainers/a.md:8:14"
    )
    assert shown.locator("explainer-mark").count() == 1
    assert "Origin not stated" in shown.locator("explainer-mark .mark").inner_text()
    lens.get_by_role("link", name="A draft of ours").click()
    shown.get_by_text("Not yet").first.wait_for()
    until(lambda: "Draft" in lens.locator("summary").inner_text(), "a draft is marked")


def test_the_lens_is_brought_up_to_date(shown: Page, site: SiteTest) -> None:
    shown.locator("explainer-lens summary").click()
    site.write("content/explainers/a.md", text("first").replace("It is", "\n\nIt is"))
    shown.locator("explainer-lens").get_by_role("link", name="line 12").wait_for()


def test_a_page_opened_by_number_moves_to_its_name(shown: Page, preview: Preview) -> None:
    shown.goto(f"http://127.0.0.1:{preview.port}/explainers/a/#claim-one")
    shown.wait_for_url(f"{preview.base}/explainers/a/#claim-one")


def test_links_of_the_finished_site_lead_here(shown: Page, preview: Preview) -> None:
    shown.evaluate(
        "document.querySelector('main').insertAdjacentHTML('afterbegin', '<a id=x href=\"https://example.org/explainers/\">x</a>')"
    )
    shown.locator("#x").click()
    shown.wait_for_url(f"{preview.base}/explainers/")


def test_a_restart_is_survived(browser: Browser, site: SiteTest, tmp_path_factory: pytest.TempPathFactory) -> None:
    own = SiteTest.from_dir(site.root, tmp_path_factory.mktemp("again") / "project")
    with Preview(own.root) as first:
        port = first.port
        page = browser.new_page()
        page.goto(f"{first.base}/explainers/a/")
        page.locator("explainer-lens").wait_for(state="attached")
    own.write("content/explainers/a.md", text("changed meanwhile"))
    with Preview(own.root, "--port", str(port)):
        page.get_by_text("It is changed meanwhile.").wait_for(timeout=LONG * 1000)
        own.write("content/explainers/a.md", text("changed again"))
        page.get_by_text("It is changed again.").wait_for(timeout=LONG * 1000)
        page.close()


@pytest.mark.parametrize("width", [1200, 360])
def test_lens_and_faults_fit_the_screen(shown: Page, site: SiteTest, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": 700})
    shown.locator("explainer-lens summary").click()
    expect(shown.locator("explainer-lens .lens")).to_have_css("position", "fixed")  # its style has come
    box = shown.locator("explainer-lens .lens").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    site.write("content/explainers/a.md", text("second").replace('"memo"', '"mema"'))
    panel = shown.locator("explainer-faults .faults")
    expect(panel).to_have_css("position", "fixed")
    box = panel.bounding_box()
    assert box
    assert box["width"] <= width
    assert panel.evaluate("one => one.scrollWidth <= one.clientWidth")
    site.write("content/explainers/a.md", text("first"))
    panel.wait_for(state="detached")


def test_nothing_of_it_is_printed(shown: Page) -> None:
    shown.emulate_media(media="print")
    expect(shown.locator("explainer-lens")).to_have_css("display", "none")
