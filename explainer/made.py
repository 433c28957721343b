"""What each output was made of, and what came of it: by that a build knows which of them are as they should be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from explainer import codec

if TYPE_CHECKING:
    from explainer.cache import Cache

_MADE = "made"


class MadePage(NamedTuple):
    """A page's outputs: digests of what they were made of, and of what came of them in the order of their paths.

    `look` is that of the theme and of what every layout knows of the site, `web` that of all that pages
    may get from each other, `joined` that of what this page got. `items` is what its items in lists were
    made of; `assets` are the files beside it that it shows.
    """

    look: str
    record: str
    surface: str
    web: str
    joined: str
    items: str
    outputs: tuple[str, ...]
    assets: tuple[tuple[str, str], ...]


class MadeList(NamedTuple):
    """Another output: digests of the look, of what it lists, of what came of it."""

    look: str
    listed: str
    output: str


class Made:
    """What the outputs of the last build were made of: pages by their file, others by their path."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._row = cache.get(_MADE, "")
        self.pages: dict[str, MadePage] = {}
        self.lists: dict[str, MadeList] = {}
        if self._row is not None:
            files, pages, paths, lists = json.loads(self._row)
            self.pages = dict(zip(files, codec.from_columns(MadePage, pages), strict=True))
            self.lists = dict(zip(paths, codec.from_columns(MadeList, lists), strict=True))

    def save(self, pages: dict[str, MadePage], lists: dict[str, MadeList]) -> None:
        """Store what the outputs are made of now."""
        row = codec.dumps((list(pages), codec.columns(pages.values()), list(lists), codec.columns(lists.values())))
        if row != self._row:
            self._cache.put(_MADE, [("", row)])
