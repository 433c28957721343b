"""Publishing to a folder: whole versions, kept ones, a publisher that is killed, a disk that is full."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import re
import shutil
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from explainer.publish import host_folder
from explainer.publish.errors import HostError
from explainer.publish.host import write_durably
from explainer.publish.host_folder import Folder
from tests.harness import SiteTest
from tests.publish_support import (
    Crawler,
    a_page,
    a_sheet,
    a_site,
    codes,
    http_server,
    killed,
    publish,
    published_tree,
    serve_folder,
    sheet,
)

if TYPE_CHECKING:
    from pathlib import Path

TARGETS = "publish: {here: {to: folder, path: ../www, verify: 0, keep: 3}}\n"


@pytest.fixture
def www(site: SiteTest) -> Path:
    a_site(site, targets=TARGETS)
    assert site.build().exit == 0
    return site.root.parent / "www"


def rebuild(site: SiteTest, words: str, letter: str) -> None:
    a_page(site, "page-1", words)
    a_sheet(site, letter)
    assert site.build().exit == 0


def test_what_is_the_same_is_shared_and_what_is_not_is_kept(site: SiteTest, www: Path) -> None:
    publish(site)
    before = {path: (www / path).stat().st_ino for path in published_tree(www)}
    rebuild(site, "Other words.", "b")
    assert publish(site).exit == 0
    after = {path: (www / path).stat().st_ino for path in published_tree(www)}
    assert before["robots.txt"] == after["robots.txt"]
    assert before[sheet("a")] == after[sheet("a")]
    assert before["index.html"] != after["index.html"]
    assert www.stat().st_mode & 0o777 == 0o755
    assert len(list(www.with_name(".www.explainer-kept").iterdir())) == 1
    assert not www.with_name(".www.explainer-next").exists()


@pytest.mark.parametrize("umask", [0o027, 0o077])
def test_readers_may_read_whatever_the_umask(umask: int, site: SiteTest, www: Path) -> None:
    before = os.umask(umask)
    try:
        assert publish(site).exit == 0
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in [www, *www.rglob("*")] if path.is_dir()}
    files = {path.stat().st_mode & 0o777 for path in www.rglob("*") if path.is_file()}
    assert (modes, files) == ({0o755}, {0o644})


def test_a_lock_says_whose_it_is(site: SiteTest, www: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(site)
    rebuild(site, "Other words.", "b")
    monkeypatch.setattr(host_folder, "_PATIENCE", 0)
    with www.with_name(".www.explainer-lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = publish(site)
    assert result.exit == 3
    assert re.search(rf"explainer-lock: a publisher on \S+, process {os.getpid()}, since \d{{4}}-", result.stderr)
    assert publish(site).exit == 0


def test_the_root_of_the_file_system(site: SiteTest, www: Path) -> None:
    site.write("content/site.yaml", (site.root / "content/site.yaml").read_text().replace("../www", "/"))
    result = publish(site)
    assert result.exit == 3
    assert "root of the file system" in result.stderr
    assert not www.exists()


def test_rollbacks_and_how_many_versions_are_kept(site: SiteTest, www: Path) -> None:
    for number in range(4):
        rebuild(site, f"Number {number}.", "abcd"[number])
        assert publish(site).exit == 0
    assert len(list(www.with_name(".www.explainer-kept").iterdir())) == 2
    for number in (2, 1):
        assert publish(site, "--rollback", "--yes").exit == 0
        assert f"Number {number}.".encode() in published_tree(www)["explainers/page-1/index.html"]
    assert codes(publish(site, "--rollback", "--format", "json")) == ["no-earlier-version"]


def test_what_was_stopped_earlier_may_still_arrive(site: SiteTest, www: Path) -> None:
    """Two publishers in turn were stopped on their way, and then the host had what the first one had brought."""
    publish(site)
    rebuild(site, "Second words.", "b")
    first = SiteTest.from_dir(site.root, site.root.parent / "first")
    with patch.object(Folder, "publish", side_effect=HostError("cut")):
        assert publish(site).exit == 3
        rebuild(site, "Third words.", "c")
        assert publish(site).exit == 3
    assert publish(first).exit == 0
    assert b"Second words." in published_tree(www)["explainers/page-1/index.html"]
    assert publish(site).exit == 0
    assert b"Third words." in published_tree(www)["explainers/page-1/index.html"]


def test_what_was_changed_by_hand_is_mended(site: SiteTest, www: Path) -> None:
    publish(site)
    (www / "404.html").write_text("tampered")
    (www / "robots.txt").unlink()
    rebuild(site, "Other words.", "b")
    assert publish(site).exit == 0
    found = published_tree(www)
    assert {path: found[path] for path in site.tree()} == {path: (site.out / path).read_bytes() for path in site.tree()}


@pytest.mark.parametrize("number", [0, 1, 5, 8])
def test_a_full_disk_changes_nothing(number: int, site: SiteTest, www: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(site)
    before = published_tree(www)
    rebuild(site, "Other words.", "b")
    left, write = iter(range(number)), write_durably

    def full(file: Path, content: bytes, mode: int = 0o644) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
        write(file, content, mode)

    with monkeypatch.context() as patch:
        patch.setattr("explainer.publish.host_folder.write_durably", full)
        result = publish(site)
    assert (result.exit, published_tree(www)) == (3, before)
    assert "No space left on device" in result.stderr
    assert publish(site).exit == 0
    assert published_tree(www) != before


def test_who_publishes_in_between_is_not_overwritten(
    site: SiteTest, www: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from explainer.publish.host_folder import Folder  # noqa: PLC0415

    publish(site)
    rebuild(site, "Ours.", "b")
    put = Folder.publish

    def late(self: Folder, work: object) -> None:
        monkeypatch.setattr(Folder, "publish", put)
        a_page(site, "page-2", "Theirs.")
        site.build()
        assert publish(site).exit == 0
        put(self, work)  # type: ignore[arg-type]

    monkeypatch.setattr(Folder, "publish", late)
    result = publish(site)
    assert result.exit == 3
    assert "somebody else has published" in result.stderr
    assert b"Theirs." in published_tree(www)["explainers/page-2/index.html"]


def kill(site: SiteTest, www: Path, times: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    publish(site)
    pages = [path for path in site.tree() if path.endswith(".html")]
    with http_server(serve_folder(www)) as url, Crawler(url, pages) as reader:
        reader.knows(site.out)
        for number in range(times):
            rebuild(site, f"Words of version {number}.", "bcdef"[number % 5])
            reader.knows(site.out)
            killed(site, chance.uniform(0.2, 0.9), "--yes")
            assert www.is_dir() or www.with_name(".www.explainer-aside").is_dir()
        assert publish(site, "--yes").exit == 0
    assert reader.broken == []
    assert reader.pages > times
    found = published_tree(www)
    assert {path: found[path] for path in site.tree()} == {path: (site.out / path).read_bytes() for path in site.tree()}


def test_a_publisher_that_is_killed(site: SiteTest, www: Path) -> None:
    kill(site, www, times=3, seed=1)


@pytest.mark.torture
def test_a_publisher_that_is_killed_at_fifty_moments(site: SiteTest, www: Path) -> None:
    kill(site, www, times=50, seed=2)


@pytest.mark.torture
def test_a_disk_of_every_size(site: SiteTest, www: Path) -> None:
    """A real file system that is full: tmpfs, which only root may mount."""
    import subprocess  # noqa: PLC0415

    from tests.needs import lacking, need_program  # noqa: PLC0415

    mount, umount = need_program("mount"), need_program("umount")
    for size in range(64, 400, 16):
        folder = www.parent / f"disk-{size}"
        folder.mkdir()
        command = [mount, "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            lacking("a tmpfs can't be mounted here")
        try:
            a_site(site, targets=TARGETS.replace("../www", f"../disk-{size}/www"))
            a_page(site, "page-1", "First.")
            site.build()
            first = publish(site).exit
            before = published_tree(folder / "www")
            rebuild(site, "Other words.", "b")
            second = publish(site, "--yes").exit
            assert {first, second} <= {0, 3}
            assert second == 0 or published_tree(folder / "www") == before
        finally:
            subprocess.run([umount, str(folder)], check=True)
            shutil.rmtree(site.root / ".explainer", ignore_errors=True)
