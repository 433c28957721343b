"""`explainer check`: report errors and warnings without writing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from explainer.cli.console import run
from explainer.cli.options import build_options, common_options, handle_environment_errors, scheduler_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@common_options
@build_options
@scheduler_options
@handle_environment_errors
def check(site: Path, **options: Any) -> None:
    """Report errors and warnings, without writing any file."""
    run(site, site / "site", options, write=False)
