"""Inline syntax of our own: shortcodes and comments; and the positions of links and notes."""

from __future__ import annotations

import re
from string import ascii_letters, digits
from typing import TYPE_CHECKING

from explainer.parse.near_misses import near_miss
from explainer.parse.tag_grammar import OPENING, TagDiagnostic, read_tag

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

    Rule: TypeAlias = Callable[[StateInline, bool], bool]

COMMENT, COMMENT_END = "<!--", "-->"
_NOTE = re.compile(r"\[\^([^\s\[\]]+)\]")
_SCHEMES = ("https", "http", "mailto")
_LOCAL = ascii_letters + digits + ".+-_"
# What may stand in front of a bare address, what it may hold, what at its end belongs to the text around it.
_BEFORE_ADDRESS = frozenset(" \t\n*_~(")
_HOST = re.compile(r"://(?=\w)")
_ADDRESS = re.compile(r"(?:(?!\{\{<)[^ \t\n\f\v<])+")
_DOMAIN = re.compile(r"[\w.-]*", re.ASCII)
_LOCAL_AND_DOMAIN = re.compile(r"[\w.+-]*@?[\w.-]*", re.ASCII)
_AFTER_ADDRESS = frozenset("?!.,:;*_~'\"[]")
_ENTITY = re.compile(r"&[A-Za-z]+;\Z")
_ENTITY_LENGTH = 40


def inline_plugin(md: MarkdownIt) -> None:
    """Add the rules of this module to a parser that has the rules for notes and bare addresses."""
    inline = md.inline.ruler
    rules = dict(zip(inline.get_active_rules(), inline.getRules(""), strict=True))
    inline.before("escape", "shortcode", shortcode)
    inline.after("shortcode", "near_miss", near_miss)
    inline.before("autolink", "comment", comment)
    inline.at("footnote_ref", footnote_ref)
    for name in ("link", "image", "autolink", "footnote_inline"):
        inline.at(name, placed(rules[name]))
    inline.before("emphasis", "word_underscore", word_underscore)
    for name in ("gfm_autolink_www", "gfm_autolink_protocol", "gfm_autolink_email"):
        inline.at(name, bare_address(rules[name]))


def shortcode(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Read one tag; tags are paired later, when the whole run is known."""
    start = state.pos
    if not state.src.startswith(OPENING, start):
        return False
    tag = read_tag(state.src, start, state.posMax)
    if isinstance(tag, TagDiagnostic):
        if not silent:
            _push(state, "shortcode_diagnostic", diagnostic=tag)
            state.pending += OPENING
        state.pos = start + len(OPENING)
        return True
    if not silent:
        _push(state, "shortcode_literal" if tag.kind == "literal" else "shortcode", tag=tag)
    state.pos = tag.end
    return True


def comment(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Leave out an HTML comment inside a run of text; one without an end takes all that follows."""
    start = state.pos
    if not state.src.startswith(COMMENT, start):
        return False
    found = state.src.find(COMMENT_END, start, state.posMax)
    end = found + len(COMMENT_END) if found >= 0 else state.posMax
    if not silent:
        _push(state, "comment", start=start, end=end, closed=found >= 0)
    state.pos = end
    return True


def footnote_ref(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Read a reference to a footnote, which may be defined nowhere."""
    found = _NOTE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        _push(state, "footnote_ref", start=state.pos, end=found.end(), label=found[1])
    state.pos = found.end()
    return True


def link_label(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: FBT001, FBT002, N803
    """Where the label of a link ends, -1 if there is none; as markdown-it has it, but that a note may stand in it."""
    before, level = state.pos, 1
    state.pos = start + 1
    found = -1
    while state.pos < state.posMax:
        pos, char = state.pos, state.src[state.pos]
        level -= char == "]"
        if not level:
            found = pos
            break
        state.md.inline.skipToken(state)
        if char == "[" and state.pos == pos + 1:
            level += 1
        elif char == "[" and disableNested and not _NOTE.match(state.src, pos):
            break
    state.pos = before
    return found


def word_underscore(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Read underscores inside a word, which emphasize nothing, as a part of it: `first_last@paper.example` is one."""
    src, start, end = state.src, state.pos, state.pos
    if src[start] != "_" or not start or not src[start - 1].isalnum():
        return False
    while end < state.posMax and src[end] == "_":
        end += 1
    if end == state.posMax or not src[end].isalnum():
        return False
    if not silent:
        state.pending += src[start:end]
    state.pos = end
    return True


def _push(state: StateInline, kind: str, **meta: Any) -> None:
    state.push(kind, "", 0).meta = meta


# --- Rules of others, wrapped -------------------------------------------------------------------


def placed(rule: Rule) -> Rule:
    """Wrap a rule so that its first token records where it matched, and holds the tokens of a note."""

    def with_place(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        start, count = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent:
            token = next(token for token in state.tokens[count : count + 2] if token.type != "text")
            token.meta |= {"start": start, "end": state.pos}
            if token.type == "footnote_ref" and "label" not in token.meta:
                token.children = state.env["footnotes"]["list"][token.meta["id"]]["tokens"]
        return True

    return with_place


def bare_address(rule: Rule) -> Rule:
    """Wrap the rule so that it records its position and looks only at what can be one address.

    The rule copies all the text that follows at every sign of an address, so that a long text would take quadratic
    time; and it takes all up to the next space, even a shortcode.
    """

    def within_address(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        if silent:
            return False  # as the rules themselves: nothing ahead may change for having been looked at
        start, end, count = state.pos, state.posMax, len(state.tokens)
        begun = _begun(state)
        stop = _stop(state.src, start, end, begun) if _may_begin(state, begun) else -1
        if stop < 0:
            return False
        _shorten_pending(state, begun + 1)
        state.posMax = stop
        matched = rule(state, silent)
        state.posMax = end
        if matched:
            token = next(token for token in state.tokens[count:] if token.type == "link_open")
            token.meta |= {"start": start - begun, "end": state.pos}
        return matched

    return within_address


def _begun(state: StateInline) -> int:
    """How many characters of the address stand in front of the one that is looked at."""
    pending, begun = state.pending, 0
    if state.src[state.pos] == "@":
        while begun < len(pending) and pending[-1 - begun] in _LOCAL:
            begun += 1
        return begun
    return next((len(name) for name in _SCHEMES if pending.endswith(name)), 0)


def _may_begin(state: StateInline, begun: int) -> bool:
    """Whether an address may begin where this one does: not inside a word."""
    at = state.pos - begun
    return at <= 0 or state.src[at - 1] in _BEFORE_ADDRESS


def _stop(src: str, pos: int, end: int, begun: int) -> int:
    """Where an address ends at the latest; -1 if there is none."""
    mark = src[pos]
    if mark == "@" or src.startswith("mailto:", pos - begun):
        found = (_DOMAIN if mark == "@" else _LOCAL_AND_DOMAIN).match(src, pos + 1, end)
        return min(found.end() + 1, end) if found and begun else -1
    if mark == ":" and not _HOST.match(src, pos, end):
        return -1
    found = _ADDRESS.match(src, pos, end)
    return pos + _trimmed(found[0]) if found else -1


def _trimmed(address: str) -> int:
    """The length of an address without the punctuation that ends the sentence around it, as GFM has it."""
    end = len(address)
    unopened = address.count(")") - address.count("(")
    while end:
        last = address[end - 1]
        if last == ")" and unopened > 0:
            unopened -= 1
        elif last == ";" and (entity := _ENTITY.search(address, max(0, end - _ENTITY_LENGTH), end)):
            end = entity.start() + 1
        elif last not in _AFTER_ADDRESS:
            break
        end -= 1
    return end


def _shorten_pending(state: StateInline, keep: int) -> None:
    # The rule searches all of it for how the address begins.
    pending = state.pending
    if len(pending) > keep:
        state.pending = pending[:-keep]
        state.pushPending()
        state.pending = pending[-keep:]
