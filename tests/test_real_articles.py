"""Ten real articles build as they are; what each is told is what its writer would want to know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness import SiteTest

FILES = sorted(file for file in (Path(__file__).parent / "fixtures" / "real").glob("*.md") if file.stem != "README")
# The codes of each, with what stands at their places; the others are told nothing.
TOLD = {
    "bad-ideas": [("W358", "[effectively closing off a channel of potential ideas] (")],
    "coming-soon": [("W355", "<span>")],
    "foia": [("W355", "<figure>"), ("W354", "{{ site.baseurl }}")],
    "https-domains": [("W355", "<strong>")],
    "jekyll-and-webhooks": [("W352", "<!-- more -->")],
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_article_is_told_nothing_unfair(site: SiteTest, file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    site.write(f"content/explainers/{file.name}", text)
    result = site.build()
    lines = text.split("\n")
    told = [(one.code, lines[one.line - 1][one.col - 1 : one.end_col - 1]) for one in result.diagnostics]
    assert (result.exit, told) == (0, TOLD.get(file.stem, []))
    assert f"explainers/{file.stem}/index.html" in site.tree()


def test_there_are_ten() -> None:
    assert len(FILES) == 10
