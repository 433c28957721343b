"""The default theme as code: what its layouts and its style sheets promise to those who build on them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
