"""The editor's panel: what a page claims, how each claim is sourced, what to look at, and where it stands in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from explainer import load
from explainer.cache import codec
from explainer.diagnostics import Severity, Span
from explainer.diagnostics.report import visible
from explainer.engine.page_texts import MissingTextError
from explainer.model.published_pages import PageRecord
from explainer.parse import parse_page
from explainer.serve.editor_links import link_to
from explainer.serve.error_overlay import diagnostic_as_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from explainer.diagnostics import Diagnostic
    from explainer.model.declared import PageFile
    from explainer.model.document import Document
    from explainer.model.published import Claim
    from explainer.model.site import Choice, PageSummary
    from explainer.serve.session import Result, Session
    from explainer.serve.tree import Tree

# What an editor should look at, by level and by note, in words that stand at the claim.
_LEVELS = {
    "unsourced": "No source given",
    "disputes-only": "No supporting source",
    "withdrawn": "Source withdrawn",
    "origin-unstated": "Origin not stated",
}
_NOTES = {"rests-on": "Rests on one voice", "some-withdrawn": "A source was withdrawn"}


class Places(NamedTuple):
    """Where a page's claims and sources stand, by id."""

    claims: dict[str, Span]
    sources: dict[str, Span]


def editor_panel(session: Session, tree: Tree, path: str, editor: str | None) -> dict[str, Any]:
    """What the panel shows for the page whose output is at this path, and of the site around it."""
    shown = tree.pages.get(path)
    choice, result = session.choice, session.result
    # A list of its own: the thread that builds may change what it is made of.
    pages = (page.summary for page in list(session.state.good.values()) if page.summary)
    own = _page(session, tree, shown, editor) if shown else None
    waiting = [_waiting(page, choice, tree, session.root, editor) for page in sorted(pages, key=_title)]
    return {
        "page": own
        and {
            **own,
            "warnings": _warnings(result, shown, session.root, editor),
            "accepted": _accepted(result, shown, session.root, editor),
        },
        "waiting": [page for page in waiting if page["state"]],
        "warnings": sum(diagnostic.severity is Severity.WARNING for diagnostic in result.diagnostics),
    }


def state_of(page: PageSummary, choice: Choice) -> str:
    """Why a page isn't out, in words; empty if it is."""
    if page.draft:
        return "Draft"
    return "Not out yet" if any(time > choice.now for time in page.times) else ""


def _title(page: PageSummary) -> str:
    return page.title


def _waiting(page: PageSummary, choice: Choice, tree: Tree, root: Path, editor: str | None) -> dict[str, Any]:
    shown = f"{page.url.strip('/')}/index.html" in tree.pages
    return {
        "title": page.title,
        "state": state_of(page, choice),
        "published": page.published,
        "url": tree.site.view.root.rstrip("/") + page.url if shown else None,
        **_place(Span(page.file), root, editor),
    }


def _page(session: Session, tree: Tree, shown: PageSummary | None, editor: str | None) -> dict[str, Any] | None:
    if shown is None:
        return None
    try:
        page, root = codec.loads(PageRecord, tree.texts.record(shown)), session.root
    except MissingTextError:  # a newer tree is on its way, and with it another look
        return None
    places = _places(session, shown.file)
    anchors = {source.id: note.anchor for note in page.notes if (source := note.source)}
    return {
        "title": page.title,
        "state": state_of(shown, session.choice),
        "published": page.published,
        "sourcing": page.sourcing,
        **_place(Span(shown.file), root, editor),
        "claims": [_claim(claim, places.claims.get(claim.id), root, editor) for claim in page.claims],
        "sources": [
            {
                "id": source.id,
                "name": source.name,
                "anchor": anchors.get(source.id),
                **_place(places.sources.get(source.id), root, editor),
            }
            for source in page.sources
        ],
    }


def _claim(claim: Claim, span: Span | None, root: Path, editor: str | None) -> dict[str, Any]:
    return {
        "id": claim.id,
        "anchor": claim.anchor,
        "panel": claim.panel_anchor,
        "text": claim.text,
        "level": claim.verdict.level,
        "words": claim.words,
        "label": claim.label,
        "notes": list(claim.sentences),
        "status": claim.status,
        "look": list(_to_look_at(claim)),
        **_place(span, root, editor),
    }


def _to_look_at(claim: Claim) -> Iterator[str]:
    """What an editor should look at in a claim."""
    if claim.verdict.level in _LEVELS:
        yield _LEVELS[claim.verdict.level]
    yield from (_NOTES[note.code] for note in claim.verdict.notes if note.code in _NOTES)


def _places(session: Session, file: str) -> Places:
    """Where the claims stand in a page's file, and the sources in it or in the registry."""
    library = session.state.library
    sources = {source.id: source.span for source in library.sources.values()}
    loaded: PageFile | None = load.load_page(session.root, file, library.config).value.page
    if loaded is None:
        return Places({}, sources)
    document: Document = parse_page(loaded, library.style_of(loaded)).value
    sources |= {source.id: source.span for source in loaded.meta.sources}
    # The text is where a claim is read; what is declared of it in the front matter is a line away.
    return Places({mark.decl.id: mark.decl.span for mark in document.claims}, sources)


def _warnings(result: Result, shown: PageSummary | None, root: Path, editor: str | None) -> list[dict[str, Any]]:
    own: Iterable[Diagnostic] = ()
    if shown:
        file = shown.file
        own = (one for one in result.diagnostics if one.span.path == file and one.severity is Severity.WARNING)
    return [diagnostic_as_json(diagnostic, result.texts, root, editor) for diagnostic in own]


def _accepted(result: Result, shown: PageSummary | None, root: Path, editor: str | None) -> list[dict[str, Any]]:
    """The warnings of a page that are meant, each with the reason and the place where that stands."""
    file = shown.file if shown else None
    return [
        {
            "code": one.diagnostic.code,
            "message": visible(one.diagnostic.message),
            "why": visible(one.acceptance.why),
            **_place(one.acceptance.span, root, editor),
        }
        for one in result.accepted
        if one.diagnostic.span.path == file
    ]


def _place(span: Span | None, root: Path, editor: str | None) -> dict[str, Any]:
    if span is None:
        return {"place": None, "href": None}
    return {"place": f"{visible(span.path)}:{span.line}:{span.col}", "href": link_to(editor, root, span)}
