"""Reads CSL-JSON, which Zotero and other programs export."""

from __future__ import annotations

import json
import re
from typing import Any

from explainer.importing.document import UnreadableError
from explainer.importing.reference import Reference
from explainer.text.dates import PartialDate

# Kinds whose container is the outlet.
_OUTLETS = frozenset({"article-newspaper", "article-magazine", "webpage", "post", "post-weblog", "broadcast"})
_PLAIN = {
    "title": "title",
    "publisher": "publisher",
    "URL": "url",
    "DOI": "doi",
    "number": "number",
    "language": "language",
}
_OWN = frozenset(
    {*_PLAIN, "id", "citation-key", "type", "author", "issued", "accessed", "container-title", "authority"}
)
# They would only fill the file.
_DROPPED = frozenset({"abstract", "keyword", "source", "categories", "custom"})
_MARKUP = re.compile(r"</?(?:i|b|em|strong|sub|sup|sc|span)(?:\s[^<>]*)?>")


def read_csl_json(text: str) -> list[Reference]:
    """The references of a CSL-JSON file.

    Raises:
        UnreadableError: if it isn't one.
    """
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"line {error.lineno}, column {error.colno}: this isn't JSON ({error.msg})") from None
    except RecursionError:
        raise UnreadableError("this JSON is nested too deeply") from None
    items = data.get("items") if isinstance(data, dict) else data
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise UnreadableError("this isn't CSL-JSON, which is a list of references", "in Zotero: export as “CSL JSON”")
    return [_reference(item, number) for number, item in enumerate(items, 1)]


def _reference(item: dict[str, Any], number: int) -> Reference:
    kind = _text(item.get("type"))
    container, publisher = _text(item.get("container-title")), _text(item.get("publisher") or item.get("authority"))
    outlet = kind in _OUTLETS and not publisher
    fields: dict[str, str | list[str]] = {
        "title": _text(item.get("title")),
        "publisher": container if outlet else publisher,
        "authors": _names(item.get("author")),
        "date": _date(item.get("issued")),
        "accessed": _date(item.get("accessed")),
        "container": "" if outlet else container,
        "number": _text(item.get("number")),
        "doi": re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", _text(item.get("DOI")), flags=re.IGNORECASE),
        "url": _text(item.get("URL")),
        "language": _text(item.get("language")),
    }
    key = _text(item.get("citation-key")) or _text(item.get("id"))
    others = {_key(name): _other(value) for name, value in item.items() if name not in _OWN | _DROPPED}
    others |= {
        name: _other(item.get(name)) for name in ("issued", "accessed") if item.get(name) and not _date(item[name])
    }
    return Reference(_readable(key, item), kind, fields, others, f"reference {number}")


def _readable(key: str, item: dict[str, Any]) -> str:
    """An id that people can read: the key, unless it is an address or a number; then author and year."""
    if key and "/" not in key and not key.isdigit():
        return key
    names = item.get("author")
    first = names[0] if isinstance(names, list) and names and isinstance(names[0], dict) else {}
    who = _text(first.get("family") or first.get("literal") or item.get("publisher") or item.get("container-title"))
    return f"{who or _text(item.get('title'))[:40]} {_date(item.get('issued'))[:4]}".strip() or "source"


def _text(value: object) -> str:
    return _MARKUP.sub("", str(value)).strip() if isinstance(value, (str, int, float)) else ""


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "other"


def _names(value: object) -> list[str]:
    names = value if isinstance(value, list) else []
    return list(filter(None, (_name(name) for name in names if isinstance(name, dict))))


def _name(name: dict[str, Any]) -> str:
    if literal := _text(name.get("literal")):
        return literal
    parts = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
    return " ".join(filter(None, (_text(name.get(part)) for part in parts)))


def _date(value: object) -> str:
    """A day, month or year in our form; empty for anything else, such as a range."""
    if not isinstance(value, dict):
        return ""
    parts = value.get("date-parts")
    if isinstance(parts, list) and len(parts) == 1 and isinstance(parts[0], list):
        try:
            numbers = [int(part) for part in parts[0][:3]]
        except (TypeError, ValueError):
            return ""
        written = "-".join(f"{number:0{4 if at == 0 else 2}}" for at, number in enumerate(numbers))
        return written if PartialDate.parse(written) else ""
    raw = _text(value.get("raw"))
    return raw if PartialDate.parse(raw) else ""


def _other(value: object) -> str:
    """A value without a home, as text."""
    if isinstance(value, list):
        return "; ".join(filter(None, (_name(one) if isinstance(one, dict) else _text(one) for one in value)))
    if isinstance(value, dict):
        parts = value.get("date-parts")
        if isinstance(parts, list):
            return "/".join("-".join(map(str, part)) for part in parts if isinstance(part, list))
        return _text(value.get("literal") or value.get("raw") or value.get("season"))
    return _text(value)
