"""No template has words of its own: what a page says comes from the catalogs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import jinja2
import pytest
from jinja2 import nodes

from explainer.system.default_theme import default_layouts
from tests.harness import CATALOGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAYOUTS = default_layouts()
TEMPLATES = sorted(path for path in LAYOUTS.rglob("*.html"))
# Attributes whose values readers meet.
_SHOWN = re.compile(r"""\b(?:aria-label|alt|title|placeholder|data-[\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG = re.compile(r"<[^>]*>|&\w+;")
_WORD = re.compile(r"[^\W\d_]{2,}")
# What Open Graph calls a page.
_MACHINES = {"article", "profile", "website"}
_KEY = re.compile(r"[a-z]+(?:[.-][a-z_-]+)+")


def _texts(template: Path) -> Iterator[str]:
    """The template's text outside of tags, and in attributes that readers meet; expressions as gaps."""
    source = jinja2.Environment().parse(template.read_text("utf-8"))  # noqa: S701 - read, not rendered
    whole = "".join(
        part.data if isinstance(part, nodes.TemplateData) else "\x00"
        for output in source.find_all(nodes.Output)
        for part in output.nodes
    )
    yield _TAG.sub(" ", whole.replace("\x00", ""))
    for found in _SHOWN.finditer(whole):
        yield (found[1] or found[2] or "").replace("\x00", "")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(LAYOUTS).as_posix())
def test_no_words_outside_catalogs(template: Path) -> None:
    assert {word for text in _texts(template) for word in _WORD.findall(text)} <= _MACHINES


def _constants(template: Path) -> Iterator[str]:
    tree = jinja2.Environment().parse(template.read_text("utf-8"))  # noqa: S701 - read, not rendered
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "t" and call.args:
            first = call.args[0]
            for const in [first] if isinstance(first, nodes.Const) else first.find_all(nodes.Const):
                if "." in str(const.value):
                    yield str(const.value)


def test_every_key_that_a_template_names_is_in_the_catalog() -> None:
    english = CATALOGS.table("en")
    named = {key for template in TEMPLATES for key in _constants(template)}
    assert {key for key in named if _KEY.fullmatch(key)} <= english.keys()
    # The others are the beginning or the end of a key that is put together.
    assert all(any(known.startswith(key) or known.endswith(key) for known in english) for key in named)


def test_every_word_of_the_catalog_is_used() -> None:
    """By its whole key, or by the part that is written out where the rest is put together."""
    code = [path.read_text("utf-8") for path in (*TEMPLATES, *(LAYOUTS.parent / "explainer").rglob("*.py"))]
    whole = "\n".join(code)
    put_together = re.findall(r"""["']([a-z]+\.)["'] ~|f["']([a-z]+\.)\{""", whole)
    prefixes = tuple({first or second for first, second in put_together})
    unused = {key for key in CATALOGS.table("en") if f'"{key}"' not in whole and f"'{key}'" not in whole}
    assert {key for key in unused if not key.startswith(prefixes)} == set()
