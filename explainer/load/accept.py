"""The field `accept` of a record: warnings that are meant, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainer.diagnostics import RULES, Severity, Span, did_you_mean
from explainer.diagnostics.acceptance import UNUSED_ACCEPT, Acceptance, Scope, whole_file
from explainer.load.scalar_types import WORDS
from explainer.load.tables import Field
from explainer.load.yaml_nodes import Mapping, is_empty

if TYPE_CHECKING:
    from explainer.load.tables import YamlReader
    from explainer.load.yaml_nodes import Entry, Node

_WARNINGS = tuple(code for code, rule in RULES.items() if rule.severity is Severity.WARNING and code != UNUSED_ACCEPT)


@dataclass(frozen=True, slots=True)
class Accept:
    """A mapping from codes of warnings to reasons. It goes to the reader, as diagnostics do, and not into the record."""

    scope: Scope
    words: str = "a mapping from codes of warnings to reasons, such as `{W252: both are about the hearing}`"

    def read(self, node: Node, reader: YamlReader) -> None:
        """Note the acceptances with the reader."""
        if type(node) is not Mapping:
            reader.wrong_type(node, self.words)
            return
        for entry in node.repeats:
            reader.report("E112", entry.key, f"the {reader.key_name(entry, 'same key')} is given a second time")
        for entry in node.entries.values():
            acceptance = self._acceptance(entry, reader)
            if acceptance:
                reader.acceptances.append(acceptance)

    def _acceptance(self, entry: Entry, reader: YamlReader) -> Acceptance | None:
        code = entry.key.text
        if code not in _WARNINGS:
            _not_a_warning(entry, reader)
            return None
        if is_empty(entry.value):
            reader.report("E121", entry.key, f"`{code}` is accepted without a reason", "say why it is meant")
            return None
        reader.key = f"the reason for `{code}`"
        why = WORDS.read(entry.value, reader)
        if why is None:
            return None
        shown = "" if reader.is_confidential(entry.key) else why
        return Acceptance(code, reader.span(entry.key), shown, self.scope, self._regions(reader))

    def _regions(self, reader: YamlReader) -> tuple[Span, ...]:
        path = reader.path
        if self.scope == "record":
            return (reader.positions.span(*reader.record),)
        if self.scope == "site":
            # What stands in no record: layouts, and files that come out as they are.
            return (whole_file(path), whole_file("layouts/"), whole_file("content/"))
        folder, _, name = path.rpartition("/")
        beside = (whole_file(f"{folder}/"),) if name == "index.md" else ()
        return (whole_file(path), *beside)

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        properties = {code: {"description": RULES[code].meaning, "type": "string"} for code in _WARNINGS}
        return {"type": "object", "properties": {"private": True, **properties}, "additionalProperties": False}


def _not_a_warning(entry: Entry, reader: YamlReader) -> None:
    rule = next((rule for rule in RULES.values() if entry.key.text in (rule.code, rule.name)), None)
    if rule and rule.severity is Severity.ERROR:
        reader.report("E123", entry.key, f"`{rule.code}` is an error, and only warnings can be accepted")
        return
    if rule and rule.code == UNUSED_ACCEPT:
        reader.report(
            "E123", entry.key, f"`{UNUSED_ACCEPT}` can't be accepted", "take out the `accept` that it is told at"
        )
        return
    near = reader.guesses(entry.key, did_you_mean(entry.key.text.upper(), _WARNINGS))
    hints = (f"write `{rule.code}`",) if rule else near or ("a warning's code stands in front of it, such as `W252`",)
    said = reader.key_name(entry, "key")
    reader.report("E123", entry.key, f"the {said} is no code of a warning", *hints)


def accept_field(scope: Scope) -> Field:
    """The field `accept` of a table."""
    return Field("accept", Accept(scope), "Warnings that are meant here, by code, each with the reason.")
