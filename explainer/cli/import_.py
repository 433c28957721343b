"""`explainer import`: make a draft of a document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explainer.cli.options import (
    CONTENT_ERRORS,
    common_options,
    echo,
    handle_environment_errors,
    needs_extra,
)

if TYPE_CHECKING:
    from explainer.importing.document import Imported, LeftOut
    from explainer.importing.files import Written

_MARKDOWN = {".md", ".markdown"}


@click.command("import")
@common_options
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "slug", metavar="SLUG", help="The page's name, instead of one made of its title.")
@click.option("--sources", "registry", metavar="FILE", help="Put the sources into this file below content/sources/.")
@handle_environment_errors
def import_(file: Path, site: Path, slug: str | None, registry: str | None, *, quiet: bool, **_common: object) -> None:
    """Make a draft of a Word document (.docx) or Markdown (.md), such as Google Docs saves.

    Its notes become sources where they name an address. Prints the paths of what it wrote, and tells what it left out.
    """
    from explainer.importing.document import UnreadableError
    from explainer.scaffold.files import RefusedError

    if not file.is_file():
        raise click.UsageError(f"there is no file {click.format_filename(file)}")
    if not (site / "content").is_dir():
        raise click.UsageError(f"there is no site in {click.format_filename(site)}: `explainer init` makes one")
    try:
        imported = _read(file)
        written = _write(site, file, imported, slug, registry)
    except UnreadableError as error:
        echo(f"error: {click.format_filename(file)}: {error}")
        sys.exit(CONTENT_ERRORS)
    except RefusedError as refused:
        raise click.UsageError(str(refused)) from None
    for path in written.paths:
        echo(path, err=False)
    _tell(written.left_out, quiet=quiet)


def _tell(left_out: tuple[LeftOut, ...], *, quiet: bool) -> None:
    for one in left_out:
        echo(f"left out: {one}")
    if not quiet:
        echo("It is a draft: mark its claims, and look at what stands under `private`.")


def _read(file: Path) -> Imported:
    from explainer.importing.files import unreadable_kind

    kind = file.suffix.lower()
    if kind in _MARKDOWN:
        from explainer.importing.markdown_file import read_markdown

        return read_markdown(file.read_bytes(), file.parent)
    if kind != ".docx":
        raise unreadable_kind(file.name)
    with needs_extra("import", "importing a Word document", "mammoth"):
        from explainer.importing.word import read_word
    return read_word(file.read_bytes())


def _write(site: Path, file: Path, imported: Imported, slug: str | None, registry: str | None) -> Written:
    from explainer.importing.citations import Citations
    from explainer.importing.draft import make_draft
    from explainer.importing.files import known_records, registry_path, slug_for, write_draft

    known = known_records(site)
    draft = make_draft(imported, file.stem, Citations(known.ids, known.addresses))
    name = slug_for(draft.title, file.stem, slug, known.pages)
    return write_draft(site, name, draft, imported.pictures, registry_path(registry) if registry else None, file.name)
