"""A page that was saved, before the whole site has been looked at: right in all but what others make of it.

Resolving a large site takes longer than a writer should wait. The page together with those that it
names is a small site of its own, and takes milliseconds.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from explainer.diagnostics import has_errors
from explainer.resolve import resolve_site
from explainer.serve.memory import Leaf, Tree, leaves_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.model import Choice, Surface
    from explainer.prepare import Prepared


def provisional(tree: Tree, page: Prepared, choice: Choice, beside: Mapping[str, frozenset[str]]) -> dict[str, Leaf]:
    """The page's place in the tree as far as it can be told now; empty where that takes the whole site."""
    surface = page.surface
    before = _leaf(tree, surface) if surface else None
    if surface is None or before is None or has_errors(page.diagnostics):
        return {}
    if is_alike(surface, before.surface):
        return leaves_of(surface, page, before.joined)
    around = {leaf.surface.file: leaf.surface for leaf in _around(tree, surface, before)}
    around[surface.file] = surface
    found = resolve_site(list(around.values()), tree.library, choice, beside, frozenset(tree.theme.static))
    site = found.value
    joined = next((one for one, own in zip(site.joined, site.pages, strict=True) if own is surface), None)
    if joined is None or any(fault.span.path == surface.file for fault in found.diagnostics if has_errors([fault])):
        return {}
    joined = joined._replace(previous=before.joined.previous, next=before.joined.next)
    return leaves_of(surface, page, joined)


def _leaf(tree: Tree, surface: Surface) -> Leaf | None:
    leaf = tree.leaves.get(f"{surface.url.strip('/')}/index.html")
    return leaf if leaf and leaf.surface.file == surface.file else None


def settled(tree: Tree, page: Prepared) -> bool:
    """Whether a page that was saved changes nothing but its own outputs, and has nothing to be told of."""
    before = _leaf(tree, page.surface) if page.surface else None
    return bool(page.surface and before and not page.diagnostics and is_alike(page.surface, before.surface))


def is_alike(one: Surface, other: Surface) -> bool:
    """Whether two surfaces are the same to all who may need them, whatever lines their parts stand on."""
    return _placeless(one) == _placeless(other)


def _placeless(surface: Surface) -> tuple[object, ...]:
    """All of a surface that other pages or its own links could depend on, whatever line it stands on."""
    return surface._replace(
        span=None,  # type: ignore[arg-type]
        links=tuple(link.target for link in surface.links),  # type: ignore[misc]
        refs=tuple(ref.target for ref in surface.refs),  # type: ignore[misc]
        calls=tuple(call._replace(span=None) for call in surface.calls),  # type: ignore[arg-type]
        related=tuple(one.text for one in surface.related),  # type: ignore[misc]
        claims=tuple(
            claim._replace(
                contradicts=tuple(one.text for one in claim.contradicts),  # type: ignore[misc]
                supersedes=tuple(one.text for one in claim.supersedes),  # type: ignore[misc]
            )
            for claim in surface.claims
        ),
        image=surface.image._replace(span=None) if surface.image else None,  # type: ignore[arg-type]
    )


def _around(tree: Tree, surface: Surface, before: Leaf) -> Iterator[Leaf]:
    """The pages that a page names, and those whose claims are tied to its own."""
    urls = set()
    for link in surface.links:
        path = unquote(urlsplit(link.target).path)
        if path.endswith(".md"):
            path = f"/explainers/{posixpath.basename(path).removesuffix('.md')}/"
        urls.add(posixpath.normpath(posixpath.join(surface.url, path)).rstrip("/") + "/")
    slugs = {ref.target.rpartition("#")[0] for ref in surface.refs} | {ref.target for ref in surface.refs}
    slugs |= {one.text for one in surface.related}
    for claim in surface.claims:
        slugs |= {one.text.rpartition("#")[0] for one in (*claim.contradicts, *claim.supersedes)}
    urls |= {f"/explainers/{slug}/" for slug in slugs if slug}
    for _, tied in before.joined.ties:
        urls |= {link.url.partition("#")[0] for links in tied for link in links}
    for url in sorted(urls):
        if leaf := tree.leaves.get(f"{url.strip('/')}/index.html"):
            yield leaf
