"""Where sources are used: places in the files, and the claims whose routes pass them."""

from __future__ import annotations

from collections import ChainMap, Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from explainer.diagnostics import Span
    from explainer.engine.desk import Desk
    from explainer.model.declared import ClaimDecl, Source
    from explainer.model.document import Document
    from explainer.model.published_pages import PageRecord
    from explainer.model.site import PageSummary
    from explainer.model.terms import Stance


class Use(NamedTuple):
    """A place in a page that names a source; outside of claims `claim` and `stance` are None."""

    span: Span
    page: str
    claim: str | None
    stance: Stance | None


class Reliance(NamedTuple):
    """A claim with a route that passes a source: from what the claim cites to the source."""

    page: str
    claim: str
    route: tuple[str, ...]
    stance: Stance
    level: str
    label: str


class ListedSource(NamedTuple):
    """A source in a list. `page` is the slug of the page that it belongs to, None for the registry's."""

    source: Source
    page: str | None
    pages: tuple[str, ...]
    claims: int
    lacks: tuple[str, ...]

    @property
    def name(self) -> str | None:
        """What it is called in public; None on deep background."""
        source = self.source
        if not source.unnamed:
            return source.title or source.description
        return None if source.attribution == "deep-background" else source.description


class ShownSource(NamedTuple):
    """A source with everything that uses it; `behind` are the sources that know through it or are reported in it."""

    listed: ListedSource
    uses: tuple[Use, ...]
    claims: tuple[Reliance, ...]
    behind: tuple[tuple[str, Span], ...]


def list_sources(desk: Desk) -> list[ListedSource]:
    """All sources of a site, the registry's first, by id."""
    pages: dict[str, list[str]] = {}
    claims: Counter[str] = Counter()
    local: list[ListedSource] = []
    for page in desk.pages:
        counts = _claims_of(desk, page)
        for id_ in page.reached:
            pages.setdefault(id_, []).append(page.slug)
        claims.update(counts)
        local += (_listed(one, page.slug, _if_used(one.id, page), counts[one.id]) for one in desk.own_sources(page))
    registry = (
        _listed(source, None, tuple(pages.get(id_, ())), claims[id_])
        for id_, source in sorted(desk.library.sources.items())
    )
    return [*registry, *local]


def show_source(desk: Desk, id_: str) -> list[ShownSource]:
    """What uses the sources of this id: one of the registry, or one in the front matter of each page that has it."""
    source = desk.library.sources.get(id_)
    if source:
        return [_shown(desk, source, None, [page for page in desk.pages if id_ in page.reached])]
    owners = [page for page in desk.pages if id_ in page.own]
    return [_shown(desk, own, page.slug, [page]) for page in owners for own in _own(desk, page, id_)]


def _own(desk: Desk, page: PageSummary, id_: str) -> list[Source]:
    """The source of this id in a page's front matter."""
    document = desk.outline(page)
    found = [source for source in document.file.meta.sources if source.id == id_] if document else []
    # Of one that isn't provably named no more than an outline is kept.
    return (
        [source for source in desk.own_sources(page) if source.id == id_] if found and found[0].confidential else found
    )


def _claims_of(desk: Desk, page: PageSummary) -> Counter[str]:
    """How many claims of a page cite each source or have a live route through it."""
    if not page.reached:
        return Counter()
    return Counter(
        id_
        for claim in desk.interface(page).claims
        for id_ in {*(name for name, _ in claim.stances), *(name for name, _ in claim.passed)}
    )


def _if_used(id_: str, page: PageSummary) -> tuple[str, ...]:
    return (page.slug,) if id_ in page.reached else ()


def _listed(source: Source, page: str | None, pages: tuple[str, ...], claims: int) -> ListedSource:
    return ListedSource(source, page, pages, claims, tuple(_lacks(source)))


def _lacks(source: Source) -> Iterator[str]:
    """What an editor would want of a source, and it doesn't have."""
    if source.unnamed:
        if not source.why_unnamed:
            yield "why_unnamed"
        return
    if source.type in {"public-record", "statement", "report"}:
        if not source.url:
            yield "url"
        elif not source.archive:
            yield "archive"
        if not source.saved:
            yield "saved"


def _shown(desk: Desk, source: Source, owner: str | None, pages: Sequence[PageSummary]) -> ShownSource:
    """A source with what uses it on these pages: all that lead to it, or the one that it belongs to."""
    id_ = source.id
    uses: list[Use] = []
    claims: list[Reliance] = []
    resting = 0
    used = [page for page in pages if id_ in page.reached]
    for page in used:
        document, record = desk.outline(page), desk.stored_record(page)
        if document:
            own = {source.id: source for source in document.file.meta.sources}
            uses += _uses(document, record, page, id_)
            claims += _reliances(record, page, id_, ChainMap(own, desk.library.sources))
            resting += sum(
                any(id_ == edge.source for edge in claim.edges) or id_ in dict(claim.passed) for claim in record.claims
            )
    behind = [] if owner else list(_naming(desk.library.sources.values(), id_))
    for page in pages if owner else desk.pages:
        # What names it leads to it, unless nothing leads to what names it.
        if page.own and (id_ in page.reached or not set(page.reached).issuperset(page.own)):
            document = desk.outline(page)
            behind += _naming(document.file.meta.sources if document else (), id_)
    listed = _listed(source, owner, tuple(page.slug for page in used), resting)
    return ShownSource(listed, tuple(sorted(uses, key=lambda use: use.span)), tuple(claims), tuple(behind))


def _naming(sources: Iterable[Source], id_: str) -> Iterator[tuple[str, Span]]:
    """Those of these sources that name a source in `via` or `reported_in`, with the place."""
    for source in sources:
        named = zip((*source.via, *source.reported_in), (*source.via_spans, *source.reported_in_spans), strict=True)
        yield from ((source.id, span) for other, span in named if other == id_)


def _uses(document: Document, record: PageRecord, page: PageSummary, id_: str) -> Iterator[Use]:
    """The places of a page that name a source."""
    stances = {
        (claim.id, edge.source): edge.stance for claim in record.claims for edge in claim.edges if edge.source == id_
    }
    for decl in (*document.file.meta.claims, *(mark.decl for mark in document.claims)):
        yield from (Use(span, page.slug, decl.id, stance) for span, stance in _declared(decl, id_))
    for cite in document.cites:
        claim = None if cite.claim is None else document.claims[cite.claim].decl.id
        for located in cite.ids:
            if located.text == id_:
                stance = stances.get((claim, id_)) if claim else None
                yield Use(located.span, page.slug, claim, stance)


def _declared(decl: ClaimDecl, id_: str) -> Iterator[tuple[Span, Stance]]:
    lists: tuple[tuple[Stance, tuple[object, ...]], ...] = (
        ("supports", decl.sources), ("disputes", decl.disputes), ("context", decl.context),
    )  # fmt: skip
    for stance, edges in lists:
        for edge in edges:
            if edge.source == id_:  # type: ignore[attr-defined]
                yield edge.span, stance  # type: ignore[attr-defined]
    for answer in decl.responses:
        if answer.id == id_:
            yield answer.span, "disputes" if answer.response == "denies" else "context"


def _reliances(record: PageRecord, page: PageSummary, id_: str, known: Mapping[str, Source]) -> Iterator[Reliance]:
    """The claims of a page with a route that passes a source."""
    from explainer.sourcing.words import published_label  # noqa: PLC0415 - needs the words of levels

    for claim in record.claims:
        label = published_label(claim.verdict, claim.speaker.inside if claim.speaker else None)
        for start, stance in {edge.source: edge.stance for edge in claim.edges}.items():
            route = _route(start, id_, known)
            if route:
                yield Reliance(page.slug, claim.id, route, stance, claim.verdict.level, label)


def _route(start: str, end: str, known: Mapping[str, Source]) -> tuple[str, ...]:
    """A shortest way from what a claim cites to a source, through `via` or the reports that have it; empty if there is none."""
    if start in known and end in known[start].reported_in:
        return start, end
    before: dict[str, str | None] = {start: None}
    queue = [start]
    for id_ in queue:
        if id_ == end:
            return tuple(reversed(list(_back(id_, before))))
        for via in known[id_].via if id_ in known else ():
            if via not in before:
                before[via] = id_
                queue.append(via)
    return ()


def _back(id_: str | None, before: Mapping[str, str | None]) -> Iterator[str]:
    while id_ is not None:
        yield id_
        id_ = before[id_]
