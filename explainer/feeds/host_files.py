"""Instructions for the host: content types, caching, headers and redirects."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, urldefrag

from explainer.model.output_files import (
    EMBEDS,
    FEED,
    FEEDS,
    HOST_FILES,
    LANGUAGE_FEEDS,
    SEARCH_FOLDER,
    STATIC,
    moved_file,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

HEADERS, REDIRECTS = HOST_FILES
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_FOR_AGAIN = "public, max-age=0, must-revalidate"
# Pages have no script of their own but what the theme's files hold, and no style but its sheets.
_NOT_FRAMED = "frame-ancestors 'none'"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' https:; "
    "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"
)
_FRAME_SOURCES = re.compile(r"; frame-src ([^;\n]*)")


def page_headers(media: Sequence[str] = (), *, framed: bool = False) -> dict[str, str]:
    """The headers of every answer; `framed`: of pages that other sites may frame.

    `media` are the hosts of other sites that pages may have in frames.
    """
    frames = f"; frame-src {' '.join(f'https://{host}' for host in media)}" if media else ""
    policy = f"{_POLICY}{frames}"
    return {
        "Content-Security-Policy": policy if framed else f"{policy}; {_NOT_FRAMED}",
        "X-Content-Type-Options": "nosniff",
        **({} if framed else {"X-Frame-Options": "DENY"}),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def media_in(headers: str) -> tuple[str, ...]:
    """The hosts whose media the headers of a build allow."""
    found = _FRAME_SOURCES.search(headers)
    return tuple(one.removeprefix("https://") for one in found[1].split()) if found else ()


EVERYWHERE = page_headers()
"""The headers of every answer, where no other site's media may be loaded."""
FRAMEABLE = page_headers(framed=True)
"""The same, but for what forbids frames."""

# Characters that hosts read as they are in a path; `*` and `:` mean something to them.
_SAFE = "/!$'()+,;=@~"
# A name with a digest of the content in it: other content has another name.
_FINGERPRINT = re.compile(r"\.[0-9a-f]{8,}\.[^/]+$")
# As the registries have them; what a machine's own tables say would differ from machine to machine.
_TYPES = {
    ".apng": "image/apng", ".atom": "application/atom+xml", ".avif": "image/avif", ".css": "text/css", ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".gif": "image/gif",
    ".html": "text/html", ".htm": "text/html", ".ico": "image/x-icon", ".jpeg": "image/jpeg", ".jpg": "image/jpeg",
    ".js": "text/javascript", ".json": "application/json", ".m4a": "audio/mp4", ".md": "text/markdown",
    ".mjs": "text/javascript", ".mp3": "audio/mpeg", ".mp4": "video/mp4", ".ogg": "audio/ogg", ".otf": "font/otf",
    ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml", ".tsv": "text/tab-separated-values",
    ".ttf": "font/ttf", ".txt": "text/plain", ".vtt": "text/vtt", ".wav": "audio/wav", ".webm": "video/webm",
    ".webmanifest": "application/manifest+json", ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xml": "application/xml",
    ".zip": "application/zip",
}  # fmt: skip
_IN_UTF_8 = re.compile(r"text/|application/(?:.+\+)?(?:xml|json)$|image/svg")


def is_fingerprinted(path: str) -> bool:
    """Whether a file's name contains a digest of its content, as in `style.0a1b2c3d.css`."""
    return _FINGERPRINT.search(path) is not None


def without_fingerprint(path: str) -> str:
    """A file's path without the digest of its content: the same for each version of it."""
    return _FINGERPRINT.sub(lambda found: "." + found[0].rpartition(".")[2], path)


def content_type(path: str) -> str:
    """The content type of a file, with the charset of text."""
    name = path.rpartition("/")[2]
    dot, suffix = name.rpartition(".")[1:]
    feed = FEEDS[FEED] if path.startswith(LANGUAGE_FEEDS) else FEEDS.get(path)
    kind = feed or _TYPES.get(f"{dot}{suffix}".lower()) or "application/octet-stream"
    return f"{kind}; charset=utf-8" if _IN_UTF_8.match(kind) else kind


def cache_control(path: str) -> str:
    """The `Cache-Control` of a file: kept for good if its name changes with its content, else revalidated."""
    return KEPT_FOR_GOOD if is_fingerprinted(path) else ASKED_FOR_AGAIN


def host_files(
    root: str, paths: Iterable[str], moved: Sequence[tuple[str, str]], media: Sequence[str] = ()
) -> Iterator[tuple[str, bytes]]:
    """The host's own files (`_headers`, `_redirects`), and a page at each old address.

    `root` is the path of the site's base URL; `moved` has old paths and where each leads now; `media` are the hosts of
    other sites that pages may have in frames.
    """
    paths = [*paths, *(moved_file(path) for path, _ in moved)]
    yield HEADERS, headers_file(root.rstrip("/"), paths, media).encode()
    if moved:
        yield REDIRECTS, "".join(_rules(root.rstrip("/"), moved)).encode()
    for path, target in moved:
        yield moved_file(path), _signpost(target).encode()


def _rules(root: str, moved: Sequence[tuple[str, str]]) -> Iterator[str]:
    for path, target in moved:
        old = quote(f"{root}{path}", safe=_SAFE)
        target = quote(target, safe=f"{_SAFE}%#?&*:[]")  # noqa: PLW2901 - the same address, in ASCII
        yield f"{old} {target} 301\n"
        # `/old.php/` is a folder's name; what readers have is `/old.php`.
        if path.endswith("/") and "." in path.rstrip("/").rpartition("/")[2]:
            yield f"{old.rstrip('/')} {target} 301\n"


def _rule_of(path: str) -> str:
    """The path of the rule for a file: there are many of the search index, and hosts read only so many rules."""
    return f"{path.rpartition('/')[0]}/*" if path.startswith(SEARCH_FOLDER) else path


UNFRAMED = {"Content-Security-Policy": _NOT_FRAMED, "X-Frame-Options": "DENY"}
"""What forbids that other sites frame a page."""


def _common(root: str, pages: Sequence[str], media: Sequence[str]) -> Iterator[str]:
    """The rules for whole folders.

    Hosts join the values of all rules that match a path, so what forbids frames isn't in the rule for all where
    something may be framed: it is in rules for all other pages. Hosts read only so many rules; a rule stands for all
    pages whose paths begin alike.
    """
    if not any(path.startswith(EMBEDS) for path in pages):
        yield from _rule(f"{root}/*", page_headers(media))
        return
    yield from _rule(f"{root}/*", page_headers(media, framed=True))
    yield from _rule(f"{root}/", UNFRAMED)
    for start in sorted({_start(path) for path in pages if not path.startswith(EMBEDS)}):
        yield from _rule(quote(f"{root}/{start}*", safe=f"{_SAFE}*"), UNFRAMED)


def _start(path: str) -> str:
    """The shortest beginning of a path that no page which may be framed has."""
    return next(path[:end] for end in range(1, len(path) + 1) if not EMBEDS.startswith(path[:end]))


def _rule(path: str, headers: Mapping[str, str]) -> list[str]:
    return [path, *(f"  {name}: {value}" for name, value in headers.items())]


def headers_file(root: str, paths: Collection[str], media: Sequence[str] = ()) -> str:
    """The headers of these files, as Netlify and Cloudflare Pages read them.

    Rules beyond the number that a host reads are of no effect, so those stand first that matter most.
    """
    lines = list(_common(root, [path for path in paths if path.endswith(".html")], media))
    named = {_rule_of(path) for path in paths if is_fingerprinted(path)}
    for path in sorted(named, key=lambda path: (not path.startswith(STATIC), path)):
        lines += [quote(f"{root}/{path}", safe=f"{_SAFE}*"), f"  Cache-Control: {KEPT_FOR_GOOD}"]
    return "\n".join(lines) + "\n"


def _signpost(target: str) -> str:
    """A redirecting page for hosts that ignore `_redirects`, with a link for readers."""
    address = escape(target)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Moved</title>\n'
        f'<meta http-equiv="refresh" content="0; url={address}">\n'
        f'<link rel="canonical" href="{escape(urldefrag(target)[0])}">\n</head>\n<body>\n'
        f'<p>This page has moved: <a href="{address}">{address}</a>.</p>\n</body>\n</html>\n'
    )
