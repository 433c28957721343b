"""What each output was made of, and what came of it: by that a build knows which of them are as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.cache.shards import Shards
from explainer.model.record import Record
from explainer.model.site import ShownFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.cache.store import Cache

_MADE, _LISTED = "made", "listed"


class MadePage(Record, frozen=True):
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
    assets: tuple[ShownFile, ...]


class MadeList(Record, frozen=True):
    """Another output: digests of the look, of what it lists, of what came of it."""

    look: str
    listed: str
    output: str


class Made:
    """What the outputs of the last build were made of: pages by their file, others by their path."""

    def __init__(self, cache: Cache) -> None:
        self._pages = Shards(cache, _MADE, MadePage)
        self._lists = Shards(cache, _LISTED, MadeList)

    @property
    def pages(self) -> Mapping[str, MadePage]:
        """What each page's outputs were made of."""
        return self._pages.records

    @property
    def lists(self) -> Mapping[str, MadeList]:
        """What each other output was made of."""
        return self._lists.records

    def save(self, pages: Mapping[str, MadePage], lists: Mapping[str, MadeList]) -> None:
        """Store what the outputs are made of now."""
        self._pages.save(pages)
        self._lists.save(lists)
