"""The tree that the preview serves: every output of one whole site, each made when it is first asked for."""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from explainer.feeds import render_feeds
from explainer.load import read_file
from explainer.render import Renderer, render_lists
from explainer.rendering import output_paths, render_outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from explainer.model import Joined, Library, Site, Surface
    from explainer.prepare import Prepared
    from explainer.theme import Theme

_KEPT = 400  # outputs that stay made


class Leaf(NamedTuple):
    """A page in the tree: as it was prepared, and what it gets from the rest of the site."""

    prepared: Prepared
    surface: Surface
    joined: Joined

    @property
    def key(self) -> tuple[str, Joined]:
        """What its outputs are made of."""
        return self.prepared.record_digest, self.joined


class GoneError(Exception):
    """A page's file isn't any more what it was when the tree was made: a newer tree is on its way."""


@dataclass(slots=True)
class Made:
    """Outputs that were made, the ones asked for last; shared by trees that follow each other."""

    outputs: OrderedDict[str, tuple[object, bytes]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, path: str) -> tuple[object, bytes] | None:
        """What was last made at this path, and what of."""
        with self.lock:
            if path in self.outputs:
                self.outputs.move_to_end(path)
            return self.outputs.get(path)

    def put(self, path: str, key: object, content: bytes) -> None:
        """Keep an output, and forget the one that nobody asked for for longest."""
        with self.lock:
            self.outputs[path] = (key, content)
            self.outputs.move_to_end(path)
            if len(self.outputs) > _KEPT:
                self.outputs.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Tree:
    """One whole site. `leaves` maps the path of each page's output to the page, `lists` makes the other outputs."""

    root: Path
    site: Site
    library: Library
    theme: Theme
    renderer: Renderer
    leaves: Mapping[str, Leaf]
    lists: Mapping[str, Callable[[], str]]
    files: Mapping[str, Path]
    record: Callable[[Prepared], str | None]
    made: Made

    def paths(self) -> Iterator[str]:
        """The path of every output, relative to the site's root."""
        yield from self.leaves
        yield from self.lists
        yield from self.files

    def get(self, path: str) -> bytes | None:
        """An output; None if there is none at this path.

        Raises:
            LayoutError: if a layout fails.
            GoneError: if the page isn't there any more as it was.
        """
        if leaf := self.leaves.get(path):
            return self._kept(path, (self.renderer, *leaf.key), lambda: self._page(path, leaf))
        if make := self.lists.get(path):
            return self._kept(path, make, lambda: make().encode())
        return self._file(self.files[path]) if path in self.files else None

    def earlier(self, path: str) -> bytes | None:
        """What was last made at this path, of whatever."""
        kept = self.made.get(path)
        return kept[1] if kept else None

    def with_leaves(self, changed: Mapping[str, Leaf]) -> Tree:
        """The same tree with other pages in these places."""
        return Tree(
            self.root, self.site, self.library, self.theme, self.renderer, {**self.leaves, **changed}, self.lists,
            self.files, self.record, self.made,
        )  # fmt: skip

    def _kept(self, path: str, key: object, make: Callable[[], bytes]) -> bytes:
        kept = self.made.get(path)
        if kept and kept[0] == key:
            return kept[1]
        content = make()
        self.made.put(path, key, content)
        return content

    def _page(self, path: str, leaf: Leaf) -> bytes:
        record = self.record(leaf.prepared)
        if record is None:
            raise GoneError
        return dict(render_outputs(self.renderer, record, leaf.joined))[path]

    def _file(self, file: Path) -> bytes | None:
        """A file of the theme or beside a page; none that a link leads to out of their folders."""
        for folder in (self.root, self.theme.default):
            if file.is_relative_to(folder):
                return read_file(folder, os.path.relpath(file, folder)).value
        return None


def leaves_of(surface: Surface, prepared: Prepared, joined: Joined) -> dict[str, Leaf]:
    """A page by the paths of its outputs."""
    leaf = Leaf(prepared, surface, joined)
    return dict.fromkeys(output_paths(surface), leaf)


def tree_of(
    root: Path,
    site: Site,
    library: Library,
    theme: Theme,
    pages: Mapping[str, Prepared],
    record: Callable[[Prepared], str | None],
    before: Tree | None,
) -> Tree:
    """The tree of a site; what `before` made of the same stays made."""
    leaves: dict[str, Leaf] = {}
    for surface, joined in zip(site.pages, site.joined, strict=True):
        leaves |= leaves_of(surface, pages[surface.file], joined)
    same = before is not None and before.theme is theme and before.site.view == site.view
    renderer = before.renderer if before and same else Renderer(theme, site.view)
    # A fresh environment reads its templates anew; one that is kept has them compiled.
    lists = dict([*render_lists(renderer, site), *render_feeds(renderer, site)])
    files = {path.lstrip("/"): file for path, file in theme.static.items()}
    files |= {path.lstrip("/"): root / source for source, path in site.assets}
    return Tree(root, site, library, theme, renderer, leaves, lists, files, record, before.made if before else Made())
