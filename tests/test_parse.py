"""Markdown and shortcodes: what a text becomes, and what is told of it.

A fixture of `tests/fixtures/markdown/` has a title, a text and the document it makes, each ended by
a line with a dot. Holes of the body stand in pointed brackets; what they mean stands below. With
`--snapshot-update` the documents are written instead of compared.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from explainer.model.declared import EdgeDecl, ResponseDecl
from explainer.model.document import CallMark, LinkMark
from explainer.text.dates import PartialDate
from tests.parse_support import at, parse, read_body, read_document, told

FIXTURES = sorted((Path(__file__).parent / "fixtures" / "markdown").glob("*.md"))


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_documents(file: Path, request: pytest.FixtureRequest) -> None:
    cases = [(title, text) for _, title, text, _ in read_fixture_file(file)]
    now = "\n".join(f"{title}\n.\n{text}.\n{read_document(parse(text), text)}\n.\n" for title, text in cases)
    if request.config.getoption("--snapshot-update"):
        file.write_text(now, encoding="utf-8")
    assert now.split("\n") == file.read_text(encoding="utf-8").split("\n")


# --- What the fixtures don't show ----------------------------------------------------------------

CLAIM = """\
Text {{< claim id="talk" sources="a, b" disputes=c context="d"
  responses="tv:denies doj=no-comment" as="He  spoke." speaker="mar" said="2017-07" reported=2017-07-21
  status="confirmed" contradicts="x" supersedes="page#y" >}}they spoke{{< /claim >}}.
"""


def test_a_claims_own_fields_have_their_places() -> None:
    decl = parse(CLAIM).value.claims[0].decl
    assert at(CLAIM, decl.span).startswith("{{< claim id=")
    assert [at(CLAIM, span) for _, span in decl.fields] == [
        'sources="a, b"', "disputes=c", 'context="d"', 'responses="tv:denies doj=no-comment"', 'as="He  spoke."',
        'speaker="mar"', 'said="2017-07"', "reported=2017-07-21", 'status="confirmed"', 'contradicts="x"',
        'supersedes="page#y"',
    ]  # fmt: skip
    assert [name for name, _ in decl.fields] == [at(CLAIM, span).split("=")[0] for _, span in decl.fields]
    assert all(at(CLAIM, one.span) == one.source for one in (*decl.sources, *decl.disputes, *decl.context))
    assert all(at(CLAIM, one.span) == one.text for one in (*decl.contradicts, *decl.supersedes))
    assert [at(CLAIM, one.span) for one in decl.responses] == ["tv:denies", "doj=no-comment"]


def test_a_claims_own_fields_have_their_values() -> None:
    decl = parse(CLAIM).value.claims[0].decl
    assert [one.source for one in decl.sources] == ["a", "b"]
    assert decl.disputes == (EdgeDecl("c", decl.disputes[0].span),)
    assert [one.source for one in decl.context] == ["d"]
    assert decl.responses == (
        ResponseDecl("tv", "denies", decl.responses[0].span),
        ResponseDecl("doj", "no-comment", decl.responses[1].span),
    )
    assert decl.as_text == "He spoke."
    assert decl.speaker
    assert decl.status
    assert (decl.speaker.text, decl.status.text) == ("mar", "confirmed")
    assert (decl.said, decl.reported) == (PartialDate.parse("2017-07"), PartialDate.parse("2017-07-21"))
    assert [one.text for one in (*decl.contradicts, *decl.supersedes)] == ["x", "page#y"]


def test_ids_in_a_value_with_escapes_stand_at_its_beginning() -> None:
    text = r'{{< source "a\\" >}}'
    located = parse(text).value.cites[0].ids[0]
    assert (located.text, located.span.col) == ("a\\", 13)


def test_a_claim_and_the_citations_of_its_block_have_one_block() -> None:
    text = (
        '{{< claim id="a" >}}One{{< /claim >}}{{< source s >}}.\n\nTwo{{< source s >}}.\n\n- x{{< source s >}}\n- y\n'
    )
    document = parse(text).value
    blocks = [cite.block for cite in document.cites]
    assert document.claims[0].block == blocks[0]
    assert len(set(blocks)) == 3


def test_calls_and_links_keep_what_was_written() -> None:
    text = "{{< figure a.png 2 alt=`b` >}}\n\n[c](/d/) ![e](f.png)\n\n{{< aside >}}\ng\n{{< /aside >}}\n"
    document = parse(text).value
    figure, aside = document.calls
    assert figure == CallMark("figure", ("a.png", "2"), (("alt", "b"),), paired=False, span=figure.span)
    assert aside == CallMark("aside", (), (), paired=True, span=aside.span)
    link, image = document.links
    assert link == LinkMark("/d/", link.span, image=False)
    assert image == LinkMark("f.png", image.span, image=True)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("a\n<!-- b -->\nc", {2}),
        ("a <!-- b\nc --> d\ne", {1, 2}),
        ("<!-- a\n\nb\n-->\n\nc", {1, 2, 3, 4}),
        ("> <!-- a\n>\n> b -->\n\nc", {1, 2, 3}),
        ("a\n\nb <!-- c\n\nd\n\ne --> f\n\ng", {3, 4, 5, 6, 7}),
        ("a <!-- b\nc\n\nd", {1, 2}),
        ("a^[b <!-- c -->] ![d <!-- e -->](f)\ng", {1}),
        ("`<!-- a -->`", set()),
    ],
)
def test_lines_of_comments_are_hidden_from_reports(text: str, hidden: set[int]) -> None:
    assert parse(text).value.hidden == hidden


def test_a_link_around_a_bare_address_after_a_long_text_is_a_link() -> None:
    document = parse("word " * 30 + "[www.e.org](/a/)").value
    assert [link.target for link in document.links] == ["/a/"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**「重要」**です", "<strong>「重要」</strong>です"),
        ("これは**「重要」**です。", "これは<strong>「重要」</strong>です。"),
        ("**重要。**次", "<strong>重要。</strong>次"),
        ("文*（注）*文", "文<em>（注）</em>文"),
        ("한국어**(중요)**입니다", "한국어<strong>(중요)</strong>입니다"),
        ("~~「旧」~~新", "<del>「旧」</del>新"),
        ('这是**"引文"**的', "这是<strong>“引文”</strong>的"),
        ("a**(b)**c", "a**(b)**c"),
        ("a_(b)_c", "a_(b)_c"),
    ],
)
def test_emphasis_stands_beside_characters_that_have_no_spaces(text: str, html: str) -> None:
    assert read_body(parse(text).value, parse(text).value.body) == f"<p>{html}</p>\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("中文\n中文", "中文中文"),
        ("中文。\n“中文", "中文。“中文"),
        ("かな\n**カナ**\n`x`", "かなカナ x"),
        ("中文\nword", "中文 word"),
        ("한국\n한국", "한국 한국"),
        ("中文  \n中文", "中文 中文"),
        ("中文^[注\n注]\n中文", "中文中文"),
    ],
)
def test_lines_of_scripts_without_spaces_are_joined(text: str, words: str) -> None:
    document = parse(f'{{{{< claim id="a" >}}}}{text}{{{{< /claim >}}}}').value
    assert document.claims[0].text == words
    body = read_body(document, document.body)
    assert ("\n" in body.strip().removesuffix("⟨panels a⟩").strip()) == (" " in words)
    assert all("注注" in read_body(document, note.body) for note in document.footnotes)


@pytest.mark.parametrize(
    "text", ["A https:// prefix.", "(https://)", "**http://**", "https:// ", "http://.", "www.", "a@", "@b.c"]
)
def test_what_only_begins_like_an_address_is_text(text: str) -> None:
    staged = parse(text)
    assert not staged.diagnostics
    assert "<a" not in read_body(staged.value, staged.value.body)


def test_a_deep_list_is_told_of_at_its_line() -> None:
    text = "Text.\n\n" + "- " * 100 + "deep\n\nAfter."
    [(code, source)] = told(parse(text), text)
    assert code == "E310"
    assert source.endswith("deep")


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("https://bare.example/x", True),
        ("<https://bare.example/x>", True),
        ("www.bare.example", True),
        ("[https://bare.example/](https://bare.example)", True),
        ("<tips@post.example>", True),
        ("https://bare.example/ä", True),
        ("[The list](https://bare.example/x)", False),
        ("[bare.example](https://bare.example/x)", False),
        ("[**https://bare.example/x**](https://bare.example/x)", True),
        ('[https://bare.example/x](https://bare.example/x "Title")', False),
    ],
)
def test_a_link_whose_words_are_its_address_is_bare(text: str, bare: bool) -> None:
    document = parse(text)
    assert ('class="x-bare"' in read_document(document, text)) is bare


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("How it began", "how-it-began"),
        ("Note", "note"),
        ("Page two", "page-two"),
        ("Claim check", "claim-check"),
        ("Claim talk", "section-claim-talk"),
        ("How talk", "section-how-talk"),
        ("Note mar", "section-note-mar"),
        ("Notes", "section-notes"),
    ],
)
def test_headings_keep_clear_of_the_ids_of_claims_and_notes_alone(heading: str, anchor: str) -> None:
    text = f'# {heading}\n\n{{{{< claim id="talk" sources="mar" >}}}}x{{{{< /claim >}}}}\n'
    assert [one.id for one in parse(text).value.headings] == [anchor]


@pytest.mark.parametrize("address", ["tel:+49301234", "sms:+1555", "sgnl://signal.me/#p/+1555", "mailto:a@e.example"])
def test_a_tips_line_can_be_linked(address: str) -> None:
    staged = parse(f"[tips]({address})")
    assert not staged.diagnostics
    assert f'href="{address}"' in read_body(staged.value, staged.value.body)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("first_last@paper.example", '<a href="mailto:first_last@paper.example">first_last@paper.example</a>'),
        ("a__b_c@d.example.", '<a href="mailto:a__b_c@d.example">a__b_c@d.example</a>.'),
        ("_a_ _b_c@d.example", '<em>a</em> _<a href="mailto:b_c@d.example">b_c@d.example</a>'),
        ("snake_case_word and 中_文_字", "snake_case_word and 中_文_字"),
        ("_foo_bar_ and foo_ _bar", "<em>foo_bar</em> and foo_ _bar"),
    ],
)
def test_underscores_inside_a_word_are_a_part_of_it(text: str, html: str) -> None:
    document = parse(text).value
    assert re.sub(' class="x-bare"', "", read_body(document, document.body)) == f"<p>{html}</p>\n"
    assert parse(text) == parse(text, fast=False)


def test_a_note_may_stand_in_the_words_of_a_link() -> None:
    text = "[a [^1]](https://x.example/)[^2] [b^[c]](/d) [e [f](/g)](/h)\n\n[^1]: one\n[^2]: two\n"
    document = parse(text).value
    assert read_body(document, document.body) == (
        '<p><a href="https://x.example/">a </a>⟨note 0.0⟩\u202f⟨note 1.0⟩ <a href="⟨/d⟩">b</a>⟨note 2.0⟩ '
        '[e <a href="⟨/g⟩">f</a>](/h)</p>\n'
    )
    assert parse(text) == parse(text, fast=False)
