"""`explainer eject`: copy default layouts into the site, to be changed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from explainer.cli.options import common_options, echo, handle_environment_errors

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@common_options
@click.argument("layouts", nargs=-1, required=True, metavar="LAYOUT...")
@handle_environment_errors
def eject(layouts: tuple[str, ...], site: Path, **_common: object) -> None:
    """Copy default layouts, such as explainer.html, into layouts/ of the site; prints their paths.

    The first line of a copy names what it was copied from: a build warns when that has changed.
    """
    from explainer.diagnostics import did_you_mean
    from explainer.render.ejected import KINDS, ejected
    from explainer.render.theme import Theme
    from explainer.scaffold.files import RefusedError, write_new

    if not (site / "content").is_dir():
        raise click.UsageError(f"there is no site in {click.format_filename(site)}: `explainer init` makes one")
    theme = Theme.of_site(site)
    known = [name for name in theme.default_names if name.endswith(KINDS)]
    for name in layouts:
        if name not in known:
            raise click.UsageError(" ".join([f"there is no default layout `{name}`.", *did_you_mean(name, known)]))
        if (site / "layouts" / name).exists() or (site / "layouts" / name).is_symlink():
            raise click.UsageError(f"layouts/{name} is there already")
    for name in layouts:
        try:
            write_new(site, f"layouts/{name}", ejected(name, theme.read_default(name) or b"").decode())
        except RefusedError as refused:
            raise click.UsageError(str(refused)) from None
        echo(f"layouts/{name}", err=False)
