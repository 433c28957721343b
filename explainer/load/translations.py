"""The field `translations` of a page: which pages are its versions in other languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explainer.load.scalar_types import LANGUAGE, SLUG
from explainer.load.yaml_nodes import Mapping, is_empty, shown
from explainer.model.declared import Translation

if TYPE_CHECKING:
    from explainer.load.tables import YamlReader
    from explainer.load.yaml_nodes import Node


class Translations:
    """A mapping of languages to slugs."""

    words = "a mapping of languages to slugs"

    def read(self, node: Node, reader: YamlReader) -> tuple[Translation, ...]:
        """Read the valid entries, in order."""
        if type(node) is not Mapping:
            reader.wrong_type(node, self.words)
            return ()
        for key, _ in node.repeats:
            reader.report("E112", key, f"the language {shown(key.text)} is given a second time")
        found = []
        for entry in node.entries.values():
            reader.key = "a language in `translations`"
            language = LANGUAGE.read(entry.key, reader)
            reader.key = "a slug in `translations`"
            if is_empty(entry.value):
                reader.report("E122", entry.key, f"the language {shown(entry.key.text)} has no slug")
                continue
            slug = SLUG.read(entry.value, reader)
            if language is not None and slug is not None:
                found.append(Translation(language, slug, reader.span(entry.value)))
        return tuple(found)

    def schema(self) -> dict[str, Any]:
        """Return the type as JSON Schema."""
        return {
            "type": "object",
            "properties": {"private": True},
            "propertyNames": {"anyOf": [LANGUAGE.schema(), {"const": "private"}]},
            "additionalProperties": SLUG.schema(),
        }
