"""`explainer init`: write a small finished site to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from explainer.cli.options import echo, handle_environment_errors


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="[DIR]")
@click.option("--empty", is_flag=True, help="Leave out the example.")
@click.option("--quiet", is_flag=True, help="Don't say what to do next.")
@handle_environment_errors
def init(folder: Path, *, empty: bool, quiet: bool) -> None:
    """Write a site to begin with: an invented example that builds, and files for editors and CI."""
    from explainer.scaffold.starter import starter_files

    name = click.format_filename(folder)
    if folder.is_symlink() or (folder.exists() and any(folder.iterdir())):
        raise click.UsageError(f"{name} isn't empty: name a folder that isn't there yet, or an empty one")
    for path, content in starter_files(folder.resolve().name, empty=empty).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as new:
            new.write(content)
    echo(name, err=False)
    if not quiet:
        enter = "" if folder == Path() else f"cd {name} && "
        echo(f"The site is in {name}. Look at it with: {enter}explainer serve --open")
