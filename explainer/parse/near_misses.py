"""What looks like a shortcode's tag, and isn't one: the slips that would otherwise be published as text.

Hugo's other delimiters, escapes and entities that other programs write, braces that are missing or apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

_FORM = re.compile(
    r"(?P<open>\{\{[ \t]*(?:%|\\<|\\?&(?:lt|\#60|\#[xX]3[cC]);|[‹«＜])|\{\{[ \t]+<|\{\{(?!<)|\{[ \t]+\{<|\{[<%])"
    r"[ \t]*(?P<inside>/?[ \t]*(?P<name>[A-Za-z_][A-Za-z0-9_-]*)(?=[\s=/\\&%>}›»＞])[^\n{}]*)"
)
# What other programs put a value in the place of: `{{ page.title }}`.
_EXPRESSION = re.compile(r"\{\{[^{}<\n][^{}\n]*\}\}")
_END = re.compile(r"(?:[\s/]|\\?[%>›»＞]|\\?&(?:gt|\#62|\#[xX]3[eE]);)*$")


class NearMiss(NamedTuple):
    """A near miss: the name in it, what it should be, and its offsets.

    `opener` are its first characters, if they are a slip whatever the name is; empty for others.
    """

    name: str
    right: str
    opener: str
    start: int
    end: int


def read_near_miss(text: str, start: int, stop: int) -> NearMiss | None:
    """What stands at an offset, if it looks like a tag and isn't one."""
    found = _FORM.match(text, start, stop)
    if not found:
        expression = _EXPRESSION.match(text, start, stop)
        return expression and NearMiss("", "", "{{", *expression.span())
    inside = " ".join(_END.sub("", found["inside"]).split())
    closing = inside.startswith("/")
    words = f"/{inside[1:].lstrip()}" if closing else inside
    end = found.end()
    while end < stop and text[end] == "}":
        end += 1
    opener = found["open"].rstrip()
    certain = "%" in opener or (opener.startswith("{{") and text.startswith("}}", end - 2))
    return NearMiss(found["name"], f"{{{{< {words} >}}}}", opener if certain else "", start, end)


def near_miss(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Note a near miss, whose characters stay text."""
    if silent or (state.pos and state.src[state.pos - 1] == "{"):
        return False
    found = read_near_miss(state.src, state.pos, state.posMax)
    if found:
        state.push("near_miss", "", 0).meta = {"near_miss": found}
    return False
