"""What goes along with pages to workers that don't see the site: files as bytes, and the sources that the pages name.

Which sources a page names is only certain once it is parsed, and that is done by a worker. So they are found beforehand by
the words of its front matter and tags, which nearly always hold all of them; a worker says what is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Staged
from explainer.load import SourceIndex
from explainer.model.declared import NO_CAVEATS, Source, Withdrawal
from explainer.system import site_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from explainer.system.site_files import Unsaved

# What ids, and the parties of sources, are written with; all else parts them.
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyz0123456789-"
_NAMES_ALONE = bytes(byte if byte in _IN_NAMES else ord(" ") for byte in range(256))
_TAG = re.compile(rb"\{\{<.*?>\}\}", re.DOTALL)
_FENCE = b"\n---"


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """The files of a site, read where they stand; what is `unsaved` stands in place of them."""

    root: Path
    unsaved: Unsaved | None = None

    def read(self, path: str) -> Staged[bytes | None]:
        """The bytes of a file; None and E101 if it can't be read."""
        return site_files.read_file(self.root, path, self.unsaved)


@dataclass(frozen=True, slots=True)
class SentFiles:
    """The files that were sent, as they were read."""

    files: Mapping[str, Staged[bytes | None]]

    def read(self, path: str) -> Staged[bytes | None]:
        """The bytes of a file; None if it couldn't be read, or wasn't sent."""
        return self.files.get(path, Staged(None))


class Lacks(NamedTuple):
    """All that a page needs besides what goes with every page: files, names of sources, or the ids of all sources."""

    files: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    all_ids: bool = False


class Supplies(NamedTuple):
    """What some pages need: files by path, and a part of the registry.

    `lacked` is what was asked for besides what the pages' own words say.
    """

    files: Mapping[str, Staged[bytes | None]]
    registry: SourceIndex
    lacked: Lacks


def together(lacks: Iterable[Lacks]) -> Lacks:
    """All that several pages lack."""
    all_of = tuple(lacks)
    return Lacks(
        frozenset[str]().union(*(one.files for one in all_of)),
        frozenset[str]().union(*(one.names for one in all_of)),
        any(one.all_ids for one in all_of),
    )


def names_in(content: bytes) -> frozenset[str]:
    """All that may be the name of a source in a page's front matter and tags."""
    end = max(content.find(_FENCE, len(_FENCE)), 0)
    words = b" ".join((content[:end], *_TAG.findall(content, end))).translate(_NAMES_ALONE)
    return frozenset([word.lstrip("-") if word[0] == "-" else word for word in set(words.decode().split())])


class Registry:
    """The sources of a site, of which parts are sent. What is never published of unnamed ones isn't."""

    def __init__(self, index: SourceIndex) -> None:
        self._index = index
        self._sources = {id_: _without_identity(source) for id_, source in index.sources.items()}
        self._by_name: dict[str, list[str]] = {}
        for source in self._sources.values():
            for name in {source.id, source.key}:
                self._by_name.setdefault(name, []).append(source.id)

    def part(self, names: Collection[str], *, all_ids: bool) -> SourceIndex:
        """The sources to which some names lead, and who is named and unnamed by these names.

        With `all_ids` every other source is there too, with what hints tell of it.
        """
        reached = self._reached(names)
        ids = self._sources if all_ids else sorted(reached)
        sources = {id_: self._sources[id_] if id_ in reached else _in_hints(self._sources[id_]) for id_ in ids}
        index = self._index
        named = {name: self._sources[index.named[name].id] for name in names if name in index.named}
        unnamed = {
            name: tuple([self._sources[source.id] for source in index.unnamed[name]])
            for name in names
            if name in index.unnamed
        }
        return SourceIndex(sources, {}, named, unnamed)

    def _reached(self, names: Iterable[str]) -> set[str]:
        reached = {id_ for name in names for id_ in self._by_name.get(name, ())}
        queue = list(reached)
        for id_ in queue:
            source = self._sources[id_]
            for other in (*source.via, *source.reported_in, source.key):
                if other in self._sources and other not in reached:
                    reached.add(other)
                    queue.append(other)
        return reached


def _without_identity(source: Source) -> Source:
    """A source without what tells who an unnamed one is, except whose voice it is: that is what is counted."""
    if not source.unnamed:
        return source
    withdrawn = source.withdrawn and Withdrawal(source.withdrawn.date)
    source = source._replace(
        title=None, publisher=None, authors=(), accessed=None, url=None, archive=None, container=None,
        document_number=None, doi=None, withdrawn=withdrawn,
    )  # fmt: skip
    if source.attribution != "deep-background":
        return source
    return source._replace(short=None, description=None, why_unnamed=None, caveats=NO_CAVEATS)


def _in_hints(source: Source) -> Source:
    party = None if source.unnamed else source.party
    return Source(source.id, source.type, source.knowledge, source.span, source.attribution, party=party)
