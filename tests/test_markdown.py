"""Markdown and shortcodes: what a text becomes, and what is told of it.

A fixture of `tests/fixtures/markdown/` has a title, a text and the document it makes, each ended by
a line with a dot. Holes of the body stand in pointed brackets; what they mean stands below. With
`--snapshot-update` the documents are written instead of compared.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from tests.markdown_support import parse, read_document

FIXTURES = sorted((Path(__file__).parent / "fixtures" / "markdown").glob("*.md"))


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_documents(file: Path, request: pytest.FixtureRequest) -> None:
    cases = [(title, text) for _, title, text, _ in read_fixture_file(file)]
    now = "\n".join(f"{title}\n.\n{text}.\n{read_document(parse(text), text)}\n.\n" for title, text in cases)
    if request.config.getoption("--snapshot-update"):
        file.write_text(now, encoding="utf-8")
    assert now.split("\n") == file.read_text(encoding="utf-8").split("\n")
