"""What an earlier build found out about pages, and for which of them that still holds.

Preparing a page reads its file, saved copies, the site's configuration and people, and sources of
the registry, which it finds by names: ids and parties. So what was found out holds as long as the
file and the copies are the same, configuration and people are, and the names that the page knows
stand for the same sources. It stands in few rows of the cache, so that it is
read and held against ten thousand files in a moment; a row more says what all pages were prepared with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.cache import codec
from explainer.cache.shards import Shards
from explainer.diagnostics import Diagnostic, SourceText, has_errors
from explainer.engine.page import ANY_SOURCE, Prepared, copy_digest
from explainer.model.record import Record
from explainer.model.site import PageSummary
from explainer.system.file_stats import Stat, digest_of, file_digest, is_young
from explainer.system.site_files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from explainer.cache.store import Cache
    from explainer.model.declared import Library, Source
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
    outline: PageSummary


class Earlier:
    """The pages that an earlier build prepared, held against the site as it is now.

    `seen` are the files of the site as they were when the build began.
    """

    def __init__(self, root: Path, cache: Cache, library: Library, seen: Snapshot) -> None:
        self.root = root
        self.cache = cache
        self.seen = seen
        self.context = _context(library)
        self.registry = _by_name(library.sources.values())
        self.known: dict[str, KnownPage] = {}
        self.touched: dict[str, Stat] = {}
        self.copies: dict[str, str] = {}
        self.before = self._before()
        self.shards = Shards(cache, _PAGES, KnownPage)
        if self.before and self.before.context == self.context:
            self.known = self._read(self.before)

    def _before(self) -> _Before | None:
        row = self.cache.get(_BEFORE, "")
        return codec.loads(_Before, row) if row is not None else None

    def _read(self, before: _Before) -> dict[str, KnownPage]:
        """The pages of which nothing has changed since."""
        known = self.shards.records
        registry = dict(before.registry)
        other = {name for name in registry.keys() | self.registry if registry.get(name) != self.registry.get(name)}
        if other:
            known = {path: page for path, page in known.items() if other.isdisjoint(page.names)}
        return {path: page for path, page in known.items() if self._holds(path, page, before.taken)}

    def _holds(self, path: str, page: KnownPage, taken: int) -> bool:
        """Whether a page's file and copies are as they were."""
        now = self.seen.stats.get(path)
        if now is None or any(self._copy(copy) != digest for copy, digest in page.copies):
            return False
        if now == page.stat and not is_young(now, taken):
            return True
        if file_digest(f"{self.root}/{path}") != page.digest:
            return False
        self.touched[path] = now
        return True

    def _copy(self, copy: str) -> str:
        if copy not in self.copies:
            self.copies[copy] = copy_digest(self.root, copy)
        return self.copies[copy]

    def pages(self, paths: Iterable[str]) -> dict[str, Prepared]:
        """Those of these pages for which what was found out still holds; their texts are kept elsewhere."""
        return {path: self._prepared(path, self.known[path]) for path in paths if path in self.known}

    def _prepared(self, path: str, known: KnownPage) -> Prepared:
        text = None
        if known.diagnostics:
            read = read_text(self.root, path)
            text = None if read.value is None else SourceText(path, read.value, frozenset(known.hidden))
        return Prepared(path, known.digest, known.outline, diagnostics=known.diagnostics, text=text, names=known.names)

    def remember(self, page: Prepared) -> bool:
        """Keep a page that was prepared now; False if that can't hold."""
        stat = self.seen.stats.get(page.path)
        if stat is None or page.outline is None or not page.lasting or has_errors(page.diagnostics):
            self.known.pop(page.path, None)
            return False
        hidden = tuple(sorted(page.text.hidden)) if page.text else ()
        self.touched.pop(page.path, None)
        self.known[page.path] = KnownPage(
            stat, page.digest, page.names, page.copies, page.diagnostics, hidden, page.outline
        )
        return True

    def save(self, paths: Sequence[str]) -> bool:
        """Store what holds of these pages, and of no others; False if the last build had the same pages."""
        kept = {path: self.known[path] for path in paths if path in self.known}
        for path, stat in self.touched.items():
            if path in kept:
                kept[path] = kept[path]._replace(stat=stat)
        # Only what pages know: other names, such as an unnamed source's party, may not be written down.
        names = {name for page in kept.values() for name in page.names}
        registry = tuple((name, self.registry[name]) for name in sorted(names & self.registry.keys()))
        now = _Before(self.context, registry, self.seen.taken, digest_of(codec.dumps(paths)))
        before = self.before
        if self.shards.save(kept) or before is None or before._replace(taken=now.taken) != now:
            self.cache.put(_BEFORE, [("", codec.dumps(now))])
        return before is None or before.paths != now.paths


class _Before(Record, frozen=True):
    """What all pages were prepared with: digests of what they share and of the sources that they know by name.

    `taken` is when their stats were, `paths` the digest of the paths of all pages, known or not.
    """

    context: str
    registry: tuple[tuple[str, str], ...]
    taken: int
    paths: str


# --- What pages are prepared with ---


def _context(library: Library) -> str:
    """What every page is prepared with, but for the sources."""
    config = library.config
    people = [person._replace(span=None) for person in library.people.values()]
    words = library.catalogs.tables
    parts = (config.base_url, config.language, config.time_zone, config.statuses, people, words)
    return digest_of(codec.dumps(parts))


def _by_name(sources: Iterable[Source]) -> dict[str, str]:
    """For each id and party a digest of all sources that have it, and one of the whole registry."""
    found: dict[str, list[bytes]] = {}
    for source in sources:
        # Where it stands in its file matters to nobody else.
        placeless = source._replace(span=None, via_spans=(), party_span=None)
        text = codec.dumps(placeless)
        for name in {source.id, source.key, ANY_SOURCE}:
            found.setdefault(name, []).append(text)
    return {name: digest_of(b"\n".join(texts)) for name, texts in found.items()}
