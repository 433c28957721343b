"""`explainer lsp`: the language server, which an editor starts."""

from __future__ import annotations

from pathlib import Path

import click

from explainer.cli.options import handle_environment_errors, needs_extra


@click.command()
@click.option(
    "--site",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The site's folder.  [default: the folder that the editor has open, or the site of its first file]",
)
@click.option("--stdio", is_flag=True, help="Does nothing: many editors say so to every server.")
@handle_environment_errors
def lsp(site: Path | None, **_said: bool) -> None:
    """Answer an editor over stdin and stdout, by the Language Server Protocol."""
    with needs_extra("lsp", "`lsp`", "pygls", "lsprotocol"):
        from explainer.lsp.server import serve_stdio
    serve_stdio(site)
