"""Core rules of our own: heading ids, curly quotes and dashes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it.rules_core import normalize as markdown_it_normalize
from markdown_it.rules_core import text_join as markdown_it_text_join

from explainer.parse.fast.light_tokens import Light
from explainer.text.scripts import joins_lines
from explainer.text.typography import ENGLISH_STYLE, LITERAL, OBJECT, may_change, replacements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

    from explainer.text.typography import Style

_ID = re.compile(r"\{#([A-Za-z][\w-]*)\}\s*", re.ASCII)
_MARKS = frozenset("\"'-.")
# What a token that isn't text is to the quotes beside it.
_PIECES = {
    "softbreak": "\n", "hardbreak": "\n", "code_inline": OBJECT, "image": OBJECT, "shortcode_literal": OBJECT,
    "shortcode_fault": "",
}  # fmt: skip
# Shortcodes that put only numbers beside the words around them.
_WITHOUT_WORDS = frozenset({"claim", "source"})


def core_plugin(md: MarkdownIt) -> None:
    """Add the rules of this module to a parser; `typography` takes the place of its smart quotes."""
    core = md.core.ruler
    core.at("normalize", normalize)
    core.at("text_join", text_join)
    core.after("inline", "heading_ids", heading_ids)
    core.after("heading_ids", "typography", typography)


def normalize(state: StateCore) -> None:
    """Make line ends LF and a NUL visible, where there is one; a page's text has neither."""
    if "\r" in state.src or "\0" in state.src:
        markdown_it_normalize(state)


def heading_ids(state: StateCore) -> None:
    """Take an explicit id, `{#like-this}`, from a heading's end to the heading."""
    for token, inline in pairwise(state.tokens):
        if token.type == "heading_open" and inline.children and inline.children[-1].type == "text":
            last = inline.children[-1]
            at = last.content.rfind("{#")
            if at >= 0 and (found := _ID.fullmatch(last.content, at)):
                token.meta, last.content = {"id": found[1]}, last.content[:at].rstrip()


def typography(state: StateCore) -> None:
    """Make quotes, dashes and ellipses typographic, in notes too, and join lines of scripts without spaces."""
    style: Style = state.env.get("style", ENGLISH_STYLE)
    for token in state.tokens:
        if token.type == "inline" and token.children:
            content = token.content
            changes, joins = may_change(content, style), "\n" in content and not content.isascii()
            if changes or joins:
                for run in _runs(token.children):
                    if changes:
                        _typeset(run, style)
                    if joins:
                        _join_lines(run)


def _runs(children: list[Token]) -> Iterator[list[Token]]:
    """A run, and each note inside it as a run of its own."""
    runs = [children]
    while runs:
        run = runs.pop()
        yield run
        runs += [child.children for child in run if child.type == "footnote_ref" and child.children]


def _typeset(children: list[Token], style: Style) -> None:
    """Set the texts of one run; quotes see the whole of it, whatever markup parts it."""
    pieces = _pieces(children)
    found = iter(replacements("".join(pieces), style))
    replacement = next(found, None)
    end = 0
    for child, piece in zip(children, pieces, strict=True):
        start, end = end, end + len(piece)
        parts: list[str] = []
        at = start
        while replacement and replacement.start < end:
            if replacement.end <= end and child.type == "text" and piece is child.content:
                parts += (piece[at - start : replacement.start - start], replacement.text)
                at = replacement.end
            replacement = next(found, None)
        if parts:
            child.content = "".join(parts) + piece[at - start :]


def _pieces(children: list[Token]) -> list[str]:
    """What each token of a run is to the marks around it: its text, nothing, or a sign that something stands there."""
    closed = {
        child.meta["tag"].name for child in children if child.type == "shortcode" and child.meta["tag"].kind == "close"
    }
    address, pieces = False, []
    for child in children:
        kind = child.type
        if kind == "link_open":
            address = child.info == "auto"
        elif kind == "link_close":
            address = False
        if kind == "text":
            pieces.append(OBJECT * len(child.content) if address else child.content)
        elif kind == "text_special":
            pieces.append(LITERAL if child.content in _MARKS else child.content)
        elif kind == "shortcode":
            name = child.meta["tag"].name
            pieces.append("" if name in _WITHOUT_WORDS or name in closed else OBJECT)
        else:
            pieces.append(_PIECES.get(kind, ""))
    return pieces


def _join_lines(children: list[Token]) -> None:
    """Take out the ends of lines at which no space belongs; what they parted is one text."""
    breaks: list[Token] = []
    before, joined = "", False
    for child, piece in zip(children, _pieces(children), strict=True):
        if child.type == "softbreak":
            breaks = [child]
        elif piece:
            if breaks and joins_lines(before, piece[0]):
                breaks[0].type, joined = "text", True
            before, breaks = piece[-1], []
    if joined:
        children[:] = _merged(children)


def _merged(children: list[Token]) -> Iterator[Token]:
    """The tokens, texts that follow each other as one."""
    last: Token | None = None
    for child in children:
        if child.type == "text" and last is not None:
            last.content += child.content
            continue
        last = child if child.type == "text" else None
        yield child


def text_join(state: StateCore) -> None:
    """Join neighbouring texts; in a simple run there are none."""
    if any(token.children and type(token.children[0]) is not Light for token in state.tokens):
        markdown_it_text_join(state)
