"""Warnings about what a page tells of a source that isn't named. None of them tells more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic
from explainer.resolve.routes import reach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.diagnostics import Span
    from explainer.model.declared import ClaimDecl, Source
    from explainer.model.document import Document
    from explainer.resolve.edges import Claimed


def check_deep_background(document: Document, sources: Mapping[str, Source]) -> Iterator[Diagnostic]:
    """W254 at each passage of a source on deep background that is quoted or located."""
    for id_, span, quoted, located in _passages(document):
        source = sources.get(id_)
        if source is None or source.attribution != "deep-background" or not (quoted or located):
            continue
        what = "quoted" if quoted else "located (`at`)"
        hint = "put it in your own words, and take `quote` and `at` out; or agree on `background` with the source"
        yield Diagnostic("W254", f"`{id_}` is on deep background, and is {what} here", span, (hint,))


def check_parties(decl: ClaimDecl, claimed: Claimed, sources: Mapping[str, Source]) -> Iterator[Diagnostic]:
    """W255 for each unnamed source of a claim whose party is on the claim under its own name."""
    ids = (*claimed.ids("supports"), *claimed.ids("disputes"))
    if not any(sources[id_].unnamed for id_ in ids):
        return
    # Only where routes end are parties counted.
    on_claim = [source for id_ in reach(ids, sources) if not (source := sources[id_]).via]
    named = {source.key for source in on_claim if not source.unnamed}
    for source in on_claim:
        if source.unnamed and source.party in named:
            message = f"who counts the sources of claim `{decl.id}` can tell whom `{source.id}` speaks for"
            hint = "its `party` is on this claim under its name too, and both count as one: cite one of them alone"
            yield Diagnostic("W255", message, decl.span, (hint,))


def _passages(document: Document) -> Iterator[tuple[str, Span, bool, bool]]:
    """Each place where a page names a source: its id, and whether it is quoted and located there."""
    for cite in document.cites:
        if len(cite.ids) == 1:
            yield cite.ids[0].text, cite.ids[0].span, cite.quote is not None, cite.at is not None
    for decl in (*document.file.meta.claims, *(mark.decl for mark in document.claims)):
        for edge in (*decl.sources, *decl.disputes, *decl.context):
            yield edge.source, edge.span, edge.quote is not None, edge.at is not None
