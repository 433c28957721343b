"""Resolve one page alone: judge its claims and number its notes."""

from __future__ import annotations

import re
from collections import ChainMap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, Staged, did_you_mean
from explainer.model.declared import HOME_PAGE
from explainer.model.output_files import claim_page
from explainer.model.published import first_words
from explainer.model.published_pages import PageRecord
from explainer.resolve.claims import (
    JudgedClaim,
    References,
    Shown,
    check_claim,
    check_quotes,
    judge_claim,
    shown_claim,
    told_claim,
)
from explainer.resolve.edges import Claimed, collect, merge, unknown_source
from explainer.resolve.languages import without_words
from explainer.resolve.numbering import Cited, ClaimCites, Numbering
from explainer.resolve.page_dates import check_dates
from explainer.resolve.page_interface import DEFAULT_LAYOUTS, page_interface
from explainer.resolve.passages import passages_of
from explainer.resolve.publishable import byline, public_source
from explainer.resolve.routes import reach_cited
from explainer.resolve.source_protection import check_deep_background, check_parties
from explainer.resolve.timelines import check_timelines
from explainer.sourcing.badge import page_report
from explainer.sourcing.words import summary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from explainer.model.declared import ClaimDecl, Located, Meta, Person, Source
    from explainer.model.document import CiteMark, ClaimMark, Document
    from explainer.model.library import Library
    from explainer.model.published import Claim, Excerpt, PublicSource
    from explainer.model.published_pages import Byline
    from explainer.model.site import PageInterface
    from explainer.sourcing.rule import Judged
    from explainer.text.catalog import Catalog

_ID = re.compile(r"[a-z0-9][a-z0-9-]*")


class _Sources(ChainMap[str, "Source"]):
    """A page's own sources in front of the registry's, looked up without the general case's detours."""

    def __init__(self, own: dict[str, Source], registry: dict[str, Source]) -> None:
        super().__init__(own, registry)
        self.own = own
        self.registry = registry

    def __contains__(self, key: object) -> bool:
        return key in self.own or key in self.registry

    def __getitem__(self, key: str) -> Source:
        source = self.own.get(key)
        return self.registry[key] if source is None else source


@dataclass(frozen=True, slots=True)
class ResolvedPage:
    """A page resolved alone: its record, and its interface to the rest of the site."""

    record: PageRecord
    interface: PageInterface


@dataclass(slots=True)
class _Gathered:
    """The claims of a page in order: as marked, as declared, and with their gathered edges."""

    marks: Sequence[ClaimMark]
    decls: list[ClaimDecl] = field(default_factory=list)
    claimed: list[Claimed] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def page_path(document: Document) -> str:
    """The path of a page on the site: `pages/index.md` is its home page."""
    file = document.file
    if file.path == HOME_PAGE and file.slug == "index":
        return "/"
    return f"/explainers/{file.slug}/" if file.kind == "explainer" else f"/{file.slug}/"


def resolve_page(document: Document, library: Library, copies: Callable[[str], str | None]) -> Staged[ResolvedPage]:
    """Judge a page's claims and number its notes.

    `copies` gives the text of a saved copy by its path, None if it can't be read (which
    is told elsewhere).
    """
    references = _references(document, library, copies)
    sources, catalog = references.sources, references.catalog
    gathered = _gather(document, references)
    numbering = Numbering(document, sources, tuple(_claim_cites(document, gathered)), catalog).run()
    cited = [key for key in numbering.entries if isinstance(key, str)]
    gathered.diagnostics.extend(_unshown(document, numbering))
    reached = reach_cited([*cited, *(source for claimed in gathered.claimed for source in claimed.stances)], sources)
    shown = set(reached)
    public = {
        source: public_source(sources[source], numbering.number(source), shown, library.people, catalog)
        for source in reached
    }
    excerpts = passages_of(_quoted(document, gathered), sources, references.copy_of)
    for (source, _), found in reversed(excerpts.items()):
        public[source] = public[source]._replace(passage=found.fragment)
    head = page_report(gathered.judged, sources)
    claims = tuple(_claims(document, library, gathered, references, numbering, public, head, excerpts))
    page = _page(document, library, claims, numbering, public)._replace(report=head)
    gathered.diagnostics.extend(check_timelines(document.calls, claims, library.people, sources))
    gathered.diagnostics.extend(_unused(document, reached))
    gathered.diagnostics.extend(check_dates(document.file.meta))
    own = document.file.meta.language
    if own and own.text != library.config.language:
        gathered.diagnostics.extend(without_words(own.text, own.span, library.catalogs))
    return Staged(
        ResolvedPage(page, page_interface(document, page, gathered.decls, cited, catalog.language)),
        tuple(gathered.diagnostics),
    )


def judge_page(
    document: Document, library: Library, copies: Callable[[str], str | None]
) -> Staged[tuple[JudgedClaim, ...]]:
    """Judge a page's claims alone; of a document it takes what is said of sources."""
    references = _references(document, library, copies)
    gathered = _gather(document, references)
    head = page_report(gathered.judged, references.sources)
    claims = zip(gathered.decls, gathered.claimed, gathered.judged, strict=True)
    return Staged(tuple([told_claim(*claim, references, head) for claim in claims]), tuple(gathered.diagnostics))


def _references(document: Document, library: Library, copies: Callable[[str], str | None]) -> References:
    local = {source.id: source for source in document.file.meta.sources}
    sources = _Sources(local, library.sources) if local else library.sources
    catalog = library.catalogs.of(_language(document, library))
    return References(sources, library.people, library.config.statuses, catalog, copies)


def _quoted(document: Document, gathered: _Gathered) -> Iterator[tuple[str, str]]:
    """What the page quotes, with the source: outside of claims, then in them."""
    yield from ((cite.ids[0].text, cite.quote) for cite in document.cites if cite.quote is not None and cite.ids)
    yield from (
        (edge.source, edge.quote) for claimed in gathered.claimed for edge in claimed.edges if edge.quote is not None
    )


def _unused(document: Document, reached: Collection[str]) -> Iterator[Diagnostic]:
    for source in document.file.meta.sources:
        if source.id not in reached:
            yield Diagnostic("W253", f"source `{source.id}` is cited nowhere", source.span)


# --- What is declared -------------------------------------------------------------------------


def _gather(document: Document, references: References) -> _Gathered:
    gathered = _Gathered(document.claims)
    gathered.diagnostics.extend(_not_here(document))
    gathered.diagnostics.extend(
        unknown_source(located.text, located.span, references.sources)
        for cite in document.cites
        for located in cite.ids
        if located.text not in references.sources
    )
    gathered.diagnostics.extend(_unknown_people(document, references))
    gathered.diagnostics.extend(check_quotes(document, references))
    gathered.diagnostics.extend(check_deep_background(document, references.sources))
    _declare(document, gathered)
    gathered.diagnostics.extend(_gone(document, {decl.id for decl in gathered.decls}))
    cites: list[list[CiteMark]] = [[] for _ in document.claims]
    for cite in document.cites:
        if cite.claim is not None:
            cites[cite.claim].append(cite)
    for decl, own_cites in zip(gathered.decls, cites, strict=True):
        claimed = collect(decl, own_cites, references.sources, references.people)
        gathered.claimed.append(claimed)
        gathered.diagnostics.extend(claimed.diagnostics)
        gathered.judged.append(judge_claim(decl, claimed, references))
        gathered.diagnostics.extend(check_claim(decl, claimed, references))
        gathered.diagnostics.extend(check_parties(decl, claimed, references.sources))
    return gathered


def _not_here(document: Document) -> Iterator[Diagnostic]:
    if document.file.kind == "page":
        hint = "claims and sources belong in explainers"
        for mark in document.claims:
            yield Diagnostic("E309", "`claim` can't be used in a page of pages/", mark.decl.span, (hint,))
        for cite in document.cites:
            yield Diagnostic("E309", "`source` can't be used in a page of pages/", cite.span, (hint,))


def _unknown_people(document: Document, references: References) -> Iterator[Diagnostic]:
    """The authors and contributors that are written as ids and name nobody."""
    meta = document.file.meta
    for located in (*meta.authors, *meta.contributors):
        if located.text not in references.people and _ID.fullmatch(located.text):
            hints = (*did_you_mean(located.text, references.people), "a name has a capital letter or a space in it")
            yield Diagnostic("E210", f"there is no `{located.text}` in people.yaml", located.span, hints)


def _unshown(document: Document, numbering: Numbering) -> Iterator[Diagnostic]:
    """The claims in footnotes that nothing refers to: no reader would see them."""
    for number, mark in enumerate(document.claims):
        if number not in numbering.after:
            message = f"claim `{mark.decl.id}` is in a footnote that nothing refers to"
            yield Diagnostic("E403", message, mark.decl.span, ("refer to the footnote in the text: `[^label]`",))


def _declare(document: Document, gathered: _Gathered) -> None:
    """Merge each claim's two declarations."""
    front = {decl.id: decl for decl in document.file.meta.claims}
    first: dict[str, ClaimDecl] = {}
    for mark in document.claims:
        own = mark.decl
        if own.id in first:
            hint = f"the other one is at line {first[own.id].span.line}"
            gathered.diagnostics.append(Diagnostic("E402", f"claim `{own.id}` is marked twice", own.span, (hint,)))
            gathered.decls.append(own)
            continue
        first[own.id] = own
        decl, diagnostics = merge(front.get(own.id), own)
        gathered.decls.append(decl)
        gathered.diagnostics.extend(diagnostics)
    for decl in document.file.meta.claims:
        if decl.id not in first:
            hints = did_you_mean(decl.id, first) or (f'write `{{{{< claim id="{decl.id}" >}}}}` in the text',)
            gathered.diagnostics.append(Diagnostic("E403", f"claim `{decl.id}` isn't in the text", decl.span, hints))


# --- Numbers ----------------------------------------------------------------------------------


def _claim_cites(document: Document, gathered: _Gathered) -> Iterator[ClaimCites]:
    """What each claim cites itself: supporters after its words, the others in its panel."""
    by_block: dict[int, dict[str, set[str | None]]] = {}
    by_claim: list[dict[str, set[str | None]]] = [{} for _ in document.claims]
    for cite in document.cites:
        places = [by_block.setdefault(cite.block, {})]
        claim = cite.claim
        while claim is not None:
            places.append(by_claim[claim])
            claim = document.claims[claim].parent
        for place in places:
            for located in cite.ids:
                place.setdefault(located.text, set()).add(cite.at)
    for mark, claimed, within in zip(gathered.marks, gathered.claimed, by_claim, strict=True):
        yield _cites_of(mark, claimed, (within, by_block.get(mark.block, {})))


def _cites_of(mark: ClaimMark, claimed: Claimed, scopes: Sequence[Mapping[str, set[str | None]]]) -> ClaimCites:
    """A claim's own citations, given the sources and passages that the text around it cites."""
    after: list[Cited] = []
    panel: list[Cited] = []
    passages: dict[str, dict[str | None, None]] = {}
    for edge in claimed.edges:
        passages.setdefault(edge.source, {})[edge.at] = None
    for source, ats in passages.items():
        found = [place[source] for place in scopes if source in place]
        if not found:
            cites = after if claimed.stances[source][0] == "supports" else panel
            cites.append(Cited(source, tuple(ats)))
        elif further := tuple(at for at in ats if at is not None and not any(at in place for place in found)):
            panel.append(Cited(source, further))
    return ClaimCites(first_words(mark.decl.as_text or mark.text or mark.decl.id), tuple(after), tuple(panel))


# --- The record -------------------------------------------------------------------------------


def _claims(
    document: Document,
    library: Library,
    gathered: _Gathered,
    references: References,
    numbering: Numbering,
    public: dict[str, PublicSource],
    head: str | None,
    excerpts: Mapping[tuple[str, str], Excerpt],
) -> Iterator[Claim]:
    canonical = _canonical(document, library)
    embedded = {one.text for one in document.file.meta.embeds}
    for number, mark in enumerate(gathered.marks):
        shown = Shown(
            canonical, head, numbering.after.get(number, ()), numbering.panel.get(number, {}), public, excerpts
        )
        decl, claimed, found = gathered.decls[number], gathered.claimed[number], gathered.judged[number]
        claim = shown_claim(mark, decl, claimed, found, references, shown)
        if library.config.embeds or decl.id in embedded:
            claim = claim._replace(own_page=claim_page(page_path(document), claim.id))
        yield claim


def _canonical(document: Document, library: Library) -> str:
    return library.config.base_url.rstrip("/") + page_path(document)


def _language(document: Document, library: Library) -> str:
    own = document.file.meta.language
    return own.text if own else library.config.language


def _sourcing(claims: Sequence[Claim], catalog: Catalog) -> str:
    """The sentence that sums up how a page's claims are sourced."""
    levels = [
        (
            claim.verdict.level,
            claim.speaker is not None,
            any(note.code == "disputed" for note in claim.verdict.notes),
        )
        for claim in claims
    ]
    return summary(catalog, levels) if levels else ""


def _bylines(authors: Sequence[Located], people: Mapping[str, Person]) -> tuple[Byline, ...]:
    """Each of them once; a plain name that is that of one of the others is left out."""
    found = list(dict.fromkeys(byline(author, people) for author in authors))
    named = {one.name for one in found if one.id is not None}
    return tuple([one for one in found if one.id is not None or one.name not in named])


def _modified(meta: Meta) -> str | None:
    """When a page was changed last: by its dates, or by a correction that is newer than these."""
    declared = meta.updated or meta.date
    changed = declared.iso if declared else None
    if changed is None:
        return None
    # A month or a year doesn't tell on which day.
    days = (correction.date.text for correction in meta.corrections if len(correction.date.text) == len("2024-01-31"))
    newest = max(days, default="")
    return newest if newest > changed[:10] else changed


def _embeds(document: Document, library: Library, claims: Sequence[Claim]) -> tuple[str, ...]:
    """The ids of the claims that can be embedded, and of those that could be."""
    own = [claim.id for claim in claims] if library.config.embeds else []
    return tuple(dict.fromkeys([*own, *(one.text for one in document.file.meta.embeds)]))


def _gone(document: Document, declared: Collection[str]) -> Iterator[Diagnostic]:
    """The claims that other sites may still show, and that are no more."""
    for one in document.file.meta.embeds:
        if one.text not in declared:
            message = (
                f"there is no claim `{one.text}` on this page: sites that embed it are shown that it was withdrawn"
            )
            hints = (*did_you_mean(one.text, declared), "if that is meant: `accept: {W454: why}`")
            yield Diagnostic("W454", message, one.span, hints)


def _page(
    document: Document,
    library: Library,
    claims: tuple[Claim, ...],
    numbering: Numbering,
    public: dict[str, PublicSource],
) -> PageRecord:
    file, meta = document.file, document.file.meta
    return PageRecord(
        kind=file.kind,
        slug=file.slug,
        url=page_path(document),
        canonical=_canonical(document, library),
        title=meta.title,
        layout=meta.layout.text if meta.layout else DEFAULT_LAYOUTS[file.kind],
        language=_language(document, library),
        body=document.body,
        lead=document.lead,
        embeds=_embeds(document, library, claims),
        summary=meta.summary,
        published=meta.date.iso if meta.date else None,
        modified=_modified(meta),
        dateline=meta.dateline,
        draft=meta.draft,
        authors=_bylines(meta.authors, library.people),
        contributors=_bylines(meta.contributors, library.people),
        sourcing=_sourcing(claims, numbering.catalog),
        claims=claims,
        notes=numbering.notes(public),
        sources=tuple(public.values()),
        cites=tuple(numbering.cites.get(number, ()) for number in range(len(document.cites))),
        footnote_uses=numbering.footnote_uses(),
        calls=document.calls,
        headings=document.headings,
        contents=meta.contents,
        corrections=meta.corrections,
    )
