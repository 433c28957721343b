"""Typographic marks: what each straight quote, hyphen and dot of a text becomes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.diagnostics import Span
from explainer.model.declared import Meta, PageFile
from explainer.parse import parse_page
from explainer.text.catalog import Catalogs
from explainer.text.quotation_marks import marks_of
from explainer.text.typography import Style, replacements, typographic
from tests.harness import CATALOGS

if TYPE_CHECKING:
    from tests.harness import SiteTest

ENGLISH = [
    ('He said "no".', "He said “no”."),
    ("It's the officials' word", "It’s the officials’ word"),
    ("\"'No,' he said\"", "“‘No,’ he said”"),
    ("'He said \"no\"'", "‘He said “no”’"),
    ('("so")', "(“so”)"),
    ('a--"b"', "a–“b”"),
    ('He said:"Yes"', "He said:“Yes”"),
    ("501(c)", "501(c)"),
    ('"', "”"),
    ("plain", "plain"),
    # A quotation that goes on in the next paragraph is never closed in this one.
    ('"First paragraph.', "“First paragraph."),
    ("'First paragraph.", "‘First paragraph."),
    # Apostrophes at the beginning of words and years.
    ("the '90s", "the ’90s"),
    ("In the '90s. It's.", "In the ’90s. It’s."),
    ("'24–'25", "’24–’25"),
    ("class of '99 said \"it was 'great'\"", "class of ’99 said “it was ‘great’”"),
    ("'50 people died,' he said", "‘50 people died,’ he said"),
    ('"The \'80s revival"', "“The ’80s revival”"),
    ("rock 'n' roll", "rock ’n’ roll"),
    ("'I love rock 'n' roll,' he said", "‘I love rock ’n’ roll,’ he said"),
    ("fish 'n chips", "fish ’n chips"),
    ('"\'Tis," she said', "“’Tis,” she said"),
    ("'Tis the season, 'twas", "’Tis the season, ’twas"),
    ("tell 'em and 'em all", "tell ’em and ’em all"),
    ("go 'round the bend", "go ’round the bend"),
    ("'Round the corner,' she said", "‘Round the corner,’ she said"),
    ("in the 'hood", "in the ’hood"),
    ("'cause' and 'effect'", "‘cause’ and ‘effect’"),
    # Possessives.
    ("(TNT)'s", "(TNT)’s"),
    ('"Quoted"\'s', "“Quoted”’s"),
    ("[NATO]'s and 1990's", "[NATO]’s and 1990’s"),
    ("'The boys' team won,' he said", "‘The boys’ team won,’ he said"),
    # Feet and inches, minutes and seconds.
    ("6'2\"", "6′2″"),
    ("6' 2\" tall", "6′ 2″ tall"),
    ('"She is 5\'10" tall," he said.', "“She is 5′10″ tall,” he said."),
    ('"He is 6\'2"."', "“He is 6′2″.”"),
    ("5'10\"-tall", "5′10″-tall"),
    ('"It\'s 12"," he said', "“It’s 12″,” he said"),
    ('a 24" screen, 24" x 36", 3/4" wide', "a 24″ screen, 24″ x 36″, 3/4″ wide"),
    ("51°30'12\"N, 0°7'W", "51°30′12″N, 0°7′W"),
    ('"Room 12" and "room 13"', "“Room 12” and “room 13”"),
    ('"It was 12," he said', "“It was 12,” he said"),
    # Dashes and dots.
    ("one -- two --- three...", "one – two — three…"),
    ("---- x ----- y", "---- x ----- y"),
    ("wait..... x .. y", "wait… x .. y"),
    ('"I was --" he said', "“I was –” he said"),
    ('"...and then"', "“…and then”"),
    # Addresses.
    ("https://a.example/it's--so and it's", "https://a.example/it's--so and it’s"),
    ("\"www.a.example/it's\", it's", "“www.a.example/it's”, it’s"),
    # Other scripts.
    ("و'مفرد' هنا", "و‘مفرد’ هنا"),
    ('ב"הארץ" וצה"ל', "ב“הארץ” וצה״ל"),
    ('他说"你好"。', "他说“你好”。"),
    ('"안녕"이라고', "“안녕”이라고"),
]


@pytest.mark.parametrize(("plain", "set_"), ENGLISH)
def test_marks(plain: str, set_: str) -> None:
    assert typographic(plain) == set_


@pytest.mark.parametrize(("plain", "set_"), [pair for pair in ENGLISH if "://" not in pair[0] and "www" not in pair[0]])
def test_running_text_is_set_by_the_same_function(plain: str, set_: str) -> None:
    assert set_in_text(f"**x** {plain} y") == typographic(f"x {plain} y")
    if not plain.startswith("---- "):
        assert set_in_text(plain) == set_


def set_in_text(text: str, style: Style | None = None) -> str:
    """A paragraph's words as readers see them."""
    file = PageFile(
        "a.md", "explainer", "a", bundle=False, meta=Meta(title="A", span=Span("a.md")), body=f"x {text}\n\n# {text}"
    )
    document = parse_page(file, style or Style()).value
    return document.headings[0].text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('*"One two* three"', "“One two three”"),
        ('"*One* two"', "“One two”"),
        ('**"Bold"**\'s', "“Bold”’s"),
        ('"[a link](https://e.example/)"', "“a link”"),
        ('[the "link"](/a/)\'s', "the “link”’s"),
        ("`it's`'s \"code\" `--`", "it's’s “code” --"),
        (r'\"no\" "yes"', '"no" “yes”'),
        (r"\--- and \... and \--", "--- and ... and --"),
        ('&quot;no&quot; "yes"', '"no" “yes”'),
        ("https://a.example/it's it's", "https://a.example/it's it’s"),
        ("[https://a.example/it's](https://a.example/)", "https://a.example/it's"),
        ('{{< claim id="a" >}}"It\'s{{< /claim >}} so"', "“It’s so”"),
        ('"It is so"{{< source a >}}, he said', "“It is so”, he said"),
    ],
)
def test_markup_does_not_part_what_belongs_together(text: str, shown: str) -> None:
    assert set_in_text(text) == shown


SAID = "x \"a 'b' c\" y"


@pytest.mark.parametrize(
    ("language", "set_"),
    [
        ("de", "x „a ‚b‘ c“ y"),
        ("de-CH", "x «a ‹b› c» y"),
        ("fr", "x «\u202fa “b” c\u202f» y"),
        ("es", "x «a “b” c» y"),
        ("es-MX", "x “a ‘b’ c” y"),
        ("it", "x «a “b” c» y"),
        ("pt", "x “a ‘b’ c” y"),
        ("nl", "x “a ‘b’ c” y"),
        ("pl", "x „a «b» c” y"),
        ("sv", "x ”a ’b’ c” y"),
        ("fi-FI", "x ”a ’b’ c” y"),
        ("ru", "x «a „b“ c» y"),
        ("hu", "x „a »b« c” y"),
        ("ar", "x «a “b” c» y"),
        ("he", "x ”a ’b’ c” y"),
        ("ja", "x 「a 『b』 c」 y"),
        ("zh-Hans", "x “a ‘b’ c” y"),
        ("zh-TW", "x 「a 『b』 c」 y"),
        ("xx", "x “a ‘b’ c” y"),
    ],
)
def test_the_marks_are_those_of_the_language(language: str, set_: str) -> None:
    style = CATALOGS.of(language).style
    assert typographic(SAID, style) == set_
    assert set_in_text(SAID, style) == set_


@pytest.mark.parametrize(
    ("language", "plain", "set_"),
    [
        ("de", "Hans' Idee war's, 'ne gute", "Hans’ Idee war’s, ’ne gute"),
        ("nl", "'s avonds in 't huis", "’s avonds in ’t huis"),
        ("es", "el 'término' solo", "el ‘término’ solo"),
        ("fr", "l'été : « oui », vraiment ? Non !", "l’été\u00a0: «\u202foui\u202f», vraiment\u202f? Non\u202f!"),
        ("fr", "à 12 h :) et a ? b", "à 12 h :) et a\u202f? b"),
        ("he", 'ב"הארץ"', "ב”הארץ”"),
    ],
)
def test_what_else_a_language_asks_for(language: str, plain: str, set_: str) -> None:
    assert typographic(plain, CATALOGS.of(language).style) == set_


def test_a_catalog_may_choose_other_marks() -> None:
    catalogs = Catalogs(
        {"en": CATALOGS.table("en"), "es": CATALOGS.table("es") | {"quote.open": "“", "quote.close": "”"}}
    )
    assert typographic('"a"', catalogs.of("es-ES").style) == "“a”"
    assert typographic('"a"', catalogs.of("es-MX").style) == "“a”"


def test_a_page_and_its_title_are_set_alike(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: S\nbase_url: https://s.example/\nlanguage: de\n")
    site.write(
        "content/explainers/a.md", '---\ntitle: "\\"Nein\\", sagt er"\ndate: 2024-01-01\n---\n\n"Ja", sagt er.\n'
    )
    site.build()
    page = site.read("explainers/a/index.html")
    assert "<h1>„Nein“, sagt er</h1>" in page
    assert "<p>„Ja“, sagt er.</p>" in page


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("en", "“never met”"), ("en", '"never met"'), ("fr", '"never met"'), ("fr", "«\u00a0never met\u00a0»"),
        ("sv", '"never met"'), ("pl", '"never met"'), ("da", "»never met«"), ("ja", "「never met」"),
    ],
)  # fmt: skip
def test_a_quotation_is_without_its_marks_in_any_language(site: SiteTest, language: str, marked: str) -> None:
    site.write("content/site.yaml", f"title: S\nbase_url: https://s.example/\nlanguage: {language}\n")
    site.write(
        "content/explainers/a.md",
        f"""\
        ---
        title: T
        date: 2024-01-01
        sources: {{a: {{type: statement, title: N}}}}
        ---
        {{{{< claim id="c" >}}}}X said {{{{< source a >}}}}{marked}{{{{< /source >}}}}.{{{{< /claim >}}}}
        """,
    )
    assert site.build().exit == 0
    assert site.claims("a")["claims"][0]["edges"][0]["quote"] == "never met"


@given(st.text(alphabet="ab1 \"'-.(\n", max_size=40), st.sampled_from(["en", "de", "fr", "sv", "ja"]))
def test_only_marks_change_and_only_once(text: str, language: str) -> None:
    marks = marks_of(language)
    assert marks
    style = Style(language, marks)
    once = typographic(text, style)
    assert typographic(once, style) == once
    assert [char for char in once if char.isalnum()] == [char for char in text if char.isalnum()]
    assert '"' not in once
    assert "'" not in once


@pytest.mark.parametrize("piece", ["\"' ", "'a\" ", "\"'\"'", "5'1\" ", "s' ", "'24 ", "----...", 'a"b '])
def test_the_work_grows_with_the_text(piece: str) -> None:
    assert steps(piece * 800) < 2.6 * steps(piece * 400)


def steps(text: str) -> int:
    """How many lines of Python are run to set a text."""
    count = 0

    def trace(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        replacements(text, Style())
    finally:
        sys.settrace(before)
    return count
