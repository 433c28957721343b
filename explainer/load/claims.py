"""The fields of a claim in the front matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainer.load.accept import accept_field
from explainer.load.container_types import REF, At, Ids, Keyed, ListOf, Nested, reference
from explainer.load.scalar_types import ID_TYPE, LABEL, TEXT, DateType, Enum
from explainer.load.sources import as_mapping
from explainer.load.tables import Field, FieldTable, read_fields
from explainer.load.yaml_nodes import Mapping, Scalar, Sequence, is_empty
from explainer.model.declared import ClaimDecl, EdgeDecl, Located, ResponseDecl
from explainer.model.terms import RESPONSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.load.tables import Values, YamlReader
    from explainer.load.yaml_nodes import Entry, Node


def _edge(values: Values, _node: Node, _reader: YamlReader) -> EdgeDecl:
    source: Located = values["source"]
    return EdgeDecl(source.text, source.span, values.get("quote"), values.get("at"))


EDGE = FieldTable(
    "edge",
    "a claim's source",
    "A source of a claim, with the passage meant.",
    Field("source", At(ID_TYPE), "The source's id.", required=True),
    Field("quote", LABEL, "Its words, in its own language."),
    Field("at", LABEL, "Where in the source: a page, a paragraph, a time."),
)


@dataclass(frozen=True, slots=True)
class Edges:
    """Sources of a claim: ids in one text or a list, or mappings with `source`, `quote` and `at`."""

    ids: Ids
    whole: Nested
    words: str = "ids of sources, or mappings with `source`, `quote` and `at`"

    def read(self, node: Node, reader: YamlReader) -> tuple[EdgeDecl, ...]:
        """The valid edges, in order."""
        items = node.items if type(node) is Sequence else [node]
        return tuple(edge for item in items for edge in self.item(item, reader))

    def item(self, item: Node, reader: YamlReader) -> Iterator[EdgeDecl]:
        """The edges of one item."""
        if type(item) is Scalar:
            for located in self.ids.split(item, reader):
                yield EdgeDecl(located.text, located.span)
        elif type(item) is Mapping:
            edge = self.whole.read(item, reader)
            if edge is not None:
                yield edge
        else:
            reader.wrong_type(item, self.words)

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        item = {"anyOf": [{"type": ["string", "integer"]}, self.whole.schema()]}
        return {"anyOf": [item, {"type": "array", "items": item}]}


EDGES = Edges(Ids("ids of sources"), Nested(EDGE, _edge))
RESPONSE = Enum("a response", RESPONSES)


def _response(entry: Entry, reader: YamlReader) -> ResponseDecl | None:
    if is_empty(entry.value):
        reader.report("E121", entry.key, "a response is empty", "it is one of " + ", ".join(RESPONSES))
        return None
    response: Any = RESPONSE.read(entry.value, reader)
    return response and ResponseDecl(entry.key.text, response, reader.span(entry.key))


CLAIM = FieldTable(
    "claim",
    "a claim",
    "What is declared of a claim, which is marked in the text.",
    Field("sources", EDGES, "The sources that support it."),
    Field("disputes", EDGES, "The sources that dispute it."),
    Field("context", EDGES, "The sources that say something about it and neither support nor dispute it."),
    Field(
        "responses",
        Keyed("a mapping from ids to responses", "E112", _response, RESPONSE.schema()),
        "Who was asked, and what they answered.",
    ),
    Field("as", TEXT, "The claim as a sentence that stands alone. By default its text."),
    Field("speaker", At(ID_TYPE), "Who said it, when the claim is that someone said something."),
    Field("said", DateType(), "When it was said."),
    Field("reported", DateType(), "When the claim first came out, by anyone."),
    Field("status", At(LABEL), "The editor's word on it."),
    Field("new", ListOf(At(LABEL), "a list of words"), "Words of its quotations that a timeline marks as new."),
    Field("contradicts", Ids("ids of claims", REF), "Claims that it contradicts: `claim`, or `page#claim`."),
    Field("supersedes", Ids("ids of claims", REF), "Claims that it takes the place of."),
    accept_field("record"),
)


def read_claim(entry: Entry, reader: YamlReader) -> ClaimDecl | None:
    """What the front matter declares of one claim."""
    mapping = as_mapping(entry, reader)
    if mapping is None:
        return None
    before = len(reader.acceptances)
    values = read_fields(CLAIM, mapping, reader)
    reader.acceptances[before:] = [one._replace(claim=entry.key.text) for one in reader.acceptances[before:]]
    fields = tuple((name, reader.span(mapping.entries[name].key)) for name in values)
    if "as" in values:
        values["as_text"] = values.pop("as")
    return ClaimDecl(entry.key.text, reader.span(entry.key), fields, **values)


CLAIMS = Keyed("a mapping of claims by id", "E402", read_claim, reference(CLAIM))
