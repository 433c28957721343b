"""Reports of diagnostics: what a person reads, and what machines read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.diagnostics import RULES, Diagnostic, SourceText, Span
from explainer.diagnostics.report import WINDOW, render, summary

if TYPE_CHECKING:
    from explainer.diagnostics.report import Format

PATH = "content/explainers/a.md"


def fault(
    col: int, end_col: int, *, line: int = 1, end_line: int | None = None, code: str = "E201", path: str = PATH
) -> Diagnostic:
    return Diagnostic(code, "no such source", Span(path, line, col, end_line or line, end_col), ("try another",))


def text_of(source: str, diagnostic: Diagnostic, *, hidden: frozenset[int] = frozenset(), color: bool = False) -> str:
    return render([diagnostic], {PATH: SourceText(PATH, source, hidden)}, "text", color=color)


def excerpt(source: str, diagnostic: Diagnostic) -> list[str]:
    """The quoted line and the carets, without the indent."""
    head, *rest, hint = text_of(source, diagnostic).splitlines()
    assert head.startswith(PATH)
    assert hint == "  hint: try another"
    assert all(line.startswith("    ") for line in rest)
    return [line[4:] for line in rest]


def test_text_shows_place_code_line_caret_and_hint() -> None:
    assert text_of("first\nsources: [ex-offical]\n", fault(11, 21, line=2)) == (
        "content/explainers/a.md:2:11: error E201 unknown-source: no such source\n"
        "    sources: [ex-offical]\n"
        "              ^^^^^^^^^^\n"
        "  hint: try another\n"
    )


def test_a_warning_says_so() -> None:
    assert ": warning W253 unused-source: " in text_of("x", fault(1, 2, code="W253"))


@pytest.mark.parametrize(
    ("source", "col", "end_col", "shown", "carets"),
    [
        ("東京 bad", 4, 7, "東京 bad", "     ^^^"),
        ("東京", 2, 3, "東京", "  ^^"),
        ("e\u0301 bad", 4, 7, "e\u0301 bad", "  ^^^"),
        ("👩\u200d🚀 bad", 5, 8, "👩\u200d🚀 bad", "     ^^^"),
        ("\tbad", 2, 5, "    bad", "    ^^^"),
        ("ab\tbad", 4, 7, "ab  bad", "    ^^^"),
        ("東\tbad", 3, 6, "東  bad", "    ^^^"),
        ("a\tb", 2, 3, "a   b", " ^^^"),
        ("a\x1b[31mb", 2, 3, "a␛[31mb", " ^"),
        ("a\x00\x7fb", 4, 5, "a␀␡b", "   ^"),
        ("a\u202eb", 3, 4, "a<U+202E>b", "         ^"),
        ("a\ud800b", 3, 4, "a<U+D800>b", "         ^"),
        ("n\u00a0b", 3, 4, "n\u00a0b", "  ^"),
        ("empty span", 3, 3, "empty span", "  ^"),
        ("past the end", 40, 50, "past the end", "            ^"),
        ("ends late", 6, 99, "ends late", "     ^^^^"),
    ],
)
def test_the_caret_stands_under_the_fault(source: str, col: int, end_col: int, shown: str, carets: str) -> None:
    assert excerpt(source, fault(col, end_col)) == [shown, carets]


def test_a_span_over_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    assert excerpt("one two  \nthree", fault(5, 3, end_line=2)) == ["one two", "    ^^^"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_in_any_system(end: str) -> None:
    assert excerpt(f"one{end}{end}bad\u2028\x85 x{end}", fault(1, 4, line=3)) == ["bad<U+2028><U+0085> x", "^^^"]


@pytest.mark.parametrize("source", ["one\n\n", "one", "one\n   "])
def test_a_line_that_is_empty_or_absent_is_not_shown(source: str) -> None:
    assert excerpt(source, fault(1, 1, line=2)) == []


def test_each_fault_of_a_file_shows_its_own_line() -> None:
    found = [fault(1, 4, line=1), fault(1, 4, line=2)]
    told = render(found, {PATH: SourceText(PATH, "one\ntwo\n")}, "text")
    assert [line.strip() for line in told.splitlines()[1::4]] == ["one", "two"]


def test_a_hidden_line_is_not_shown() -> None:
    told = text_of("title: x\nphone: 555 0100\n", fault(1, 6, line=2), hidden=frozenset({2}))
    assert told.splitlines() == [f"{PATH}:2:1: error E201 unknown-source: no such source", "  hint: try another"]


def test_a_file_that_is_not_known_is_not_shown() -> None:
    assert len(render([fault(1, 2)], {}, "text").splitlines()) == 2


@pytest.mark.parametrize("col", [1, 61, 500, 941, 1000])
def test_a_long_line_is_shown_around_the_fault(col: int) -> None:
    line = "x" * (col - 1) + "!" + "x" * (1000 - col)
    shown, carets = excerpt(line, fault(col, col + 1))
    assert shown[len(carets) - 1] == "!"
    assert len(shown.strip("…")) == WINDOW
    assert (shown[0] == "…", shown[-1] == "…") == (col > 61, col < 900)


def test_a_long_fault_is_underlined_as_far_as_it_shows() -> None:
    shown, carets = excerpt("x" * 1000, fault(101, 1001))
    assert shown == "…" + "x" * WINDOW + "…"
    assert carets == " " * 61 + "^" * 100


@given(st.text(alphabet=st.characters(codec="utf-8", categories=["L", "N", "P", "S", "M"]), max_size=40))
def test_carets_never_pass_what_is_shown(before: str) -> None:
    source = f"{before}!after"
    shown, carets = excerpt(source, fault(len(before) + 1, len(before) + 2))
    assert carets.strip() == "^"
    assert shown == source


def test_a_message_can_not_forge_a_line() -> None:
    forged = Diagnostic("E120", "key `a\nb.md:1:1: error`\x1b[2J", Span("x\n.md"), ("a\tb",))
    assert render([forged], {}, "text") == (
        "x␊.md:1:1: error E120 unknown-key: key `a␊b.md:1:1: error`␛[2J\n  hint: a␉b\n"
    )


def test_colour_adds_nothing_but_colour() -> None:
    plain, painted = (text_of("some bad line", fault(6, 9), color=color) for color in (False, True))
    for style in ("1", "1;31", "1;36", "36", "0"):
        painted = painted.replace(f"\x1b[{style}m", "")
    assert painted == plain
    assert "\x1b" not in plain


def test_json_has_every_field_and_the_order_given() -> None:
    told = render([fault(3, 5, line=2), fault(1, 2, code="W253")], {}, "json")
    assert told.endswith("]\n")
    first, second = json.loads(told)
    assert first == {
        "code": "E201",
        "name": "unknown-source",
        "severity": "error",
        "message": "no such source",
        "path": PATH,
        "line": 2,
        "col": 3,
        "end_line": 2,
        "end_col": 5,
        "hints": ["try another"],
    }
    assert second["severity"] == "warning"


def test_no_diagnostics() -> None:
    assert render([], {}, "text") == render([], {}, "github") == ""
    assert render([], {}, "json") == "[]\n"
    assert json.loads(render([], {}, "sarif"))["runs"][0]["results"] == []


def test_github_takes_columns_of_one_line_only() -> None:
    assert render([fault(3, 5, line=2), fault(3, 5, line=2, end_line=4, code="W253")], {}, "github") == (
        f"::error file={PATH},line=2,endLine=2,col=3,endColumn=5,title=E201 unknown-source"
        "::no such source%0Ahint: try another\n"
        f"::warning file={PATH},line=2,endLine=4,title=W253 unused-source::no such source%0Ahint: try another\n"
    )


def test_github_escapes_what_commands_are_made_of() -> None:
    odd = Diagnostic("E120", "100%, a: b::c\r\nd", Span("a,b:c%.md"))
    assert render([odd], {}, "github") == (
        "::error file=a%2Cb%3Ac%25.md,line=1,endLine=1,col=1,endColumn=1,title=E120 unknown-key::100%25, a: b::c␍%0Ad\n"
    )


def sarif_run(*diagnostics: Diagnostic) -> dict[str, Any]:
    log = json.loads(render(diagnostics, {}, "sarif"))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_lists_every_rule() -> None:
    driver = sarif_run()["tool"]["driver"]
    assert driver["name"] == "Explainer"
    assert [
        (rule["id"], rule["name"], rule["defaultConfiguration"]["level"], rule["shortDescription"]["text"])
        for rule in driver["rules"]
    ] == [(rule.code, rule.name, rule.severity.value, rule.meaning) for rule in RULES.values()]


def test_sarif_results_point_at_rules_and_places() -> None:
    run = sarif_run(fault(3, 5, line=2, code="W253", path="content/a b/ü:1.md"))
    assert run["columnKind"] == "unicodeCodePoints"
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "W253"
    assert result["level"] == "warning"
    assert result["message"]["text"] == "no such source\nhint: try another"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "content/a%20b/%C3%BC%3A1.md"}
    assert place["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 5}


@pytest.mark.parametrize("machine", ["json", "sarif"])
def test_machines_get_ascii_whatever_a_file_is_called(machine: Format) -> None:
    assert render([fault(1, 2, path="caf\udce9.md")], {}, machine).isascii()


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([], "no errors"),
        (["E201"], "1 error"),
        (["W253"], "1 warning"),
        (["E201", "W253", "E202"], "2 errors, 1 warning"),
        (["W253", "W251"], "2 warnings"),
    ],
)
def test_summary_counts_in_words(codes: list[str], words: str) -> None:
    assert summary(fault(1, 1, code=code) for code in codes) == words


def test_what_is_wrong_in_many_places_is_told_once_with_their_number() -> None:
    many = [fault(1, 2, line=line) for line in range(1, 394)]
    other = fault(1, 2, line=7, code="E210")
    text = render([*many[:7], other, *many[7:]], {}, "text")
    assert text.splitlines() == [
        f"{PATH}:1:1: error E201 unknown-source: no such source",
        "  hint: try another",
        f"  the same at {PATH}:2:1, {PATH}:3:1, {PATH}:4:1 and in 389 more places",
        f"{PATH}:7:1: error E210 unknown-person: no such source",
        "  hint: try another",
    ]
    github = render(many, {}, "github").splitlines()
    assert len(github) == 1
    assert github[0].endswith("and in 389 more places")
    assert len(json.loads(render(many, {}, "json"))) == len(many)
    assert len(render(many[:5], {}, "text").splitlines()) == 10
