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
_END = re.compile(r"(?:[\s/]|\\?[%>›»＞]|\\?&(?:gt|\#62|\#[xX]3[eE]);)*$")


class NearMiss(NamedTuple):
    """A near miss: the name in it, what it should be, whether it has Hugo's other delimiters, and its offsets."""

    name: str
    right: str
    percent: bool
    start: int
    end: int


def read_near_miss(text: str, start: int, stop: int) -> NearMiss | None:
    """What stands at an offset, if it looks like a tag and isn't one."""
    found = _FORM.match(text, start, stop)
    if not found:
        return None
    inside = " ".join(_END.sub("", found["inside"]).split())
    closing = inside.startswith("/")
    words = f"/{inside[1:].lstrip()}" if closing else inside
    end = found.end()
    while end < stop and text[end] == "}":
        end += 1
    return NearMiss(found["name"], f"{{{{< {words} >}}}}", "%" in found["open"], start, end)


def near_miss(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Note a near miss, whose characters stay text."""
    if silent or (state.pos and state.src[state.pos - 1] == "{"):
        return False
    found = read_near_miss(state.src, state.pos, state.posMax)
    if found:
        state.push("near_miss", "", 0).meta = {"near_miss": found}
    return False
