"""The texts of pages, their records and surfaces: in memory for those that were saved, else in a cache of the preview's own.

A page's earlier texts are kept beside its newest: until a new tree takes its place, the old one is served.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from explainer.prepare import unpacked_surface
from explainer.serve.faults import GoneError
from explainer.snapshot import digest_of

if TYPE_CHECKING:
    from explainer.cache import Cache
    from explainer.model import Outline, Surface
    from explainer.prepare import Prepared

Kind: TypeAlias = Literal["record", "surface"]
_DECODED = 512
_KEPT = 3  # versions of a page


class Texts:
    """Records and surfaces by the outline of their page."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self._memory: dict[str, deque[dict[str, str]]] = {}
        self.surface = lru_cache(maxsize=_DECODED)(self._surface)

    def keep(self, page: Prepared) -> None:
        """Keep the texts of a page that was prepared now, for as long as the preview runs."""
        if page.outline:
            texts = {page.outline.record: page.record, page.outline.surface: page.surface}
            self._memory.setdefault(page.path, deque(maxlen=_KEPT)).append(texts)

    def store(self, page: Prepared) -> None:
        """Keep the texts of a page for the next preview, too."""
        if not all(self.cache.put(kind, [(page.path, getattr(page, kind))]) for kind in ("record", "surface")):
            self.keep(page)

    def record(self, page: Outline) -> str:
        """A page's record.

        Raises:
            GoneError: if it isn't there any more.
        """
        return self._text("record", page.file, page.record)

    def _surface(self, page: Outline) -> Surface:
        return unpacked_surface(self._text("surface", page.file, page.surface))

    def _text(self, kind: Kind, path: str, digest: str) -> str:
        for texts in tuple(self._memory.get(path, ())):
            if digest in texts:
                return texts[digest]
        text = self.cache.get(kind, path)
        if text is None or digest_of(text.encode()) != digest:
            raise GoneError
        return text
