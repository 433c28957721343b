"""A site of which nothing has changed is told by stats alone, and any change at all is seen."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from explainer.cache.store import Cache
from explainer.engine import pipeline
from explainer.engine.run import Report, Request, build
from explainer.output.manifest import MARKER, dump_manifest, entry_of, read_manifest
from explainer.system.default_theme import default_layouts
from explainer.system.user_key import user_key
from tests.output_support import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.harness import SiteTest

PAGE = "---\ntitle: A\ndate: {date}\n---\nText.\n"
LAYOUT = '{% extends "default/explainer.html" %}'


@pytest.fixture
def request_(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> Request:
    """A site with a page, a warning and a page of the future, which was built a while ago."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    site.write("content/explainers/a.md", PAGE.format(date="2017-01-01"))
    site.write("content/explainers/b.md", PAGE.format(date="2023-12-01"))
    site.write("content/sources/all.yaml", "memo: {type: report, title: The memo, private: zq}\n")
    site.write("layouts/explainer.html", LAYOUT)
    request = Request(site.root, site.out)
    build(request)
    settle(site)
    build(request)
    return request


def settle(site: SiteTest) -> None:
    """Let the clock go on, so that no file is as young as what was noted of it."""
    os.utime(site.root / "content/site.yaml")
    while site.root.joinpath("content/site.yaml").stat().st_ctime_ns + 60_000_000 > os_clock(site):
        pass


def os_clock(site: SiteTest) -> int:
    probe = site.root / "probe"
    probe.touch()
    return probe.stat().st_ctime_ns


def walked(request: Request) -> tuple[bool, Report]:
    """Build, and tell whether the site was walked."""
    calls: list[Any] = []
    walk = pipeline.load_and_resolve

    def noted(*args: Any) -> Any:
        calls.append(args)
        return walk(*args)

    with patch.object(pipeline, "load_and_resolve", noted):
        report = build(request)
    return bool(calls), report


def test_nothing_has_changed(request_: Request) -> None:
    before = tree_of(request_.out)
    done, report = walked(request_)
    assert not done
    assert tree_of(request_.out) == before
    # What there is to tell is told again, with its line.
    assert [found.code for found in report.diagnostics] == ["W253"]
    assert report.texts["content/sources/all.yaml"].hidden == {1}
    assert report.pages == 1
    assert "explainers/a/index.html" in report.outputs
    assert report.rendered == {}


def test_a_file_dated_later_than_the_build_is_never_taken_on_trust(request_: Request, site: SiteTest) -> None:
    later = 2_000_000_000
    os.utime(site.root / "content/explainers/a.md", (later, later))
    assert walked(request_)[0]
    # Nothing has changed since; but whether it has can't be told by a time that is still to come.
    assert walked(request_)[0]
    os.utime(site.root / "content/explainers/a.md", (1, 1))
    settle(site)
    assert walked(request_)[0]
    assert not walked(request_)[0]


CHANGES: dict[str, Callable[[SiteTest], object]] = {
    "a page": lambda site: site.write("content/explainers/a.md", PAGE.format(date="2017-01-02")),
    "a new page": lambda site: site.write("content/explainers/c.md", PAGE.format(date="2017-01-01")),
    "a page gone": lambda site: (site.root / "content/explainers/a.md").unlink(),
    "a page renamed": lambda site: (site.root / "content/explainers/a.md").rename(
        site.root / "content/explainers/z.md"
    ),
    "a source": lambda site: site.write("content/sources/all.yaml", "memo: {type: report, title: Another}\n"),
    "people": lambda site: site.write("content/people.yaml", "ada: {name: Ada}\n"),
    "the site": lambda site: site.write("content/site.yaml", "title: B\nbase_url: https://example.org/\n"),
    "a layout": lambda site: site.write("layouts/explainer.html", LAYOUT + " "),
    "a layout more": lambda site: site.write("layouts/shortcodes/x.html", "x"),
    "an output": lambda site: (site.out / "explainers/a/index.html").write_text("edited"),
    "an output gone": lambda site: (site.out / "explainers/a/index.html").unlink(),
    "a stranger in the output": lambda site: (site.out / "stranger.html").write_text("x"),
    "the mode of an output": lambda site: (site.out / "index.html").chmod(0o600),
}


FAULTS: dict[str, Callable[[SiteTest], object]] = {
    "a folder that the site doesn't know": lambda site: (site.root / "content/articles").mkdir(),
    "a link that leads nowhere": lambda site: (site.root / "content/explainers/x.md").symlink_to("nowhere"),
}


@pytest.mark.parametrize("change", FAULTS)
def test_a_fault_is_seen(request_: Request, site: SiteTest, change: str) -> None:
    FAULTS[change](site)
    assert walked(request_)[0]
    assert (
        walked(request_)[1].failed == build(Request(site.root, site.root.parent / "clean" / "site", clean=True)).failed
    )


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(request_: Request, site: SiteTest, change: str) -> None:
    CHANGES[change](site)
    done, report = walked(request_)
    assert done
    assert not report.failed
    clean = Request(site.root, site.root.parent / "clean" / "site", clean=True)
    build(clean)
    assert tree_of(site.out) == tree_of(clean.out)


def test_a_time_that_has_come_is_seen(request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    for now, pages in (("1701388800", 2), ("1700000000", 1)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", now)
        done, report = walked(request_)
        assert done
        assert report.pages == pages


@pytest.mark.parametrize("asked", [{"future": True}, {"drafts": True}, {"base_url": "https://b.example/"}])
def test_another_wish_is_seen(request_: Request, site: SiteTest, asked: dict[str, Any]) -> None:
    done, _ = walked(Request(site.root, site.out, **asked))
    assert done


def test_a_warning_is_an_error_if_asked(request_: Request, site: SiteTest) -> None:
    done, report = walked(Request(site.root, site.out, strict=True))
    assert done
    assert report.failed


def test_the_default_theme_counts_too(request_: Request, tmp_path: Path) -> None:
    theme = tmp_path / "elsewhere/layouts"
    theme.mkdir(parents=True)
    assert default_layouts() != theme
    with patch("explainer.engine.up_to_date.default_layouts", lambda: theme):
        assert walked(request_)[0]


@pytest.mark.parametrize("row", [b"", b"\x80", b"\x90", b"\xc0", b"\x99" + b"\x90" * 9, b"\x91" * 9999])
def test_a_note_that_is_none_is_a_miss(request_: Request, row: bytes) -> None:
    with Cache(request_.site / ".explainer", user_key(request_.site)) as cache:
        (key,) = cache.keys("last build")
        cache.put("last build", [(key, row)])
        cache.commit()
    assert walked(request_)[0]


def test_nothing_heavy_is_imported(request_: Request) -> None:
    line = (
        f"import sys; from explainer.cli.main import main; main(['build', '--quiet', '--site', {str(request_.site)!r}])"
    )
    code = f"import sys\ntry:\n    {line}\nfinally:\n    print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'explainer.engine.up_to_date'" in done.stdout
    for heavy in ("jinja2", "markdown_it", "bs4", "explainer.engine.pipeline", "concurrent"):
        assert f"'{heavy}'" not in done.stdout


def change_with_its_list(request_: Request, key: bytes) -> tuple[Path, bytes]:
    """Change a file and let the marker, sealed with a key, say that this is what was built; the file, what it held."""
    file = request_.out / "explainers/a/index.html"
    built = file.read_bytes()
    file.write_bytes(b"!" * len(built))
    known = read_manifest(str(request_.out))
    assert known
    path = file.relative_to(request_.out).as_posix()
    files = {**known.files, path: entry_of(known.files[path].digest, file.lstat())}
    (request_.out / MARKER).write_bytes(dump_manifest(files, known.folders, known.build, key)[0])
    return file, built


def test_clean_believes_no_list(request_: Request) -> None:
    """Only with this user's key is the list believed, and then `--clean` alone reads the file again."""
    file, built = change_with_its_list(request_, user_key(request_.site))
    build(request_)
    assert file.read_bytes() != built
    build(replace(request_, clean=True))
    assert file.read_bytes() == built


@pytest.mark.parametrize("tree", ["site", ".site.explainer-spare"])
def test_a_list_that_somebody_else_sealed_is_no_list(request_: Request, site: SiteTest, tree: str) -> None:
    site.write("content/explainers/c.md", PAGE.format(date="2016-01-01"))
    build(request_)
    change_with_its_list(replace(request_, out=request_.site / tree), b"k" * 32)
    site.write("content/explainers/c.md", PAGE.format(date="2015-01-01"))
    build(request_)
    content = tree_of(request_.out)
    build(replace(request_, clean=True))
    assert tree_of(request_.out) == content
    assert b"!!!!" not in content["explainers/a/index.html"][1]
