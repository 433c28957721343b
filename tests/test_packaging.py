"""What an install gets: the command and the layouts, from a wheel, away from the checkout."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.harness import SITE_YAML
from tests.test_layers import imports_of

ROOT = Path(__file__).parents[1]
LAYOUTS = {file.relative_to(ROOT / "layouts"): file for file in (ROOT / "layouts").rglob("*") if file.is_file()}


def run(*command: str | Path, cwd: Path, path: Path | None = None) -> str:
    """What a command prints; it has to succeed, and sees the packages in `path` first."""
    env = {**os.environ, "PYTHONPATH": str(path or "")}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(target: str, checkout: Path, folder: Path) -> Path:
    """Build a wheel or an sdist offline, with the backend that is installed."""
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder, cwd=checkout)
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_has_the_layouts_and_no_other(wheel: Path) -> None:
    prefix = "explainer/_layouts/"
    with ZipFile(wheel) as archive:
        packed = {name.removeprefix(prefix): archive.read(name) for name in archive.namelist() if prefix in name}
    assert packed == {path.as_posix(): file.read_bytes() for path, file in LAYOUTS.items()}


def test_the_wheel_has_the_previews_own_files(wheel: Path) -> None:
    own = {file.name for file in (ROOT / "explainer/serve/static").iterdir()}
    with ZipFile(wheel) as archive:
        assert {name.rpartition("/")[2] for name in archive.namelist() if "serve/static/" in name} == own
    assert own


def test_type_checkers_are_told_that_the_package_has_types(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        assert "explainer/py.typed" in archive.namelist()


def test_every_import_is_declared_and_every_dependency_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    declared = {name_of(one) for group in (project["dependencies"], *extras) for one in group}
    roots = {name.partition(".")[0] for file in (ROOT / "explainer").rglob("*.py") for name in imports_of(file)}
    packages = roots - sys.stdlib_module_names - {"explainer"}
    distributions = packages_distributions()
    imported = {canonical(one) for name in packages for one in distributions[name]}
    assert (imported - declared, declared - imported) == (set(), set())


def name_of(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return canonical(found[0])


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_sdist_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(build("sdist", ROOT, tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    (checkout,) = tmp_path.glob("newsexplainer-*")
    assert {path for path in LAYOUTS if not (checkout / "layouts" / path).is_file()} == set()
    # Somebody has built the example there.
    for left in (".explainer/cache.sqlite3", "site/index.html"):
        file = checkout / "examples/starter" / left
        file.parent.mkdir()  # it isn't in the sdist, whatever the checkout has
        file.write_text("left behind", encoding="utf-8")
    with ZipFile(build("wheel", checkout, tmp_path / "again")) as again, ZipFile(wheel) as first:
        assert sorted(again.namelist()) == sorted(first.namelist())


def test_the_installed_command_builds_a_site(wheel: Path, tmp_path: Path) -> None:
    packages, site = tmp_path / "packages", tmp_path / "project"
    quiet = ("--quiet", "--disable-pip-version-check")
    offline = ("--no-deps", "--no-index", "--no-compile")
    run(sys.executable, "-m", "pip", "install", *quiet, *offline, "--target", packages, wheel, cwd=tmp_path)
    (site / "content/explainers").mkdir(parents=True)
    (site / "content/site.yaml").write_text(SITE_YAML, encoding="utf-8")
    page = "---\ntitle: A story\ndate: 2024-01-01\n---\nSomething happened.\n"
    (site / "content/explainers/a-story.md").write_text(page, encoding="utf-8")
    where = run(sys.executable, "-c", "import explainer; print(explainer.__file__)", cwd=site, path=packages)
    assert Path(where.strip()).is_relative_to(packages)
    run(packages / "bin/explainer", "build", cwd=site, path=packages)
    assert "Something happened." in (site / "site/explainers/a-story/index.html").read_text(encoding="utf-8")
    run(packages / "bin/explainer", "init", "first", cwd=tmp_path, path=packages)
    run(packages / "bin/explainer", "check", "--strict", cwd=tmp_path / "first", path=packages)
    assert (tmp_path / "first/.gitignore").is_file()


def test_the_checkout_has_the_command_too(tmp_path: Path) -> None:
    assert "--drafts" in run(sys.executable, ROOT / "build.py", "build", "--help", cwd=tmp_path)


def test_the_package_runs_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["explainer", "--help"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("explainer", run_name="__main__")
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("Usage: explainer ")


@pytest.mark.parametrize(("name", "groups"), [("requirements.lock", ()), ("requirements-dev.lock", ("dev",))])
def test_the_locks_pin_what_the_project_names_and_no_address(name: str, groups: tuple[str, ...]) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z0-9,-]+\])?==", lock, re.MULTILINE))
    named = [
        *project["project"]["dependencies"],
        *(one for group in groups for one in project["dependency-groups"][group]),
    ]
    assert {re.split(r"[^\w-]", one)[0].lower() for one in named} <= pinned
    assert "://" not in lock


def test_a_build_runs_with_the_versions_of_the_tests() -> None:
    pins = [
        set(re.findall(r"^\S+==\S+", (ROOT / f"requirements{name}.lock").read_text("utf-8"), re.MULTILINE))
        for name in ("", "-dev")
    ]
    assert pins[0] < pins[1]
