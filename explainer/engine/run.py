"""Runs one build, from its request to its report, holding the locks of the output and the cache.

The stages are imported only when there is something to do: `up_to_date` finds that nothing has changed in a tenth
of the time that their import takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.cache.store import Cache, DamagedCacheError
from explainer.engine.request import Report, Request, now
from explainer.engine.up_to_date import (
    find_last_build,
    input_state,
    reads_elsewhere,
    save_last_build,
    scan_inputs,
    texts_of,
)
from explainer.output.build_info import UnfinishedMarker, as_data, build_info_of
from explainer.output.tree import OutputTree
from explainer.system.progress import Progress
from explainer.system.user_key import NoKeyError, user_key
from explainer.system.work_folder import NAME as WORK_FOLDER
from explainer.system.work_folder import make_work_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from explainer.engine.up_to_date import InputSnapshot
    from explainer.engine.workers import Workers

__all__ = ["Report", "Request", "build", "check"]


def build(
    request: Request,
    *,
    waiting: Callable[[], None] = lambda: None,
    progress: Progress | None = None,
    workers: Workers | None = None,
) -> Report:
    """Build a site; with errors the output stays as it is.

    `waiting` is called if another build has the output and keeps it for more than a second;
    `progress` is told of the stages. `workers` prepare and render pages: by default processes of this machine.

    Raises:
        OutputError: if the system refuses to write.
        OSError: if the workers can't be reached, or were killed.
    """
    progress = progress or Progress()
    key, note = key_of(request.site)
    with (
        OutputTree(request.out, waiting, key=key, trust_manifest=not request.clean) as tree,
        open_cache(request.site, key) as cache,
    ):
        unfinished = UnfinishedMarker(request.site, request.out)
        time = now()
        if request.clean:
            cache.clear()
        progress.stage("scanning")
        scanned = scan_inputs(request.site)
        found = find_last_build(request, scanned, time, cache, tree)
        if found:
            texts = texts_of(request.site, found.hidden)
            report = Report(
                found.diagnostics,
                texts,
                pages=found.pages,
                left_out=found.left_out,
                outputs=tuple(sorted(tree.known)),
                accepted=found.accepted,
            )
        else:
            report = _without_damage(
                cache, lambda cache: _build(request, scanned, time, cache, tree, progress, workers)
            )
        if found:  # made of the same files as the build before
            unfinished.finish()
        elif not report.failed:
            unfinished.finish(scanned.site, request.site, report.digests)
        report.notes = (*filter(None, (note, cache.note)), *report.notes)
        return report


def check(request: Request, progress: Progress | None = None, workers: Workers | None = None) -> Report:
    """Find everything that is wrong with a site, and write nothing."""
    progress = progress or Progress()
    key, note = key_of(request.site)
    with open_cache(request.site, key) as cache:
        scanned = scan_inputs(request.site)
        report = _without_damage(cache, lambda cache: _check(request, scanned, cache, progress, workers))
        report.notes = (*filter(None, (note, cache.note)), *report.notes)
        return report


def open_cache(site: Path, key: bytes | None) -> Cache:
    """The cache of a site's builds, sealed with this key; one that holds nothing where it can't be used."""
    try:
        return Cache(make_work_folder(site), key)
    except OSError:
        cache = Cache(None)
        cache.note = (
            f"the cache isn't used: {site / WORK_FOLDER} is no folder of the site's own, or can't be written to"
        )
        return cache


def key_of(site: Path) -> tuple[bytes | None, str]:
    """The key of this user, or why there is none."""
    try:
        return user_key(site), ""
    except NoKeyError as error:
        return None, f"the cache isn't used: {error}"


def _without_damage(cache: Cache, work: Callable[[Cache], Report]) -> Report:
    """Do the work with what earlier builds found out, and again without it if that turns out to be damaged."""
    try:
        return work(cache)
    except DamagedCacheError:
        cache.clear()
        cache.commit()
    report = work(Cache(None))
    report.notes = (*report.notes, "the cache was damaged: everything was made again")
    return report


def _build(
    request: Request,
    scanned: InputSnapshot,
    time: int,
    cache: Cache,
    tree: OutputTree,
    progress: Progress,
    workers: Workers | None,
) -> Report:
    from explainer.engine.outputs import Outputs  # noqa: PLC0415 - there is something to do
    from explainer.engine.pipeline import load_and_resolve  # noqa: PLC0415
    from explainer.engine.workers import LocalWorkers  # noqa: PLC0415

    tree.files.clear()
    site_build = load_and_resolve(request, scanned, time, cache, progress, workers or LocalWorkers(request.jobs))
    outputs = Outputs(site_build, cache, progress, None if site_build.failed else tree)
    outputs.render()
    site_build.judge_acceptances()
    if not site_build.failed:
        progress.stage("writing")
        site = site_build.resolved.site
        tree.build = as_data(build_info_of(request.site, site.view.url, site.pages))
        tree.commit()
        outputs.save()
    report = site_build.report()
    if not report.failed:
        report.outputs = tuple(sorted(tree.files))
        report.rendered = dict(sorted(outputs.rendered.items()))
        if not reads_elsewhere(site_build.library, site_build.summaries):
            inputs = input_state(scanned, site_build.summaries, time)
            save_last_build(request, inputs, report, cache, tree)
    cache.commit()
    return report


def _check(
    request: Request, scanned: InputSnapshot, cache: Cache, progress: Progress, workers: Workers | None
) -> Report:
    from explainer.engine.calendar import reviews_due  # noqa: PLC0415 - what is light stands above
    from explainer.engine.outputs import Outputs  # noqa: PLC0415
    from explainer.engine.pipeline import load_and_resolve  # noqa: PLC0415
    from explainer.engine.workers import LocalWorkers  # noqa: PLC0415

    time = now()
    site_build = load_and_resolve(request, scanned, time, cache, progress, workers or LocalWorkers(request.jobs))
    Outputs(site_build, cache, progress, None).render()
    site_build.diagnostics += reviews_due(site_build.resolved.site.pages, time)
    site_build.judge_acceptances(on_check=True)
    cache.commit()
    return site_build.report()
