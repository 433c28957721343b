"""Resolving: the only place where ids meet.

`resolve_page` needs a document and what all pages share, and gives the page and its surface;
`resolve_site` sees the surfaces of all pages; `join` puts the two together.
"""

from explainer.resolve.page import Resolved, resolve_page
from explainer.resolve.site import join, resolve_site
from explainer.resolve.view import with_site_targets

__all__ = ["Resolved", "join", "resolve_page", "resolve_site", "with_site_targets"]
