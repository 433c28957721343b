"""Read YAML mappings by declared tables of fields.

A `FieldTable` is one table: reading, hints for unknown keys, JSON Schema and the reference docs all
come from it. A `FieldType` says how one value is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from explainer.diagnostics import Diagnostic, Span, did_you_mean
from explainer.load.confidential import confidential_lines, confidential_parts, is_plain_key
from explainer.load.yaml_nodes import Mapping, Scalar, core_type, is_empty, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from explainer.diagnostics.acceptance import Acceptance
    from explainer.load.confidential import Holder
    from explainer.load.yaml_nodes import Entry, Node, Positions, Tree

_COMMENT = re.compile(r"[ \t]+(#[^\n]*)")

Values = dict[str, Any]
"""What was read of a mapping: a value for each field that is given and sound."""


class FieldType(Protocol):
    """How one value is read. `words` name it in messages: "must be {words}"."""

    @property
    def words(self) -> str:
        """The type in words, with its article: `a date, such as …`."""

    def read(self, node: Node, reader: YamlReader) -> Any:
        """The value, or None after an error was reported."""

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a table."""

    name: str
    type: FieldType
    meaning: str
    required: bool = False
    alias: str | None = None


class FieldTable:
    """A table of fields. `words` name the mapping in messages; `rules` are JSON Schema beyond the fields.

    `unknown` may report a key that the table lacks, and returns whether it did. `elsewhere` maps what other
    programs call a field to its name here.
    """

    __slots__ = ("by_key", "elsewhere", "fields", "meaning", "name", "required", "rules", "unknown", "words")

    def __init__(
        self,
        name: str,
        words: str,
        meaning: str,
        *fields: Field,
        rules: dict[str, Any] | None = None,
        unknown: Callable[[Entry, Mapping, YamlReader], bool] | None = None,
        elsewhere: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.words = words
        self.meaning = meaning
        self.fields = fields
        self.rules = rules or {}
        self.unknown = unknown
        self.elsewhere = elsewhere or {}
        self.required = tuple(field for field in fields if field.required)
        self.by_key = {field.name: field for field in fields} | {f.alias: f for f in fields if f.alias}


class YamlReader:
    """Reads one file's YAML: has the positions and the time zone, collects diagnostics and lines to hide.

    `holder` says where sources stand in the file: at the top level of a registry's, under `sources` in
    a page's front matter. `key` names in messages what is being read, `record` is where the record stands that is.
    What stands in a record that is confidential goes into no message: the reader alone decides what may.
    """

    __slots__ = (
        "_confidential",
        "_refused",
        "acceptances",
        "diagnostics",
        "hidden",
        "holder",
        "key",
        "positions",
        "record",
        "time_zone",
    )

    def __init__(self, positions: Positions, *, time_zone: str = "UTC", holder: Holder = "other") -> None:
        self.positions = positions
        self.time_zone = time_zone
        self.holder = holder
        self.key = "the front matter" if holder == "page" else "the file"
        self.hidden: set[int] = set()
        self._refused: frozenset[int] = frozenset()
        self._confidential: list[tuple[tuple[int, int], tuple[int, int]]] = []
        self.diagnostics: list[Diagnostic] = []
        self.acceptances: list[Acceptance] = []
        self.record = (0, 0)

    def tree(self) -> Node | None:
        """The root of the YAML, or None if it can't be read; collects its diagnostics."""
        tree = _compose()(self.positions)
        self.diagnostics += tree.diagnostics
        self.hidden |= tree.hidden
        self._refused = tree.refused
        text = self.positions.text
        if tree.root is None:
            first = self.positions.first_line
            self.hidden.update(first + line for line in confidential_lines(text, self.holder))
            return None
        for start, end in confidential_parts(tree.root, text, self.holder):
            self.hidden.update(self.positions.lines(start, end))
            self._confidential.append((self.positions.place(start), self.positions.place(end)))
        return tree.root

    @property
    def local(self) -> bool:
        """Whether what is read is a page's front matter."""
        return self.holder == "page"

    def is_confidential(self, place: Node | Span) -> bool:
        """Whether something stands in a record of which no message may show a value."""
        if not self._confidential:
            return False
        span = place if isinstance(place, Span) else self.span(place)
        at = (span.line, span.col)
        return any(start <= at <= end for start, end in self._confidential)

    def value(self, text: str, place: Node | Span) -> str:
        """A value as a message may name it: as it is, or by its key where it is confidential."""
        return f"the value of {self.key}" if self.is_confidential(place) else shown(text)

    def guesses(self, place: Node | Span, hints: tuple[str, ...]) -> tuple[str, ...]:
        """Hints that were made of a value; none where it is confidential."""
        return () if self.is_confidential(place) else hints

    def key_name(self, entry: Entry, otherwise: str) -> str:
        """A key as a message may name it, or other words where it may be a part of a confidential value."""
        if self.is_confidential(entry.key) and not is_plain_key(entry):
            return otherwise
        return f"key {shown(entry.key.text)}"

    def check_comment(self, node: Node) -> None:
        """Warn of a comment behind a text, as in `title: Motion #12`, or in its place, as in `title: #12`."""
        comment = _COMMENT.match(self.positions.text, node.end)
        if comment:
            what = "is empty" if is_empty(node) else "ends here"
            message = f"{self.key} {what}: what follows ` #` is a comment to YAML, and isn't published"
            hint = "if it belongs to the text, put the whole value in quotes; a comment can have a line of its own"
            self.report("W152", self.positions.span(comment.start(1), comment.end()), message, hint)

    @property
    def path(self) -> str:
        """The file's path, relative to the site."""
        return self.positions.path

    def span(self, node: Node) -> Span:
        """The span of a node."""
        return self.positions.span(node.start, node.end)

    def part(self, node: Scalar, start: int, end: int) -> Span:
        """The span of a part of a scalar's text; the whole scalar if its text isn't written literally."""
        quoted = 0 if node.plain else 1
        first = node.start + quoted
        if self.positions.text[first : first + len(node.text)] == node.text:
            return self.positions.span(first + start, first + end)
        return self.span(node)

    def at_mapping(self, mapping: Mapping) -> Span:
        """Where a missing key is reported: the mapping's beginning."""
        first = next(iter(mapping.entries.values()), None)
        if first and first.key.start == mapping.start:
            return self.span(first.key)
        return self.positions.span(mapping.start, mapping.start + 1)

    def report(self, code: str, place: Node | Span, message: str, *hints: str) -> None:
        """Add a diagnostic."""
        span = place if isinstance(place, Span) else self.span(place)
        self.diagnostics.append(Diagnostic(code, message, span, hints))

    def is_told(self, node: Node) -> bool:
        """Whether the YAML of this node was refused, so that all else about it only follows."""
        return node.start in self._refused

    def hide(self, entry: Entry) -> None:
        """Never show the lines of a key and its value."""
        self.hidden.update(self.positions.lines(entry.key.start, max(entry.key.end, entry.value.end)))

    def wrong_type(self, node: Node, words: str, *hints: str) -> None:
        """Report that a value is of the wrong type, unless it was told already that it can't be read."""
        if self.is_told(node):
            return
        self.report("E122", node, f"{self.key} must be {words}, not {type_name(node)}", *hints)


@cache
def _compose() -> Callable[[Positions], Tree]:
    """The YAML parser, imported when the first file is read: the import takes longer than a page."""
    from explainer.load.yaml_tree import compose  # noqa: PLC0415

    return compose


def type_name(node: Node) -> str:
    """A node's type in words."""
    if type(node) is not Scalar:
        return "a mapping" if type(node) is Mapping else "a list"
    words = {"null": "nothing", "bool": f"{node.text.lower()} without quotes", "int": "a number", "float": "a number"}
    return words.get(core_type(node), "text")


def read_fields(
    table: FieldTable, mapping: Mapping, reader: YamlReader, words: str = "", place: Span | None = None
) -> Values:
    """Read a mapping by a table; empty values count as absent.

    `words` name the mapping where the table's own words say too little; `place` is where a missing key
    is reported, the mapping's beginning if None. Reports E112, E120, E121 and what the field types report.
    """
    values: Values = {}
    known = table.by_key
    given = set()
    for key, entry in mapping.entries.items():
        field = known.get(key)
        if field is None:
            if not (table.unknown and table.unknown(entry, mapping, reader)):
                _unknown_key(table, entry, reader)
        elif is_empty(entry.value):
            _pass_over(field, entry, reader)
        elif field.name in given:
            reader.report("E112", entry.key, f"`{field.name}` is given as {shown(key)} too")
        else:
            given.add(field.name)
            reader.key = f"`{key}`"
            value = field.type.read(entry.value, reader)
            if value is not None:
                values[field.name] = value
    for entry in mapping.repeats:
        reader.report("E112", entry.key, f"the {reader.key_name(entry, 'same key')} is given a second time")
    for field in table.required:
        if field.name not in given:
            missing_key(field.name, mapping, reader, words or table.words, place)
    return values


def _pass_over(field: Field, entry: Entry, reader: YamlReader) -> None:
    """Leave out an empty value; what readers were to see may stand in a comment behind the key."""
    if getattr(field.type, "prose", False):
        reader.key = f"`{entry.key.text}`"
        reader.check_comment(entry.value)


def missing_key(name: str, mapping: Mapping, reader: YamlReader, words: str, place: Span | None = None) -> None:
    """Report E121: at the key if it is there and empty, else at `place` or the mapping's beginning."""
    entry = mapping.entries.get(name)
    if reader.is_told(entry.value) if entry else not mapping.entries and reader.is_told(mapping):
        return
    if entry:
        reader.report("E121", entry.key, f"`{name}` is empty; {words} needs it")
    else:
        reader.report("E121", place or reader.at_mapping(mapping), f"{words} has no `{name}`")


def _unknown_key(table: FieldTable, entry: Entry, reader: YamlReader) -> None:
    """Report E120, with the nearest key that the table has."""
    key = entry.key
    plain = key.text.casefold()
    meant = plain if plain in table.by_key else table.elsewhere.get(plain.replace("-", "_"))
    hints = (f"did you mean `{meant}`?",) if meant else did_you_mean(key.text[:60], [*table.by_key, "private"], 0.7)
    if any("`private`" in hint for hint in hints) or key.text.casefold().startswith("privat"):
        reader.hide(entry)
    reader.report(
        "E120", key, f"{table.words} has no {reader.key_name(entry, 'such key')}", *(hints or (_keys_of(table),))
    )


def _keys_of(table: FieldTable) -> str:
    return "its keys are " + ", ".join(f"`{field.name}`" for field in table.fields)
