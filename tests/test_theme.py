"""The default theme as code: what its layouts and its style sheets promise to those who build on them."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest

from explainer.model.published_pages import Page
from tests.harness import SiteTest
from tools.demo_chart import chart

LAYOUTS = Path(__file__).parents[1] / "layouts"
TEMPLATES = sorted(LAYOUTS.rglob("*.html"))
STYLES = sorted((LAYOUTS / "style").glob("*.css"))
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def plain(style: Path) -> str:
    """A style sheet without its comments and addresses."""
    return re.sub(r"/\*.*?\*/|url\([^)]*\)", "", style.read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.relative_to(LAYOUTS).as_posix())
def test_classes_of_layouts_have_the_themes_prefix(file: Path) -> None:
    text = _TAG.sub(" x- ", file.read_text("utf-8"))
    names = [name for value in re.findall(r'class="([^"]*)"', text) for name in value.split()]
    assert [name for name in names if not name.startswith("x-")] == []


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_classes_of_style_sheets_have_the_themes_prefix(file: Path) -> None:
    names = re.findall(r"(?<!\d)\.([a-zA-Z_][\w-]*)", plain(file))
    assert [name for name in names if not name.startswith("x-")] == []


_SPACE = re.compile(r"(?<![\w-])((?:margin|padding)(?:-[\w-]+)?|(?:row-|column-)?gap):\s*([^;]+);")
_TYPE = re.compile(r"(?<![\w-])(font-size|font):\s*([^;]+);")
_SIZE = re.compile(r"(?<![\w-])-?\d*\.?\d+(?:r?em|pt|mm|vw)\b")
# `px` are hairlines, and units of the drawing.


@pytest.mark.parametrize("file", [file for file in STYLES if file.name != "tokens.css"], ids=lambda file: file.name)
def test_sizes_of_type_and_space_are_tokens(file: Path) -> None:
    text = plain(file).replace("font-size: 8.75pt;", "")  # what a rem is on paper
    text = text.replace("@page { margin: 18mm 20mm; }", "")
    found = [match.group() for pattern in (_SPACE, _TYPE) for match in pattern.finditer(text) if _SIZE.search(match[2])]
    assert found == []


def test_there_are_eight_sizes_of_type_and_eight_of_space() -> None:
    text = plain(LAYOUTS / "style/tokens.css")
    assert sorted(set(re.findall(r"--([ts]\d+):", text))) == [f"{kind}{n}" for kind in "st" for n in range(1, 9)]


def test_every_token_in_use_is_there() -> None:
    named = {name for file in STYLES for name in re.findall(r"var\((--[\w-]+)", plain(file))}
    given = {name for file in STYLES for name in re.findall(r"(--[\w-]+):", plain(file))}
    assert named <= given


def test_the_font_shorthand_is_written_once() -> None:
    assert sum(len(re.findall(r"(?<![\w-])font:", plain(file))) for file in STYLES) == 1


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_lines_of_style_sheets_are_short_and_nothing_is_forced(file: Path) -> None:
    text = file.read_text("utf-8")
    assert [line for line in text.splitlines() if len(line) > 120] == []
    assert "!important" not in text


def test_the_demos_picture_is_what_the_repository_draws() -> None:
    drawn = Path(__file__).parents[1] / "content/explainers/sessions-kislyak/meetings.svg"
    assert drawn.read_text("utf-8") == chart()


def test_the_guide_and_the_docs_have_one_table_of_types() -> None:
    root = Path(__file__).parents[1]
    tables = [
        (root / name).read_text("utf-8").split("| What I have", 1)[1].split("\n\n", 1)[0].splitlines()
        for name in ("content/pages/how-writers-declare-sources.md", "docs/writing.md")
    ]
    assert len(tables[0]) > 10
    assert tables[0] == tables[1]


def test_promised_macros_are_there_with_their_parameters() -> None:
    text = (LAYOUTS.parent / "docs/theming.md").read_text("utf-8")
    promised = re.findall(r"(?m)^\| `(\w+\.html): (\w+\([^)]*\))` \|", text)
    assert len(promised) > 15
    for name, macro in promised:
        layout = (LAYOUTS / "partials" / name).read_text("utf-8")
        assert f"{{% macro {macro} %}}" in layout, f"{name}: {macro}"


def test_borrowed_words_are_marked_as_english(tmp_path: Path) -> None:
    site = SiteTest(tmp_path)
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\n")
    site.write(
        "content/explainers/a.md",
        "---\ntitle: A\ndate: 2024-05-27\nlanguage: he\nauthors: [Ann]\n---\nText[^1].\n\n[^1]: Note.\n",
    )
    assert site.build().codes == ["W651"]
    page = site.html("explainers/a/index.html")
    assert page.html is not None
    assert (page.html["lang"], page.html["dir"]) == ("he", "rtl")
    for selector in (".x-byline", ".x-meta", ".x-masthead nav", ".x-colophon", "#notes"):
        (element,) = page.select(selector)
        assert (element["lang"], element["dir"]) == ("en", "ltr"), selector
    assert "27 May 2024" in page.select(".x-meta")[0].get_text()
    (note,) = page.select(".x-footnote")
    assert (note["lang"], note["dir"]) == ("he", "rtl")


PAGE = """\
---
title: About it
date: 2024-01-01
authors: [Ada Example]
sources:
  memo: {type: public-record, title: A memo}
---
{{< claim id="one" sources="memo" >}}A thing happened{{< /claim >}}.[^why]

[^why]: Because.
"""


def test_pages_leave_nothing_of_themselves_to_the_garbage_collector(site: SiteTest) -> None:
    """A macro of a layout that is rendered for each page holds all of the page, in a cycle."""
    site.write("content/explainers/a.md", PAGE)
    site.write("content/pages/b.md", "---\ntitle: Beside\n---\nWords.[^why]\n\n[^why]: Because.\n")
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        built = site.build("--jobs", "1")
        gc.collect()
        left = {type(one) for one in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert built.exit == 0
    assert Page not in left
