"""What readers set themselves, and what writers bring: larger type, other languages, tall pictures."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.browsing import FLAGS, browser, served
from tests.hard_site import png
from tests.harness import SiteTest
from tests.needs import need_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

SITE = "title: A\nbase_url: https://example.org/\n"
SOURCES = """\
survey:
  {type: account, title: The account that the whole department had read and heard of for years}
files: {type: private-record, title: "The department's own files on the bridges of the county", via: survey}
aide: {type: interview, attribution: background, description: an aide, why_unnamed: Staff may not speak., via: files}
other: {type: report, title: A story, publisher: The Post, via: [files, survey]}
talk: {type: statement, title: Discurso, party: ada, date: 2018-11-13}
"""
STORY = """\
---
title: Los puentes
date: 2024-01-01
language: es
---
{{< claim id="weak" sources="aide other" >}}El puente es frágil{{< /claim >}}.

{{< claim id="a" speaker="ada" sources="talk" >}}Ada dijo que no lo era{{< /claim >}}.

{{< timeline speaker="ada" />}}

{{< figure src="tall.png" alt="Un puente" >}}
"""
# Lines of one drawing whose boxes lie over each other, as far as they do by more than a pixel.
OVERLAPS = """() => [...document.querySelectorAll('svg.x-map')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll('tspan')].map(line => {
        const range = document.createRange(); range.selectNodeContents(line);
        const {top, bottom, left, right, height} = range.getBoundingClientRect();
        return {words: line.textContent, top: top + height * 0.2, bottom: bottom - height * 0.2, left, right};
    }).filter(box => box.right > box.left);
    return boxes.flatMap((one, at) => boxes.slice(at + 1).filter(other =>
        one.top < other.bottom - 1 && other.top < one.bottom - 1 && one.left < other.right - 1 && other.left < one.right - 1
    ).map(other => [one.words, other.words]));
})"""
# How far each date of a timeline stands from the dot beside it.
CLEAR = """() => [...document.querySelectorAll('.x-timeline > li')].map(item => {
    const range = document.createRange(); range.selectNodeContents(item.querySelector('.x-when'));
    const date = range.getBoundingClientRect(), words = item.querySelector('div').getBoundingClientRect();
    return {size: date.width, room: words.left - date.right};
})"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    site = SiteTest(tmp_path_factory.mktemp("settings"))
    site.write("content/site.yaml", SITE)
    site.write("content/people.yaml", "ada: {name: Ada}\n")
    site.write("content/sources/a.yaml", SOURCES)
    site.write("content/explainers/puentes/index.md", STORY)
    site.write("content/explainers/puentes/tall.png", png(900, 1600))
    result = site.build()
    assert result.exit == 0, result.stdout
    with served(site.out) as at:
        yield at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser(need_chromium()) as opened:
        yield opened


@contextmanager
def reader(chromium: Browser, profile: Path, size: int, width: int = 1000) -> Iterator[Page]:
    """A browser whose reader has set another size of type."""
    settings: dict[str, Any] = {"webkit": {"webprefs": {"default_font_size": size}}}
    (profile / "Default").mkdir()
    (profile / "Default/Preferences").write_text(json.dumps(settings))
    opened = chromium.browser_type.launch_persistent_context(
        str(profile), executable_path=need_chromium(), args=list(FLAGS), viewport={"width": width, "height": 900}
    )
    try:
        yield opened.pages[0]
    finally:
        opened.close()


@pytest.mark.parametrize("size", [20, 24, 32])
def test_nothing_overlaps_in_larger_type(address: str, chromium: Browser, size: int, tmp_path: Path) -> None:
    with reader(chromium, tmp_path, size) as page:
        page.goto(f"{address}/explainers/puentes/#how-weak")
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{size}px"
        assert page.locator("svg.x-map:visible").count() == 1
        assert page.evaluate(OVERLAPS) == []
        scale = page.locator("svg.x-map:visible").evaluate("svg => svg.getBoundingClientRect().width")
        assert scale == pytest.approx(17.75 * size, abs=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1000


def test_dates_of_a_timeline_stand_clear_of_its_line_in_a_long_language(address: str, chromium: Browser) -> None:
    with chromium.new_context() as opened:
        page = opened.new_page()
        page.goto(f"{address}/explainers/puentes/")
        for width in (640, 700, 900, 1120, 1440, 2560):
            page.set_viewport_size({"width": width, "height": 900})
            found = page.evaluate(CLEAR)
            assert found, width
            # The dot, 12 px, and a gap on either side.
            assert all(one["size"] > 140 and one["room"] >= 36 for one in found), (width, found)


def test_a_portrait_is_never_taller_than_the_window(address: str, chromium: Browser) -> None:
    with chromium.new_context(viewport={"width": 1280, "height": 700}) as opened:
        page = opened.new_page()
        page.goto(f"{address}/explainers/puentes/")
        picture = page.locator("figure img")
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("one => one.getBoundingClientRect().height") <= 0.85 * 700
        page.emulate_media(media="print")
        assert page.locator("figure").evaluate("one => getComputedStyle(one).breakInside") == "avoid"


def test_numbers_of_notes_are_targets_under_a_thumb(address: str, chromium: Browser) -> None:
    with chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as opened:
        page = opened.new_page()
        page.goto(f"{address}/explainers/puentes/")
        assert page.evaluate("matchMedia('(pointer: coarse)').matches")
        boxes = [one.bounding_box() for one in page.locator(".x-story p .x-cites a").all()]
        assert len(boxes) > 1
        assert all(box["width"] >= 24 and box["height"] >= 24 for box in boxes if box), boxes
