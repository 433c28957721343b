"""What an earlier build found out about pages, and for which of them that still holds.

Preparing a page reads its file, saved copies, the site's configuration and people, and sources of
the registry, which it finds by names: ids and parties. So what was found out holds as long as the
file and the copies are the same, configuration and people are, and no source that came, went or
changed has a name that the page knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer import codec
from explainer.diagnostics import Diagnostic, SourceText, has_errors
from explainer.load import read_text
from explainer.prepare import Prepared
from explainer.snapshot import Seen, Stat, clock, digest_of, file_digest, stat_of, unchanged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from explainer.cache import Cache
    from explainer.model import Library, Source, Surface

_PAGE, RECORD, _SOURCE = "page", "record", "source"


class KnownPage(NamedTuple):
    """A prepared page as the cache holds it; its record is a row of its own.

    `taken` is when its file was looked at (ns), `names` are those by which it knows sources of the
    registry, `copies` the digests of the saved copies that its quotes were held against.
    """

    seen: Seen
    taken: int
    context: str
    names: tuple[str, ...]
    copies: tuple[tuple[str, str], ...]
    record: str
    surface: Surface
    diagnostics: tuple[Diagnostic, ...]
    hidden: tuple[int, ...]


class KnownSource(NamedTuple):
    """A source of the registry as an earlier build had it: a digest, and its names."""

    digest: str
    names: tuple[str, ...]


class Earlier:
    """The pages that an earlier build prepared, held against the site as it is now."""

    def __init__(self, root: Path, cache: Cache, library: Library) -> None:
        self.root = root
        self.cache = cache
        self.library = library
        self.context = _context(library)
        self.sources = {id_: _known_source(source) for id_, source in library.sources.items()}
        self.changed = self._changed_names()
        self.taken = clock()

    def _changed_names(self) -> frozenset[str]:
        """The names of the sources that came, went or changed since."""
        before = {}
        for id_, text in self.cache.all(_SOURCE).items():
            try:
                before[id_] = codec.loads(KnownSource, text)
            except ValueError:
                before[id_] = KnownSource("", (id_,))
        changed = {id_ for id_ in before.keys() | self.sources.keys() if before.get(id_) != self.sources.get(id_)}
        both = (known.get(id_) for id_ in changed for known in (before, self.sources))
        return frozenset(name for known in both if known for name in known.names)

    def pages(self, paths: Iterable[str]) -> Iterator[Prepared]:
        """Those of these pages for which what was found out still holds; their records are rows of their own."""
        rows = self.cache.all(_PAGE)
        for path in paths:
            if path in rows and (prepared := self._page(path, rows[path])):
                yield prepared

    def _page(self, path: str, row: str) -> Prepared | None:
        try:
            known = codec.loads(KnownPage, row)
        except ValueError:
            return None
        file = f"{self.root}/{path}"
        if known.context != self.context or not self.changed.isdisjoint(known.names):
            return None
        if not unchanged(file, stat_of(file), known.seen, known.taken):
            return None
        if any(file_digest(f"{self.root}/{copy}") != digest for copy, digest in known.copies):
            return None
        text = self._text(path, known) if known.diagnostics else None
        return Prepared(
            path, known.seen.digest, None, known.record, known.surface, known.diagnostics, text, known.names
        )

    def _text(self, path: str, known: KnownPage) -> SourceText | None:
        read = read_text(self.root, path)
        return None if read.value is None else SourceText(path, read.value, frozenset(known.hidden))

    def remember(self, page: Prepared, stat: Stat | None) -> bool:
        """Keep a page that was prepared now, if that can hold; `stat` is its file's before it was read."""
        if stat is None or page.surface is None or page.record is None or has_errors(page.diagnostics):
            return False
        row = codec.dumps(self._known_page(page, page.surface, stat))
        return self.cache.put(_PAGE, [(page.path, row)]) and self.cache.put(RECORD, [(page.path, page.record)])

    def keep(self, paths: Collection[str]) -> None:
        """End with these pages: forget all others, and remember what the sources of the registry are now."""
        for kind, keys in ((_PAGE, paths), (RECORD, paths), (_SOURCE, self.sources)):
            self.cache.remove(kind, self.cache.keys(kind) - set(keys))
        self.cache.put(_SOURCE, ((id_, codec.dumps(known)) for id_, known in self.sources.items()))
        self.cache.commit()

    def _known_page(self, page: Prepared, surface: Surface, stat: Stat) -> KnownPage:
        return KnownPage(
            seen=Seen(stat, page.digest),
            taken=self.taken,
            context=self.context,
            names=page.names,
            copies=tuple((copy, file_digest(f"{self.root}/{copy}")) for copy in page.copies),
            record=page.record_digest,
            surface=surface,
            diagnostics=page.diagnostics,
            hidden=tuple(sorted(page.text.hidden)) if page.text else (),
        )


def _context(library: Library) -> str:
    """What every page is prepared with, but for the sources."""
    config = library.config
    people = [person._replace(span=None) for person in library.people.values()]  # type: ignore[arg-type]
    parts = (config.base_url, config.language, config.time_zone, config.statuses, people)
    return digest_of(codec.dumps(parts).encode())


def _known_source(source: Source) -> KnownSource:
    # Where it stands in its file matters to nobody else.
    placeless = source._replace(span=None, via_spans=(), party_span=None)  # type: ignore[arg-type]
    names = tuple(dict.fromkeys((source.id, source.key)))
    return KnownSource(digest_of(codec.dumps(placeless).encode()), names)
