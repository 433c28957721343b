"""Cards: the picture of each explainer without one of its own, as recorded, in three languages, and what they tell."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from PIL import Image

from explainer.engine import card_outputs
from explainer.pictures import rasterizing
from explainer.render.cards.lettering import Lettering
from explainer.render.cards.typefaces import read_typeface
from explainer.serve.changes import Changes, changes_of
from explainer.system.default_theme import default_layouts
from tests.session_support import started

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


SITE = "title: A site\nbase_url: https://example.org/\n"


@pytest.fixture
def built(site: SiteTest) -> SiteTest:
    site.write("content/site.yaml", SITE)
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
    with patch.object(card_outputs, "rasterize", side_effect=AssertionError("drawn without need")):
        built.write("content/explainers/more.md", PAGE.format(title="Одна", language="en"))
        assert built.build().codes == ["W653"]
        # What is told once is told again, and nothing is made for it.
        assert built.build().codes == ["W653"]
        (built.root / "content/explainers/more.md").unlink()
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
    told = {tag.get("property"): tag.get("content") for tag in built.html("explainers/en/index.html")("meta")}
    assert (told["og:image:width"], told["og:image:height"]) == ("20", "10")
    wrong = {
        box[:-3]: "E604",
        box.replace('"20"', '"20%"', 1): "E604",
        box.replace('"20"', '"0"', 1): "E604",
        box.replace('"20"', '"90000"', 1): "E604",
        box.replace('xmlns="http://www.w3.org/2000/svg" ', ""): "E604",
        box.replace("<rect", '<rect xlink:href="#a"'): "E604",
        "<!DOCTYPE svg>" + box: "E604",
        "{{ entry.nothing }}": "E603",
    }
    for text, code in wrong.items():
        built.write("layouts/cards/explainer.svg", text)
        assert set(built.told("check").codes) == {code}, text


def test_claims_that_may_be_embedded(site: SiteTest) -> None:
    site.write("content/site.yaml", SITE + "embeds: true\ncards: claims\n")
    text = PAGE.format(title=TITLES["en"], language="en")
    site.write("content/explainers/en.md", text)
    site.write("content/explainers/fr.md", PAGE.format(title="Que sait-on ? « Tout » !", language="fr"))
    site.write("content/explainers/ru.md", text.replace("A claim", "Одна из них"))
    result = site.build()
    assert result.codes == ["W653"]
    assert "its claim `a` has no card" in result.diagnostics[0].message
    (file,) = (site.out / "explainers/en/claims/b").glob("card.*.png")
    with Image.open(file) as image:
        assert (image.size, image.format) == ((1200, 630), "PNG")
    told = {tag.get("property"): tag.get("content") for tag in site.html("explainers/en/claims/b/index.html")("meta")}
    assert told["og:image"] == f"https://example.org/explainers/en/claims/b/{file.name}"
    assert told["og:image:alt"] == "A site. Another. A source (unnamed), first-hand"
    # A claim without one has that of its page.
    told = {tag.get("property"): tag.get("content") for tag in site.html("explainers/ru/claims/a/index.html")("meta")}
    assert told["og:image"] == f"https://example.org/explainers/ru/{card_of(site, 'ru').name}"
    assert len(list(site.out.glob("explainers/*/claims/*/card.*"))) == 5
    tree = site.tree()
    assert site.build("--clean").codes == ["W653"]
    assert site.tree() == tree
    # One that is taken back has none.
    site.write("content/explainers/en.md", text.replace("---\n{{<", "embeds: [a]\n---\n{{<", 1))
    site.write("content/site.yaml", SITE + "cards: claims\n")
    assert site.build().exit == 0
    assert len(list(site.out.glob("explainers/*/claims/*/card.*"))) == 1


def test_many_are_drawn_where_pages_are_rendered(site: SiteTest) -> None:
    site.write("content/site.yaml", SITE)
    for number in range(4):
        site.write(f"content/explainers/p{number}.md", PAGE.format(title=f"Page {number}", language="en"))
    assert site.build("--jobs", "1").exit == 0
    tree = site.tree()
    shutil.rmtree(site.root / ".explainer")
    shutil.rmtree(site.out)
    with patch.object(card_outputs, "rasterize", partial(_elsewhere, os.getpid())):
        assert site.build("--jobs", "2").exit == 0
    assert site.tree() == tree


def _elsewhere(here: int, svg: str, faces: list[bytes]) -> bytes:
    assert os.getpid() != here, "drawn in the process that waits for the others"
    return rasterizing.rasterize(svg, faces)


def test_the_preview_has_them_and_says_what_lacks(built: SiteTest) -> None:
    built.write("content/explainers/ru.md", PAGE.format(title="Что известно", language="en"))
    session = started(built.root)
    told = list(session.update(Changes()))[-1].diagnostics
    assert [one.code for one in told] == ["W653"]
    assert session.tree is not None
    file = card_of(built, "en")
    assert session.tree.get(f"explainers/en/{file.name}") == file.read_bytes()
    assert file.name.encode() in (session.tree.get("explainers/en/index.html") or b"")
    assert session.tree.get("explainers/en/card.000000000000.png") is None
    built.write("content/explainers/ru.md", PAGE.format(title="What is known", language="en"))
    list(session.update(changes_of(["content/explainers/ru.md"])))
    assert not session.result.diagnostics


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
    assert lettering.set("aЧb", 1072, sizes, [SERIF]).lines == (f'<tspan font-family="{SERIF}">\u2066ab\u2069</tspan>',)


def test_arabic_is_ordered_by_the_line() -> None:
    (line,) = Lettering(faces(), "rtl").set("الحملة (CNN)", 1072, [(40, 1)], [SANS]).lines
    assert line == f'<tspan font-family="{SANS}">\u2067الحملة (CNN)\u2069</tspan>'


def test_isolates_are_whole_in_each_line() -> None:
    """Words at a claim have names apart; whose isolate ends before it begins, or in the next line, would end the line's."""
    lettering = Lettering(faces(), "rtl")
    (line,) = lettering.set("\u2068Memo\u2069، معرفة", 1072, [(40, 1)], [SANS]).lines
    assert line == f'<tspan font-family="{SANS}">\u2067\u2068Memo\u2069، معرفة\u2069</tspan>'
    lines = lettering.set("قال \u2068Ada Reyes Lindqvist\u2069، أمس", 300, [(60, 9)], [SANS]).lines
    assert len(lines) > 2
    for one in lines:
        assert one.count("\u2069") == one.count("\u2067") + one.count("\u2068")
        depth = 0
        for char in one:
            depth += (char in "\u2067\u2068") - (char == "\u2069")
            assert depth >= 0
    assert sum(one.count("\u2068") for one in lines) > 1


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


def test_threads_may_draw() -> None:
    """As in the preview: what resvg makes in one thread may not be used in another."""
    contents = [face.content for face in faces()]
    text = f'<text y="9" font-family="{SANS}">a</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{text}</svg>'
    here = rasterizing.rasterize(svg, contents)
    with ThreadPoolExecutor(3) as threads:
        assert {*threads.map(lambda _: rasterizing.rasterize(svg, contents), range(9))} == {here}
