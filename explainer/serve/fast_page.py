"""A page that was saved, before the whole site has been looked at: right in all but what others make of it.

Resolving a large site takes longer than a writer should wait. What the page asks of the rest is looked
up in the site as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.check import check_calls
from explainer.diagnostics import has_errors
from explainer.model.output_files import html_file
from explainer.resolve import resolve_context
from explainer.serve.tree import Leaf, Tree, leaves_of

if TYPE_CHECKING:
    from explainer.engine.page import Prepared
    from explainer.model.site import PageInterface, PageSummary


def provisional(tree: Tree, page: Prepared) -> dict[str, Leaf]:
    """The page's place in the tree as far as it can be told now; empty where that takes the whole site."""
    outline = page.outline
    if outline is None or _leaf(tree, outline) is None or has_errors(page.diagnostics):
        return {}
    surface = tree.texts.surface(outline)
    faults = (*check_calls(surface.calls, tree.theme.forms), *resolve_context(surface, tree.site_index).diagnostics)
    return {} if faults else leaves_of(outline)


def settled(tree: Tree, page: Prepared) -> bool:
    """Whether a page that was saved changes nothing but its own outputs, and has nothing to be told of."""
    before = _leaf(tree, page.outline) if page.outline else None
    if page.outline is None or before is None or page.diagnostics:
        return False
    return _placeless(tree.texts.surface(page.outline)) == _placeless(tree.texts.surface(before.outline))


def _leaf(tree: Tree, page: PageSummary) -> Leaf | None:
    leaf = tree.leaves.get(html_file(page.url))
    return leaf if leaf and leaf.outline.file == page.file else None


def _placeless(surface: PageInterface) -> PageInterface:
    """All of a surface that other pages or its own links could depend on, whatever line it stands on."""
    return surface._replace(
        span=None,
        links=tuple(link.target for link in surface.links),
        refs=tuple(ref.target for ref in surface.refs),
        calls=tuple(call._replace(span=None) for call in surface.calls),
        related=tuple(one.text for one in surface.related),
        claims=tuple(
            claim._replace(
                contradicts=tuple(one.text for one in claim.contradicts),
                supersedes=tuple(one.text for one in claim.supersedes),
            )
            for claim in surface.claims
        ),
        image=surface.image._replace(span=None) if surface.image else None,
    )
