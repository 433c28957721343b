"""The texts of pages, their records and surfaces: in memory for those that were saved, else in a cache of the preview's own.

A page's earlier texts are kept beside its newest: until a new tree takes its place, the old one is served.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from explainer.cache import codec
from explainer.diagnostics import has_errors
from explainer.model.site import PageInterface
from explainer.serve.errors import GoneError
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explainer.cache.store import Cache
    from explainer.engine.page import Prepared
    from explainer.model.site import PageSummary

Kind: TypeAlias = Literal["record", "surface"]
_DECODED = 512
_KEPT = 3  # versions of a page


class Texts:
    """Records and surfaces by the outline of their page."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self._memory: dict[str, deque[dict[str, bytes]]] = {}
        self._held: dict[str, dict[str, bytes]] = {}
        self.surface = lru_cache(maxsize=_DECODED)(self._surface)

    def keep(self, page: Prepared) -> None:
        """Keep the texts of a page that was prepared now, for as long as the preview runs; those with errors aren't shown."""
        if page.outline and not has_errors(page.diagnostics):
            texts = {page.outline.record_digest: page.record, page.outline.interface_digest: page.surface}
            self._memory.setdefault(page.path, deque(maxlen=_KEPT)).append(texts)

    def hold(self, pages: Iterable[PageSummary]) -> None:
        """Keep the texts of these pages, which lists are made of, however often each is saved before the next ones."""
        self._held = {
            page.file: texts
            for page in pages
            for texts in self._memory.get(page.file, ())
            if page.record_digest in texts and page.interface_digest in texts
        }

    def store(self, page: Prepared) -> None:
        """Keep the texts of a page for the next preview, too."""
        if not all(self.cache.put(kind, [(page.path, getattr(page, kind))]) for kind in ("record", "surface")):
            self.keep(page)

    def record(self, page: PageSummary) -> bytes:
        """A page's record.

        Raises:
            GoneError: if it isn't there any more.
        """
        return self._text("record", page.file, page.record_digest)

    def _surface(self, page: PageSummary) -> PageInterface:
        return codec.loads(PageInterface, self._text("surface", page.file, page.interface_digest))

    def _text(self, kind: Kind, path: str, digest: str) -> bytes:
        kept: tuple[dict[str, bytes], ...] = (*self._memory.get(path, ()), self._held.get(path, {}))
        for texts in kept:
            if digest in texts:
                return texts[digest]
        text = self.cache.get(kind, path)
        if text is None or digest_of(text) != digest:
            raise GoneError
        return text
