"""Rendering one page's outputs, in whatever process: a page's record in, bytes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from explainer import artifacts, pool
from explainer.claimsjson import claims_json
from explainer.place import place
from explainer.prepare import unpacked_page
from explainer.render import LayoutError, Renderer
from explainer.resolve import join
from explainer.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.catalog import Catalogs
    from explainer.diagnostics import Diagnostic
    from explainer.manifest import Entry
    from explainer.model import Joined, SiteView, Surface
    from explainer.place import Placed, Trees


class RenderJob(NamedTuple):
    """A page to render: its record, what it gets from the site, and what its outputs were, by path."""

    record: str
    joined: Joined
    known: tuple[tuple[str, Entry | None], ...]


class RenderCommon(NamedTuple):
    """What every page is rendered with; `trees` is None where nothing is written."""

    site: str
    view: SiteView
    catalogs: Catalogs
    trees: Trees | None


class Rendered(NamedTuple):
    """A page's outputs by path, or the fault of a layout."""

    placed: tuple[tuple[str, Placed], ...] = ()
    fault: Diagnostic | None = None


def output_paths(page: Surface) -> tuple[str, ...]:
    """The paths of a page's outputs, relative to the output folder."""
    html = artifacts.html_file(page.url)
    return (html, artifacts.claims_file(page.url)) if page.kind == "explainer" else (html,)


def render_outputs(renderer: Renderer, record: str, joined: Joined) -> Iterator[tuple[str, bytes]]:
    """The outputs of one page: a function of its record, what it gets from the site, theme and view alone.

    Raises:
        ValueError: if the text is no record.
        LayoutError: if a layout fails.
    """
    page = join(unpacked_page(record), joined)
    yield artifacts.html_file(page.url), renderer.page(page).encode()
    if page.kind == "explainer":
        yield artifacts.claims_file(page.url), claims_json(page).encode()


def render_page(job: RenderJob) -> Rendered:
    """Render a page and put its outputs into the new tree; finds the `RenderCommon` by `pool.shared()`."""
    common: RenderCommon = pool.shared()
    try:
        outputs = list(render_outputs(_renderer(common), job.record, job.joined))
    except LayoutError as error:
        return Rendered(fault=error.diagnostic)
    if common.trees is None:
        return Rendered()
    known, trees = dict(job.known), common.trees
    return Rendered(tuple((path, place(trees, path, content, known[path])) for path, content in outputs))


_renderers: list[tuple[RenderCommon, Renderer]] = []


def _renderer(common: RenderCommon) -> Renderer:
    """This process's renderer for a job; templates are compiled once."""
    if not _renderers or _renderers[0][0] is not common:
        _renderers[:] = [(common, Renderer(Theme.of_site(Path(common.site)), common.view, common.catalogs))]
    return _renderers[0][1]
