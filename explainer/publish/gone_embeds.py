"""Claims that other sites show, and that a build no longer has: their frames stay, and say so.

The host's manifest is the only memory of what was published with embeds: a fresh checkout has no other.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from explainer.feeds.host_files import HEADERS, headers_file, media_in, without_fingerprint
from explainer.model.output_files import EMBEDS, claims_file
from explainer.publish.remote_manifest import File
from explainer.text.languages import direction

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

_FRAME = re.compile(rf"{EMBEDS}(?P<slug>[^/]+)/(?P<id>[^/]+)/index\.html")
_CLAIM_PAGE = re.compile(r"explainers/(?P<slug>[^/]+)/claims/(?P<id>[^/]+)/index\.html")
_STYLE = "static/style.css"


class FrameWords(NamedTuple):
    """What frames of claims that are gone say, in the site's language.

    `withdrawn` is said of a claim that its page no longer has, `ended` of one that only can't be embedded any more.
    """

    language: str
    site: str
    withdrawn: str
    ended: str


def gone_embeds(old: Iterable[str], new: Collection[str]) -> list[str]:
    """The claims (`page#id`) that could be embedded and no longer can, by the files of both versions."""
    pages = (match for path in old if path not in new and (match := _CLAIM_PAGE.fullmatch(path)))
    return sorted(f"{match['slug']}#{match['id']}" for match in pages)


def add_gone_frames(
    tree: Path, files: Mapping[str, File], old: Iterable[str], base_url: str, words: Callable[[], FrameWords]
) -> dict[str, File]:
    """Write a page into a tree for each frame that the host has and the build doesn't.

    Where there are any, the headers let other sites frame them.
    """
    gone = [match for path in sorted(old) if path not in files and (match := _FRAME.fullmatch(path))]
    if not gone:
        return {}
    frames = _Frames(tree, files, base_url, words())
    written = {match[0]: frames.page(match["slug"], match["id"]) for match in gone}
    if HEADERS in files:
        root = urlsplit(base_url).path.rstrip("/")
        media = media_in((tree / HEADERS).read_text("utf-8"))
        written[HEADERS] = headers_file(root, [*files, *written], media).encode()
    return {path: _write(tree / path, content) for path, content in written.items()}


def _write(file: Path, content: bytes) -> File:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)  # it may be a link to a file of the build
    file.write_bytes(content)
    return File(sha256(content).hexdigest(), len(content))


class _Frames:
    """Makes the pages of frames whose claims are gone; nothing of the claims is in them."""

    def __init__(self, tree: Path, files: Mapping[str, File], base_url: str, words: FrameWords) -> None:
        self.tree, self.files, self.base_url, self.words = tree, files, base_url, words
        self.claims: dict[str, frozenset[str]] = {}

    def page(self, slug: str, claim: str) -> bytes:
        """The page of one frame."""
        words, address = self.words, self.base_url
        has_claim = claim in self._claims_of(slug)
        if f"explainers/{slug}/index.html" in self.files:
            address += quote(f"explainers/{slug}/") + (f"#claim-{claim}" if has_claim else "")
        said = words.ended if has_claim else words.withdrawn
        return (
            f'<!doctype html>\n<html lang="{escape(words.language)}" dir="{direction(words.language)}">\n<head>\n'
            f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<title>{escape(said)}</title>\n<meta name="robots" content="noindex">\n'
            f'<meta name="color-scheme" content="light dark">\n{"".join(self._styles())}</head>\n'
            f'<body class="x-embed">\n<main>\n<p><b>{escape(said)}</b></p>\n'
            f'<p><a href="{escape(address)}" target="_blank" rel="noopener">{escape(words.site)}</a></p>\n'
            "</main>\n</body>\n</html>\n"
        ).encode()

    def _styles(self) -> Iterator[str]:
        root = urlsplit(self.base_url).path
        for path in self.files:
            if without_fingerprint(path) == _STYLE:
                yield f'<link rel="stylesheet" href="{escape(root + path)}">\n'

    def _claims_of(self, slug: str) -> frozenset[str]:
        """The ids of the claims that an explainer of the build has."""
        if slug not in self.claims:
            path = claims_file(f"/explainers/{slug}/")
            data = json.loads((self.tree / path).read_bytes()) if path in self.files else {"claims": []}
            self.claims[slug] = frozenset(one["id"] for one in data["claims"])
        return self.claims[slug]
