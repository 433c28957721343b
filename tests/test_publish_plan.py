"""Plans, manifests, and which of two builds is the newer one: values alone."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.output.build_info import BuildInfo, Corrected
from explainer.publish import remote_manifest
from explainer.publish.build_order import overtaken
from explainer.publish.errors import redacted
from explainer.publish.memory import last_seen, remember
from explainer.publish.plan import make_plan, step_of
from explainer.publish.remote_manifest import File, RemoteManifest, Retired, build_id
from tests.needs import need_program

if TYPE_CHECKING:
    from pathlib import Path

A, B = File("a" * 64, 10), File("b" * 64, 20)
SHEET = "static/style.0123456789.css"


def host(files: dict[str, File], **more: Any) -> RemoteManifest:
    found = RemoteManifest(build_id(files), files, published=100, base_url="https://x.example/", built=90, version="1")
    return found._replace(**more)


def test_a_plan_says_what_is_done_about_each_file_and_why() -> None:
    plan = make_plan({"a.html": A, "new.html": A, "x.css": B}, host({"a.html": A, "x.css": A, "old.png": B}), 200)
    assert [(one.what, one.path, one.size) for one in plan.actions] == [
        ("replace", "x.css", 20), ("upload", "new.html", 10), ("keep", "a.html", 0), ("delete", "old.png", 20),
    ]  # fmt: skip
    assert (plan.size, plan.changes, plan.counts["delete"]) == (30, True, 1)
    assert not make_plan({"a.html": A}, host({"a.html": A}), 200).changes


def test_what_pages_need_goes_before_them_and_what_goes_goes_last() -> None:
    names = ["feed.xml", "index.html", "b/claims.json", "b/index.html", SHEET, "sitemap.xml", "old/index.html",
             "old/p.png", "c.png"]  # fmt: skip
    files = {name: A for name in names if not name.startswith("old")}
    there = {"index.html": B, "old/index.html": B, "old/p.png": B}
    assert [one.path for one in make_plan(files, host(there), 0).actions] == [
        SHEET, "b/claims.json", "c.png", "b/index.html", "index.html", "feed.xml", "sitemap.xml",
        "old/index.html", "old/p.png",
    ]  # fmt: skip


def test_what_has_another_version_in_the_build_is_not_lost() -> None:
    there = {"search/2024/words.0123456789.json": A, "photo.0123456789.jpg": A, "photo.png": A, "page/index.html": A}
    plan = make_plan({"search/2024/words.abcdef0123.json": B, "photo.abcdef0123.png": B}, host(there), 0)
    assert {one.path for one in plan.of("delete")} == there.keys()
    assert sorted(plan.lost) == ["page/index.html", "photo.0123456789.jpg", "photo.png"]


def test_a_sheet_stays_an_hour_for_readers_of_older_pages_and_a_picture_does_not() -> None:
    picture = "explainers/a/photo.0123456789.jpg"
    first = make_plan({"index.html": B}, host({"index.html": A, SHEET: A, picture: A}), 1000)
    assert {one.path: one.what for one in first.actions} == {
        "index.html": "replace",
        SHEET: "retire",
        picture: "delete",
    }
    assert first.retired == {SHEET: Retired(A.digest, A.size, 1000)}
    later = host({"index.html": B}, retired=first.retired)
    assert not make_plan({"index.html": B}, later, 1000 + 3599).changes
    last = make_plan({"index.html": B}, later, 1000 + 3600)
    assert ([one.what for one in last.actions], last.retired) == (["keep", "delete"], {})
    again = make_plan({"index.html": B, SHEET: A}, later, 1000 + 3600)
    assert {one.what for one in again.actions} == {"keep"}


def test_what_broke_off_counts_as_unknown() -> None:
    broken = host(
        {"a.html": A, "gone.html": A, "b.html": A}, pending={"a.html": B, "b.html": A, "c.html": A}, going="c" * 16
    )
    plan = make_plan({"a.html": A, "b.html": A}, broken, 0)
    assert {one.path: one.what for one in plan.actions} == {
        "a.html": "replace", "b.html": "keep", "gone.html": "delete", "c.html": "delete",
    }  # fmt: skip


PATHS = st.sampled_from(["index.html", "a/index.html", "a/p.png", SHEET, "static/x.aaaaaaaa.js", "feed.xml", "b.css"])
TREES = st.dictionaries(PATHS, st.sampled_from([A, B]))


@given(TREES, TREES, st.booleans())
def test_a_plan_carried_out_gives_the_build(files: dict[str, File], there: dict[str, File], lingering: bool) -> None:
    plan = make_plan(files, host(there), 50, lingering=lingering)
    result = dict(there)
    for action in plan.actions:
        if action.what in {"upload", "replace"}:
            result[action.path] = files[action.path]
        elif action.what == "delete":
            del result[action.path]
    assert {path: file for path, file in result.items() if path not in plan.retired} == files
    assert sorted(one.path for one in plan.actions) == sorted(files.keys() | there.keys())
    steps = [step_of(action) for action in plan.actions]
    assert steps == sorted(steps)
    assert lingering or not plan.retired


# --- Manifests ---


def test_a_manifest_comes_back_as_it_was() -> None:
    found = host(
        {"a.html": A}, retired={SHEET: Retired("c" * 64, 3, 4)}, pending={"b é.html": B}, going="d" * 16,
        commit="e" * 40, committed=5, corrections=(Corrected("/a/", "2024-01-01", "It’s so.\n"),),
    )  # fmt: skip
    assert remote_manifest.load(remote_manifest.dump(found)) == found
    assert b"\n" not in remote_manifest.dump(found)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("explainer", 2), ("id", "../x"), ("id", None), ("files", []), ("files", {"../a": ["a" * 64, 1]}),
        ("files", {"/a": ["a" * 64, 1]}), ("files", {"a\nb": ["a" * 64, 1]}), ("files", {"a": ["short", 1]}),
        ("files", {"a": ["a" * 64, "1"]}), ("built", "now"), ("commit", "--help"), ("retired", {"a": []}),
        ("pending", {"a//b": ["a" * 64, 1]}), ("more", 1),
    ],
)  # fmt: skip
def test_a_manifest_that_no_publication_wrote_is_refused(key: str, value: object) -> None:
    data = json.loads(remote_manifest.dump(host({"a.html": A})))
    data[key] = value
    with pytest.raises(ValueError, match="no manifest"):
        remote_manifest.load(json.dumps(data).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{}", b"[" * 100_000])
def test_anything_else_is_no_manifest(content: bytes) -> None:
    with pytest.raises(ValueError, match="no manifest"):
        remote_manifest.load(content)


def test_equal_files_make_an_equal_build() -> None:
    assert build_id({"a": A, "b": B}) == build_id({"b": B, "a": A}) != build_id({"a": A, "b": A})


# --- Which is newer ---


def record(**more: Any) -> BuildInfo:
    return BuildInfo("https://x.example/", 1, built=90)._replace(**more)


def judged(ours: BuildInfo, theirs: RemoteManifest, site: Path) -> str | None:
    found = overtaken(ours, theirs, site, "live")
    return found.message if found else None


def test_without_git_clocks_say_which_is_newer(tmp_path: Path) -> None:
    theirs = host({})
    assert judged(record(built=91), theirs, tmp_path) is None
    assert "newer build" in (judged(record(built=89), theirs, tmp_path) or "")


def test_what_this_site_has_not_seen_is_not_overwritten(tmp_path: Path) -> None:
    remember(tmp_path, "live", "f" * 16)
    assert last_seen(tmp_path, "live") == frozenset({"f" * 16})
    assert last_seen(tmp_path, "other") is None
    assert "hasn't seen" in (judged(record(built=200), host({}), tmp_path) or "")
    remember(tmp_path, "live", "f" * 16, host({}).id)
    assert judged(record(built=200), host({}), tmp_path) is None


@pytest.fixture
def history(tmp_path: Path) -> dict[str, str]:
    """A repository with two commits in a row, and one on a branch beside the second."""

    def git(*words: str, at: int = 0) -> str:
        when = f"{1_700_000_000 + at} +0000"
        env = {**os.environ, "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when, "GIT_CONFIG_GLOBAL": os.devnull}
        config = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        done = subprocess.run(
            [need_program("git"), "-C", str(tmp_path), *config, *words],
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    git("init", "-q")
    found = {}
    for name, at in (("one", 1), ("two", 2)):
        git("commit", "-q", "--allow-empty", "-m", name, at=at)
        found[name] = git("rev-parse", "HEAD")
    git("checkout", "-q", "-b", "beside", found["one"])
    git("commit", "-q", "--allow-empty", "-m", "beside", at=9)
    return {**found, "beside": git("rev-parse", "HEAD")}


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [("two", "one", None), ("one", "two", "newer build"), ("two", "beside", "another branch"),
     ("beside", "two", "another branch")],
)  # fmt: skip
def test_gits_history_says_which_is_newer(
    ours: str, theirs: str, words: str | None, history: dict[str, str], tmp_path: Path
) -> None:
    found = judged(record(commit=history[ours], built=1), host({}, commit=history[theirs]), tmp_path)
    assert (found is None) if words is None else words in (found or "")


def test_of_one_commit_the_later_build_is_newer(history: dict[str, str], tmp_path: Path) -> None:
    theirs = host({}, commit=history["one"])
    assert judged(record(commit=history["one"], built=91), theirs, tmp_path) is None
    assert judged(record(commit=history["one"], built=89), theirs, tmp_path)


def test_where_git_does_not_know_the_commit_its_time_counts(history: dict[str, str], tmp_path: Path) -> None:
    ours = record(commit=history["two"], committed=50)
    assert judged(ours, host({}, commit="a" * 40, committed=49), tmp_path) is None
    assert judged(ours, host({}, commit="a" * 40, committed=51), tmp_path)


# --- Secrets ---


def test_secrets_are_taken_out_of_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "tok-12345")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush/hush+")
    said = "fatal: https://me:pw@git.example/a.git: tok-12345 and hush/hush+; Authorization: Basic-abc \x1b[31m"
    told = redacted(said)
    assert not any(secret in told for secret in ("me:pw", "tok-12345", "hush", "Basic-abc", "\x1b"))
    assert "git.example/a.git" in told
