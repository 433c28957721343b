"""The calendar: what comes out when, and what is to be looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.engine.calendar import calendar
from explainer.engine.desk import open_desk

if TYPE_CHECKING:
    import pytest

    from tests.harness import SiteTest

PAGE = "---\ntitle: {title}\n{rest}\n---\nText.\n"
DAY = 86400


def write(site: SiteTest, name: str, rest: str) -> None:
    site.write(f"content/explainers/{name}.md", PAGE.format(title=name.upper(), rest=rest))


def test_what_is_due_embargoed_stale_and_what_is_to_come(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\ntime_zone: Europe/Berlin\n")
    write(site, "out", "date: 1970-01-02")
    write(site, "stale", "date: 1970-01-02\nreview: 1970-01-05")
    write(site, "later", "date: 1970-01-02\nreview: 1970-03-01 09:30")
    write(site, "due", "date: 1970-02-02\nreview: 1970-04-01")
    write(site, "embargoed", "date: 1970-01-02\npublish_at: 1970-02-01 06:00")
    write(site, "draft", "draft: true\nreview: 1970-01-03")
    write(site, "dated", "draft: true\ndate: 1970-01-09")
    with open_desk(site.root) as desk:
        found = calendar(desk.pages, 10 * DAY, desk.library.config.time_zone)
    assert [(one.kind, one.when, one.page.slug) for one in found] == [
        ("stale", "1970-01-05", "stale"),
        ("embargoed", "1970-02-01 06:00", "embargoed"),
        ("due", "1970-02-02", "due"),
        ("review", "1970-03-01 09:30", "later"),
        ("review", "1970-04-01", "due"),
        ("draft", "1970-01-09", "dated"),
        ("draft", "", "draft"),
    ]


def test_only_check_tells_that_a_day_has_come(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    write(site, "a", "date: 1970-01-02\nreview: 1970-01-05")
    write(site, "b", "date: 1970-01-02\nreview: 1970-01-05\naccept: {W156: yes}")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(4 * DAY))
    assert [(one.code, one.path[-4:]) for one in site.told("check").diagnostics] == [("W156", "a.md")]
    assert site.told("check", "--strict").exit == 1
    assert (site.told("build", "--strict").exit, site.build().codes) == (0, [])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(3 * DAY))
    assert [(one.code, one.path[-4:]) for one in site.told("check").diagnostics] == [("W155", "b.md")]
    assert site.build().codes == []
