"""What a page says of sources, the names by which it knows them, and what of that may be written down."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from explainer.model.declared import Meta, Source
from explainer.model.document import Document, SourcingText
from explainer.resolve.timelines import speakers_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from explainer.load import SourceIndex
    from explainer.model.library import Library
    from explainer.model.site import PageInterface

ANY_SOURCE = "*"
"""Stands for every source of the registry, among names that a page knows."""


def sourcing_text(document: Document) -> SourcingText:
    """What a page says of sources. Of its own sources only those that are provably named may be written down."""
    meta = document.file.meta
    kept = tuple([source if _is_named(source) else _outline(source) for source in meta.sources])
    declared = Meta(meta.title, meta.span, language=meta.language, sources=kept, claims=meta.claims)
    file = document.file._replace(meta=declared, body="")
    kept_document = Document(file, claims=document.claims, cites=document.cites)
    return SourcingText(kept_document, whole=all(map(_is_named, meta.sources)))


def _is_named(source: Source) -> bool:
    return not (source.unnamed or source.confidential)


def _outline(source: Source) -> Source:
    """What may be written down of any source: its id, what kind it is, and what it knows through which others."""
    return Source(
        source.id, source.type, source.knowledge, source.span, source.attribution,
        via=source.via, via_spans=source.via_spans,
        reported_in=source.reported_in, reported_in_spans=source.reported_in_spans,
        local=True, confidential=True, alone=source.alone,
    )  # fmt: skip


def known_names(document: Document, interface: PageInterface, registry: SourceIndex) -> tuple[tuple[str, ...], bool]:
    """Every id and party under which a source of the registry could matter to this page.

    With it whether the page has others, which may not be written down.
    """
    own, sources = document.file.meta.sources, registry.sources
    names = {*interface.reached, *stated_names(document)}
    known = [sources[name] for name in names if name in sources]
    names.update(source.key for source in known if not source.unnamed)
    # Those that are there are reached; one that isn't may come.
    names.update(id_ for source in known for id_ in (*source.via, *source.reported_in))
    secret = {name for name in names if _is_secret(name, chain(own, registry.unnamed.get(name, ())))}
    return tuple(sorted((names - secret) | ({ANY_SOURCE} if secret else set()))), bool(secret)


def stated_names(document: Document) -> Iterator[str]:
    """Every name of a source, or of a source's party, that a page states: in its text, its claims and its own sources."""
    for source in document.file.meta.sources:
        yield from (source.id, source.key, *source.via, *source.reported_in)
    yield from (located.text for cite in document.cites for located in cite.ids)
    yield from (speaker for _, speaker in speakers_of(document.calls))
    for decl in (*document.file.meta.claims, *(mark.decl for mark in document.claims)):
        yield from (edge.source for edge in (*decl.sources, *decl.disputes, *decl.context))
        yield from (answer.id for answer in decl.responses)
        if decl.speaker:
            yield decl.speaker.text


def _is_secret(name: str, sources: Iterable[Source]) -> bool:
    """Whether a name is the party of an unnamed source, and not its id."""
    return any(source.unnamed and source.party == name != source.id for source in sources)


def may_be_kept(document: Document, interface: PageInterface, library: Library, copies: Collection[str]) -> bool:
    """Whether what was found out about a page may be written down.

    Not the path of an unnamed source's saved copy, which may tell who it is; nor anything of a source
    of which a mistake leaves open whether it is named.
    """
    reached = (library.sources[source] for source in interface.reached if source in library.sources)
    known = (*document.file.meta.sources, *reached)
    hidden = {source.saved for source in known if source.unnamed}
    return hidden.isdisjoint(copies) and not any(source.doubtful for source in known)
