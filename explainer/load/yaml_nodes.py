"""The nodes of a YAML tree with their positions, and the rules for what must not be shown.

Positions are offsets in characters into the YAML's own text; `Positions` turns them into spans.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import Literal, NamedTuple, TypeAlias, cast

from explainer.diagnostics import Diagnostic, Span

IDENTITY_KEYS = frozenset({
    "real_name", "full_name", "legal_name", "birth_name", "maiden_name", "first_name", "last_name", "surname",
    "phone", "phone_number", "telephone", "mobile", "cell", "whatsapp", "signal", "telegram",
    "email", "e_mail", "address", "email_address", "home_address", "contact", "contacts",
    "employer", "username", "identity", "date_of_birth", "birthday", "dob", "passport", "ssn",
})  # fmt: skip
"""Keys that say who someone is. `real-name`, `Real Name` and `realName` count as `real_name`."""

_NO_SEPARATORS = str.maketrans("", "", "-_ \t")
_IDENTITY = frozenset(key.translate(_NO_SEPARATORS) for key in IDENTITY_KEYS)
_SECRET_WORDS = re.compile("private|" + "|".join("[-_ ]?".join(key.split("_")) for key in sorted(IDENTITY_KEYS)))

CoreType = Literal["null", "bool", "int", "float", "str"]
_CORE = re.compile(
    r"(?P<null>(?:null|Null|NULL|~|))"
    r"|(?P<bool>true|True|TRUE|false|False|FALSE)"
    r"|(?P<int>[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
_NULLS = frozenset({"null", "Null", "NULL", "~"})
_SHOWN = 60
_MAYBE_NOT_TEXT = frozenset("nN~tTfF-+.0123456789")


class Scalar(NamedTuple):
    """One value as written; `plain` when no quotes and no block mark stand around it."""

    text: str
    plain: bool
    start: int
    end: int


class Sequence(NamedTuple):
    """A list."""

    items: list[Node]
    start: int
    end: int


class Entry(NamedTuple):
    """A key and its value."""

    key: Scalar
    value: Node


class Mapping(NamedTuple):
    """Keys and values in the order written; `repeats` are those whose key stood there before.

    `is_whole` is false where a key couldn't be read, such as a merge key: what it stands for isn't known.
    """

    entries: dict[str, Entry]
    repeats: list[Entry]
    start: int
    end: int
    is_whole: bool = True


Node: TypeAlias = "Scalar | Sequence | Mapping"


class Positions:
    """Turns offsets into the text of a file, or of its front matter, into spans."""

    __slots__ = ("_starts", "first_line", "path", "text")

    def __init__(self, path: str, text: str, first_line: int = 1) -> None:
        self.path = path
        self.text = text
        self.first_line = first_line
        self._starts: list[int] | None = None

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column, from 1, of an offset."""
        starts = self._starts
        if starts is None:
            lengths = (len(line) + 1 for line in self.text.split("\n"))
            starts = self._starts = [0, *accumulate(lengths)][:-1]
        index = bisect_right(starts, offset) - 1
        return self.first_line + index, offset - starts[index] + 1

    def span(self, start: int, end: int) -> Span:
        """The span of the text from `start` to `end`, without the space at its end."""
        end = start + len(self.text[start:end].rstrip())
        line, col = self.place(start)
        end_line, end_col = self.place(end)
        return Span(self.path, line, col, end_line, end_col)

    def lines(self, start: int, end: int) -> range:
        """The numbers of the lines that the text from `start` to `end` stands on."""
        end = start + len(self.text[start:end].rstrip())
        return range(self.place(start)[0], self.place(end)[0] + 1)

    @property
    def all_lines(self) -> range:
        """The numbers of all lines."""
        return range(self.first_line, self.first_line + self.text.count("\n") + 1)


class Tree(NamedTuple):
    """A parsed YAML text: its root (None if it can't be read), lines to hide, diagnostics.

    `refused` has the offsets of nodes that use what isn't read, such as an alias.
    """

    root: Node | None
    hidden: frozenset[int]
    diagnostics: list[Diagnostic]
    refused: frozenset[int] = frozenset()


def core_type(node: Scalar) -> CoreType:
    """The type that the YAML 1.2 core schema gives a scalar."""
    if not node.plain or (node.text and node.text[0] not in _MAYBE_NOT_TEXT):
        return "str"
    found = _CORE.fullmatch(node.text)
    return cast("CoreType", found.lastgroup) if found else "str"


def is_empty(node: Node) -> bool:
    """Whether a value is null, or text of spaces alone."""
    if type(node) is not Scalar:
        return False
    text = node.text
    return not text or text.isspace() or (node.plain and text in _NULLS)


@lru_cache(4096)
def secrecy(key: str) -> Literal["", "private", "identity"]:
    """Whether the value of a key must never be shown, however the key is spelt."""
    squashed = key.casefold().translate(_NO_SEPARATORS)
    if squashed == "private":
        return "private"
    return "identity" if squashed in _IDENTITY else ""


def may_hold_secrets(text: str) -> bool:
    """Whether a text that can't be read as YAML may hold a value that must never be shown."""
    return _SECRET_WORDS.search(text.casefold()) is not None


def shown(text: str) -> str:
    """A word of the author's for a message: in backticks, short, printable."""
    if len(text) <= _SHOWN and text.isprintable() and "`" not in text:
        return f"`{text}`"
    printable = "".join(char if char.isprintable() and char != "`" else "\ufffd" for char in text[:_SHOWN])
    return f"`{printable}…`" if len(text) > _SHOWN else f"`{printable}`"
