"""Run a build or check for a command, and print its report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explainer.cli.options import CONTENT_ERRORS, echo
from explainer.cli.scheduler import workers_for

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.diagnostics.report import Format
    from explainer.engine.run import Report, Request
    from explainer.model.settings import SiteConfig


def run(site: Path, out: Path, options: dict[str, Any], *, write: bool) -> Report:
    """Build or check, print the diagnostics, and exit with status 1 if there are errors."""
    from explainer.engine.run import Request, build, check
    from explainer.system.progress import Progress

    if not site.is_dir():
        raise click.UsageError(f"there is no folder {click.format_filename(site)}")
    request = Request(
        site, out, drafts=options["drafts"], future=options["future"], base_url=options["base_url"],
        strict=options["strict"], clean=options.get("clean", False), jobs=options.get("jobs"),
    )  # fmt: skip
    progress = Progress(None if options["quiet"] else sys.stderr)
    try:
        with workers_for(options) as workers:
            report = (
                build(request, waiting=_report_waiting, progress=progress, workers=workers)
                if write
                else check(request, progress, workers)
            )
    finally:
        progress.close()
    _report(request, report, options)
    if options.get("profile"):
        echo(progress.watch.table())
    if report.failed:
        sys.exit(CONTENT_ERRORS)
    return report


def _report_waiting() -> None:
    if sys.stderr.isatty():
        echo("Another build is writing this output; waiting for it to finish.")


def _report(request: Request, report: Report, options: dict[str, Any]) -> None:
    from explainer.diagnostics.report import render, summary, visible

    format_: Format = options["format"]
    text = format_ == "text"
    color = text and sys.stderr.isatty()
    echo(render(report.diagnostics, report.texts, format_, color=color), nl=False, err=text)
    if text and report.diagnostics and not options["quiet"]:
        unchanged = f"; {click.format_filename(request.out)} is unchanged" if report.failed else ""
        echo(summary(report.diagnostics) + unchanged)
    if options["verbose"]:
        for note in report.notes:
            echo(note)
        for path, reason in report.rendered.items():
            echo(f"{path}: {reason}")
        for one in report.accepted:
            span, why = one.diagnostic.span, one.acceptance.why
            because = f": {visible(why)}" if why else ""
            echo(f"{visible(span.path)}:{span.line}:{span.col}: {one.diagnostic.code} is accepted{because}")
        for path, reason in report.left_out:
            echo(f"{path}: left out, {reason}")


def load_config_or_exit(site: Path) -> SiteConfig:
    """Load site.yaml, or print what is wrong with it and exit."""
    from explainer.load import find_content, load_config

    if not site.is_dir():
        raise click.UsageError(f"there is no folder {click.format_filename(site)}")
    loaded = load_config(site, find_content(site).value)
    if loaded.diagnostics:
        from explainer.diagnostics.report import render

        texts = {text.path: text for text in loaded.value.texts}
        echo(render(loaded.diagnostics, texts, "text", color=sys.stderr.isatty()), nl=False)
        sys.exit(CONTENT_ERRORS)
    return loaded.value.library.config
