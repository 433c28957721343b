"""What an earlier build found out about pages, and for which of them that still holds.

Preparing a page reads its file, saved copies, the site's configuration and people, and sources of
the registry, which it finds by names: ids and parties. So what was found out holds as long as the
file and the copies are the same, configuration and people are, and the names that the page knows
stand for the same sources. Each row tells all of that itself, so that rows of different builds may
stand side by side, and any of them may be missing.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from explainer import codec
from explainer.diagnostics import Diagnostic, SourceText, has_errors
from explainer.load import read_text
from explainer.prepare import ANY_SOURCE, Prepared, copy_digest
from explainer.snapshot import Seen, Stat, clock, digest_of, stat_of, unchanged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from explainer.cache import Cache
    from explainer.model import Library, Source, Surface

_PAGE, RECORD = "page", "record"


class KnownPage(NamedTuple):
    """A prepared page as the cache holds it; its record is a row of its own.

    `taken` is when its file was looked at (ns), `names` are those by which it knows sources of the
    registry, `sources` what they stood for, `copies` the digests of the saved copies that its quotes
    were held against.
    """

    seen: Seen
    taken: int
    context: str
    names: tuple[str, ...]
    sources: str
    copies: tuple[tuple[str, str], ...]
    record: str
    surface: Surface
    diagnostics: tuple[Diagnostic, ...]
    hidden: tuple[int, ...]


class Earlier:
    """The pages that an earlier build prepared, held against the site as it is now."""

    def __init__(self, root: Path, cache: Cache, library: Library) -> None:
        self.root = root
        self.cache = cache
        self.library = library
        self.context = _context(library)
        self.sources = _by_name(library.sources.values())
        self.copies: dict[str, str] = {}
        self.taken = clock()

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
        if known.surface.file != path or known.context != self.context or known.sources != self._sources(known.names):
            return None
        if not unchanged(file, stat_of(file), known.seen, known.taken):
            return None
        if any(self._copy(copy) != digest for copy, digest in known.copies):
            return None
        text = self._text(path, known) if known.diagnostics else None
        return Prepared(
            path, known.seen.digest, None, known.record, known.surface, known.diagnostics, text, known.names
        )

    def _sources(self, names: Iterable[str]) -> str:
        """What these names stand for in the registry."""
        return "".join(map(self.sources.get, names, repeat("-")))

    def _copy(self, copy: str) -> str:
        if copy not in self.copies:
            self.copies[copy] = copy_digest(self.root, copy)
        return self.copies[copy]

    def _text(self, path: str, known: KnownPage) -> SourceText | None:
        read = read_text(self.root, path)
        return None if read.value is None else SourceText(path, read.value, frozenset(known.hidden))

    def remember(self, page: Prepared, stat: Stat | None) -> bool:
        """Keep a page that was prepared now, if that can hold; `stat` is its file's before it was read."""
        if stat is None or page.surface is None or page.record is None or not page.lasting:
            return False
        if has_errors(page.diagnostics):
            return False
        row = codec.dumps(self._known_page(page, page.surface, stat))
        return self.cache.put(_PAGE, [(page.path, row)]) and self.cache.put(RECORD, [(page.path, page.record)])

    def keep(self, paths: Collection[str]) -> None:
        """End with these pages: forget all others."""
        for kind in (_PAGE, RECORD):
            self.cache.remove(kind, self.cache.keys(kind) - set(paths))
        self.cache.commit()

    def _known_page(self, page: Prepared, surface: Surface, stat: Stat) -> KnownPage:
        return KnownPage(
            seen=Seen(stat, page.digest),
            taken=self.taken,
            context=self.context,
            names=page.names,
            sources=self._sources(page.names),
            copies=page.copies,
            record=page.record_digest,
            surface=surface,
            diagnostics=page.diagnostics,
            hidden=tuple(sorted(page.text.hidden)) if page.text else (),
        )


def _context(library: Library) -> str:
    """What every page is prepared with, but for the sources."""
    config = library.config
    people = [person._replace(span=None) for person in library.people.values()]  # type: ignore[arg-type]
    words = library.catalogs.tables
    parts = (config.base_url, config.language, config.time_zone, config.statuses, people, words)
    return digest_of(codec.dumps(parts).encode())


def _by_name(sources: Iterable[Source]) -> dict[str, str]:
    """For each id and party a digest of all sources that have it, and one of the whole registry."""
    found: dict[str, list[str]] = {}
    for source in sources:
        # Where it stands in its file matters to nobody else.
        placeless = source._replace(span=None, via_spans=(), party_span=None)  # type: ignore[arg-type]
        text = codec.dumps(placeless)
        for name in {source.id, source.key, ANY_SOURCE}:
            found.setdefault(name, []).append(text)
    return {name: digest_of("\n".join(texts).encode()) for name, texts in found.items()}
