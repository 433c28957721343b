"""`explainer new`: begin an explainer, a page, a source or a person; correct a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from explainer.cli.options import common_options, echo, handle_environment_errors
from explainer.model.terms import SOURCE_TYPES

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.model.terms import SourceType

KINDS = ("explainer", "page", "source", "person", "correction")


@click.command()
@common_options
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name")
@click.option("--id", "id_", help="Its id, instead of one made of the name.")
@click.option(
    "--type", "type_", type=click.Choice(SOURCE_TYPES), default="report", show_default=True, help="A source's type."
)
@click.option("--text", default="", help="What a correction says: what was wrong, and what is right.")
@click.option("--edit", is_flag=True, help="Open it in your editor ($EDITOR).")
@handle_environment_errors
def new(
    kind: str, name: str, site: Path, id_: str | None, type_: SourceType, text: str, *, edit: bool, **_common: object
) -> None:
    """Begin an explainer, a page, a source or a person, or correct a page; prints the path of the file.

    NAME is a title or a name: the id is made of it. Comments say what to fill in. For a correction it is the page's slug.
    """
    from explainer.scaffold.files import RefusedError

    if not (site / "content").is_dir():
        raise click.UsageError(f"there is no site in {click.format_filename(site)}: `explainer init` makes one")
    if not (name := " ".join(name.split())).isprintable() or not name:
        raise click.UsageError("the name is empty, or has a character in it that can't be printed")
    try:
        path, line = _correct(site, name, text) if kind == "correction" else _write(site, kind, name, id_, type_)
    except RefusedError as refused:
        raise click.UsageError(str(refused)) from None
    echo(f"{path}:{line}" if line else path, err=False)
    if edit:
        click.edit(filename=str(site / path))


def _correct(site: Path, slug: str, text: str) -> tuple[str, int]:
    from explainer.engine.request import now
    from explainer.scaffold.correction import add_correction

    return add_correction(site, slug, " ".join(text.split()), now())


def _write(site: Path, kind: str, name: str, id_: str | None, type_: SourceType) -> tuple[str, int]:
    """Write what is new; its file, and in a file of records the line."""
    from explainer.scaffold import files, templates

    sources, people, pages = files.known_ids(site)
    taken = {"source": sources | people, "person": people | sources}.get(kind, pages)
    id_ = files.checked_id(id_, taken) if id_ else files.free_id(name, taken)
    if kind == "source":
        path = files.source_file(site)
        return path, files.add_record(site, path, id_, templates.source_record(id_, type_, name))
    if kind == "person":
        path = "content/people.yaml"
        return path, files.add_record(site, path, id_, templates.person_record(id_, name))
    text = templates.explainer_page(name) if kind == "explainer" else templates.plain_page(name)
    path = f"content/{kind}s/{id_}.md"
    files.write_new(site, path, text)
    return path, 0
