"""A page that is taken back leaves nothing behind: not in a page, a feed, a list, an asset, nor beside the output."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.test_confidential import Canaries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.harness import SiteTest

PAGE = """\
---
title: Title {t}
summary: Summary {t}
date: 2024-03-02
authors: [{p}, Author {t}]
tags: [Tag {t}, kept]
image: {{src: {f}.svg, alt: Alt {t}}}
corrections: [{{date: 2024-04-01, text: Correction {t}}}]
sources: {{{s}: {{type: report, title: Source {t}, publisher: Publisher {t}, url: "https://{t}.example/"}}}}
claims: {{{c}: {{sources: [{s}, shared], speaker: {p}, status: Status {t}, reported: 2023-02}}}}
{more}
---
## Heading {t}

{{{{< claim id="{c}" >}}}}Claim {t}{{{{< /claim >}}}} and text {t}, with a note.[^1]

![Picture {t}]({f}.svg)

[^1]: Footnote {t}
"""
OTHER = "---\ntitle: Other\ndate: 2024-03-01\ntags: [kept]\n{more}\n---\n{text}\n"


class Published:
    """A site with a page that is full of canaries, and others that tell of it."""

    def __init__(self, site: SiteTest) -> None:
        self.site = site
        self.canaries = Canaries()
        self.names = {key: self.canaries() for key in "tsfcp"}
        self.slug = self.canaries()
        self.folder = site.root / f"content/explainers/{self.slug}"
        site.write("content/sources/all.yaml", "shared: {type: report, title: Shared}\n")
        site.write("content/people.yaml", f"{self.names['p']}: {{name: Person, kind: organization}}\n")
        self.write()
        site.write(
            f"content/explainers/{self.slug}/{self.names['f']}.svg", f"<svg><title>{self.canaries()}</title></svg>"
        )
        link = f"[It]({self.slug}/index.md)"
        site.write("content/explainers/other.md", OTHER.format(more=f"related: [{self.slug}]", text=link))
        site.write("content/explainers/still.md", OTHER.format(more="", text="{{< source shared >}}"))

    def write(self, more: str = "") -> None:
        self.site.write(f"content/explainers/{self.slug}/index.md", PAGE.format(more=more, **self.names))

    def forget(self) -> None:
        """What an editor does who takes a page back: nothing tells of it any more."""
        self.site.write("content/explainers/other.md", OTHER.format(more="", text="Text."))
        if not self.folder.exists():
            self.site.write("content/people.yaml", "")

    def found(self, folder: Path) -> Iterator[tuple[str, list[str]]]:
        """Where in a folder the canaries are, by name or content."""
        for path in sorted(folder.rglob("*")):
            data = path.read_bytes() if path.is_file() else b""
            opened = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else b""
            if found := self.canaries.found_in(b"\n".join((path.name.encode(), data, opened))):
                yield path.relative_to(folder).as_posix(), found


def removed(page: Published) -> None:
    for file in page.folder.iterdir():
        file.unlink()
    page.folder.rmdir()


def draft(page: Published) -> None:
    page.write("draft: true")


def later(page: Published) -> None:
    page.write("publish_at: 2999-01-01")


@pytest.fixture
def page(site: SiteTest) -> Published:
    return Published(site)


@pytest.mark.parametrize("taken_back", [removed, draft, later])
def test_nothing_is_left_of_a_page_that_was_taken_back(
    page: Published, taken_back: Callable[[Published], None]
) -> None:
    site = page.site
    # A second build, so that both trees have held the page.
    for text in ("One.", "Two."):
        site.write("content/pages/about.md", f"---\ntitle: About\n---\n{text}\n")
        result = site.build()
        assert result.exit == 0, result.stdout
    held = dict(page.found(site.out))
    for path in ("index.html", "feed.xml", "feed.json", "sitemap.xml", "claims/index.html", "tags/kept/index.html"):
        assert held[path]
    assert len(held) > 12

    taken_back(page)
    page.forget()
    result = site.build()
    assert result.exit == 0, result.stdout
    assert not dict(page.found(site.out))
    assert not dict(page.found(site.root / ".site.explainer-spare"))
    assert "still" in site.read("tags/kept/index.html")
    # What the cache holds of a page that stands beside it is no secret; of one that is gone it holds nothing.
    if taken_back is removed:
        assert not dict(page.found(site.root / ".explainer"))


def test_the_next_build_has_all_that_it_needs(page: Published) -> None:
    site = page.site
    site.build()
    clean = {}
    for taken_back in (draft, later):
        taken_back(page)
        page.forget()
        assert site.build().exit == 0
        clean[taken_back] = site.tree()
        page.write()
        assert site.build().exit == 0
    assert clean[draft] == clean[later]
    removed(page)
    assert site.build().exit == 0
    assert site.tree() == clean[draft]
