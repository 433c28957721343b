"""The fields of a source, and the rules within one source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from explainer.load.accept import accept_field
from explainer.load.address_types import Url
from explainer.load.confidential import is_named
from explainer.load.container_types import At, Ids, Keyed, ListOf, ListOrFields, Nested, made, reference
from explainer.load.scalar_types import ID_TYPE, LABEL, LANGUAGE, SHORT, TEXT, DateType, Enum, Flag, Form, SavedPath
from explainer.load.tables import Field, FieldTable, missing_key, read_fields
from explainer.load.yaml_nodes import Mapping, Scalar, is_empty, secrecy, shown
from explainer.model.declared import Caveats, Located, Source, Withdrawal
from explainer.model.terms import ATTRIBUTIONS, KNOWLEDGE, SOURCE_TYPES, Attribution, Knowledge

if TYPE_CHECKING:
    from explainer.load.tables import Values, YamlReader
    from explainer.load.yaml_nodes import Entry, Node
    from explainer.model.terms import SourceType

OFF_RECORD = "off-record"
# As newsrooms say it in the languages of the theme.
_AS_QUOTED = re.compile(
    r"\bas (?:quoted|cited|reported) (?:by|in)\b|\b(?:citad|recogid)[oa]s? (?:por|en)\b|كما (?:نقل|أورد)", re.IGNORECASE
)
_GLUED = re.compile(r"\w+:\S")
_PROTECTED = ("background", "deep-background", OFF_RECORD)

ATTRIBUTION_BY_TYPE: dict[SourceType, Attribution | None] = {
    "public-record": "on-record",
    "observation": "on-record",
    "statement": "on-record",
    "private-record": None,
    "account": None,
    "report": None,
    "interview": None,
}
"""The attribution that a type has when none is declared; an interview must declare one."""

KNOWLEDGE_BY_TYPE: dict[SourceType, Knowledge] = {
    "public-record": "first-hand",
    "observation": "first-hand",
    "private-record": "first-hand",
    "account": "first-hand",
    "statement": "unknown",
    "interview": "unknown",
    "report": "unknown",
}
"""The knowledge that a type has when none is declared and `via` is empty."""


def _unmasks(entry: Entry, mapping: Mapping, reader: YamlReader) -> bool:
    """Judge a key that sources don't have: on an unnamed source one that says who it is is E206."""
    key = entry.key.text
    if not (secrecy(key) == "identity" or key.casefold() == "name"):
        return False
    attribution = mapping.entries.get("attribution")
    value = attribution.value if attribution else None
    if not (isinstance(value, Scalar) and value.text.strip() in _PROTECTED):
        return False
    reader.hide(entry)
    hint = "take it out of the file; `description` is how an unnamed source is told apart"
    reader.report("E206", entry.key, f"{shown(key)} would unmask an unnamed source", hint)
    return True


WITHDRAWN = FieldTable(
    "withdrawn",
    "`withdrawn`",
    "When and why a source was withdrawn.",
    Field("date", DateType(), "When it was withdrawn.", required=True),
    Field("reason", TEXT, "Why it was withdrawn."),
)

CAVEATS = FieldTable(
    "caveats",
    "`caveats`",
    "What to know before relying on a source, sorted.",
    Field("for", ListOf(TEXT, "text, or a list of texts"), "What speaks for relying on it."),
    Field("against", ListOf(TEXT, "text, or a list of texts"), "What speaks against relying on it."),
)


def _caveats(values: Values, _node: Node, _reader: YamlReader) -> Caveats:
    return Caveats(favour=values.get("for", ()), against=values.get("against", ()))


_DOI = Form(
    "a DOI",
    re.compile(r"10\.\d{4,9}/\S+"),
    "E123",
    "a DOI begins with `10.`, such as `10.1000/182`, without `https://doi.org/`",
    lambda text: re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text, flags=re.IGNORECASE),
)
# What BibTeX, CSL and others call these fields.
_ELSEWHERE = {
    "year": "date", "issued": "date", "published": "date", "pubdate": "date", "urldate": "accessed",
    "retrieved": "accessed", "access_date": "accessed", "journal": "container", "journaltitle": "container",
    "container_title": "container", "booktitle": "container", "magazine": "container", "programme": "container",
    "program": "container", "series": "container", "case": "number", "docket": "number", "report_number": "number",
    "link": "url", "href": "url", "uri": "url", "archive_url": "archive", "name": "title", "headline": "title",
    "author": "authors", "lang": "language", "institution": "publisher", "organization": "publisher",
    "note": "private", "notes": "private", "comment": "private", "file": "saved", "copy": "saved",
}  # fmt: skip
_LIST = ListOf(TEXT, "text, or a list of texts")
_CAVEATS = ListOrFields(_LIST, Nested(CAVEATS, _caveats), lambda items: Caveats(other=items))
_SAVED = "A saved copy (text, HTML or PDF) that quotes are checked against; never published."
SOURCE = FieldTable(
    "source",
    "a source",
    "Where something that a claim says comes from.",
    Field("type", Enum("a type of source", SOURCE_TYPES), "What kind of source it is.", required=True),
    Field("title", LABEL, "What it is called. Needed by all but interviews; never published of an unnamed source."),
    Field("publisher", LABEL, "Who issued it."),
    Field("authors", ListOf(TEXT, "text, or a list of texts"), "Who wrote it."),
    Field("date", DateType(), "When it was published or said."),
    Field("accessed", DateType(), "When it was last looked up."),
    Field("container", LABEL, "What it stands in: a journal, a programme, a series."),
    Field("number", LABEL, "The number of a document or a case."),
    Field("doi", _DOI, "Its DOI."),
    Field("url", Url(), "Where it can be read."),
    Field("archive", Url(), "Where an archived copy can be read."),
    Field("language", LANGUAGE, "The language that it is in."),
    Field(
        "attribution",
        Enum("an attribution", ATTRIBUTIONS, refused=(OFF_RECORD,)),
        "Under which terms it may be used. An interview must say; `off-record` is an error.",
    ),
    Field("knowledge", Enum("a kind of knowledge", KNOWLEDGE), "Whether it knows at first hand."),
    Field("via", Ids("ids of sources"), "The sources through which this one knows."),
    Field("reported_in", Ids("ids of reports"), "The reports that we have it from, where we didn't see or hear it."),
    Field("short", SHORT, "What it is called inside a sentence. By default the name of whose voice it is."),
    Field("party", At(ID_TYPE), "Whose voice it is: an id of people.yaml, or a key. By default its own."),
    Field("own", Flag(), "On a report: it is ours."),
    Field("description", TEXT, "How an unnamed source is described; never published on deep background."),
    Field("why_unnamed", TEXT, "Why an unnamed source is unnamed."),
    Field("caveats", _CAVEATS, "What to know before relying on it, or what speaks for and against that."),
    Field("saved", SavedPath(), _SAVED),
    Field("withdrawn", Nested(WITHDRAWN, made(Withdrawal)), WITHDRAWN.meaning),
    accept_field("record"),
    rules={
        "if": {"properties": {"type": {"const": "interview"}}, "required": ["type"]},
        "then": {"required": ["attribution"], "anyOf": [{"required": ["description"]}, {"required": ["title"]}]},
        "else": {"required": ["title"]},
    },
    unknown=_unmasks,
    elsewhere=_ELSEWHERE,
)


def read_source(entry: Entry, reader: YamlReader) -> Source | None:
    """Read a source of the registry or of a page, with defaults filled in.

    After an error the source is still returned, so that references to it are known.
    """
    mapping = as_mapping(entry, reader)
    if mapping is None:
        return None
    words = f"the source {shown(entry.key.text)}"
    values = read_fields(SOURCE, mapping, reader, words)
    _check(values, mapping, reader, words)
    return _source(entry, values, reader)


def as_mapping(entry: Entry, reader: YamlReader) -> Mapping | None:
    """The value of a record's entry as a mapping, nothing being an empty one; E122 for anything else."""
    value = entry.value
    reader.record = (entry.key.start, max(entry.key.end, value.end))
    if type(value) is Mapping:
        return value
    if is_empty(value) or reader.is_told(value):
        place = value if reader.is_told(value) else entry.key
        return Mapping({}, [], place.start, place.end)
    reader.key = shown(entry.key.text)
    glued = type(value) is Scalar and _GLUED.match(value.text)
    reader.wrong_type(value, "a mapping", *(("write `key: value`, with a space after the colon",) if glued else ()))
    return None


SOURCES = Keyed("a mapping of sources by id", "E202", read_source, reference(SOURCE))


def _check(values: Values, mapping: Mapping, reader: YamlReader, words: str) -> None:
    """Report contradictions within one source."""
    kind, attribution = values.get("type"), values.get("attribution")

    def at(key: str) -> Any:
        return mapping.entries[key].value

    if attribution == OFF_RECORD:
        reader.report(
            "E205", at("attribution"), f"{words} is off the record, and can't be published",
            "take it out, or agree on other terms with the source",
        )  # fmt: skip
    elif attribution and kind == "report":
        reader.report("E207", at("attribution"), f"a source of type `{kind}` has no attribution", "take it out")
    if values.get("knowledge") == "first-hand" and (values.get("via") or kind == "report"):
        why = "knows through others (`via`)" if values.get("via") else "is a report"
        reader.report("E204", at("knowledge"), f"{words} {why}, so it can't be first-hand", "take `knowledge` out")
    if kind == "report" and values.get("reported_in"):
        hint = "what a report knows from another one is its `via`"
        reader.report("E212", at("reported_in"), f"{words} is a report, and can't be `reported_in` one", hint)
    if attribution in ("background", "deep-background") and "why_unnamed" not in values and kind != "report":
        span = reader.span(mapping.entries["attribution"].key)
        reader.report("W251", span, f"{words} doesn't say why it is unnamed", "add `why_unnamed`")
    if _tells_of_a_report(values):
        hint = "name that report in `reported_in`, or take the words out of the title"
        message = f"the title of {words} says that somebody else quoted it, and `reported_in` doesn't say who"
        reader.report("W257", at("title"), message, hint)
    _check_required(values, mapping, reader, words)


def _tells_of_a_report(values: Values) -> bool:
    """Whether a named source's title says that it is known as quoted, and nothing else of its record does."""
    known_through = values.get("reported_in") or values.get("via") or values.get("type") == "report"
    unnamed = values.get("attribution") in ("background", "deep-background")
    return not known_through and not unnamed and bool(_AS_QUOTED.search(values.get("title") or ""))


def _check_required(values: Values, mapping: Mapping, reader: YamlReader, words: str) -> None:
    """Report the fields that a source of this type lacks."""
    kind = values.get("type")
    if kind == "interview":
        if not _given("attribution", mapping):
            missing_key("attribution", mapping, reader, words)
        if not (_given("description", mapping) or _given("title", mapping)):
            message = f"{words} has neither a `description` nor a `title`"
            reader.report("E121", reader.at_mapping(mapping), message, "say who told it, without naming them")
    elif kind and not _given("title", mapping):
        missing_key("title", mapping, reader, words)


def _given(key: str, mapping: Mapping) -> bool:
    entry = mapping.entries.get(key)
    return entry is not None and not is_empty(entry.value)


def _source(entry: Entry, values: Values, reader: YamlReader) -> Source:
    """The record of what was read."""
    kind: SourceType = values.pop("type", "report")
    via: tuple[Located, ...] = values.pop("via", ())
    reported_in: tuple[Located, ...] = values.pop("reported_in", ())
    party: Located | None = values.pop("party", None)
    attribution = values.pop("attribution", None)
    if kind == "report" or attribution is None:
        attribution = ATTRIBUTION_BY_TYPE[kind]
    declared = values.pop("knowledge", None)
    return Source(
        id=entry.key.text,
        type=kind,
        span=reader.span(entry.key),
        # A source that can't be published is treated as the most protected kind.
        attribution="deep-background" if attribution == OFF_RECORD else attribution,
        knowledge=_knowledge(kind, declared, through_others=bool(via)),
        alone=_knowledge(kind, declared, through_others=False),
        via=tuple(located.text for located in via),
        via_spans=tuple(located.span for located in via),
        reported_in=tuple(located.text for located in reported_in),
        reported_in_spans=tuple(located.span for located in reported_in),
        document_number=values.pop("number", None),
        party=party.text if party else None,
        party_span=party.span if party else None,
        local=reader.local,
        confidential=reader.is_confidential(entry.key),
        doubtful=not is_named(entry.value) and attribution not in _PROTECTED,
        **values,
    )


def _knowledge(kind: SourceType, declared: Knowledge | None, *, through_others: bool) -> Knowledge:
    """A source's knowledge: `via` makes it second-hand, and a report's own is never known."""
    if through_others:
        return "second-hand"
    return declared if declared and kind != "report" else KNOWLEDGE_BY_TYPE[kind]
