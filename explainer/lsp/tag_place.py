"""Where a cursor stands in a shortcode's tag that is being typed."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from explainer.parse.tag_grammar import OPENING

_LONGEST = 4000  # characters of a tag
_NAME = re.compile(r"\s*(/?)\s*([\w-]*)", re.ASCII)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_OPEN = re.compile(r'(?:([A-Za-z_][\w-]*)\s*=\s*)?"([^"]*)$', re.ASCII)
_BARE = re.compile(r"(?:([A-Za-z_][\w-]*)\s*=\s*)?([\w./#:,-]*)$", re.ASCII)
_GIVEN = re.compile(r"([A-Za-z_][\w-]*)\s*=", re.ASCII)
_WORD = re.compile(r"[\w./#-]*$")


class TagPlace(NamedTuple):
    """A place in a tag.

    `what` is typed: the tag's `name`, that of a `closing` tag, the `value` of the argument `key`, or an `argument`: its key
    or a value without one. `value` is all that is typed of it so far, `word` its last word; `given` are the keys there.
    """

    what: Literal["name", "closing", "argument", "value"]
    name: str
    key: str | None
    value: str
    word: str
    given: frozenset[str] = frozenset()


def tag_place(text: str, offset: int) -> TagPlace | None:
    """The place at an offset of a page's text; None if it isn't in a tag."""
    start = text.rfind(OPENING, max(0, offset - _LONGEST), offset)
    if start < 0 or start + len(OPENING) > offset or text.find("}}", start, offset) >= 0:
        return None
    inside = text[start + len(OPENING) : offset]
    named = _NAME.match(inside)
    if named is None:
        return None
    if named.end() == len(inside):
        return TagPlace("closing" if named[1] else "name", "", None, named[2], named[2])
    if named[1] or not named[2]:
        return None
    return _argument(named[2], inside[named.end() :])


def _argument(name: str, rest: str) -> TagPlace | None:
    closed = _QUOTED.sub(lambda one: "_" * len(one[0]), rest)
    given = frozenset(_GIVEN.findall(closed))
    opened = _OPEN.search(closed)
    found = opened or _BARE.search(closed)
    if found is None:
        return None
    value = found[2]
    word = _WORD.search(value)
    typed = word[0] if word else ""
    if opened or found[1]:
        return TagPlace("value", name, found[1], value, typed, given - {found[1] or ""})
    return TagPlace("argument", name, None, value, typed, given)
