"""The guards look at values: a build, a plan, a host's manifest. `test_publish_run.py` sees them at work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from explainer.output.build_info import BuildInfo
from explainer.publish.build_input import FinishedBuild
from explainer.publish.errors import Refusal
from explainer.publish.guards import is_local, of_build, of_deletions, of_sources
from explainer.publish.plan import Action, Plan, make_plan
from explainer.publish.remote_manifest import File, RemoteManifest

if TYPE_CHECKING:
    from pathlib import Path

BASE = "https://news.example/"
DUE = 1_700_000_000  # 2023-11-14 22:13:20 UTC
REBUILD = "build the site again, without --drafts and --future"


def refusals(
    tree: Path, files: dict[str, str] | None = None, *, unfinished: bool = False, **more: Any
) -> list[Refusal]:
    """Why a sound build is refused that differs from one in this."""
    base_url, time_zone = more.pop("readers_at", BASE), more.pop("time_zone", None)
    contents = {"index.html": "<p>Text.</p>"} if files is None else files
    for path, text in contents.items():
        (tree / path).write_text(text)
    record = BuildInfo(**{"base_url": BASE, "pages": 1, "built": 1, **more})
    build = FinishedBuild(record, {path: File("a" * 64, 1) for path in contents}, tree)
    zone = {"time_zone": time_zone} if time_zone else {}
    return list(of_build(build, base_url, DUE, unfinished=unfinished, **zone))


def test_a_sound_build_passes(tmp_path: Path) -> None:
    assert refusals(tmp_path) == []


def test_an_unfinished_build(tmp_path: Path) -> None:
    message = "the last build of this site failed, was stopped, or still goes on: this is an earlier one's work"
    assert refusals(tmp_path, unfinished=True) == [
        Refusal("unfinished", message, "build the site, and mend what it tells")
    ]


def test_the_tree_of_a_preview(tmp_path: Path) -> None:
    message = "this is the tree of a preview, not of a build"
    assert refusals(tmp_path, preview=True) == [Refusal("preview-tree", message, "run `explainer build`")]


@pytest.mark.parametrize(
    ("count", "shown"),
    [(1, "p0"), (5, "p0, p1, p2, p3, p4"), (6, "p0, p1, p2, p3, p4 and 1 more"), (9, "p0, p1, p2, p3, p4 and 4 more")],
)
def test_drafts(tmp_path: Path, count: int, shown: str) -> None:
    names = tuple(f"p{number}" for number in range(count))
    assert refusals(tmp_path, drafts=names) == [Refusal("drafts", f"the build contains drafts: {shown}", REBUILD)]


def test_an_embargo_ends_at_its_second(tmp_path: Path) -> None:
    assert refusals(tmp_path, embargoed=(("a", DUE), ("b", DUE - 1))) == []
    (refusal,) = refusals(tmp_path, embargoed=(("a", DUE + 1),))
    message = "the build contains a, which isn't due before 2023-11-14 22:13:21+00:00"
    assert refusal == Refusal("embargo", message, REBUILD)


def test_of_several_embargoes_the_next_is_told(tmp_path: Path) -> None:
    pages = (("a", DUE + 20), ("b", DUE + 10), ("past", DUE - 10))
    (refusal,) = refusals(tmp_path, embargoed=pages, time_zone="America/New_York")
    assert refusal.message == "the build contains b, which isn't due before 2023-11-14 17:13:30-05:00, and 1 more"


@pytest.mark.parametrize(("pages", "files"), [(0, {"index.html": ""}), (1, {"feed.xml": ""}), (0, {})])
def test_a_build_without_pages(tmp_path: Path, pages: int, files: dict[str, str]) -> None:
    expected = Refusal("empty", "the build contains no page", "a site needs at least one page that is due")
    assert refusals(tmp_path, files, pages=pages) == [expected]


def test_a_build_for_this_machine(tmp_path: Path) -> None:
    (refusal,) = refusals(tmp_path, base_url="http://localhost/")
    assert refusal.code == "local-address"
    assert refusal.message == "the build is for http://localhost/, which no reader can reach"
    assert "`base_url` in content/site.yaml" in refusal.hint


def test_a_build_for_another_address(tmp_path: Path) -> None:
    (refusal,) = refusals(tmp_path, readers_at="https://other.example/")
    assert refusal.code == "other-address"
    assert refusal.message == f"the build is for {BASE}, and readers of this target are at https://other.example/"
    assert refusal.hint == "build without --base-url, or give the target a `base_url` of its own"


@pytest.mark.parametrize(
    "script",
    [
        '<script src="/livereload.js"></script>', "<SCRIPT SRC=LiveReload.js>", "<script>LiveReload()</script>",
        "<script async>\n'livereload'",
    ],
)  # fmt: skip
def test_a_page_that_reloads_itself(tmp_path: Path, script: str) -> None:
    pages = {"b.html": script, "a.html": script, "0.html": "livereload <script>x</script>", "0.txt": script}
    message = "a.html reloads itself: it was made for a preview"
    assert refusals(tmp_path, pages) == [Refusal("preview-tree", message, "run `explainer build`")]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="canonical" href="http://localhost:8000/a/">', "<link rel=canonical href=http://127.0.0.1/a/>",
        '<LINK HREF="http://[::1]/" REL="canonical">', '<link href="http://x.local/" rel="canonical">',
        '<link data-x rel="canonical" type="a" href="http://localhost/">',
    ],
)  # fmt: skip
def test_a_page_whose_address_is_on_this_machine(tmp_path: Path, link: str) -> None:
    right = f'<link rel="canonical" href="{BASE}"><link rel="icon" href="http://localhost/">'
    pages = {"b.html": link, "a.html": link, "0.html": right, "0.txt": link}
    (refusal,) = refusals(tmp_path, pages)
    assert refusal.code == "local-address"
    assert refusal.message == "a.html says that its address is on this machine"
    assert refusal.hint == "build the site again with its public `base_url`"


def test_an_address_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b'<link rel="canonical" href="https://\xff.example/">')
    build = FinishedBuild(BuildInfo(BASE, 1, 1), {"index.html": File("a", 1)}, tmp_path)
    assert list(of_build(build, BASE, DUE, unfinished=False)) == []


def test_every_reason_is_told(tmp_path: Path) -> None:
    found = refusals(
        tmp_path, {}, unfinished=True, preview=True, drafts=("a",), embargoed=(("b", DUE + 1),), base_url=""
    )
    codes = [refusal.code for refusal in found]
    assert codes == ["unfinished", "preview-tree", "drafts", "embargo", "empty", "other-address"]


def test_content_that_is_newer() -> None:
    assert list(of_sources(None)) == list(of_sources("")) == []
    (refusal,) = of_sources("content/site.yaml")
    assert refusal.code == "newer-content"
    assert refusal.message == "the site has changed since it was built: content/site.yaml"
    assert refusal.hint == "run `explainer build`, or publish with --build, which builds first"


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost", "http://LOCALHOST./", "https://a.localhost/", "http://x.local/", "http://a.invalid/",
        "http://[::]/", "http://[::1]:8000/", "http://0.0.0.0/", "http://127.8.0.1/", "http://", "https:///path",
        "HTTP:path", "http://[half/",
    ],
)  # fmt: skip
def test_which_addresses_are_local(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize(
    "address",
    [
        BASE, "https://10.0.0.1/", "https://localhost.example/", "https://mylocal/", "https://localhostx/", "https://xinvalid.example/",
        "https://[2001:db8::1]/", "/explainers/a/", "", "mailto:a@example.org",
    ],
)  # fmt: skip
def test_which_addresses_are_not(address: str) -> None:
    assert not is_local(address)


def deleted(gone: int, there: int, most: int | None) -> list[Refusal]:
    files = {f"{number}.html": File("a" * 64, 1) for number in range(there)}
    host = RemoteManifest("0" * 16, files, 0, BASE, 0, "1")
    return list(of_deletions(make_plan(dict(list(files.items())[gone:]), host, 0), host, most))


@pytest.mark.parametrize(("gone", "there", "most"), [
    (0, 10, None), (2, 10, None), (256, 2000, None), (0, 10, 0), (3, 10, 3), (300, 300, 300), (0, 0, None),
])  # fmt: skip
def test_deletions_that_need_no_word(gone: int, there: int, most: int | None) -> None:
    assert deleted(gone, there, most) == []


@pytest.mark.parametrize(("gone", "there", "most", "limit"), [
    (3, 10, None, "more than 20% need your word"), (257, 2000, None, "more than 256 need your word"),
    (257, 257, None, "more than 256 need your word"), (3, 10, 2, "--max-deletes allows 2"),
    (1, 100, 0, "--max-deletes allows 0"), (10, 10, None, "more than 20% need your word"),
])  # fmt: skip
def test_deletions_that_do(gone: int, there: int, most: int | None, limit: str) -> None:
    message = f"{gone} of the {there} files on the host would be deleted; {limit}"
    hint = f"look at the plan (--dry-run); if it is meant: --max-deletes {gone}"
    assert deleted(gone, there, most) == [Refusal("too-many-deletions", message, hint)]


def test_what_was_never_there_is_not_lost() -> None:
    plan = Plan((Action("delete", "a.html", 1, "it is no longer there"),), {})
    assert list(of_deletions(plan, None, None)) == []
    host = RemoteManifest("0" * 16, {"b.html": File("a", 1)}, 0, BASE, 0, "1")
    assert list(of_deletions(plan, host, 0)) == []
