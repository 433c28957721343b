"""The static files as they come out: one style sheet, names by content, a newsroom's own look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from explainer.text import contrast

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness import SiteTest

SITE = "title: A\nbase_url: https://example.org/x/\n"


def style(site: SiteTest) -> str:
    (file,) = (site.out / "static").glob("style.*.css")
    return file.read_text("utf-8")


def built(site: SiteTest, yaml: str = "") -> SiteTest:
    site.write("content/site.yaml", SITE + yaml)
    site.write("content/pages/a.md", "---\ntitle: A\n---\n")
    result = site.build()
    assert result.exit == 0, result.stdout
    return site


def test_a_name_changes_with_what_is_in_the_file_alone(site: SiteTest) -> None:
    before = set(built(site).tree())
    assert {re.sub(r"\.[0-9a-f]{10}\.", ".*.", path) for path in before if path.startswith("static/")} >= {
        "static/style.*.css", "static/script.*.js", "static/icon.svg", "static/fonts/explainer-serif-latin.*.woff2",
        "static/fonts/OFL.txt",
    }  # fmt: skip
    site.write("layouts/style/site.css", "p { color: red }\n")
    after = set(built(site).tree())
    assert len(before - after) == len(after - before) == 1
    assert next(iter(after - before)).startswith("static/style.")


def test_pages_name_what_is_there(site: SiteTest) -> None:
    head = built(site).html("a/index.html").head
    assert head
    for link in (*head.select("link[rel=stylesheet], link[rel=preload], link[rel=icon]"), *head.select("script[src]")):
        address = str(link.get("href") or link.get("src"))
        assert (site.out / address.removeprefix("/x/")).is_file(), address


def test_a_style_sheet_is_put_together_and_names_its_files_by_their_new_names(site: SiteTest) -> None:
    site.write(
        "layouts/static/more/own.css",
        '@import "../../style/extra.css";\n@import "none.css";\nb { src: url(pic.svg) }\n',
    )
    site.write("layouts/style/extra.css", '/* a note */\na { src: url("../fonts/libre-franklin-latin.woff2") }\n')
    built(site)
    (own,) = (site.out / "static/more").glob("own.*.css")
    text = own.read_text("utf-8")
    (font,) = re.findall(r'url\("(\.\./fonts/libre-franklin-latin\.[0-9a-f]{10}\.woff2)"\)', text)
    assert (own.parent / font).is_file()
    assert '@import "none.css";' in text
    assert "url(pic.svg)" in text
    assert "note" not in text
    whole = style(site)
    assert "@import" not in whole
    assert all((site.out / "static" / name).is_file() for name in re.findall(r'url\("([^"]+)"\)', whole))


@pytest.mark.parametrize(
    ("yaml", "light", "dark"),
    [
        ('accent: "#7a1f3d"\n', "#7a1f3d", contrast.for_dark("#7a1f3d")),
        ('accent: {light: "#7a1f3d", dark: "#ffc0cb"}\n', "#7a1f3d", "#ffc0cb"),
    ],
)
def test_an_accent(site: SiteTest, yaml: str, light: str, dark: str) -> None:
    found = re.findall(r"--accent: light-dark\((#\w+), (#\w+)\);", style(built(site, yaml)))
    assert found[-1] == (light, dark)


@pytest.mark.parametrize(
    ("yaml", "attribute", "meta"),
    [
        ("", None, "light dark"),
        ("color_scheme: auto\n", None, "light dark"),
        ("color_scheme: light\n", "light", "light"),
    ],
)
def test_a_colour_scheme(site: SiteTest, yaml: str, attribute: str | None, meta: str) -> None:
    page = built(site, yaml).html("a/index.html")
    assert page.html is not None
    assert page.html.get("data-color-scheme") == attribute
    (told,) = page.select('meta[name="color-scheme"]')
    assert told["content"] == meta


def test_typefaces_stand_in_front_of_the_themes(site: SiteTest) -> None:
    built(site, "typefaces: {serif: Riverside Text}\nlogo: /static/icon.svg\n")
    assert '--serif: "Riverside Text", var(--serif-fallback);' in style(site)
    page = site.html("a/index.html")
    preloaded = [str(link["href"]) for link in page.select("link[rel=preload]")]
    assert len(preloaded) == 1
    assert "libre-franklin" in preloaded[0]
    (logo,) = page.select(".x-site-name img")
    assert (logo["src"], logo["alt"]) == ("/x/static/icon.svg", "A")


def test_a_typeface_is_a_name_and_a_colour_six_digits(site: SiteTest) -> None:
    site.write("content/site.yaml", SITE + 'accent: red\ntypefaces: {sans: "x; } body { display: none"}\n')
    site.write("content/pages/a.md", "---\ntitle: A\n---\n")
    assert site.build().codes == ["E123", "E123"]


# --- Colours ---------------------------------------------------------------------------------------


def test_contrast_is_wcags() -> None:
    assert contrast.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast.contrast("#abcdef", "#abcdef") == 1


@pytest.mark.parametrize("color", ["#000000", "#17497d", "#7a1f3d", "#ff0000", "#ffffff"])
def test_any_colour_can_be_made_one_for_the_dark(color: str) -> None:
    assert contrast.weakest(contrast.for_dark(color), contrast.DARK)[0] >= 7


def tokens(root: Path) -> list[dict[str, str]]:
    """The theme's colours, light and dark."""
    text = (root / "layouts/style/tokens.css").read_text("utf-8")
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", text)
    return [{name: light for name, light, _ in found}, {name: dark for name, _, dark in found}]


def test_the_themes_own_colours_can_be_read(pytestconfig: pytest.Config) -> None:
    light, dark = tokens(pytestconfig.rootpath)
    for scheme, grounds in ((light, contrast.LIGHT), (dark, contrast.DARK)):
        assert tuple(scheme[name] for name in ("paper", "wash", "hit")) == grounds
        for name in ("ink", "ink-2", "ink-3", "accent"):
            for ground in grounds[:2]:
                assert contrast.contrast(scheme[name], ground) >= contrast.ENOUGH, name
        assert contrast.weakest(scheme["ink"], grounds)[0] >= contrast.ENOUGH
        assert contrast.weakest(scheme["accent"], grounds)[0] >= contrast.ENOUGH
        assert contrast.weakest(scheme["rule-2"], grounds[:2])[0] >= 3
