"""Resolving: the only place where ids meet.

`resolve_page` needs a document and what all pages share; `resolve_site` sees all pages.
"""

from explainer.resolve.site import resolve_site

__all__ = ["resolve_site"]
