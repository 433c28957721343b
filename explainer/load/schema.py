"""The tables of all files, and the JSON Schema generated from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from explainer.load.claims import CLAIM, EDGE
from explainer.load.pages import CORRECTION, EXPLAINER, IMAGE, PAGE
from explainer.load.publish_targets import TARGETS
from explainer.load.scalar_types import ID
from explainer.load.site import (
    ACCENT,
    LINK,
    MEDIA,
    PERSON,
    PICTURE,
    PICTURES,
    POLICY_TABLE,
    PUBLISHER,
    SITE,
    TIPS,
    TYPEFACES,
)
from explainer.load.sources import CAVEATS, SOURCE, WITHDRAWN

if TYPE_CHECKING:
    from explainer.load.tables import FieldTable

TABLES = {
    table.name: table
    for table in (
        SITE, ACCENT, TYPEFACES, PUBLISHER, POLICY_TABLE, PICTURE, PICTURES, MEDIA, TIPS, LINK, *TARGETS.values(), PERSON, SOURCE, CAVEATS, WITHDRAWN,
        EXPLAINER, PAGE, IMAGE, CORRECTION, CLAIM, EDGE,
    )
}  # fmt: skip
"""Every table by name, in the order of the reference."""

_WHOLE = {"site": "site", "explainer": "explainer", "page": "page"}
_KEYED = {"people": "person", "sources": "source"}
SCHEMAS = (*_WHOLE, *_KEYED)
"""The names that `json_schema` knows."""


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of `site`, `people`, `sources`, or the front matter of `explainer` or `page`.

    Raises KeyError for another name.
    """
    reference = {"$ref": f"#/$defs/{_WHOLE.get(name) or _KEYED[name]}"}
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, "$defs": _definitions()}
    if name in _WHOLE:
        return top | reference
    names = {"anyOf": [{"pattern": f"^{ID.pattern}$"}, {"const": "private"}]}
    return top | {
        "type": "object", "properties": {"private": True}, "propertyNames": names, "additionalProperties": reference,
    }  # fmt: skip


def _definitions() -> dict[str, Any]:
    return {name: _definition(table) for name, table in TABLES.items()}


def _definition(table: FieldTable) -> dict[str, Any]:
    """A table as JSON Schema; an optional key may be empty, and `private` stands anywhere."""
    properties: dict[str, Any] = {"private": True}
    for field in table.fields:
        kind = field.type.schema()
        schema = kind if field.required else {"anyOf": [kind, {"type": "null"}]}
        properties[field.name] = {"description": field.meaning} | schema
        if field.alias:
            properties[field.alias] = {"description": f"The same as `{field.name}`."} | schema
    return {
        "type": "object",
        "description": table.meaning,
        "properties": properties,
        "required": [field.name for field in table.required],
        "additionalProperties": False,
    } | table.rules
