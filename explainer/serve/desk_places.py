"""Where the editor's pages of the preview lead to: pages of the site, and places in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics.report import visible
from explainer.serve.editor_links import link_to
from explainer.serve.elements import element

if TYPE_CHECKING:
    from explainer.diagnostics import Span
    from explainer.model.site import PageSummary
    from explainer.serve.elements import Html
    from explainer.serve.session import Session


class Places(NamedTuple):
    """Where pages and places in files lead to: `editor` opens a place, `root` is the path of the site's address."""

    session: Session
    editor: str | None
    root: str

    def place(self, span: Span, words: str | None = None) -> Html:
        """A place in a file: a link to the editor, if there is one."""
        shown = words or f"{visible(span.path)}:{span.line}:{span.col}"
        href = link_to(self.editor, self.session.root, span)
        return element("a", shown, href=href, class_="place") if href else element("span", shown, class_="place")

    def page(self, page: PageSummary, anchor: str = "") -> Html:
        """A page by its title, as a link if it can be seen."""
        tree = self.session.tree
        shown = tree is not None and f"{page.url.strip('/')}/index.html" in tree.pages
        return element("a", page.title, href=self.root.rstrip("/") + page.url + anchor if shown else None)
