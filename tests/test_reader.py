"""The reader's page in a real browser: the demo and a site that is hard to show."""

from __future__ import annotations

import gzip
import re
import time
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from pypdf import PdfReader

from tests.browsing import DEMO, HARD, STORY, browser, served
from tests.hard_site import CLAIMS, write_hard_site
from tests.harness import SiteTest
from tests.needs import need_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

ROOT = Path(__file__).parents[1]
WIDTHS = (320, 390, 640, 1024, 1440, 2560)
COMPRESSED = 60_000


class Sites(NamedTuple):
    """Where both sites are served, and where they stand."""

    demo: str
    hard: str
    built: Path


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser(need_chromium()) as opened:
        yield opened


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    demo = SiteTest(tmp_path_factory.mktemp("demo"))
    result = demo.run("build", "--site", str(ROOT), "--out", str(demo.out), "--quiet")
    assert result.exit == 0, result.stderr
    hard = SiteTest(tmp_path_factory.mktemp("hard"))
    write_hard_site(hard)
    assert hard.build().exit == 0
    with served(demo.out) as at, served(hard.out) as hard_at:
        yield Sites(at, hard_at, demo.out)


def everywhere(sites: Sites) -> list[str]:
    return [*(sites.demo + path for path in DEMO), *(sites.hard + path for path in HARD)]


@contextmanager
def context(chromium: Browser, width: int = 1440, height: int = 900, **options: Any) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport={"width": width, "height": height}, **options)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def page_at(chromium: Browser, address: str, width: int = 1440, **options: Any) -> Iterator[Page]:
    with context(chromium, width, **options) as opened:
        page = opened.new_page()
        page.goto(address)
        yield page


def open_all(page: Page) -> None:
    """Open every claim's account, by the switch that stands with the list of claims."""
    page.click("a[href='#claims']")
    page.check("#open-all")


def shown(page: Page, selector: str) -> bool:
    return page.locator(selector).first.is_visible()


# --- Every page, whatever its width and light ------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Browser, sites: Sites, scheme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - it loads a large script

    axe, found = Axe(), []
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # Of all that is looked at, only colours differ in the dark.
    rules = {"resultTypes": ["violations"], "runOnly": ["color-contrast"] if scheme == "dark" else tags}
    with context(chromium, color_scheme=scheme) as opened:
        page = opened.new_page()
        for address in everywhere(sites):
            page.goto(address)
            # Colours of a hundred opened accounts take half a minute: once is enough.
            if page.locator("#open-all").count() and not (scheme == "dark" and address.endswith("/hard/")):
                open_all(page)
            for fault in axe.run(page, options=rules).response["violations"]:
                nodes = [node["html"][:200] for node in fault["nodes"][:3]]
                found.append(f"{address}: {fault['id']}: {fault['help']}: {nodes}")
    assert not found, "\n".join(found)


def test_no_page_is_wider_than_the_screen(chromium: Browser, sites: Sites) -> None:
    found = []
    with context(chromium) as opened:
        page = opened.new_page()
        for address, width in product(everywhere(sites), WIDTHS):
            page.set_viewport_size({"width": width, "height": 900})
            if page.url != address:
                page.goto(address)
                if page.locator("#open-all").count():
                    open_all(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{address} is {wide} wide at {width}")
    assert not found, "\n".join(found)


def test_nothing_comes_from_elsewhere_or_breaks_the_policy(chromium: Browser, sites: Sites) -> None:
    with context(chromium) as opened:
        page = opened.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        for address in everywhere(sites):
            asked.clear()
            page.goto(address)
            kinds = [url.rpartition(".")[2] for url in asked]
            assert all(url.startswith((sites.demo, sites.hard)) for url in asked)
            assert (kinds.count("css"), kinds.count("js")) == (1, 1), asked
        assert not said


def test_nothing_moves_while_it_is_read(chromium: Browser, sites: Sites) -> None:
    observe = """() => new Promise(done => {
        const moved = [];
        new PerformanceObserver(list => moved.push(...list.getEntries())).observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(moved.map(shift => shift.sources.map(source => source.node?.outerHTML?.slice(0, 90)))), 300);
    })"""
    with context(chromium) as opened:
        page = opened.new_page()
        page.route(re.compile(r"\.(png|woff2|js)$"), late)
        for address in everywhere(sites):
            page.set_viewport_size({"width": 1440 if address.endswith((STORY, "/pictured/")) else 390, "height": 844})
            page.goto(address)
            page.mouse.wheel(0, 1500)
            assert page.evaluate(observe) == [], address


def late(route: Route) -> None:
    """Let a typeface, a picture or the script come when the page has been painted."""
    time.sleep(0.1)
    route.continue_()


def test_pictures_take_their_place_before_they_come(chromium: Browser, sites: Sites) -> None:
    with context(chromium, 390) as opened:
        page = opened.new_page()
        page.route("**/*.png", lambda _: None)  # they never come
        page.goto(sites.hard + "/explainers/pictured/", wait_until="domcontentloaded")
        places = page.locator("main img").evaluate_all("all => all.map(e => [e.clientWidth, e.clientHeight])")
        assert places == [[350, 175], [20, 10], [350, 175]]


def test_the_story_begins_on_the_first_screen_of_a_phone(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, sites.demo + STORY, 390) as page:
        begins = page.locator(".x-story > :first-child").evaluate("one => one.getBoundingClientRect().top")
        assert begins <= 700


def test_an_explainer_is_light(sites: Sites) -> None:
    html = (sites.built / STORY.strip("/") / "index.html").read_bytes()
    static = sites.built / "static"
    (style,), (script,) = static.glob("style.*.css"), static.glob("script.*.js")
    assert (
        sum(len(gzip.compress(part, mtime=0)) for part in (html, style.read_bytes(), script.read_bytes())) < COMPRESSED
    )
    assert len((ROOT / "layouts/static/script.js").read_text().splitlines()) < 150


def test_forced_colors_leave_every_mark(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, sites.demo + STORY + "#how-campaign-talk", forced_colors="active") as page:
        edge = "e => getComputedStyle(e).borderTopStyle"
        assert page.locator(".x-bar").first.evaluate(edge) == "solid"
        assert page.locator("#how-campaign-talk").evaluate(edge) == "solid"
        assert page.locator("#claim-campaign-talk").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"


# --- A claim ---------------------------------------------------------------------------------------


def test_without_script(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, sites.demo + STORY, java_script_enabled=False) as page:
        assert not shown(page, ".x-how")
        page.click("a.x-sourcing[href='#how-campaign-talk']")
        assert shown(page, "#how-campaign-talk")
        assert page.locator(".x-how:visible").count() == 1
        page.click("#how-campaign-talk .x-how-end :nth-child(3)")
        assert page.locator(".x-how:visible").count() == 1
        page.click(".x-how:visible .x-how-top a")
        assert not shown(page, ".x-how:visible")
        assert not shown(page, "#quiet")
        page.click("a[href='#claims']")
        page.check("#quiet")
        words = page.locator("a.x-sourcing > span").first
        assert words.evaluate("e => e.offsetWidth") == 1  # still what the link is called
        assert words.text_content()
        page.check("#open-all")
        assert page.locator(".x-how:visible").count() == page.locator(".x-how").count()
        assert page.locator(".x-index li").count() == page.locator(".x-how").count()
        page.goto(sites.demo + "/claims/")
        assert shown(page, ".x-claims li")
        assert not shown(page, "form.x-filter")


def test_with_the_keyboard_alone(chromium: Browser, sites: Sites) -> None:
    active = "document.activeElement"
    with page_at(chromium, sites.demo + STORY) as page:
        page.keyboard.press("Tab")
        assert page.evaluate(f"{active}.className") == "x-skip"
        page.locator("a.x-sourcing[href='#how-campaign-talk']").focus()
        assert page.evaluate(f"{active}.ariaExpanded") == "false"
        page.keyboard.press("Enter")
        page.wait_for_function(f"{active}.id === 'how-campaign-talk'")
        assert page.locator("a.x-sourcing[aria-expanded=true]").count() == 1
        page.keyboard.press("Tab")
        assert page.evaluate(f"{active}.closest('.x-how').id") == "how-campaign-talk"
        page.keyboard.press("Escape")
        assert not shown(page, "#how-campaign-talk")
        assert page.evaluate(f"{active}.getAttribute('href')") == "#how-campaign-talk"
        page.keyboard.press("Enter")
        page.wait_for_function(f"{active}.id === 'how-campaign-talk'")
        page.locator("a.x-sourcing[href='#how-campaign-talk']").focus()
        page.keyboard.press("Enter")
        assert not shown(page, "#how-campaign-talk")
        assert page.evaluate(f"{active}.getAttribute('href')") == "#how-campaign-talk"


def test_by_touch_on_a_phone(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, sites.demo + STORY, 390, has_touch=True, is_mobile=True) as page:
        link = page.locator("a.x-sourcing[href='#how-campaign-talk']")
        link.tap()
        panel = page.locator("#how-campaign-talk")
        assert panel.is_visible()
        box, claim = panel.bounding_box(), page.locator("#claim-campaign-talk").bounding_box()
        assert box
        assert claim
        assert (box["x"], box["width"]) == (0, 390)
        assert 0 <= claim["y"] < box["y"] < 844  # the claim stays in sight above its account
        for button in panel.locator(".x-how-end > *, .x-how-top a").all():
            size = button.bounding_box()
            assert size
            assert size["height"] >= 44
        link.tap()
        assert not panel.is_visible()


def test_closing_leaves_the_story_where_it_was(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, sites.demo + STORY) as page:
        link = page.locator("a.x-sourcing[href='#how-campaign-talk']")
        link.click()
        before = link.bounding_box()
        link.click()
        assert link.bounding_box() == before


def test_a_citation_is_copied(chromium: Browser, sites: Sites) -> None:
    with page_at(
        chromium, sites.demo + STORY + "#how-campaign-talk", permissions=["clipboard-read", "clipboard-write"]
    ) as page:
        page.click("#how-campaign-talk button")
        page.get_by_role("button", name="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == (
        "“Ambassador Sergey Kislyak and Jeff Sessions discussed campaign matters during the 2016 race.” Jeff Sessions, the"
        " Russian ambassador and the intercepts, Explainer, 22 July 2017."
        " https://explainer.example/explainers/sessions-kislyak/#claim-campaign-talk"
    )


def test_the_choice_to_hide_words_is_kept(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, sites.demo + STORY) as page:
        page.click("a[href='#claims']")
        page.check("#quiet")
        page.goto(sites.demo + "/explainers/mayflower-april-2016/")
        assert page.locator("#quiet").is_checked()
        assert page.locator("a.x-sourcing > span").first.evaluate("e => e.offsetWidth") == 1


def test_margin_notes_stand_beside_the_text_and_are_not_read_twice(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, sites.demo + STORY) as page:
        paragraph, note = page.locator(".x-story > p").nth(1), page.locator(".x-story > p .x-margin").first
        beside, text = note.bounding_box(), paragraph.bounding_box()
        assert beside
        assert text
        assert beside["x"] > text["x"] + text["width"]
        assert note.get_attribute("aria-hidden") == "true"
        page.set_viewport_size({"width": 1024, "height": 900})
        assert not note.is_visible()


# --- Hard to show ----------------------------------------------------------------------------------


def test_an_account_opens_wherever_its_claim_stands(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, f"{sites.hard}/explainers/hard/", java_script_enabled=False) as page:
        for claim in ("in-heading", "in-cell", "in-cell-too", "over-blocks", "inside", "in-list", "in-quote"):
            page.goto(f"{sites.hard}/explainers/hard/#how-{claim}")
            panel, element = (page.locator(f"#{kind}-{claim}").bounding_box() for kind in ("how", "claim"))
            assert panel and element, claim  # noqa: PT018
            assert panel["height"] > 100, claim
            assert panel["y"] > element["y"], claim
            assert panel["width"] > 600, claim


def test_sixty_claims_open_at_once(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, f"{sites.hard}/explainers/hard/") as page:
        open_all(page)
        assert page.locator(".x-how:visible").count() > CLAIMS


def test_right_to_left(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, f"{sites.hard}/explainers/arabic/#how-talk") as page:
        assert page.locator("html").get_attribute("dir") == "rtl"
        text, note = page.locator(".x-story > p").bounding_box(), page.locator(".x-margin").first.bounding_box()
        close, panel = page.locator("#how-talk .x-how-top a").bounding_box(), page.locator("#how-talk").bounding_box()
        assert text and note and close and panel  # noqa: PT018
        assert note["x"] + note["width"] < text["x"]
        assert close["x"] < panel["x"] + panel["width"] / 3
        assert page.locator(".x-story bdi, .x-quote bdi").count()


# --- Lists and print -------------------------------------------------------------------------------


def test_the_ledger_filters(chromium: Browser, sites: Sites) -> None:
    with page_at(chromium, sites.demo + "/claims/2017/07/") as page:
        entries, output = page.locator(".x-claims > li:visible"), page.locator("form.x-filter output")
        every = entries.count()
        assert output.inner_text() == f"{every} claims shown"
        page.select_option("#filter-level", "origin-unstated")
        assert 0 < entries.count() < every
        page.select_option("#filter-level", "")
        page.select_option("#filter-speaker", "Jeff Sessions")
        said = entries.count()
        assert 0 < said < every
        page.fill("#filter-words", "mayflower recall")
        assert 0 < entries.count() < said
        page.fill("#filter-words", "no such words")
        assert (entries.count(), output.inner_text()) == (0, "No claim matches.")
        page.click("form.x-filter [type=reset]")
        page.wait_for_function(f"document.querySelectorAll('.x-claims > li:not([hidden])').length === {every}")
        page.select_option("#filter-status", "unresolved")
        assert 0 < entries.count() < every


def printed(page: Page, file: Path) -> str:
    page.pdf(path=file, format="A4")
    return re.sub(r"\s+", " ", " ".join(sheet.extract_text() for sheet in PdfReader(file).pages))


def test_print_writes_addresses_out(chromium: Browser, sites: Sites, tmp_path: Path) -> None:
    with page_at(chromium, sites.hard + "/explainers/espanol/") as page:
        assert "(https://hard.example/x)" in printed(page, tmp_path / "a.pdf")


def test_print_has_notes_and_words_and_cuts_nothing(chromium: Browser, sites: Sites, tmp_path: Path) -> None:
    with page_at(chromium, sites.demo + STORY + "#how-campaign-talk") as page:
        told = printed(page, tmp_path / "story.pdf")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 640, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
        for hidden in (".x-masthead nav", ".x-switches", ".x-how-end", ".x-margin"):
            assert not shown(page, hidden)
    for words in (
        "[US officials (unnamed), citing Sergey Kislyak’s account; denied earlier]", "How this is sourced", "Notes", "Cited at", "Reasons to rely on it",
        "One independent source, unnamed, not first-hand", "https://explainer.example/explainers/sessions-kislyak/",
    ):  # fmt: skip
        assert words in told, words
