"""Warnings that are accepted where they stand: not told, not counted, listed when asked for, and never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
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
