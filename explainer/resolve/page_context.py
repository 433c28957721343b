"""What one page gets from the rest of the site: links, references, neighbours. Runs in any process."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from explainer.model.published_pages import Page, PageImage, PageLink
from explainer.model.site import PageContext
from explainer.model.terms import PICTURE_ARGUMENTS
from explainer.resolve.links import Addresses, Linker
from explainer.resolve.lists import tag_path
from explainer.resolve.media import media_faults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.diagnostics import Diagnostic, Span
    from explainer.model.published import Claim
    from explainer.model.published_pages import PageRecord, PageVersion
    from explainer.model.site import PageInterface, ShownFile, Ties
    from explainer.resolve.cross_references import ClaimIndex, Key


@dataclass(frozen=True, slots=True)
class SiteIndex:
    """The site as pages refer to it: all addresses, claims by id, neighbours and versions by path, ties by claim."""

    addresses: Addresses
    claim_index: ClaimIndex
    neighbours: Mapping[str, tuple[PageLink | None, PageLink | None]]
    ties: Mapping[Key, Ties]
    versions: Mapping[str, tuple[PageVersion, ...]]


class ResolvedContext(NamedTuple):
    """A page's context, the diagnostics of what it refers to, and the files beside it that it shows."""

    context: PageContext
    diagnostics: tuple[Diagnostic, ...]
    assets: tuple[ShownFile, ...]


def resolve_context(page: PageInterface, site_index: SiteIndex) -> ResolvedContext:
    """Look up what a page refers to in the rest of the site."""
    claim_index = replace(site_index.claim_index, diagnostics=[])
    linker = Linker(site_index.addresses, page.url, posixpath.dirname(page.file))
    hrefs = tuple(linker.href(link.target, link.span, shown=link.image) for link in page.links)
    wrong: list[Diagnostic] = []
    for call in page.calls:
        faults = media_faults(call)
        wrong += faults.values()
        for name, value in (*enumerate(call.positional), *call.named):
            if name in faults:
                continue
            shown = name == PICTURE_ARGUMENTS.get(call.name)
            linker.argument(str(name), value, call.span, shown=shown)
            if shown:
                linker.picture(value, call.span)
    image = card = None
    if page.image:
        src = linker.href(page.image.src, page.image.span, shown=True)
        linker.picture(page.image.src, page.image.span)
        image = PageImage(src, page.image.alt, page.image.credit)
        card = linker.card(page.image.src, page.image.alt, page.image.span)
    previous, following = site_index.neighbours.get(page.url, (None, None))
    root = site_index.addresses.root.rstrip("/")
    own = enumerate(page.claims) if site_index.ties and page.kind == "explainer" else ()
    context = PageContext(
        hrefs=hrefs,
        sizes=tuple(linker.sizes.items()),
        arguments=tuple((written, address) for written, address in linker.arguments.items() if written != address),
        refs=tuple(_ref(ref.target, page.slug, ref.span, claim_index, root) for ref in page.refs),
        image=image,
        tags=tuple(PageLink(tag, tag_path(tag)) for tag in page.entry.tags),
        related=claim_index.related(page.related),
        previous=previous,
        next=following,
        versions=site_index.versions.get(page.url, ()),
        pictures=tuple(linker.pictures.items()),
        card=card,
        ties=tuple((n, site_index.ties[key]) for n, claim in own if (key := (page.slug, claim.id)) in site_index.ties),
    )
    return ResolvedContext(
        context, (*wrong, *linker.diagnostics, *claim_index.diagnostics), tuple(linker.assets.values())
    )


def with_context(record: PageRecord, context: PageContext) -> Page:
    """Complete a page's record with what it gets from the rest of the site."""
    if context.ties:
        ties = dict(context.ties)
        claims = tuple(_tied(claim, ties.get(number)) for number, claim in enumerate(record.claims))
        record = record._replace(claims=claims)
    return Page(
        **record._asdict(),
        tags=context.tags,
        image=context.image,
        hrefs=context.hrefs,
        sizes=context.sizes,
        arguments=context.arguments,
        refs=context.refs,
        related=context.related,
        previous=context.previous,
        next=context.next,
        versions=context.versions,
        pictures=context.pictures,
        card=context.card,
    )


def _tied(claim: Claim, tied: Ties | None) -> Claim:
    return claim._replace(**tied._asdict()) if tied else claim


def _ref(target: str, slug: str, span: Span, claim_index: ClaimIndex, root: str) -> tuple[str, str]:
    """The address and the words of a `ref`: to a claim, or to a whole page."""
    if target in claim_index.pages:
        page = claim_index.pages[target]
        return root + page.url, page.title
    key = claim_index.find(target, slug, span)
    if key is None:
        return "", ""
    link = claim_index.link(key, slug)
    return root + link.url, link.text
