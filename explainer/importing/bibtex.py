"""Reads BibTeX and BibLaTeX."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.middlewares import (
    LatexDecodingMiddleware,
    MergeNameParts,
    MonthIntMiddleware,
    SeparateCoAuthors,
    SplitNameParts,
)

from explainer.importing.document import LeftOut
from explainer.importing.reference import Reference
from explainer.text.dates import PartialDate

if TYPE_CHECKING:
    from bibtexparser.model import Entry

_PUBLISHERS = ("publisher", "institution", "organization", "school")
_CONTAINERS = ("journal", "journaltitle", "booktitle")
_OWN = frozenset({
    "title", "author", "date", "year", "month", "day", "url", "urldate", "doi", "langid", "language", "howpublished",
    *_PUBLISHERS, *_CONTAINERS,
})  # fmt: skip
_DROPPED = frozenset({"abstract", "keywords", "file", "timestamp", "owner"})
# In others it is the number of an issue.
_NUMBERED = frozenset({"techreport", "report", "manual", "patent", "standard", "legislation", "jurisdiction"})
_ESCAPED = re.compile(r"\\([_%&#~{}])")
_ADDRESS = re.compile(r"https?://[^\s{}]+")
_DOI_PREFIX = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)


def read_bibtex(text: str) -> tuple[list[Reference], list[LeftOut]]:
    """The references of a BibTeX file, and the entries that can't be read."""
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it would print is told below
    plain = {entry.start_line: entry for entry in parse_string(text).entries}
    decoded = parse_string(
        text,
        append_middleware=[
            MonthIntMiddleware(), LatexDecodingMiddleware(), SeparateCoAuthors(), SplitNameParts(), MergeNameParts("first"),
        ],
    )  # fmt: skip
    left_out = [
        LeftOut("an entry that can't be read", f"line {(block.start_line or 0) + 1}", _reason(block.error))
        for block in decoded.failed_blocks
    ]
    return [
        _reference(entry, plain[entry.start_line]) for entry in decoded.entries if entry.start_line in plain
    ], left_out


def _reason(error: Exception | None) -> str:
    said = error.abort_reason if isinstance(error, BlockAbortedException) else error
    return " ".join(str(said).split()).removesuffix(".") if said else ""


def _reference(entry: Entry, plain: Entry) -> Reference:
    values: dict[str, Any] = {field.key.lower(): field.value for field in entry.fields}
    raw = {field.key.lower(): _ESCAPED.sub(r"\1", str(field.value)) for field in plain.fields}
    kind = entry.entry_type.lower()
    date = _date(values)
    address = raw.get("url") or next(iter(_ADDRESS.findall(raw.get("howpublished", ""))), "")
    publisher, container = _first(values, _PUBLISHERS), _first(values, _CONTAINERS)
    fields: dict[str, str | list[str]] = {
        "title": _text(values.get("title")),
        "publisher": publisher,
        "authors": [_text(name) for name in values.get("author") or () if _text(name).lower() != "others"],
        "date": date,
        "accessed": _known_date(_text(values.get("urldate"))),
        "container": container,
        "number": _text(values.get("number")) if kind in _NUMBERED else "",
        "doi": _DOI_PREFIX.sub("", raw.get("doi", "")),
        "url": address,
        "language": _text(values.get("langid")),
    }
    homeless = (key for key in values if key not in _OWN | _DROPPED and not (key == "number" and fields["number"]))
    others = {key: _joined(values[key]) for key in homeless}
    others |= {key: _joined(values[key]) for key in ("date", "year", "month", "language") if key in values and not date}
    if "howpublished" in values and not address:
        others["howpublished"] = _text(values["howpublished"])
    spare = [_text(values.get(key)) for key in (*_PUBLISHERS, *_CONTAINERS)]
    others["also"] = "; ".join(one for one in spare if one and one not in {publisher, container})
    return Reference(entry.key, kind, fields, others, f"line {(entry.start_line or 0) + 1}")


def _text(value: object) -> str:
    """A value without the braces that kept its capitals."""
    return str(value).replace("{", "").replace("}", "").strip() if isinstance(value, (str, int)) else ""


def _joined(value: object) -> str:
    return "; ".join(map(_text, value)) if isinstance(value, list) else _text(value)


def _first(values: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next(filter(None, (_text(values.get(key)) for key in keys)), "")


def _date(values: dict[str, Any]) -> str:
    """The date of BibLaTeX, else of BibTeX; empty for what isn't a day, month or year."""
    if found := _known_date(_text(values.get("date"))):
        return found
    parts = [_text(values.get(key)) for key in ("year", "month", "day")]
    numbers = [part.zfill(2) for part in parts if part.isdigit()]
    for count in range(len(numbers), 0, -1):
        if parts[0].isdigit() and (found := _known_date("-".join(numbers[:count]))):
            return found
    return ""


def _known_date(text: str) -> str:
    return text if PartialDate.parse(text) else ""
