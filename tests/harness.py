"""A small site in a folder of its own, built by the real command in this process.

    def test_something(site: SiteTest) -> None:
        site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nHello.\n")
        assert site.build().exit == 0
        site.check_main("explainers/a/index.html", "<h1>A</h1>\n<p>Hello.</p>")

Every method that takes the path of an output takes it relative to `site/`.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from hashlib import sha256
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from click.testing import CliRunner

from explainer.load import load_catalogs
from explainer.system.default_theme import default_layouts

if TYPE_CHECKING:
    from pathlib import Path

CATALOGS = load_catalogs(default_layouts().parent, sorted((default_layouts() / "i18n").glob("*.yaml"))).value[0]
ENGLISH = CATALOGS.of("en")
MARKER = ".explainer-site"
SITE_YAML = "title: A site\nbase_url: https://example.org/\ncards: none\n"


@dataclass(frozen=True, slots=True)
class Found:
    """One diagnostic, as `--format json` tells it."""

    code: str
    name: str
    severity: str
    message: str
    path: str
    line: int
    col: int
    end_line: int
    end_col: int
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did. `diagnostics` is empty where the format asked for isn't JSON."""

    exit: int
    stdout: str
    stderr: str
    diagnostics: tuple[Found, ...] = ()

    @property
    def codes(self) -> list[str]:
        """The codes of the diagnostics, in the order told."""
        return [found.code for found in self.diagnostics]


class SiteTest:
    """A site under `root`, which begins with nothing but the `site.yaml` above: cards, which take time, are left out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "site"
        self.write("content/site.yaml", SITE_YAML)

    @classmethod
    def from_dir(cls, folder: Path, root: Path) -> SiteTest:
        """A copy of a whole site, such as one of `tests/sites/`."""
        site = cls(root)
        shutil.copytree(folder, root, dirs_exist_ok=True)
        return site

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file of the site, text without its common indent, bytes as they are."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return file

    def run(self, *args: str) -> Result:
        """Run `explainer` with these arguments; an exception that it lets out fails the test."""
        from explainer.cli.main import main  # noqa: PLC0415 - a test of one module may do without the rest

        outcome = CliRunner().invoke(main, args, catch_exceptions=False)
        return Result(outcome.exit_code, outcome.stdout, outcome.stderr)

    def build(self, *args: str) -> Result:
        """Run `explainer build` on the site, with `--format json` unless the arguments name a format."""
        return self.told("build", *args)

    def told(self, command: str, *args: str) -> Result:
        """The same for `build` or `check`."""
        asks = any(arg.split("=")[0] == "--format" for arg in args)
        result = self.run(command, "--site", str(self.root), *([] if asks else ["--format", "json"]), *args)
        if asks or not result.stdout.strip():
            return result
        told = [Found(**{**found, "hints": tuple(found["hints"])}) for found in json.loads(result.stdout)]
        return Result(result.exit, result.stdout, result.stderr, tuple(told))

    def read(self, path: str) -> str:
        """An output as text, line ends as they are."""
        return (self.out / path).read_bytes().decode()

    def html(self, path: str) -> BeautifulSoup:
        """An output, parsed as a browser does."""
        return BeautifulSoup(self.read(path), "html5lib")

    def main(self, path: str) -> str:
        """What stands inside `<main>`, without indent and empty lines."""
        _, _, rest = self.read(path).partition("<main")
        _, _, rest = rest.partition(">")
        inside, end, _ = rest.rpartition("</main>")
        assert end, f"{path} has no <main>"
        return _without_indent(inside)

    def check_main(self, path: str, expected: str) -> None:
        """Hold what stands inside `<main>` against what is expected; indent and empty lines don't count."""
        assert self.main(path) == _without_indent(expected)

    def claims(self, slug: str) -> dict[str, Any]:
        """An explainer's `claims.json`."""
        found: dict[str, Any] = json.loads(self.read(f"explainers/{slug}/claims.json"))
        return found

    def tree(self) -> dict[str, str]:
        """Every file of the output with its SHA-256, except the marker, in order; empty where there is none."""
        files = sorted(file for file in self.out.rglob("*") if file.is_file())
        paths = {file.relative_to(self.out).as_posix(): file for file in files}
        return {path: sha256(file.read_bytes()).hexdigest() for path, file in paths.items() if path != MARKER}


def _without_indent(html: str) -> str:
    return "\n".join(line.strip() for line in html.splitlines() if line.strip())
