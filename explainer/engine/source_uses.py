"""Where sources are used: places in the files, and the claims whose routes pass them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.diagnostics import Span
    from explainer.engine.desk import Desk
    from explainer.model.declared import ClaimDecl, Source
    from explainer.model.document import Document
    from explainer.model.published import PageRecord
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
    pages: dict[str, dict[str, None]] = {}
    claims: dict[str, int] = {}
    for page in desk.pages:
        for id_ in page.reached:
            pages.setdefault(id_, {})[page.slug] = None
        for claim in desk.interface(page).claims:
            for id_ in {*(name for name, _ in claim.stances), *(name for name, _ in claim.passed)}:
                claims[id_] = claims.get(id_, 0) + 1
    listed = [
        _listed(source, None, tuple(pages.get(source.id, ())), claims.get(source.id, 0))
        for _, source in sorted(desk.library.sources.items())
    ]
    for page, source in desk.local_sources():
        count = sum(source.id in dict((*one.stances, *one.passed)) for one in desk.interface(page).claims)
        used = (page.slug,) if source.id in page.reached else ()
        listed.append(_listed(source, page.slug, used, count))
    return listed


def show_source(desk: Desk, id_: str) -> list[ShownSource]:
    """What uses the sources of this id: one of the registry, or one in the front matter of each page that has it."""
    return [_shown(desk, listed) for listed in list_sources(desk) if listed.source.id == id_]


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


def _shown(desk: Desk, listed: ListedSource) -> ShownSource:
    id_ = listed.source.id
    uses: list[Use] = []
    claims: list[Reliance] = []
    for page in desk.pages:
        if page.slug not in listed.pages or (listed.page and page.slug != listed.page):
            continue
        record = desk.stored_record(page)
        known: Mapping[str, Source] = desk.library.sources
        file = desk.read(page) if listed.page or id_ in page.cited or not known.keys() >= set(page.reached) else None
        if file:
            # Only such a page names it itself, or has sources of its own on the way to it.
            known = {**known, **{source.id: source for source in file.meta.sources}}
            uses += _uses(desk.parse(file), record, page, id_)
        claims += _reliances(record, page, id_, known)
    in_order = sorted(uses, key=lambda use: use.span)
    return ShownSource(listed, tuple(in_order), tuple(claims), tuple(_behind(desk, listed)))


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
    """A shortest way from one source to another through `via`; empty if there is none."""
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


def _behind(desk: Desk, listed: ListedSource) -> Iterator[tuple[str, Span]]:
    """The sources that name a source in `via` or `reported_in`, with the place."""
    registry = ((None, source) for source in desk.library.sources.values())
    for page, source in (*registry, *((page.slug, source) for page, source in desk.local_sources())):
        if listed.page and page != listed.page:
            continue
        named = zip((*source.via, *source.reported_in), (*source.via_spans, *source.reported_in_spans), strict=True)
        yield from ((source.id, span) for id_, span in named if id_ == listed.source.id)
