"""What is known of the pictures beside pages, and by which recipe variants of them are made.

A picture is read again only when its stat is another: for its size, its digest, and what its metadata tells.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from explainer.cache.shards import Shards
from explainer.diagnostics import Diagnostic, Staged
from explainer.load.files_beside import files_beside, picture_size
from explainer.model.pictures import PictureFile, Recipe, Size
from explainer.model.record import Record
from explainer.model.settings import Pictures
from explainer.model.terms import PICTURES
from explainer.pictures import RefusedError, clean_picture, resizing
from explainer.pictures.still import still_kind
from explainer.system.file_stats import Stat, clock, digest_of, is_young
from explainer.system.site_files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from explainer.cache.store import Cache
    from explainer.model.pictures import PictureKind

_KIND = "pictures"
_INSTALL = "pip install 'newsexplainer[images]'"


class KnownPicture(Record, frozen=True):
    """A picture as it was read: its stat, when that was taken (ns), and what is known of it."""

    stat: Stat
    taken: int
    file: PictureFile | None


class FilesBeside(NamedTuple):
    """The files beside each page, by the page's file and the file's name, and the recipe for variants if there is one."""

    files: Mapping[str, Mapping[str, PictureFile | None]]
    recipe: Recipe | None


class PictureFiles:
    """The pictures of a site, as they were read last.

    Raises:
        DamagedCacheError: from `beside`, if the cache holds something else.
    """

    def __init__(self, root: Path, cache: Cache) -> None:
        self._root = root
        self._cache = cache
        self._known: dict[str, KnownPicture] = {}

    def beside(self, pages: Iterable[str], declared: Pictures | None) -> Staged[FilesBeside]:
        """The files beside these pages, and among the shared pictures. `declared`: how pictures come out."""
        if not resizing.is_installed() or (declared and not declared.wanted):
            found = files_beside(self._root, pages)
            missing = (
                [Diagnostic("E128", _missing("it isn't installed"), declared.span, (_INSTALL,))]
                if declared and declared.span
                else []
            )
            return Staged(FilesBeside(found.value, None), (*found.diagnostics, *missing))
        self._seen: dict[str, KnownPicture] = {}
        found = files_beside(self._root, pages, self._look)
        if self._seen or self._cache.keys(_KIND):
            self._shards.save(self._seen)
        pictures = any(file and file.kind for files in found.value.values() for file in files.values())
        recipe = _recipe(declared or Pictures()) if pictures or declared else Staged(None)
        return Staged(FilesBeside(found.value, recipe.value), (*found.diagnostics, *recipe.diagnostics))

    @cached_property
    def _shards(self) -> Shards[KnownPicture]:
        return Shards(self._cache, _KIND, KnownPicture)

    def _look(self, path: str, full: Path) -> PictureFile | None:
        if full.suffix.lower() not in PICTURES:
            return None
        # Names of files that aren't public don't stand in the cache.
        key = digest_of(path.encode(errors="surrogateescape"))
        known, taken = self._shards.records.get(key), clock()
        try:
            found = os.stat(full)  # noqa: PTH116 - called for every file beside a page
        except OSError:
            return None
        stat = Stat(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        if known is None or known.stat != stat or is_young(stat, known.taken):
            known = KnownPicture(stat, taken, self._read(path, full))
        self._seen[key] = known
        return known.file

    def _read(self, path: str, full: Path) -> PictureFile | None:
        """What is known of a picture; one that can't be cleaned has no variants."""
        sized = picture_size(path, full)
        content = read_file(self._root, path).value
        kind = still_kind(content) if content else None
        if content is None or kind is None:
            return sized
        if kind == "avif":
            size = resizing.size_of(content)
            return PictureFile(Size(*size), kind, digest_of(content)) if size else None
        try:
            cleaned = clean_picture(path, content)
        except RefusedError:
            return sized
        if sized is None or cleaned is None:
            return sized
        return sized._replace(kind=kind, digest=digest_of(content), findings=tuple(sorted(cleaned.findings)))


def _missing(what: str) -> str:
    return f"`pictures` needs the package Pillow: {what}"


def _recipe(declared: Pictures) -> Staged[Recipe | None]:
    """The recipe that a site declares; E128 for a format that can't be written."""
    encoders: dict[PictureKind, str] = resizing.encoders()
    cannot = [name for name in declared.formats if name != "original" and name not in encoders]
    if cannot and declared.span:
        message = _missing(f"the one that is there can't write {cannot[0].upper()}")
        return Staged(None, (Diagnostic("E128", message, declared.span, (_INSTALL,)),))
    formats = tuple(name for name in declared.formats if name not in cannot)
    return Staged(Recipe(declared.widths, formats, declared.quality, tuple(encoders.items())))
