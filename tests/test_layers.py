"""Imports run one way, and each dependency has one door."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "explainer"

# What a module or folder of the package may import, from the lowest layer to the highest. A new one needs a row here.
BASE = {
    "folders",
    "artifacts",
    "controls",
    "entries",
    "catalog",
    "colors",
    "diagnostics",
    "dates",
    "languages",
    "sitefiles",
    "slugs",
    "typography",
    "model",
}
ALONE: set[str] = set()
STAGES = {
    "rule": ALONE,
    "words": {"rule"},
    "load": ALONE,
    "markdown": ALONE,
    "snapshot": ALONE,
    "dimensions": ALONE,
    "resolve": {"rule", "snapshot", "words"},
    "compiling": ALONE,
    "compiled": ALONE,
    "theme": {"compiled", "compiling"},
    "assets": {"theme"},
    "saved": {"load"},
    "checks": {"theme"},
    "claimsjson": {"rule", "words"},
    "jsonld": ALONE,
    "drawing": ALONE,
    "glance": {"rule", "words"},
    "record": ALONE,
    "printing": {"compiling", "words"},
    "render": {"assets", "compiling", "drawing", "glance", "jsonld", "printing", "record", "rule", "theme", "words"},
    "feeds": {"render"},
    "hosting": ALONE,
    "buildrecord": ALONE,
    "listing": {"feeds", "render", "resolve", "words"},
    "exchange": ALONE,
    "manifest": {"snapshot"},
    "place": {"manifest", "snapshot"},
    "output": {"buildrecord", "exchange", "manifest", "place", "snapshot"},
    "stopwatch": ALONE,
    "progress": {"stopwatch"},
    # What carries the stages: the cache's form of records, processes, what files looked like.
    "codec": ALONE,
    "pool": ALONE,
    "cache": ALONE,
    "prepare": {"codec", "load", "markdown", "pool", "resolve", "saved", "snapshot"},
    "shards": {"cache", "codec"},
    "earlier": {"cache", "codec", "prepare", "shards", "snapshot"},
    "shelf": {"cache", "prepare", "snapshot"},
    "made": {"cache", "codec", "shards"},
    "request": ALONE,
    "standing": {"buildrecord", "cache", "folders", "output", "request", "snapshot"},
    "rendering": {
        "checks",
        "claimsjson",
        "codec",
        "manifest",
        "place",
        "pool",
        "prepare",
        "render",
        "resolve",
        "snapshot",
        "theme",
    },
}
OPERATIONS = {"serve", "publish", "scaffold"}
ALLOWED: dict[str, set[str]] = {
    "__init__": ALONE,
    "artifacts": ALONE,
    "colors": ALONE,
    "diagnostics": ALONE,
    "controls": ALONE,
    "dates": ALONE,
    "sitefiles": {"controls", "diagnostics"},
    "slugs": ALONE,
    "typography": ALONE,
    "languages": ALONE,
    "catalog": {"languages"},
    "model": {"catalog", "dates", "diagnostics", "languages"},
    "entries": {"model"},
    "folders": ALONE,
    "process": ALONE,
    "report": {"diagnostics"},
    **{stage: BASE | others for stage, others in STAGES.items()},
    "pipeline": BASE | STAGES.keys(),
    "outputs": BASE | STAGES.keys() | {"pipeline"},
    "building": BASE | STAGES.keys() | {"outputs", "pipeline"},
    **{
        command: BASE | STAGES.keys() | {"building", "outputs", "pipeline", "process", "report"}
        for command in OPERATIONS
    },
    "commands": {"building", "process", "progress", "report"} | BASE | STAGES.keys() | OPERATIONS,
    "cli": {"commands", "process"},
    "__main__": {"cli"},
}

# Where each dependency may be imported.
DOORS: dict[str, set[str]] = {
    "babel": {"catalog"},
    "bs4": {"saved"},
    "click": {"cli", "commands"},
    "brotli": {"publish"},
    "ghp_import": {"publish"},
    "jinja2": {"compiled", "compiling", "theme", "render"},
    "livereload": {"serve"},
    "markdown_it": {"markdown"},
    "markupsafe": {"compiling", "printing", "render"},
    "mdit_py_plugins": {"markdown"},
    "obstore": {"publish"},
    "pypdf": {"saved"},
    "tornado": {"serve"},
    "watchfiles": {"serve"},
    "yaml": {"load"},
}


def unit_of(file: Path) -> str:
    """The module, or the folder that holds it: `load` for `explainer/load/registry.py`."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(file: Path) -> Iterator[str]:
    """The full name of everything that a file imports, wherever it does so."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}:{node.lineno}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


FILES = [pytest.param(file, id=file.relative_to(PACKAGE).as_posix()) for file in sorted(PACKAGE.rglob("*.py"))]


def test_the_table_itself_runs_one_way() -> None:
    seen: set[str] = set()
    for unit, allowed in ALLOWED.items():
        assert allowed <= seen, f"{unit} may import {allowed - seen}, which stand above it"
        seen.add(unit)


@pytest.mark.parametrize("file", FILES)
def test_imports_run_one_way(file: Path) -> None:
    unit = unit_of(file)
    assert unit in ALLOWED, f"say in this table what {unit} may import"
    parts = [name.split(".") for name in imports_of(file)]
    others = {part[1] for part in parts if part[0] == "explainer" and len(part) > 1} - {unit, "__version__"}
    assert others <= ALLOWED[unit], f"{unit} may not import {sorted(others - ALLOWED[unit])}"


@pytest.mark.parametrize("file", FILES)
def test_each_dependency_has_one_door(file: Path) -> None:
    packages = {name.partition(".")[0] for name in imports_of(file)} - sys.stdlib_module_names - {"explainer"}
    strangers = {package for package in packages if unit_of(file) not in DOORS.get(package, ALONE)}
    assert not strangers, f"{unit_of(file)} may not import {sorted(strangers)}"


def test_help_imports_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "explainer", "--help"]
    done = subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    assert "build" in done.stdout
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "click" in imported
    assert not imported & (DOORS.keys() - {"click"})
