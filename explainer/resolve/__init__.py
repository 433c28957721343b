"""Resolving: the only place where ids meet.

`resolve_page` needs a document and what all pages share, and gives the page and its interface;
`resolve_site` sees the summaries of all pages; `resolve_context` tells what one page gets from the rest, and
`with_context` puts the two together.
"""

from explainer.resolve.lists import Details
from explainer.resolve.page import ResolvedPage, resolve_page
from explainer.resolve.page_context import ResolvedContext, SiteIndex, resolve_context, with_context
from explainer.resolve.page_summary import page_summary
from explainer.resolve.site import ResolvedSite, resolve_site
from explainer.resolve.site_view import with_site_targets

__all__ = [
    "Details",
    "ResolvedContext",
    "ResolvedPage",
    "ResolvedSite",
    "SiteIndex",
    "page_summary",
    "resolve_context",
    "resolve_page",
    "resolve_site",
    "with_context",
    "with_site_targets",
]
