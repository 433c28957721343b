"""The whole build, in order: load, prepare each page, resolve the site, render, output.

Pages are prepared and rendered by as many processes as that pays for. What an earlier build found
out is in the cache: a page whose file and library are the same isn't parsed again, an output whose
records and theme are the same isn't rendered again.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from explainer import artifacts, codec, load, pool
from explainer.cache import Cache
from explainer.checks import check_calls
from explainer.claimsjson import claims_json
from explainer.diagnostics import Diagnostic, Severity, has_errors, in_order
from explainer.feeds import render_feeds
from explainer.model import Choice, Surface
from explainer.output import OutputTree, place
from explainer.prepare import Common, Prepared, prepare, unpacked_page
from explainer.render import LayoutError, Renderer, render_lists
from explainer.resolve import join, resolve_site, with_site_targets
from explainer.saved import check_copy
from explainer.snapshot import digest_of
from explainer.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from explainer.diagnostics import SourceText, Staged
    from explainer.manifest import Entry
    from explainer.model import Joined, Library, Site, SiteView
    from explainer.output import Placed, Trees

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
    clean: bool = False
    jobs: int | None = None


@dataclass(slots=True)
class Report:
    """What a build found, and what it made.

    `failed` is true where errors, or warnings taken as errors, kept it from writing. `outputs` are
    the paths made, relative to the output folder; `rendered` those of them that were rendered anew.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    texts: dict[str, SourceText] = field(default_factory=dict)
    failed: bool = False
    pages: int = 0
    outputs: tuple[str, ...] = ()
    rendered: tuple[str, ...] = ()


def now() -> int:
    """The second that decides what is due: `SOURCE_DATE_EPOCH`, else the clock's."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(epoch) if epoch.isdecimal() else int(time.time())


def build(request: Request, *, write: bool = True, waiting: Callable[[], None] = lambda: None) -> Report:
    """Build a site; with errors, or without `write`, the output stays as it is.

    `waiting` is called if another build has the output and keeps it for more than a second.

    Raises:
        OutputError: if the system refuses to write.
    """
    if not write:
        return _Build(request).check()
    with OutputTree(request.out, waiting) as tree:
        return _Build(request).build(tree)


class RenderJob(NamedTuple):
    """A page to render: its record, what it gets from the site, and what its outputs were."""

    record: str
    joined: Joined
    known: tuple[tuple[str, Entry | None], ...]


class RenderCommon(NamedTuple):
    """What every page is rendered with; `trees` is None where nothing is written."""

    site: str
    view: SiteView
    trees: Trees | None


class Rendered(NamedTuple):
    """A page's outputs by path, or the fault of a layout."""

    placed: tuple[tuple[str, Placed], ...] = ()
    fault: Diagnostic | None = None


def render_outputs(renderer: Renderer, job: RenderJob) -> Iterator[tuple[str, bytes]]:
    """The outputs of one page: a function of the job and the renderer's theme and view alone."""
    page = join(unpacked_page(job.record), job.joined)
    yield artifacts.html_file(page.url), renderer.page(page).encode()
    if page.kind == "explainer":
        yield artifacts.claims_file(page.url), claims_json(page).encode()


def render_page(job: RenderJob) -> Rendered:
    """Render a page and put its outputs into the new tree; finds the `RenderCommon` by `pool.shared()`."""
    common: RenderCommon = pool.shared()
    known = dict(job.known)
    try:
        outputs = list(render_outputs(_renderer(common), job))
    except LayoutError as error:
        return Rendered(fault=error.diagnostic)
    if common.trees is None:
        return Rendered()
    trees = common.trees
    return Rendered(tuple((path, place(trees, path, content, known[path])) for path, content in outputs))


_renderers: list[tuple[RenderCommon, Renderer]] = []


def _renderer(common: RenderCommon) -> Renderer:
    """This process's renderer for a job; templates are compiled once."""
    if not _renderers or _renderers[0][0] is not common:
        _renderers[:] = [(common, Renderer(Theme.of_site(Path(common.site)), common.view))]
    return _renderers[0][1]


class _Build:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.faults: list[Diagnostic] = []
        self.texts: dict[str, SourceText] = {}
        self.theme = Theme.of_site(request.site)
        self.cache = Cache(request.site / ".explainer")
        if request.clean:
            self.cache.clear()
        self.whole = True

    def check(self) -> Report:
        """Find every fault, write nothing."""
        site, records = self._resolved()
        self._trial(site, records)
        return self._report(site)

    def build(self, tree: OutputTree) -> Report:
        """Bring the output up to date, if nothing is wrong."""
        site, records = self._resolved()
        rendered: list[str] = []
        if self._failed():
            self._trial(site, records)
        else:
            rendered = self._output(tree, site, records)
            if not self._failed():
                tree.commit()
                self.cache.commit()
        self.cache.close()
        report = self._report(site)
        if not report.failed:
            report.outputs, report.rendered = tuple(sorted(tree.files)), tuple(sorted(rendered))
        return report

    def _report(self, site: Site) -> Report:
        return Report(in_order(self.faults), self.texts, self._failed(), len(site.pages))

    def _failed(self) -> bool:
        return has_errors(self.faults) or (self.request.strict and bool(self.faults))

    def _take(self, staged: Staged[T]) -> T:
        self.faults.extend(staged.diagnostics)
        return staged.value

    # --- Load, prepare, resolve ---

    def _resolved(self) -> tuple[Site, dict[str, str]]:
        """The site, and the records of its pages by the path of their files."""
        root = self.request.site
        content = self._take(load.find_content(root))
        library = self._library(content)
        index = load.index_registry(library.sources, library.people)
        self.faults.extend(load.check_registry(index))
        records: dict[str, str] = {}
        surfaces: list[Surface] = []
        unread: list[str] = []
        for prepared in self._prepared(content.pages, Common(str(root), library, index)):
            self.faults.extend(prepared.diagnostics)
            if prepared.text:
                self.texts[prepared.path] = prepared.text
            if prepared.surface and prepared.record is not None:
                records[prepared.path] = prepared.record
                surfaces.append(prepared.surface)
            else:
                unread.append(prepared.path)
        for surface in surfaces:
            self.faults.extend(check_calls(surface.calls, self.theme.forms))
        beside = {page.file: self._beside(page) for page in surfaces if page.file.endswith("/index.md")}
        choice = Choice(now(), self.request.drafts, self.request.future)
        site = self._take(resolve_site(surfaces, library, choice, beside, frozenset(self.theme.static), unread))
        self._drop_echoes(unread=bool(unread))
        return site, records

    def _drop_echoes(self, *, unread: bool) -> None:
        """Leave out faults that only follow from a file that couldn't be read, and was told."""
        echoes: set[str] = set()
        if not self.whole:
            echoes |= {"E201", "E210", "W253", "W451", "W452"}
        if unread:
            echoes.add("W253")
        self.faults = [fault for fault in self.faults if fault.code not in echoes]

    def _library(self, content: load.Content) -> Library:
        loaded = self._take(load.load_library(self.request.site, content))
        self.texts.update((text.path, text) for text in loaded.texts)
        library, self.whole = loaded.library, loaded.whole
        if self.request.base_url:
            library = library._replace(config=library.config._replace(base_url=self.request.base_url))
        for source in library.sources.values():
            self.faults.extend(check_copy(self.request.site, source))
        return with_site_targets(library)

    def _prepared(self, paths: Sequence[str], common: Common) -> Iterator[Prepared]:
        yield from pool.run(prepare, paths, common, self.request.jobs)

    def _beside(self, page: Surface) -> frozenset[str]:
        """The files beside a page's text: no dotfile, no link, not the text itself."""
        folder = (self.request.site / page.file).parent
        found = set()
        for current, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(current, name)
                if not name.startswith(".") and path.is_file() and not path.is_symlink():
                    found.add(path.relative_to(folder).as_posix())
        return frozenset(found - {"index.md"})

    # --- Render ---

    def _trial(self, site: Site, records: dict[str, str]) -> None:
        """Render what has no errors of content, only to find the faults of layouts."""
        broken = {fault.span.path for fault in self.faults if fault.severity is Severity.ERROR}
        if not broken:
            common = RenderCommon(str(self.request.site), site.view, None)
            for rendered in pool.run(render_page, list(_jobs(site, records, {})), common, self.request.jobs):
                self._took(rendered)
        for _, make in _lists(Renderer(self.theme, site.view), site):
            self._made(make)

    def _output(self, tree: OutputTree, site: Site, records: dict[str, str]) -> list[str]:
        """Put every output into the tree; the paths of those that were rendered."""
        made: list[str] = []
        view = codec.dumps((site.view, self.theme.digest))
        common = RenderCommon(str(self.request.site), site.view, tree.trees)
        keys = self.cache.all("output")
        jobs: dict[str, RenderJob] = {}
        for job in _jobs(site, records, tree.known):
            key = digest_of("\0".join((view, job.record, codec.dumps(job.joined))).encode())
            if not self._kept(tree, [path for path, _ in job.known], key, keys):
                jobs[key] = job
        for rendered in pool.run(render_page, list(jobs.values()), common, self.request.jobs):
            self._took(rendered)
            for path, placed in rendered.placed:
                tree.take(path, placed)
                made.append(path)
        self.cache.put("output", ((path, key) for key, job in jobs.items() for path, _ in job.known))
        renderer = Renderer(self.theme, site.view)
        for path, make in _lists(renderer, site):
            text = self._made(make)
            if text is not None:
                tree.put(path, text.encode())
                made.append(path)
        for path, content in self._files(site):
            tree.put(path, content)
        return made

    def _kept(self, tree: OutputTree, paths: Iterable[str], key: str, keys: dict[str, str]) -> bool:
        return all(keys.get(path) == key and tree.keep(path) for path in paths)

    def _took(self, rendered: Rendered) -> None:
        if rendered.fault:
            self.faults.append(rendered.fault)

    def _made(self, make: Callable[[], str]) -> str | None:
        try:
            return make()
        except LayoutError as error:
            self.faults.append(error.diagnostic)
            return None

    def _files(self, site: Site) -> Iterator[tuple[str, bytes]]:
        for path, file in self.theme.static.items():
            yield path.lstrip("/"), file.read_bytes()
        for source, path in site.assets:
            yield path.lstrip("/"), (self.request.site / source).read_bytes()


def _jobs(site: Site, records: dict[str, str], known: dict[str, Entry]) -> Iterator[RenderJob]:
    for page, joined in zip(site.pages, site.joined, strict=True):
        paths = [artifacts.html_file(page.url)]
        if page.kind == "explainer":
            paths.append(artifacts.claims_file(page.url))
        yield RenderJob(records[page.file], joined, tuple((path, known.get(path)) for path in paths))


def _lists(renderer: Renderer, site: Site) -> Iterator[tuple[str, Callable[[], str]]]:
    yield from render_lists(renderer, site)
    yield from render_feeds(renderer, site)
