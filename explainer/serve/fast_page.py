"""A page that was saved, shown before the whole site is resolved again, which takes longer than a writer should wait.

What the page asks of the rest of the site is looked up in the site as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import has_errors
from explainer.engine.page_outputs import context_of
from explainer.model.output_files import html_file
from explainer.serve.tree import Tree, by_output

if TYPE_CHECKING:
    from explainer.engine.page import PreparedPage
    from explainer.model.site import PageInterface, PageSummary


def provisional_outputs(tree: Tree, page: PreparedPage) -> dict[str, PageSummary]:
    """The page by the paths of its outputs, as far as it can be told now; empty where that takes the whole site."""
    summary = page.summary
    if summary is None or _before(tree, summary) is None or has_errors(page.diagnostics):
        return {}
    context = context_of(tree.texts.interface(summary), tree.site_index, tree.theme, tree.wording)
    return {} if context.diagnostics else by_output(summary)


def is_self_contained(tree: Tree, page: PreparedPage) -> bool:
    """Whether a page that was saved changes nothing but its own outputs, and nothing is wrong with it."""
    before = _before(tree, page.summary) if page.summary else None
    if page.summary is None or before is None or page.diagnostics:
        return False
    return _placeless(tree.texts.interface(page.summary)) == _placeless(tree.texts.interface(before))


def _before(tree: Tree, page: PageSummary) -> PageSummary | None:
    """The page as it is in the tree, at the same address."""
    before = tree.pages.get(html_file(page.url))
    return before if before and before.file == page.file else None


def _placeless(interface: PageInterface) -> PageInterface:
    """All of an interface that other pages or its own links could depend on, whatever line it stands on."""
    return interface._replace(
        span=None,
        links=tuple(link.target for link in interface.links),
        refs=tuple(ref.target for ref in interface.refs),
        calls=tuple(call._replace(span=None) for call in interface.calls),
        related=tuple(one.text for one in interface.related),
        translations=tuple((one.language, one.slug) for one in interface.translations),
        claims=tuple(
            claim._replace(
                contradicts=tuple(one.text for one in claim.contradicts),
                supersedes=tuple(one.text for one in claim.supersedes),
            )
            for claim in interface.claims
        ),
        image=interface.image._replace(span=None, texts=()) if interface.image else None,
    )
