"""The paths of files under `site/`; no other module names them."""

from __future__ import annotations

HOME = "index.html"
NOT_FOUND = "404.html"
EXPLAINERS = "explainers/index.html"
LEDGER = "claims/index.html"
FEED = "feed.xml"
JSON_FEED = "feed.json"
SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"
HOST_FILES = ("_headers", "_redirects")
"""What tells a host about the other files."""


def html_file(path: str) -> str:
    """The file of a page by its path on the site: `/explainers/x/` to `explainers/x/index.html`."""
    return f"{path.strip('/')}/index.html"


def claims_file(path: str) -> str:
    """The file of an explainer's claims as data."""
    return f"{path.strip('/')}/claims.json"


def moved_file(path: str) -> str:
    """The file of the page that stands at an old address: `/old/` and `/old.html` are both ways of writing one."""
    return html_file(path) if path.endswith("/") else path.lstrip("/")
