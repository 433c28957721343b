"""One page: its claims judged, its notes numbered. Needs no other page."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, Staged, did_you_mean
from explainer.model import Claim, ClaimDecl, Page, PanelEdge, Reply
from explainer.resolve.chains import chain, reach
from explainer.resolve.edges import Claimed, collect, merge, unknown_source
from explainer.resolve.notes import Cited, ClaimCites, Numbering, unique
from explainer.resolve.public import byline, origin_name, public_name, public_source, speaker_voice, voice
from explainer.resolve.quotes import stands_in
from explainer.rule import Evidence, judge
from explainer.words import label, sentences, summary, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from explainer.dates import PartialDate
    from explainer.model import (
        ClaimMark,
        Document,
        Edge,
        Library,
        Person,
        PublicSource,
        Source,
        Verdict,
    )


@dataclass(frozen=True, slots=True)
class Resolved:
    """A page as far as it can be resolved alone, and what its ties to other pages need.

    `decls` are the claims' declarations, in the order of `page.claims`; `cited` the ids of all
    sources that the page cites, `reached` those and the ones on their routes.
    """

    document: Document
    page: Page
    decls: tuple[ClaimDecl, ...]
    cited: frozenset[str]
    reached: frozenset[str]


def page_path(document: Document) -> str:
    """The path of a page on the site."""
    file = document.file
    return f"/explainers/{file.slug}/" if file.kind == "explainer" else f"/{file.slug}/"


def resolve_page(document: Document, library: Library, copies: Callable[[str], str | None]) -> Staged[Resolved]:
    """Judge a page's claims and number its notes.

    `copies` gives the evened-out text of a saved copy by its path, None if it can't be read (which
    is told elsewhere).
    """
    return _Resolver(document, library, copies).resolve()


class _Resolver:
    def __init__(self, document: Document, library: Library, copies: Callable[[str], str | None]) -> None:
        self.document = document
        self.library = library
        self.copies = copies
        self.meta = document.file.meta
        local = {source.id: source for source in self.meta.sources}
        self.sources: Mapping[str, Source] = ChainMap(local, library.sources) if local else library.sources
        self.people: Mapping[str, Person] = library.people
        self.faults: list[Diagnostic] = []
        self.url = page_path(document)
        self.canonical = library.config.base_url.rstrip("/") + self.url
        self.public: dict[str, PublicSource] = {}

    def resolve(self) -> Staged[Resolved]:
        document = self.document
        if document.file.kind == "page":
            self._no_claims_here()
        marks, decls = self._declarations()
        cites_of = self._cites_by_claim()
        gathered = [collect(decl, cites_of[number], self.sources, self.people) for number, decl in zip(marks, decls)]
        for claimed in gathered:
            self.faults.extend(claimed.faults)
        self._unknown_cites()
        numbering = self._number(marks, decls, gathered)
        cited = {i for i in numbering.entries if isinstance(i, str)}
        reached = reach(sorted(cited), self.sources)
        self.public = {i: public_source(self.sources[i], numbering.number(i)) for i in reached}
        claims = tuple(
            self._claim(number, document.claims[number], decl, claimed, numbering)
            for number, decl, claimed in zip(marks, decls, gathered, strict=True)
        )
        page = self._page(claims, numbering)
        resolved = Resolved(document, page, tuple(decls), frozenset(cited), frozenset(reached))
        return Staged(resolved, tuple(self.faults))

    # --- Declarations ---

    def _no_claims_here(self) -> None:
        hint = "claims and sources stand in explainers"
        for mark in self.document.claims:
            self.faults.append(Diagnostic("E309", "`claim` can't stand in a page of pages/", mark.decl.span, (hint,)))
        for cite in self.document.cites:
            self.faults.append(Diagnostic("E309", "`source` can't stand in a page of pages/", cite.span, (hint,)))

    def _declarations(self) -> tuple[list[int], list[ClaimDecl]]:
        """The numbers of the claims with an id of their own, and their merged declarations."""
        front = {decl.id: decl for decl in self.meta.claims}
        numbers: list[int] = []
        decls: dict[str, ClaimDecl] = {}
        for number, mark in enumerate(self.document.claims):
            own = mark.decl
            numbers.append(number)
            if own.id in decls:
                place = decls[own.id].span
                hint = f"the other one is at line {place.line}"
                self.faults.append(Diagnostic("E402", f"claim `{own.id}` stands twice", own.span, (hint,)))
                decls[f"{own.id} {number}"] = own
                continue
            decls[own.id], faults = merge(front.get(own.id), own)
            self.faults.extend(faults)
        for decl in self.meta.claims:
            if decl.id not in decls:
                known = (mark.decl.id for mark in self.document.claims)
                hints = did_you_mean(decl.id, known) or (f'write `{{{{< claim id="{decl.id}" >}}}}` in the text',)
                self.faults.append(Diagnostic("E403", f"claim `{decl.id}` isn't in the text", decl.span, hints))
        return numbers, list(decls.values())

    def _cites_by_claim(self) -> list[list]:
        cites: list[list] = [[] for _ in self.document.claims]
        for cite in self.document.cites:
            if cite.claim is not None:
                cites[cite.claim].append(cite)
        return cites

    def _unknown_cites(self) -> None:
        for cite in self.document.cites:
            for located in cite.ids:
                if located.text not in self.sources:
                    self.faults.append(unknown_source(located.text, located.span, self.sources))

    # --- Numbers ---

    def _number(self, marks: list[int], decls: list[ClaimDecl], gathered: list[Claimed]) -> Numbering:
        by_block: dict[int, set[str]] = {}
        by_claim: list[set[str]] = [set() for _ in self.document.claims]
        for cite in self.document.cites:
            ids = {located.text for located in cite.ids}
            by_block.setdefault(cite.block, set()).update(ids)
            claim = cite.claim
            while claim is not None:
                by_claim[claim] |= ids
                claim = self.document.claims[claim].parent
        cites = []
        for number, decl, claimed in zip(marks, decls, gathered, strict=True):
            mark = self.document.claims[number]
            there = by_claim[number] | by_block.get(mark.block, set())
            cites.append(_claim_cites(decl, claimed.edges(), there))
        return Numbering(self.document, frozenset(self.sources), tuple(cites)).run()

    # --- Claims ---

    def _claim(
        self, number: int, mark: ClaimMark, decl: ClaimDecl, claimed: Claimed, numbering: Numbering
    ) -> Claim:
        edges = claimed.edges()
        speaker = speaker_voice(decl.speaker.text, self.sources, self.people) if decl.speaker else None
        verdict = judge(self._evidence(decl, claimed, edges), self.sources)
        origin = origin_name(self.sources[verdict.origin], self.people) if verdict.origin else None
        said_by = speaker.name if speaker else None
        self._check(decl, claimed, edges)
        return Claim(
            id=decl.id,
            url=f"{self.canonical}#claim-{decl.id}",
            shown=mark.text,
            text=decl.as_text or mark.text,
            speaker=speaker,
            said=self._said(decl, claimed),
            reported=decl.reported and decl.reported.text,
            status=decl.status and decl.status.text,
            verdict=verdict,
            words=words(verdict, said_by, origin),
            label=label(verdict, said_by, origin),
            sentences=sentences(verdict, self._name),
            edges=edges,
            panel=tuple(self._panel(number, claimed, numbering)),
            replies=tuple(Reply(voice(r.id, {}, self.people), r.response) for r in claimed.replies),
            cites=numbering.after.get(number, ()),
            caveats=self._caveats(claimed),
        )

    def _evidence(self, decl: ClaimDecl, claimed: Claimed, edges: tuple[Edge, ...]) -> Evidence:
        people = {
            answer: tuple(reply.id for reply in claimed.replies if reply.response == answer)
            for answer in ("no-comment", "not-reached")
        }
        return Evidence(
            supports=claimed.ids("supports"),
            disputes=claimed.ids("disputes"),
            does_not_recall=claimed.ids("context", "does-not-recall"),
            no_comment=claimed.ids("context", "no-comment") + people["no-comment"],
            not_reached=claimed.ids("context", "not-reached") + people["not-reached"],
            speaker=decl.speaker.text if decl.speaker else None,
            reported=decl.reported,
            quotes_match=self._quotes_match(decl, claimed, edges),
        )

    def _quotes_match(self, decl: ClaimDecl, claimed: Claimed, edges: tuple[Edge, ...]) -> bool:
        quoted = [edge for edge in edges if edge.quote is not None]
        matches = bool(quoted)
        for edge in quoted:
            matches &= self._matches(edge, claimed.quote_spans.get((edge.source, edge.quote or ""), decl.span))
        return matches

    def _matches(self, edge: Edge, span) -> bool:
        source = self.sources[edge.source]
        copy = self.copies(source.saved) if source.saved else None
        if copy is None:
            return False
        if stands_in(edge.quote or "", copy):
            return True
        hint = "copy the words exactly; put `[…]` where words are left out"
        self.faults.append(
            Diagnostic("E208", f"this quote isn't in the saved copy of `{source.id}`", span, (hint,))
        )
        return False

    def _name(self, key: str) -> str:
        return voice(key, self.sources, self.people).name

    def _said(self, decl: ClaimDecl, claimed: Claimed) -> str | None:
        if decl.said or not decl.speaker:
            return decl.said.text if decl.said else None
        by_speaker = [
            self.sources[i]
            for i in claimed.ids("supports")
            if decl.speaker.text in (i, self.sources[i].party)
        ]
        if len(by_speaker) != 1 or by_speaker[0].unnamed or by_speaker[0].date is None:
            return None
        return by_speaker[0].date.text

    def _panel(self, number: int, claimed: Claimed, numbering: Numbering) -> Iterator[PanelEdge]:
        for source, (stance, response) in claimed.stances.items():
            quotes = tuple(
                (edge.quote, edge.at) for edge in claimed.edges() if edge.source == source and edge.quote is not None
            )
            yield PanelEdge(
                self.public[source], stance, response, quotes,
                numbering.panel.get((number, source)), chain(self.sources[source], self.sources),
            )  # fmt: skip

    def _caveats(self, claimed: Claimed) -> tuple[tuple[str, str], ...]:
        found = (self.public[source] for source in reach(claimed.stances, self.sources))
        return tuple((source.name, caveat) for source in found for caveat in source.caveats)

    def _check(self, decl: ClaimDecl, claimed: Claimed, edges: tuple[Edge, ...]) -> None:
        if not edges and not claimed.replies:
            hint = "give it `sources`, or leave it as it is if that is the point"
            self.faults.append(Diagnostic("W451", f"claim `{decl.id}` has no source", decl.span, (hint,)))
        statuses = self.library.config.statuses
        if decl.status and statuses is not None and decl.status.text not in statuses:
            hints = did_you_mean(decl.status.text, statuses) or (f"one of: {', '.join(statuses)}",)
            message = f"`{decl.status.text}` is no status of this site"
            self.faults.append(Diagnostic("E407", message, decl.status.span, hints))
        if decl.speaker:
            self._check_speaker(decl.speaker, claimed)

    def _check_speaker(self, speaker, claimed: Claimed) -> None:
        route = reach(claimed.ids("supports"), self.sources)
        if any(speaker.text in (i, self.sources[i].party) for i in route):
            return
        parties = {self.sources[i].key for i in route if not self.sources[i].unnamed}
        hints = did_you_mean(speaker.text, {*route, *parties}) or (
            "a speaker is the party or the id of a source that supports the claim",
        )
        message = f"`{speaker.text}` is on no route of this claim"
        self.faults.append(Diagnostic("W452", message, speaker.span, hints))

    # --- The page ---

    def _page(self, claims: tuple[Claim, ...], numbering: Numbering) -> Page:
        meta, config = self.meta, self.library.config
        document = self.document
        levels = [
            (c.verdict.level, c.speaker is not None, any(n.code == "disputed" for n in c.verdict.notes)) for c in claims
        ]
        default = "explainer.html" if document.file.kind == "explainer" else "page.html"
        return Page(
            kind=document.file.kind,
            slug=document.file.slug,
            url=self.url,
            canonical=self.canonical,
            title=meta.title,
            layout=meta.layout.text if meta.layout else default,
            language=meta.language or config.language,
            body=document.body,
            summary=meta.summary,
            published=meta.date.iso if meta.date else None,
            modified=(meta.updated or meta.date).iso if meta.updated or meta.date else None,
            dateline=meta.dateline,
            draft=meta.draft,
            authors=tuple(byline(author, self.people) for author in meta.authors),
            contributors=tuple(byline(author, self.people) for author in meta.contributors),
            sourcing=summary(levels) if claims else "",
            claims=claims,
            notes=numbering.notes(self.public),
            sources=tuple(self.public.values()),
            cites=tuple(numbering.cites.get(i, ()) for i in range(len(document.cites))),
            footnote_uses=numbering.footnote_uses(),
            calls=document.calls,
            headings=document.headings,
            corrections=meta.corrections,
        )


def _claim_cites(decl: ClaimDecl, edges: Iterable[Edge], there: set[str]) -> ClaimCites:
    """What a claim cites itself: supporters after its words, the others in its panel."""
    absent = [edge for edge in edges if edge.source not in there]
    return ClaimCites(
        label=decl.id.replace("-", " "),
        after=unique(Cited(edge.source, edge.at) for edge in absent if edge.stance == "supports"),
        panel=unique(Cited(edge.source, edge.at) for edge in absent if edge.stance != "supports"),
    )
