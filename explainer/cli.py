"""The command line: every command and option. Each command imports what it needs, so that `--help` is fast."""

from __future__ import annotations

import json
import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from explainer import __version__
from explainer.process import calm_collector, drop_stream, open_streams, stopped_by_signals
from explainer.report import FORMATS, Format

if TYPE_CHECKING:
    from collections.abc import Callable

    from explainer.pipeline import Report, Request

F = TypeVar("F", bound="Callable[..., Any]")

CONTENT_ERRORS, ENVIRONMENT_FAILED = 1, 3
SCHEMAS = ("site", "people", "sources", "explainer", "page")


def common(command: F) -> F:
    """The options that every command on a site takes."""
    options = (
        click.option(
            "--site", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The site's folder."
        ),
        click.option("--quiet", is_flag=True, help="Tell nothing but faults."),
        click.option("--verbose", is_flag=True, help="Tell which outputs were rendered."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def choosing(command: F) -> F:
    """The options that choose what is built and how faults are told."""
    options = (
        click.option("--drafts", is_flag=True, help="Take in drafts."),
        click.option("--future", is_flag=True, help="Take in pages whose time hasn't come."),
        click.option("--base-url", callback=_base_url, help="The site's address, in place of that in site.yaml."),
        click.option("--strict", is_flag=True, help="Take warnings as errors."),
        click.option("--format", type=click.Choice(FORMATS), default="text", help="How faults are told."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _base_url(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from explainer.load import base_url

    address: str | None = base_url(value)
    if address is None:
        raise click.BadParameter("it is no whole http or https address, such as https://example.org/")
    return address


def reporting(command: F) -> F:
    """Turn what the environment can do to a command into its exit status."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        from explainer.output import OutputError, OutputRefusedError

        try:
            return command(*args, **kwargs)
        except OutputRefusedError as error:
            raise click.UsageError(str(error)) from error
        except (OutputError, OSError) as error:
            say(f"error: {error}")
            sys.exit(ENVIRONMENT_FAILED)

    return cast("F", guarded)


def say(text: str, *, err: bool = True, nl: bool = True) -> None:
    """Tell something; that nobody reads it any more changes nothing of what the command does."""
    try:
        click.echo(text, err=err, nl=nl)
    except BrokenPipeError:
        drop_stream(err=err)


class Main(click.Group):
    """The commands, in a process that signals stop and that needs no open stream."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command as `click` does."""
        open_streams()
        with stopped_by_signals():
            return super().main(*args, **kwargs)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Build annotated news explainers: at every claim stands how it is sourced."""


@main.command()
@common
@click.option(
    "--out", type=click.Path(path_type=Path), help="The output folder.  [default: site/ in the site's folder]"
)
@choosing
@click.option("--clean", is_flag=True, help="Use nothing that an earlier build found out.")
@click.option("--jobs", type=click.IntRange(min=1), help="How many processes to use.  [default: what pays]")
@reporting
def build(site: Path, out: Path | None, **options: Any) -> None:
    """Build the site into static files."""
    from explainer.output import check_out

    out = out or site / "site"
    check_out(out, site)
    report = _run(site, out, options, write=True)
    if not options["quiet"] and options["format"] == "text":
        pages = "page" if report.pages == 1 else "pages"
        say(f"Built {report.pages} {pages} into {click.format_filename(out)}.")


@main.command()
@common
@choosing
@reporting
def check(site: Path, **options: Any) -> None:
    """Tell what is wrong with the site, and write nothing."""
    _run(site, site / "site", options, write=False)


@main.command()
@common
@click.argument("name", type=click.Choice(SCHEMAS))
def schema(name: str, **_common: object) -> None:
    """Print the JSON Schema of a file: site.yaml, people.yaml, sources/*.yaml, or a page's front matter."""
    from explainer.load.schema import json_schema

    say(json.dumps(json_schema(name), indent=2, ensure_ascii=False))


def _run(site: Path, out: Path, options: dict[str, Any], *, write: bool) -> Report:
    """Build or check, tell the faults, and end with their exit status if there are any."""
    from explainer.pipeline import Request
    from explainer.pipeline import build as run

    if not site.is_dir():
        raise click.UsageError(f"there is no folder {click.format_filename(site)}")
    request = Request(
        site, out, drafts=options["drafts"], future=options["future"], base_url=options["base_url"],
        strict=options["strict"], clean=options.get("clean", False), jobs=options.get("jobs"),
    )  # fmt: skip
    calm_collector()
    report = run(request, write=write, waiting=_tell_of_waiting)
    _tell(request, report, options)
    if report.failed:
        sys.exit(CONTENT_ERRORS)
    return report


def _tell_of_waiting() -> None:
    if sys.stderr.isatty():
        say("Another build is writing this output; waiting for it to end.")


def _tell(request: Request, report: Report, options: dict[str, Any]) -> None:
    from explainer.report import render, summary

    format_: Format = options["format"]
    text = format_ == "text"
    color = text and sys.stderr.isatty()
    say(render(report.diagnostics, report.texts, format_, color=color), nl=False, err=text)
    if text and report.diagnostics and not options["quiet"]:
        unchanged = f"; {click.format_filename(request.out)} is as it was" if report.failed else ""
        say(summary(report.diagnostics) + unchanged)
    if options["verbose"]:
        for path in report.rendered:
            say(path)
