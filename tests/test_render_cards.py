"""Cards: the picture of each explainer without one of its own, as recorded, in three languages, and what they tell."""

from __future__ import annotations

import io
import re
import shutil
import sys
from hashlib import sha256
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from PIL import Image

from explainer.engine import card_outputs
from explainer.pictures import rasterizing
from explainer.render.cards.lettering import Lettering
from explainer.render.cards.typefaces import read_typeface
from explainer.system.default_theme import default_layouts

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.render.cards.typefaces import Typeface
    from tests.harness import SiteTest

SERIF, SANS = "Explainer Card Serif", "Explainer Card Sans"
TITLES = {
    "en": 'What "intercepts" say about the ambassador',
    "es": "Qué se sabe de las 1.234 llamadas del señor Núñez",
    "ar": "ما الذي قالته شبكة (CNN) عن الحملة خلال ١٢ يومًا من 2017؟",
}
PAGE = """\
---
title: '{title}'
date: 2024-01-01
language: {language}
sources:
  memo: {{type: public-record, title: Memo, date: 2017-03}}
  deep: {{type: interview, attribution: deep-background, why_unnamed: x, knowledge: first-hand, description: CANARY}}
---
{{{{< claim id="a" sources="memo" >}}}}A claim{{{{< /claim >}}}} and {{{{< claim id="b" sources="deep" >}}}}another{{{{< /claim >}}}}.
"""
# By resvg 0.2.0, of the default layout and its typefaces: who changes one of these looks at the cards, and records them.
PINNED = "0.2.0"
RECORDED = {
    "en": "0abbb3a8b6f76a243620e812b27ca22dcc504fc215a2c72cc515e87f6a4c46cb",
    "es": "6841a266cdebdbf65c280b1425161c9f6b45b53442004d7a7e1e75c995e5a9c8",
    "ar": "8e8c2a904e3e3ba76dfb160c55603f0cf8ceda64471737db141b16aad18cf59d",
}


def faces() -> list[Typeface]:
    found = [read_typeface(file.read_bytes()) for file in sorted((default_layouts() / "cards/fonts").glob("*.ttf"))]
    return [face for face in found if face]


@pytest.fixture
def built(site: SiteTest) -> SiteTest:
    for language, title in TITLES.items():
        site.write(f"content/explainers/{language}.md", PAGE.format(title=title, language=language))
    result = site.build()
    assert (result.exit, result.codes) == (0, []), result.diagnostics
    return site


def card_of(site: SiteTest, slug: str) -> Path:
    (file,) = (site.out / "explainers" / slug).glob("card.*.png")
    return file


def test_the_same_bytes_as_recorded(built: SiteTest) -> None:
    if rasterizing.version() != PINNED:
        pytest.skip(f"recorded with resvg {PINNED}")
    assert {slug: sha256(card_of(built, slug).read_bytes()).hexdigest() for slug in TITLES} == RECORDED


def test_what_the_head_says_of_it(built: SiteTest) -> None:
    file = card_of(built, "en")
    with Image.open(file) as image:
        assert (image.size, image.format) == ((1200, 630), "PNG")
    told = {
        tag.get("property") or tag.get("name"): str(tag["content"])
        for tag in built.html("explainers/en/index.html")("meta")
        if "content" in tag.attrs
    }
    assert told["og:image"] == f"https://example.org/explainers/en/{file.name}"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["twitter:card"] == "summary_large_image"
    assert told["og:image:alt"].startswith(
        "A site. What “intercepts” say about the ambassador. 2 claims: 1 named · 1 unnamed only"
    )
    assert re.fullmatch(r"card\.[0-9a-f]{12}\.png", file.name)
    assert "twitter:card" in built.read("index.html")
    assert "og:image" not in built.read("index.html")


def test_nothing_is_told_of_a_source_on_deep_background(built: SiteTest) -> None:
    files = [*built.out.rglob("*"), *(built.root / ".explainer/cards").iterdir()]
    assert not any(b"CANARY" in file.read_bytes() for file in files if file.is_file())


def test_a_picture_of_the_page_comes_first(built: SiteTest) -> None:
    built.write(
        "content/explainers/en.md",
        PAGE.replace("language: {language}", "image: {{src: 'https://example.com/a.jpg', alt: A}}").format(title="A"),
    )
    assert built.build().exit == 0
    assert not list((built.out / "explainers/en").glob("card.*"))
    assert {file.name for file in (built.root / ".explainer/cards").iterdir()} == {
        "digests", card_of(built, "es").name, card_of(built, "ar").name,
    }  # fmt: skip


def test_they_are_kept_by_what_they_are_made_of(built: SiteTest) -> None:
    tree = built.tree()
    with patch.object(card_outputs, "rasterize", side_effect=AssertionError):
        built.write("content/explainers/en.md", PAGE.format(title=TITLES["en"], language="en") + "\nMore words.\n")
        assert built.build().exit == 0
        shutil.rmtree(built.out)
        built.write("content/explainers/en.md", PAGE.format(title=TITLES["en"], language="en"))
        assert built.build().exit == 0
    assert built.tree() == tree
    file = built.root / ".explainer/cards" / card_of(built, "en").name
    file.write_bytes(file.read_bytes()[:999])
    shutil.rmtree(built.out)
    assert built.build().exit == 0
    assert built.tree() == tree
    # A card that somebody took out of the output comes back.
    card_of(built, "ar").unlink()
    assert built.build().exit == 0
    assert built.tree() == tree
    before = card_of(built, "en").name
    built.write("content/site.yaml", "title: Another name\nbase_url: https://example.org/\n")
    assert built.build().exit == 0
    assert card_of(built, "en").name != before


def test_none_are_made_where_the_site_says_so_or_nothing_draws(built: SiteTest) -> None:
    built.write("content/site.yaml", "title: A site\nbase_url: https://example.org/\ncards: none\n")
    assert built.build().exit == 0
    assert not list(built.out.rglob("card.*"))
    assert not list((built.root / ".explainer/cards").glob("card.*"))
    built.write("content/site.yaml", "title: A site\nbase_url: https://example.org/\n")
    with patch.dict(sys.modules, {"resvg": None}):
        assert built.build().codes == []
    assert not list(built.out.rglob("card.*"))


def test_a_layout_of_the_sites_own(built: SiteTest) -> None:
    box = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10" fill="red"/></svg>'
    )
    built.write("layouts/cards/explainer.svg", "{# {{ entry.title }} #}" + box)
    assert built.build().exit == 0
    with Image.open(card_of(built, "en")) as image:
        assert image.convert("RGB").getcolors() == [(200, (255, 0, 0))]
    for wrong, code in ((box[:-3], "E604"), ("{{ entry.nothing }}", "E603")):
        built.write("layouts/cards/explainer.svg", wrong)
        assert set(built.build().codes) == {code}


@pytest.mark.parametrize("title", [*TITLES.values(), "Größere Übergänge", "Příliš žluťoučký kůň", "a fi ffi"])
def test_every_line_fits_and_has_one_typeface(title: str) -> None:
    for family in (SERIF, SANS):
        set_text = Lettering(faces(), "ltr").set(title, 1072, [(80, 3), (56, 5)], [family])
        assert all(re.fullmatch(rf'<tspan font-family="{family}">[^<]*</tspan>', line) for line in set_text.lines)


def test_headlines_of_any_length() -> None:
    lettering = Lettering(faces(), "ltr")
    sizes = [(80, 3), (56, 5)]
    assert lettering.set("Short", 1072, sizes, [SERIF]).size == 80
    long = lettering.set("one two three four " * 40, 1072, sizes, [SERIF])
    assert (long.size, len(long.lines)) == (56, 5)
    assert long.lines[-1].endswith("…\u2069</tspan>")
    word = lettering.set("W" * 300, 1072, sizes, [SERIF])
    assert len(word.lines) == 5
    assert lettering.set("", 1072, sizes, [SERIF]).lines == ('<tspan font-family=""></tspan>',)
    assert lettering.missing == ""
    lettering.set("Что", 1072, sizes, [SERIF])
    assert lettering.missing == "Ч"


def test_arabic_is_ordered_by_the_line() -> None:
    (line,) = Lettering(faces(), "rtl").set("الحملة (CNN)", 1072, [(40, 1)], [SANS]).lines
    assert line == f'<tspan font-family="{SANS}">\u2067الحملة (CNN)\u2069</tspan>'


def test_what_is_no_typeface() -> None:
    whole = (default_layouts() / "cards/fonts/explainer-card-sans.ttf").read_bytes()
    assert read_typeface(b"") is None
    assert read_typeface(whole[:400]) is None
    face = read_typeface(whole)
    assert face is not None
    assert face.family == SANS
    assert {ord(char) for char in "aäčßح٢ "} <= face.widths.keys()
    assert 0.4 < face.widths[ord("a")] < 0.7


def test_a_drawing_becomes_a_picture() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="20" height="30" fill="#00f"/></svg>'
    with Image.open(io.BytesIO(rasterizing.rasterize(svg, []))) as image:
        assert image.size == (40, 30)
        assert image.convert("RGBA").getpixel((5, 5)) == (0, 0, 255, 255)
