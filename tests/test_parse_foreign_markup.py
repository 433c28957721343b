"""Markup of other programs is told once a page and kind, and its hints work; honest text is told nothing."""

from __future__ import annotations

import pytest

from explainer.text.addresses import path_on_site
from tests.parse_support import parse, told

HONEST = (
    "a < b and c > d", "<your name>", "`<br>` and ``{.x}``", "    <div>", "```\n<br>\n::: x\n- [ ] y\n```", r"\<br>",
    "a[0][i]", "[1][2]", "[T]he [council] said", "[sic] (see p. 4)", "[see](the page)", "f(x)[y]", r"\[x][nope]",
    "{a.b} {. . .} {:} :-) {x}", "## Method {#method}", "- [a](https://x.example/)", "> [!] words", "[x] is no task",
    "#MeToo", "set {x=1}", "[[1]]", "[[1]](https://a.example/)", "<your-name>", r"\##x", "10\u00a0km # 5", "Words: ::: not at the beginning", "wow!!! so", "what??? so", "a <b", "1.\u00a0Mai", "- \u00a0a",
)  # fmt: skip


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_is_told_nothing(text: str) -> None:
    assert parse(text).diagnostics == ()


# What is wrong, and the same as its hint has it.
MENDED = (
    ("W355", "One<br>two", "One\\\ntwo"),
    ("W355", "<b>so</b>", "**so**"),
    ("W355", "<br>", "`<br>`"),
    ("W355", "| a |\n|---|\n| b<br>c |", "| a |\n|---|\n| b |\n| c |"),
    ("W355", "<details>x</details>", '{{< aside title="Note" >}}\n\nx\n\n{{< /aside >}}'),
    ("W355", '<claim id="a">x</claim>', "x"),
    ("W355", "a</unknown-tag>", "a"),
    ("W355", "<?php x ?>", "`<?php x ?>`"),
    ("W355", "<!DOCTYPE html>", "`<!DOCTYPE html>`"),
    ("W356", "[a](https://a.example/){target=_blank}", "[a](https://a.example/)"),
    ("W356", "![a](https://a.example/b.png){width=50%}", "![a](https://a.example/b.png)"),
    ("W356", "x {#here} y", "x y"),
    ("W356", "[!NOTE] x", '{{< aside title="Note" >}}\n\nx\n\n{{< /aside >}}'),
    ("W358", "[[Other page]]", "[Other page](other.md)"),
    ("W356", "> [!NOTE]\n> x", '{{< aside title="Note" >}}\n\nx\n\n{{< /aside >}}'),
    ("W356", "- [ ] x", "- ☐ x"),
    ("W356", "## A {.b}", "## A {#b}"),
    ("W356", "##A", "## A"),
    ("W356", "##A", r"\##A"),
    ("W357", "##\u00a0A", "## A"),
    ("W357", "-\u202fa", "- a"),
    ("W357", "words\n-\u00a0a", "words\n- a"),
    ("W358", "[x][nope]", "[x][nope]\n\n[nope]: https://x.example/"),
    ("W358", "[x][nope]", r"\[x][nope]"),
    ("W358", "![a](https://x.example/my photo.png)", "![a](<https://x.example/my photo.png>)"),
    ("W358", "[words] (https://x.example/)", "[words](https://x.example/)"),
    ("W358", "(words)[https://x.example/]", "[words](https://x.example/)"),
    ("W359", "# A", "## A"),
    ("W360", "[](https://x.example/)", "[x](https://x.example/)"),
    ("W361", "![](https://x.example/a.png)", "![x](https://x.example/a.png)"),
    ("W361", "![](https://x.example/a.png)", '{{< figure src="https://x.example/a.png" alt="" >}}'),
    ("E501", "[a]()", "[a](https://x.example/)"),
    ("E501", "![a](<>)", "![a](https://x.example/a.png)"),
    ("E505", "![a](https://x.example/a.mp4?x)", "[a](https://x.example/a.mp4?x)"),
)


@pytest.mark.parametrize(("code", "wrong", "right"), MENDED)
def test_following_the_hint_mends_it(code: str, wrong: str, right: str) -> None:
    assert {one.code for one in parse(wrong).diagnostics} == {code}
    assert parse(right).diagnostics == ()


def test_many_of_a_kind_are_told_once_at_the_first() -> None:
    text = "a\n\n> q <br>\n\n<i>b</i>\n\n^[n <sub>2</sub>]\n\n| <hr> |\n|---|\n"
    assert told(parse(text), text) == [("W355", "<br>")]
    assert parse(text).diagnostics[0].message == "6 HTML tags are shown as text: `<br>`, `<i>`, `<sub>`, `<hr>`"


def test_places_are_those_of_the_characters() -> None:
    text = "An `<br>` and *a <br>*\nx ![b][nope]{.c}\n\n>  ::: box\n\n1. [ ] x\n"
    assert told(parse(text), text) == [
        ("W355", "<br>"), ("W358", "![b][nope]"), ("W356", "{.c}"), ("W356", ":::"), ("W356", "[ ]"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "<b",
        "[a][",
        "{.",
        "{#a",
        "[a](b .",
        "[x][y]",
        "<b>",
        "{.x}",
        "![a][b]",
        "[[a]] {#b} c",
        "`a`{b=c} {d=e}",
        "{{ x }}",
    ],
)
def test_the_fast_paths_tell_the_same(text: str) -> None:
    for written in (text, f"word {text} word", f"**{text}**", f"[{text}](/x)", f"{text * 3}", f"{text}\n{text}"):
        assert parse(written) == parse(written, fast=False)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("https://s.example/news/a/#b", "/a/#b"), ("HTTP://S.example/news/", "/"), ("https://s.example/news", "/"),
        ("https://s.example/news?x", "/?x"), ("https://s.example/newsroom/", None), ("https://s.example/", None),
        ("https://t.example/news/", None), ("https://s.example:8000/news/", None), ("mailto:a@s.example", None),
    ],
)  # fmt: skip
def test_which_whole_addresses_are_on_the_site(target: str, path: str | None) -> None:
    assert path_on_site(target, "https://s.example/news/") == path
