"""The tree that the preview serves: every output of one whole site, each made when it is first asked for."""

from __future__ import annotations

from collections import ChainMap, OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

from explainer.diagnostics import Span
from explainer.engine import card_outputs
from explainer.engine.output_digests import list_key, page_key, theme_digest
from explainer.engine.page_outputs import output_paths, page_of, render_outputs
from explainer.engine.page_texts import MissingTextError
from explainer.engine.picture_outputs import output_path
from explainer.engine.published_files import read_publishable, theme_files
from explainer.engine.variant_store import store_of
from explainer.engine.variants import make
from explainer.feeds.host_files import host_files
from explainer.feeds.list_pages import listings
from explainer.model.output_files import html_file
from explainer.render.cards.wording import wording_of
from explainer.render.layout_errors import LayoutError
from explainer.render.renderer import Renderer
from explainer.resolve import Details, resolve_context
from explainer.serve.errors import BrokenError
from explainer.serve.search_files import SearchFiles, likely_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from explainer.engine.card_outputs import CardMaker
    from explainer.engine.output_digests import ListKey, PageKey
    from explainer.engine.page_texts import PageTexts
    from explainer.model.lazy_entries import Listing
    from explainer.model.library import Library
    from explainer.model.published_pages import Page
    from explainer.model.site import PageSummary, ShownFile, Site
    from explainer.render.cards.wording import Wording
    from explainer.render.theme import Theme
    from explainer.resolve import ResolvedSite, SiteIndex

_KEPT = 400  # outputs that are kept


@dataclass(slots=True)
class RenderedOutputs:
    """Outputs in memory, each with the key of what it was made of; shared by trees that follow each other."""

    outputs: OrderedDict[str, tuple[object, bytes]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def get(self, path: str) -> tuple[object, bytes] | None:
        """The key and content of what was last made at this path."""
        with self.lock:
            if path in self.outputs:
                self.outputs.move_to_end(path)
            return self.outputs.get(path)

    def add(self, path: str, key: object, content: bytes) -> None:
        """Add an output, and forget the one that was asked for longest ago."""
        with self.lock:
            self.outputs[path] = (key, content)
            self.outputs.move_to_end(path)
            if len(self.outputs) > _KEPT:
                self.outputs.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Tree:
    """One whole site.

    `pages` has the page of each path that is a page's output, `lists` what makes the other outputs, `files`
    are those of the theme and for the host, `assets` the site's own that are published beside pages.
    """

    root: Path
    site: Site
    site_index: SiteIndex
    theme: Theme
    theme_digest: str
    renderer: Renderer
    texts: PageTexts
    pages: ChainMap[str, PageSummary]
    lists: Mapping[str, Listing]
    files: Mapping[str, bytes]
    rendered: RenderedOutputs
    search: SearchFiles = field(default_factory=SearchFiles)
    assets: tuple[ShownFile, ...] = ()
    cards: CardMaker | None = None
    wording: Wording | None = None
    published: dict[str, ShownFile | None] = field(default_factory=dict)  # beside pages, of what was asked for

    def is_at_hand(self, path: str) -> bool:
        """Whether an output takes no time."""
        last = self.rendered.get(path)
        return last is not None and last[0] == self.key(path)

    def get(self, path: str) -> bytes | None:
        """An output; None if there is none at this path.

        Raises:
            BrokenError: if a layout fails.
            MissingTextError: if the page or a layout isn't there any more as it was.
        """
        if path not in self.pages and path not in self.lists:
            return self.files[path] if path in self.files else self._search_file(path) or self._beside(path)
        last, key = self.rendered.get(path), self.key(path)
        if last and last[0] == key:
            return last[1]
        content = self.render(path)
        self.rendered.add(path, key, content)
        return content

    def render(self, path: str) -> bytes:
        """A page's output or a list, made now and not kept.

        Raises:
            BrokenError: if a layout fails.
            MissingTextError: if the page or a layout isn't there any more as it was.
        """
        page = self.pages.get(path)
        try:
            return self._page(path, page) if page else self._list(path)
        except LayoutError as error:
            raise BrokenError(error.diagnostic) from error
        except OSError as error:  # a layout was deleted: a newer tree is on its way
            raise MissingTextError(path) from error

    def shown(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The outputs at these paths, and what they are shown with; long lists only where they take no time."""
        found = dict(self.files)
        for path in paths:
            quick = path in self.pages or path == "index.html" or self.is_at_hand(path)
            with suppress(MissingTextError, BrokenError):
                content = self.get(path) if quick else None
                if content is not None:
                    found[path] = content
        return found

    def earlier(self, path: str) -> bytes | None:
        """What was last made at this path, of whatever."""
        last = self.rendered.get(path)
        return last[1] if last else None

    def with_pages(self, changed: Mapping[str, PageSummary]) -> Tree:
        """The same tree with other versions of these pages."""
        newer, older = self.pages.maps
        return replace(self, pages=ChainMap({**newer, **changed}, older), published={})

    def key(self, path: str) -> PageKey | ListKey | None:
        """What an output is made of: while that is the same, so is the output."""
        if page := self.pages.get(path):
            return page_key(page, self.theme_digest, self.site.context_digest)
        return list_key(self.lists[path], self.theme_digest) if path in self.lists else None

    def _page(self, path: str, page: PageSummary) -> bytes:
        interface = self.texts.interface(page)
        cards = card_outputs.images_of(self.cards.cards(interface)) if self.cards else {}
        context = resolve_context(interface, self.site_index).context
        return dict(render_outputs(self.renderer, self.texts.record(page), context, cards))[path]

    def _list(self, path: str) -> bytes:
        made = self.lists[path].make()
        return (made if isinstance(made, str) else self.renderer.list(made)).encode()

    def _card(self, path: str) -> bytes | None:
        """The card at this path, if the page there has it now."""
        page = self.pages.get(f"{path.rpartition('/')[0]}/index.html")
        if page is None or self.cards is None or not path.endswith(".png"):
            return None
        store = store_of(self.root, card_outputs.FOLDER)
        try:
            return self.cards.picture(self.texts.interface(page), path, store)
        except LayoutError as error:
            raise BrokenError(error.diagnostic) from error

    def _search_file(self, path: str) -> bytes | None:
        """A file of the search index."""
        if not self.site.view.search:
            return None
        # Pages that were saved are in `pages` before the site is resolved again.
        newest = [self.pages.get(html_file(page.url), page) for page in self.site.pages]
        return self.search.get(path, newest, self.texts, self.theme_digest, self.renderer.catalog)

    def _beside(self, path: str) -> bytes | None:
        """A file that stands beside a page and may be shown, or the page's card."""
        if (card := self._card(path)) is not None:
            return card
        try:
            file = self.site_index.addresses.asset(f"/{path}")
        except KeyError:
            return None
        if path not in self.published:
            self.published[path] = self._published(path, file)
        one = self.published[path]
        if one is None:
            return None
        return self._variant(path, one) if one.made else read_publishable(self.root, one).value

    def _published(self, path: str, file: str | None) -> ShownFile | None:
        """What a build publishes at this path, because something refers to it: a file beside a page, or a variant of one."""
        name = path.rpartition("/")[2]
        for one in self._shown(path):
            if one.file == file and not one.made:
                return one._replace(path=f"/{path}", span=Span(file))
            if any(variant.name == name and output_path(one, variant) == path for variant in one.made):
                return one
        return None

    def _variant(self, path: str, shown: ShownFile) -> bytes | None:
        """A variant of a picture, made when it is looked at first; None if it can't be."""
        store = store_of(self.root)
        (variant,) = (one for one in shown.made if output_path(shown, one) == path)
        content = store.get(variant.name)
        if content is None:
            content = make(self.root, shown, [variant]).variants.get(variant)
            if content is not None:
                store.add(variant.name, content)
        return content

    def _shown(self, path: str) -> Iterator[ShownFile]:
        """The files of `content/` that come out, those of the page at the same place first."""
        yield from self.assets
        folder = "/".join(path.split("/")[:2])
        own = self.pages.get(f"{folder}/index.html")
        pages = {page.file: page for page in ([own] if own else [])}
        pages |= {page.file: page for page in self.pages.values()}
        for page in pages.values():
            yield from resolve_context(self.texts.interface(page), self.site_index).assets


def by_output(page: PageSummary) -> dict[str, PageSummary]:
    """A page by the paths of its outputs."""
    return dict.fromkeys(output_paths(page), page)


def tree_of(
    root: Path, resolved: ResolvedSite, library: Library, theme: Theme, texts: PageTexts, before: Tree | None
) -> Tree:
    """The tree of a site; what `before` made of the same is taken over."""
    site = resolved.site
    pages: dict[str, PageSummary] = {}
    for page in site.pages:
        pages |= by_output(page)
    same = (
        before is not None
        and before.theme is theme
        and before.site.view == site.view
        and before.renderer.catalogs is library.catalogs
    )
    renderer = before.renderer if before and same else Renderer(theme, site.view, library.catalogs)
    renderer.picture_of = resolved.site_index.addresses.pictures.picture
    files = before.files if before and same else _files(theme, site)
    indexed = likely_files(site.pages) if site.view.search else []

    def whole_page(summary: PageSummary) -> Page:
        return page_of(texts.record(summary), texts.interface(summary), resolved.site_index)

    made = {one.path: one for one in listings(renderer, site, Details(library, texts.interface, whole_page))}
    return Tree(
        root=root,
        site=site,
        site_index=resolved.site_index,
        theme=theme,
        theme_digest=theme_digest(theme, site.view),
        renderer=renderer,
        texts=texts,
        pages=ChainMap({}, pages),
        lists=made,
        files={
            **files,
            **dict(host_files(site.view.root, [*files, *indexed, *pages, *made], site.moved, site.view.media)),
        },
        rendered=before.rendered if before else RenderedOutputs(),
        search=before.search if before else SearchFiles(),
        assets=resolved.assets,
        cards=card_outputs.CardMaker(renderer) if site.view.cards != "none" else None,
        wording=wording_of(theme, site.view, library.catalogs),
    )


def _files(theme: Theme, site: Site) -> dict[str, bytes]:
    return {path: file.value for path, file in theme_files(theme, site.view) if file.value is not None}
