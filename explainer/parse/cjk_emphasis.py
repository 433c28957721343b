"""Emphasis in Chinese, Japanese and Korean, which put no space beside it.

CommonMark asks for a space between a word and emphasis that begins or ends with punctuation: `**「…」**が` would show its
asterisks. Here a CJK character beside a mark counts as a space does, and full-width punctuation as a letter does; it is
the rule of markdown-cjk-friendly. For all other text nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned

from explainer.text.scripts import CJK

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from markdown_it.utils import EnvType


class CjkInlineState(StateInline):
    """The state of the inline parser, with another rule for the marks of emphasis beside CJK characters."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803, FBT001 - markdown-it's names
        """Whether the marks from an offset on may begin or end emphasis, and how many there are."""
        scanned = super().scanDelims(start, canSplitWord)
        before = self.src[start - 1] if start else " "
        end = start + scanned.length
        after = self.src[end] if end < self.posMax else " "
        if before not in CJK and after not in CJK:
            return scanned
        left = not isWhiteSpace(ord(after)) and (not _parts(after) or _may_part(before))
        right = not isWhiteSpace(ord(before)) and (not _parts(before) or _may_part(after))
        if canSplitWord:
            return Scanned(left, right, scanned.length)
        opens, closes = left and (not right or _is_punctuation(before)), right and (not left or _is_punctuation(after))
        return Scanned(opens, closes, scanned.length)


def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _parts(char: str) -> bool:
    """Whether this is punctuation that needs a space on the other side of the marks."""
    return _is_punctuation(char) and char not in CJK


def _may_part(char: str) -> bool:
    """Whether this serves as that space."""
    return isWhiteSpace(ord(char)) or _is_punctuation(char) or char in CJK


class CjkParserInline(ParserInline):
    """markdown-it's inline parser with that state."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Put the tokens of a whole run into a list."""
        state = CjkInlineState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens
