"""Pictures in several widths: which come out, under which names, kept between builds, and what goes wrong."""

from __future__ import annotations

import os
import re
import shutil
import sys
import zlib
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import unquote

import pytest
from PIL import Image

from explainer.engine import variants
from explainer.pictures import resizing
from explainer.serve.changes import Changes, changes_of
from explainer.system import site_files
from tests.session_support import started
from tests.test_pictures_resizing import file_of, scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.harness import SiteTest

SITE = """\
title: A site
base_url: https://example.org/news/
image: /media/tower.jpg
pictures: {widths: [20, 40]}
cards: none
"""
PAGE = """\
---
title: A
date: 2024-01-01
authors: [ada]
image: {src: photo.jpg, alt: Lead, credit: AP}
---
Words.

![One](photo.jpg)

{{< figure src="chart one.png" alt="Two" >}}
"""
STORE = ".explainer/images"


def fill(site: SiteTest) -> None:
    site.write("content/site.yaml", SITE)
    site.write("content/people.yaml", "ada: {name: Ada, image: /media/ada.webp}\n")
    site.write("content/explainers/a/index.md", PAGE)
    site.write("content/explainers/a/photo.jpg", file_of(scene()))
    site.write("content/explainers/a/chart one.png", file_of(scene(30, 20), "PNG"))
    site.write("content/media/tower.jpg", file_of(scene(50, 50)))
    site.write("content/media/ada.webp", file_of(scene(45, 60), "WEBP"))
    site.write("content/media/unused.jpg", file_of(scene(48, 48)))


@pytest.fixture
def built(site: SiteTest) -> SiteTest:
    fill(site)
    result = site.build()
    assert (result.exit, result.codes) == (0, []), result.diagnostics
    return site


def test_none_where_the_site_says_so(built: SiteTest) -> None:
    built.write("content/site.yaml", SITE.replace("{widths: [20, 40]}", "false"))
    assert built.build().codes == []
    names = {file.name for file in built.out.rglob("*") if file.suffix in (".jpg", ".png", ".webp")}
    assert names == {"photo.jpg", "chart one.png", "tower.jpg", "ada.webp"}
    assert not built.html("explainers/a/index.html").select("main source")
    assert set(os.listdir(built.root / STORE)) <= {"digests"}  # noqa: PTH208 - names alone
    tree = built.tree()
    with patch.dict(sys.modules, {"PIL": None}):
        assert built.build("--clean").codes == []
    assert built.tree() == tree
    built.write("content/site.yaml", SITE.replace("{widths: [20, 40]}", "true"))
    assert built.build().codes == ["E122"]


def png_without_its_last_rows() -> bytes:
    """A picture whose parts are whole, and whose pixels aren't."""

    def part(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (30).to_bytes(4, "big") + (20).to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(bytes(99))) + part(b"IEND", b"")


def test_the_preview_tells_of_a_picture_that_is_damaged(site: SiteTest) -> None:
    fill(site)
    site.write("content/explainers/a/chart one.png", png_without_its_last_rows())
    session = started(site.root)
    assert not list(session.update(Changes()))[-1].diagnostics
    (told,) = list(session.rest((), (), lambda: False))[-1].diagnostics
    assert (told.code, told.span.path) == ("E703", "content/explainers/a/index.md")
    site.write("content/explainers/a/chart one.png", file_of(scene(30, 20), "PNG"))
    list(session.update(changes_of(["content/explainers/a/chart one.png"])))
    list(session.rest((), (), lambda: False))
    assert not session.result.diagnostics


def found(site: SiteTest, path: str, selector: str) -> list[dict[str, str]]:
    """The attributes of the elements of an output that a selector finds."""
    return [{name: str(value) for name, value in tag.attrs.items()} for tag in site.html(path).select(selector)]


def file_at(site: SiteTest, address: str) -> Path:
    """The output at an address."""
    return site.out / unquote(address.removeprefix("/news/"))


def pictures(site: SiteTest) -> dict[str, tuple[int, int]]:
    """The pictures of the output, each by its name without the digest, with its size."""
    sizes = {}
    for file in sorted(site.out.rglob("*.*")):
        if file.suffix in {".jpg", ".png", ".webp", ".avif"}:
            with Image.open(file) as image:
                sizes[f"{file.parent.relative_to(site.out)}/{file.stem.split('.')[0]}{file.suffix} {image.width}"] = (
                    image.size
                )
    return sizes


def test_what_comes_out(built: SiteTest) -> None:
    folder = "explainers/a"
    assert pictures(built) == {
        f"{folder}/chart one.png 20": (20, 13), f"{folder}/chart one.png 30": (30, 20),
        f"{folder}/chart one.webp 20": (20, 13), f"{folder}/chart one.webp 30": (30, 20),
        f"{folder}/photo.jpg 20": (20, 15), f"{folder}/photo.jpg 40": (40, 30), f"{folder}/photo.jpg 64": (64, 48),
        f"{folder}/photo.webp 20": (20, 15), f"{folder}/photo.webp 40": (40, 30),
        "media/ada.webp 20": (20, 27), "media/ada.webp 40": (40, 53),
        "media/tower.jpg 20": (20, 20), "media/tower.jpg 40": (40, 40), "media/tower.jpg 50": (50, 50),
        "media/tower.webp 20": (20, 20), "media/tower.webp 40": (40, 40),
    }  # fmt: skip
    page = "explainers/a/index.html"
    lead, one, two = found(built, page, "main picture img")
    named = re.findall("<image:loc>(.*?)</image:loc>", built.read("sitemap.xml"))
    assert named == [f"https://example.org{one['src']}", f"https://example.org{two['src']}"]
    assert [image.get("loading") for image in (lead, one, two)] == [None, "lazy", "lazy"]
    assert [(image["width"], image["height"]) for image in (lead, one, two)] == [
        ("40", "30"),
        ("40", "30"),
        ("30", "20"),
    ]
    assert one["sizes"] == "(min-width: 40rem) 37.5rem, calc(100vw - 2.5rem)"
    assert lead["sizes"] == f"(min-width: 70rem) 55rem, {one['sizes']}"
    sources = found(built, page, "main picture source")
    assert [source["type"] for source in sources] == ["image/webp"] * 3
    assert [source["sizes"] for source in sources] == [image["sizes"] for image in (lead, one, two)]
    for tag in (lead, one, two, *sources):
        for address in [tag.get("src", ""), *(each.split()[0] for each in tag["srcset"].split(", "))]:
            assert not address or file_at(built, address).is_file(), address
    card, shared = '[property="og:image"]', "https://example.org/news/media/tower."
    (image,) = found(built, page, card)
    assert image["content"].startswith("https://example.org/news/explainers/a/photo.")
    assert image["content"].endswith(".jpg")
    assert found(built, page, '[property="og:image:width"]')[0]["content"] == "64"
    assert found(built, "people/ada/index.html", ".x-portrait img")[0]["alt"] == "Ada"
    assert found(built, "index.html", ".x-thumb img")[0]["src"] == lead["src"]
    assert found(built, "index.html", card)[0]["content"].startswith(shared)


def test_a_file_that_is_linked_comes_out_itself_too(built: SiteTest) -> None:
    built.write("content/explainers/a/index.md", PAGE + "\n[all of it](photo.jpg)\n")
    assert built.build().exit == 0
    assert (built.out / "explainers/a/photo.jpg").is_file()
    assert len(pictures_by_path(built)) == 17


def test_names_come_from_the_recipe(built: SiteTest) -> None:
    before = set(pictures_by_path(built))
    with patch.object(resizing, "encoders", lambda: dict.fromkeys(("jpeg", "png", "webp", "avif"), "another")):
        assert built.build("--clean").exit == 0
    other = set(pictures_by_path(built))
    assert len(other) == len(before)
    assert not before & other
    built.write("content/site.yaml", SITE.replace("40]", "40], quality: 50"))
    assert built.build().exit == 0
    assert not before & set(pictures_by_path(built))


def pictures_by_path(site: SiteTest) -> dict[str, str]:
    return {path: digest for path, digest in site.tree().items() if path.endswith((".jpg", ".png", ".webp", ".avif"))}


@pytest.fixture
def makes() -> Iterator[list[int]]:
    """How many variants each call of Pillow was to make."""
    counted: list[int] = []
    real = resizing.make_variants

    def counting(content: bytes, wanted: list[resizing.Wanted]) -> list[bytes]:
        counted.append(len(wanted))
        return real(content, wanted)

    with patch.object(variants, "make_variants", counting):
        yield counted


def test_nothing_is_made_twice(built: SiteTest, makes: list[int]) -> None:
    tree = built.tree()
    built.write("content/explainers/a/index.md", PAGE.replace("Words", "Other words"))
    assert built.build().exit == 0
    assert makes == []
    # The folder of variants, carried to where nothing else was kept.
    shutil.move(built.root / STORE, built.root / "carried")
    shutil.rmtree(built.root / ".explainer")
    shutil.rmtree(built.out)
    (built.root / ".explainer").mkdir()
    shutil.move(built.root / "carried", built.root / STORE)
    built.write("content/explainers/a/index.md", PAGE)
    assert built.build().exit == 0
    assert makes == []
    assert built.tree() == tree
    assert built.build("--clean").exit == 0
    assert sum(makes) == 16
    assert built.tree() == tree


@pytest.mark.parametrize("damage", ["half", "other", "gone", "unlisted", "line", "link"])
def test_a_damaged_variant_is_made_again(built: SiteTest, makes: list[int], damage: str, tmp_path: Path) -> None:
    tree = built.tree()
    file = next((built.root / STORE).glob("photo.*.webp"))
    digests = built.root / STORE / "digests"
    match damage:
        case "half":
            file.write_bytes(file.read_bytes()[:40])
        case "other":
            file.write_bytes(b"RIFF" + bytes(80))
        case "gone":
            file.unlink()
        case "unlisted":
            digests.unlink()
        case "line":
            digests.write_bytes(digests.read_bytes()[:20] + b"\xff\n")
        case "link":
            file.unlink()
            file.symlink_to("/etc/hostname")
    shutil.rmtree(built.out)
    assert built.build().exit == 0
    assert built.tree() == tree
    assert sum(makes) == (16 if damage in {"unlisted", "line"} else 1)


def test_what_nothing_shows_is_forgotten(built: SiteTest) -> None:
    built.write("content/explainers/a/index.md", PAGE.replace('{{< figure src="chart one.png" alt="Two" >}}', ""))
    assert built.build().exit == 0
    names = {file.name.split(".")[0] for file in (built.root / STORE).iterdir()}
    assert names == {"photo", "tower", "ada", "digests"}
    assert "chart" not in (built.root / STORE / "digests").read_text()


def test_another_picture_under_the_same_name(built: SiteTest) -> None:
    before = built.read("index.html"), built.read("people/ada/index.html")
    built.write("content/explainers/a/photo.jpg", file_of(scene(64, 40)))
    built.write("content/media/ada.webp", file_of(scene(60, 60), "WEBP"))
    assert built.build().exit == 0
    assert built.read("index.html") != before[0]
    assert built.read("people/ada/index.html") != before[1]
    tree = built.tree()
    assert built.build("--clean").exit == 0
    assert built.tree() == tree


def test_pictures_that_have_no_variants_come_out_themselves(site: SiteTest) -> None:
    site.write("content/site.yaml", SITE.replace("image: /media/tower.jpg\n", ""))
    names = ["small.jpg", "cmyk.jpg", "deep.png", "moving.webp"]
    moving = file_of(scene(), "WEBP", save_all=True, append_images=[scene().rotate(90)])
    for name, content in zip(
        names,
        [file_of(scene(20, 15)), file_of(scene(mode="CMYK")), file_of(Image.new("I;16", (50, 50)), "PNG"), moving],
        strict=True,
    ):
        site.write(f"content/explainers/a/{name}", content)
    shown = "\n\n".join(f"![x]({name})" for name in names)
    site.write("content/explainers/a/index.md", f"---\ntitle: A\ndate: 2024-01-01\n---\n{shown}\n")
    assert site.build().codes == []
    assert sorted(file.name for file in site.out.joinpath("explainers/a").iterdir()) == sorted([
        *names, "claims.json", "index.html",
    ])  # fmt: skip


def test_avif_is_shown_and_never_comes_out_itself(site: SiteTest) -> None:
    site.write(
        "content/site.yaml",
        SITE.replace("40]", "40], formats: [avif, webp, original]").replace("image: /media/tower.jpg\n", ""),
    )
    site.write("content/explainers/a/sky.avif", file_of(scene(), "AVIF"))
    page = "---\ntitle: A\ndate: 2024-01-01\n---\n![Sky](sky.avif)\n"
    site.write("content/explainers/a/index.md", page)
    assert site.build().codes == []
    assert sorted(pictures(site)) == [
        f"explainers/a/sky.{kind} {width}" for kind in ("avif", "jpg", "webp") for width in (20, 40)
    ]
    site.write("content/explainers/a/index.md", page + "\n[the file](sky.avif)\n")
    result = site.build()
    assert result.codes == ["E701"]
    assert result.diagnostics[0].line == 7
    with patch.dict(sys.modules, {"PIL": None}):
        site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\n")
        site.write("content/explainers/a/index.md", page)
        result = site.build()
    assert result.codes == ["E701"]
    assert "newsexplainer[images]" in result.diagnostics[0].hints[0]


def test_without_pillow_the_files_come_out(site: SiteTest) -> None:
    fill(site)
    with patch.dict(sys.modules, {"PIL": None}):
        assert site.build().codes == ["E128"]
        site.write("content/site.yaml", SITE.replace("pictures: {widths: [20, 40]}\n", ""))
        assert site.build().codes == []
    assert sorted(pictures(site)) == [
        "explainers/a/chart one.png 30", "explainers/a/photo.jpg 64", "media/ada.webp 45", "media/tower.jpg 50",
    ]  # fmt: skip
    (image, _) = found(site, "explainers/a/index.html", ".x-story img")
    assert (image["src"], image["width"], image.get("srcset")) == ("/news/explainers/a/photo.jpg", "64", None)


def test_check_tells_of_damaged_pictures_and_makes_none(site: SiteTest, makes: list[int]) -> None:
    fill(site)
    content = file_of(scene(), "PNG")
    at = content.index(b"IDAT") + 30
    broken = content[:at] + bytes(40) + content[at + 40 :]
    site.write("content/explainers/a/chart one.png", broken)
    for command in ("check", "build"):
        result = site.told(command)
        assert result.codes in (["E703"], ["E701"])
        assert (result.diagnostics[0].path, result.diagnostics[0].line) == ("content/explainers/a/index.md", 11)
    assert not site.out.exists()


def test_a_picture_that_changes_while_it_is_built(site: SiteTest) -> None:
    fill(site)
    real = site_files.read_file

    def meanwhile(root: Path, path: str) -> object:
        (root / path).write_bytes(file_of(scene(64, 40)))
        return real(root, path)

    with patch.object(variants, "read_file", meanwhile):
        assert "E101" in site.build().codes
    assert site.build().codes == []


def test_the_folder_of_shared_pictures(built: SiteTest) -> None:
    built.write("content/media/notes.md", "words")
    built.write("content/pages/media.md", "---\ntitle: Media\n---\n")
    result = built.build()
    assert result.codes == ["E108", "E503"]
    assert "the folder `content/media` would both be at /media/" in result.diagnostics[1].message


def test_feeds_have_one_width(built: SiteTest) -> None:
    built.write("content/site.yaml", SITE + "feeds: whole\n")
    assert built.build().exit == 0
    feed = built.read("feed.xml")
    assert "srcset" not in feed
    assert feed.count("&lt;img src=&#34;https://example.org/news/explainers/a/") == 2


def test_a_figure_of_the_sites_own(built: SiteTest) -> None:
    built.write("layouts/shortcodes/figure.html", '<img src="{{ args.src }}" alt="{{ args.alt }}">\n')
    assert built.build().exit == 0
    (image,) = found(built, "explainers/a/index.html", 'img[alt="Two"]')
    assert file_at(built, image["src"]).is_file()


def test_the_measure_of_the_theme(built: SiteTest) -> None:
    built.write("layouts/style/tokens.css", ":root { --measure: 30rem; --edge: 1rem; }\n")
    assert built.build().exit == 0
    image = found(built, "explainers/a/index.html", ".x-story img")[0]
    assert image["sizes"] == "(min-width: 32rem) 30rem, calc(100vw - 2rem)"
