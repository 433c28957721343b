"""Smaller token objects, faster to create than markdown-it's own."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


class Light(Token):
    """A token that holds only what differs from the values of its class, and shows those for the rest.

    Its `attrs` and `meta` are set, never written into.
    """

    tag = ""
    attrs = _NOTHING  # type: ignore[assignment]
    map: list[int] | None = None
    level = 0
    children: list[Token] | None = None
    content = ""
    markup = ""
    info = ""
    meta = _NOTHING  # type: ignore[assignment]
    block = False
    hidden = False

    def __init__(self, kind: str, nesting: Literal[-1, 0, 1], level: int, content: str = "") -> None:
        self.type = kind
        self.nesting = nesting
        self.level = level
        self.content = content


class LightBlock(Light):
    """Such a token of a block."""

    block = True
