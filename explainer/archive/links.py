"""Checks the addresses of sources: whether they are there, and whether they still say what is quoted from them."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args
from urllib.parse import urlsplit

from explainer.archive.fetch import Fetched, Fetcher, FetchError
from explainer.load.saved_copies import text_in
from explainer.resolve.quotes import find_quote
from explainer.system.file_stats import digest_of
from explainer.system.work_folder import NAME, make_work_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from explainer.diagnostics import Span
    from explainer.engine.desk import Desk
    from explainer.model.declared import Source

Status = Literal["ok", "unread", "moved", "refused", "unreachable", "gone", "quote-gone"]
FAILURES = frozenset({"gone", "quote-gone"})
_GONE, _REFUSED = frozenset({404, 410}), frozenset({401, 402, 403, 405, 406, 429, 451})
_FINE = 200
_STATE = "links.json"
_RESUMED = 86_400  # seconds for which what a stopped run found out still counts
HTML_TYPES, TEXT_TYPES = frozenset({"text/html", "application/xhtml+xml"}), frozenset({"text/plain", "text/markdown"})


class Link(NamedTuple):
    """A source's address, and what is quoted from it on pages that are out; `span` is where the source stands."""

    source: str
    url: str
    span: Span
    quotes: tuple[str, ...]


class Checked(NamedTuple):
    """What became of a link: its status, a detail in words, where it leads now, and the quotations that are gone."""

    link: Link
    status: Status
    detail: str = ""
    url: str | None = None
    missing: tuple[str, ...] = ()


def links_of(desk: Desk, ids: Sequence[str] = ()) -> list[Link]:
    """The links to check: of named sources that pages of the build show.

    Fetching an address tells others that we read it: so an address of an unnamed source, or of a draft's, is never
    fetched, even if another source has it too.
    """
    out = [page for page in desk.pages if desk.is_due(page)]
    shown = {(None if id_ in desk.library.sources else page.slug, id_) for page in out for id_ in page.reached}
    local = [(page.slug, source) for page, source in desk.local_sources()]
    every: list[tuple[str | None, Source]] = [*((None, one) for one in desk.library.sources.values()), *local]
    secret = {_plain(one.url) for _, one in every if one.url and (one.unnamed or one.confidential)}
    chosen = [
        (page, one)
        for page, one in every
        if one.url and (page, one.id) in shown and _plain(one.url) not in secret and (not ids or one.id in ids)
    ]
    quotes = _quotes(desk, {page.slug for page in out}, {one.id for _, one in chosen})
    return [
        Link(one.id, one.url or "", one.span, tuple(quotes.get((page, one.id), ()))) for page, one in chosen
    ]  # fmt: skip


def _plain(url: str | None) -> str:
    """An address without what doesn't change where it leads."""
    parts = urlsplit(url or "")
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def _quotes(desk: Desk, pages: set[str], ids: set[str]) -> dict[tuple[str | None, str], dict[str, None]]:
    """What pages quote from sources, by the page that a source belongs to and its id."""
    found: dict[tuple[str | None, str], dict[str, None]] = {}
    for page in desk.pages:
        if page.slug not in pages or ids.isdisjoint(page.reached):
            continue
        document = desk.document(page)
        if document is None:
            continue
        quoted = [(cite.ids[0].text, cite.quote) for cite in document.cites if cite.quote and cite.ids]
        for claim in desk.stored_record(page).claims:
            quoted += [(edge.source, edge.quote) for edge in claim.edges if edge.quote]
        for source, quote in quoted:
            owner = None if source in desk.library.sources else page.slug
            found.setdefault((owner, source), {})[quote] = None
    return found


# --- The check ---


def check_links(site: Path, links: Sequence[Link], fetcher: Fetcher, told: Callable[[Checked], None]) -> list[Checked]:
    """Check links, in the order given; `told` hears of each as soon as it is known.

    What a run found out before it was stopped isn't asked for again within a day.
    """
    state = _State(site)
    done = asyncio.run(_check_all(links, fetcher, state, told))
    state.forget()
    return done


async def _check_all(
    links: Sequence[Link], fetcher: Fetcher, state: _State, told: Callable[[Checked], None]
) -> list[Checked]:
    async def one(link: Link) -> Checked:
        found = state.known(link)
        if found is None:
            found = await _check(link, fetcher)
            state.add(found)
        told(found)
        return found

    return list(await asyncio.gather(*(one(link) for link in links)))


async def _check(link: Link, fetcher: Fetcher) -> Checked:
    try:
        answer = await fetcher.fetch(link.url)
    except FetchError as error:
        return Checked(link, "refused" if error.refused else "unreachable", str(error))
    if answer.status in _GONE:
        return Checked(link, "gone", f"answers with {answer.status}")
    if answer.status in _REFUSED:
        return Checked(link, "refused", f"answers with {answer.status}")
    if answer.status != _FINE:
        return Checked(link, "unreachable", f"answers with {answer.status}")
    return _read(link, answer)


def _read(link: Link, answer: Fetched) -> Checked:
    """Whether what an address gives still has the quotations."""
    moved = answer.moved and urlsplit(answer.url).hostname != urlsplit(link.url).hostname
    where = answer.url if answer.url != link.url else None
    text = page_text(answer) if link.quotes else ""
    if text is None:
        return Checked(link, "unread", f"gives {answer.content_type or 'something'} whose text can't be read", where)
    missing = tuple(quote for quote in link.quotes if find_quote(quote, text) is None)
    if missing:
        return Checked(link, "quote-gone", "no longer has what is quoted from it", where, missing)
    if moved:
        return Checked(link, "moved", f"has moved for good to {answer.url}", where)
    return Checked(link, "ok", "", where)


def page_text(answer: Fetched) -> str | None:
    """The text of an answer; None if it has none that can be read."""
    kind, content = answer.content_type, answer.content
    if kind in HTML_TYPES or kind in TEXT_TYPES:
        content = as_utf8(content, answer.charset)
    name = (
        "x.html"
        if kind in HTML_TYPES
        else "x.txt"
        if kind in TEXT_TYPES
        else "x.pdf"
        if kind == "application/pdf"
        else ""
    )
    if not name:
        return None
    text = text_in(name, content)
    return text if isinstance(text, str) else None


def as_utf8(content: bytes, charset: str | None) -> bytes:
    """Content in UTF-8, if the header says in which charset it is; the byte order mark says so to readers of HTML."""
    with suppress(LookupError):
        if charset:
            return b"\xef\xbb\xbf" + content.decode(charset, "replace").encode()
    return content


# --- A run that was stopped ---


class _State:
    """What a run has found out so far, in `.explainer/`: of named sources that are published, and nothing else."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.file = site / NAME / _STATE
        self.found: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            read = json.loads(self.file.read_bytes())
            self.found = read if isinstance(read, dict) else {}

    def known(self, link: Link) -> Checked | None:
        """What a run that was stopped found out about a link."""
        with suppress(TypeError, ValueError, KeyError):
            at, status, detail, url, missing = self.found[_key(link)]
            if status in get_args(Status) and 0 <= time.time() - at < _RESUMED:
                return Checked(link, status, str(detail), url, tuple(map(str, missing)))
        return None

    def add(self, checked: Checked) -> None:
        """Write down what was found out."""
        self.found[_key(checked.link)] = [time.time(), *checked[1:]]
        with suppress(OSError):
            make_work_folder(self.site)
            part = self.file.with_name(f"{self.file.name}.part")
            part.write_text(json.dumps(self.found), "utf-8")
            part.replace(self.file)

    def forget(self) -> None:
        """The run has ended: the next one asks anew."""
        with suppress(OSError):
            self.file.unlink()


def _key(link: Link) -> str:
    return digest_of("\0".join([link.url, *link.quotes]).encode())


def failures(found: Sequence[Checked]) -> Iterator[Checked]:
    """Those for which an editor has to do something at once."""
    return (one for one in found if one.status in FAILURES)
