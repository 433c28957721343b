"""markdown-it rules: shortcodes, comments, typography, a limit on nesting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.markdown.tags import CLOSING, OPENING, Tag, TagFault, read_tag

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from markdown_it import MarkdownIt
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    from explainer.markdown.places import Text

# Names whose tag belongs to a line of text even where it stands alone.
INLINE_NAMES = frozenset({"claim", "source", "ref"})
MAX_NESTING = 256
_MAX_TAG_LINES = 20
_MARKED = (OPENING, "](", "[^", "^[", "<!--")


def shortcodes_plugin(md: MarkdownIt) -> None:
    """Add all rules of this module to a parser; `env["text"]` must hold the parse's `Text`."""
    block, inline, core = md.block.ruler, md.inline.ruler, md.core.ruler
    md.options["maxNesting"] = MAX_NESTING + 8
    block.before("table", "nesting_limit", nesting_limit)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    block.before("fence", "shortcode_block", shortcode_block)
    block.before("fence", "comment_block", comment_block, interrupts)
    inline.before("escape", "shortcode", shortcode)
    inline.before("autolink", "comment", comment)
    for name in ("link", "image", "footnote_ref", "footnote_inline"):
        inline.at(name, _placed(_rule(md, name)))
    core.at("inline", inline_with_places)
    core.after("inline", "dashes", dashes)


def _rule(md: MarkdownIt, name: str) -> Callable[[StateInline, bool], bool]:
    names, rules = md.inline.ruler.get_active_rules(), md.inline.ruler.getRules("")
    return rules[names.index(name)]


def _text(env: Any) -> Text:
    text: Text = env["text"]
    return text


# --- Core -------------------------------------------------------------------------------------


def inline_with_places(state: StateCore) -> None:
    """Parse the inline content of each block; note the place of content that may need one."""
    text = _text(state.env)
    parse, before = state.md.inline.parse, ""
    for token in state.tokens:
        if token.type == "inline":
            state.env["inline"] = token
            content = token.content
            cell = before in ("td_open", "th_open")
            if cell or any(mark in content for mark in _MARKED):
                token.meta["place"] = text.place(token, cell=cell)
                token.meta["cell"] = cell
            if token.children is None:
                token.children = []
            parse(content, state.md, state.env, token.children)
        before = token.type


def dashes(state: StateCore) -> None:
    """Make `--`, `---` and `...` in text into dashes and an ellipsis, but not in bare addresses."""
    for token in state.tokens:
        if token.type == "inline" and ("--" in token.content or "..." in token.content):
            address = False
            for child in token.children or ():
                if child.type in ("link_open", "link_close"):
                    address = child.nesting == 1 and child.info == "auto"
                elif child.type == "text" and not address:
                    child.content = _dashed(child.content)


def _dashed(content: str) -> str:
    return content.replace("---", "—").replace("--", "–").replace("...", "…")


# --- Inline -----------------------------------------------------------------------------------


def shortcode(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Read one tag; tags are paired later, when the whole run is known."""
    start = state.pos
    if not state.src.startswith(OPENING, start):
        return False
    tag = read_tag(state.src, start, state.posMax)
    if silent:
        state.pos = tag.end if isinstance(tag, Tag) else start + len(OPENING)
        return True
    if isinstance(tag, TagFault):
        _push(state, "shortcode_fault", fault=tag)
        state.pending += OPENING
        state.pos = start + len(OPENING)
        return True
    _push(state, "shortcode_literal" if tag.kind == "literal" else "shortcode", tag=tag)
    state.pos = tag.end
    return True


def comment(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Leave out an HTML comment inside a run of text."""
    start = state.pos
    if not state.src.startswith("<!--", start):
        return False
    end = state.src.find("-->", start, state.posMax)
    if end < 0:
        return False
    if not silent:
        _push(state, "comment", start=start, end=end + 3)
    state.pos = end + 3
    return True


def _placed(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    def placed(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
        start, count = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent:
            for token in state.tokens[count : count + 2]:
                if token.type != "text":
                    token.meta |= {"start": start, "end": state.pos, "shift": _shift(state)}
                    if token.type == "footnote_ref" and "label" not in token.meta:
                        token.children = state.env["footnotes"]["list"][token.meta["id"]]["tokens"]
                    break
        return True

    return placed


def _push(state: StateInline, kind: str, **meta: object) -> Token:
    token = state.push(kind, "", 0)
    token.meta = {**meta, "shift": _shift(state)}
    return token


def _shift(state: StateInline) -> int:
    # Inline notes are parsed as strings of their own, cut out of the block's content.
    content: str = state.env["inline"].content
    return 0 if state.src is content else max(content.find(state.src), 0)


# --- Block ------------------------------------------------------------------------------------


def nesting_limit(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Stop where blocks are nested too deeply; markdown-it would drop the text without a word."""
    if silent or state.level < MAX_NESTING:
        return False
    token = state.push("too_deep", "", 0)
    token.map = [start, end]
    state.line = end
    return True


def comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """Leave out an HTML comment that has its lines to itself."""
    pos = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("<!--", pos) or state.is_code_block(start):
        return False
    closing = state.src.find("-->", pos, state.eMarks[end - 1])
    if closing < 0:
        return False
    last = next(line for line in range(start, end) if state.eMarks[line] >= closing + 3)
    trailing = state.src[closing + 3 : state.eMarks[last]].strip()
    if trailing and not any(state.isEmpty(line) for line in range(start, last)):
        return False
    if not silent:
        token = state.push("comment_block", "", 0)
        token.map = [start, last + 1]
        token.meta = {"trailing": bool(trailing)}
        state.line = last + 1
    return True


def shortcode_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001
    """A tag alone on its line: a pair around whole blocks, or a shortcode that is a block itself."""
    pos = state.bMarks[start] + state.tShift[start]
    if silent or not state.src.startswith(OPENING, pos) or state.is_code_block(start):
        return False
    found = _alone(state, start, end)
    if not found or found[0].kind not in ("open", "void"):
        return False
    tag, last = found
    closing = _pairs(state, start, end).get(start) if tag.kind == "open" else None
    if closing is None and (tag.name in INLINE_NAMES or _closes_in_paragraph(state, tag, last, end)):
        return False
    if closing is None:
        _push_block(state, "shortcode_block", tag, start, last, 0)
        state.line = last + 1
        return True
    _push_block(state, "shortcode_block_open", tag, start, closing, 1)
    parent, line_max = state.parentType, state.lineMax
    state.parentType, state.lineMax = "shortcode", closing
    state.md.block.tokenize(state, last + 1, closing)
    state.parentType, state.lineMax = parent, line_max
    _push_block(state, "shortcode_block_close", tag, start, closing, -1)
    state.line = closing + 1
    return True


def _push_block(state: StateBlock, kind: str, tag: Tag, start: int, last: int, nesting: Any) -> None:
    token = state.push(kind, "", nesting)
    token.map = [start, last + 1]
    token.meta = {"tag": tag}


def _alone(state: StateBlock, line: int, end: int) -> tuple[Tag, int] | None:
    """The tag that has its lines to itself from this line on, and its last line."""
    start, last = state.bMarks[line] + state.tShift[line], line
    while CLOSING not in state.src[start : state.eMarks[last]]:
        last += 1
        # Only white space may stand in front: the marker of a quote would be read as an argument.
        if last >= min(end, line + _MAX_TAG_LINES) or state.isEmpty(last):
            return None
        if state.src[state.eMarks[last - 1] : state.bMarks[last] + state.tShift[last]].strip():
            return None
    tag = read_tag(state.src, start, state.eMarks[last])
    if isinstance(tag, TagFault) or state.src[tag.end : state.eMarks[last]].strip():
        return None
    return tag, last


def _closes_in_paragraph(state: StateBlock, tag: Tag, last: int, end: int) -> bool:
    for line in range(last + 1, end):
        if state.isEmpty(line):
            return False
        text = state.src[state.bMarks[line] : state.eMarks[line]]
        if OPENING in text and f"/{tag.name}" in text:
            return True
    return False


def _pairs(state: StateBlock, start: int, end: int) -> dict[int, int]:
    """The tags alone on their lines of this container, opening line to closing line.

    Matched once for a container and kept, so that many unclosed tags cost one scan.
    """
    key = (end, state.blkIndent, state.level)
    cache: dict[tuple[int, int, int], tuple[int, dict[int, int]]] = state.env.setdefault("pairs", {})
    last, pairs = cache.get(key, (-1, {}))
    if start > last:
        last, pairs = _match(state, start, end)
        cache[key] = (last, pairs)
    return pairs


def _match(state: StateBlock, start: int, end: int) -> tuple[int, dict[int, int]]:
    open_lines: dict[str, list[int]] = {}
    pairs: dict[int, int] = {}
    fence = ""
    line = start
    while line < end and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        pos = state.bMarks[line] + state.tShift[line]
        if state.src.startswith(("```", "~~~"), pos):
            fence = _fence(state.src[pos : state.eMarks[line]], fence)
        elif not fence and state.src.startswith(OPENING, pos) and not state.is_code_block(line):
            found = _alone(state, line, end)
            if found and found[0].kind == "open":
                open_lines.setdefault(found[0].name, []).append(line)
            elif found and found[0].kind == "close" and open_lines.get(found[0].name):
                _close(open_lines, found[0].name, line, pairs)
        line += 1
    return line - 1, pairs


def _close(open_lines: dict[str, list[int]], name: str, line: int, pairs: dict[int, int]) -> None:
    opened = open_lines[name].pop()
    pairs[opened] = line
    # What was opened inside and not closed there can't be closed outside.
    for lines in open_lines.values():
        while lines and lines[-1] > opened:
            lines.pop()


def _fence(line: str, fence: str) -> str:
    marker = line[0] * (len(line) - len(line.lstrip(line[0])))
    if not fence:
        return marker
    closes = marker[0] == fence[0] and len(marker) >= len(fence) and not line[len(marker) :].strip()
    return "" if closes else fence
