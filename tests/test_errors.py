"""Every fault of content, as the writer who made it is told of it.

A fixture of `tests/fixtures/errors/` holds tiny sites and, under each line with a fault, what is
told of it. `CONTRIBUTING.md` describes the form; `--snapshot-update` writes the expectations.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from explainer.diagnostics import RULES
from explainer.diagnostics.acceptance import TOLD_BY_CHECK
from tests.harness import SITE_YAML, SiteTest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.harness import Found

FIXTURES = Path(__file__).parent / "fixtures" / "errors"
FILES = sorted(FIXTURES.glob("*.txt"))
ELSEWHERE = "=== elsewhere"
MARK = "#! "
_FILE = re.compile(r"=== (.+?)(?: \((\w+)(?: (\S+))?\))?")
_SHOWN = 40


@dataclass(slots=True)
class Part:
    """One file of a tiny site: its path, how it is made (`escaped`, `fifo`, …), its lines."""

    header: str
    path: str
    how: str = ""
    target: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        text = "".join(f"{line}\n" for line in self.lines)
        if self.how == "long":
            text = text.replace("…", " " * 600_000)
        return text.encode().decode("unicode_escape").encode("latin-1") if self.how == "escaped" else text.encode()

    def write(self, site: SiteTest) -> None:
        path = site.root / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        match self.how:
            case "fifo":
                os.mkfifo(path)
            case "link":
                path.symlink_to(self.target)
            case "folder":
                path.mkdir()
            case "absent":
                path.unlink()
            case "uninstalled":
                pass
            case _:
                site.write(self.path, self.content)

    def rendered(self, found: Iterable[Found]) -> Iterator[str]:
        """The part with what was found in it, each fault under its line."""
        told = list(found)
        yield self.header
        for number, line in enumerate(self.lines, 1):
            yield line
            for one in told:
                if one.line == number:
                    yield from expectation(one, self.text_of(one))
        for one in told:
            if one.line > len(self.lines):
                yield from expectation(one, "")

    def text_of(self, one: Found) -> str:
        """The stretch of the file that a fault is told of."""
        if self.how == "escaped":
            return ""
        line = self.lines[one.line - 1]
        if one.end_line > one.line:
            return line[one.col - 1 :][:_SHOWN] + "…"
        text = line[one.col - 1 : one.end_col - 1]
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


@dataclass(slots=True)
class Case:
    """One tiny site of a fixture."""

    title: str
    parts: list[Part] = field(default_factory=list)

    def build(self, site: SiteTest, command: str = "build") -> list[str]:
        """Build the site, or check it; the case as it reads with what was found."""
        for part in self.parts:
            part.write(site)
        site.write("site/.explainer-site", "")
        site.write("site/index.html", "as it was")
        before = site.tree()
        with patch.dict(sys.modules, {part.path: None for part in self.parts if part.how == "uninstalled"}):
            result = site.told(command)
        failed = any(one.severity == "error" for one in result.diagnostics)
        assert result.exit == int(failed), result.stderr
        assert (site.tree() == before) == (failed or command == "check")
        return list(self.rendered(result.diagnostics))

    def rendered(self, found: tuple[Found, ...]) -> Iterator[str]:
        yield f"== {self.title}"
        for part in self.parts:
            yield from part.rendered(one for one in found if one.path == part.path)
        paths = {part.path for part in self.parts}
        if others := [one for one in found if one.path not in paths]:
            yield ELSEWHERE
            for one in others:
                yield from expectation(one, "", f"{one.path}:")


def expectation(one: Found, text: str, path: str = "") -> Iterator[str]:
    """A fault as a fixture tells it: code, place, the text that stands there, message, hints."""
    end = f"{one.end_line}:{one.end_col}" if one.end_line > one.line else str(one.end_col)
    stands = f" [{text}]" if text else ""
    yield f"{MARK}{one.code} {path}{one.line}:{one.col}-{end}{stands} {one.message}"
    yield from (f"{MARK}  hint: {hint}" for hint in one.hints)


def cases_of(text: str) -> tuple[str, list[Case]]:
    """What stands above the first case of a fixture, and its cases."""
    head, *blocks = re.split(r"^== ", text, flags=re.MULTILINE)
    return head, [case_of(block) for block in blocks]


def case_of(block: str) -> Case:
    """One case, its expectations left out."""
    title, *lines = block.rstrip("\n").split("\n")
    case = Case(title)
    for line in lines:
        if line == ELSEWHERE or line.startswith(MARK):
            continue
        if line.startswith("=== "):
            header = _FILE.fullmatch(line)
            assert header, f"what is {line!r}?"
            case.parts.append(Part(line, header[1], header[2] or "", header[3] or ""))
        elif case.parts:
            case.parts[-1].lines.append(line)
    for part in case.parts:
        while part.lines and not part.lines[-1]:
            part.lines.pop()
    return case


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_faults(file: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    head, cases = cases_of(file.read_text(encoding="utf-8"))
    command = "check" if file.stem[:4] in TOLD_BY_CHECK else "build"
    blocks = [case.build(SiteTest(tmp_path / str(number)), command) for number, case in enumerate(cases)]
    now = head + "\n\n".join("\n".join(block) for block in blocks) + "\n"
    if request.config.getoption("--snapshot-update"):
        file.write_text(now, encoding="utf-8")
    assert now.split("\n") == file.read_text(encoding="utf-8").split("\n")
    assert f"\n{MARK}{file.stem[:4]} " in now


@pytest.mark.parametrize("code", list(RULES))
def test_every_code_has_a_fixture(code: str) -> None:
    assert (FIXTURES / f"{code}-{RULES[code].name}.txt").is_file()


def test_every_fixture_has_a_code() -> None:
    assert [file.stem for file in FILES] == sorted(f"{rule.code}-{rule.name}" for rule in RULES.values())


# --- Many faults, and none -----------------------------------------------------------------------


def test_all_faults_of_all_files_are_told_in_one_run(site: SiteTest) -> None:
    page = "---\ntitle: A\ndate: 2024-02-30\nwight: 1\n---\n{{< claim id=“x” >}}So{{< /claim >}} {{< source gone >}} [x](/y/)\n"
    for number in range(10):
        site.write(f"content/explainers/page-{number}.md", page)
    site.write("content/people.yaml", "ada: {nmae: Ada}\n")
    site.write("content/sources/a.yaml", "".join(f"s{n}: {{type: report, title: T, via: s{n}}}\n" for n in range(5)))
    result = site.build()
    errors = [one for one in result.diagnostics if one.severity == "error"]
    assert len(errors) == 57
    assert {one.path for one in errors} == {
        "content/people.yaml", "content/sources/a.yaml", *(f"content/explainers/page-{n}.md" for n in range(10)),
    }  # fmt: skip
    places = [(one.path, one.line, one.col, one.end_line, one.end_col, one.code) for one in result.diagnostics]
    assert places == sorted(places)
    assert site.build() == result


def test_a_page_that_is_right_is_told_nothing(site: SiteTest) -> None:
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    assert site.build().diagnostics == ()


# --- What is never shown -------------------------------------------------------------------------

NOTE = "zebra-crossing"  # stands in no message of ours
PRIVATE_SITES = {
    "in each file": {
        "content/site.yaml": SITE_YAML + f"private: {NOTE}\ntips: {{text: Write to us., private: {NOTE}}}\n",
        "content/people.yaml": f"ada:\n  name: Ada\n  private: {NOTE}\n",
        "content/sources/a.yaml": f"doj:\n  type: statement\n  title: A\n  private: [{NOTE}, {{a: {NOTE}}}]\n",
        "content/explainers/a.md": (
            f"---\ntitle: A\ndate: 2024-01-01\nprivate: |\n  {NOTE}\n  {NOTE}\nclaims:\n  one:\n    sources: doj\n"
            f'    private: "{NOTE}"\n---\n{{{{< claim id="one" >}}}}So{{{{< /claim >}}}}\n<!-- {NOTE} -->\n'
        ),
    },
    "beside faults on its line": {
        "content/people.yaml": f"ada: {{nmae: Ada, private: {NOTE}, rolle: editor}}\n",
        "content/explainers/a.md": f"---\n{{title: A, dat: 2024, private: {NOTE}}}\n---\nText.\n",
    },
    "misspelt": {
        "content/people.yaml": f"ada:\n  name: Ada\n  Private: {NOTE}\n  privat: {NOTE}\n  PRIVATE: {NOTE}\n",
    },
    "in YAML that can't be read": {
        "content/people.yaml": f"ada:\n  private: {NOTE}: {NOTE}\n",
        "content/sources/a.yaml": f'doj:\n  private: "{NOTE}\n',
        "content/explainers/a.md": f"---\ntitle: A\n private: {NOTE}\n---\n",
        "content/explainers/b.md": f"---\nprivate: {NOTE}\n",
        "content/explainers/c.md": f"\n---\nprivate: {NOTE}\n---\n",
        "content/explainers/d.md": f"---\ntitle: A\n---\nprivate: {NOTE}\n---\n",
        "content/explainers/e.md": f"---\ntitle: A\nprivate: {NOTE}\x00\n---\n",
        "content/explainers/f.md": f"---\ntitle: A\ndate: 2024-01-01\n--- \nprivate:{NOTE}\n",
    },
    "as a key that is no such key": {
        "content/sources/a.yaml": (
            "official:\n  type: interview\n  attribution: background\n  description: An official\n"
            f"  real_name: {NOTE}\n  phone: [{NOTE}]\n  Email: {NOTE}\n"
        ),
    },
}


@pytest.mark.parametrize("format_", ["text", "json", "github", "sarif"])
@pytest.mark.parametrize("files", list(PRIVATE_SITES.values()), ids=list(PRIVATE_SITES))
def test_what_is_private_appears_nowhere(site: SiteTest, files: dict[str, str], format_: str) -> None:
    for path, text in files.items():
        site.write(path, text.encode())
    result = site.build("--format", format_)
    assert NOTE not in result.stdout + result.stderr
    written = [
        file for file in site.root.rglob("*") if file.is_file() and not file.is_relative_to(site.root / "content")
    ]
    assert not [file for file in written if NOTE.encode() in file.read_bytes()]


# --- A fault brings no others --------------------------------------------------------------------


def test_a_file_of_sources_that_cannot_be_read_is_the_only_fault(site: SiteTest) -> None:
    site.write("content/sources/a.yaml", "doj: {type: statement, title: A: B}\n")
    site.write(
        "content/explainers/a.md",
        '---\ntitle: A\ndate: 2024-01-01\n---\n{{< claim id="one" sources="doj" >}}So{{< /claim >}}\n',
    )
    assert site.build().codes == ["E110"]


def test_a_page_that_cannot_be_read_is_the_only_fault(site: SiteTest) -> None:
    site.write("content/sources/a.yaml", "doj: {type: statement, title: A}\n")
    site.write(
        "content/explainers/a.md",
        '---\ntitle: A: B\ndate: 2024-01-01\n---\n{{< claim id="one" sources="doj" >}}So{{< /claim >}}\n',
    )
    site.write(
        "content/explainers/b.md",
        '---\ntitle: B\ndate: 2024-01-01\nrelated: a\n---\n[There](a.md), {{< ref "a#one" >}}, [it](../a/#claim-one).\n',
    )
    assert site.build().codes == ["E110"]
