"""What holds for every text: places are exact, nothing is lost, equal in is equal out, nothing raises."""

from __future__ import annotations

import re
import sys
from collections import Counter
from typing import TYPE_CHECKING

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explainer.model.document import CallHole
from explainer.parse.block_walk import Walk
from explainer.parse.document_builder import DocumentBuilder
from explainer.parse.parser import markdown
from explainer.parse.positions import PageText
from tests import markdown_writer
from tests.markdown_writer import simple_texts, texts
from tests.parse_support import at, parse, spans
from tests.test_parse import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

    from markdown_it.token import Token

    from explainer.diagnostics import Span
    from explainer.model.document import Body, Document

# What a text at a span may hold between its lines: the marks of quotes, and space.
_BETWEEN = re.compile(r"\n[\s>]*")
_TAG = re.compile(r"\{\{<\s*(\w+)(?:(?!\{\{<|>\}\}).)*>\}\}")
_LINK = re.compile(r"!?\[[^\]]*\]\([^)]*\)")

# Every piece of syntax, and what browsers take for scripts, to be thrown together.
PIECES = (
    "{{<", ">}}", "/>}}", "{{< /", "{{</*", "*/>}}", "{{< claim id=a >}}", "{{< /claim >}}", "{{< source s >}}",
    "{{< ref r >}}", "{{< /ref >}}", "{{< aside >}}", "{{< /aside >}}", 'at="x"', "“", "”", "'", '"', "`", "```", "~~~",
    "<!--", "-->", "--", "...", "[", "](", ")", "![", "^[", "[^1]", "[^1]: ", "[x]: ", "]", "*", "**", "_", "~~", "\\",
    "|", "\n|-|-|\n", "\n", "\n\n", "\n    ", "\t", "> ", "- ", "1. ", "# ", "\n===\n", "\n: ", " {#id}", "&amp;", "&#x6a;",
    "https://e.org/a", "http:", "www.e.org", "a@e.org", "<https://e.org>", "javascript:alert(1)", "java\tscript:a()",
    "&#106;avascript:a()", "JaVaScRiPt:a", "data:text/html,x", "vbscript:x", "//e.org", "\\\\e.org", "/%09/e.org",
    "<img src=x onerror=a()>", "<script>", "</p>", '" onmouseover="a()', "<svg/onload=a()>", "%00", "\u00a0", "\u2028",
    "😀", "中", "「", "」。", "ア", "한", "\u0000", "word", " ", " ", " ",
)  # fmt: skip
PILES = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
ANYTHING = PILES | st.text(max_size=60)


# --- Places --------------------------------------------------------------------------------------


@given(texts())
def test_a_span_holds_the_source_of_what_it_is_told_of(made: tuple[str, list[str]]) -> None:
    text, _ = made
    staged = parse(text)
    assert not [one for one in staged.diagnostics if one.code != "W359"], text
    document = staged.value
    found = [(name, span, _BETWEEN.sub(" ", at(text, span))) for name, span in named_spans(document)]
    for name, span, source in found:
        assert name in source, (text, span)
        assert (_LINK if name.startswith("/to/") else _TAG).fullmatch(source), (text, span, source)
    assert len({span for _, span, _ in found}) == len(found)
    kinds = Counter("link" if source.startswith("[") else source.split()[1] for _, _, source in found)
    assert kinds == Counter(re.findall(r"\{\{<\s+(\w+)", text)) + Counter(link=len(_LINK.findall(text)))


def named_spans(document: Document) -> Iterator[tuple[str, Span]]:
    """Each span with a word that only its source has."""
    yield from ((claim.decl.id, claim.decl.span) for claim in document.claims)
    yield from ((cite.ids[0].text, cite.span) for cite in document.cites)
    yield from ((ref.target, ref.span) for ref in document.refs)
    yield from ((dict(call.named).get("a", call.name), call.span) for call in document.calls)
    yield from ((link.target, link.span) for link in document.links)


@given(ANYTHING)
def test_every_span_lies_in_the_text(text: str) -> None:
    staged = parse(text)
    lines = text.split("\n")
    for span in (*spans(staged.value), *(one.span for one in staged.diagnostics)):
        assert 1 <= span.line <= span.end_line <= len(lines), (text, span)
        assert 1 <= span.col <= len(lines[span.line - 1]) + 1, (text, span)
        assert 1 <= span.end_col <= len(lines[span.end_line - 1]) + 1, (text, span)
        assert (span.line, span.col) <= (span.end_line, span.end_col), (text, span)


# --- Nothing lost, nothing changed ---------------------------------------------------------------


@given(texts())
def test_every_word_comes_out(made: tuple[str, list[str]]) -> None:
    text, words = made
    document = parse(text).value
    out = "".join("".join(html_of(body)) for body in bodies(document))
    assert sorted(re.findall(r"word\d+x", re.sub(r"<[^>]*>", "", out))) == sorted(words)


@given(PILES)
def test_a_word_that_does_not_come_out_is_told_of(text: str) -> None:
    words = iter(range(1000))
    text = re.sub("word", lambda _: f"word{next(words)}x", text)
    staged = parse(text)
    out = repr(staged.value)
    told = {line for one in staged.diagnostics for line in range(one.span.line, one.span.end_line + 1)}
    told |= staged.value.hidden
    for number, line in enumerate(text.split("\n"), 1):
        lost = [word for word in re.findall(r"word\d+x", line) if word not in out]
        assert not lost or number in told or is_definition(line), (text, lost)


def is_definition(line: str) -> bool:
    """Whether a line may define the address of links, or name a fence's language: it isn't text."""
    return "[x]: " in line or "```" in line or "~~~" in line


@given(ANYTHING)
def test_the_same_text_gives_the_same_document(text: str) -> None:
    assert parse(text) == parse(text)


@given(texts())
def test_walking_leaves_the_tokens_as_they_are(made: tuple[str, list[str]]) -> None:
    text, _ = made
    tokens = markdown().parse(text)
    before = read_tokens(tokens)
    first, second = DocumentBuilder(PageText("a.md", text)), DocumentBuilder(PageText("a.md", text))
    assert Walk(first).walk(tokens) == Walk(second).walk(tokens)
    assert (first.claims, first.cites, first.diagnostics) == (second.claims, second.cites, second.diagnostics)
    assert read_tokens(tokens) == before


def read_tokens(tokens: Iterable[Token]) -> list[tuple[object, ...]]:
    """All that a walk looks at in tokens; it passes over a text without a character."""
    return [
        (
            token.type, token.tag if token.block else "", token.nesting, token.level, token.content, token.info,
            dict(token.attrs), dict(token.meta), token.map, token.hidden, read_tokens(token.children or ()),
        )
        for token in tokens
        if token.content or token.type != "text"
    ]  # fmt: skip


# Runs and lines that the scanners read without markdown-it's rules, and what stands beside them.
SIMPLE = st.lists(
    st.sampled_from((
        "word", "Ünï", "2017", " ", " ", "  ", ".", ",", "(", ")", "*", "**", "`", "``", "a_b", "~", "&", "!", "^", "[", "]",
        "\n", "\n\n", "\n- ", "\n  ", "\n1. ", "\n> ", "\n: ", "\n| ", "\n---\n", '"', "'", "--", "\\", "{{", "*a*", "**b**",
        "`c`", "[d](/e/)", "[f](https://e.org/?g=h%20i)", "{{< s a >}}", '{{< c id="x" >}}', "{{< /c >}}", "\t", "\u00a0", "😀", "中", "「", "」",
    )),
    max_size=40,
).map("".join)  # fmt: skip


@given(ANYTHING | SIMPLE | simple_texts() | texts().map(lambda made: made[0]))
def test_the_fast_paths_make_what_markdown_it_makes(text: str) -> None:
    check_fast_and_plain(text)


@settings(max_examples=400)
@given(simple_texts())
def test_the_fast_paths_make_the_same_of_simple_runs(text: str) -> None:
    check_fast_and_plain(text)


def test_every_piece_beside_every_other_thing() -> None:
    pieces = (*markdown_writer.SIMPLE, *markdown_writer.ODD)
    for piece in pieces:
        for around in {*markdown_writer.BETWEEN, *markdown_writer.BEGINNINGS}:
            check_fast_and_plain(f"{around}{piece}{around}word")
            check_fast_and_plain(f"word{around}{piece}")


# A run for each thing that the fast path of runs knows: how a line may end, which pieces there are.
@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One line\nand the next.", "One line\nand the next."),
        ("One line \nand the next.", "One line\nand the next."),
        ("One line  \nand the next.", "One line<br>\nand the next."),
        ("One line   \nand the next.", "One line<br>\nand the next."),
        ("One line\\\nand the next.", "One line<br>\nand the next."),
        ("One line\n  and the next.  ", "One line\nand the next."),
        ("*one* and **two**", "<em>one</em> and <strong>two</strong>"),
        ("` one ` and `two`", "<code>one</code> and <code>two</code>"),
        ("`  ` and ` `", "<code>  </code> and <code> </code>"),
        ("AT&amp;T &lt;b&gt; &#233;", "AT&amp;T &lt;b&gt; é"),
        ("\"One\" -- it's 'two'...", "“One” – it’s ‘two’…"),
        ("東京*です*。", "東京<em>です</em>。"),
        ("東京\nです\n。 abc", "東京です。 abc"),
        ("東京 *です* 。", "東京 <em>です</em> 。"),
    ],
)  # fmt: skip
def test_simple_runs(text: str, html: str) -> None:
    check_fast_and_plain(text)
    assert parse(text).value.body == (f"<p>{html}</p>\n",)


def check_fast_and_plain(text: str) -> None:
    """Tokens and documents are the same with the fast paths and without; `xmpp:` links are made by neither."""
    text = text.replace("xmpp", "")
    assert read_tokens(markdown().parse(text)) == read_tokens(markdown(fast=False).parse(text))
    assert parse(text) == parse(text, fast=False)


# --- Nothing raises, nothing gets out ------------------------------------------------------------


@given(st.sampled_from(FIXTURES).map(lambda file: file.read_text(encoding="utf-8")), st.data())
def test_damaged_fixtures_do_not_raise(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    length, piece = data.draw(st.integers(0, 300)), data.draw(st.sampled_from(PIECES))
    parse(text[max(0, start - 500) : start] + piece + text[start + length : start + length + 500])


ELEMENTS = {
    "a", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li",
    "ol", "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"href", "src", "alt", "title", "loading", "id", "class", "start", "scope"}
CLASSES = re.compile(r"align-(left|center|right)|x-cited|x-bare|language-\S*")


@given(ANYTHING)
def test_only_known_elements_and_allowed_addresses_come_out(text: str) -> None:
    document = parse(text).value
    for body in bodies(document):
        for element in html5lib.parseFragment("".join(html_of(body)), namespaceHTMLElements=False).iter():
            if element.tag == "DOCUMENT_FRAGMENT":
                continue
            assert element.tag in ELEMENTS, text
            assert set(element.attrib) <= ATTRIBUTES, text
            assert CLASSES.fullmatch(element.get("class", "x-cited")), text
            for address in (element.get("href", ""), element.get("src", "")):
                assert re.match(r"$|hole$|https?://[^/?#@]+|mailto:.", address, re.IGNORECASE), text


def bodies(document: Document) -> Iterator[Body]:
    yield document.body
    yield from (note.body for note in document.footnotes)


def html_of(body: Body) -> Iterator[str]:
    """The HTML of a body, with a word in its holes."""
    for part in body:
        if isinstance(part, str):
            yield part
        elif isinstance(part, CallHole):
            yield from html_of(part.inner)
        else:
            yield "hole"


# --- Nothing takes too long ----------------------------------------------------------------------

GROWING: dict[str, Callable[[int], str]] = {
    "claims in a paragraph": lambda n: "".join(f"{{{{< claim id=c{i} >}}}}word{{{{< /claim >}}}} " for i in range(n)),
    "claims in paragraphs": lambda n: "".join(f"{{{{< claim id=c{i} >}}}}word{{{{< /claim >}}}}\n\n" for i in range(n)),
    "block claims": lambda n: "".join(f"{{{{< claim id=c{i} >}}}}\nword\n{{{{< /claim >}}}}\n" for i in range(n)),
    "unclosed claims": lambda n: "{{< claim id=a >}}word\n" * n,
    "unclosed claims alone on their lines": lambda n: "{{< claim id=a >}}\n\n" * n,
    "unclosed asides": lambda n: "{{< aside >}}\n" * n,
    "unclosed asides in items": lambda n: "- {{< aside >}}\n" * n,
    "asides in items": lambda n: "- {{< aside >}}\n  word\n  {{< /aside >}}\n" * n,
    "ends without beginnings": lambda n: "{{< source a >}}" * n + "{{< /claim >}}" * n,
    "ends of blocks without beginnings": lambda n: "{{< a >}}\n\n" * n + "{{< /b >}}\n\n" * n,
    "tags without ends": lambda n: "{{< claim id=a " * n,
    "tags with open quotes": lambda n: '{{< claim id="a ' * n,
    "comments without ends": lambda n: "<!-- a\n" * n,
    "comments that end late": lambda n: "word\n" + "<!-- a\n" * n + "--> word",
    "cells": lambda n: "|a|\n|-|\n|" + "{{< source a >}} \\| " * n + "|",
    "footnotes": lambda n: "".join(f"[^{i}]\n\n[^{i}]: word\n\n" for i in range(n)),
    "notes": lambda n: "word^[{{< source a >}}] " * n,
    "equal headings": lambda n: "# word\n" * n,
    "addresses": lambda n: "http://e.org/{{< source a >}} http:// " * n,
    "addresses without spaces": lambda n: "https://_a.b/c" * n,
    "signs of addresses": lambda n: "a@b." * n + "http:" * n + "www." * n,
    "closing brackets in an address": lambda n: "https://e.org/" + ")" * n,
    "quotes": lambda n: "\"' " * n,
    "lines without spaces": lambda n: "中\n" * n,
    "links that are none": lambda n: "[a][b] [c](d e.png) " * n,
    "tags of HTML": lambda n: "<br> <a b <i " * n,
    "attributes in braces": lambda n: "{.a} {#b .c} {: " * n,
    "boxes and ticks": lambda n: "> [!NOTE]\n\n- [ ] a\n\n::: b\n\n##\u00a0c\n\n" * n,
    "openings in the place of closings": lambda n: "{{< claim id=a >}}word{{< claim >}} " * n,
    "closings in other paragraphs": lambda n: "{{< aside >}}word\n\nword{{< /aside >}}\n\n" * n,
    "captions": lambda n: '{{< figure caption="*a* {{< source b >}}^[c]" >}}\n\n' * n,
    "underscores in words": lambda n: "a_b" * n + "@c.example",
}


@pytest.mark.parametrize("name", GROWING)
def test_work_grows_with_the_text_and_no_faster(name: str) -> None:
    made = GROWING[name]
    assert calls(made(160)) < 4.6 * calls(made(40))


def calls(text: str) -> int:
    """How many functions of Python are called to parse a text."""
    made = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal made
        made += event == "call"

    sys.setprofile(trace)
    try:
        parse(text)
    finally:
        sys.setprofile(None)
    return made


DEEP: dict[str, Callable[[int], str]] = {
    "list": lambda n: "".join(f"{'  ' * i}- word\n" for i in range(n)),
    "items on one line": lambda n: "- " * n + "word",
    "quotes": lambda n: ">" * n + " word",
    "brackets": lambda n: "[" * n + "word" + "](/a)" * n,
    "images": lambda n: "![" * n + "word" + "](/a)" * n,
    "notes": lambda n: "^[" * n + "word" + "]" * n,
    "emphasis": lambda n: "*" * n + "word" + "*" * n,
    "code": lambda n: "`" * n + "word" + "`" * n,
    "claims": lambda n: "{{< claim id=a >}}" * n + "word" + "{{< /claim >}}" * n,
    "templates": lambda n: "{{< k >}}" * n + "word" + "{{< /k >}}" * n,
    "asides": lambda n: "{{< aside >}}\n" * n + "word\n" + "{{< /aside >}}\n" * n,
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("depth", [10, 25, 200, 1000])
def test_what_is_deep_is_kept_or_told_of(name: str, depth: int) -> None:
    limit = sys.getrecursionlimit()
    staged = parse(DEEP[name](depth))
    assert sys.getrecursionlimit() == limit
    codes = {one.code for one in staged.diagnostics}
    assert "word" in repr(staged.value) or "E310" in codes
    assert codes <= {"E310"}
    assert depth > 10 or not codes
