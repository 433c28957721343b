"""`explainer sources`: what sources there are, where they are used, and what would fall with one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from explainer.cli.desk import check_known, open_desk_or_exit, unknown_source
from explainer.cli.options import CONTENT_ERRORS, echo, handle_environment_errors, needs_extra
from explainer.cli.sources_archive import archive

if TYPE_CHECKING:
    from collections.abc import Callable

    from explainer.archive.links import Checked
    from explainer.engine.impact import Question
    from explainer.engine.source_uses import ListedSource
    from explainer.importing.document import LeftOut
    from explainer.importing.reference import Reference

F = TypeVar("F", bound="Callable[..., Any]")


@click.group()
def sources() -> None:
    """List sources, show where they are used, and compute what would fall with one."""


sources.add_command(archive)


def _options(command: F) -> F:
    """The options of each of these commands."""
    options = (
        click.option(
            "--site", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The site's folder."
        ),
        click.option("--format", "form", type=click.Choice(("text", "json")), default="text", help="Format."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@sources.command("list")
@_options
@click.option("--unused", is_flag=True, help="Only those that no page uses.")
@click.option("--no-archive", is_flag=True, help="Only named ones with an address and no archived copy.")
@click.option("--unnamed", is_flag=True, help="Only those on background and deep background.")
@click.option("--of", "page", metavar="PAGE", help="Only those that the page of this slug rests on.")
@handle_environment_errors
def list_(site: Path, form: str, **filters: Any) -> None:
    """List the sources, with how much rests on each and what it lacks."""
    from explainer.cli.source_reports import listed_data, listed_text
    from explainer.engine.source_uses import list_sources

    with open_desk_or_exit(site) as desk:
        if filters["page"] and filters["page"] not in {page.slug for page in desk.pages}:
            raise click.UsageError(f"there is no page {filters['page']!r}")
        found = [one for one in list_sources(desk) if _passes(one, filters)]
    if form == "json":
        _json({"sources": [listed_data(one) for one in found]})
        return
    for one in found:
        echo(listed_text(one), err=False)
    if not found:
        echo("there is no such source", err=False)


def _passes(one: ListedSource, filters: dict[str, Any]) -> bool:
    return (
        not (filters["unused"] and one.pages)
        and not (filters["no_archive"] and (one.source.unnamed or not one.source.url or one.source.archive))
        and not (filters["unnamed"] and not one.source.unnamed)
        and not (filters["page"] and filters["page"] not in one.pages)
    )


@sources.command("show")
@click.argument("source", metavar="ID")
@_options
@handle_environment_errors
def show(source: str, site: Path, form: str) -> None:
    """Show a source: what names it, and which claims rest on it by which routes."""
    from explainer.cli.source_reports import shown_data, shown_text
    from explainer.engine.source_uses import show_source

    with open_desk_or_exit(site) as desk:
        found = show_source(desk, source)
        if not found:
            raise unknown_source(desk, source)
    if form == "json":
        _json(shown_data(source, found))
    else:
        echo("\n\n".join(map(shown_text, found)), err=False)


@sources.command("impact")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_options
@click.option("--withdraw", is_flag=True, help="As if they were withdrawn.  [default]")
@click.option("--without", is_flag=True, help="As if nothing named them.")
@click.option("--as", "fields", multiple=True, metavar="KEY=VALUE", help="As if they declared this; several times.")
@handle_environment_errors
def impact_(ids: tuple[str, ...], site: Path, form: str, **asked: Any) -> None:
    """Compute which claims would move, from which sourcing to which, if sources were other than they are.

    Nothing is written: it is the answer of a build after such an edit.
    """
    from explainer.cli.source_reports import impact_data, impact_errors, impact_text
    from explainer.engine.impact import impact

    question = _question(asked)
    with open_desk_or_exit(site) as desk:
        try:
            found = impact(desk, list(dict.fromkeys(ids)), question)
        except KeyError as error:
            raise unknown_source(desk, str(error.args[0])) from error
    if found.errors:
        echo(impact_errors(found))
        sys.exit(CONTENT_ERRORS)
    if form == "json":
        _json(impact_data(found))
    else:
        echo(impact_text(found), err=False)


@sources.command("check")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--site", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The site's folder.")
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "github", "sarif")), default="text", help="Format."
)
@click.option("--quiet", is_flag=True, help="Only print what is wrong.")
@handle_environment_errors
def check_(ids: tuple[str, ...], site: Path, form: str, *, quiet: bool) -> None:
    """Fetch the addresses of published pages' sources: are they there, and do they still say what is quoted?

    Addresses of unnamed sources and of drafts are never fetched.
    """
    with needs_extra("archive", "`sources check`", "httpx"):
        from explainer.archive.fetch import Fetcher
        from explainer.archive.links import check_links, failures, links_of
    from explainer.cli.source_reports import checked_data, checked_github, checked_sarif, checked_text

    with open_desk_or_exit(site) as desk:
        check_known(desk, ids)
        links = links_of(desk, ids)
    said = form == "text" and not quiet
    found = check_links(
        site, links, Fetcher(), lambda one: echo(checked_text(one), err=False) if said or _is_wrong(one, form) else None
    )
    if form == "json":
        _json({"links": [checked_data(one) for one in found]})
    elif form == "sarif":
        echo(json.dumps(checked_sarif(found), indent=2), err=False)
    elif form == "github":
        echo("".join(checked_github(one) for one in found), err=False, nl=False)
    elif said:
        echo(f"{len(found)} checked, {sum(one.status != 'ok' for one in found)} to look at", err=False)
    if any(failures(found)):
        sys.exit(CONTENT_ERRORS)


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--site", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The site's folder.")
@click.option("--to", "target", metavar="FILE", help="The file below content/sources/, instead of one named as FILE.")
@click.option("--quiet", is_flag=True, help="Only print the path, and what was left out.")
@handle_environment_errors
def import_(file: Path, site: Path, target: str | None, *, quiet: bool) -> None:
    """Add the references of a library: CSL-JSON (.json), as Zotero exports it, or BibTeX (.bib).

    Each becomes a source of type `report`. Sources that the site has stay as they are.
    """
    from explainer.importing.document import UnreadableError
    from explainer.importing.files import registry_path
    from explainer.importing.library import add_references
    from explainer.scaffold.files import RefusedError, free_id, known_ids

    if not file.is_file():
        raise click.UsageError(f"there is no file {click.format_filename(file)}")
    if not (site / "content").is_dir():
        raise click.UsageError(f"there is no site in {click.format_filename(site)}: `explainer init` makes one")
    try:
        references, unread = _references(file)
        path = registry_path(target or f"{free_id(file.stem, ())}.yaml")
        known, people, _ = known_ids(site)
        added = add_references(site, path, references, known, people)
    except UnreadableError as error:
        echo(f"error: {click.format_filename(file)}: {error}")
        sys.exit(CONTENT_ERRORS)
    except RefusedError as refused:
        raise click.UsageError(str(refused)) from None
    if added.new:
        echo(path, err=False)
    for one in (*unread, *added.left_out):
        echo(f"left out: {one}")
    if not quiet:
        echo(f"{len(added.new)} added, {len(added.known)} there already; say of each what type of source it is")


def _references(file: Path) -> tuple[list[Reference], list[LeftOut]]:
    from explainer.importing.document import UnreadableError
    from explainer.system.site_files import decode

    read = decode(file.name, file.read_bytes())
    if read.value is None:
        raise UnreadableError(read.diagnostics[0].message, *read.diagnostics[0].hints[:1])
    if file.suffix.lower() != ".bib":
        from explainer.importing.csl_json import read_csl_json

        return read_csl_json(read.value), []
    with needs_extra("import", "importing BibTeX", "bibtexparser"):
        from explainer.importing.bibtex import read_bibtex
    return read_bibtex(read.value)


def _is_wrong(one: Checked, form: str) -> bool:
    return form == "text" and one.status != "ok"


def _question(asked: dict[str, Any]) -> Question:
    from explainer.engine.impact import Question

    if sum((asked["withdraw"], asked["without"], bool(asked["fields"]))) > 1:
        raise click.UsageError("--withdraw, --without and --as are three questions: ask one")
    if asked["without"]:
        return Question("without")
    fields = []
    for field in asked["fields"]:
        key, equals, value = field.partition("=")
        if not (key and equals and value) or "\n" in field:
            raise click.UsageError(f"--as takes KEY=VALUE, such as attribution=background, and not {field!r}")
        fields.append((key, value))
    return Question("as", tuple(fields)) if fields else Question("withdraw")


def _json(data: dict[str, Any]) -> None:
    echo(json.dumps({"version": 1, **data}, indent=2, ensure_ascii=False), err=False)
