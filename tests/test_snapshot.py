"""When a file may be taken as unchanged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from explainer.snapshot import Seen, clock, digest_of, file_digest, stat_of, unchanged

if TYPE_CHECKING:
    from pathlib import Path

SECOND = 1_000_000_000  # ns


def test_an_old_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    stat = stat_of(str(file))
    assert stat
    later = max(stat.mtime, stat.ctime) + 3 * SECOND
    assert unchanged(str(file), stat, Seen(stat, "not its digest"), later)
    assert not unchanged(str(file), stat, Seen(stat, "not its digest"), clock())
    assert unchanged(str(file), stat, Seen(stat, digest_of(b"one")), clock())


@pytest.mark.parametrize("when", [0, 1, 4_070_908_800 * SECOND])
def test_a_time_that_was_set_hides_nothing(tmp_path: Path, when: int) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    os.utime(file, ns=(when, when))
    stat = stat_of(str(file))
    assert stat
    seen, taken = Seen(stat, digest_of(b"one")), clock()
    assert unchanged(str(file), stat, seen, taken)
    file.write_bytes(b"two")
    os.utime(file, ns=(when, when))
    # Even where the system took both for one moment.
    assert not unchanged(str(file), stat_of(str(file)), seen, taken)
    assert not unchanged(str(file), stat, seen, taken)


def test_a_file_of_the_future_is_always_read(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    os.utime(file, ns=(0, clock() + 10**6 * SECOND))
    stat = stat_of(str(file))
    assert stat
    assert not unchanged(str(file), stat, Seen(stat, digest_of(b"two")), clock() + 10 * SECOND)


def test_another_file_in_its_place(tmp_path: Path) -> None:
    file, other = tmp_path / "a", tmp_path / "b"
    for one in (file, other):
        one.write_bytes(b"one")
    stat = stat_of(str(file))
    assert stat
    other.replace(file)
    now = stat_of(str(file))
    assert now
    assert now.inode != stat.inode
    assert not unchanged(str(file), now, Seen(stat, digest_of(b"one")), clock() + 10 * SECOND)
    assert not unchanged(str(file), None, Seen(stat, digest_of(b"one")), clock())


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert stat_of(str(tmp_path / "none")) is None
    assert file_digest(str(tmp_path / "none")) == ""
    assert file_digest(str(tmp_path)) == ""
