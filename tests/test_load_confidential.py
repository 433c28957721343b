"""No message, in any format, shows a value of the record of a source that isn't provably named."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explainer import load
from explainer.diagnostics import in_order
from explainer.diagnostics.report import FORMATS, render
from explainer.load.confidential import confidential_lines
from explainer.load.saved_copies import check_copy
from explainer.load.sources import SOURCE
from tests.harness import SiteTest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from explainer.diagnostics.report import Format

CANARY = "zqcanary"
PAGE = (
    '---\ntitle: A page\ndate: 2024-01-01\n{}---\nText. {{{{< claim id="c" sources="x" >}}}}words{{{{< /claim >}}}}\n'
)

# What makes a record confidential, or leaves open whether it is.
TERMS = (
    "type: interview, attribution: background",
    "type: interview, attribution: deep-background",
    "type: statement, attribution: background",
    "type: interview, attribution: off-record",
    "type: interview, attribution: backgruond",
    "type: interview, attribution: Background",
    "type: interview, atribution: background",
    "type: interview, attribution: [background]",
    "type: interview",
    "type: intervew",
    "attribution: background",
    "type: interview, attribution: on-record, attribution: background",
    "type: statement, terms: background",
    "type: statement, on: Deep background",
)
# Faults, each with a canary in a value that is never published or in one that belongs nowhere.
FAULTS = (
    f"title: {CANARY}",
    f"titel: {CANARY}",
    f"source_name: {CANARY}",
    f"name: {CANARY}",
    f"title: [{CANARY}]",
    f"title: {{a: {CANARY}}}",
    f"title: a {CANARY}, {CANARY}, title: {CANARY}2",
    f"publisher: {{name: {CANARY}}}",
    f"authors: {{name: {CANARY}}}",
    f"authors: [[{CANARY}]]",
    f"party: {CANARY} Name",
    f"party: {CANARY.upper()}",
    f"party: {CANARY}",
    f"saved: {CANARY}.txt",
    f"saved: ../../../{CANARY}.txt",
    f"saved: {CANARY}.docx",
    f"date: {CANARY}",
    "date: 8 June 1987",
    "date: 1987-13",
    f"accessed: {CANARY}",
    f"url: {CANARY}.example",
    f"archive: javascript:{CANARY}",
    f"language: {CANARY}_x",
    f"via: {CANARY.title()}",
    f"via: [{CANARY.upper()}]",
    f"via: {CANARY} Name",
    f"knowledge: {CANARY} Name",
    f"own: {CANARY}",
    f"withdrawn: {CANARY}",
    f"withdrawn: {{date: {CANARY}}}",
    f"{CANARY.title()} Name: x",
    f"type: {CANARY.title()}",
    f"attribution: {CANARY} Name",
)
# Faults of syntax: the file can't be read at all.
BROKEN = (
    f'title: "{CANARY}',
    f"title: '{CANARY}' {CANARY}",
    f"title: {CANARY}: {CANARY}",
    f"title: @{CANARY}",
    f"title: {{{CANARY}",
    f"title: [{CANARY}",
    f"\ttitle: {CANARY}",
    f"title:{CANARY}",
    f"title: *{CANARY}",
    f"title: !{CANARY} x",
    f" title: {CANARY}",
    f"title: |x {CANARY}",
    f"- {CANARY}",
    f'title: "\\{CANARY}"',
)


def block(number: int, terms: str, fault: str, indent: str) -> str:
    """A record as a block, a comment on each of its lines."""
    comment = f"  # {CANARY}"
    fields = [*terms.split(", "), "description: d", *([fault] if "[" in fault else fault.split(", "))]
    return f"{indent}x{number}:{comment}\n" + "".join(f"{indent}  {field}{comment}\n" for field in fields)


def flow(records: list[str], indent: str) -> str:
    """Records on one line, with neighbours that have faults of their own."""
    return f"{indent}{{a: {{type: statement, titel: t}}, {', '.join(records)}, B: 1}}\n"


def write_at(site: SiteTest, place: str, terms: str, faults: Sequence[str], style: str) -> None:
    """Write records, each with one of these faults, where records are or where they don't belong."""
    indent = "  " if place == "page" else ""
    if style == "flow":
        text = flow([f"x{n}: {{{terms}, description: d, {fault}}}" for n, fault in enumerate(faults)], indent)
    else:
        text = "".join(block(n, terms, fault, indent) for n, fault in enumerate(faults))
    file = {"registry": "content/sources/a.yaml", "people": "content/people.yaml"}.get(place)
    site.write("content/explainers/a.md", PAGE.format("" if file else "sources:\n" + text))
    if file:
        site.write(file, text)


def told(site: SiteTest, formats: tuple[Format, ...] = ("text", "json")) -> str:
    """All that is told of a site's files, each taken alone, as a build reports it."""
    root = site.root
    content = load.find_content(root)
    library = load.load_library(root, content.value)
    found = library.value.library
    index = load.index_registry(found.sources, found.people)
    diagnostics = [*content.diagnostics, *library.diagnostics, *load.check_registry(index)]
    texts = list(library.value.texts)
    sources = list(found.sources.values())
    for path in content.value.pages:
        page = load.load_page(root, path, found.config)
        diagnostics += page.diagnostics
        texts += [page.value.text] if page.value.text else []
        if page.value.page:
            diagnostics += load.check_local(index, page.value.page.meta.sources)
            sources += page.value.page.meta.sources
    for source in sources:
        diagnostics += check_copy(root, source)
    by_path = {text.path: text for text in texts}
    return "".join(render(in_order(diagnostics), by_path, format_) for format_ in formats)


def check_silent(site: SiteTest, *about: object, formats: tuple[Format, ...] = ("text", "json")) -> None:
    """Nothing that is told of a site holds a canary, the case of its letters aside, or the date of one."""
    shown = told(site, formats)
    assert CANARY not in shown.lower(), (about, shown)
    assert not re.search("June|1987-", shown), (about, shown)


@pytest.mark.parametrize("place", ["registry", "page", "people"])
@pytest.mark.parametrize("style", ["block", "flow"])
@pytest.mark.parametrize("terms", TERMS)
def test_faulty_records_show_nothing(site: SiteTest, place: str, style: str, terms: str) -> None:
    write_at(site, place, terms, FAULTS, style)
    check_silent(site)


@pytest.mark.parametrize("place", ["registry", "page"])
@pytest.mark.parametrize("style", ["block", "flow"])
def test_what_a_merge_key_stands_for_is_not_known(site: SiteTest, place: str, style: str) -> None:
    write_at(site, place, "type: account, <<: *terms", FAULTS, style)
    check_silent(site)


@pytest.mark.parametrize("place", ["registry", "page", "people"])
@pytest.mark.parametrize("fault", BROKEN)
def test_a_file_that_cannot_be_read_shows_nothing(tmp_path: Path, place: str, fault: str) -> None:
    for number, terms in enumerate(TERMS):
        for style in ("block", "flow"):
            site = SiteTest(tmp_path / f"{number}{style}")
            write_at(site, place, terms, [fault], style)
            check_silent(site, terms, style)


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("start", range(6))
def test_a_build_shows_nothing_in_any_format(site: SiteTest, start: int, format_: str) -> None:
    write_at(site, "registry", TERMS[0], FAULTS[start::6], "block")
    result = site.build("--format", format_, "--verbose")
    assert result.exit in (0, 1)
    assert CANARY not in (result.stdout + result.stderr).lower()


@pytest.mark.parametrize("name", [field.name for field in SOURCE.fields])
@pytest.mark.parametrize(
    "value", [f"{CANARY} [", f"[{CANARY.title()}, June]", f"{{{CANARY.title()} Name: 1987}}", f"'{CANARY}: June 99'"]
)
def test_whatever_the_key(site: SiteTest, name: str, value: str) -> None:
    terms = {"type": "interview", "attribution": "deep-background"} | {name: value}
    record = "".join(f"  {key}: {given}\n" for key, given in terms.items())
    site.write("content/sources/a.yaml", f"x:\n{record}")
    check_silent(site)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    terms=st.sampled_from(TERMS),
    fields=st.lists(st.sampled_from([*FAULTS, *BROKEN]), min_size=1, max_size=4),
    place=st.sampled_from(["registry", "page", "people"]),
    style=st.sampled_from(["block", "flow"]),
    cut=st.integers(0, 40),
)
def test_records_cut_anywhere_show_nothing(
    tmp_path_factory: pytest.TempPathFactory, terms: str, fields: list[str], place: str, style: str, cut: int
) -> None:
    site = SiteTest(tmp_path_factory.mktemp("site"))
    write_at(site, place, terms, fields, style)
    file = {"registry": "content/sources/a.yaml", "page": "content/explainers/a.md", "people": "content/people.yaml"}
    path = site.root / file[place]
    text = path.read_text(encoding="utf-8")
    if place == "registry":
        path.write_text(text[: len(text) - cut], encoding="utf-8")
    check_silent(site, path.read_text(encoding="utf-8"), formats=FORMATS)


def test_what_is_named_is_still_quoted(site: SiteTest) -> None:
    site.write("content/sources/a.yaml", "x:\n  type: statement\n  titel: A letter\n  date: 2017-13\n")
    shown = told(site)
    assert "titel: A letter" in shown
    assert "`2017-13`" in shown


def test_a_named_record_is_quoted_where_the_file_cannot_be_read(site: SiteTest) -> None:
    site.write("content/sources/a.yaml", 'x:\n  type: statement\n  title: "A letter\n')
    assert 'title: "A letter' in told(site)


def test_the_key_is_named_and_what_is_right(site: SiteTest) -> None:
    record = (
        "{type: interview, attribution: background, why_unnamed: w, description: d, date: 8 June, titel: t, party: A B}"
    )
    site.write("content/sources/a.yaml", f"x: {record}\n")
    found = {one.code: one for one in site.build().diagnostics}
    assert "`date`" in found["E124"].message
    assert any("2017-06-08" in hint for hint in found["E124"].hints)
    assert "`titel`" in found["E120"].message
    assert any("`title`" in hint for hint in found["E120"].hints)
    assert "`party`" in found["E125"].message


def test_an_organisation_or_person_behind_an_unnamed_source_is_not_told(site: SiteTest) -> None:
    site.write("content/people.yaml", "jane-roe: {name: Jane Roe}\n")
    terms = "type: interview, attribution: background, description: d, why_unnamed: w"
    site.write(
        "content/sources/a.yaml",
        f"letter: {{type: statement, title: A letter, party: richard-poe}}\n"
        f"one: {{{terms}, party: jane-roe}}\ntwo: {{{terms}, party: richard-poe}}\n",
    )
    result = site.build()
    shown = json.dumps([(one.message, one.hints) for one in result.diagnostics if one.code == "E206"])
    assert result.codes.count("E206") == 2
    assert "jane" not in shown
    assert "poe" not in shown


def test_lines_of_a_text_that_is_no_yaml() -> None:
    text = "a:\n  type: statement\n  title: t\nb:\n  type: interview\n  title: t\nc:\n  title: t\n"
    assert sorted(set(confidential_lines(text, "registry"))) == [3, 4, 5, 6, 7, 8]
    assert list(confidential_lines("ada: {name: Ada}\n", "other")) == []
    assert 1 in set(confidential_lines("title: t\nsources:\n  x: {}\n", "page"))
