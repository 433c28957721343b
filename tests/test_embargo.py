"""Before its time nothing of a page exists at any address, on the days too on which the clocks change."""

from __future__ import annotations

import base64
import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.hard_site import png_of
from tests.publish_support import publish, published_tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness import SiteTest

SECRET = "PLUMCAKE"  # noqa: S105 - a word to look for
TARGET = "publish: {here: {to: folder, path: ../www, verify: 0}}\n"

# The place, what the author writes, the second from which on it is out.
TIMES = [
    ("Europe/Berlin", "2024-03-31 01:59", "2024-03-31T00:59:00+00:00"),  # the last minute of winter
    ("Europe/Berlin", "2024-03-31 03:00", "2024-03-31T01:00:00+00:00"),  # the first of summer
    ("Europe/Berlin", "2024-10-27 02:30", "2024-10-27T00:30:00+00:00"),  # there are two; the first one counts
    ("Europe/Berlin", "2024-10-27 03:00", "2024-10-27T02:00:00+00:00"),
    ("Europe/London", "2024-03-31 02:00", "2024-03-31T01:00:00+00:00"),
    ("America/New_York", "2024-03-10 03:00", "2024-03-10T07:00:00+00:00"),
    ("America/New_York", "2024-11-03 01:30", "2024-11-03T05:30:00+00:00"),
    ("America/New_York", "2024-11-03 01:30-05:00", "2024-11-03T06:30:00+00:00"),  # the second one
    ("America/New_York", "2024-11-03", "2024-11-03T04:00:00+00:00"),  # a day begins at midnight
    ("America/New_York", "2024-03-11", "2024-03-11T04:00:00+00:00"),
]


def lay_out(site: SiteTest, zone: str, moment: str) -> None:
    """A site with one page under embargo that leaves traces wherever a page can."""
    site.write("content/site.yaml", f"title: T\nbase_url: https://post.example/\ntime_zone: {zone}\n{TARGET}")
    site.write("content/people.yaml", "ada: {name: Ada}\n")
    site.write("content/sources/a.yaml", "memo: {type: statement, title: A memo, party: ada}\n")
    site.write("content/explainers/open.md", '---\ntitle: Open\ndate: 2024-01-01\nauthors: [ada]\n---\n{{< claim id="c" sources="memo" >}}x{{< /claim >}}\n')  # fmt: skip
    site.write(f"content/explainers/{SECRET.lower()}/index.md", f"""\
---
title: {SECRET} title
summary: {SECRET} summary
date: 2024-01-01
publish_at: {moment}
authors: [ada]
tags: [{SECRET}]
image: {{src: {SECRET}.png, alt: {SECRET}}}
sources: {{own: {{type: statement, title: "{SECRET} source", party: ada}}}}
corrections: [{{date: 2024-01-02, text: "{SECRET} correction"}}]
---
{{{{< claim id="{SECRET.lower()}" sources="own memo" speaker="ada" >}}}}{SECRET} claim{{{{< /claim >}}}}.

![{SECRET}]({SECRET}.png)
""")  # fmt: skip
    site.write(f"content/explainers/{SECRET.lower()}/{SECRET}.png", png_of(SECRET.encode()))
    site.write("content/explainers/draft.md", f"---\ntitle: {SECRET} draft\ndraft: true\n---\n{SECRET}\n")


def traces(tree: dict[str, bytes]) -> list[str]:
    """The paths of files that hold something of the page, in one form or another."""
    word = SECRET.lower().encode()
    forms = (
        word,
        base64.b64encode(word)[:8].lower(),
        word[::-1],
        word.hex().encode(),
        "".join(f"&#{c};" for c in word).encode(),
    )
    found = []
    for path, content in tree.items():
        plain = gzip.decompress(content) if path.endswith(".gz") else content
        if any(form in plain.lower() or form in path.lower().encode() for form in forms):
            found.append(path)
    return found


@pytest.mark.parametrize(("zone", "moment", "lifts"), TIMES)
def test_nothing_is_there_before_and_all_of_it_from_then_on(
    zone: str, moment: str, lifts: str, site: SiteTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(site, zone, moment)
    www = site.root.parent / "www"
    second = int(datetime.fromisoformat(lifts).replace(tzinfo=UTC).timestamp())
    monkeypatch.setenv("TZ", "Asia/Tokyo")  # the machine's own zone has no say
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(second - 1))
    assert site.build().exit == 0
    assert publish(site).exit == 0
    assert traces(published_tree(www)) == []
    assert traces({path.name: path.read_bytes() for path in www.glob(".*")}) == []
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(second))
    assert site.build().exit == 0
    assert publish(site, "--yes").exit == 0
    assert {
        f"explainers/{SECRET.lower()}/index.html", f"explainers/{SECRET.lower()}/claims.json",
        f"explainers/{SECRET.lower()}/{SECRET}.png", f"tags/{SECRET.lower()}/index.html", "feed.xml", "feed.json",
        "sitemap.xml", "index.html", "people/ada/index.html", "sources/memo/index.html", "claims/2024/01/index.html",
    } <= set(traces(published_tree(www)))  # fmt: skip


def test_a_time_that_the_clocks_skip_is_an_error(site: SiteTest) -> None:
    lay_out(site, "Europe/Berlin", "2024-03-31 02:30")
    result = site.build()
    assert (result.exit, result.codes[0]) == (1, "E124")


def test_what_is_withdrawn_leaves_no_trace(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(site, "UTC", "2024-06-01")
    www: Path = site.root.parent / "www"
    site.build()
    publish(site)
    assert traces(published_tree(www))
    page = site.root / f"content/explainers/{SECRET.lower()}/index.md"
    page.write_text(page.read_text().replace("authors: [ada]", "draft: true\nauthors: [ada]"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4000000000")
    site.build()
    assert publish(site, "--yes", "--max-deletes", "20").exit == 0
    assert traces(published_tree(www)) == []
    assert list(www.rglob(f"*{SECRET}*")) == []
