"""What readers will see change between two builds: pages, and how claims are sourced."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.publish.gone_embeds import gone_embeds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    Read = Callable[[Collection[str]], Mapping[str, bytes]]

_PAGE = re.compile(r"(?:explainers/)?(?P<slug>[^/]+)/index\.html")
_LISTS = frozenset({"claims", "embed", "explainers", "people", "search", "sources", "static", "tags"})
_CLAIMS = "claims.json"
_MAIN = re.compile(rb"<main\b.*</main>", re.DOTALL)
_MOVED = b'<meta http-equiv="refresh"'
_OG_TITLE = re.compile(rb"<meta property=\"og:title\" content=\"([^\"]*)\"")
_TITLE = re.compile(rb"<title>([^<]*)</title>")
# Files that are named by their content have other names in another version, and look the same.
_FINGERPRINT = re.compile(rb"\.[0-9a-f]{8,}(?=\.)")


class PageChange(NamedTuple):
    """A page that is new, changed or gone.

    `unmarked` is true for a changed explainer if neither `updated` nor a correction tells readers so; `claims` counts
    its claims.
    """

    slug: str
    path: str
    title: str
    unmarked: bool = False
    claims: int = 0


class ClaimChange(NamedTuple):
    """A claim whose sourcing differs, as in `claims.json`; None where there is no such claim."""

    page: str
    id: str
    text: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Changes(NamedTuple):
    """What differs for readers.

    `restyled` counts pages with the same content in another frame; `skipped`, pages that were too many to be compared.
    `embeds` are claims (`page#id`) that other sites could show and no longer can.
    """

    new: tuple[PageChange, ...] = ()
    changed: tuple[PageChange, ...] = ()
    gone: tuple[PageChange, ...] = ()
    claims: tuple[ClaimChange, ...] = ()
    restyled: int = 0
    skipped: int = 0
    embeds: tuple[str, ...] = ()


class Side(NamedTuple):
    """One of two builds: the digests of its files by path, and what reads some of them."""

    digests: Mapping[str, str]
    read: Read


def changes_of(old: Side, new: Side, corrected: Collection[str] | None = None, most: int | None = None) -> Changes:
    """Compare two builds. Only files that differ are read, of at most so many pages.

    `corrected` are the paths of pages (`/explainers/x/`) with a correction that the old build lacks; None if the new build
    is an earlier one, which needs to tell nobody.
    """
    differing = [path for path in _pages(old, new) if _differs(path, old, new)]
    data = [path for path in old.digests.keys() | new.digests.keys() if _is_claims(path) and _differs(path, old, new)]
    skipped = 0
    if most is not None and len(differing) > most:
        known = {_page_of(path) for path in data}
        kept = [path for path in differing if path in known or not (path in old.digests and path in new.digests)]
        skipped, differing = len(differing) - len(kept), kept
    # A new or vanished page is told with its title; of an unchanged explainer the data isn't needed.
    wanted = {*differing, *data}
    before, after = (side.read([path for path in sorted(wanted) if path in side.digests]) for side in (old, new))
    found = _Comparison(before, after, corrected).changes(sorted(differing), sorted(data), skipped)
    return found._replace(embeds=tuple(gone_embeds(old.digests, new.digests)))


def _pages(old: Side, new: Side) -> Iterable[str]:
    return (path for path in old.digests.keys() | new.digests.keys() if _slug(path))


def _slug(path: str) -> str:
    """The slug of a page by its file; empty for lists and other files."""
    match = _PAGE.fullmatch(path)
    return match["slug"] if match and not (path.count("/") == 1 and match["slug"] in _LISTS) else ""


def _is_claims(path: str) -> bool:
    return path.startswith("explainers/") and path.count("/") == 2 and path.endswith(f"/{_CLAIMS}")  # noqa: PLR2004


def _page_of(claims: str) -> str:
    return claims.removesuffix(_CLAIMS) + "index.html"


def _differs(path: str, old: Side, new: Side) -> bool:
    return old.digests.get(path) != new.digests.get(path)


class _Comparison:
    """Two builds' files that differ, by path."""

    def __init__(
        self, before: Mapping[str, bytes], after: Mapping[str, bytes], corrected: Collection[str] | None
    ) -> None:
        self.before, self.after, self.corrected = before, after, corrected

    def changes(self, pages: list[str], data: list[str], skipped: int) -> Changes:
        """What differs in these pages and these files of claims."""
        new: list[PageChange] = []
        changed: list[PageChange] = []
        gone: list[PageChange] = []
        restyled = 0
        for path in pages:
            old, now = (_content(side.get(path)) for side in (self.before, self.after))
            if old is None and now is None:
                continue
            if old is None or now is None:
                (new if old is None else gone).append(self._page(path, self.after if old is None else self.before))
            elif old != now:
                page = self._page(path, self.after)
                changed.append(page._replace(unmarked=self._is_unmarked(path)))
            else:
                restyled += 1
        claims = [one for path in data for one in self._claims(path)]
        return Changes(tuple(new), tuple(changed), tuple(gone), tuple(claims), restyled, skipped)

    def _page(self, path: str, side: Mapping[str, bytes]) -> PageChange:
        html = side.get(path, b"")
        found = _OG_TITLE.search(html) or _TITLE.search(html)
        title = unescape(found[1].decode("utf-8", "replace")) if found else _slug(path)
        claims = _parsed(side.get(path.removesuffix("index.html") + _CLAIMS))["claims"]
        return PageChange(_slug(path), "/" + path.removesuffix("index.html"), title, claims=len(claims))

    def _is_unmarked(self, path: str) -> bool:
        """Whether nothing tells readers that an explainer has changed."""
        claims = path.removesuffix("index.html") + _CLAIMS
        if self.corrected is None or not path.startswith("explainers/"):
            return False
        if "/" + path.removesuffix("index.html") in self.corrected:
            return False
        old, now = (_parsed(side.get(claims))["page"].get("modified") for side in (self.before, self.after))
        return bool(old == now)

    def _claims(self, path: str) -> Iterable[ClaimChange]:
        old, now = ({one["id"]: one for one in _parsed(side.get(path))["claims"]} for side in (self.before, self.after))
        page = path.split("/")[1]
        for name in [*old, *(name for name in now if name not in old)]:
            before, after = (side[name]["sourcing"] if name in side else None for side in (old, now))
            if before != after:
                yield ClaimChange(page, name, (now.get(name) or old[name])["text"], before, after)


def _content(html: bytes | None) -> bytes | None:
    """What readers see of a page; None where there is none, or only a signpost that leads on."""
    if html is None or (_MOVED in html and not _MAIN.search(html)):
        return None
    found = _MAIN.search(html)
    return _FINGERPRINT.sub(b"", found[0] if found else html)


def _parsed(content: bytes | None) -> dict[str, Any]:
    """The data of `claims.json`; empty where there is none of ours."""
    try:
        found = json.loads(content or b"")
        if isinstance(found["page"], dict) and all(one.keys() >= {"id", "text", "sourcing"} for one in found["claims"]):
            data: dict[str, Any] = found
            return data
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    return {"page": {}, "claims": []}
