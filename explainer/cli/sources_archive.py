"""`explainer sources archive`: saves copies of what sources' addresses give, and looks for snapshots."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from explainer.cli.desk import check_known, open_desk_or_exit
from explainer.cli.options import CONTENT_ERRORS, echo, handle_environment_errors, needs_extra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.archive.save import Archived, Wanted
    from explainer.diagnostics import Span
    from explainer.engine.desk import Desk
    from explainer.model.declared import Source


@click.command("archive")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--site", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The site's folder.")
@click.option("--wayback", is_flag=True, help="Look for a snapshot in the Wayback Machine, and ask it for one.")
@click.option("--warc", is_flag=True, help="Save what the server answered, too, with its headers, as WARC.")
@click.option("--write", is_flag=True, help="Put the lines into the YAML.  [default: print them]")
@click.option("--dry-run", is_flag=True, help="Write no file at all.")
@handle_environment_errors
def archive(ids: tuple[str, ...], site: Path, *, wayback: bool, warc: bool, write: bool, dry_run: bool) -> None:
    """Save a copy of what each source's address gives, in content/sources/saved/, for quotations to be checked against.

    Of named sources that published pages show, and that have no saved copy yet. Addresses of unnamed sources and of
    drafts are never fetched, nor told to anybody.
    """
    with needs_extra("archive", "`sources archive`", "httpx"):
        from explainer.archive.fetch import Fetcher
        from explainer.archive.save import Task, archive_links, write_fields
    if warc:
        with needs_extra("archive", "`--warc`", "warcio"):
            import explainer.archive.warc  # noqa: F401 - where it is needed it must be there
    from explainer.engine.request import now
    from explainer.load.timestamps import zone

    with open_desk_or_exit(site) as desk:
        check_known(desk, ids)
        wanted = [
            one for one in _wanted(desk, ids) if "saved" not in one.given or (wayback and "archive" not in one.given)
        ]
        today = datetime.fromtimestamp(now(), zone(desk.library.config.time_zone)).date().isoformat()
    done = archive_links(
        Task(site, today, dry_run, wayback, warc), wanted, Fetcher(), lambda one: _tell(one, printed=not write)
    )
    if write and not dry_run:
        for one in done:
            if one.fields:
                write_fields(site, one)
                echo(
                    f"{one.wanted.link.span.path}: {one.wanted.link.source} has {', '.join(key for key, _ in one.fields)}",
                    err=False,
                )
    if not wanted:
        echo("there is nothing to archive", err=False)
    if any(one.quote_gone for one in done):
        sys.exit(CONTENT_ERRORS)


def _wanted(desk: Desk, ids: tuple[str, ...]) -> Iterator[Wanted]:
    """What may be archived, with the record that each stands in."""
    from explainer.archive.links import links_of
    from explainer.archive.save import Wanted

    places: dict[Span, tuple[Source, str, tuple[str, ...]]] = {
        source.span: (source, source.id, (source.id,)) for source in desk.library.sources.values()
    }
    for page, source in desk.local_sources():
        places[source.span] = (source, f"{page.slug}-{source.id}", ("sources", source.id))
    for link in links_of(desk, ids):
        source, name, record = places[link.span]
        given = frozenset(key for key in ("saved", "archive") if getattr(source, key))
        yield Wanted(link, name, record, given)


def _tell(one: Archived, *, printed: bool) -> None:
    link = one.wanted.link
    for words in one.told:
        echo(f"{link.span.path}:{link.span.line}:{link.span.col}: {link.source}, {link.url}: {words}")
    if one.fields and printed:
        echo(f"# {link.span.path}:{link.span.line}, {link.source}", err=False)
        for key, value in one.fields:
            echo(f"{key}: {value}", err=False)
