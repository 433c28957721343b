"""`sources list` and `sources show`: what there is, where it is used, and what it lacks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.harness import SiteTest

SOURCES = """\
memo: {type: public-record, title: The memo, url: "https://example.org/memo"}
letter: {type: account, title: A letter, via: [memo]}
deep: {type: interview, attribution: deep-background, description: SECRET-WORDS, title: SECRET-TITLE}
official: {type: interview, attribution: background, description: an official, why_unnamed: fear, url: "https://secret.example/"}
idle: {type: report, title: Nobody cites it, url: "https://example.org/i", archive: "https://archive.example/i"}
"""
PAGE = """\
---
title: One
date: 2024-01-01
sources:
  own: {type: statement, title: Her speech}
claims:
  met:
    sources: [letter, {source: memo, at: page 3}]
    responses: {own: denies}
---
{{< claim id="met" >}}They met{{< /claim >}}. See {{< source memo >}}.

{{< claim id="left" sources="official, deep" >}}He left {{< source memo stance="context" >}}{{< /claim >}}.
"""


@pytest.fixture
def small(site: SiteTest) -> SiteTest:
    site.write("content/sources/all.yaml", SOURCES)
    site.write("content/explainers/one.md", PAGE)
    assert site.build().exit == 0
    return site


def asked(site: SiteTest, *args: str) -> Any:
    result = site.run("sources", *args, "--format", "json", "--site", str(site.root))
    assert result.exit == 0, result.stderr
    return json.loads(result.stdout)


def ids(site: SiteTest, *args: str) -> list[str]:
    return [one["id"] for one in asked(site, "list", *args)["sources"]]


def test_every_place_that_names_a_source(small: SiteTest) -> None:
    found = asked(small, "show", "memo")
    assert (found["version"], found["id"]) == (1, "memo")
    path = "content/explainers/one.md"
    lines = PAGE.split("\n")
    assert found["uses"] == [
        {
            "path": path,
            "line": 8,
            "col": lines[7].index("memo") + 1,
            "page": "one",
            "claim": "met",
            "stance": "supports",
        },
        {"path": path, "line": 11, "col": lines[10].index("memo") + 1, "page": "one", "claim": None, "stance": None},
        {
            "path": path,
            "line": 13,
            "col": lines[12].index("memo") + 1,
            "page": "one",
            "claim": "left",
            "stance": "context",
        },
    ]
    assert found["behind"] == [{"source": "letter", "path": "content/sources/all.yaml", "line": 2, "col": 48}]
    assert [(one["id"], one["route"]) for one in found["claims"]] == [
        ("met", ["letter", "memo"]), ("met", ["memo"]), ("left", ["memo"]),
    ]  # fmt: skip
    (own,) = asked(small, "show", "own")["uses"]
    assert (own["claim"], own["stance"], own["line"]) == ("met", "disputes", 9)
    assert [use["col"] for use in asked(small, "show", "deep")["uses"]] == [lines[12].index("deep") + 1]


def test_what_there_is_and_what_it_lacks(small: SiteTest) -> None:
    assert ids(small) == ["deep", "idle", "letter", "memo", "official", "own"]
    assert ids(small, "--unused") == ["idle"]
    assert ids(small, "--unnamed") == ["deep", "official"]
    assert ids(small, "--no-archive") == ["memo"]
    assert ids(small, "--of", "one") == ["deep", "letter", "memo", "official", "own"]
    found = {one["id"]: one for one in asked(small, "list")["sources"]}
    assert (found["memo"]["claims"], found["memo"]["pages"], found["memo"]["lacks"]) == (
        2,
        ["one"],
        ["archive", "saved"],
    )
    assert found["deep"]["lacks"] == ["why_unnamed"]
    assert (found["own"]["page"], found["own"]["path"], found["own"]["line"]) == ("one", "content/explainers/one.md", 5)


def test_of_an_unnamed_source_nothing_is_told_that_is_not_published(small: SiteTest) -> None:
    said = ""
    for form in ("text", "json"):
        for args in (["list"], ["show", "deep"], ["show", "official"], ["impact", "deep"]):
            said += small.run("sources", *args, "--format", form, "--site", str(small.root)).stdout
    assert "an official" in said
    assert "SECRET" not in said
    assert "secret.example" not in said


def test_what_an_earlier_build_found_is_as_good_as_reading_again(small: SiteTest) -> None:
    small.write("content/explainers/two.md", """\
        ---
        title: Two
        date: 2024-01-01
        sources:
          aide: {type: interview, attribution: background, description: an aide, why_unnamed: fear, title: SECRET-AIDE, party: secret-voice}
          heard: {type: statement, title: Hearsay, via: [aide, memo]}
          spare: {type: statement, title: Spare, via: [memo]}
        claims: {c: {sources: [heard]}}
        ---
        {{< claim id="c" >}}It was{{< /claim >}}.
        """)  # fmt: skip
    questions = [
        ("list",),
        ("show", "memo"),
        ("show", "aide"),
        ("show", "heard"),
        ("impact", "aide"),
        ("impact", "memo"),
    ]
    assert small.build().exit == 0
    kept = [asked(small, *question) for question in questions]
    cache = (small.root / ".explainer/cache.sqlite3").read_bytes()
    assert b"SECRET" not in cache
    assert b"secret-voice" not in cache
    assert [one["source"] for one in kept[1]["behind"]] == ["letter", "heard", "spare"]
    assert [one["source"] for one in kept[2]["behind"]] == ["heard"]
    for question, before in zip(questions, kept, strict=True):
        (small.root / ".explainer/cache.sqlite3").unlink()
        assert asked(small, *question) == before


def test_a_claim_rests_on_the_report_that_has_its_source(small: SiteTest) -> None:
    small.write(
        "content/sources/more.yaml",
        """\
        times: {type: report, title: The story}
        aide: {type: statement, title: The aide, reported_in: [times]}
        """,
    )
    small.write("content/explainers/two.md", "---\ntitle: Two\ndate: 2024-01-01\nclaims: {c: {sources: [aide]}}\n---\n"
                '{{< claim id="c" >}}It was{{< /claim >}}.\n')  # fmt: skip
    assert [(one["id"], one["route"]) for one in asked(small, "show", "times")["claims"]] == [("c", ["aide", "times"])]


def test_text_for_people(small: SiteTest) -> None:
    text = small.run("sources", "show", "memo", "--site", str(small.root)).stdout
    assert text.startswith("memo: public-record, on-record; 2 claims on 1 page; lacks archive, saved\n  The memo\n")
    assert "one#met (supports, by letter > memo)" in text
    assert small.run("sources", "show", "mem", "--site", str(small.root)).exit == 2
    assert "there is no page 'nix'" in small.run("sources", "list", "--of", "nix", "--site", str(small.root)).stderr
