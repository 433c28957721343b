"""Resolving: the only place where ids meet.

`resolve_page` needs a document and what all pages share, and gives the page and its surface;
`resolve_site` sees the outlines of all pages; `joint` tells what one page gets from the rest, and
`join` puts the two together.
"""

from explainer.resolve.lists import Details
from explainer.resolve.page import Resolved, resolve_page
from explainer.resolve.page_context import Joint, Surroundings, join, joint
from explainer.resolve.page_summary import outline
from explainer.resolve.site import Whole, resolve_site
from explainer.resolve.site_view import with_site_targets

__all__ = [
    "Details",
    "Joint",
    "Resolved",
    "Surroundings",
    "Whole",
    "join",
    "joint",
    "outline",
    "resolve_page",
    "resolve_site",
    "with_site_targets",
]
