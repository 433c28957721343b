"""What others changed, lost or put there on a host is found, and mended or kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.publish_support import publish, told

if TYPE_CHECKING:
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
    assert desk.tree().keys() == before.keys()
    assert all(desk.tree()[path] == before[path] for path in before if not path.startswith("."))
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
