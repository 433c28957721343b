"""A faster block parser: at each line it only asks the rules that can match there.

A paragraph of words, as most blocks are, asks none. The result is the same as markdown-it's; a test
checks that.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from markdown_it.common.utils import mdTrim
from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import StateBlock

from explainer.parse.fast.light_tokens import LightBlock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from markdown_it import MarkdownIt
    from markdown_it.parser_block import RuleFuncBlockType
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

# The characters with which a line can begin that a rule matches; at any, where a rule isn't here.
STARTS = {
    "comment_block": "<", "shortcode_block": "{", "fence": "`~", "blockquote": ">", "hr": "*-_",
    "list": "*-+0123456789", "footnote_def": "[", "reference": "[", "heading": "#",
}  # fmt: skip
# How a line begins that is words, or goes on with the words of the line above it.
_WORDS = re.compile(r"[^#>\-+*_=~`|:<\[\d\s]|\*{1,2}[^\W_]|`(?!`)|\[(?!\^)|\d++(?![.)])")
# How a line begins that makes a list item of itself, wherever it stands.
_ITEM = re.compile(r"[-*+] +[^\W_]")
_TAG_OR_REFERENCE = "{["
_DEFINES = (":", "~")
_CODE_INDENT = 4


class BlockState(StateBlock):
    """The state of the block parser, cheaper to create and extend."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        super().__init__("", md, env, tokens)
        self.src = src
        lines = src.split("\n")
        if not lines[-1].strip(" \t"):
            lines.pop()  # no line of its own
        indents = [len(line) - len(line.lstrip(" \t")) for line in lines]
        ends, end = [], -1
        for line in lines:
            end += len(line) + 1
            ends.append(end)
        length = len(src)
        self.bMarks = [0, *(end + 1 for end in ends[:-1]), length] if lines else [length]
        self.eMarks = [*ends, length]
        self.tShift = [*indents, 0]
        self.sCount = list(self.tShift)
        if "\t" in src:
            for number, (line, indent) in enumerate(zip(lines, indents, strict=True)):
                if "\t" in line[:indent]:
                    self.sCount[number] = len(line[:indent].expandtabs(_CODE_INDENT))
        self.bsCount = [0] * len(self.bMarks)
        self.lineMax = len(lines)

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        """Add a token."""
        if nesting < 0:
            self.level -= 1
        token = LightBlock(ttype, nesting, self.level)
        token.tag = tag
        if nesting > 0:
            self.level += 1
        self.tokens.append(token)
        return token


class BlockScanner(ParserBlock):
    """A block parser whose rules match at the characters in `STARTS`."""

    @cached_property
    def rules(self) -> Mapping[str, tuple[RuleFuncBlockType, ...]]:
        """The active rules by the characters at which they can match, in their order; by "" those for any other."""
        named = list(zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True))
        chars = {"", *chain.from_iterable(STARTS.values())}
        return {
            char: tuple(rule for name, rule in named if name not in STARTS or (char and char in STARTS[name]))
            for char in chars
        }

    def parse(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> list[Token] | None:  # noqa: N803
        """Put the block tokens of a text into a list."""
        state = BlockState(src, md, env, outTokens)
        self.tokenize(state, 0, state.lineMax)
        return state.tokens

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803 - markdown-it's names
        """Make tokens of the lines of one container."""
        line, empty = startLine, False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= state.md.options.maxNesting:
                state.line = endLine
                break
            self._block(state, line, endLine)
            state.tight = not empty
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                empty = True
            if line < endLine and state.isEmpty(line):
                empty = True
                line += 1
                state.line = line

    def _block(self, state: StateBlock, line: int, end: int) -> None:
        """Make tokens of the block that begins at a line."""
        char = state.src[state.bMarks[line] + state.tShift[line]]
        if char not in _TAG_OR_REFERENCE and _paragraph(state, line, end):
            return
        for rule in self.rules.get(char) or self.rules[""]:
            if rule(state, line, end, False):  # noqa: FBT003 - markdown-it's signature
                return


def _paragraph(state: StateBlock, start: int, end: int) -> bool:
    """Whether a paragraph of words alone begins here; then its tokens are made."""
    src, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
    if state.sCount[start] - state.blkIndent >= _CODE_INDENT:
        return False
    line = start
    while line < state.lineMax and (pos := begins[line] + shifts[line]) < ends[line]:
        if not _WORDS.match(src, pos):
            if line > start and _ITEM.match(src, pos) and 0 <= state.sCount[line] < _CODE_INDENT:
                break
            return False
        line += 1
    if line == start + 1 and line + 1 < end and src.startswith(_DEFINES, begins[line + 1] + shifts[line + 1]):
        return False  # the definition of a term, after an empty line
    if line == start + 1:
        content = mdTrim(src[begins[start] + shifts[start] : ends[start]])
    else:
        content = mdTrim(state.getLines(start, line, state.blkIndent, keepLastLF=False))
    level, lines = state.level, [start, line]
    inline = LightBlock("inline", 0, level + 1, content)
    opening, closing = LightBlock("paragraph_open", 1, level), LightBlock("paragraph_close", -1, level)
    opening.map = inline.map = lines
    opening.tag = closing.tag = "p"
    inline.children = []
    state.tokens += (opening, inline, closing)
    state.line = line
    return True
