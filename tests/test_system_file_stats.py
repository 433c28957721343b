"""When a file may be taken as unchanged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from explainer.system.file_stats import Stat, clock, digest_of, file_digest, is_young, snapshot

if TYPE_CHECKING:
    from pathlib import Path

SECOND = 1_000_000_000  # ns


@pytest.mark.parametrize(("before", "young"), [(0, True), (49_000_000, True), (51_000_000, False)])
def test_a_file_of_the_same_moment_is_young(before: int, young: bool) -> None:
    taken = 100 * SECOND + 5
    assert is_young(Stat(1, 5, taken - before, 1), taken) == young


@pytest.mark.parametrize(("before", "young"), [(0, True), (2, True), (3, False)])
def test_a_clock_of_whole_seconds_steps_far(before: int, young: bool) -> None:
    taken = 100 * SECOND
    assert is_young(Stat(1, 5, taken - before * SECOND, 1), taken) == young


def test_a_file_of_the_future_is_young() -> None:
    assert is_young(Stat(1, 200 * SECOND, 5, 1), 100 * SECOND)


def test_a_snapshot_holds_every_file(tmp_path: Path) -> None:
    for path in ("content/a.md", "content/deep/er/b.md", "content/.hidden", "layouts/c.html"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"one")
    (tmp_path / "content/dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "content/link").symlink_to(tmp_path / "layouts/c.html")
    before = clock()
    found = snapshot(str(tmp_path), "content", "absent")
    assert before <= found.taken <= clock()
    files = {"content/a.md", "content/deep/er/b.md", "content/.hidden", "content/link", "content/dangling"}
    assert found.stats.keys() == files | {"content/deep/", "content/deep/er/"}
    assert found.stats["content/link"] == stat_of(tmp_path / "layouts", "c.html")


def stat_of(folder: Path, name: str) -> Stat:
    """How a snapshot shows a file."""
    return snapshot(str(folder.parent), folder.name).stats[f"{folder.name}/{name}"]


def test_what_was_set_back_shows(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "a"
    file.parent.mkdir()
    file.write_bytes(b"one")
    os.utime(file, ns=(0, 0))
    before = stat_of(file.parent, "a")
    other = tmp_path / "b"
    other.write_bytes(b"two")
    os.utime(other, ns=(0, 0))
    other.replace(file)
    assert stat_of(file.parent, "a") != before


def test_digests(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    assert file_digest(str(tmp_path / "a")) == digest_of(b"one")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert file_digest(str(tmp_path / "none")) == ""
    assert file_digest(str(tmp_path)) == ""
