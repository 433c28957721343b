"""Core rules of our own: heading ids, curly quotes and dashes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it.rules_core import normalize as markdown_it_normalize
from markdown_it.rules_core import text_join as markdown_it_text_join
from markdown_it.rules_core.smartquotes import process_inlines

from explainer.parse.fast.light_tokens import Light

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_ID = re.compile(r"\{#([A-Za-z][\w-]*)\}\s*", re.ASCII)


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
    """Make quotes, `--`, `---` and `...` typographic, in notes too, but not in bare addresses."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            _typeset(token.content, token.children, state)


def _typeset(content: str, children: list[Token], state: StateCore) -> None:
    if "--" in content or "..." in content:
        _dashes(children)
    if ('"' in content or "'" in content) and _quoted(children):
        process_inlines(children, state)
    if "^[" in content:
        for child in children:
            if child.type == "footnote_ref" and child.children:
                _typeset(content, child.children, state)


def _quoted(children: list[Token]) -> bool:
    """Whether there are quote marks in the text, rather than in the arguments of shortcodes alone."""
    text = "".join([child.content for child in children if child.type == "text"])
    return '"' in text or "'" in text


def _dashes(children: list[Token]) -> None:
    address = False
    for child in children:
        if child.type in {"link_open", "link_close"}:
            address = child.nesting == 1 and child.info == "auto"
        elif child.type == "text" and not address:
            child.content = child.content.replace("---", "—").replace("--", "–").replace("...", "…")


def text_join(state: StateCore) -> None:
    """Join neighbouring texts; in a simple run there are none."""
    if any(token.children and type(token.children[0]) is not Light for token in state.tokens):
        markdown_it_text_join(state)
