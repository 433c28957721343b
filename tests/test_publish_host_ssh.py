"""Publishing over ssh and rsync, to an sshd of our own with nginx in front."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from explainer.publish import host_ssh
from tests.needs import lacking, need_program
from tests.publish_support import (
    Crawler,
    Middleman,
    SshHost,
    a_page,
    a_sheet,
    a_site,
    codes,
    killed,
    nginx,
    publish,
    published_tree,
    sheet,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness import SiteTest


@dataclass
class Live:
    """A host with nginx in front; `tree` is what readers get."""

    site: SiteTest
    host: SshHost
    folder: Path
    url: str

    @property
    def tree(self) -> dict[str, bytes]:
        return published_tree((self.folder / "current").resolve())

    def rebuild(self, words: str, letter: str) -> None:
        """Another version: other pages, another sheet."""
        a_page(self.site, "page-1", words)
        a_sheet(self.site, letter)
        assert self.site.build().exit == 0

    def expected(self) -> dict[str, bytes]:
        """What the build has for this host."""
        return {path: (self.site.out / path).read_bytes() for path in self.site.tree() if not path.startswith("_")}


@pytest.fixture
def live(site: SiteTest, tmp_path: Path, ssh_server: SshHost, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    folder = tmp_path / "www/post"
    with nginx(tmp_path / "nginx", folder / "current") as url:
        monkeypatch.setenv("EXPLAINER_SSH", ssh_server.command())
        target = f"{{to: ssh, host: 127.0.0.1, path: {folder}, verify_at: '{url}', verify: 10, keep: 3}}"
        a_site(site, targets=f"publish:\n  live: {target}\n")
        assert site.build().exit == 0
        yield Live(site, ssh_server, folder, url)


def test_versions_stand_beside_each_other_and_share_what_is_the_same(live: Live) -> None:
    result = publish(live.site, "--format", "json")
    assert (result.exit, told(result)["outcome"]) == (0, "published")
    verified = told(result)["verified"]
    assert (verified["wrong"], verified["warnings"], verified["checked"]) == ([], [], len(live.expected()))
    assert live.tree == live.expected()
    first = (live.folder / "current").resolve()

    live.rebuild("Other words.", "b")
    shutil.rmtree(live.site.root / "content/explainers/page-2")
    live.site.build()
    result = publish(live.site, "--yes", "--format", "json", "--max-deletes", "3")
    assert result.exit == 0
    assert (told(result)["plan"]["delete"], told(result)["plan"]["retire"]) == (5, 1)
    second = (live.folder / "current").resolve()
    assert first != second
    # What no page needs any more stays for those who have an older page open.
    assert {path: file for path, file in live.tree.items() if path != sheet("a")} == live.expected()
    assert (second / "robots.txt").samefile(first / "robots.txt")
    assert (second / sheet("a")).samefile(first / sheet("a"))
    assert not (second / "index.html").samefile(first / "index.html")
    assert not (second / "explainers/page-2").exists()
    assert [path.name for path in live.folder.glob("incoming/*")] == []


def test_a_rollback_gives_readers_the_version_from_before(live: Live) -> None:
    publish(live.site)
    one = live.tree
    live.rebuild("Two.", "b")
    publish(live.site)
    live.rebuild("Three.", "c")
    publish(live.site)
    for words in (b"Two.", b"First words."):
        result = publish(live.site, "--rollback", "--yes", "--format", "json")
        assert (result.exit, told(result)["outcome"], told(result)["verified"]["wrong"]) == (0, "rolled-back", [])
        assert words in live.tree["explainers/page-1/index.html"]
    assert live.tree == one
    assert codes(publish(live.site, "--rollback", "--format", "json")) == ["no-earlier-version"]
    again = publish(live.site, "--format", "json")
    assert (again.exit, codes(again)) == (1, ["withdrawn"])
    assert publish(live.site, "--replace", told(again)["host"]).exit == 0
    assert b"Three." in live.tree["explainers/page-1/index.html"]


def test_only_some_versions_are_kept(live: Live) -> None:
    for number in range(3):
        live.rebuild(f"Number {number}.", "abc"[number])
        assert publish(live.site, "--yes", "--keep", "2").exit == 0
    releases = sorted(path.name for path in live.folder.glob("releases/*") if path.is_dir())
    assert len(releases) == 2
    assert publish(live.site, "--rollback", "--yes").exit == 0
    assert b"Number 1." in live.tree["explainers/page-1/index.html"]


def test_compressed_copies_and_what_the_server_makes_nothing_of(live: Live) -> None:
    text = (live.site.root / "content/site.yaml").read_text().replace("keep: 3", "precompress: [gz, br]")
    live.site.write("content/site.yaml", text)
    assert publish(live.site).exit == 0
    assert {"index.html.gz", "index.html.br", "feed.xml.gz"} <= live.tree.keys()
    assert not {"_headers", ".explainer-site", "static/icon.svg.gz"} & live.tree.keys()


def test_a_folder_that_is_not_ours(live: Live) -> None:
    live.folder.mkdir(parents=True)
    (live.folder / "family.jpg").touch()
    assert codes(publish(live.site, "--format", "json")) == ["not-ours"]
    assert [path.name for path in live.folder.iterdir()] == ["family.jpg"]


def test_who_publishes_in_between_is_not_overwritten(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    from explainer.publish.host_ssh import Ssh  # noqa: PLC0415

    publish(live.site)
    live.rebuild("Ours.", "b")
    send = Ssh._send

    def slowly(self: Ssh, *args: str) -> None:
        send(self, *args)  # type: ignore[arg-type]
        (live.folder / "current").unlink()
        (live.folder / "current").symlink_to("releases/another")

    monkeypatch.setattr(Ssh, "_send", slowly)
    result = publish(live.site, "--yes")
    assert result.exit == 3
    assert "somebody else has published" in result.stderr
    assert (live.folder / "current").readlink().name == "another"


@pytest.mark.parametrize("how", ["stranger", "other host", "no host"])
def test_a_host_that_does_not_let_us_in(how: str, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "stranger": live.host.command(key="stranger"),
        "other host": live.host.command(known=(live.host.folder / "stranger.pub").read_text().strip()),
        "no host": live.host.command(port=1),
    }[how]
    monkeypatch.setenv("EXPLAINER_SSH", wrong)
    result = publish(live.site, "--format", "json")
    words = {"stranger": "Permission denied", "other host": "key verification failed", "no host": "refused"}[how]
    assert result.exit == 3
    assert words in told(result)["error"]
    assert told(result)["hint"]
    assert not live.folder.exists()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_publisher_that_is_stopped_says_so(number: int, status: int, live: Live, tmp_path: Path) -> None:
    slow = tmp_path / "slow-ssh"
    slow.write_text(f"#!/bin/sh\ntouch {tmp_path}/begun\nexec sleep 60\n")
    slow.chmod(0o755)
    command = [sys.executable, "-m", "explainer", "publish", "--site", str(live.site.root)]
    process = subprocess.Popen(command, env={**os.environ, "EXPLAINER_SSH": str(slow)}, cwd=Path(__file__).parents[1])
    while not (tmp_path / "begun").exists():
        time.sleep(0.02)
    process.send_signal(number)
    assert process.wait(30) == status
    assert not live.folder.exists()


@pytest.mark.torture
def test_a_full_disk_on_the_host(live: Live) -> None:
    mount, umount = need_program("mount"), need_program("umount")
    publish(live.site)
    for size in range(64, 512, 32):
        disk = live.folder.parent / f"disk-{size}"
        disk.mkdir()
        command = [mount, "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(disk)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            lacking("a tmpfs can't be mounted here")
        try:
            text = (live.site.root / "content/site.yaml").read_text()
            live.site.write(
                "content/site.yaml", re.sub(r"path: \S+, .*keep", f"path: {disk}/post, verify: 0, keep", text)
            )
            live.rebuild("First.", "a")
            first = publish(live.site).exit
            before = published_tree((disk / "post/current").resolve()) if first == 0 else {}
            live.rebuild("Second.", "b")
            second = publish(live.site, "--yes").exit
            assert {first, second} <= {0, 3}
            if first == 0 and second == 3:
                assert published_tree((disk / "post/current").resolve()) == before
        finally:
            subprocess.run([umount, str(disk)], check=True)


def cut(live: Live, monkeypatch: pytest.MonkeyPatch, seed: int, cuts: int) -> None:
    """Cut the connection at random bytes; readers see no broken page, and the next run goes on."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    publish(live.site)
    before = live.tree
    live.site.write("content/explainers/page-1/film.mp4", chance.randbytes(300_000))
    live.rebuild("Second words. [Film](film.mp4)", "b")
    with Middleman(live.host.port) as middle:
        monkeypatch.setenv("EXPLAINER_SSH", live.host.command(port=middle.port))
        for _ in range(cuts):
            middle.passed, middle.cut_after = 0, chance.randrange(1, 420_000)
            result = publish(live.site)
            assert result.exit in {0, 3}
            assert live.tree in (
                before,
                {**live.expected(), sheet("a"): before[sheet("a")]},
            )
            if result.exit == 0 and middle.passed < middle.cut_after:
                break
    monkeypatch.setenv("EXPLAINER_SSH", live.host.command())
    assert publish(live.site).exit == 0
    assert live.expected().items() <= live.tree.items()


def test_a_connection_that_is_cut(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(live, monkeypatch, seed=1, cuts=4)


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(10))
def test_a_connection_that_is_cut_at_many_bytes(seed: int, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    cut(live, monkeypatch, seed=100 + seed, cuts=10)


def kill(live: Live, times: int, seed: int) -> None:
    """Kill the publisher at random moments while a reader goes over the site all the while."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    publish(live.site)
    with Crawler(live.url, [path for path in live.expected() if path.endswith(".html")]) as reader:
        reader.knows(live.site.out)
        for number in range(times):
            live.rebuild(f"Words of version {number}.", "bcdef"[number % 5])
            reader.knows(live.site.out)
            killed(live.site, chance.uniform(0.1, 2.0), "--yes", whole_group=number % 2 == 0)
        assert publish(live.site, "--yes").exit == 0
    assert reader.broken == []
    assert reader.pages > times
    assert live.expected().items() <= live.tree.items()


def test_a_publisher_that_is_killed(live: Live) -> None:
    kill(live, times=3, seed=1)


@pytest.mark.torture
def test_a_publisher_that_is_killed_at_fifty_moments(live: Live) -> None:
    kill(live, times=50, seed=2)


def a_login(folder: Path, first: str) -> str:
    """An ssh that runs everything on this machine, after a command of the login's."""
    program = folder / "login"
    program.write_text(f'#!/bin/sh\nwhile [ "$1" != 127.0.0.1 ]; do shift; done\nshift\n{first}\neval "$*"\n')
    program.chmod(0o755)
    return str(program)


def test_where_the_folder_cannot_be_made_nothing_else_is_touched(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The user's own folder on the host is where ssh begins: nothing may be written there."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "file").write_text("no folder")
    text = (live.site.root / "content/site.yaml").read_text()
    live.site.write("content/site.yaml", text.replace(str(live.folder), str(tmp_path / "file/post")))
    monkeypatch.setenv("EXPLAINER_SSH", a_login(tmp_path, f"cd {home}"))
    result = publish(live.site)
    assert result.exit == 3
    assert "Not a directory" in result.stderr
    assert list(home.iterdir()) == []


def test_what_was_half_sent_long_ago_makes_room(live: Live) -> None:
    assert publish(live.site).exit == 0
    for name, age in (("a" * 16, 3600), ("b" * 16, 0)):
        left = live.folder / "incoming" / name
        left.mkdir()
        (left / "film.mp4").write_bytes(b"x")
        for path in (left / "film.mp4", left):
            os.utime(path, (time.time() - age,) * 2)
    live.rebuild("Other words.", "b")
    assert publish(live.site).exit == 0
    # Another publisher may still be sending what was written to just now.
    assert [path.name for path in (live.folder / "incoming").iterdir()] == ["b" * 16]


def test_folders_are_readable_whatever_the_umask_of_the_host(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLAINER_SSH", a_login(tmp_path, "umask 077"))
    assert publish(live.site).exit == 0
    inside = [live.folder / "releases", *(live.folder / "releases").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in inside if path.is_dir()} == {0o755}
    assert {path.stat().st_mode & 0o777 for path in inside if path.is_file() and path.suffix == ".html"} == {0o644}


def test_a_lock_says_whose_it_is(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    assert publish(live.site).exit == 0
    live.rebuild("Other words.", "b")
    (live.folder / ".lock").mkdir()
    (live.folder / ".lock/holder").write_text("a publisher on desk, process 7, since 2026-01-02T03:04:05Z\n")
    monkeypatch.setattr(host_ssh, "_SWITCH", host_ssh._SWITCH.replace("-gt 150", "-gt 0"))
    result = publish(live.site)
    assert result.exit == 3
    assert "a publisher on desk, process 7, since 2026-01-02T03:04:05Z" in result.stderr
    os.utime(live.folder / ".lock", (time.time() - 600,) * 2)
    assert publish(live.site).exit == 0


def test_a_way_that_is_stuck_ends(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent is taken in by nobody, and the host's signs of life still arrive."""
    assert publish(live.site).exit == 0
    before = live.tree
    live.site.write("content/explainers/page-1/film.mp4", random.Random(1).randbytes(30_000_000))  # noqa: S311
    live.rebuild("Second words. [Film](film.mp4)", "b")
    monkeypatch.setattr(host_ssh, "_PATIENCE", 3)
    monkeypatch.setattr(host_ssh, "_SLOWEST", 10**9)
    with Middleman(live.host.port) as middle:
        middle.swallow_after = 5_000_000
        monkeypatch.setenv("EXPLAINER_SSH", live.host.command(port=middle.port))
        result = publish(live.site)
    assert result.exit == 3
    assert "didn't end within" in result.stderr
    assert live.tree == before
