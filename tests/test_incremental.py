"""Building what changed comes to the same as building everything, byte for byte."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import jinja2
import pytest
from hypothesis import HealthCheck, settings

from explainer import parse
from explainer.cache.store import Cache
from explainer.engine import up_to_date, workers
from explainer.engine.page_outputs import render_page
from explainer.system import site_files
from explainer.system.file_stats import snapshot
from tests.incremental_machine import SiteMachine
from tests.incremental_support import FUTURE, PAST, SiteUnderWork, compile_once
from tests.output_support import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from explainer.diagnostics import Staged
    from explainer.system.file_stats import Snapshot, Stat

TestIncrementalIsClean = SiteMachine.TestCase
TestIncrementalIsClean.settings = settings(
    max_examples=8, stateful_step_count=6, suppress_health_check=list(HealthCheck), deadline=None
)


@pytest.fixture
def work(tmp_path: Path) -> Iterator[SiteUnderWork]:
    with patch.object(jinja2.Environment, "compile", compile_once):
        yield SiteUnderWork(tmp_path)


def test_what_did_not_change_is_neither_parsed_nor_rendered(work: SiteUnderWork) -> None:
    work.check()
    with patch.object(parse, "parse_page", side_effect=AssertionError):
        pages = [path for path in work.build().rendered if path.startswith("explainers/") and path.count("/") > 1]
    assert pages == []
    work.drafts["talks"].word = "two"
    assert "explainers/talks/index.html" in work.check().rendered
    assert "explainers/record/index.html" not in work.check().rendered


def test_two_outputs_of_one_site(work: SiteUnderWork) -> None:
    work.check()
    work.drafts["talks"].word = "two"
    work.check("preview")
    work.check()
    work.drafts["talks"].word = "one"
    work.check()
    work.check("preview")


def test_a_layout_that_fails_for_one_page_fails_again(work: SiteUnderWork) -> None:
    work.check()
    work.layouts["shortcodes/note.html"] = "{{ args.kind }}{{ page.nothing }}{{ args['0'] }}{{ inner }}"
    for _ in range(3):
        assert [fault.code for fault in work.check().diagnostics] == ["E603"]
    work.layouts["shortcodes/note.html"] = "{{ args.kind }}{{ args['0'] }}"
    assert not work.check().failed


def test_a_source_that_is_gone_is_missed_by_every_build(work: SiteUnderWork) -> None:
    work.check()
    memo = work.sources.pop("memo")
    for _ in range(3):
        assert work.check().failed
    work.sources["memo"] = memo
    assert not work.check().failed


def test_a_source_behind_another_is_missed_until_it_is_back(work: SiteUnderWork) -> None:
    work.check()
    behind = work.sources.pop("officials")
    assert work.check().failed
    work.sources["officials"] = behind
    assert not work.check().failed


def test_a_quote_in_a_footnote_that_is_not_shown(work: SiteUnderWork) -> None:
    work.sources["extra"] = "type: statement, title: Extra, party: x, saved: ../explainers/record/other.txt"
    work.drafts["later"].lines |= {"unused"}
    assert not work.check().failed
    del work.sources["extra"]
    assert work.check().failed


def test_a_build_that_ends_before_its_cache_is_stored(work: SiteUnderWork) -> None:
    work.check()
    work.drafts["talks"].word = "two"
    with patch.object(Cache, "commit", lambda self: None):
        work.check()
    work.drafts["talks"].word = "one"
    work.check()


def test_lists_take_nothing_from_a_build_that_failed(work: SiteUnderWork) -> None:
    """What pages come out as in lists is kept; a failed build has made it for a site that never came out."""
    assert not work.check().failed
    address, about = work.config["base_url"], work.about
    work.config["base_url"] = "https://example.org/below/"
    work.about = "---\ntitle: About us\n---\nNothing here that others link to.\n"
    assert work.check().failed
    work.config["base_url"], work.about = address, about
    assert not work.check().failed
    work.drafts["talks"].meta["date"] = "2016-12-31"
    assert not work.check().failed


# --- Files that change under the build's hands ---------------------------------------------------


@pytest.mark.parametrize("when", [PAST, FUTURE])
def test_same_size_and_time_with_other_bytes(work: SiteUnderWork, when: int) -> None:
    for word in ("one", "two", "six"):
        work.drafts["talks"].word = word
        work.copy = f"I did {word}."
        work.write()
        for path in work.files:
            os.utime(work.root / path, ns=(when, when))
        assert not work.check().failed


def test_a_page_rewritten_within_the_clocks_step(work: SiteUnderWork) -> None:
    """The system can't tell the files apart, each as young as what is noted of it: only their bytes can."""
    talks = work.drafts["talks"].path
    first: dict[str, Stat] = {}

    def same(root: str, *folders: str) -> Snapshot:
        found = snapshot(root, *folders)
        if talks not in found.stats:
            return found
        stat = first.setdefault(talks, found.stats[talks])
        return found._replace(stats={**found.stats, talks: stat}, taken=stat.ctime)

    with patch.object(up_to_date, "snapshot", same):
        for word in ("one", "two", "six", "one"):
            work.drafts["talks"].word = word
            work.check()


@pytest.mark.parametrize("before", [True, False])
def test_a_page_rewritten_while_it_is_read(work: SiteUnderWork, before: bool) -> None:
    work.check()
    work.drafts["talks"].word = "two"
    work.write()
    talks = work.drafts["talks"]
    read = site_files.read_file

    def rewriting(root: Path, path: str, *unsaved: Any) -> Staged[bytes | None]:
        content = read(root, path, *unsaved) if before else None
        if path == talks.path and talks.word == "two":
            talks.word = "six"
            work.write()
        return content or read(root, path, *unsaved)

    with patch.object(site_files, "read_file", rewriting):
        assert not work.build().failed
    told = (work.root / "site/explainers/talks/index.html").read_text()
    assert ("All of it, two." in told) == before
    work.check()
    talks.word = "two"
    work.check()


@pytest.mark.parametrize("source", ["registry", "own"])
def test_a_saved_copy_rewritten_while_it_is_read(work: SiteUnderWork, source: str) -> None:
    if source == "own":
        talks = work.drafts["talks"]
        talks.meta["sources"] = "{mine: {type: report, title: Mine, saved: ../explainers/record/other.txt}}"
        talks.front |= {"mine"}
    work.check()
    file = work.root / "content/explainers/record" / ("speech.txt" if source == "registry" else "other.txt")
    read = site_files.read_file
    content = file.read_bytes()

    def rewriting(root: Path, path: str, *unsaved: Any) -> Staged[bytes | None]:
        found = read(root, path, *unsaved)
        if path.endswith(file.name):
            file.write_bytes(b"Something else altogether.")
        return found

    work.drafts["talks"].word = "two"
    work.write()
    with patch.object(site_files, "read_file", rewriting):
        work.build()
    work.files = {path: data for path, data in work.files.items() if not path.endswith(file.name)}
    file.write_bytes(b"Something else altogether.")
    assert_same(work)
    file.write_bytes(content)
    assert_same(work)


def assert_same(work: SiteUnderWork) -> None:
    """Hold both builds of what stands on the disk against each other."""
    report = work.build()
    clean, tree = work.build_clean()
    assert report.diagnostics == clean.diagnostics
    assert report.failed == clean.failed
    assert report.failed or tree_of(work.root / "site") == tree


def test_a_layout_rewritten_while_pages_are_rendered(work: SiteUnderWork) -> None:
    """The pages that saw another layout than the digest did aren't taken for good ones later."""
    layout = work.root / "layouts/explainer.html"
    work.layouts["explainer.html"] = "<h1>{{ page.title }}</h1> first {{ body }}"
    work.check()
    work.drafts["talks"].word = "two"
    work.write()
    before = layout.read_bytes()
    run = workers.run

    def rewriting(function: Any, *args: Any, **options: Any) -> Any:
        if function is render_page:
            layout.write_bytes(before.replace(b"first", b"second"))
        return run(function, *args, **options)

    with patch.object(workers, "run", rewriting):
        work.build()
    layout.write_bytes(before)
    assert_same(work)


def test_a_saved_copy_becomes_something_else(work: SiteUnderWork, tmp_path: Path) -> None:
    work.check()
    copy = work.root / "content/explainers/record/speech.txt"
    content = copy.read_bytes()
    outside = tmp_path / "outside.txt"
    outside.write_bytes(content)
    changes: list[Callable[[], None]] = [lambda: copy.symlink_to(outside), lambda: os.mkfifo(copy), copy.mkdir]
    for make in changes:
        copy.unlink()
        make()
        report = work.build()
        codes = {fault.code for fault in report.diagnostics}
        assert "E209" in codes
        assert codes <= {"E101", "E209"}  # E101 where it is no regular file of the site at all
        if copy.is_dir():
            copy.rmdir()
            copy.touch()
    copy.write_bytes(content)
    work.check()
