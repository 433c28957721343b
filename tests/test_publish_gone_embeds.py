"""Claims that other sites show, and that are gone: by every way in which they can go, with the host as the only memory."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup

from tests.publish_support import publish, told

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness import Result, SiteTest

PAGE = """\
---
title: The calls
date: 2024-01-01
{more}
---
{{{{< claim id="{id}" >}}}}the ambassador called{{{{< /claim >}}}}, {{{{< claim id="other" >}}}}and wrote{{{{< /claim >}}}}.
"""
FRAME = "embed/a/calls/index.html"
TARGET = "{live: {to: folder, path: ../www, verify: 0}}"
WITHDRAWN, ENDED = "This claim was withdrawn.", "This claim can no longer be embedded."


def explainer(site: SiteTest, slug: str, more: str = "", id: str = "calls") -> None:
    site.write(f"content/explainers/{slug}.md", PAGE.format(more=more, id=id))


def settings(site: SiteTest, more: str) -> None:
    site.write(
        "content/site.yaml", f"title: Zürich <Post>\nbase_url: http://post.example/\npublish: {TARGET}\n{more}\n"
    )


def published(site: SiteTest, *args: str) -> Result:
    assert site.build().exit == 0
    result = publish(site, "--yes", "--max-deletes", "99", *args)
    assert result.exit == 0, result.stderr
    return result


@pytest.fixture
def www(site: SiteTest) -> Path:
    """The folder of a host that has the site, with embeds; the site is a fresh checkout that knows nothing of it."""
    settings(site, "embeds: true")
    for slug in ("a", "removed", "renamed", "draft", "later", "deleted", "moved"):
        explainer(site, slug)
    published(site)
    shutil.rmtree(site.root / ".explainer")
    shutil.rmtree(site.out)
    folder: Path = site.root.parent / "www"
    assert "ambassador" in (folder / FRAME).read_text()
    return folder


def frame(www: Path, slug: str = "a") -> tuple[str, str]:
    """What a frame says, and where it leads."""
    html = (www / f"embed/{slug}/calls/index.html").read_text("utf-8")
    assert "ambassador" not in html
    page = BeautifulSoup(html, "html5lib")
    (said,), (link,) = page.select("main b"), page.select("main a")
    (sheet,) = page.select("link[rel=stylesheet]")
    assert (www / str(sheet["href"]).lstrip("/")).is_file()
    assert link.get_text() == "Zürich <Post>"
    return said.get_text(), str(link["href"])


def test_the_frames_of_claims_that_are_gone_say_so(site: SiteTest, www: Path) -> None:
    site.write("content/explainers/removed.md", "---\ntitle: The calls\ndate: 2024-01-01\n---\nNothing.\n")
    explainer(site, "renamed", id="the-calls")
    explainer(site, "draft", "draft: true")
    explainer(site, "later", "publish_at: 2999-01-01")
    for slug in ("deleted", "moved"):
        (site.root / f"content/explainers/{slug}.md").unlink()
    explainer(site, "elsewhere")
    result = published(site, "--quiet")
    assert "live: warning: 11 claims that other sites may show are gone: deleted#calls, " in result.stderr
    assert "ambassador" in (www / FRAME).read_text()
    assert {slug: frame(www, slug) for slug in ("removed", "renamed")} == {
        slug: (WITHDRAWN, f"http://post.example/explainers/{slug}/") for slug in ("removed", "renamed")
    }
    gone = ("draft", "later", "deleted", "moved")
    assert {frame(www, slug) for slug in gone} == {(WITHDRAWN, "http://post.example/")}
    # They stay, and are told of once; a claim that comes back is itself again.
    explainer(site, "deleted")
    result = published(site)
    assert "warning" not in result.stderr
    assert "ambassador" in (www / "embed/deleted/calls/index.html").read_text()
    assert frame(www, "draft") == (WITHDRAWN, "http://post.example/")


def test_where_embeds_are_turned_off_frames_lead_to_the_claims(site: SiteTest, www: Path) -> None:
    settings(site, "media: {allow: [player.example]}")
    assert site.build().exit == 0
    for form, words in (("text", "claim a#calls can no longer be embedded"), ("markdown", "embedded**: `a#calls`")):
        assert words in site.run("diff", "live", "--site", str(site.root), "--format", form).stdout
    result = published(site, "--format", "json")
    assert "a#calls" in told(result)["gone_embeds"]
    assert frame(www) == (ENDED, "http://post.example/explainers/a/#claim-calls")
    # The build is as it was: its own headers forbid frames, and readers of the host get others.
    assert ["/ex*\n" in (folder / "_headers").read_text() for folder in (site.out, www)] == [False, True]
    assert all("; frame-src https://player.example" in (one / "_headers").read_text() for one in (site.out, www))


def test_a_page_at_another_address_takes_its_embeds_along(site: SiteTest, www: Path) -> None:
    (site.root / "content/explainers/a.md").unlink()
    explainer(site, "b", "aliases: [/explainers/a/]")
    assert "warning" not in published(site).stderr
    assert (www / FRAME).read_text() == (site.out / FRAME).read_text()
    assert [link["href"] for link in site.html(FRAME).select("a")] == ["/embed/b/calls/"]
    assert "/embed/a/calls/ /embed/b/calls/ 301\n" in site.read("_redirects")
    assert "/explainers/a/claims/calls/ /explainers/b/claims/calls/ 301\n" in site.read("_redirects")
