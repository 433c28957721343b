"""One source: defaults, and the rules that hold inside it."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from explainer.load.sources import ATTRIBUTION_BY_TYPE, KNOWLEDGE_BY_TYPE
from explainer.model.declared import Caveats, Withdrawal
from explainer.model.terms import SOURCE_TYPES
from tests.load_support import PATH, load_front, page_of, told, visible

if TYPE_CHECKING:
    from explainer.diagnostics import Staged
    from explainer.load import LoadedPage
    from explainer.model.declared import Source


def load_source(yaml: str, path: str = PATH) -> Staged[LoadedPage]:
    """A page with one source, whose fields begin on line 6, column 5."""
    return load_front("title: T\ndraft: true\nsources:\n  s:\n" + indent(yaml, "    "), path)


def source_of(yaml: str, path: str = PATH) -> Source:
    staged = load_source(yaml, path)
    assert told(staged.diagnostics) == []
    (source,) = page_of(staged).meta.sources
    return source


def test_every_field() -> None:
    source = source_of("""\
type: public-record
title: The letter
publisher: The ministry
authors: [A. B., C. D.]
date: 2017-06
accessed: "2017"
url: https://x.org/a?b=c#d
archive: http://[::1]:80/x
language: pt-BR
attribution: on-record
knowledge: second-hand
via: a, b
party: doj
own: false
description: A letter.
why_unnamed: None.
caveats: One.
saved: ../saved/letter.html
withdrawn: {date: 2018, reason: It was wrong.}
private: {x: y}
""")
    assert (str(source.date), str(source.accessed), source.authors) == ("2017-06", "2017", ("A. B.", "C. D."))
    assert (source.via, [(s.line, s.col, s.end_col) for s in source.via_spans]) == (
        ("a", "b"),
        [(17, 10, 11), (17, 13, 14)],
    )
    assert source.party_span
    assert (source.party, source.party_span.line, source.party_span.col) == ("doj", 18, 12)
    assert (source.caveats, source.saved, source.local) == (Caveats(other=("One.",)), "content/saved/letter.html", True)
    assert source.withdrawn
    assert (str(source.withdrawn.date), source.withdrawn.reason) == ("2018", "It was wrong.")
    assert isinstance(source.withdrawn, Withdrawal)
    assert (source.span.line, source.span.col, source.span.end_col) == (5, 3, 4)


@pytest.mark.parametrize("kind", SOURCE_TYPES)
def test_defaults(kind: str) -> None:
    given = "attribution: background\nwhy_unnamed: x\n" if kind == "interview" else ""
    source = source_of(f"type: {kind}\ntitle: T\n{given}")
    assert source.attribution == ("background" if given else ATTRIBUTION_BY_TYPE[source.type])
    assert source.knowledge == KNOWLEDGE_BY_TYPE[source.type]
    assert source_of(f"type: {kind}\ntitle: T\nvia: [a]\n{given}").knowledge == "second-hand"


def test_knowledge_that_is_declared() -> None:
    assert source_of("type: statement\ntitle: T\nknowledge: first-hand\n").knowledge == "first-hand"
    assert source_of("type: report\ntitle: T\nknowledge: second-hand\n").knowledge == "unknown"
    assert source_of("type: statement\ntitle: T\nknowledge: unknown\nvia: a\n").knowledge == "second-hand"


@pytest.mark.parametrize(
    ("yaml", "places"),
    [
        ("title: T\n", ["E121 6:5"]),
        ("type: raport\ntitle: T\n", ["E123 6:11"]),
        ("type: report\n", ["E121 6:5"]),
        ("title:\ntype: report\n", ["E121 6:5"]),
        ("type: interview\n", ["E121 6:5", "E121 6:5"]),
        ("type: interview\nattribution: on-record\ndescription: A man.\n", []),
        ("type: interview\nattribution: background\ntitle: T\n", ["W251 7:5"]),
        ("type: statement\nattribution: deep-background\ntitle: T\n", ["W251 7:5"]),
        ("type: interview\nattribution: off-record\ntitle: T\n", ["E205 7:18"]),
        ("type: report\nattribution: off-record\ntitle: T\n", ["E205 7:18"]),
        ("type: report\nattribution: on-record\ntitle: T\n", ["E207 7:18"]),
        ("type: account\nattribution: background\ntitle: T\n", ["W251 7:5"]),
        ("type: private-record\nattribution: background\ntitle: T\n", ["W251 7:5"]),
        ("type: report\ntitle: T\nknowledge: first-hand\n", ["E204 8:16"]),
        ("type: account\ntitle: T\nvia: a\nknowledge: first-hand\n", ["E204 9:16"]),
        ("type: account\ntitle: T\nvia: [a, {b: c}, B]\n", ["E122 8:14", "E125 8:22"]),
        ("type: account\ntitle: T\nvia: {a: b}\n", ["E122 8:10"]),
        ("type: account\ntitle: T\nvia: true\n", ["E122 8:10"]),
        ("type: account\ntitle: T\nparty: A B\n", ["E125 8:12"]),
        ("type: account\ntitle: T\ndate: 2017-02-30\n", ["E124 8:11"]),
        ("type: account\ntitle: T\ndate: 12:30\n", ["E124 8:11"]),
        ("type: account\ntitle: T\nurl: javascript:alert(1)\n", ["E126 8:10"]),
        ("type: account\ntitle: T\nurl: data:text/html,x\n", ["E126 8:10"]),
        ("type: account\ntitle: T\nurl: 'https://x.org/a b'\n", ["E126 8:10"]),
        ("type: account\ntitle: T\nurl: /a\n", ["E126 8:10"]),
        ('type: account\ntitle: T\nurl: "https://x.org/\\u202E"\n', ["E126 8:10"]),
        ("type: account\ntitle: T\nsaved: /etc/passwd\n", ["E123 8:12"]),
        ("type: account\ntitle: T\nsaved: ../../../x\n", ["E123 8:12"]),
        ("type: account\ntitle: T\nsaved: https://x.org\n", ["E123 8:12"]),
        ("type: account\ntitle: T\nown: yes\n", ["E122 8:10"]),
        ("type: account\ntitle: T\nwithdrawn: {reason: x}\n", ["E121 8:16"]),
        ("type: account\ntitle: T\nwithdrawn: true\n", ["E122 8:16"]),
        ("type: account\ntitle: T\nemail: x\n", ["E120 8:5"]),
        ("type: account\ntitle: T\nname: x\n", ["E120 8:5"]),
        ("type: account\ntitle: T\nauthor: x\n", ["E120 8:5"]),
    ],
)
def test_faults(yaml: str, places: list[str]) -> None:
    assert told(load_source(yaml).diagnostics) == places


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("DOI: 10.1000/x", "doi"), ("year: 2017", "date"), ("container-title: J", "container"), ("docket: 1", "number"),
        ("doi: https://doi.org/10.1000/x", "10.1000/x"), ("doi: 'doi:10.1000/x'", "10.1000/x"),
        ("date: 20170608", "2017-06-08"),
    ],
)  # fmt: skip
def test_what_other_programs_write_is_told_in_our_form(field: str, meant: str) -> None:
    (found,) = load_source(f"type: account\ntitle: T\n{field}\n").diagnostics
    assert found.hints[0] == f"did you mean `{meant}`?"


@pytest.mark.parametrize("key", ["real_name", "Phone", "e-mail", "address", "full_name", "name"])
@pytest.mark.parametrize("attribution", ["background", "deep-background", "off-record"])
def test_what_would_unmask_is_named_and_never_shown(key: str, attribution: str) -> None:
    yaml = f"type: interview\n{key}:\n  - SECRET\nattribution: {attribution}\ndescription: D\nwhy_unnamed: x\n"
    staged = load_source(yaml)
    fault = next(d for d in staged.diagnostics if d.code == "E206")
    assert key in fault.message
    assert told([fault]) == ["E206 7:5"]
    assert "SECRET" not in visible(staged.value.text) + str(staged.diagnostics) + str(staged.value.page)


def test_what_is_off_the_record_is_kept_as_what_is_published_least() -> None:
    staged = load_source("type: interview\nattribution: off-record\ntitle: T\n")
    assert page_of(staged).meta.sources[0].attribution == "deep-background"


def test_a_saved_copy_stands_beside_the_page() -> None:
    yaml = "type: account\ntitle: T\nsaved: saved/a.html\n"
    assert source_of(yaml, "content/explainers/x/index.md").saved == "content/explainers/x/saved/a.html"


def test_a_mapping_that_is_no_mapping() -> None:
    staged = load_front("title: T\ndraft: true\nsources:\n  a: text\n  b:\n  c: [x]\n")
    assert told(staged.diagnostics) == ["E122 5:6", "E121 6:3", "E122 7:6"]
    assert [source.id for source in page_of(staged).meta.sources] == ["b"]
