"""Field types that hold others: lists, ids, nested tables, mappings from ids to records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainer.load.scalar_types import ID, ID_TYPE, SPLIT
from explainer.load.tables import FieldTable, FieldType, Values, YamlReader, read_fields
from explainer.load.yaml_nodes import Entry, Mapping, Scalar, Sequence, core_type, is_empty, shown
from explainer.model.declared import Located
from explainer.system.site_files import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from explainer.load.yaml_nodes import Node

REF = re.compile(rf"(?:{ID.pattern}#)?{ID.pattern}")


@dataclass(frozen=True, slots=True)
class At:
    """A value with its position."""

    type: FieldType

    @property
    def words(self) -> str:
        """The type in words."""
        return self.type.words

    def read(self, node: Node, reader: YamlReader) -> Located | None:
        """The value, located."""
        text = self.type.read(node, reader)
        return None if text is None else Located(text, reader.span(node))

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return self.type.schema()


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; one value alone is a list of one. `short`: of names and tags, whose text seldom has a comma."""

    type: FieldType
    words: str
    short: bool = False

    def read(self, node: Node, reader: YamlReader) -> tuple[Any, ...]:
        """The valid items, without duplicates."""
        if type(node) is Mapping and not isinstance(self.type, Nested):
            reader.wrong_type(node, self.words)
            return ()
        items = node.items if type(node) is Sequence else [node]
        if self.short and type(node) is Scalar and node.plain and ", " in node.text:
            hint = "a list stands in brackets: `[one, two]`; put one text that has a comma in quotes"
            reader.report("W153", node, f"{reader.key} is one text with a comma, and not a list", hint)
        found: dict[Any, Any] = {}
        for item in items:
            if is_empty(item):
                begins = isinstance(item, Scalar) and reader.positions.text[item.end :].lstrip(" ").startswith("#")
                hints = ("a ` #` begins a comment: put a text that begins so in quotes",) if begins else ()
                reader.report("E122", item, "an item of the list is empty", *hints)
                continue
            value = self.type.read(item, reader)
            if value is not None:
                found.setdefault(value.text if isinstance(value, Located) else value, value)
        return tuple(found.values())

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        item = self.type.schema()
        return {"anyOf": [item, {"type": "array", "items": item}]}


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids, in a list or in one text with spaces or commas between; or claims, as `claim` or `page#claim`."""

    words: str
    form: re.Pattern[str] = ID

    def read(self, node: Node, reader: YamlReader) -> tuple[Located, ...]:
        """The valid ids, without duplicates, each with its position."""
        found: dict[str, Located] = {}
        for located in self.each(node, reader):
            found.setdefault(located.text, located)
        return tuple(found.values())

    def each(self, node: Node, reader: YamlReader) -> Iterator[Located]:
        """The valid ids in order."""
        if type(node) is Mapping:
            reader.wrong_type(node, self.words)
        elif type(node) is Sequence:
            for item in node.items:
                if type(item) is Scalar:
                    yield from self.split(item, reader)
                else:
                    reader.wrong_type(item, "an id")
        elif type(node) is Scalar:
            yield from self.split(node, reader)

    def split(self, node: Scalar, reader: YamlReader) -> Iterator[Located]:
        """The ids of one text."""
        if core_type(node) in ("null", "bool"):
            reader.wrong_type(node, "an id")
            return
        parts = list(SPLIT.finditer(node.text))
        # A name among the ids of a confidential record: none of its words is taken for an id, and told as one.
        is_name = not all(self.form.fullmatch(part[0]) for part in parts) and reader.is_confidential(node)
        for part in parts:
            span = reader.part(node, part.start(), part.end())
            if self.form.fullmatch(part[0]):
                if is_name:
                    continue
                yield Located(part[0], span)
            else:
                reader.report("E125", span, f"{reader.value(part[0], span)} can't be an id", ID_TYPE.hint)

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        item = {"type": ["string", "integer"], "pattern": f"^(?:{self.form.pattern})$"}
        return {"anyOf": [{"type": ["string", "integer"]}, {"type": "array", "items": item}]}


def made(make: Callable[..., Any]) -> Callable[[Values, Node, YamlReader], Any]:
    """A `build` for `Nested` that only needs the values."""
    return lambda values, _node, _reader: make(**values)


def reference(table: FieldTable) -> dict[str, Any]:
    """A record as JSON Schema, by reference."""
    return {"$ref": f"#/$defs/{table.name}"}


@dataclass(frozen=True, slots=True)
class Nested:
    """A record inside another. With `short`, a text alone stands for a record with that field."""

    table: FieldTable
    build: Callable[[Values, Node, YamlReader], Any]
    short: str | None = None

    @property
    def words(self) -> str:
        """The type in words."""
        keys = ", ".join(f"`{field.name}`" for field in self.table.fields)
        return f"{'text or ' if self.short else ''}a mapping with {keys}"

    def read(self, node: Node, reader: YamlReader) -> Any:
        """The record, or None if a required field is missing or faulty."""
        if type(node) is Mapping:
            values = read_fields(self.table, node, reader)
        elif self.short and type(node) is Scalar:
            value = self.table.by_key[self.short].type.read(node, reader)
            values = {} if value is None else {self.short: value}
        else:
            reader.wrong_type(node, self.words)
            return None
        if any(field.name not in values for field in self.table.required):
            return None
        return self.build(values, node, reader)

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        whole = reference(self.table)
        if not self.short:
            return whole
        return {"anyOf": [self.table.by_key[self.short].type.schema(), whole]}


@dataclass(frozen=True, slots=True)
class OrFalse:
    """A record inside another, or `false`, which stands for `off`."""

    whole: Nested
    off: Any

    @property
    def words(self) -> str:
        """The type in words."""
        return f"`false` or {self.whole.words}"

    def read(self, node: Node, reader: YamlReader) -> Any:
        """The record, or None if it is faulty."""
        if type(node) is Mapping:
            return self.whole.read(node, reader)
        if type(node) is Scalar and core_type(node) == "bool" and node.text[0] in "fF":
            return self.off
        reader.wrong_type(node, self.words)
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"anyOf": [{"const": False}, self.whole.schema()]}


@dataclass(frozen=True, slots=True)
class ListOrFields:
    """A list, or one mapping: `build` makes of the list what the mapping makes of itself."""

    items: ListOf
    whole: Nested
    build: Callable[[tuple[Any, ...]], Any]

    @property
    def words(self) -> str:
        """The type in words."""
        return f"{self.items.words}, or {self.whole.words}"

    def read(self, node: Node, reader: YamlReader) -> Any:
        """What the list or the mapping makes."""
        if type(node) is Mapping:
            return self.whole.read(node, reader)
        return self.build(self.items.read(node, reader))

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"anyOf": [*self.items.schema()["anyOf"], self.whole.schema()]}


@dataclass(frozen=True, slots=True)
class Keyed:
    """A mapping from ids to values.

    `repeated` is the code for a duplicate id; `item` the JSON Schema of a value.
    """

    words: str
    repeated: str
    build: Callable[[Entry, YamlReader], Any]
    item: dict[str, Any]

    def read(self, node: Node, reader: YamlReader) -> tuple[Any, ...]:
        """The results of `build` for each entry with a valid id."""
        if type(node) is not Mapping:
            reader.wrong_type(node, self.words)
            return ()
        for key, _ in node.repeats:
            first = node.entries[key.text].key
            where = f"it is on line {reader.span(first).line} too"
            id_ = shown(key.text) if ID.fullmatch(key.text) else reader.value(key.text, key)
            reader.report(self.repeated, key, f"the id {id_} is given a second time", where)
        made = [self.build(entry, reader) for entry in node.entries.values() if sound_id(entry.key, reader)]
        return tuple(value for value in made if value is not None)

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        names = {"anyOf": [{"pattern": f"^{ID.pattern}$"}, {"const": "private"}]}
        properties = {"private": True}
        return {
            "type": "object", "properties": properties, "propertyNames": names,
            "additionalProperties": self.item,
        }  # fmt: skip


def sound_id(key: Scalar, reader: YamlReader) -> bool:
    """Whether a key is an id; E125 if not."""
    reader.key = "the id of a record"
    return (ID.fullmatch(key.text) is not None and len(key.text) <= LONGEST_NAME) or ID_TYPE.read(
        key._replace(plain=False), reader
    ) is not None
