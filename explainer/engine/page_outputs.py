"""Rendering one page's outputs, in whatever process: a page's record and surface in, bytes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from explainer.cache import codec
from explainer.check import check_calls
from explainer.diagnostics import has_errors
from explainer.engine import workers
from explainer.feeds.claims_json import claims_json
from explainer.model import output_files
from explainer.model.published import PageRecord
from explainer.model.record import Record
from explainer.model.site import PageInterface
from explainer.output.write_file import write_if_changed
from explainer.render.layout_errors import LayoutError
from explainer.render.renderer import Renderer
from explainer.render.theme import Theme
from explainer.resolve import resolve_context, with_context
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.diagnostics import Diagnostic
    from explainer.model.published import Page
    from explainer.model.site import PageContext, PageSummary, ShownFile, SiteView
    from explainer.output.manifest import Entry
    from explainer.output.write_file import Trees, WrittenFile
    from explainer.render.renderer import Items
    from explainer.resolve import SiteIndex
    from explainer.text.catalog import Catalogs


class RenderJob(NamedTuple):
    """A page to render: its interface and record as bytes, and its outputs by path as the live tree has them.

    `joined` is the digest of what the page was joined with when its outputs were made, where they stand
    and nothing else has changed; `items` the digest of what it comes out as in lists is made of, where that
    is to be made. Without a
    record the page is only looked at for faults of what it asks for.
    """

    surface: bytes
    record: bytes
    known: tuple[tuple[str, Entry | None], ...] = ()
    joined: str = ""
    items: str = ""


class RenderCommon(NamedTuple):
    """What every page is rendered with; `trees` is None where nothing is written."""

    site: str
    view: SiteView
    catalogs: Catalogs
    site_index: SiteIndex
    trees: Trees | None


class Rendered(NamedTuple):
    """What came of a page: its faults, what it was joined with (a digest), the files beside it that it shows.

    `placed` are its outputs by path, empty where they are what they were; `items` what it comes out as in
    lists, as `packed_items`.
    """

    faults: tuple[Diagnostic, ...] = ()
    joined: str = ""
    assets: tuple[ShownFile, ...] = ()
    placed: tuple[tuple[str, WrittenFile], ...] = ()
    items: bytes = b""


def output_paths(page: PageSummary) -> tuple[str, ...]:
    """The paths of a page's outputs, relative to the output folder."""
    html = output_files.html_file(page.url)
    return (html, output_files.claims_file(page.url)) if page.kind == "explainer" else (html,)


def page_of(record: bytes, surface: PageInterface, site_index: SiteIndex) -> Page:
    """A page with what it gets from the rest of the site.

    Raises:
        DamagedCacheError: if the text is no record.
    """
    return with_context(codec.loads(PageRecord, record), resolve_context(surface, site_index).context)


def render_outputs(renderer: Renderer, record: bytes, joined: PageContext) -> Iterator[tuple[str, bytes]]:
    """The outputs of one page: a function of its record, what it gets from the site, theme and view alone.

    Raises:
        DamagedCacheError: if the text is no record.
        LayoutError: if a layout fails.
    """
    page = with_context(codec.loads(PageRecord, record), joined)
    yield output_files.html_file(page.url), renderer.page(page).encode()
    if page.kind == "explainer":
        yield output_files.claims_file(page.url), claims_json(page).encode()


def render_page(job: RenderJob) -> Rendered:
    """Join a page, render it, and put its outputs into the new tree; finds the `RenderCommon` by `pool.shared()`.

    Raises:
        DamagedCacheError: if a text is no such record.
    """
    common: RenderCommon = workers.shared()
    renderer = renderer_of(common)
    surface = codec.loads(PageInterface, job.surface)
    joined, faults, assets = resolve_context(surface, common.site_index)
    faults = (*check_calls(surface.calls, renderer.theme.forms), *faults)
    digest = digest_of(codec.dumps(joined))
    rendered = Rendered(faults, digest, assets)
    if has_errors(faults) or not job.record:
        return rendered
    try:
        if job.items:
            rendered = rendered._replace(items=packed_items(job.items, renderer.items(surface)))
        if digest == job.joined:
            return rendered
        outputs = list(render_outputs(renderer, job.record, joined))
    except LayoutError as error:
        return rendered._replace(faults=(*faults, error.diagnostic))
    if common.trees is None:
        return rendered
    known, trees = dict(job.known), common.trees
    return rendered._replace(
        placed=tuple((path, write_if_changed(trees, path, content, known[path])) for path, content in outputs)
    )


class _Items(Record, frozen=True):
    """What a page comes out as in lists, and the digest of what that was made of."""

    key: str
    items: tuple[str, str] | None


def packed_items(key: str, items: Items) -> bytes:
    """What a page comes out as in lists, as bytes, with the digest of what that was made of."""
    return codec.dumps(_Items(key, items))


def unpacked_items(key: str, content: bytes) -> Items:
    """What a page comes out as in lists; None if that isn't known, or was made of something else."""
    found = codec.loads(_Items, content)
    return found.items if found.key == key else None


_renderers: list[tuple[RenderCommon, Renderer]] = []


def renderer_of(common: RenderCommon) -> Renderer:
    """This process's renderer for a job; templates are compiled once.

    A process that was forked has that of the one it was forked from.
    """
    if not _renderers or _renderers[0][0] is not common:
        _renderers[:] = [(common, Renderer(Theme.of_site(Path(common.site)), common.view, common.catalogs))]
    return _renderers[0][1]
