"""Load: files become records of what the author declared, and mistakes become diagnostics.

`find_content` lists the site's files; `load_library` reads what all pages share; `load_page` and
`read_page` read one page. The rules between sources are checked by `check_registry` once a site
and by `check_local` once a page. A value under `private` is dropped here.
"""

from __future__ import annotations

from explainer.load.address_types import base_url
from explainer.load.catalogs import load_catalogs
from explainer.load.discovery import Content, find_content
from explainer.load.pages import LoadedPage, load_page, read_page
from explainer.load.site import LoadedLibrary, load_config, load_library
from explainer.load.source_rules import SourceIndex, check_local, check_registry, index_registry

__all__ = [
    "Content",
    "LoadedLibrary",
    "LoadedPage",
    "SourceIndex",
    "base_url",
    "check_local",
    "check_registry",
    "find_content",
    "index_registry",
    "load_catalogs",
    "load_config",
    "load_library",
    "load_page",
    "read_page",
]
