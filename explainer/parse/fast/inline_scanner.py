"""A faster inline parser: at each character it only asks the rules that can match there.

The result is the same as markdown-it's; a test checks that.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from explainer.parse.cjk_emphasis import CjkParserInline
from explainer.parse.fast.simple_runs import simple_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it import MarkdownIt
    from markdown_it.parser_inline import RuleFuncInlineType
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

# The characters at which each rule can match. The text between them is taken in one go.
STARTS = {
    "newline": "\n", "escape": "\\", "backticks": "`", "strikethrough": "~", "emphasis": "*_", "word_underscore": "_", "link": "[",
    "image": "!", "footnote_inline": "^", "footnote_ref": "[", "autolink": "<", "entity": "&",
    "gfm_autolink_www": "w", "gfm_autolink_protocol": ":", "gfm_autolink_email": "@",
    "shortcode": "{", "near_miss": "{", "comment": "<", "text": "", "foreign_markup": "<{[",
}  # fmt: skip

# Where a rule may match, as narrow as can be told at a glance; `]` ends the label of a link. Each
# alternative begins with the character itself: so `re` skips to the next one fast.
_STOP = re.compile(
    r"\n|\\|`|~|\*|_|\[|\]|<|&|@|!(?=\[)|\^(?=\[)|\{(?=[{<%.:]|[ \t]+\{<|#|[A-Za-z][\w-]*=)|w(?=ww\.)|:(?:(?<=http:)|(?<=https:)|(?<=mailto:))"
)
# How deep brackets may stand in one another and still make a link; each level costs a look ahead.
_MAX_NESTING = 20


class Scanner(CjkParserInline):
    """An inline parser whose rules are all in `STARTS`."""

    @cached_property
    def rules(self) -> Mapping[str, tuple[RuleFuncInlineType, ...]]:
        """The active rules by the characters at which they can match, in their order."""
        found: dict[str, list[RuleFuncInlineType]] = {}
        for name, rule in zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True):
            for char in STARTS[name]:
                found.setdefault(char, []).append(rule)
        return {char: tuple(rules) for char, rules in found.items()}

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Put the tokens of a whole run into a list."""
        simple = simple_run(src, md.normalizeLink)
        if simple is None:
            return super().parse(src, md, env, tokens)
        tokens += simple
        return tokens

    def tokenize(self, state: StateInline) -> None:
        """Make tokens of a stretch of text."""
        src, end, pos = state.src, state.posMax, state.pos
        rules = self.rules if state.level < _MAX_NESTING else {}
        while pos < end:
            found = _STOP.search(src, pos, end)
            stop = found.start() if found else end
            if stop > pos:
                state.append_pending(src[pos:stop])
                state.pos = stop
            if not found:
                break
            char = src[stop]
            for rule in rules.get(char, ()):
                if rule(state, False):  # noqa: FBT003 - markdown-it's signature
                    break
            else:
                state.append_pending(char)
                state.pos = stop + 1
            pos = state.pos
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802 - markdown-it's name
        """Go past one token without making it."""
        pos, cache = state.pos, state.cache
        if pos in cache:
            state.pos = cache[pos]
            return
        found = _STOP.search(state.src, pos, state.posMax)
        stop = found.start() if found else state.posMax
        if state.level >= _MAX_NESTING:
            state.pos = state.posMax
        elif stop > pos:
            state.pos = stop
        else:
            # Only to limit the recursion: no token is made here.
            state.level += 1
            if not any(rule(state, True) for rule in self.rules.get(state.src[pos], ())):  # noqa: FBT003
                state.pos = pos + 1
            state.level -= 1
        cache[pos] = state.pos
