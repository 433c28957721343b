"""The prepared pages that an earlier build left in the cache, and which of them are still valid.

Preparing a page reads its file, saved copies, the site's settings and people, and sources of the registry, which
it finds by names: ids and parties. So a prepared page is valid as long as its file and the copies are the same,
settings and people are, and the names that the page knows stand for the same sources. All of them are in a few
rows of the cache, which are read and compared with ten thousand files in a moment; one row more has digests of
what all pages were prepared with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.cache import codec
from explainer.cache.shards import Shards
from explainer.diagnostics import Diagnostic, SourceText, has_errors
from explainer.diagnostics.acceptance import Acceptance
from explainer.engine.page import PreparedPage
from explainer.engine.page_copies import copy_digest
from explainer.engine.page_sources import ANY_SOURCE
from explainer.model.record import Record
from explainer.model.site import PageSummary
from explainer.system.file_stats import Stat, digest_of, file_digest, is_young
from explainer.system.site_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from explainer.cache.store import Cache
    from explainer.model.declared import Source
    from explainer.model.library import Library
    from explainer.system.file_stats import Snapshot

_BEFORE, _PAGES = "before", "pages"


class KnownPage(Record, frozen=True):
    """A prepared page: its file's stat and digest, and what came of it.

    `names` are those by which it knows sources of the registry, `copies` the digests of the saved
    copies that its quotes were held against, `hidden` the lines that its diagnostics may not show.
    """

    stat: Stat
    digest: str
    names: tuple[str, ...]
    copies: tuple[tuple[str, str], ...]
    diagnostics: tuple[Diagnostic, ...]
    hidden: tuple[int, ...]
    summary: PageSummary
    acceptances: tuple[Acceptance, ...] = ()


class LibraryDigests(NamedTuple):
    """Digests of what pages are prepared with: `context` of what every page is, `sources` of the sources by each name."""

    context: str
    sources: Mapping[str, str]

    def changed_since(self, before: LibraryDigests) -> frozenset[str] | None:
        """The names that stood for other sources before; None if every page is prepared with something else now."""
        if before.context != self.context:
            return None
        names = before.sources.keys() | self.sources.keys()
        return frozenset(name for name in names if before.sources.get(name) != self.sources.get(name))


def library_digests(library: Library) -> LibraryDigests:
    """The digests of a library."""
    config = library.config
    people = [
        person._replace(span=None, places=(), image=person.image and person.image._replace(span=None))
        for person in library.people.values()
    ]
    words = library.catalogs.contents
    parts = (config.base_url, config.language, config.time_zone, config.statuses, config.embeds, people, words)
    return LibraryDigests(digest_of(codec.dumps(parts)), _by_name(library.sources.values()))


def _by_name(sources: Iterable[Source]) -> dict[str, str]:
    """For each id and party a digest of all sources that have it, and one of the whole registry."""
    found: dict[str, list[bytes]] = {}
    for source in sources:
        # Where it is in its file matters to nothing else.
        placeless = source._replace(span=None, via_spans=(), party_span=None)
        text = codec.dumps(placeless)
        for name in {source.id, source.key, ANY_SOURCE}:
            found.setdefault(name, []).append(text)
    return {name: digest_of(b"\n".join(texts)) for name, texts in found.items()}


def is_affected(names: Iterable[str], changed: frozenset[str] | None) -> bool:
    """Whether a page that knows sources by these names has to be prepared again after such a change."""
    return changed is None or not changed.isdisjoint(names)


class KnownPages:
    """The valid pages, by path. `scanned` are the files of the site as they were when the build began.

    Raises:
        DamagedCacheError: if the cache holds something else.
    """

    def __init__(self, root: Path, cache: Cache, library: Library, scanned: Snapshot) -> None:
        self._root = root
        self._cache = cache
        self._scanned = scanned
        self._digests = library_digests(library)
        self._touched: dict[str, Stat] = {}
        self._copies: dict[str, str] = {}
        row = cache.get(_BEFORE, "")
        self._before = None if row is None else codec.loads(_LastPreparation, row)
        self._shards = Shards(cache, _PAGES, KnownPage)
        self._pages = self._valid_pages(self._before) if self._before else {}

    def _valid_pages(self, before: _LastPreparation) -> dict[str, KnownPage]:
        changed = self._digests.changed_since(LibraryDigests(before.context, dict(before.sources)))
        return {
            path: page
            for path, page in self._shards.records.items()
            if not is_affected(page.names, changed) and self._is_same(path, page, before.taken)
        }

    def _is_same(self, path: str, page: KnownPage, taken: int) -> bool:
        """Whether a page's file and copies are as they were."""
        now = self._scanned.stats.get(path)
        if now is None or any(self._copy(copy) != digest for copy, digest in page.copies):
            return False
        if now == page.stat and not is_young(now, taken):
            return True
        if file_digest(f"{self._root}/{path}") != page.digest:
            return False
        self._touched[path] = now
        return True

    def _copy(self, copy: str) -> str:
        if copy not in self._copies:
            self._copies[copy] = copy_digest(self._root, copy)
        return self._copies[copy]

    def prepared(self, paths: Iterable[str]) -> dict[str, PreparedPage]:
        """Those of these pages that are valid, by path; without their texts."""
        return {path: self._prepared(path, self._pages[path]) for path in paths if path in self._pages}

    def _prepared(self, path: str, known: KnownPage) -> PreparedPage:
        text = None
        if known.diagnostics:
            read = read_text(self._root, path)
            text = None if read.value is None else SourceText(path, read.value, frozenset(known.hidden))
        return PreparedPage(
            path, known.digest, known.summary, diagnostics=known.diagnostics, text=text,
            names=known.names, copies=known.copies, acceptances=known.acceptances,
        )  # fmt: skip

    def add(self, page: PreparedPage) -> bool:
        """Add a page that was prepared now; False if it may not be kept, or can't be valid."""
        stat = self._scanned.stats.get(page.path)
        if stat is None or page.summary is None or not page.lasting or has_errors(page.diagnostics):
            self._pages.pop(page.path, None)
            return False
        hidden = tuple(sorted(page.text.hidden)) if page.text else ()
        self._touched.pop(page.path, None)
        self._pages[page.path] = KnownPage(
            stat, page.digest, page.names, page.copies, page.diagnostics, hidden, page.summary, page.acceptances
        )
        return True

    def save(self, paths: Sequence[str]) -> bool:
        """Store the valid ones of these pages, and no others; False if the last build had the same pages."""
        kept = {path: self._pages[path] for path in paths if path in self._pages}
        for path, stat in self._touched.items():
            if path in kept:
                kept[path] = kept[path]._replace(stat=stat)
        # Only what pages know: other names, such as an unnamed source's party, may not be written down.
        names = {name for page in kept.values() for name in page.names}
        sources = tuple((name, self._digests.sources[name]) for name in sorted(names & self._digests.sources.keys()))
        now = _LastPreparation(self._digests.context, sources, self._scanned.taken, digest_of(codec.dumps(paths)))
        before = self._before
        if self._shards.save(kept) or before is None or before._replace(taken=now.taken) != now:
            self._cache.put(_BEFORE, [("", codec.dumps(now))])
        return before is None or before.paths != now.paths


class _LastPreparation(Record, frozen=True):
    """What all pages were prepared with: digests of what they share and of the sources that they know by name.

    `taken` is when their stats were, `paths` the digest of the paths of all pages, valid or not.
    """

    context: str
    sources: tuple[tuple[str, str], ...]
    taken: int
    paths: str
