"""The whole build, in order: load, parse, resolve, check, render, feeds, output."""

from __future__ import annotations

import os
import time
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from explainer import artifacts, load
from explainer.checks import check_calls
from explainer.claimsjson import claims_json
from explainer.diagnostics import Diagnostic, Severity, has_errors, in_order
from explainer.feeds import render_feeds
from explainer.markdown import parse_page
from explainer.model import Choice
from explainer.output import OutputTree
from explainer.render import LayoutError, Renderer, render_lists
from explainer.resolve import resolve_site
from explainer.resolve.quotes import plain
from explainer.saved import read_copy
from explainer.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from explainer.diagnostics import SourceText, Staged
    from explainer.model import Document, Library, Site, Source


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """What to build: the site's folder, the output's, and the options of `explainer build`."""

    site: Path
    out: Path
    drafts: bool = False
    future: bool = False
    base_url: str | None = None
    strict: bool = False


@dataclass(slots=True)
class Report:
    """What a build found, and what it made.

    `failed` is true where errors, or warnings taken as errors, kept it from writing. `outputs` are
    the paths made, relative to the output folder.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    texts: dict[str, SourceText] = field(default_factory=dict)
    failed: bool = False
    pages: int = 0
    outputs: tuple[str, ...] = ()


def now() -> int:
    """The second that decides what is due: `SOURCE_DATE_EPOCH`, else the clock's."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(epoch) if epoch.isdecimal() else int(time.time())


def build(request: Request, *, write: bool = True) -> Report:
    """Build a site; with errors, or without `write`, the output stays as it is.

    Raises:
        OutputError: if the system refuses to write.
    """
    return _Build(request).run(write=write)


class _Build:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.faults: list[Diagnostic] = []
        self.texts: dict[str, SourceText] = {}
        self.theme = Theme.of_site(request.site)

    def run(self, *, write: bool) -> Report:
        documents, library = self._read()
        site = self._resolve(documents, library)
        report = Report(texts=self.texts, pages=len(site.pages))
        outputs = chain(self._render(site), self._files(site))
        if write and not self._failed():
            with OutputTree(self.request.out) as tree:
                for path, content in outputs:
                    tree.put(path, content)
                if not self._failed():
                    tree.commit()
                    report.outputs = tuple(sorted(tree.files))
        else:
            # Nothing is written, but layouts may have faults of their own to tell.
            deque(outputs, maxlen=0)
        report.diagnostics = in_order(self.faults)
        report.failed = self._failed()
        return report

    def _failed(self) -> bool:
        return has_errors(self.faults) or (self.request.strict and bool(self.faults))

    def _take(self, staged: Staged[T]) -> T:
        self.faults.extend(staged.diagnostics)
        return staged.value

    # --- Load and parse ---

    def _read(self) -> tuple[list[Document], Library]:
        root = self.request.site
        content = self._take(load.find_content(root))
        loaded = self._take(load.load_library(root, content))
        self.texts.update((text.path, text) for text in loaded.texts)
        library = loaded.library
        if self.request.base_url:
            library = library._replace(config=library.config._replace(base_url=self.request.base_url))
        index = load.index_registry(library.sources, library.people)
        self.faults.extend(load.check_registry(index))
        documents = []
        for path in content.pages:
            page = self._take(load.load_page(root, path, library.config))
            if page.text:
                self.texts[path] = page.text
            if page.page is None:
                continue
            self.faults.extend(load.check_local(index, page.page.meta.sources))
            document = self._take(parse_page(page.page))
            if document.hidden:
                text = self.texts[path]
                self.texts[path] = text._replace(hidden=text.hidden | document.hidden)
            documents.append(document)
        return documents, library

    # --- Resolve and check ---

    def _resolve(self, documents: list[Document], library: Library) -> Site:
        for document in documents:
            self.faults.extend(check_calls(document, self.theme.shortcodes))
        choice = Choice(now(), self.request.drafts, self.request.future)
        beside = {document.file.path: self._beside(document) for document in documents if document.file.bundle}
        copies = self._copies(documents, library)
        return self._take(resolve_site(documents, library, choice, beside, frozenset(self.theme.static), copies))

    def _beside(self, document: Document) -> frozenset[str]:
        """The files beside a page that may be shown: not its text, no saved copy, no dotfile."""
        folder = (self.request.site / document.file.path).parent
        saved = {self.request.site / source.saved for source in document.file.meta.sources if source.saved}
        found = set()
        for current, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(current, name)
                if not name.startswith(".") and path.is_file() and not path.is_symlink() and path not in saved:
                    found.add(path.relative_to(folder).as_posix())
        return frozenset(found - {"index.md"})

    def _copies(self, documents: list[Document], library: Library) -> Callable[[str], str | None]:
        known: dict[str, str | None] = {}
        sources = [*library.sources.values(), *(s for document in documents for s in document.file.meta.sources)]
        for source in sources:
            if source.saved:
                known[source.saved] = self._copy(source)
        return known.get

    def _copy(self, source: Source) -> str | None:
        text = self._take(read_copy(self.request.site, source))
        return None if text is None else plain(text)

    # --- Render ---

    def _render(self, site: Site) -> Iterator[tuple[str, bytes]]:
        """Every output; after errors of content only to find the faults of layouts."""
        broken = {d.span.path for d in self.faults if d.severity is Severity.ERROR}
        renderer = Renderer(self.theme, site.view)
        for path, make in self._outputs(renderer, site, broken):
            try:
                yield path, make().encode()
            except LayoutError as error:
                self.faults.append(error.diagnostic)

    def _outputs(self, renderer: Renderer, site: Site, broken: set[str]) -> Iterator[tuple[str, Callable[[], str]]]:
        for page in site.pages:
            if broken:
                continue
            yield artifacts.html_file(page.url), partial(renderer.page, page)
            if page.kind == "explainer":
                yield artifacts.claims_file(page.url), partial(claims_json, page)
        yield from render_lists(renderer, site)
        yield from render_feeds(renderer, site)

    def _files(self, site: Site) -> Iterator[tuple[str, bytes]]:
        for path, file in self.theme.static.items():
            yield path.lstrip("/"), file.read_bytes()
        for source, path in site.assets:
            yield path.lstrip("/"), (self.request.site / source).read_bytes()
