"""Joining a page to the rest of the site: its links, references and neighbours. Any process may do it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from explainer.model.published import Page, PageImage, PageLink
from explainer.model.site import Joined
from explainer.resolve.links import Addresses, Linker, is_outside
from explainer.resolve.lists import tag_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.diagnostics import Diagnostic, Span
    from explainer.model.published import Claim
    from explainer.model.site import Surface, Ties
    from explainer.resolve.cross_references import Index, Key


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a page is joined to: all addresses, the claims that pages mean, neighbours by path, ties by claim."""

    addresses: Addresses
    index: Index
    neighbours: Mapping[str, tuple[PageLink | None, PageLink | None]]
    ties: Mapping[Key, Ties]


class Joint(NamedTuple):
    """What a page gets from the rest of the site, the faults of what it asks for, the files beside it that it shows."""

    joined: Joined
    faults: tuple[Diagnostic, ...]
    assets: tuple[tuple[str, str], ...]


def joint(page: Surface, around: Surroundings) -> Joint:
    """Look up whatever a page asks of the rest of the site."""
    index = replace(around.index, faults=[])
    linker = Linker(around.addresses, page.url, posixpath.dirname(page.file))
    hrefs = tuple(linker.href(link.target, link.span) for link in page.links)
    for call in page.calls:
        for name, value in (*enumerate(call.positional), *call.named):
            linker.argument(str(name), value, call.span)
    image = None
    if page.image:
        src = page.image.src if is_outside(page.image.src) else linker.href(page.image.src, page.image.span)
        image = PageImage(src, page.image.alt, page.image.credit)
    previous, following = around.neighbours.get(page.url, (None, None))
    root = around.addresses.root.rstrip("/")
    own = enumerate(page.claims) if around.ties and page.kind == "explainer" else ()
    joined = Joined(
        hrefs=hrefs,
        sizes=tuple(linker.sizes.items()),
        refs=tuple(_ref(ref.target, page.slug, ref.span, index, root) for ref in page.refs),
        image=image,
        tags=tuple(PageLink(tag, tag_path(tag)) for tag in page.entry.tags),
        related=index.related(page.related),
        previous=previous,
        next=following,
        ties=tuple((n, around.ties[key]) for n, claim in own if (key := (page.slug, claim.id)) in around.ties),
    )
    return Joint(joined, (*linker.faults, *index.faults), tuple(linker.assets.items()))


def join(page: Page, joined: Joined) -> Page:
    """A page together with what it gets from the rest of the site."""
    claims = page.claims
    if joined.ties:
        tied = dict(joined.ties)
        claims = tuple(_tied(claim, tied.get(number)) for number, claim in enumerate(claims))
    return page._replace(
        hrefs=joined.hrefs,
        sizes=joined.sizes,
        refs=joined.refs,
        image=joined.image,
        tags=joined.tags,
        related=joined.related,
        previous=joined.previous,
        next=joined.next,
        claims=claims,
    )


def _tied(claim: Claim, tied: Ties | None) -> Claim:
    return claim._replace(**tied._asdict()) if tied else claim


def _ref(target: str, slug: str, span: Span, index: Index, root: str) -> tuple[str, str]:
    """The address and the words of a `ref`: to a claim, or to a whole page."""
    if target in index.pages:
        page = index.pages[target]
        return root + page.url, page.title
    key = index.find(target, slug, span)
    if key is None:
        return "", ""
    link = index.link(key, slug)
    return root + link.url, link.text
