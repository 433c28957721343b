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
from typing import TYPE_CHECKING, TypeVar

from explainer import codec, load, pool
from explainer.assets import Assets
from explainer.cache import Cache
from explainer.checks import check_calls
from explainer.diagnostics import Diagnostic, has_errors, in_order
from explainer.earlier import RECORD, Earlier
from explainer.feeds import render_feeds
from explainer.model import Choice
from explainer.output import OutputError, OutputTree
from explainer.prepare import Common, Prepared, prepare, report_text
from explainer.render import LayoutError, Renderer, render_lists
from explainer.rendering import RenderCommon, Rendered, RenderJob, output_paths, render_page
from explainer.resolve import resolve_site, with_site_targets
from explainer.saved import check_copy
from explainer.snapshot import digest_of, stat_of
from explainer.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from explainer.diagnostics import SourceText, Staged
    from explainer.manifest import Entry
    from explainer.model import Joined, Library, Site, Surface

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
        return _with_cache(request, _Build.check)
    with OutputTree(request.out, waiting) as tree:
        return _with_cache(request, lambda run: run.build(tree))


def _with_cache(request: Request, work: Callable[[_Build], Report]) -> Report:
    """Do the work with what earlier builds found out, and again without it if that turns out to be damaged."""
    with Cache(request.site / ".explainer") as cache:
        if request.clean:
            cache.clear()
        try:
            return work(_Build(request, cache))
        except (OutputError, OSError):
            raise
        except Exception:  # what damaged records lead to can be anything
            if not cache.opened:
                raise
            cache.clear()
            cache.commit()
    return work(_Build(request, Cache(None)))


class _StaleCacheError(Exception):
    """The cache holds something that isn't what was stored."""


class _Build:
    def __init__(self, request: Request, cache: Cache) -> None:
        self.request = request
        self.faults: list[Diagnostic] = []
        self.texts: dict[str, SourceText] = {}
        self.theme = Theme.of_site(request.site)
        self.cache = cache
        self.records: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        self.whole = True
        self.library: Library

    def check(self) -> Report:
        """Find every fault, write nothing."""
        site = self._resolved()
        self._trial(site)
        self.cache.commit()
        return self._report(site)

    def build(self, tree: OutputTree) -> Report:
        """Bring the output up to date, if nothing is wrong."""
        tree.files.clear()
        site = self._resolved()
        rendered: list[str] = []
        if self._failed():
            self._trial(site)
        else:
            rendered = self._output(tree, site)
            if not self._failed():
                tree.commit()
        self.cache.commit()
        report = self._report(site)
        if not report.failed:
            report.outputs, report.rendered = tuple(sorted(tree.files)), tuple(sorted(rendered))
        return report

    def _report(self, site: Site) -> Report:
        pages = {page.file for page in site.pages} & {fault.span.path for fault in self.faults}
        for path in sorted(pages - self.texts.keys()):
            # The fault was found when pages were tied together, and this page had none before.
            if text := report_text(self.request.site, path, self.library):
                self.texts[path] = text
        return Report(in_order(self.faults), self.texts, self._failed(), len(site.pages))

    def _failed(self) -> bool:
        return has_errors(self.faults) or (self.request.strict and bool(self.faults))

    def _take(self, staged: Staged[T]) -> T:
        self.faults.extend(staged.diagnostics)
        return staged.value

    # --- Load, prepare, resolve ---

    def _resolved(self) -> Site:
        root = self.request.site
        content = self._take(load.find_content(root))
        library = self.library = self._library(content)
        registry = load.index_registry(library.sources, library.people)
        self.faults.extend(load.check_registry(registry))
        surfaces: list[Surface] = []
        unread: list[str] = []
        for prepared in self._prepared(content.pages, Common(str(root), library, registry)):
            self.faults.extend(prepared.diagnostics)
            if prepared.text:
                self.texts[prepared.path] = prepared.text
            if prepared.surface:
                surfaces.append(prepared.surface)
                self.digests[prepared.path] = prepared.record_digest
            else:
                unread.append(prepared.path)
        for surface in surfaces:
            self.faults.extend(check_calls(surface.calls, self.theme.forms))
        beside = {page.file: self._beside(page) for page in surfaces if page.file.endswith("/index.md")}
        choice = Choice(now(), self.request.drafts, self.request.future)
        site = self._take(resolve_site(surfaces, library, choice, beside, frozenset(self.theme.static), unread))
        self._drop_echoes(unread=bool(unread))
        return site

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
        catalogs, texts = self._take(load.load_catalogs(self.request.site, self.theme.folders))
        self.texts.update((text.path, text) for text in texts)
        library, self.whole = loaded.library._replace(catalogs=catalogs), loaded.whole
        if self.request.base_url:
            library = library._replace(config=library.config._replace(base_url=self.request.base_url))
        for source in library.sources.values():
            self.faults.extend(check_copy(self.request.site, source))
        return with_site_targets(library)

    def _prepared(self, paths: Sequence[str], common: Common) -> list[Prepared]:
        """Every page, prepared now or by an earlier build, in the order of the paths."""
        earlier = Earlier(self.request.site, self.cache, common.library)
        found = {prepared.path: prepared for prepared in earlier.pages(paths)}
        missing = [path for path in paths if path not in found]
        stats = {path: stat_of(f"{common.root}/{path}") for path in missing}
        for prepared in pool.run(prepare, missing, len(missing), common, self.request.jobs):
            if not earlier.remember(prepared, stats[prepared.path]) and prepared.record is not None:
                self.records[prepared.path] = prepared.record
            found[prepared.path] = prepared._replace(record=None)
        earlier.keep(paths)
        return [found[path] for path in paths]

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

    def _trial(self, site: Site) -> None:
        """Render what has no errors of content, only to find the faults of layouts."""
        if not has_errors(self.faults):
            common = RenderCommon(str(self.request.site), site.view, self.library.catalogs, None)
            jobs = (self._job(page, joined, {}) for page, joined in zip(site.pages, site.joined, strict=True))
            for rendered in self._run(jobs, len(site.pages), common):
                self._took(rendered)
        for _, make in _lists(Renderer(self.theme, site.view, self.library.catalogs), site):
            self._made(make)

    def _output(self, tree: OutputTree, site: Site) -> list[str]:
        """Put every output into the tree; the paths of those that were rendered."""
        made: list[str] = []
        view = codec.dumps((site.view, self.theme.digest))
        before, keys = self.cache.all("output"), {}
        stale: list[tuple[Surface, Joined]] = []
        for page, joined in zip(site.pages, site.joined, strict=True):
            key = digest_of("\0".join((view, self.digests[page.file], codec.dumps(joined))).encode())
            paths = output_paths(page)
            keys.update(dict.fromkeys(paths, key))
            if not all(_is_of(before.get(path), key, tree.known.get(path)) and tree.keep(path) for path in paths):
                stale.append((page, joined))
        common = RenderCommon(str(self.request.site), site.view, self.library.catalogs, tree.trees)
        jobs = (self._job(page, joined, tree.known) for page, joined in stale)
        for rendered in self._run(jobs, len(stale), common):
            self._took(rendered)
            for path, placed in rendered.placed:
                tree.take(path, placed)
                made.append(path)
        self._remember_outputs(tree, before, keys, changed=bool(made) and self._theme_changed())
        for path, make in _lists(Renderer(self.theme, site.view, self.library.catalogs), site):
            text = self._made(make)
            if text is not None:
                tree.put(path, text.encode())
                made.append(path)
        for path, content in self._files(site):
            tree.put(path, content)
        return made

    def _remember_outputs(
        self, tree: OutputTree, before: Mapping[str, str], keys: Mapping[str, str], *, changed: bool
    ) -> None:
        """Keep what each output was made of, and what came of it; that alone tells an output of one from another."""
        now = {} if changed else {p: f"{key} {tree.files[p].digest}" for p, key in keys.items() if p in tree.files}
        self.cache.replace("output", before, now)

    def _theme_changed(self) -> bool:
        """Whether a layout isn't any more what it was when its digest was taken."""
        return Theme.of_site(self.request.site).digest != self.theme.digest

    def _job(self, page: Surface, joined: Joined, known: Mapping[str, Entry]) -> RenderJob:
        record = self.records.get(page.file) or self.cache.get(RECORD, page.file)
        if record is None or digest_of(record.encode()) != self.digests[page.file]:
            raise _StaleCacheError
        return RenderJob(record, joined, tuple((path, known.get(path)) for path in output_paths(page)))

    def _run(self, jobs: Iterable[RenderJob], count: int, common: RenderCommon) -> Iterator[Rendered]:
        try:
            yield from pool.run(render_page, jobs, count, common, self.request.jobs)
        except ValueError as error:
            raise _StaleCacheError from error

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
        for path, content in Assets(self.theme, site.view).files.items():
            yield path.lstrip("/"), content
        for source, path in site.assets:
            yield path.lstrip("/"), (self.request.site / source).read_bytes()


def _is_of(row: str | None, key: str, known: Entry | None) -> bool:
    """Whether the cache says that what stands in the output was made of what has this key."""
    return row is not None and known is not None and row == f"{key} {known.digest}"


def _lists(renderer: Renderer, site: Site) -> Iterator[tuple[str, Callable[[], str]]]:
    yield from render_lists(renderer, site)
    yield from render_feeds(renderer, site)
