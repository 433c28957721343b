"""Changes a field of a record in a YAML text; everything else, comments and order too, stays as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.load.yaml_nodes import Mapping, Positions
from explainer.load.yaml_tree import compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explainer.load.yaml_nodes import Node


def set_field(text: str, record: Sequence[str], key: str, value: str) -> str:
    """The text with this field of a record set to a value in YAML, which stands on one line.

    `record` are the keys that lead to it.

    Raises:
        KeyError: if there is no such record.
    """
    mapping = _record(text, record)
    known = mapping.entries.get(key)
    if known:
        start, end = known.key.start, _end(text, known.value, known.key.end)
        return f"{text[:start]}{key}: {value}{text[end:]}"
    if text[mapping.start] == "{":
        at = mapping.start + 1
        return f"{text[:at]}{key}: {value}{', ' if mapping.entries else ''}{text[at:]}"
    at = next(iter(mapping.entries.values())).key.start
    indent = at - (text.rfind("\n", 0, at) + 1)
    return f"{text[:at]}{key}: {value}\n{' ' * indent}{text[at:]}"


def _record(text: str, record: Sequence[str]) -> Mapping:
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
