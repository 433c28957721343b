"""`explainer new correction`: a page is corrected, and everything else of its file stays as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness import SiteTest

PAGE = "---\n# The mill.\ntitle: A\ndate: 2024-01-05 10:00\nsources:\n  memo: {type: report, title: M}\n---\nText{{< source memo >}}.\n"
PATH = "content/explainers/a.md"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717250400")  # 2024-06-01 14:00 UTC


def correct(site: SiteTest, *args: str) -> tuple[int, str]:
    result = site.run("new", "correction", *args, "--site", str(site.root))
    return result.exit, (result.stdout or result.stderr).strip()


def test_a_correction_is_written_and_updated_moves(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\ntime_zone: Pacific/Auckland\n")
    site.write(PATH, PAGE)
    assert correct(site, "a", "--text", 'It was "1912": not 1921') == (0, f"{PATH}:9")
    after = (site.root / PATH).read_text("utf-8")
    assert after == PAGE.replace("10:00\n", "10:00\nupdated: 2024-06-02\n").replace(
        "title: M}\n", 'title: M}\ncorrections:\n  - date: 2024-06-02\n    text: "It was \\"1912\\": not 1921"\n'
    )
    assert site.build("--strict", "--future").codes == []


def test_a_second_one_follows_and_a_later_update_stays(site: SiteTest) -> None:
    page = PAGE.replace("sources:", "updated: 2024-07-01\ncorrections:\n  - {date: 2024-01-06, text: S}\nsources:")
    site.write(PATH, page)
    assert correct(site, "a", "--text", "T") == (0, f"{PATH}:8")
    assert (site.root / PATH).read_text("utf-8") == page.replace("S}\n", 'S}\n  - date: 2024-06-01\n    text: "T"\n')


def test_without_words_the_site_does_not_build(site: SiteTest) -> None:
    site.write(PATH, PAGE)
    assert correct(site, "a")[0] == 0
    assert site.build().codes == ["E121"]


@pytest.mark.parametrize(
    ("slug", "page", "told"),
    [
        ("b", PAGE, "there is no page `b`"),
        ("a", PAGE.replace("sources:", "corrections: {date: 2024-01-06, text: S}\nsources:"), "is no list"),
        ("a", "Text.\n", "there is no page `a`"),
    ],
)
def test_what_is_refused_changes_nothing(site: SiteTest, slug: str, page: str, told: str) -> None:
    site.write(PATH, page)
    status, said = correct(site, slug, "--text", "T")
    assert (status, told in said) == (2, True)
    assert (site.root / PATH).read_text("utf-8") == page
