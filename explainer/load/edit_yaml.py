"""Changes fields of a record in a YAML text; everything else, comments and order too, stays as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.load.yaml_nodes import Mapping, Positions, Sequence, is_empty
from explainer.load.yaml_tree import compose

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Keys

    from explainer.load.yaml_nodes import Node


def set_field(text: str, record: Keys[str], key: str, value: str, after: Iterable[str] = ()) -> str:
    """The text with this field of a record set to a value in YAML, which stands on one line.

    `record` are the keys that lead to it. A new field comes behind the first of the fields `after` that is there, else
    in front.

    Raises:
        KeyError: if there is no such record.
    """
    mapping = _record(text, record)
    known = mapping.entries.get(key)
    if known:
        start, end = known.key.start, _end(text, known.value, known.key.end)
        return f"{text[:start]}{key}: {value}{text[end:]}"
    before = next((mapping.entries[one] for one in after if one in mapping.entries), None)
    if before:
        end = _end(text, before.value, before.key.end)
        if text[mapping.start] == "{":
            return f"{text[:end]}, {key}: {value}{text[end:]}"
        return _with_line(text, end, f"{' ' * _column(text, before.key.start)}{key}: {value}")
    if text[mapping.start] == "{":
        at = mapping.start + 1
        return f"{text[:at]}{key}: {value}{', ' if mapping.entries else ''}{text[at:]}"
    at = next(iter(mapping.entries.values())).key.start
    return f"{text[:at]}{key}: {value}\n{' ' * _column(text, at)}{text[at:]}"


def add_item(text: str, key: str, item: Iterable[tuple[str, str]]) -> str:
    """The text with a mapping, of keys and values in YAML, added to the list that a key at the top has.

    Raises:
        ValueError: if the key has something else than a list.
    """
    fields = [f"{name}: {value}" for name, value in item]
    known = _record(text, ()).entries.get(key)
    value = known.value if known else None
    if known is None or value is None or is_empty(value):  # there is no list yet
        lines = "".join(
            f"{mark}{field}\n" for mark, field in zip(["  - ", *["    "] * len(fields)], fields, strict=False)
        )
        if known:
            return _with_line(text, _end(text, known.value, known.key.end), lines.rstrip("\n"))
        return f"{text.rstrip()}\n{key}:\n{lines}"
    if type(value) is not Sequence:
        raise ValueError(key)
    end = _end(text, value, known.key.end)
    if text[value.start] == "[":
        return f"{text[: end - 1]}{', ' if value.items else ''}{{{', '.join(fields)}}}{text[end - 1 :]}"
    dash = " " * _column(text, value.start)
    lines = f"\n{dash}  ".join(fields)
    return _with_line(text, end, f"{dash}- {lines}")


def line_of_last(text: str, key: str) -> int:
    """The number, from 1, of the line on which the last item begins of the list that a key at the top has."""
    value = _record(text, ()).entries[key].value
    at = value.items[-1].start if type(value) is Sequence else value.start
    return text.count("\n", 0, at) + 1


def _with_line(text: str, at: int, line: str) -> str:
    """The text with a line behind the one in which `at` is."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return f"{text[:end]}\n{line}{text[end:]}"


def _column(text: str, at: int) -> int:
    """The offset in its line, from 0."""
    return at - (text.rfind("\n", 0, at) + 1)


def _record(text: str, record: Keys[str]) -> Mapping:
    node: Node | None = compose(Positions("", text)).root
    for key in record:
        if type(node) is not Mapping or key not in node.entries:
            raise KeyError(key)
        node = node.entries[key].value
    if type(node) is not Mapping or not (node.entries or text[node.start] == "{"):
        raise KeyError(record[-1])
    return node


def _end(text: str, value: Node, otherwise: int) -> int:
    """Where a value ends, without the space after it; after the key's colon where it is empty."""
    if value.end <= otherwise:
        return text.index(":", otherwise) + 1
    return value.start + len(text[value.start : value.end].rstrip())
