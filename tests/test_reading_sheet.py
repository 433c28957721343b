"""The sheet of the blind reading is that of the demo as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tools import reading_sheet

if TYPE_CHECKING:
    from tests.harness import SiteTest

ROOT = Path(__file__).parents[1]
SLUGS = ["sessions-kislyak", "mayflower-april-2016"]


def test_the_sheet_and_its_key_are_those_of_the_demo(site: SiteTest, tmp_path: Path) -> None:
    result = site.run("build", "--site", str(ROOT), "--out", str(site.out), "--quiet")
    assert result.exit == 0, result.stdout
    reading_sheet.main(site.out, tmp_path / "sheet.md", tmp_path / "key.md", SLUGS)
    for made, kept in (("sheet.md", "blind-reading.md"), ("key.md", "blind-reading-key.md")):
        assert (tmp_path / made).read_text("utf-8") == (ROOT / "docs" / kept).read_text("utf-8"), "run `make sheet`"


def test_every_claim_has_a_number_words_and_an_answer() -> None:
    sheet, key = ((ROOT / "docs" / name).read_text("utf-8") for name in ("blind-reading.md", "blind-reading-key.md"))
    body = sheet.partition("\n## ")[2]
    numbered = sorted(map(int, re.findall(r"⟨(\d+): ", body)))
    assert numbered == sorted(map(int, re.findall(r"\*\*(\d+) [■▨⬚□═] \[", body)))
    assert numbered == list(map(int, re.findall(r"^(\d+)\. ", key, re.MULTILINE))) == list(range(1, len(numbered) + 1))
    assert body.count("⟨") == body.count("⟩") == len(numbered)
