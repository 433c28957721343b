"""Warnings that are accepted where they stand: not told, not counted, listed when asked for, and never lost."""

from __future__ import annotations

import cProfile
from typing import TYPE_CHECKING

import pytest

from explainer.diagnostics import Diagnostic, Span
from explainer.diagnostics.acceptance import Acceptance, sift, whole_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harness import SiteTest

PAGE = """\
---
title: A
date: 2024-01-05
claims:
  rain: {accept: {W451: anybody can look out}}
---
It {{< claim id="rain" >}}rains{{< /claim >}}.
"""


def test_strict_passes_with_what_was_accepted(site: SiteTest) -> None:
    site.write("content/explainers/a.md", PAGE)
    result = site.build("--strict")
    assert (result.exit, result.codes) == (0, [])
    assert "anybody" not in site.read("explainers/a/index.html") + site.read("explainers/a/claims.json")
    site.write("content/explainers/a.md", PAGE.replace("accept: {W451: anybody can look out}", ""))
    assert (site.build("--strict").exit, site.build().codes) == (1, ["W451"])


def test_an_unused_acceptance_is_one_warning_for_strict(site: SiteTest) -> None:
    site.write("content/explainers/a.md", PAGE.replace("claims:", "accept: {W154: in print}\nclaims:"))
    result = site.build("--strict")
    assert (result.exit, result.codes) == (1, ["W155"])
    assert not site.out.exists() or not list(site.out.glob("explainers"))


@pytest.mark.parametrize("again", [False, True])
def test_verbose_lists_what_was_accepted(site: SiteTest, *, again: bool) -> None:
    site.write("content/explainers/a.md", PAGE)
    if again:  # the last build is found in the cache
        site.build()
    told = site.build("--format", "text", "--verbose").stderr
    assert "content/explainers/a.md:7:4: W451 is accepted: anybody can look out\n" in told


def test_an_acceptance_survives_the_cache(site: SiteTest) -> None:
    site.write("content/explainers/a.md", PAGE)
    site.write("content/explainers/b.md", "---\ntitle: B\ndate: 2024-01-05\n---\nText.\n")
    site.build()
    site.write("content/explainers/b.md", "---\ntitle: B\ndate: 2024-01-05\n---\nOther text.\n")
    assert site.build().codes == []


def test_a_claim_s_acceptance_holds_in_its_words_alone(site: SiteTest) -> None:
    body = 'It {{< claim id="rain" >}}rains [](https://a.example){{< /claim >}}.\n\nNot [](https://b.example) here.\n'
    front = PAGE.partition("It {{")[0].replace("}}\n", ", W360: icons}}\n")
    site.write("content/explainers/a.md", front + body)
    assert [(one.code, one.line) for one in site.build().diagnostics] == [("W360", 9)]


def test_the_reason_of_an_unnamed_source_is_shown_nowhere(site: SiteTest) -> None:
    site.write(
        "content/sources/a.yaml",
        "police:\n  type: interview\n  attribution: background\n  description: an officer\n"
        "  accept: {W251: Mallory asked for it}\n",
    )
    page = PAGE.replace("{accept: {W451: anybody can look out}}", "{sources: police}")
    site.write("content/explainers/a.md", page)
    result = site.build("--format", "text", "--verbose")
    assert "W251 is accepted\n" in result.stderr
    everything = b"".join(file.read_bytes() for file in (site.root / ".explainer").rglob("*") if file.is_file())
    assert "Mallory" not in result.stderr
    assert b"Mallory" not in everything


def of_records(number: int) -> Span:
    return Span("content/sources/a.yaml", number + 1, 1, number + 1, 50)


def of_one_line(number: int) -> Span:
    return Span("content/sources/a.yaml", 1, 10 * number + 1, 1, 10 * number + 9)


def of_pages(number: int) -> Span:
    return whole_file(f"content/explainers/page-{number}.md")


def of_folders(number: int) -> Span:
    return whole_file(f"content/explainers/page-{number}/")


@pytest.mark.parametrize("region", [of_records, of_one_line, of_pages, of_folders])
def test_twice_the_warnings_and_acceptances_take_twice_the_work(region: Callable[[int], Span]) -> None:
    def calls(count: int) -> int:
        regions = [region(number) for number in range(count)]
        accepts = [Acceptance("W251", one, "so", "record", (one,)) for one in regions]
        places = [one._replace(path=f"{one.path}a.png" if one.path.endswith("/") else one.path) for one in regions]
        found = [Diagnostic("W251", "m", place) for place in places]
        profile = cProfile.Profile()
        sifted = profile.runcall(sift, found, accepts)
        assert (len(sifted.told), len(sifted.accepted)) == (0, count)
        return sum(entry.callcount for entry in profile.getstats())

    assert calls(400) <= 2.6 * calls(200)


def test_the_innermost_record_and_then_what_is_around_it() -> None:
    regions = {"outer": (1, 1, 9, 9), "inner": (2, 1, 3, 9), "next": (4, 1, 5, 9), "page": ()}
    path = "content/explainers/a.md"
    accepts = [
        Acceptance("W251", Span(path), why, "record" if at else "page", (Span(path, *at) if at else whole_file(path),))
        for why, at in regions.items()
    ]
    places = {(1, 5): "outer", (2, 1): "inner", (3, 9): "inner", (4, 1): "next", (6, 1): "outer", (9, 10): "page"}
    sifted = sift([Diagnostic("W251", "m", Span(path, *place, *place)) for place in places], accepts)
    assert {
        (one.diagnostic.span.line, one.diagnostic.span.col): one.acceptance.why for one in sifted.accepted
    } == places
