"""ARCHITECTURE.md has a tree of the package: every module is in it, and nothing that isn't there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "explainer"
# Names, several with commas between, then what they hold; a folder ends in a slash, and stands for its `__init__.py`.
_LINE = re.compile(r"^ {4}( *)([\w.]+(?:/|\.py)(?:, [\w.]+\.py)*) {2,}\S")


def modules_of_the_tree() -> list[str]:
    """The paths of the modules in the tree."""
    tree = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("## The tree")[2].partition("\n## ")[0]
    folders: list[str] = []
    found: list[str] = []
    for line in filter(None, tree.splitlines()):
        match = _LINE.match(line)
        assert match, f"a line of the tree that names no module: {line}"
        del folders[len(match[1]) // 2 :]
        if match[2].endswith("/"):
            folders.append(match[2])
            found.append("".join(folders) + "__init__.py")
        else:
            found += ["".join(folders) + name for name in match[2].split(", ")]
    return found


def test_the_tree_has_every_module_once_and_nothing_else() -> None:
    modules = {file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py")} - {"__init__.py"}
    counted = Counter(modules_of_the_tree())
    missing, gone = sorted(modules - counted.keys()), sorted(counted.keys() - modules)
    assert (missing, gone) == ([], []), "the tree in ARCHITECTURE.md: a line for what is new, none for what has gone"
    assert max(counted.values()) == 1


def test_it_is_short() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert len(text.splitlines()) < 300
    assert max(map(len, text.splitlines())) <= 120


def test_tests_mirror_the_package() -> None:
    """A test is named for a module or a folder, or for what it holds of whole sites; those CONTRIBUTING.md lists."""
    folders = {
        folder.relative_to(PACKAGE).as_posix() for folder in PACKAGE.rglob("*/") if (folder / "__init__.py").is_file()
    }
    modules = {file.relative_to(PACKAGE).with_suffix("").as_posix() for file in PACKAGE.rglob("*.py")}
    mirrored = {f"test_{path.replace('/', '_')}" for path in folders | modules}
    others = {file.stem for file in (ROOT / "tests").glob("test_*.py")} - mirrored
    tests = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("\n## Tests\n")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(test_\w+)`", tests))
    assert (sorted(others - listed), sorted(listed - others)) == ([], [])
