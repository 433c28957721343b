"""Imports run one way, and each dependency has one door."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1] / "explainer"

# What a folder of the package may import, from the lowest layer to the highest. A new one needs a row here.
ALONE: set[str] = set()
BASE = {"diagnostics", "text", "system", "model"}
STAGES = {
    "sourcing": ALONE,
    "load": {"pictures"},
    "parse": ALONE,
    "resolve": {"sourcing"},
    "search": {"sourcing"},
    "render": {"sourcing"},
    "check": {"render"},
    "feeds": {"render", "resolve", "search", "sourcing"},
    "output": ALONE,
}
ALLOWED: dict[str, set[str]] = {
    "__init__": ALONE,
    "diagnostics": ALONE,
    "text": ALONE,
    "pictures": ALONE,
    "system": {"diagnostics", "text"},
    "model": {"diagnostics", "text"},
    "cache": BASE,
    **{stage: BASE | others for stage, others in STAGES.items()},
    "engine": BASE | STAGES.keys() | {"cache", "pictures"},
    "archive": BASE | {"engine", "load", "resolve"},
    "serve": BASE | STAGES.keys() | {"engine", "cache"},
    "lsp": BASE | STAGES.keys() | {"engine", "cache", "serve"},
    "publish": BASE | {"feeds", "output"},
    "scaffold": BASE | {"load"},
    "importing": BASE | {"load", "pictures", "scaffold"},
    "cli": BASE | {"archive", "engine", "importing", "load", "lsp", "output", "publish", "render", "scaffold", "serve"},
    "__main__": {"cli"},
}

# Where each dependency may be imported: in a folder, or in a module of one.
DOORS: dict[str, set[str]] = {
    "babel": {"text/catalog.py"},
    "bibtexparser": {"importing/bibtex.py"},
    "bs4": {"importing", "load/saved_copies.py"},
    "click": {"cli"},
    "brotli": {"publish"},
    "dask": {"engine/cluster.py", "engine/cluster_worker.py"},
    "distributed": {"engine/cluster.py", "engine/cluster_worker.py"},
    "ghp_import": {"publish"},
    "httpx": {"archive/fetch.py"},
    "warcio": {"archive/warc.py"},
    "jinja2": {
        "render/bytecode.py",
        "render/filters.py",
        "render/layout_errors.py",
        "render/renderer.py",
        "render/theme.py",
    },
    "livereload": {"serve"},
    "lsprotocol": {"lsp"},
    "mammoth": {"importing/word.py"},
    "markdown_it": {"importing/markdown_file.py", "parse"},
    "markupsafe": {
        "render/body_filler.py",
        "render/filters.py",
        "render/cards/lettering.py",
        "render/images.py",
        "render/renderer.py",
    },
    "mdit_py_plugins": {"importing/markdown_file.py", "parse"},
    "msgspec": {"cache", "model/record.py", "output"},
    "obstore": {"publish"},
    "PIL": {"pictures/resizing.py"},
    "pygls": {"lsp/server.py"},
    "pypdf": {"load/saved_copies.py"},
    "resvg": {"pictures/rasterizing.py"},
    "tornado": {"serve"},
    "watchfiles": {"serve"},
    "yaml": {"load"},
}


def unit_of(file: Path) -> str:
    """The folder that holds a module: `load` for `explainer/load/source_rules.py`; `check` for `explainer/check.py`."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def module_of(file: Path) -> str:
    """The full name of a module: `explainer.load` for `explainer/load/__init__.py`."""
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


@functools.cache
def imports_of(file: Path) -> tuple[str, ...]:
    """The full name of everything that a file imports, wherever it does so."""
    return tuple(_imports_of(file))


def _imports_of(file: Path) -> Iterator[str]:
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
    path = file.relative_to(PACKAGE)
    around = {place.as_posix() for place in (path, *path.parents)}
    strangers = {package for package in packages if around.isdisjoint(DOORS.get(package, ALONE))}
    assert not strangers, f"{path} may not import {sorted(strangers)}"


def test_no_modules_import_each_other() -> None:
    """Inside a folder neither: there is an order of the modules."""
    modules = {module_of(file): file for file in sorted(PACKAGE.rglob("*.py"))}
    arrows = {
        module: {name if name in modules else name.rpartition(".")[0] for name in imports_of(file)}
        for module, file in modules.items()
    }
    TopologicalSorter(arrows).prepare()


def test_help_imports_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "explainer", "--help"]
    done = subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    assert "build" in done.stdout
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "click" in imported
    assert not imported & (DOORS.keys() - {"click"})
