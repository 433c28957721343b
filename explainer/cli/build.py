"""`explainer build`: build the site into static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from explainer.cli.console import run
from explainer.cli.options import build_options, common_options, echo, handle_environment_errors, scheduler_options


@click.command()
@common_options
@click.option(
    "--out", type=click.Path(path_type=Path), help="The output folder.  [default: site/ in the site's folder]"
)
@build_options
@scheduler_options
@click.option("--clean", is_flag=True, help="Ignore the cache.")
@click.option("--jobs", type=click.IntRange(min=1), help="Number of processes.  [default: automatic]")
@click.option("--profile", is_flag=True, help="Print how long each stage took.")
@handle_environment_errors
def build(site: Path, out: Path | None, **options: Any) -> None:
    """Build the site into static files."""
    from explainer.engine.request import left_out_summary
    from explainer.output.tree import check_out

    out = out or site / "site"
    check_out(out, site)
    report = run(site, out, options, write=True)
    if not options["quiet"] and options["format"] == "text":
        pages = "page" if report.pages == 1 else "pages"
        left_out = left_out_summary(report.left_out)
        echo(f"Built {report.pages} {pages} into {click.format_filename(out)}{'; ' if left_out else ''}{left_out}.")
