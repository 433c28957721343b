"""A build gives the same bytes whatever the machine, its settings and the place of the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
SITE = ROOT / "tests" / "sites" / "lists" / "content"
# Gives the entries of every folder in reverse, as another file system might.
REVERSED = """
import os, runpy, sys
scandir, listdir = os.scandir, os.listdir
class Reversed:
    def __init__(self, found):
        with found:
            self.left = list(found)
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def __iter__(self): return self
    def __next__(self):
        if not self.left:
            raise StopIteration
        return self.left.pop()
    def close(self): pass
os.scandir = lambda *args: Reversed(scandir(*args))
os.listdir = lambda *args: listdir(*args)[::-1]
runpy.run_module("explainer", run_name="__main__", alter_sys=True)
"""


def tree(
    project: Path, env: Mapping[str, str], *options: str, reverse: bool = False, umask: int = -1
) -> dict[str, str]:
    """Build a copy of a site in a process of its own; every output, folders too, with its mode and hash."""
    shutil.copytree(SITE, project / "content")
    program = ["-c", REVERSED] if reverse else ["-m", "explainer"]
    command = [sys.executable, *program, "build", "--site", str(project), *options]
    base = {key: value for key, value in os.environ.items() if key not in ("LC_ALL", "LANG", "TZ")}
    path = {"PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": "1600000000"}
    done = subprocess.run(command, env={**base, **path, **env}, cwd="/", capture_output=True, umask=umask, check=False)
    assert done.returncode == 0, done.stderr.decode()
    out = project / "site"
    return {
        file.relative_to(out).as_posix(): f"{file.lstat().st_mode:o} {_hash(file)}"
        for file in [out, *sorted(out.rglob("*"))]
        if file.name != ".explainer-site"
    }


def _hash(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return tree(tmp_path_factory.mktemp("usual") / "project", {"PYTHONHASHSEED": "0"})


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kolkata", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1700000000"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
        {"LC_ALL": "POSIX", "LANGUAGE": "de", "HOME": "/nonexistent", "USER": "somebody", "PYTHONOPTIMIZE": "2"},
        {"COLUMNS": "20", "NO_COLOR": "1", "PYTHONIOENCODING": "latin-1", "SOURCE_DATE_EPOCH": "4070908800"},
    ],
    ids=["seed-zone-locale-day", "another", "user", "terminal"],
)
def test_the_machine_changes_nothing(usual: dict[str, str], tmp_path: Path, env: dict[str, str]) -> None:
    assert tree(tmp_path / "some where" / "élse", env) == usual


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_umask_changes_nothing(usual: dict[str, str], tmp_path: Path, umask: int) -> None:
    assert tree(tmp_path / "project", {}, umask=umask) == usual


def test_how_many_processes_help_changes_nothing(usual: dict[str, str], tmp_path: Path) -> None:
    assert tree(tmp_path / "project", {}, "--jobs", "3") == usual


def test_the_order_of_folders_changes_nothing(usual: dict[str, str], tmp_path: Path) -> None:
    assert tree(tmp_path / "project", {"PYTHONHASHSEED": "7"}, reverse=True) == usual


def test_a_second_build_changes_nothing(usual: dict[str, str], tmp_path: Path) -> None:
    project = tmp_path / "project"
    tree(project, {})
    shutil.rmtree(project / "content")
    assert tree(project, {}) == usual
