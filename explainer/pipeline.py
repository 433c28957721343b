"""The whole build, in order: load, prepare each page, resolve the site, render, output.

Pages are prepared and rendered by as many processes as that pays for. What an earlier build found
out is in the cache: a page whose file and library are the same isn't parsed again, an output that was
made of the same isn't rendered again.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from explainer import codec, load, pool
from explainer.assets import Assets
from explainer.cache import Cache
from explainer.diagnostics import Diagnostic, has_errors, in_order
from explainer.earlier import Earlier
from explainer.listing import listings
from explainer.made import Made, MadeList, MadePage
from explainer.model import Choice
from explainer.output import OutputError, OutputTree
from explainer.prepare import Common, Prepared, prepare, report_text
from explainer.progress import Progress
from explainer.render import LayoutError, Renderer
from explainer.rendering import RenderCommon, RenderJob, output_paths, render_page
from explainer.resolve import Details, resolve_site, with_site_targets
from explainer.saved import check_copy
from explainer.shelf import Shelf, StaleCacheError
from explainer.snapshot import digest_of, snapshot
from explainer.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from explainer.diagnostics import SourceText, Staged
    from explainer.entries import Listing
    from explainer.manifest import Entry
    from explainer.model import Library, Outline
    from explainer.render import Items
    from explainer.rendering import Rendered
    from explainer.resolve import Whole

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
    the paths made, relative to the output folder; `rendered` those of them that were rendered anew,
    each with the reason.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    texts: dict[str, SourceText] = field(default_factory=dict)
    failed: bool = False
    pages: int = 0
    outputs: tuple[str, ...] = ()
    rendered: dict[str, str] = field(default_factory=dict)


def now() -> int:
    """The second that decides what is due: `SOURCE_DATE_EPOCH`, else the clock's."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(epoch) if epoch.isdecimal() else int(time.time())


def build(
    request: Request,
    *,
    write: bool = True,
    waiting: Callable[[], None] = lambda: None,
    progress: Progress | None = None,
) -> Report:
    """Build a site; with errors, or without `write`, the output stays as it is.

    `waiting` is called if another build has the output and keeps it for more than a second;
    `progress` is told of the stages.

    Raises:
        OutputError: if the system refuses to write.
    """
    progress = progress or Progress()
    if not write:
        return _with_cache(request, progress, lambda run: run.check())
    with OutputTree(request.out, waiting) as tree:
        return _with_cache(request, progress, lambda run: run.build(tree))


def _with_cache(request: Request, progress: Progress, work: Callable[[_Build], Report]) -> Report:
    """Do the work with what earlier builds found out, and again without it if that turns out to be damaged."""
    with Cache(request.site / ".explainer") as cache:
        if request.clean:
            cache.clear()
        try:
            return work(_Build(request, cache, progress))
        except (OutputError, OSError):
            raise
        except Exception:  # what damaged records lead to can be anything
            if not cache.opened:
                raise
            cache.clear()
            cache.commit()
    return work(_Build(request, Cache(None), progress))


class _Build:
    def __init__(self, request: Request, cache: Cache, progress: Progress) -> None:
        self.request = request
        self.progress = progress
        self.faults: list[Diagnostic] = []
        self.texts: dict[str, SourceText] = {}
        self.theme = Theme.of_site(request.site)
        self.cache = cache
        self.shelf = Shelf(cache)
        self.made = Made(cache)
        self.pages: dict[str, MadePage] = {}
        self.lists: dict[str, MadeList] = {}
        self.rendered: dict[str, str] = {}
        self.whole = True
        self.library: Library
        self.look: str

    def check(self) -> Report:
        """Find every fault, write nothing."""
        whole = self._resolved()
        self._render(whole, None)
        self.cache.commit()
        return self._report(whole)

    def build(self, tree: OutputTree) -> Report:
        """Bring the output up to date, if nothing is wrong."""
        tree.files.clear()
        whole = self._resolved()
        self._render(whole, None if self._failed() else tree)
        if not self._failed():
            self.progress.stage("writing")
            tree.commit()
            self._remember(tree)
        self.cache.commit()
        report = self._report(whole)
        if not report.failed:
            report.outputs = tuple(sorted(tree.files))
            report.rendered = dict(sorted(self.rendered.items()))
        return report

    def _report(self, whole: Whole) -> Report:
        pages = {page.file for page in whole.site.pages} & {fault.span.path for fault in self.faults}
        for path in sorted(pages - self.texts.keys()):
            # The fault was found when the page was joined to the others, and it had none before.
            if text := report_text(self.request.site, path, self.library):
                self.texts[path] = text
        return Report(in_order(self.faults), self.texts, self._failed(), len(whole.site.pages))

    def _failed(self) -> bool:
        return has_errors(self.faults) or (self.request.strict and bool(self.faults))

    def _take(self, staged: Staged[T]) -> T:
        self.faults.extend(staged.diagnostics)
        return staged.value

    # --- Load, prepare, resolve ---

    def _resolved(self) -> Whole:
        self.progress.stage("reading")
        root = self.request.site
        content = self._take(load.find_content(root))
        library = self.library = self._library(content)
        registry = load.index_registry(library.sources, library.people)
        self.faults.extend(load.check_registry(registry))
        outlines: list[Outline] = []
        unread: list[str] = []
        for prepared in self._prepared(content.pages, Common(str(root), library, registry)):
            self.faults.extend(prepared.diagnostics)
            if prepared.text:
                self.texts[prepared.path] = prepared.text
            if prepared.outline:
                outlines.append(prepared.outline)
            else:
                unread.append(prepared.path)
        self.progress.stage("resolving")
        beside = {page.file: self._beside(page) for page in outlines if page.file.endswith("/index.md")}
        choice = Choice(now(), self.request.drafts, self.request.future)
        static = frozenset(self.theme.static)
        whole = self._take(resolve_site(outlines, self.shelf.surface, library, choice, beside, static, unread))
        self._drop_echoes(unread=bool(unread))
        self.look = digest_of(codec.dumps((whole.site.view, self.theme.digest)).encode())
        return whole

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
        seen = snapshot(common.root, "content")
        earlier = Earlier(self.request.site, self.cache, common.library, seen)
        found = earlier.pages(paths)
        missing = [path for path in paths if path not in found]
        self.progress.stage("parsing", len(missing))
        for prepared in pool.run(prepare, missing, len(missing), common, self.request.jobs):
            lasting = earlier.remember(prepared)
            if prepared.outline:
                self.shelf.put("record", prepared.path, prepared.record, lasting=lasting)
                self.shelf.put("surface", prepared.path, prepared.surface, lasting=lasting)
            found[prepared.path] = prepared._replace(record="", surface="")
            self.progress.step()
        earlier.save(paths)
        self.shelf.keep(paths)
        self.cache.commit()
        return [found[path] for path in paths]

    def _beside(self, page: Outline) -> frozenset[str]:
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

    def _render(self, whole: Whole, tree: OutputTree | None) -> None:
        """Render what isn't as it should be; without a tree, only to find what is wrong."""
        site = whole.site
        stale: list[tuple[Outline, str]] = []
        for page in site.pages:
            reason = self._stale(page, site.web, tree)
            if reason:
                stale.append((page, reason))
            else:
                self.pages[page.file] = self.made.pages[page.file]
        only_faults = has_errors(self.faults)
        trees = tree.trees if tree else None
        common = RenderCommon(str(self.request.site), site.view, self.library.catalogs, whole.around, trees)
        jobs = (self._job(page, tree.known if tree else {}, only_faults=only_faults) for page, _ in stale)
        self.progress.stage("checking" if only_faults else "rendering", len(stale))
        for (page, reason), rendered in zip(stale, self._run(jobs, len(stale), common), strict=True):
            self._took(page, rendered, site.web, tree, reason)
            self.progress.step()
        self.progress.stage("listing")
        renderer = Renderer(self.theme, site.view, self.library.catalogs, self._kept)
        for listing in listings(renderer, site, Details(self.library, self.shelf.surface)):
            self._list(listing, tree)
        if tree and not self._failed():
            for path, content in self._files(whole):
                tree.put(path, content)

    def _stale(self, page: Outline, web: str, tree: OutputTree | None) -> str:
        """Why a page's outputs can't be kept as they are; empty if they can."""
        made = self.made.pages.get(page.file)
        if made is None:
            return "it is new"
        if made.look != self.look:
            return "layouts or settings of the site have changed"
        if made.record != page.record or made.surface != page.surface:
            return "its text, or a source of it, has changed"
        if made.web != web:
            return "other pages have changed"
        if tree and not self._keep(output_paths(page), made.outputs, tree):
            return "its output isn't what was made"
        return ""

    @staticmethod
    def _keep(paths: Sequence[str], digests: Sequence[str], tree: OutputTree) -> bool:
        """Keep outputs as the last build left them, if they are all there and have these digests."""
        known = [tree.known.get(path) for path in paths]
        right = len(paths) == len(digests) and all(
            entry is not None and entry.digest == digest for entry, digest in zip(known, digests, strict=True)
        )
        return right and all([tree.keep(path) for path in paths])

    def _job(self, page: Outline, known: Mapping[str, Entry], *, only_faults: bool) -> RenderJob:
        surface = self.shelf.packed_surface(page)
        if only_faults:
            return RenderJob(surface, "")
        made = self.made.pages.get(page.file)
        paths = output_paths(page)
        same = (
            made is not None
            and made.look == self.look
            and made.record == page.record
            and [known[path].digest if path in known else None for path in paths] == list(made.outputs)
        )
        return RenderJob(
            surface,
            self.shelf.record(page),
            tuple((path, known.get(path)) for path in paths),
            joined=made.joined if made and same else "",
            items=made is None or made.items != self._items_key(page),
        )

    def _took(self, page: Outline, rendered: Rendered, web: str, tree: OutputTree | None, reason: str) -> None:
        self.faults.extend(rendered.faults)
        if rendered.items:
            self.shelf.put("items", page.file, rendered.items)
        if not tree or has_errors(rendered.faults):
            return
        made = self.made.pages.get(page.file)
        paths = output_paths(page)
        if rendered.placed:
            for path, placed in rendered.placed:
                tree.take(path, placed)
                self.rendered[path] = reason
        elif made is None or not self._keep(paths, made.outputs, tree):
            raise StaleCacheError
        # A page with something to tell is looked at again by the next build, which has to tell it again.
        self.pages[page.file] = MadePage(
            self.look, page.record, page.surface, "" if rendered.faults else web, rendered.joined,
            self._items_key(page), tuple(tree.files[path].digest for path in paths), rendered.assets,
        )  # fmt: skip

    def _items_key(self, page: Outline) -> str:
        return digest_of(f"{self.look} {page.entry} {page.listed}".encode())

    def _kept(self, page: Outline) -> Items:
        """What a page comes out as in lists, if its outputs tell that this is known."""
        made = self.pages.get(page.file)
        if made is None or made.items != self._items_key(page):
            return None
        text = self.shelf.get("items", page.file)
        if text is None:
            return None
        entry, claims = json.loads(text) or ("", "")
        return (entry, claims) if entry else None

    def _list(self, listing: Listing, tree: OutputTree | None) -> None:
        listed = digest_of(json.dumps(listing.listed, ensure_ascii=False).encode())
        made = self.made.lists.get(listing.path)
        reason = _why(made, self.look, listed)
        if made and not reason:
            if not tree or self._keep((listing.path,), (made.output,), tree):
                self.lists[listing.path] = made
                return
            reason = "it isn't what was made"
        try:
            text = listing.make()
        except LayoutError as error:
            self.faults.append(error.diagnostic)
            return
        if tree and not self._failed():
            tree.put(listing.path, text.encode())
            self.rendered[listing.path] = reason
            self.lists[listing.path] = MadeList(self.look, listed, tree.files[listing.path].digest)

    def _remember(self, tree: OutputTree) -> None:
        """Keep what each output was made of, unless a layout has changed under the build's hands."""
        if self.rendered and Theme.of_site(self.request.site).digest != self.theme.digest:
            self.made.save({}, {})
        else:
            self.made.save(self.pages, self.lists)

    def _run(self, jobs: Iterator[RenderJob], count: int, common: RenderCommon) -> Iterator[Rendered]:
        try:
            yield from pool.run(render_page, jobs, count, common, self.request.jobs)
        except ValueError as error:
            raise StaleCacheError from error

    def _files(self, whole: Whole) -> Iterator[tuple[str, bytes]]:
        for path, content in Assets(self.theme, whole.site.view).files.items():
            yield path.lstrip("/"), content
        shown = dict(whole.assets)
        for made in self.pages.values():
            shown.update(made.assets)
        for source, path in sorted(shown.items()):
            yield path.lstrip("/"), (self.request.site / source).read_bytes()


def _why(made: MadeList | None, look: str, listed: str) -> str:
    if made is None:
        return "it is new"
    if made.look != look:
        return "layouts or settings of the site have changed"
    return "" if made.listed == listed else "what it lists has changed"
