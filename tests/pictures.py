"""Take a picture of every kind of page: `python -m tests.pictures FOLDER`, or `make pictures`.

Wide, on a phone and dark, and what a reader does with a claim: opened, in print, from right to left, without script. Cards,
too, as they come out.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browsing import DEMO, HARD, STORY, browser, served
from tests.hard_site import write_hard_site
from tests.harness import SiteTest
from tests.needs import find_program
from tests.test_render_cards import PAGE, TITLES

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
CARDS = "title: The Riverside Post\nbase_url: https://post.example/\nembeds: true\ncards: claims\n"
OPENED = "#how-campaign-talk"
VIEWS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1440, "height": 1000}},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True},
    "dark": {"viewport": {"width": 1440, "height": 1000}, "color_scheme": "dark"},
}
# What is looked at closer: name, site, path, view, more of the browser's settings.
MOMENTS: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("opened", "demo", STORY + OPENED, "wide", {}),
    ("opened", "demo", STORY + OPENED, "phone", {}),
    ("opened", "demo", STORY + OPENED, "dark", {}),
    ("opened-without-script", "demo", STORY + OPENED, "wide", {"java_script_enabled": False}),
    ("opened-forced-colors", "demo", STORY + OPENED, "wide", {"forced_colors": "active"}),
    ("listed", "demo", STORY + "#claims", "wide", {}),
    ("opened-right-to-left", "hard", "/explainers/arabic/#how-talk", "wide", {}),
    ("opened-right-to-left", "hard", "/explainers/arabic/#how-talk", "phone", {}),
    ("opened-long", "hard", "/explainers/hard/#how-c-0", "wide", {}),
    ("opened-in-cell", "hard", "/explainers/hard/#how-in-cell", "phone", {}),
    ("opened-over-blocks", "hard", "/explainers/hard/#how-over-blocks", "wide", {}),
)


def main(folder: Path) -> int:
    """Build both sites, take every picture, and say where they are."""
    chromium = find_program("chromium", "chromium-browser", "google-chrome")
    if chromium is None:
        print("there is no Chromium on the PATH", file=sys.stderr)
        return 3
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        demo, hard = SiteTest(Path(work, "demo")), SiteTest(Path(work, "hard"))
        demo.run("build", "--site", str(ROOT), "--out", str(demo.out), "--quiet")
        write_hard_site(hard)
        hard.build()
        with served(demo.out) as at, served(hard.out) as hard_at, browser(chromium) as opened:
            take(opened, {"demo": at, "hard": hard_at}, folder)
        take_cards(SiteTest(Path(work, "cards")), folder)
    print(f"{len(list(folder.iterdir()))} pictures in {folder}")
    return 0


def take(browser: Browser, sites: dict[str, str], folder: Path) -> None:
    """Take every picture."""
    for view in VIEWS:
        for site, paths in (("demo", DEMO), ("hard", HARD)):
            for path in paths:
                picture(browser, sites[site] + path, folder / f"{named(site, path)}-{view}.png", view)
    for name, site, path, view, options in MOMENTS:
        picture(browser, sites[site] + path, folder / f"{name}-{view}.png", view, full=False, **options)
    context = browser.new_context()
    page = context.new_page()
    page.goto(sites["demo"] + STORY + OPENED)
    page.pdf(path=folder / "print.pdf", format="A4")
    context.close()


def take_cards(site: SiteTest, folder: Path) -> None:
    """The cards of an explainer and of its claims in each language."""
    site.write("content/site.yaml", CARDS)
    for language, title in TITLES.items():
        site.write(f"content/explainers/{language}.md", PAGE.format(title=title, language=language))
    site.build()
    for card in site.out.glob("explainers/**/card.*.png"):
        shutil.copyfile(card, folder / f"card-{'-'.join(card.relative_to(site.out).parts[1:-1])}.png")


def named(site: str, path: str) -> str:
    return "-".join(filter(None, [site, *path.removesuffix(".html").strip("/").split("/")]))


def picture(browser: Browser, address: str, file: Path, view: str, *, full: bool = True, **options: Any) -> None:
    """One picture, of a second visit: on the first the typefaces may come too late."""
    context = browser.new_context(**VIEWS[view], **options)
    page = context.new_page()
    page.goto(address.partition("#")[0])
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_timeout(200)
    page.screenshot(path=file, full_page=full)
    context.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
