"""The repository as a project: workflows, examples, what is said of versions and systems."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from explainer import __version__
from explainer.cli.main import NOT_WINDOWS, main

ROOT = Path(__file__).parents[1]
GITHUB = sorted((ROOT / ".github").rglob("*.yml"))
WORKFLOWS = [
    *(file for file in GITHUB if file.parent.name == "workflows"),
    *ROOT.glob("examples/*/.github/workflows/*.yml"),
    ROOT / "docs/publishing/workflow.yml",
]
EXAMPLES = sorted(file.parents[1] for file in ROOT.glob("examples/*/content/site.yaml"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def ids(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", EXAMPLES, ids=ids)
def test_every_example_builds_without_a_warning(path: Path, tmp_path: Path) -> None:
    built = CliRunner().invoke(
        main, ["build", "--strict", "--site", str(path), "--out", str(tmp_path / "out"), "--clean"]
    )
    assert (built.exit_code, built.stderr.count("warning")) == (0, 0), built.stderr
    assert (tmp_path / "out/claims/index.html").is_file()


def test_examples_are_in_two_languages() -> None:
    assert {read_yaml(path / "content/site.yaml")["language"] for path in EXAMPLES} == {"en", "es"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=ids)
def test_actions_are_pinned_to_commits_and_rights_are_few(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", action), action
        assert re.search(r"# v\d", comment), action
    assert read_yaml(path)["permissions"] == {"contents": "read"}


def test_one_commit_stands_for_one_version_of_an_action() -> None:
    used = {found for path in WORKFLOWS for found in re.findall(r"uses: (\S+)@(\w+) +# (\S+)", path.read_text("utf-8"))}
    assert len({(action, version) for action, _, version in used}) == len(used)


def test_tests_run_on_every_python_and_system_that_is_promised() -> None:
    matrix = read_yaml(ROOT / ".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]
    promised = [one.rpartition(" ")[2] for one in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", one)]
    assert matrix["python"] == promised
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "macos"}


def test_a_release_needs_no_key() -> None:
    jobs = read_yaml(ROOT / ".github/workflows/release.yml")["jobs"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [*GITHUB, *ROOT.glob(".pre-commit-*.yaml")], ids=ids)
def test_settings_can_be_read(path: Path) -> None:
    assert read_yaml(path)


def test_the_container_can_be_read() -> None:
    settings = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    assert (ROOT / ".devcontainer" / settings["build"]["dockerfile"]).is_file()


def test_the_citation_names_this_version() -> None:
    citation = read_yaml(ROOT / "CITATION.cff")
    assert (citation["version"], citation["license"]) == (__version__, PROJECT["license"])


def test_notes_on_changes_can_be_collected() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.index("<!-- scriv-insert-here -->") < text.index("<!-- scriv-end-here -->") < text.index("\n## ")


ON_WINDOWS = """
import os, sys
import click, pathlib
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None
os.name, sys.platform = "nt", "win32"
from explainer.cli.main import main
main(["build"])
"""


def test_on_windows_the_command_says_what_to_do() -> None:
    done = subprocess.run([sys.executable, "-c", ON_WINDOWS], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{NOT_WINDOWS}\n")
