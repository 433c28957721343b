"""Block syntax of our own: shortcodes and comments on lines of their own, a nesting limit, columns of table cells."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from explainer.parse.inline_rules import COMMENT, COMMENT_END
from explainer.parse.tag_grammar import CLOSING, OPENING, Tag, TagDiagnostic, read_tag
from explainer.parse.tag_pairs import is_meant_to_close

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal, TypeAlias

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

    Rule: TypeAlias = Callable[[StateBlock, int, int, bool], bool]

# Names whose tag belongs to a line of text even where it stands alone.
INLINE_NAMES = frozenset({"claim", "source", "ref"})
MAX_NESTING = 100
_MAX_TAG_LINES = 20
# Tables and other constructs go a few levels down without asking `nesting_limit`.
_MARGIN = 8
_BAR = re.compile(r"(?<!\\)\|")
_CLOSER = re.compile(r"\{\{<\s*/\s*([\w-]+)", re.ASCII)
_FENCE = re.compile(r"((?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(?:(`{3,})[^`\n]*|(~{3,}).*)")


class Alone(NamedTuple):
    """A tag on lines of its own, with its first and last line."""

    tag: Tag
    line: int
    last: int


def block_plugin(md: MarkdownIt) -> None:
    """Add the rules of this module to a parser."""
    block = md.block.ruler
    rules = dict(zip(block.get_active_rules(), block.getRules(""), strict=True))
    md.options["maxNesting"] = MAX_NESTING + _MARGIN
    block.at("table", placed_cells(rules["table"]), {"alt": ["paragraph", "reference"]})
    block.before("table", "nesting_limit", nesting_limit)
    block.before("fence", "shortcode_block", shortcode_block)
    block.before("fence", "comment_block", comment_block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


def nesting_limit(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Stop where blocks are nested too deeply; markdown-it would drop the text without a word."""
    if silent or state.level < MAX_NESTING:
        return False
    state.push("too_deep", "", 0).map = [start, end]
    state.line = end
    return True


def comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Leave out an HTML comment that has its lines to itself; a paragraph keeps one that ends inside it."""
    pos = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(COMMENT, pos) or state.is_code_block(start):
        return False
    found = state.src.find(COMMENT_END, pos, state.eMarks[end - 1])
    if found < 0:
        return False
    stop = found + len(COMMENT_END)
    last = bisect_left(state.eMarks, stop, start, end)
    trailing = bool(state.src[stop : state.eMarks[last]].strip())
    if trailing and _empty_line_before(state, last, start) < start:
        return False
    if not silent:
        token = state.push("comment_block", "", 0)
        token.map, token.meta = [start, last + 1], {"trailing": trailing}
        state.line = last + 1
    return True


def _empty_line_before(state: StateBlock, last: int, start: int) -> int:
    """The last empty line between two lines, -1 if there is none; kept, so that many starts cost one scan."""
    known: tuple[int, int] = state.env.get("comment", (-1, -1))
    if known[0] != last:
        empty = next((line for line in range(last - 1, start, -1) if state.isEmpty(line)), -1)
        known = state.env["comment"] = last, empty
    return known[1]


def shortcode_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A tag alone on its line: a pair around whole blocks, or a shortcode that is a block itself."""
    pos = state.bMarks[start] + state.tShift[start]
    if silent or not state.src.startswith(OPENING, pos) or state.is_code_block(start):
        return False
    opener = _alone(state, start, end)
    if not opener or opener.tag.kind not in {"open", "void"}:
        return False
    pairs = _pairs(state, start, end) if opener.tag.kind == "open" else {}
    if start in pairs:
        _pair(state, opener, pairs)
        return True
    if opener.tag.name in INLINE_NAMES or _closes_in_paragraph(state, opener, end):
        return False
    _push(state, "shortcode_block", opener, 0)
    state.line = opener.last + 1
    return True


def _pair(state: StateBlock, opener: Alone, pairs: dict[int, Alone]) -> None:
    closer = pairs[opener.line]
    _push(state, "shortcode_block_open", opener, 1)
    # What is inside was matched along with it.
    state.env["pairs"][closer.line, state.blkIndent, state.level] = closer.line, pairs
    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "shortcode", closer.line
    state.md.block.tokenize(state, opener.last + 1, closer.line)
    state.parentType, state.lineMax = parent, line_max
    _push(state, "shortcode_block_close", closer, -1)
    state.line = closer.last + 1


def _push(state: StateBlock, kind: str, alone: Alone, nesting: Literal[-1, 0, 1]) -> None:
    token = state.push(kind, "", nesting)
    token.map, token.meta = [alone.line, alone.last + 1], {"tag": alone.tag}


def _alone(state: StateBlock, line: int, end: int) -> Alone | None:
    """The tag that has its lines to itself from this line on."""
    start, last = state.bMarks[line] + state.tShift[line], line
    while CLOSING not in state.src[start : state.eMarks[last]]:
        last += 1
        # Only white space may stand in front: the marker of a quote would be read as an argument.
        if last >= min(end, line + _MAX_TAG_LINES) or state.isEmpty(last):
            return None
        if state.src[state.eMarks[last - 1] : state.bMarks[last] + state.tShift[last]].strip():
            return None
    tag = read_tag(state.src, start, state.eMarks[last])
    if isinstance(tag, TagDiagnostic) or state.src[tag.end : state.eMarks[last]].strip():
        return None
    return Alone(tag, line, last)


def _closes_in_paragraph(state: StateBlock, opener: Alone, end: int) -> bool:
    """Whether a closing tag of this name follows before the next empty line."""
    known: tuple[int, dict[str, int]] = state.env.get("closers", (-1, {}))
    if opener.line >= known[0]:
        blank = next((line for line in range(opener.last + 1, end) if state.isEmpty(line)), end)
        found = _CLOSER.finditer(state.src, state.bMarks[opener.line], state.eMarks[blank - 1])
        known = state.env["closers"] = blank, {closer[1]: closer.start() for closer in found}
    return known[1].get(opener.tag.name, -1) > opener.tag.start


# --- Pairs of tags alone on their lines ---------------------------------------------------------


def _pairs(state: StateBlock, start: int, end: int) -> dict[int, Alone]:
    """The closing tags of this container, by the line of the opening tag.

    Matched once for a container and kept, so that many unclosed tags cost one scan.
    """
    key = (end, state.blkIndent, state.level)
    known: dict[tuple[int, int, int], tuple[int, dict[int, Alone]]] = state.env.setdefault("pairs", {})
    last, pairs = known.get(key, (-1, {}))
    if start > last:
        last, pairs = known[key] = _match(state, start, end)
    return pairs


def _match(state: StateBlock, start: int, end: int) -> tuple[int, dict[int, Alone]]:
    """Match the tags from a line on; returns the last line that was read as well."""
    opened: list[tuple[str, int]] = []
    count: Counter[str] = Counter()
    pairs: dict[int, Alone] = {}
    line = start
    for line, found in _tags(state, start, end):
        if found and found.tag.kind == "open" and not (is_meant_to_close(found.tag) and count[found.tag.name]):
            opened.append((found.tag.name, line))
            count[found.tag.name] += 1
        elif found and found.tag.kind != "void" and count[found.tag.name]:
            # What was opened inside and not closed there can't be closed outside.
            name, opening = "", line
            while name != found.tag.name:
                name, opening = opened.pop()
                count[name] -= 1
            pairs[opening] = found
    return line, pairs


def _tags(state: StateBlock, start: int, end: int) -> Iterator[tuple[int, Alone | None]]:
    """The lines of this container from one on, with the tags that stand alone, except in fences."""
    fence, inside = "", 0
    for line in range(start, end):
        if state.isEmpty(line):
            continue
        if state.sCount[line] < state.blkIndent:
            return
        pos = state.bMarks[line] + state.tShift[line]
        if fence and state.sCount[line] < inside:
            fence = ""  # it ended with its list item
        marker = _FENCE.fullmatch(state.src, pos, state.eMarks[line]) if state.src[pos] in "`~-*+0123456789" else None
        if fence:
            stripped = state.src[pos : state.eMarks[line]].rstrip()
            if stripped.startswith(fence) and not stripped.strip(fence[0]):
                fence = ""
        elif marker:
            fence, inside = marker[2] or marker[3], state.sCount[line] + len(marker[1]) if marker[1] else 0
        elif state.src.startswith(OPENING, pos) and not state.is_code_block(line):
            yield line, _alone(state, line, end)
        yield line, None


# --- Cells --------------------------------------------------------------------------------------


def placed_cells(rule: Rule) -> Rule:
    """Wrap the rule for tables so that it records each cell's column, and the rows that have too many cells."""

    def with_places(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
        count = len(state.tokens)
        if not rule(state, start, end, silent):
            return False
        if not silent:
            _place_cells(state, state.tokens[count:])
        return True

    return with_places


def _place_cells(state: StateBlock, tokens: list[Token]) -> None:
    cells: Iterator[tuple[int, bool]] = iter(())
    row = 0
    for token in tokens:
        if token.type == "tr_open" and token.map:
            row = token.map[0]
            cells = _cells(state, row)
        elif token.type == "inline":
            token.meta = {"cell": next(cells, (0, False))[0]}
        elif token.type == "tr_close" and any(filled for _, filled in cells):
            state.push("extra_cells", "", 0).map = [row, row + 1]


def _cells(state: StateBlock, line: int) -> Iterator[tuple[int, bool]]:
    """The column of each cell's text, counting from 0, and whether there is any."""
    start = state.bMarks[line] + state.tShift[line]
    before = start - state.src.rfind("\n", 0, start) - 1
    cells = _BAR.split(state.src[start : state.eMarks[line]].rstrip())
    column = before
    for number, cell in enumerate(cells):
        if cell or 0 < number < len(cells) - 1:
            yield column + len(cell) - len(cell.lstrip()), bool(cell.strip())
        column += len(cell) + 1
