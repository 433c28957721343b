"""The paths of files under `site/` that every site has; no other module names them."""

from __future__ import annotations

HOME = "index.html"
NOT_FOUND = "404.html"
EXPLAINERS = "explainers/index.html"
LEDGER = "claims/index.html"
FEED = "feed.xml"
JSON_FEED = "feed.json"
SITEMAP = "sitemap.xml"
"""All addresses, or where there are too many for one file, the files that have them."""
ROBOTS = "robots.txt"
CORRECTIONS_FEED = "corrections/feed.xml"
FEEDS = {FEED: "application/atom+xml", JSON_FEED: "application/feed+json", CORRECTIONS_FEED: "application/atom+xml"}
"""The feeds, with their content types."""
EMBEDS = "embed/"
"""The folder of the pages that other sites may frame."""
STATIC = "static/"
"""The folder of the theme's files."""
SEARCH_FOLDER = "search/"
SEARCH = f"{SEARCH_FOLDER}index.html"
SEARCH_INDEX = f"{SEARCH_FOLDER}index.json"
LANGUAGE_FEEDS = "feeds/"
"""The folder of the feeds of one language each."""
MACHINE_FILES = (*FEEDS, SITEMAP, ROBOTS)
"""Files for programs, that no reader opens."""
CORRECTIONS = ("/corrections/", "/corrections/all/")
"""Where the page of all corrections is: the second, where a page of the site has the first."""
HOST_FILES = ("_headers", "_redirects")
"""What tells a host about the other files."""


def part_of_sitemap(number: int) -> str:
    """The path of one of several sitemaps."""
    return f"sitemap-{number}.xml"


def address(file: str) -> str:
    """The path of a file on the site: `claims/index.html` is at `/claims/`."""
    return f"/{file.removesuffix('index.html')}"


FIXED_ADDRESSES = tuple(map(address, (HOME, NOT_FOUND, EXPLAINERS, LEDGER, FEED, JSON_FEED, SITEMAP, ROBOTS)))
"""The addresses that every site has, whatever its pages."""


def html_file(path: str) -> str:
    """The file of a page by its path on the site: `/explainers/x/` to `explainers/x/index.html`."""
    return f"{path.strip('/')}/index.html".lstrip("/")


def claims_file(path: str) -> str:
    """The file of an explainer's claims as data."""
    return f"{path.strip('/')}/claims.json"


def search_file(year: str, kind: str, digest: str) -> str:
    """A file of the search index: of the pages of a year, named by the digest of its content."""
    return f"{SEARCH_FOLDER}{year}/{kind}.{digest}.json"


def language_feed(language: str) -> str:
    """The Atom feed of the explainers in a language."""
    return f"{LANGUAGE_FEEDS}{language.lower()}.xml"


def claim_page(path: str, claim: str) -> str:
    """The path of the page of a claim that can be embedded, by its explainer's: `/explainers/x/claims/c/`."""
    return f"{path}claims/{claim}/"


def oembed_file(path: str, claim: str) -> str:
    """The file that describes the embed of a claim."""
    return f"{claim_page(path, claim).strip('/')}/oembed.json"


def embed_page(slug: str, claim: str) -> str:
    """The path of the page that other sites frame: all are in one folder, which alone may be framed."""
    return f"/{EMBEDS}{slug}/{claim}/"


def moved_file(path: str) -> str:
    """The file of the page that stands at an old address: `/old/` and `/old.html` are both ways of writing one."""
    return html_file(path) if path.endswith("/") else path.lstrip("/")
