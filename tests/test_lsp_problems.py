"""Quick fixes: every “did you mean” of the fixtures of errors puts that word in the place of another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from explainer.diagnostics import Diagnostic, Span
from explainer.lsp.positions import Lines
from explainer.lsp.problems import fixes
from explainer.serve.changes import Changes
from tests.harness import SITE_YAML
from tests.session_support import edited
from tests.test_errors import FILES, MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness import SiteTest

_TOLD = re.compile(rf"{MARK}([EW]\d+) (\d+):(\d+)-(\d+) \[.*?\] (.*)")
_MEANT = f"{MARK}  hint: did you mean"


def meant() -> Iterator[tuple[str, Diagnostic, Lines]]:
    """Each diagnostic of the fixtures, on one line, whose hint asks what was meant; the code, and the lines above it."""
    for file in FILES:
        lines: list[str] = []
        told: re.Match[str] | None = None
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line.startswith("=== "):
                lines = []
            elif line.startswith(_MEANT) and told:
                row, col, end = (int(part) for part in told.group(2, 3, 4))
                span = Span("a.md", row, col, row, end)
                yield (
                    told[1],
                    Diagnostic(told[1], told[5], span, (line.removeprefix(f"{MARK}  hint: "),)),
                    Lines("\n".join(lines), len),
                )
            elif line.startswith(MARK):
                told = _TOLD.fullmatch(line) if not line.startswith(f"{MARK}  ") else told
            else:
                lines.append(line)


MEANT = list(meant())


@pytest.mark.parametrize(
    ("diagnostic", "lines"), [pytest.param(*one[1:], id=f"{one[0]}-{number}") for number, one in enumerate(MEANT)]
)
def test_what_was_meant_can_be_put_there(diagnostic: Diagnostic, lines: Lines) -> None:
    found = list(fixes(diagnostic, lines))
    assert [f"`{fix.word}`" for fix in found] == re.findall("`[^`]+`", diagnostic.hints[0])
    for fix in found:
        wrong = lines.words(fix.span)
        assert wrong not in {"", fix.word}
        assert f"`{wrong}`" in diagnostic.message


def test_there_are_many_of_them() -> None:
    assert len(MEANT) > 40


def test_a_file_is_told_of_before_the_pages_that_need_it_and_nothing_is_forgotten(site: SiteTest) -> None:
    site.write("content/people.yaml", "ada: {name: Ada}\n")
    for number in range(30):
        site.write(f"content/explainers/p{number}.md", "---\ntitle: A\ndate: 2024-01-01\nauthors: [ada]\n---\nText.\n")
    opened = edited(site.root)
    settings = SITE_YAML + "accent: '#eeeeee'\n"
    typed = {"content/people.yaml": "eva: {name: Eva}\n", "content/site.yaml": settings}
    early: list[tuple[Diagnostic, ...]] = []
    assert not opened.update(Changes(), typed, lambda: True, early.append)
    assert [[one.code for one in found] for found in early] == [["W151"]]
    assert opened.update(Changes(), {})
    assert len(opened.diagnostics) == 30 + 1
    assert {one.code for one in opened.diagnostics} == {"W151", "E210"}
