"""Resolve: the only stage that looks ids up.

`resolve_page` resolves one document alone, and returns the page's record and interface; `judge_page` only judges its claims;
`resolve_site` ties the summaries of all pages together; `resolve_context` looks up what one page gets
from the rest of the site, and `with_context` makes the finished page.
"""

from explainer.resolve.claims import JudgedClaim
from explainer.resolve.lists import Details
from explainer.resolve.page import ResolvedPage, judge_page, resolve_page
from explainer.resolve.page_context import ResolvedContext, SiteIndex, resolve_context, with_context
from explainer.resolve.page_summary import page_summary
from explainer.resolve.site import ResolvedSite, resolve_site
from explainer.resolve.site_view import with_site_targets

__all__ = [
    "Details",
    "JudgedClaim",
    "ResolvedContext",
    "ResolvedPage",
    "ResolvedSite",
    "SiteIndex",
    "judge_page",
    "page_summary",
    "resolve_context",
    "resolve_page",
    "resolve_site",
    "with_context",
    "with_site_targets",
]
