"""What a build says of itself in its marker, and the note of one that hasn't come to its end."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from explainer import __version__
from explainer.output.build_info import (
    BuildInfo,
    Corrected,
    UnfinishedMarker,
    as_data,
    is_built_from,
    is_unfinished,
    parse_build_info,
    same_facts,
)
from explainer.output.manifest import read_manifest
from explainer.system.file_stats import file_digest, snapshot
from tests.harness import MARKER
from tests.needs import need_program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness import SiteTest

PAGE = "---\ntitle: A\ndate: 2024-01-01\n{more}---\nx\n"


def said(site: SiteTest) -> dict[str, Any]:
    manifest = read_manifest(str(site.out))
    assert manifest
    found = manifest.build
    assert found
    return found


def test_a_build_says_what_it_holds(site: SiteTest) -> None:
    site.write("content/explainers/a.md", PAGE.format(more="corrections: [{date: 2024-02, text: Not so.}]\n"))
    site.write("content/explainers/b.md", PAGE.format(more="draft: true\n"))
    site.write("content/explainers/c.md", PAGE.format(more="publish_at: 2999-01-01\n"))
    site.build("--drafts", "--future", "--base-url", "https://preview.example")
    record = parse_build_info(said(site))
    assert (record.base_url, record.pages, record.version) == ("https://preview.example/", 3, __version__)
    assert (record.drafts, [page for page, _ in record.embargoed]) == (("/explainers/b/",), ["/explainers/c/"])
    assert record.corrections == (Corrected("/explainers/a/", "2024-02", "Not so."),)
    assert (record.preview, record.commit, record.committed) == (False, None, None)


def test_a_build_that_changes_nothing_says_nothing_new(site: SiteTest) -> None:
    site.write("content/explainers/a.md", PAGE.format(more=""))
    site.build()
    marker = (site.out / MARKER).stat()
    site.build()
    assert (site.out / MARKER).stat().st_mtime_ns == marker.st_mtime_ns


@pytest.mark.parametrize("packed", [False, True])
def test_it_names_the_commit(packed: bool, site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever else is the same, and however long ago: another commit is another record.
    monkeypatch.setattr("explainer.engine.up_to_date.is_young", lambda *_: False)
    git = [need_program("git"), "-C", str(site.root), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_DATE": "1700000000 +0000"}
    subprocess.run([*git, "init", "-q"], check=True, env=env)
    site.build()
    assert said(site)["commit"] is None
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True, env=env)
    if packed:
        subprocess.run([*git, "pack-refs", "--all"], check=True, env=env)
    site.build()
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, env=env, capture_output=True, text=True).stdout
    assert (said(site)["commit"], said(site)["committed"]) == (head.strip(), 1_700_000_000)


def test_a_broken_repository_is_none(site: SiteTest) -> None:
    (site.root / ".git").write_text("nonsense")
    assert site.build().exit == 0
    assert said(site)["commit"] is None


def test_records_come_back_and_others_are_refused() -> None:
    record = BuildInfo("https://x.example/", 1, 2, drafts=("/a/",), embargoed=(("/b/", 3),), corrections=(
        Corrected("/a/", "2024", "x"),))  # fmt: skip
    assert parse_build_info(json.loads(json.dumps(as_data(record)))) == record
    wrong: list[Any] = [None, [], {}, {"base_url": 1, "pages": 1, "built": 1}]
    wrong += [as_data(record) | more for more in ({"embargoed": [1]}, {"pages": "1"}, {"more": 1}, {"base_url": None})]
    for broken in wrong:
        with pytest.raises(ValueError, match="no record"):
            parse_build_info(broken)
    assert same_facts(as_data(record), as_data(record._replace(built=9)))
    assert not same_facts(as_data(record), as_data(record._replace(drafts=())))
    assert not same_facts(as_data(record), None)


def test_a_build_is_unfinished_until_it_says_so(tmp_path: Path) -> None:
    UnfinishedMarker(tmp_path, tmp_path / "site")
    assert is_unfinished(tmp_path, tmp_path / "site")
    assert not is_unfinished(tmp_path, tmp_path / "other")
    UnfinishedMarker(tmp_path, tmp_path / "site").finish()
    assert not is_unfinished(tmp_path, tmp_path / "site")


def test_where_no_marker_can_be_left_a_build_goes_on(tmp_path: Path) -> None:
    (tmp_path / ".explainer").touch()
    UnfinishedMarker(tmp_path, tmp_path / "site").finish()
    assert not is_unfinished(tmp_path, tmp_path / "site")


def test_what_pages_were_made_of_is_recorded_without_another_look(
    site: SiteTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def noted(path: str) -> str:
        looked.append(path.rpartition("/")[2])
        return file_digest(path)

    monkeypatch.setattr("explainer.output.build_info.file_digest", noted)
    page = site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    site.write("content/media/data.csv", "1\n")
    assert site.build().exit == 0
    assert looked == ["data.csv"]
    page.write_bytes(page.read_bytes())
    assert is_built_from(site.root, site.out, snapshot(str(site.root), "content", "layouts"))
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nOther.\n")
    assert not is_built_from(site.root, site.out, snapshot(str(site.root), "content", "layouts"))
