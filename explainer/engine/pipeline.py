"""From the files of a site to the resolved site: load, prepare each page, resolve.

A build goes through all of it at once (`load_and_resolve`); the preview goes through the same steps again for what
has changed. Pages are prepared by as many processes as that pays for. A page is not parsed again while an earlier
build's is valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from explainer import load
from explainer.diagnostics import Staged, has_errors, in_order
from explainer.diagnostics.acceptance import TOLD_BY_CHECK, Accepted, sift, with_unused
from explainer.engine import workers
from explainer.engine.known_pages import KnownPages
from explainer.engine.left_out import left_out
from explainer.engine.page import PagePreparer, report_text
from explainer.engine.page_texts import PageTexts
from explainer.engine.picture_files import PictureFiles
from explainer.engine.request import Report
from explainer.engine.shared_inputs import read_shared_inputs
from explainer.engine.supplies import SiteFiles
from explainer.model.site import Choice
from explainer.render.theme import Theme
from explainer.resolve import resolve_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from explainer.cache.store import Cache
    from explainer.diagnostics import Diagnostic, SourceText
    from explainer.diagnostics.acceptance import Acceptance
    from explainer.engine.page import PreparedPage
    from explainer.engine.request import Request
    from explainer.engine.shared_inputs import SharedInputs
    from explainer.engine.up_to_date import InputSnapshot
    from explainer.engine.workers import Workers
    from explainer.model.library import Library
    from explainer.model.site import PageSummary
    from explainer.resolve import ResolvedSite
    from explainer.system.progress import Progress

T = TypeVar("T")

# What only follows from a file of the library that couldn't be read, and from a page.
_LIBRARY_ECHOES = frozenset({"E201", "E210", "W253", "W451", "W452"})
_PAGE_ECHOES = frozenset({"W253"})


# --- The steps ---


def prepare_pages(
    paths: Sequence[str],
    preparer: PagePreparer,
    known: KnownPages,
    texts: PageTexts,
    crew: Workers,
    progress: Progress,
) -> list[PreparedPage]:
    """Prepare pages, or take those that are valid, in the order of their paths; their texts go to `texts`."""
    at_hand = texts.in_cache()
    found = known.prepared(path for path in paths if path in at_hand)
    missing = [path for path in paths if path not in found]
    progress.stage("parsing", len(missing))
    if missing:
        preparer.import_parser()
    for page in workers.run(PagePreparer.prepare, missing, len(missing), preparer, crew):
        lasting = known.add(page)
        if page.summary:
            texts.add(page, lasting=lasting)
        found[page.path] = page.without_texts()
        progress.step()
    if known.save(paths):
        texts.forget_others(paths)
    return [found[path] for path in paths]


def resolve_pages(
    pages: Sequence[PageSummary],
    texts: PageTexts,
    library: Library,
    theme: Theme,
    choice: Choice,
    unread: Sequence[str],
    pictures: PictureFiles,
) -> Staged[ResolvedSite]:
    """Resolve a site from its pages; `unread` are the files of those that couldn't be read."""
    beside = pictures.beside((page.file for page in pages), library.config.pictures)
    found = resolve_site(
        pages,
        texts.interface,
        library,
        choice,
        beside.value.files,
        frozenset(theme.static),
        unread,
        beside.value.recipe,
    )
    return Staged(found.value, (*beside.diagnostics, *found.diagnostics))


def without_echoes(diagnostics: Iterable[Diagnostic], *, complete: bool, unread: bool) -> list[Diagnostic]:
    """Leave out what only follows from other diagnostics: of a file of the library or a page that couldn't be read.

    While a source's id is mistyped somewhere, one that is cited nowhere may be the one that was meant.
    """
    echoes = frozenset() if complete else _LIBRARY_ECHOES
    if unread:
        echoes |= _PAGE_ECHOES
    diagnostics = list(diagnostics)
    if any(diagnostic.code == "E201" for diagnostic in diagnostics):
        echoes |= {"W253"}
    return [diagnostic for diagnostic in diagnostics if diagnostic.code not in echoes]


# --- A build ---


def load_and_resolve(
    request: Request, scanned: InputSnapshot, now: int, cache: Cache, progress: Progress, crew: Workers
) -> SiteBuild:
    """Load a site, prepare its pages and resolve it.

    `scanned` are its files, `now` is the second that decides which pages are due; `crew` prepares and renders pages.
    """
    site_build = SiteBuild(request, cache, crew)
    progress.stage("reading")
    content = site_build.value_of(load.find_content(request.site))
    site_build.load(content)
    known = KnownPages(request.site, cache, site_build.library, scanned.site)
    site_build.prepare(content.pages, known, progress)
    cache.commit()
    progress.stage("resolving")
    site_build.resolve(now)
    return site_build


class SiteBuild:
    """What a build has made of a site so far: values of the stages, and their diagnostics."""

    shared: SharedInputs
    resolved: ResolvedSite

    def __init__(self, request: Request, cache: Cache, crew: Workers) -> None:
        self.request = request
        self.workers = crew
        self.theme = Theme.of_site(request.site)
        self.page_texts = PageTexts(cache)
        self.pictures = PictureFiles(request.site, cache)
        self.diagnostics: list[Diagnostic] = list(self.theme.diagnostics)
        self.texts: dict[str, SourceText] = {}
        self.digests: dict[str, str] = {}
        self.summaries: list[PageSummary] = []
        self.unread: list[str] = []
        self.left_out: tuple[tuple[str, str], ...] = ()
        self.acceptances: list[Acceptance] = []
        self.accepted: tuple[Accepted, ...] = ()

    @property
    def library(self) -> Library:
        """What authors declared for all pages."""
        return self.shared.library

    @property
    def failed(self) -> bool:
        """Whether there are errors, or warnings taken as errors."""
        if has_errors(self.diagnostics):
            return True
        return self.request.strict and bool(sift(self.diagnostics, self.acceptances).told)

    def value_of(self, staged: Staged[T]) -> T:
        """The value of a stage, its diagnostics noted."""
        self.diagnostics.extend(staged.diagnostics)
        return staged.value

    def judge_acceptances(self, *, on_check: bool = False) -> None:
        """Take out the warnings that the site says are meant, once everything was looked at."""
        looked_for = [one for one in self.acceptances if on_check or one.code not in TOLD_BY_CHECK]
        sifted = with_unused(sift(self.diagnostics, self.acceptances), looked_for, dict(self.left_out))
        self.diagnostics, self.accepted = list(sifted.told), sifted.accepted

    def report(self) -> Report:
        """What was found."""
        pages = {page.file for page in self.resolved.site.pages} & {one.span.path for one in self.diagnostics}
        for path in sorted(pages - self.texts.keys()):
            # The page itself had no diagnostics: these were found when it met the others.
            if text := report_text(self.request.site, path, self.library):
                self.texts[path] = text
        pages_count = len(self.resolved.site.pages)
        return Report(
            in_order(self.diagnostics),
            self.texts,
            self.failed,
            pages_count,
            self.left_out,
            accepted=self.accepted,
            digests=self.digests,
        )

    # --- Stages ---

    def load(self, content: load.Content) -> None:
        """Read what all pages share."""
        self.shared = read_shared_inputs(self.request.site, content, self.theme, self.request.base_url)
        self.diagnostics.extend(self.shared.diagnostics)
        self.texts.update(self.shared.texts)
        self.acceptances.extend(self.shared.acceptances)

    def prepare(self, paths: Sequence[str], known: KnownPages, progress: Progress) -> None:
        """Prepare every page."""
        preparer = PagePreparer(SiteFiles(self.request.site), self.library, self.shared.registry)
        for page in prepare_pages(paths, preparer, known, self.page_texts, self.workers, progress):
            self.diagnostics.extend(page.diagnostics)
            self.acceptances.extend(page.acceptances)
            if page.digest:
                self.digests[page.path] = page.digest
            if page.text:
                self.texts[page.path] = page.text
            if page.summary:
                self.summaries.append(page.summary)
            else:
                self.unread.append(page.path)

    def resolve(self, now: int) -> None:
        """Resolve all pages together."""
        choice = Choice(now, self.request.drafts, self.request.future)
        self.left_out = left_out(self.summaries, choice, self.library.config.time_zone)
        self.resolved = self.value_of(
            resolve_pages(self.summaries, self.page_texts, self.library, self.theme, choice, self.unread, self.pictures)
        )
        self.diagnostics = without_echoes(self.diagnostics, complete=self.shared.complete, unread=bool(self.unread))
