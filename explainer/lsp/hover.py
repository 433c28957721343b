"""What is told of an id under the cursor: what a source is, how a claim comes out. Nothing that readers may not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.resolve.publishable import public_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.model.declared import Person, Source
    from explainer.model.library import Library
    from explainer.model.published import Claim
    from explainer.model.site import PageSummary


def about_source(source: Source, library: Library, sources: Mapping[str, Source]) -> str:
    """What a source is, as far as it may be published."""
    return "\n".join(_source_lines(source, library, sources))


def about_person(person: Person) -> str:
    """Who someone is."""
    about = [f"{person.name} ({person.kind})", person.role or "", person.bio or ""]
    return "\n".join(line for line in about if line)


def about_claim(claim: Claim) -> str:
    """How a claim comes out: its words, and its account."""
    status = [f"Status: {claim.status}"] if claim.status else []
    account = dict.fromkeys((claim.label, *claim.answer, *claim.notes))
    return "\n".join((claim.text, f"→ {claim.words}", "", *account, *status))


def about_page(page: PageSummary) -> str:
    """What a page is."""
    draft = " (draft)" if page.draft else ""
    return f"{page.title}{draft}\n{page.claims} {'claim' if page.claims == 1 else 'claims'}"


def _source_lines(source: Source, library: Library, sources: Mapping[str, Source]) -> Iterator[str]:
    if source.confidential and not source.unnamed:
        yield f"{source.type}: its record leaves open whether it may be named, so that nothing of it is shown"
        return
    shown = public_source(source, None, sources.keys(), library.people, library.catalog)
    yield shown.name
    if shown.voice and shown.voice != shown.name:
        yield shown.voice
    yield ", ".join(part for part in (shown.type, shown.attribution, f"knowledge: {shown.knowledge}") if part)
    if place := ", ".join(part for part in (*shown.authors, shown.publisher, shown.container, shown.date) if part):
        yield place
    for label, ids in (("via", shown.via), ("reported in", shown.reported_in)):
        if ids:
            yield f"{label}: {', '.join(ids)}"
    if shown.why_unnamed:
        yield f"unnamed because: {shown.why_unnamed}"
    for label, caveats in (
        ("for", shown.caveats.favour),
        ("against", shown.caveats.against),
        ("", shown.caveats.other),
    ):
        yield from (f"{label + ': ' if label else ''}{text}" for text in caveats)
    if shown.withdrawn:
        yield f"withdrawn {shown.withdrawn.date.text}"
    yield from (address for address in (shown.url, shown.archive) if address)
