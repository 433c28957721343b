"""`explainer diff`: what readers will see change."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from explainer.cli.options import CONTENT_ERRORS, ENVIRONMENT_FAILED, common_options, echo, handle_environment_errors

if TYPE_CHECKING:
    from explainer.publish.changes import Changes, Side


@click.command()
@click.argument("old", required=False)
@common_options
@click.option(
    "--new",
    type=click.Path(path_type=Path),
    help="The new build: a folder, .tar, .tar.gz or .zip.  [default: the content as it is now]",
)
@click.option("--format", type=click.Choice(("text", "json", "markdown")), default="text", help="Format of the list.")
@handle_environment_errors
def diff(old: str | None, site: Path, **options: Any) -> None:
    """List what readers will see change from one build to another: pages, and how claims are sourced.

    OLD is a build (a folder, .tar, .tar.gz or .zip), or a target in site.yaml for what its host has. By default it is
    the last build, in site/.
    """
    from explainer.publish import HostError, RefusedError
    from explainer.publish.report import refusals_text
    from explainer.publish.scratch import scratch_folder

    if not site.is_dir():
        raise click.UsageError(f"there is no folder {click.format_filename(site)}")
    with scratch_folder() as scratch:
        try:
            changes = _compared(site, scratch, old, options)
        except RefusedError as error:
            echo(refusals_text("diff", error.refusals))
            sys.exit(CONTENT_ERRORS)
        except HostError as error:
            echo(f"diff: error: {error}" + (f"\n  hint: {error.hint}" if error.hint else ""))
            sys.exit(ENVIRONMENT_FAILED)
    _print(changes, options["format"])


def _compared(site: Path, scratch: Path, old: str | None, options: dict[str, Any]) -> Changes:
    from explainer.publish import read_build
    from explainer.publish.build_input import side_of
    from explainer.publish.changes import changes_of

    # The old one first: the new build may be made into another folder, and the old one must not be missing then.
    before, known = _old(site, scratch, old)
    new, ours = options["new"] or _built(site, scratch, options), not options["new"]
    found = read_build(new, _folder(scratch, "new"), ours=ours)
    corrected = {one.page for one in found.record.corrections if one not in known}
    return changes_of(before, side_of(found), corrected)


def _folder(scratch: Path, name: str) -> Path:
    folder = scratch / name
    folder.mkdir()
    return folder


def _old(site: Path, scratch: Path, old: str | None) -> tuple[Side, frozenset[Any]]:
    """The old side, and the corrections that it has."""
    from explainer.publish import read_build
    from explainer.publish.build_input import side_of

    if old and not Path(old).exists():
        return _of_target(site, scratch, old)
    found = read_build(Path(old) if old else site / "site", _folder(scratch, "old"), ours=not old)
    return side_of(found), frozenset(found.record.corrections)


def _of_target(site: Path, scratch: Path, name: str) -> tuple[Side, frozenset[Any]]:
    from explainer.cli.console import load_config_or_exit
    from explainer.publish import PublishOptions, current_side

    config = load_config_or_exit(site)
    target = next((one for one in config.publish if one.name == name), None)
    if target is None:
        known = ", ".join(one.name for one in config.publish)
        raise click.UsageError(
            f"{name!r} is neither a build nor a target of site.yaml" + (f"; there are {known}" if known else "")
        )
    side, corrections = current_side(target, PublishOptions(site, scratch, config.base_url, echo))
    return side, frozenset(corrections)


def _built(site: Path, scratch: Path, options: dict[str, Any]) -> Path:
    """A build of the content as it is now: the last one if nothing has changed since, else one made aside."""
    from explainer.cli.console import run
    from explainer.engine.up_to_date import scan_inputs
    from explainer.output.build_info import forget_output, is_built_from

    out = site / "site"
    if is_built_from(site, out, scan_inputs(site).site):
        return out
    aside = scratch / "site"
    asked = {"drafts": False, "future": False, "base_url": None, "strict": False, "format": "text", "verbose": False}
    try:
        run(site, aside, {**asked, "quiet": options["quiet"]}, write=True)
    finally:
        forget_output(site, aside)
    return aside


def _print(changes: Changes, form: str) -> None:
    from explainer.publish.changes_report import VERSION, changes_data, changes_markdown, changes_text, has_changes

    if form == "json":
        echo(json.dumps({"version": VERSION, **changes_data(changes)}, indent=2, ensure_ascii=False), err=False)
    elif form == "markdown":
        echo(changes_markdown(changes), err=False, nl=False)
    elif has_changes(changes):
        echo("\n".join(changes_text(changes)), err=False)
    else:
        echo("readers will see no change", err=False)
