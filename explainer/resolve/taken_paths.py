"""Paths in the output that are taken, whatever the case of their letters: on many computers `A` and `a` are one file."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from explainer.model.output_files import HOST_FILES

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

_TOPS = frozenset({"claims", "explainers", "people", "sources", "static", "tags"})
_INDEX = "index.html"


class TakenPaths:
    """The files of a site's output. Pages are asked for by their paths, the others are added one by one.

    `paths` are those of pages and of what the site makes itself, all in lower case.
    """

    def __init__(self, paths: Container[str]) -> None:
        self._paths = paths
        self._files: dict[str, str] = {}
        self._folders: set[str] = set(_TOPS)

    def add(self, file: str) -> str | None:
        """Take a file in; if another one stands in its way, that one is returned."""
        folded = file.lower().lstrip("/")
        above = list(_above(folded))
        for one in (folded, *above):
            if one in self._files:
                return self._files[one]
            if self._is_made(one):
                return one
        if folded in self._folders or f"/{folded}/" in self._paths:
            return f"{folded}/"
        self._files[folded] = file
        self._folders.update(above)
        return None

    def _is_made(self, file: str) -> bool:
        """Whether a page or list, or a file for the host, comes out as this file."""
        if file in HOST_FILES or file == _INDEX or f"/{file}" in self._paths:
            return True
        folder, name = posixpath.split(file)
        return name == _INDEX and f"/{folder}/" in self._paths


def clashes(names: Iterable[str], made: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Among the names of files in one folder those that another one is in the way of, each with that one.

    `made` are the files that the site itself makes there.
    """
    names, folded = sorted(names), {name: name for name in made}
    plain = {name.lower() for name in names}
    if len(plain) == len(names) and not any("/" in name for name in names) and plain.isdisjoint(folded):
        return
    folders: dict[str, str] = {}
    for name in names:
        low = name.lower()
        other = next((folded[one] for one in (low, *_above(low)) if one in folded), folders.get(low))
        if other is None:
            folded[low] = name
            folders.update(dict.fromkeys(_above(low), name))
        else:
            yield name, other


def _above(file: str) -> Iterator[str]:
    """The folders of a file, the nearest one first."""
    while file := posixpath.dirname(file):
        yield file
