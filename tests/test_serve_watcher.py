"""What is told of files: saves when they are whole, folders with what is in them, the same from every source."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from explainer.engine.up_to_date import scan_inputs
from explainer.serve.changes import Changes, changes_between
from explainer.serve.watcher import Watcher
from tests.serve_support import until
from tests.test_serve import SAVES, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.harness import SiteTest

# What the system tells, and looking by turns.
WAYS = ["watchfiles", "polling"]


class Heard:
    """What a watcher tells."""

    def __init__(self) -> None:
        self.changes: list[Changes] = []
        self.warnings: list[str] = []

    @property
    def all(self) -> Changes:
        """Everything together."""
        found = Changes()
        for one in list(self.changes):
            found |= one
        return found


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@contextmanager
def watched(site: SiteTest, way: str) -> Iterator[Heard]:
    theme = site.root.parent / "theme"
    theme.mkdir(exist_ok=True)
    heard = Heard()
    watcher = Watcher(site.root, theme, heard.changes.append, heard.warnings.append, poll=way == "polling")
    watcher.start()
    try:
        yield heard
    finally:
        watcher.stop()


def heard_of(heard: Heard, act: Callable[[int], object], told: Callable[[Changes], bool]) -> None:
    """Act until it is heard: watches of some systems begin at their own time."""
    number = 0

    def again() -> bool:
        nonlocal number
        if number % 25 == 0:
            act(number)
        number += 1
        return told(heard.all)

    until(again, "a change is heard")


@pytest.mark.parametrize("save", SAVES)
def test_saves(site: SiteTest, way: str, save: Callable[[Path, str], None]) -> None:
    file = site.write("content/explainers/a.md", page("x"))
    with watched(site, way) as heard:
        heard_of(
            heard,
            lambda number: save(file, page(str(number))),
            lambda changes: changes.pages == {"content/explainers/a.md"},
        )
        assert not heard.warnings


def test_folders_with_what_is_in_them(site: SiteTest, way: str) -> None:
    site.write("content/explainers/a.md", page("x"))
    with watched(site, way) as heard:

        def bring(number: int) -> None:
            beside = site.root.parent / f"beside-{number}"
            (beside / "deep").mkdir(parents=True)
            (beside / "deep/picture.png").write_bytes(b"x")
            beside.rename(site.root / f"content/explainers/n{number}")

        heard_of(heard, bring, lambda changes: bool(changes.files))
        heard.changes.clear()
        heard_of(
            heard,
            lambda number: site.write("content/explainers/n0/deep/picture.png", str(number)),
            lambda changes: "content/explainers/n0/deep/picture.png" in changes.files,
        )


def test_folders_that_come_and_go(site: SiteTest, way: str) -> None:
    site.write("content/explainers/a.md", page("x"))
    with watched(site, way) as heard:
        site.write("layouts/page.html", "x")
        until(lambda: heard.all.layouts, "new layouts are heard of")
        heard.changes.clear()
        (site.root / "content").rename(site.root.parent / "away")
        until(lambda: heard.all.everything, "that they went is heard of")
        heard.changes.clear()
        (site.root.parent / "away").rename(site.root / "content")
        until(lambda: heard.all.everything, "that they are back is heard of")
        heard.changes.clear()
        heard_of(
            heard,
            lambda number: site.write("content/explainers/a.md", page(str(number))),
            lambda changes: "content/explainers/a.md" in changes.pages,
        )


def test_a_file_that_stays_open_is_told_and_told_again(site: SiteTest, way: str) -> None:
    file = site.write("content/explainers/a.md", page("x"))
    with watched(site, way) as heard, file.open("w") as still_open:

        def write(_: int) -> None:
            still_open.write("half")
            still_open.flush()

        heard_of(heard, write, lambda changes: "content/explainers/a.md" in changes.pages)
        heard.changes.clear()
        heard_of(heard, write, lambda changes: "content/explainers/a.md" in changes.pages)


def test_stats_tell_what_changed(site: SiteTest) -> None:
    site.write("content/explainers/a.md", page("x"))
    before = scan_inputs(site.root)
    assert changes_between(before, scan_inputs(site.root)) == Changes()
    site.write("content/explainers/a.md", page("longer"))
    site.write("content/explainers/b/index.md", page("new"))
    site.write("layouts/page.html", "x")
    found = changes_between(before, scan_inputs(site.root))
    assert found.pages == {"content/explainers/a.md", "content/explainers/b/index.md"}
    assert found.files == {"content/explainers/b"}
    assert found.layouts
    assert not found.library
