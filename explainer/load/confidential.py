"""Which records of a YAML file are confidential: those of sources that aren't provably named.

What stands in such a record is neither quoted nor named by any message. In case of doubt (a
mistyped attribution, a record that can't be read) a record is confidential.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from explainer.load.yaml_nodes import Entry, Mapping, Scalar, Sequence, secrecy
from explainer.model.terms import SOURCE_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.load.yaml_nodes import Node

Holder = Literal["registry", "page", "other"]
"""What a file holds: sources at its top level, sources under `sources`, or none where they belong."""

NAMED = "on-record"
_NEAR = 0.75
_SHORTEST, _LONGEST = 6, 24  # letters of a key that may be a misspelt `attribution`
# What a file, or a part of one, has to hold somewhere if it is about a source that isn't named.
_HINTS = re.compile(r"at+r?ib|interv|background|deep[-_ ]|off[-_ ]?(?:the[-_ ])?record|unnamed|anonym", re.IGNORECASE)
# A value that is the name of terms, whatever its key is.
_TERMS = re.compile(
    r"(?:(?:on )?(?:deep[- _]?)?background|(?:off|not)[- _](?:the[- _]record|for[- _]attribution|record)|unnamed|anonymous|confidential)",
    re.IGNORECASE,
)
_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_OTHER_TYPES = "|".join(kind for kind in SOURCE_TYPES if kind != "interview")
_TYPE = re.compile(rf"^[ \t]*[\"']?type[\"']?:[ \t]*[\"']?(?:{_OTHER_TYPES})[\"']?[ \t]*$", re.MULTILINE)
_ON_RECORD = re.compile(rf"^[ \t]*attribution:[ \t]*{NAMED}[ \t]*$", re.MULTILINE)
_UNINDENTED = re.compile(r"^(?=[^\s#])", re.MULTILINE)
_PAGE_KEY = re.compile(r"[a-z_]+:(?:\s|$)")
_SOURCES = re.compile(r"\s*[\"']?sources?\b", re.IGNORECASE)


def may_hold_confidential(text: str) -> bool:
    """Whether a text that can't be read may hold the record of a source that isn't named."""
    return _HINTS.search(text) is not None


def confidential_parts(root: Node, text: str, holder: Holder) -> list[tuple[int, int]]:
    """The offsets at which confidential records begin and end, their ids included."""
    if holder == "other" and not may_hold_confidential(text):
        return []
    parts = [_extent(entry) for entry in _records(root, holder) if not is_named(entry.value)]
    if type(root) is not Mapping:
        return [(root.start, root.end)] if holder == "registry" or may_hold_confidential(text) else []
    if not may_hold_confidential(text):
        return parts
    if _claims_attribution(root):
        return [(0, len(text))]  # the fields of a record have slipped to the left, among those of the file
    parts += [_extent(entry) for entry in _entries(root) if _tells_of_unnamed(entry.value)]
    if parts:
        # Which of two equal keys belongs to the record can't be known.
        parts += [_extent(entry) for entry in root.repeats]
    return parts


def confidential_lines(text: str, holder: Holder) -> Iterator[int]:
    """The lines, from 0, that may hold a part of a confidential record, in a text that is no YAML.

    Records are told apart by indentation alone. A part is kept from view unless it is plainly
    something else.
    """
    begins = sorted({0, *(found.start() for found in _UNINDENTED.finditer(text))})
    line = 0
    for begin, end in zip(begins, [*begins[1:], len(text)], strict=True):
        part = text[begin:end]
        count = part.count("\n")
        if not _is_plain(part, holder):
            yield from range(line, line + count + 1)
        line += count


def is_plain_key(entry: Entry) -> bool:
    """Whether a key of a confidential record looks like a key, and not like a part of some value."""
    value = entry.value
    empty = type(value) is Scalar and not value.text and value.plain and value.start >= entry.key.end
    plain = _KEY.fullmatch(entry.key.text) is not None and not empty
    return plain or secrecy(entry.key.text) != ""


def is_named(value: Node) -> bool:
    """Whether a source's record proves that the source is named: on the record, or of a type that tells no voice."""
    if type(value) is not Mapping or not value.is_whole or any(_is_attribution(entry.key) for entry in value.repeats):
        return False
    given = [entry for entry in value.entries.values() if _is_attribution(entry.key)]
    if given:
        return len(given) == 1 and given[0].key.text == "attribution" and _text(given[0].value) == NAMED
    kind = value.entries.get("type")
    return (
        kind is not None
        and _text(kind.value) in SOURCE_TYPES
        and _text(kind.value) != "interview"
        and not any(may_hold_confidential(entry.key.text) or _is_terms(entry.value) for entry in value.entries.values())
    )


def _is_plain(part: str, holder: Holder) -> bool:
    """Whether a part of a text that can't be read is plainly no part of a confidential record."""
    if not part.strip():
        return True
    if holder == "registry":
        rest = _ON_RECORD.sub("", part)
        return _TYPE.search(part) is not None and not may_hold_confidential(rest)
    if may_hold_confidential(part):
        return False
    return holder == "other" or (_PAGE_KEY.match(part) is not None and not _SOURCES.match(part))


def _records(root: Node, holder: Holder) -> Iterator[Entry]:
    """The entries that ought to be records of sources."""
    if type(root) is not Mapping:
        return
    if holder == "registry":
        yield from _own_entries(root)
    elif holder == "page":
        for entry in _own_entries(root):
            if entry.key.text.casefold() in ("source", "sources"):
                if type(entry.value) is Mapping:
                    yield from _own_entries(entry.value)
                elif type(entry.value) is not Scalar or entry.value.text:
                    yield entry


def _own_entries(mapping: Mapping) -> Iterator[Entry]:
    yield from mapping.entries.values()
    yield from mapping.repeats


def _entries(root: Node) -> Iterator[Entry]:
    """Every entry of a tree."""
    nodes: list[Node] = [root]
    while nodes:
        node = nodes.pop()
        if type(node) is Mapping:
            for entry in _own_entries(node):
                yield entry
                nodes.append(entry.value)
        elif type(node) is Sequence:
            nodes += node.items


def _extent(entry: Entry) -> tuple[int, int]:
    return entry.key.start, max(entry.key.end, entry.value.end)


def _tells_of_unnamed(value: Node) -> bool:
    """Whether a value, wherever it stands, is the record of a source that isn't named."""
    if type(value) is Sequence:
        return any(type(item) is Mapping and _tells_of_unnamed(item) for item in value.items)
    return type(value) is Mapping and _claims_attribution(value) and not is_named(value)


def _claims_attribution(mapping: Mapping) -> bool:
    """Whether a mapping has a key or a value that only sources have, or is an interview; in case of doubt it is."""
    if not mapping.is_whole:
        return True
    kind = mapping.entries.get("type")
    if kind and may_hold_confidential(_text(kind.value)):
        return True
    return any(
        _is_attribution(entry.key) or may_hold_confidential(entry.key.text) or _is_terms(entry.value)
        for entry in _own_entries(mapping)
    )


def _is_terms(value: Node) -> bool:
    return type(value) is Scalar and len(value.text) <= _LONGEST and _TERMS.fullmatch(value.text.strip()) is not None


def _is_attribution(key: Scalar) -> bool:
    """Whether a key is `attribution`, or likely a misspelling of it."""
    return _is_like_attribution(key.text.casefold())


@lru_cache(maxsize=1024)  # the same few keys are in every record
def _is_like_attribution(word: str) -> bool:
    if word == "attribution":
        return True
    if not _SHORTEST <= len(word) <= _LONGEST:
        return False
    from difflib import SequenceMatcher  # noqa: PLC0415 - most keys are of another length

    return SequenceMatcher(None, word, "attribution").ratio() >= _NEAR


def _text(value: Node) -> str:
    return value.text.strip() if type(value) is Scalar else ""
