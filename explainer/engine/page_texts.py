"""The texts of pages, as bytes: their records, interfaces and sourcing texts, their items in lists and words for search.

They are in the cache, by the path of their page's file. In memory are those that may not be written down or
can't be, and in the preview the newest versions of pages that were saved: while lists are made again, the
cache and memory together still have the versions that readers of the preview see.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from explainer.cache import codec
from explainer.cache.store import DamagedCacheError
from explainer.model.site import PageInterface
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from explainer.cache.store import Cache
    from explainer.engine.page import PreparedPage
    from explainer.model.site import PageSummary

Kind: TypeAlias = Literal["record", "interface", "sourcing", "items", "words"]
_KINDS: tuple[Kind, ...] = ("record", "interface", "sourcing", "items", "words")
# Interfaces that are held decoded: lists of neighbouring months and of one story's people share them.
_DECODED = 1024


class MissingTextError(DamagedCacheError):
    """A page's text isn't there, or isn't the one that was asked for."""


class PageTexts:
    """The texts of pages. In memory there are up to `versions` of each page, by digest."""

    def __init__(self, cache: Cache, versions: int = 1) -> None:
        self._cache = cache
        self._versions = versions
        self._memory: dict[str, deque[dict[str, bytes]]] = {}
        self._pinned: dict[str, dict[str, bytes]] = {}
        self._items: dict[str, bytes] = {}
        self._words: dict[str, bytes] = {}
        self._decoded = lru_cache(maxsize=_DECODED)(self._interface)

    def add(self, page: PreparedPage, *, lasting: bool) -> None:
        """Add the texts of a page: to the cache if they are to outlast this process, else in memory."""
        # An empty one takes the place of what may not be kept any more.
        texts: list[tuple[Kind, bytes]] = [
            ("record", page.record), ("interface", page.interface), ("sourcing", page.sourcing),
        ]  # fmt: skip
        self._words.pop(page.path, None)
        if not (lasting and self._cache.put("words", [(page.path, page.words)])):
            self._words[page.path] = page.words
        if lasting and all(self._cache.put(kind, [(page.path, text)]) for kind, text in texts):
            self._memory.pop(page.path, None)
            return
        version = {digest_of(text): text for _, text in texts}
        self._memory.setdefault(page.path, deque(maxlen=self._versions)).append(version)

    def pin(self, pages: Iterable[PageSummary]) -> None:
        """Keep these versions of pages, and no others that were pinned, however many newer ones are added."""
        self._pinned = {
            page.file: texts
            for page in pages
            for texts in self._memory.get(page.file, ())
            if page.record_digest in texts and page.interface_digest in texts
        }

    def record(self, page: PageSummary) -> bytes:
        """A page's record.

        Raises:
            MissingTextError: if there is none of this digest.
        """
        return self._text("record", page.file, page.record_digest)

    def packed_interface(self, page: PageSummary) -> bytes:
        """A page's interface, as bytes.

        Raises:
            MissingTextError: if there is none of this digest.
        """
        return self._text("interface", page.file, page.interface_digest)

    def interface(self, page: PageSummary) -> PageInterface:
        """A page's interface.

        Raises:
            MissingTextError: if there is none of this digest.
        """
        return self._decoded(page.file, page.interface_digest)

    def sourcing(self, page: PageSummary) -> bytes:
        """A page's sourcing text.

        Raises:
            MissingTextError: if there is none of this digest.
        """
        return self._text("sourcing", page.file, page.sourcing_digest)

    def items(self, page: PageSummary) -> bytes | None:
        """A page's items in lists, of whatever version; None if there are none."""
        return self._items.get(page.file) or self._cache.get("items", page.file)

    def add_items(self, page: PageSummary, items: bytes) -> None:
        """Add a page's items in lists."""
        if not self._cache.put("items", [(page.file, items)]):
            self._items[page.file] = items

    def words(self, page: PageSummary) -> bytes | None:
        """A page's words for search, of whatever version; None or empty if there are none."""
        return self._words.get(page.file) or self._cache.get("words", page.file)

    def in_cache(self) -> set[str]:
        """The paths of the pages whose texts are in the cache."""
        return self._cache.keys("record") & self._cache.keys("interface")

    def forget_others(self, paths: Collection[str]) -> None:
        """Remove the texts of all pages but these from the cache."""
        for kind in _KINDS:
            self._cache.remove(kind, self._cache.keys(kind) - set(paths))

    def _interface(self, path: str, digest: str) -> PageInterface:
        return codec.loads(PageInterface, self._text("interface", path, digest))

    def _text(self, kind: Kind, path: str, digest: str) -> bytes:
        versions: list[dict[str, bytes]] = [*self._memory.get(path, ()), self._pinned.get(path, {})]
        for version in versions:
            if digest in version:
                return version[digest]
        text = self._cache.get(kind, path)
        if text is None or digest_of(text) != digest:
            raise MissingTextError(path)
        return text
