"""The walk through a site, in order: load, prepare each page, resolve.

Pages are prepared by as many processes as that pays for. What an earlier build found out is in the
cache: a page whose file and library are the same isn't parsed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from explainer import load
from explainer.diagnostics import has_errors, in_order
from explainer.engine import workers
from explainer.engine.known_pages import Earlier
from explainer.engine.left_out import left_out
from explainer.engine.page import Common, get_ready, prepare, report_text
from explainer.engine.page_texts import Shelf
from explainer.engine.request import Report
from explainer.load.saved_copies import check_copy
from explainer.model.site import Choice
from explainer.render.theme import Theme
from explainer.resolve import resolve_site, with_site_targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from explainer.cache.store import Cache
    from explainer.diagnostics import Diagnostic, SourceText, Staged
    from explainer.engine.page import Prepared
    from explainer.engine.request import Request
    from explainer.engine.up_to_date import Seen
    from explainer.model.declared import Library
    from explainer.model.site import PageSummary
    from explainer.resolve import ResolvedSite
    from explainer.system.progress import Progress

T = TypeVar("T")

# What only follows from a file of the library that couldn't be read, and from a page.
_LIBRARY_ECHOES = frozenset({"E201", "E210", "W253", "W451", "W452"})
_PAGE_ECHOES = frozenset({"W253"})


def walk(request: Request, seen: Seen, now: int, cache: Cache, progress: Progress) -> Walked:
    """Load a site, prepare its pages and resolve it. `seen` are its files, `now` the second that decides what is due."""
    walked = Walked(request, seen, cache)
    progress.stage("reading")
    content = walked.take(load.find_content(request.site))
    walked.load(content)
    walked.prepare(content.pages, cache, progress)
    progress.stage("resolving")
    walked.resolve(now)
    return walked


class Walked:
    """A site as far as the walk has come, and what was found wrong on the way."""

    whole: ResolvedSite
    library: Library

    def __init__(self, request: Request, seen: Seen, cache: Cache) -> None:
        self.request = request
        self.seen = seen
        self.theme = Theme.of_site(request.site)
        self.shelf = Shelf(cache)
        self.faults: list[Diagnostic] = []
        self.texts: dict[str, SourceText] = {}
        self.outlines: list[PageSummary] = []
        self.unread: list[str] = []
        self.complete = True
        self.left_out: tuple[tuple[str, str], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there are errors, or warnings taken as errors."""
        return has_errors(self.faults) or (self.request.strict and bool(self.faults))

    @property
    def inside(self) -> bool:
        """Whether all that was read stands where `standing` looks."""
        copies = [*(source.saved for source in self.library.sources.values())]
        copies += [copy for page in self.outlines for copy in page.saved]
        return all(copy is None or copy.startswith("content/") for copy in copies)

    def take(self, staged: Staged[T]) -> T:
        """The value of a stage, its diagnostics noted."""
        self.faults.extend(staged.diagnostics)
        return staged.value

    def report(self) -> Report:
        """What was found."""
        pages = {page.file for page in self.whole.site.pages} & {fault.span.path for fault in self.faults}
        for path in sorted(pages - self.texts.keys()):
            # The fault was found when the page was joined to the others, and it had none before.
            if text := report_text(self.request.site, path, self.library):
                self.texts[path] = text
        return Report(in_order(self.faults), self.texts, self.failed, len(self.whole.site.pages), self.left_out)

    # --- Stages ---

    def load(self, content: load.Content) -> None:
        """Read what all pages share."""
        root = self.request.site
        loaded = self.take(load.load_library(root, content))
        catalogs, texts = self.take(load.load_catalogs(root, self.theme.catalogs))
        self.faults.extend(self.theme.diagnostics)
        self.texts.update((text.path, text) for text in (*loaded.texts, *texts))
        library, self.complete = loaded.library._replace(catalogs=catalogs), loaded.complete
        if self.request.base_url:
            library = library._replace(config=library.config._replace(base_url=self.request.base_url))
        for source in library.sources.values():
            self.faults.extend(check_copy(root, source))
        self.library = with_site_targets(library)

    def prepare(self, paths: Sequence[str], cache: Cache, progress: Progress) -> None:
        """Prepare every page, or take what an earlier build found out, in the order of the paths."""
        registry = load.index_registry(self.library.sources, self.library.people)
        self.faults.extend(load.check_registry(registry))
        earlier = Earlier(self.request.site, cache, self.library, self.seen.site)
        found = earlier.pages(paths)
        missing = [path for path in paths if path not in found]
        common = Common(str(self.request.site), self.library, registry)
        progress.stage("parsing", len(missing))
        if missing:
            get_ready()
        for prepared in workers.run(prepare, missing, len(missing), common, self.request.jobs):
            lasting = earlier.remember(prepared)
            if prepared.outline:
                self.shelf.put("record", prepared.path, prepared.record, lasting=lasting)
                self.shelf.put("surface", prepared.path, prepared.surface, lasting=lasting)
            found[prepared.path] = prepared._replace(record=b"", surface=b"")
            progress.step()
        if earlier.save(paths):
            self.shelf.keep(paths)
        cache.commit()
        self._note(found[path] for path in paths)

    def _note(self, pages: Iterable[Prepared]) -> None:
        for prepared in pages:
            self.faults.extend(prepared.diagnostics)
            if prepared.text:
                self.texts[prepared.path] = prepared.text
            if prepared.outline:
                self.outlines.append(prepared.outline)
            else:
                self.unread.append(prepared.path)

    def resolve(self, now: int) -> None:
        """Tie all pages together."""
        beside = self.take(load.files_beside(self.request.site, (page.file for page in self.outlines)))
        choice = Choice(now, self.request.drafts, self.request.future)
        self.left_out = left_out(self.outlines, choice, self.library.config.time_zone)
        static = frozenset(self.theme.static)
        self.whole = self.take(
            resolve_site(self.outlines, self.shelf.surface, self.library, choice, beside, static, self.unread)
        )
        self.faults = without_echoes(self.faults, complete=self.complete, unread=bool(self.unread))


def without_echoes(faults: Iterable[Diagnostic], *, complete: bool, unread: bool) -> list[Diagnostic]:
    """Leave out faults that only follow from others: from a file of the library or a page that couldn't be read.

    While a source's id is mistyped somewhere, one that is cited nowhere may be the one that was meant.
    """
    echoes = frozenset() if complete else _LIBRARY_ECHOES
    if unread:
        echoes |= _PAGE_ECHOES
    faults = list(faults)
    if any(fault.code == "E201" for fault in faults):
        echoes |= {"W253"}
    return [fault for fault in faults if fault.code not in echoes]
