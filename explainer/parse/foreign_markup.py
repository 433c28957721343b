"""Markup that other programs read and this one doesn't: readers see its characters, so that the writer is told.

HTML tags, links that are none, attributes in braces, boxes, task lists, fixed spaces where Markdown takes a plain one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# The elements of HTML, so that `<your name>` and `a < b` are words.
_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym address applet area article aside audio b base bdi bdo big blockquote body br button canvas caption "
        "center cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure "
        "font footer form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label "
        "legend li link main map mark marquee menu meta meter nav noscript object ol optgroup option output p param path "
        "picture pre progress q rp rt ruby s samp script search section select slot small source span strike strong style "
        "sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul use var video wbr",
    )
)
# No `[^<>]*` runs past the next `<`, so that many of them cost one scan.
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)(?:\s[^<>]*)?/?>")
# Of other names only what closes, or has a value in quotes.
_CERTAIN_TAG = re.compile(r"</|<[^<>\s]+\s[^<>]*=[\"']")
_DECLARATION = re.compile(r"<([?!]\[?[A-Za-z]+)\b[^<>]*>")
_ATTRIBUTES = re.compile(r"\{(?:[.:]|#[^{}\n]*[ .=])[^{}\n]*\}")
_VALUES = re.compile(r"\{(?:#[A-Za-z][\w-]*|[A-Za-z][\w-]*=[^{}\n]*)\}")
_NOT_ATTRIBUTES = re.compile(r"\{[.:]+[\s)}]")
_REFERENCE = re.compile(r"\[([^\[\]]{0,300})\]\[((?!\^)[^\[\]\n]{0,100})\]")
_WITH_SPACE = re.compile(r"\[[^\[\]]{0,300}\]\(([^()<>\n\"']{1,300})\)")
_ADDRESS = re.compile(
    r"(?:https?://|\.{0,2}/)\S|.*\.(?:md|html?|png|jpe?g|gif|webp|svg|avif|heic|pdf|mp[34]|csv|docx?|xlsx?|zip)$",
    re.IGNORECASE,
)
_APART = re.compile(r"\[[^\[\]]{1,300}\][ \t]+\((?=https?://|www\.)")
_WIKI = re.compile(r"\[\[([^\[\]\n]{1,200})\]\](?![\[(])")
_REVERSED = re.compile(r"\[((?:https?://|www\.)[^\[\]\s]+)\]")
_ALERT = re.compile(r"\[!([A-Za-z]+)\][-+]?(?=\s|$)")
_TASK = re.compile(r"\[[ xX]\](?=\s)")
_FIXED_SPACES = "\u00a0\u2007\u202f\u3000\u200b\ufeff"
_FIXED = re.compile(rf"(#{{1,6}}|[-*+])[{_FIXED_SPACES}]")
_DIV = re.compile(r":{3,}")
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?|///)[ \t]+(?=[A-Za-z])")
_NO_SPACE = re.compile(r"(#{2,6})(?=[^\W_])")
_LINE_SIGNS = (":::", "!!!", "???", "///", "##", *_FIXED_SPACES)


class Foreign(NamedTuple):
    """A piece of markup that is text here: of which kind, what tells one from another, and its offsets."""

    kind: str
    text: str
    start: int
    end: int


def foreign_plugin(md: MarkdownIt) -> None:
    """Add the rule for what stands inside a line; it comes when nothing else has matched."""
    md.inline.ruler.push("foreign_markup", foreign_markup)


def foreign_markup(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Note foreign markup, whose characters stay text."""
    if silent:
        return False
    found = _READERS[state.src[state.pos]](state) if state.src[state.pos] in _READERS else None
    if found:
        meta = {"foreign": found, "known": state.env.get("references", {})}
        state.push("foreign_markup", "", 0).meta = meta
    return False


def _html(state: StateInline) -> Foreign | None:
    found = _TAG.match(state.src, state.pos, state.posMax)
    if found and (found[1].lower() in _ELEMENTS or _CERTAIN_TAG.match(found[0])):
        return Foreign("html", found[1].lower(), *found.span())
    found = _DECLARATION.match(state.src, state.pos, state.posMax)
    return found and Foreign("html", found[1], *found.span())


def _attributes(state: StateInline) -> Foreign | None:
    found = _ATTRIBUTES.match(state.src, state.pos, state.posMax)
    if not found:
        found = _VALUES.match(state.src, state.pos, state.posMax)
        # A heading's own id stands at its end; a set of numbers, `{x=1}`, behind no link.
        if not found or (found.end() == state.posMax if found[0][1] == "#" else not _follows_a_link(state)):
            return None
    if _NOT_ATTRIBUTES.match(found[0]):
        return None
    return Foreign("attributes", found[0], *found.span())


def _follows_a_link(state: StateInline) -> bool:
    """Whether markup that belongs to a link, a picture or code ends here, or nothing stands before."""
    return not state.pos or state.src[state.pos - 1] in ")]`"


def _link(state: StateInline) -> Foreign | None:
    src, pos, end = state.src, state.pos, state.posMax
    before = src[pos - 1] if pos else " "
    start = pos - 1 if before == "!" else pos
    found = _REFERENCE.match(src, pos, end)
    if found and not before.isalnum() and not (found[1].isdecimal() and found[2].isdecimal()):
        return Foreign("reference", found[2] or found[1], start, found.end())
    found = _WITH_SPACE.match(src, pos, end)
    if found and " " in found[1].strip() and _ADDRESS.match(found[1].strip()):
        return Foreign("space", found[1].strip(), start, found.end())
    found = _APART.match(src, pos, end)
    if found:
        return Foreign("apart", "", start, found.end())
    found = _WIKI.match(src, pos, end)
    if found and not found[1].isdecimal():
        return Foreign("wiki", found[1].partition("|")[0].strip(), start, found.end())
    found = _REVERSED.match(src, pos, end)
    if found and before == ")":
        return Foreign("reversed", found[1], *found.span())
    return None


_READERS = {"<": _html, "{": _attributes, "[": _link}


# --- What begins a line --------------------------------------------------------------------------


def foreign_lines(tokens: Sequence[Token], body: str) -> Iterator[tuple[Token, Foreign]]:
    """What begins a line of words and would be more than words to another program, with its token."""
    boxes = "[!" in body
    tasks = "[ ]" in body or "[x]" in body or "[X]" in body
    lines = any(sign in body for sign in _LINE_SIGNS)
    if not (boxes or tasks or lines):
        return
    parents = ("", "")
    for token in tokens:
        if token.type == "inline" and parents[1] == "paragraph_open":
            if found := _at_beginning(token.content, parents[0]):
                yield token, found
            if lines:
                yield from ((token, found) for found in _in_lines(token.content))
        elif token.nesting == 1:
            parents = (parents[1], token.type)


def _at_beginning(content: str, parent: str) -> Foreign | None:
    if found := _ALERT.match(content):
        return Foreign("box", found[1].lower(), *found.span())
    if parent == "list_item_open" and (found := _TASK.match(content)):
        return Foreign("task", found[0], *found.span())
    return None


def _in_lines(content: str) -> Iterator[Foreign]:
    start = 0
    for line in content.split("\n"):
        at = start + len(line) - len(line.lstrip(" \t"))
        for kind, form in _LINES.items():
            if found := form.match(content, at, start + len(line)):
                yield Foreign(kind, found[1] if found.re.groups else found[0].strip(), *found.span())
        start += len(line) + 1


_LINES: Mapping[str, re.Pattern[str]] = {"fixed": _FIXED, "div": _DIV, "admonition": _ADMONITION, "no-space": _NO_SPACE}
