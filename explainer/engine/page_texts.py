"""What a build holds of its pages as bytes: their records, interfaces, and what they come out as in lists.

It stands in the cache, or in memory where it may not be written down or can't be.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from explainer.cache import codec
from explainer.cache.store import DamagedCacheError
from explainer.model.site import PageInterface
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from explainer.cache.store import Cache
    from explainer.model.site import PageSummary

Kind: TypeAlias = Literal["record", "surface", "items"]
KINDS: tuple[Kind, ...] = ("record", "surface", "items")
# Interfaces that are held decoded: lists of neighbouring months and of one story's people share them.
_DECODED = 1024


class Shelf:
    """The texts of pages by kind and the path of the page's file."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._memory: dict[tuple[Kind, str], bytes] = {}
        self._decoded = lru_cache(maxsize=_DECODED)(self._surface)

    def put(self, kind: Kind, path: str, text: bytes, *, lasting: bool = True) -> bool:
        """Keep a text; False if it will be gone with this build."""
        self._memory.pop((kind, path), None)
        if lasting and self._cache.put(kind, [(path, text)]):
            return True
        self._memory[kind, path] = text
        return False

    def get(self, kind: Kind, path: str) -> bytes | None:
        """A text, if there is one."""
        found = self._memory.get((kind, path))
        return self._cache.get(kind, path) if found is None else found

    def record(self, page: PageSummary) -> bytes:
        """A page's record, as text."""
        return self._right("record", page.file, page.record_digest)

    def packed_surface(self, page: PageSummary) -> bytes:
        """A page's surface, as text."""
        return self._right("surface", page.file, page.interface_digest)

    def surface(self, page: PageSummary) -> PageInterface:
        """A page's surface."""
        return self._decoded(page.file, page.interface_digest)

    def keep(self, paths: Collection[str]) -> None:
        """End with these pages: forget all others."""
        for kind in KINDS:
            self._cache.remove(kind, self._cache.keys(kind) - set(paths))

    def _surface(self, path: str, digest: str) -> PageInterface:
        return codec.loads(PageInterface, self._right("surface", path, digest))

    def _right(self, kind: Kind, path: str, digest: str) -> bytes:
        text = self.get(kind, path)
        if text is None or digest_of(text) != digest:
            raise DamagedCacheError
        return text
