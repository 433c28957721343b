"""Opens a site for the commands about sources."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from explainer.cli.options import CONTENT_ERRORS, echo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from explainer.engine.desk import Desk


@contextmanager
def open_desk_or_exit(site: Path) -> Iterator[Desk]:
    """The site's desk; a site with errors is reported, and the command ends."""
    from explainer.diagnostics.report import render
    from explainer.engine.desk import open_desk

    if not site.is_dir():
        raise click.UsageError(f"there is no folder {click.format_filename(site)}")
    with open_desk(site) as desk:
        if desk.faults:
            echo(render(desk.faults.diagnostics, desk.faults.texts, "text", color=sys.stderr.isatty()), nl=False)
            sys.exit(CONTENT_ERRORS)
        yield desk


def check_known(desk: Desk, ids: Iterable[str]) -> None:
    """Check that each id is of a source of the registry or of a page.

    Raises:
        click.UsageError: if one isn't.
    """
    known = desk.library.sources.keys() | {source.id for _, source in desk.local_sources()}
    for id_ in ids:
        if id_ not in known:
            raise unknown_source(desk, id_)


def unknown_source(desk: Desk, id_: str) -> click.UsageError:
    """That there is no source of this id, with the nearest one that there is."""
    from explainer.diagnostics import did_you_mean

    hints = did_you_mean(id_, desk.library.sources)
    return click.UsageError(f"there is no source {id_!r}" + "".join(f"; {hint}" for hint in hints))
