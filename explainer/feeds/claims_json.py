"""`claims.json`: an explainer's claims as data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from explainer.sourcing.words import published_label

if TYPE_CHECKING:
    from explainer.model.declared import Caveats
    from explainer.model.published import Claim, PublicSource, SourcingNote, Verdict
    from explainer.model.published_pages import Page

VERSION = 1
_BRIEF = ("id", "number", "type", "attribution", "knowledge", "via", "reported_in")
_UNNAMED = ("description", "why_unnamed")
_NAMED = (
    "party", "title", "publisher", "container", "document_number", "doi", "date", "url", "archive", "withdrawn",
)  # fmt: skip
# The data has no cycles.
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def claims_json(page: Page) -> str:
    """The text of an explainer's `claims.json`. Every field is always there, null or empty if unset."""
    data = {
        "version": VERSION,
        "page": {
            "url": page.canonical,
            "title": page.title,
            "published": page.published,
            "modified": page.modified if page.modified != page.published else None,
        },
        "claims": [_claim(claim) for claim in page.claims],
        "sources": [_source(source) for source in page.sources],
    }
    return _ENCODER.encode(data) + "\n"


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "id": claim.id,
        "url": claim.url,
        "text": claim.text,
        "speaker": claim.speaker.id if claim.speaker else None,
        "said": claim.said,
        "reported": claim.reported,
        "status": claim.status,
        "sourcing": sourcing_data(claim.verdict, claim.speaker.inside if claim.speaker else None),
        "edges": [
            {"source": e.source, "stance": e.stance, "response": e.response, "quote": e.quote, "at": e.at}
            for e in claim.edges
        ],
        "contradicts": [link.id for link in claim.contradicts],
        "supersedes": [link.id for link in claim.supersedes],
    }


def sourcing_data(verdict: Verdict, said_by: str | None) -> dict[str, Any]:
    """How a claim is sourced, as data; `said_by` is its speaker, as inside a sentence."""
    return {
        "level": verdict.level,
        "n": verdict.n,
        "label": published_label(verdict, said_by),
        "notes": [_note(note) for note in verdict.notes],
    }


def _note(note: SourcingNote) -> dict[str, Any]:
    match note.code:
        case "disputed":
            return {"code": note.code, "parties": list(note.parties), "earlier": note.earlier}
        case "does-not-recall" | "no-comment" | "not-reached":
            return {"code": note.code, "parties": list(note.parties)}
        case "steps":
            return {"code": note.code, "k": note.steps}
        case "rests-on":
            return {"code": note.code, "sources": list(note.sources), "origins": list(note.origins)}
        case _:
            return {"code": note.code}


def _caveats(caveats: Caveats) -> list[str] | dict[str, list[str]]:
    """Caveats as they were declared: a list, or what speaks for and against."""
    if caveats.favour or caveats.against:
        return {"for": list(caveats.favour), "against": list(caveats.against)}
    return list(caveats.other)


def _source(source: PublicSource) -> dict[str, Any]:
    keys: tuple[str, ...] = _BRIEF
    if not source.unnamed:
        keys += _NAMED
    elif source.attribution != "deep-background":
        keys += _UNNAMED
    data = {key: getattr(source, key) for key in keys}
    if "description" in data:
        data["caveats"] = _caveats(source.caveats)
    withdrawn = source.withdrawn
    if not source.unnamed:
        data["party"] = source.party or source.id
        data["withdrawn"] = withdrawn and {"date": withdrawn.date.text, "reason": withdrawn.reason}
    elif withdrawn:
        data["withdrawn"] = {"date": withdrawn.date.text}
    return data
