"""Judge one claim: its level, its words, and its full account."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Diagnostic, did_you_mean
from explainer.model.declared import Caveats
from explainer.model.published import Claim, PanelEdge, Reply
from explainer.resolve.nearest_passage import nearest_passage
from explainer.resolve.publishable import badge_name, sentence_name, voice
from explainer.resolve.quotes import find_quote
from explainer.resolve.routes import reach
from explainer.sourcing.account import answer, route_chain
from explainer.sourcing.badge import Names, badge
from explainer.sourcing.routes import source_of
from explainer.sourcing.rule import Evidence, judged
from explainer.sourcing.words import capitalised, label, remaining, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from explainer.diagnostics import Span
    from explainer.model.declared import ClaimDecl, Located, Person, Source
    from explainer.model.document import ClaimMark, Document
    from explainer.model.published import Excerpt, PublicSource, Use, Verdict, Voice
    from explainer.model.terms import Stance
    from explainer.resolve.edges import Claimed
    from explainer.resolve.quotes import Found
    from explainer.sourcing.rule import Judged
    from explainer.text.catalog import Catalog


_STOPS = tuple(".?!…”’\"'؟。")


class References(NamedTuple):
    """What one page may refer to, and how saved copies are looked up."""

    sources: Mapping[str, Source]
    people: Mapping[str, Person]
    statuses: tuple[str, ...] | None
    catalog: Catalog
    copies: Callable[[str], str | None]

    @property
    def names(self) -> Names:
        """What sources are called in badges."""
        sources, people, catalog = self.sources, self.people, self.catalog
        return Names(
            lambda id_: badge_name(sources[id_], people, catalog),
            lambda id_: sources[id_].key in people and people[sources[id_].key].kind == "person",
        )

    def in_copy(self, source: str, quote: str) -> bool | None:
        """Whether a quote stands in the source's saved copy; None where there is nothing to compare."""
        copy = self.copy_of(source)
        return None if copy is None else find_quote(quote, copy) is not None

    def copy_of(self, source: str) -> str | None:
        """The text of a source's saved copy, if it has one that can be read."""
        saved = self.sources[source].saved
        return self.copies(saved) if saved else None


class Shown(NamedTuple):
    """A claim's place on the page: its numbers after the words and in the panel, its sources as published.

    `head` is the report that the page's head names, `excerpts` the passages of quotations by source and quotation.
    """

    canonical: str
    head: str | None
    after: tuple[Use, ...]
    panel: Mapping[str, Use]
    public: Mapping[str, PublicSource]
    excerpts: Mapping[tuple[str, str], Excerpt]


class JudgedClaim(NamedTuple):
    """How a claim is sourced, with what it says of it in its place: who speaks, as inside a sentence, and the words."""

    id: str
    verdict: Verdict
    said_by: str | None
    words: str


def check_claim(decl: ClaimDecl, claimed: Claimed, references: References) -> Iterator[Diagnostic]:
    """The diagnostics of one claim, except those of its edges."""
    if not claimed.named:
        hint = "give it `sources`, or leave it as it is if that is the point"
        yield Diagnostic("W451", f"claim `{decl.id}` has no source", decl.span, (hint,))
    if decl.status and references.statuses is not None and decl.status.text not in references.statuses:
        hints = did_you_mean(decl.status.text, references.statuses) or (f"one of: {', '.join(references.statuses)}",)
        yield Diagnostic("E407", f"`{decl.status.text}` isn't a status of this site", decl.status.span, hints)
    if decl.speaker:
        yield from _check_speaker(decl.speaker, claimed, references)
    quotes = [edge.quote for edge in claimed.edges if edge.quote]
    for one in decl.new:
        if not any(one.text in quote for quote in quotes):
            hint = "copy them from a quotation of the claim, with its quote marks left out"
            yield Diagnostic("E410", f"`{one.text}` stands in no quotation of claim `{decl.id}`", one.span, (hint,))


def _check_speaker(speaker: Located, claimed: Claimed, references: References) -> Iterator[Diagnostic]:
    route = [references.sources[i] for i in reach(claimed.ids("supports"), references.sources)]
    if any(speaker.text in (source.id, source.party) for source in route):
        return
    parties = {source.key for source in route if not source.unnamed} | {source.id for source in route}
    hints = did_you_mean(speaker.text, parties) or ("a speaker is a party, or a source, behind the claim",)
    yield Diagnostic("W452", f"`{speaker.text}` is on no route of this claim", speaker.span, hints)


def check_quotes(document: Document, references: References) -> Iterator[Diagnostic]:
    """The diagnostics of quotes that don't match their saved copies, inside and outside of claims."""
    quoted = [
        (cite.ids[0].text, cite.quote, cite.ids[0].span)
        for cite in document.cites
        if cite.quote is not None and cite.ids
    ]
    decls = (*document.file.meta.claims, *(mark.decl for mark in document.claims))
    quoted += [
        (edge.source, edge.quote, edge.span)
        for decl in decls
        for edge in (*decl.sources, *decl.disputes, *decl.context)
        if edge.quote is not None
    ]
    for source, quote, span in quoted:
        copy = references.copy_of(source) if source in references.sources else None
        if copy is not None:
            yield from _check_quote(references.sources[source], quote, copy, span)


def _check_quote(source: Source, quote: str, copy: str, span: Span) -> Iterator[Diagnostic]:
    found = find_quote(quote, copy)
    if found is None:
        yield Diagnostic(
            "E208", f"this quote isn't in the saved copy of `{source.id}`", span, _nearest(source, quote, copy)
        )
    elif not found.keeps_sense:
        yield _changed_sense(source, found, span)


def _changed_sense(source: Source, found: Found, span: Span) -> Diagnostic:
    if found.puts_in_a_negation and not found.leaves_out_a_negation:
        message = f"a word like “not” stands in square brackets here, and not in the saved copy of `{source.id}`"
        return Diagnostic("W256", message, span, ("quote the words themselves, or say it outside of the quotation",))
    what = "a word like “not”" if found.leaves_out_a_negation else "the end of a sentence"
    message = f"in the saved copy of `{source.id}`, {what} stands where this quote has square brackets"
    return Diagnostic("W256", message, span, ("quote the words between too, or make two quotations of it",))


def _nearest(source: Source, quote: str, copy: str) -> tuple[str, ...]:
    """Hints for a quote that isn't in a copy. What an unnamed source's copy says stands in none."""
    how = "put `[…]` where words are left out, and `[words]` where others are put in their place"
    passage = None if source.unnamed or source.confidential else nearest_passage(quote, copy)
    if passage is None:
        return (f"copy the words exactly; {how}",)
    differences = [
        f"the copy has `{theirs}` where the quote has `{ours}`"
        if theirs and ours
        else f"the copy has `{theirs}`, which the quote leaves out"
        if theirs
        else f"the copy doesn't have `{ours}`"
        for theirs, ours in passage.differences
    ]
    return (f"the nearest words there: `{passage.text}`", *differences, how)


def judge_claim(decl: ClaimDecl, claimed: Claimed, references: References) -> Judged:
    """How a claim is sourced."""
    return judged(_evidence(decl, claimed, references), references.sources)


def told_claim(
    decl: ClaimDecl, claimed: Claimed, found: Judged, references: References, head: str | None
) -> JudgedClaim:
    """A judged claim with its words; `head` is the report that the page's head names."""
    speaker = _speaker(decl.speaker.text, claimed, references) if decl.speaker else None
    words = badge(found, head, references.sources, references.names, references.catalog)
    return JudgedClaim(decl.id, found.verdict, speaker.inside if speaker else None, words)


def shown_claim(
    mark: ClaimMark, decl: ClaimDecl, claimed: Claimed, found: Judged, references: References, shown: Shown
) -> Claim:
    """A claim with its verdict and everything that is shown of it, but for ties to other claims."""
    sources, people, catalog = references.sources, references.people, references.catalog
    verdict = found.verdict
    speaker = _speaker(decl.speaker.text, claimed, references) if decl.speaker else None
    said_by = speaker.inside if speaker else None
    told = sentences(
        catalog, verdict, lambda key: sentence_name(key, sources, people, catalog), lambda key: sources[key].key
    )
    answered = answer(found, said_by, sources, references.names, catalog)
    return Claim(
        id=decl.id,
        url=f"{shown.canonical}#claim-{decl.id}",
        shown=mark.text,
        text=decl.as_text or mark.text,
        speaker=speaker,
        said=_said(decl, claimed, sources),
        reported=decl.reported.text if decl.reported else None,
        status=decl.status.text if decl.status else None,
        verdict=verdict,
        words=badge(found, shown.head, sources, references.names, catalog),
        label=label(catalog, verdict, said_by),
        sentences=told,
        edges=claimed.edges,
        inner=mark.parent is not None,
        panel=tuple(_panel(claimed, shown)),
        replies=tuple([Reply(voice(reply.id, {}, people, catalog), reply.response) for reply in claimed.replies]),
        cites=shown.after,
        reasons=_reasons(claimed, references, shown.public),
        answer=answered,
        notes=remaining(verdict, told, goes_back=len(answered) > 1 or _through_reports(verdict, sources)),
        chain=route_chain(found.supporting),
        passed=_passed(found),
        new=tuple(one.text for one in decl.new),
    )


def _speaker(key: str, claimed: Claimed, references: References) -> Voice:
    """A claim's speaker; the party of an unnamed source gives way to the source's id."""
    sources, people, catalog = references.sources, references.people, references.catalog
    if key in people:
        return voice(key, sources, people, catalog)
    if key in sources:
        said_by = sources[key]
        party = key if said_by.unnamed else said_by.key
        return voice(party, sources, people, catalog)._replace(id=key)
    on_routes = (sources[source] for source in reach(claimed.ids("supports"), sources))
    owners = [source for source in on_routes if source.party == key]
    owners = owners or [source for source in sources.values() if source.party == key]
    if owners and all(source.unnamed for source in owners):
        return voice(min(source.id for source in owners), sources, people, catalog)
    return voice(key, sources, people, catalog)


def _evidence(decl: ClaimDecl, claimed: Claimed, references: References) -> Evidence:
    quoted = [(edge.source, edge.quote) for edge in claimed.edges if edge.quote is not None]
    return Evidence(
        supports=claimed.ids("supports"),
        disputes=claimed.ids("disputes"),
        does_not_recall=claimed.ids("context", "does-not-recall"),
        no_comment=claimed.ids("context", "no-comment") + claimed.people("no-comment"),
        not_reached=claimed.ids("context", "not-reached") + claimed.people("not-reached"),
        speaker=decl.speaker.text if decl.speaker else None,
        reported=decl.reported,
        quotes_match=bool(quoted) and all(references.in_copy(source, quote) for source, quote in quoted),
    )


def _said(decl: ClaimDecl, claimed: Claimed, sources: Mapping[str, Source]) -> str | None:
    if decl.said or not decl.speaker:
        return decl.said.text if decl.said else None
    supporting = [sources[source] for source in claimed.ids("supports")]
    by_speaker = [source for source in supporting if decl.speaker.text in (source.id, source.party)]
    # An unnamed source's date is never published.
    if len(by_speaker) != 1 or by_speaker[0].unnamed or by_speaker[0].date is None:
        return None
    return by_speaker[0].date.text


def _panel(claimed: Claimed, shown: Shown) -> Iterator[PanelEdge]:
    quotes: dict[str, list[tuple[str, str | None]]] = {}
    for edge in claimed.edges:
        if edge.quote is not None:
            quotes.setdefault(edge.source, []).append((edge.quote, edge.at))
    for source, (stance, response) in claimed.stances.items():
        yield PanelEdge(
            source=shown.public[source],
            stance=stance,
            response=response,
            quotes=tuple(quotes.get(source, ())),
            use=shown.panel.get(source),
            excerpts=_excerpts(source, quotes.get(source, ()), shown),
        )


def _excerpts(source: str, quotes: Sequence[tuple[str, str | None]], shown: Shown) -> tuple[Excerpt | None, ...]:
    found = tuple(shown.excerpts.get((source, quote)) for quote, _ in quotes)
    return found if any(found) else ()


def _through_reports(verdict: Verdict, sources: Mapping[str, Source]) -> bool:
    """Whether all that every source rests on are reports, which the answer names."""
    shared = [id_ for note in verdict.notes if note.code == "rests-on" for id_ in note.sources]
    return bool(shared) and all(sources[id_].type == "report" for id_ in shared)


def _reasons(claimed: Claimed, references: References, public: Mapping[str, PublicSource]) -> Caveats:
    """What speaks for and against relying on what supports or disputes a claim; whose it is, where that could be asked."""
    cited = [source for source, (stance, _) in claimed.stances.items() if stance != "context"]
    found = [public[source] for source in reach(cited, references.sources) if public[source].caveats]

    called = Counter(source.short for source in found)
    names = [source.short if called[source.short] == 1 else source.name for source in found]

    def told(texts: Callable[[Caveats], tuple[str, ...]]) -> tuple[str, ...]:
        if len(found) == 1:
            return texts(found[0].caveats)
        catalog = references.catalog
        return tuple(
            catalog.text("account.reason", who=capitalised(name), reason=_run_on(texts(source.caveats), catalog))
            for source, name in zip(found, names, strict=True)
            if texts(source.caveats)
        )

    return Caveats(told(lambda one: one.favour), told(lambda one: one.against), told(lambda one: one.other))


def _run_on(texts: tuple[str, ...], catalog: Catalog) -> str:
    """Texts as the sentences of one paragraph."""
    *first, last = texts
    stop = catalog.form("sentence.end")
    return " ".join([*(one if one.endswith(_STOPS) else one + stop for one in first), last])


def _passed(found: Judged) -> tuple[tuple[str, Stance], ...]:
    """The sources on a claim's live routes, with what these do; one that supports it too doesn't dispute it alone."""
    passed: dict[str, Stance] = dict.fromkeys(map(source_of, found.disputing.via), "disputes")
    passed |= dict.fromkeys(map(source_of, found.supporting.via), "supports")
    return tuple(sorted(passed.items()))
