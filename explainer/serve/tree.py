"""The tree that the preview serves: every output of one whole site, each made when it is first asked for."""

from __future__ import annotations

from collections import ChainMap, OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Span
from explainer.engine.page_outputs import output_paths, page_of, render_outputs
from explainer.engine.published_files import read_publishable, theme_files
from explainer.feeds.host_files import host_files
from explainer.feeds.list_pages import listings
from explainer.model.site import ShownFile
from explainer.render.layout_errors import LayoutError
from explainer.render.renderer import Renderer
from explainer.resolve import Details, resolve_context
from explainer.serve.errors import BrokenError, GoneError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from explainer.model.declared import Library
    from explainer.model.published import Page
    from explainer.model.site import PageSummary, Site
    from explainer.render.theme import Theme
    from explainer.resolve import ResolvedSite, SiteIndex
    from explainer.serve.page_texts import Texts

_KEPT = 400  # outputs that stay made


class Leaf(NamedTuple):
    """A page in the tree, by its outline."""

    outline: PageSummary

    @property
    def key(self) -> tuple[str, str]:
        """What its outputs are made of, besides what it gets from the rest of the site."""
        return self.outline.record_digest, self.outline.interface_digest


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
    """One whole site.

    `leaves` maps the path of each page's output to the page, `lists` makes the other outputs, `files`
    are those of the theme and for the host, `beside` the site's own that stand beside pages.
    """

    root: Path
    site: Site
    site_index: SiteIndex
    theme: Theme
    renderer: Renderer
    texts: Texts
    leaves: ChainMap[str, Leaf]
    lists: Mapping[str, Callable[[], str]]
    files: Mapping[str, bytes]
    made: Made
    assets: tuple[ShownFile, ...] = ()
    published: dict[str, bool] = field(default_factory=dict)  # files beside pages that were asked for

    def is_at_hand(self, path: str) -> bool:
        """Whether an output takes no time."""
        kept = self.made.get(path)
        return kept is not None and kept[0] == self.key(path)

    def get(self, path: str) -> bytes | None:
        """An output; None if there is none at this path.

        Raises:
            BrokenError: if a layout fails.
            GoneError: if the page isn't there any more as it was.
        """
        if path not in self.leaves and path not in self.lists:
            return self.files[path] if path in self.files else self._beside(path)
        kept, key = self.made.get(path), self.key(path)
        if kept and kept[0] == key:
            return kept[1]
        content = self.attempt(path)
        self.made.put(path, key, content)
        return content

    def attempt(self, path: str) -> bytes:
        """A page's output or a list, made now and not kept.

        Raises:
            BrokenError: if a layout fails.
            GoneError: if the page isn't there any more as it was.
        """
        leaf = self.leaves.get(path)
        try:
            return self._page(path, leaf) if leaf else self.lists[path]().encode()
        except LayoutError as error:
            raise BrokenError(error.diagnostic) from error

    def shown(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The outputs at these paths, and what they are shown with; long lists only where they take no time."""
        found = dict(self.files)
        for path in paths:
            quick = path in self.leaves or path == "index.html" or self.is_at_hand(path)
            with suppress(GoneError, BrokenError):
                content = self.get(path) if quick else None
                if content is not None:
                    found[path] = content
        return found

    def earlier(self, path: str) -> bytes | None:
        """What was last made at this path, of whatever."""
        kept = self.made.get(path)
        return kept[1] if kept else None

    def with_leaves(self, changed: Mapping[str, Leaf]) -> Tree:
        """The same tree with other pages in these places."""
        newer, older = self.leaves.maps
        return replace(self, leaves=ChainMap({**newer, **changed}, older), published={})

    def key(self, path: str) -> object:
        """What an output is made of: while that is the same, so is the output."""
        leaf = self.leaves.get(path)
        return (
            (self.renderer, self.site.context_digest, *leaf.key, self._neighbours(leaf))
            if leaf
            else self.lists.get(path)
        )

    def _neighbours(self, leaf: Leaf) -> object:
        return self.site_index.neighbours.get(leaf.outline.url)

    def _page(self, path: str, leaf: Leaf) -> bytes:
        joined = resolve_context(self.texts.surface(leaf.outline), self.site_index).context
        return dict(render_outputs(self.renderer, self.texts.record(leaf.outline), joined))[path]

    def _beside(self, path: str) -> bytes | None:
        """A file that stands beside a page and may be shown."""
        try:
            file = self.site_index.addresses.asset(f"/{path}")
        except KeyError:
            return None
        if file is None or not self._is_published(file, path):
            return None
        return read_publishable(self.root, ShownFile(file, f"/{path}", Span(file))).value

    def _is_published(self, file: str, path: str) -> bool:
        """Whether something refers to a file beside a page, so that a build publishes it."""
        if file not in self.published:
            self.published[file] = any(one.file == file for one in self._shown(path))
        return self.published[file]

    def _shown(self, path: str) -> Iterator[ShownFile]:
        """The files of `content/` that come out, those of the page at the same place first."""
        yield from self.assets
        page = "/".join(path.split("/")[:2])
        own = self.leaves.get(f"{page}/index.html")
        outlines = {leaf.outline.file: leaf.outline for leaf in ([own] if own else [])}
        outlines |= {leaf.outline.file: leaf.outline for leaf in self.leaves.values()}
        for outline in outlines.values():
            yield from resolve_context(self.texts.surface(outline), self.site_index).assets


def leaves_of(outline: PageSummary) -> dict[str, Leaf]:
    """A page by the paths of its outputs."""
    return dict.fromkeys(output_paths(outline), Leaf(outline))


def tree_of(root: Path, whole: ResolvedSite, library: Library, theme: Theme, texts: Texts, before: Tree | None) -> Tree:
    """The tree of a site; what `before` made of the same stays made."""
    site = whole.site
    leaves: dict[str, Leaf] = {}
    for outline in site.pages:
        leaves |= leaves_of(outline)
    same = (
        before is not None
        and before.theme is theme
        and before.site.view == site.view
        and before.renderer.catalogs is library.catalogs
    )
    renderer = before.renderer if before and same else Renderer(theme, site.view, library.catalogs)
    files = before.files if before and same else _files(theme, site)
    files = {**files, **dict(host_files(site.view.root, files, site.moved))}

    def page(summary: PageSummary) -> Page:
        return page_of(texts.record(summary), texts.surface(summary), whole.site_index)

    lists = {one.path: one.make for one in listings(renderer, site, Details(library, texts.surface, page))}
    made = before.made if before else Made()
    return Tree(
        root, site, whole.site_index, theme, renderer, texts, ChainMap({}, leaves), lists, files, made, whole.assets
    )


def _files(theme: Theme, site: Site) -> dict[str, bytes]:
    return {path: file.value for path, file in theme_files(theme, site.view) if file.value is not None}
