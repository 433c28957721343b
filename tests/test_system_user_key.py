"""The key that seals caches: this user's own, outside the site, known to nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from explainer.system.user_key import NoKeyError, seal_of, user_key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state/explainer"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def test_it_is_made_once_for_this_user_alone(state: Path, project: Path) -> None:
    key = user_key(project)
    assert len(key) == 32
    assert user_key(project) == key
    (file,) = state.iterdir()
    assert file.read_bytes() == key
    assert (file.stat().st_mode & 0o777, state.stat().st_mode & 0o777) == (0o600, 0o700)


def test_without_a_state_folder_it_is_in_the_home_folder(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    key = user_key(project)
    (file,) = (tmp_path / "home").rglob("cache.key")
    assert file.read_bytes() == key
    assert not (project / "not").exists()


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_what_is_no_key_is_replaced(state: Path, project: Path, content: bytes) -> None:
    before = user_key(project)
    (state / "cache.key").write_bytes(content)
    assert user_key(project) not in {before, content}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606, 0o660])
def test_one_that_others_may_have_read_or_put_there_is_replaced(state: Path, project: Path, mode: int) -> None:
    before = user_key(project)
    (state / "cache.key").chmod(mode)
    after = user_key(project)
    assert after != before
    assert user_key(project) == after


def test_a_link_is_not_followed(state: Path, project: Path) -> None:
    state.mkdir(parents=True)
    (project / "theirs").write_bytes(b"k" * 32)
    (project / "theirs").chmod(0o600)
    (state / "cache.key").symlink_to(project / "theirs")
    with pytest.raises(NoKeyError, match="can't be read or made"):
        user_key(project)


def test_one_inside_the_site_is_not_used(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(project)
    for home in (project, project / "home", tmp_path / "link"):
        monkeypatch.setenv("XDG_STATE_HOME", str(home))
        with pytest.raises(NoKeyError, match="inside the site"):
            user_key(project)
    assert list(project.iterdir()) == []


def test_where_none_can_be_made_that_is_said(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(NoKeyError, match=r"file/explainer can't be read or made: Not a directory"):
        user_key(project)


def test_the_environment_may_give_one(state: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    for given in ("a", "b", "a" * 1000):
        monkeypatch.setenv("EXPLAINER_CACHE_KEY", given)
        found.add(user_key(project))
        assert user_key(project) in found
    assert len(found) == 3
    assert not state.exists()
    monkeypatch.setenv("EXPLAINER_CACHE_KEY", "")
    assert user_key(project) not in found


def test_of_many_that_make_it_at_once_all_have_the_same(state: Path, project: Path) -> None:
    code = "import sys; from pathlib import Path; from explainer.system.user_key import user_key; sys.stdin.read(); "
    code += f"print(user_key(Path({str(project)!r})).hex())"
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ)
        for _ in range(6)
    ]
    for process in running:
        assert process.stdin
        process.stdin.close()
    found = set()
    for process in running:
        assert process.stdout
        found.add(process.stdout.read().decode().strip())
        process.stdout.close()
        process.wait()
    assert found == {user_key(project).hex()}
    assert [file.name for file in state.iterdir()] == ["cache.key"]


def test_no_part_moves_into_the_next() -> None:
    key = b"k" * 32
    seals = [seal_of(key, b"row", *parts) for parts in [(b"a", b"bc"), (b"ab", b"c"), (b"abc",), (b"abc", b"")]]
    seals += [seal_of(key, b"tree", b"abc"), seal_of(b"l" * 32, b"row", b"abc")]
    assert len(set(seals)) == len(seals)
