"""Writes a correction into a page's front matter, and moves the page's `updated`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from explainer.diagnostics import did_you_mean
from explainer.load import find_content, load_config, read_page
from explainer.load.edit_yaml import add_item, line_of_last, set_field
from explainer.load.frontmatter import edit_front_matter
from explainer.load.timestamps import zone
from explainer.scaffold.files import RefusedError
from explainer.scaffold.templates import quoted
from explainer.system.site_files import read_text

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.model.declared import PageFile
    from explainer.model.settings import SiteConfig


def add_correction(site: Path, slug: str, text: str, now: int) -> tuple[str, int]:
    """Add a correction of today to the page of a slug; the page's file, and the line of the correction's text.

    Raises:
        RefusedError: if there is no such page, or its front matter can't be changed.
        OSError: if the system refuses.
    """
    content = find_content(site).value
    config = load_config(site, content).value.library.config
    path, page, before = _page(site, content.pages, slug, config)
    today = datetime.fromtimestamp(now, zone(config.time_zone)).date().isoformat()
    try:
        after = edit_front_matter(before, lambda yaml: _edited(yaml, page, today, text))
    except ValueError:
        raise RefusedError(f"`corrections` of {path} is no list: make it one") from None
    read = read_page(path, after.encode(), config).value.page
    if read is None or len(read.meta.corrections) != len(page.meta.corrections) + bool(text):
        raise RefusedError(f"nothing can be added to the front matter of {path}: add the correction by hand")
    (site / path).write_text(after, encoding="utf-8", newline="")
    line = 0

    def look(yaml: str) -> str:
        nonlocal line
        line = 1 + line_of_last(yaml, "corrections")
        return yaml

    edit_front_matter(after, look)
    return path, line


def _page(site: Path, paths: tuple[str, ...], slug: str, config: SiteConfig) -> tuple[str, PageFile, str]:
    known = []
    for path in paths:
        text = read_text(site, path).value
        page = read_page(path, text.encode(), config).value.page if text is not None else None
        if page and text is not None and page.slug == slug:
            return path, page, text
        known += [page.slug] if page else []
    hint = "".join(f"; {one}" for one in did_you_mean(slug, known))
    raise RefusedError(f"there is no page `{slug}`{hint}")


def _edited(yaml: str, page: PageFile, today: str, text: str) -> str:
    yaml = add_item(yaml, "corrections", (("date", today), ("text", quoted(text) if text else "")))
    updated = page.meta.updated
    return yaml if updated and updated.day >= today else set_field(yaml, (), "updated", today, after=("date", "title"))
