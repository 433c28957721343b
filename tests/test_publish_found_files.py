"""What others changed, lost or put there on a host is found, and mended or kept."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from explainer.publish.host_folder import Folder
from explainer.publish.host_ssh import Ssh
from tests.publish_desk import a_desk
from tests.publish_support import publish, told

if TYPE_CHECKING:
    from tests.harness import SiteTest
    from tests.publish_desk import Desk

CHALLENGE = ".well-known/acme-challenge/token"


def test_what_was_lost_or_changed_by_hand_is_mended_by_the_same_build(desk: Desk) -> None:
    assert desk.publish(1).exit == 0
    before = desk.tree()
    desk.change("robots.txt", None)
    desk.change("404.html", b"x" * len(before["404.html"]))
    desk.change("index.html", b"tampered")
    planned = told(desk.publish(1, "--dry-run"))["plan"]
    assert {one["path"]: one["action"] for one in planned["actions"] if one["action"] != "keep"} == {
        "robots.txt": "upload", "404.html": "replace", "index.html": "replace",
    }  # fmt: skip
    assert {one["why"] for one in planned["actions"] if one["action"] == "replace"} == {
        "somebody changed it on the host"
    }
    assert told(desk.publish(1))["outcome"] == "published"
    after = desk.tree()
    assert after.keys() == before.keys()
    assert all(after[path] == before[path] for path in before if not path.startswith("."))
    assert told(desk.publish(1))["outcome"] == "unchanged"
    # The version with the damage isn't one that a rollback would offer.
    assert not any(one["rollback"] for one in desk.list())


def test_a_change_that_left_size_and_time_alone_is_found_by_repair(desk: Desk) -> None:
    if desk.kind == "pages":
        pytest.skip("git knows the digest of every file")
    assert desk.publish(1).exit == 0
    file = desk.folder / "robots.txt"
    stat, content = file.stat(), file.read_bytes()
    file.write_bytes(b"x" * len(content))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert told(desk.publish(1))["outcome"] == "unchanged"
    assert told(desk.publish(1, "--repair"))["outcome"] == "published"
    assert desk.tree()["robots.txt"] == content
    assert told(desk.publish(1, "--repair"))["outcome"] == "unchanged"


def test_files_of_others_stay_and_are_named(desk: Desk) -> None:
    assert desk.publish(1).exit == 0
    desk.change("google123.html", b"mine")
    desk.change(CHALLENGE, b"token")
    assert told(desk.publish(1))["outcome"] == "unchanged"
    assert told(desk.publish(2))["plan"]["others"] == [CHALLENGE, "google123.html"]
    assert (desk.reads, desk.tree()["google123.html"], desk.tree()[CHALLENGE]) == ("2", b"mine", b"token")
    desk.change("ads.txt", b"ads")
    text = publish(desk.site, "--rollback", "--yes").stdout
    assert f"files of others stay: {CHALLENGE}, ads.txt, google123.html" in text
    found = desk.tree()
    assert (desk.reads, found["google123.html"], found[CHALLENGE], found["ads.txt"]) == ("1", b"mine", b"token", b"ads")


def test_a_file_of_others_in_the_way_is_replaced_and_named(desk: Desk) -> None:
    assert desk.publish(1).exit == 0
    desk.site.write("content/explainers/new/index.md", "---\ntitle: New\ndate: 2024-01-01\n---\nEdition 2.\n")
    desk.change("explainers/new/index.html", b"theirs")
    desk.build(2)
    actions = {one["path"]: one for one in told(desk.publish(2))["plan"]["actions"]}
    assert actions["explainers/new/index.html"]["action"] == "replace"
    assert "no publication brought" in actions["explainers/new/index.html"]["why"]
    assert b"Edition 2." in desk.tree()["explainers/new/index.html"]


def test_a_file_that_readers_may_not_read_is_mended(desk: Desk) -> None:
    if desk.kind == "pages":
        pytest.skip("git keeps no such modes")
    assert desk.publish(1).exit == 0
    (desk.folder / "robots.txt").chmod(0o600)
    (desk.folder / "explainers/page-2").chmod(0o750)
    actions = {one["path"]: one["why"] for one in told(desk.publish(1))["plan"]["actions"] if one["action"] != "keep"}
    assert actions.keys() == {"robots.txt"} | {path for path in desk.tree() if path.startswith("explainers/page-2/")}
    assert set(actions.values()) == {"readers may not read it on the host"}
    assert {path.stat().st_mode & 0o777 for path in desk.folder.rglob("*") if path.is_file()} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in desk.folder.rglob("*") if path.is_dir()} == {0o755}
    assert told(desk.publish(1))["outcome"] == "unchanged"


def test_a_file_that_others_write_during_a_publication_comes_along(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate's token, for example: it is asked for within seconds."""
    if desk.kind == "pages":
        pytest.skip("there somebody else's commit ends the publication")
    assert desk.publish(1).exit == 0
    time.sleep(0.01)  # later than the publication
    kind = Folder if desk.kind == "folder" else Ssh
    switch = kind._switch

    def late(self: Any, *args: Any) -> None:
        desk.change(CHALLENGE, b"token")
        switch(self, *args)

    monkeypatch.setattr(kind, "_switch", late)
    assert desk.publish(2).exit == 0
    assert (desk.reads, desk.tree()[CHALLENGE]) == ("2", b"token")
    (desk.folder / CHALLENGE).unlink()
    assert desk.rollback().exit == 0
    assert (desk.reads, desk.tree()[CHALLENGE]) == ("1", b"token")


def test_files_of_another_user_come_along(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux may refuse to link a file that belongs to somebody else."""
    if desk.kind != "folder":
        pytest.skip("rsync copies what it can't link; git links nothing")
    assert desk.publish(1).exit == 0
    desk.change(CHALLENGE, b"token")
    link = os.link

    def refused(source: Any, target: Any, **more: Any) -> None:
        if str(source).endswith("token"):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(source))
        link(source, target, **more)

    monkeypatch.setattr(os, "link", refused)
    assert desk.publish(2).exit == 0
    assert (desk.reads, desk.tree()[CHALLENGE]) == ("2", b"token")


def test_what_is_beside_the_settings_of_an_empty_branch_stays(site: SiteTest) -> None:
    desk = a_desk("pages", site)
    blob = desk.git("hash-object", "-w", "--stdin", given=b"About us").decode().strip()
    tree = desk.git("mktree", given=f"100644 blob {blob}\tREADME.md\n".encode()).decode().strip()
    name = ("-c", "user.name=Somebody", "-c", "user.email=somebody@post.example")
    desk.git("update-ref", "refs/heads/gh-pages", desk.git(*name, "commit-tree", tree, "-m", "x").decode().strip())
    assert told(desk.publish(1))["plan"]["others"] == ["README.md"]
    assert desk.publish(2).exit == 0
    assert desk.tree()["README.md"] == b"About us"
