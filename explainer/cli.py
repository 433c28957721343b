"""The command line: every command and option."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from explainer import __version__
from explainer.report import FORMATS, Format

CONTENT_ERRORS, ENVIRONMENT_FAILED = 1, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Build annotated news explainers: every claim shows how it is sourced."""


@main.command()
@click.option(
    "--site", "site", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The site's folder."
)
@click.option("--out", type=click.Path(path_type=Path), help="The output folder. [default: site/ inside the site]")
@click.option("--drafts", is_flag=True, help="Take in drafts.")
@click.option("--future", is_flag=True, help="Take in pages whose time hasn't come.")
@click.option("--base-url", help="The site's address, in place of the one in site.yaml.")
@click.option("--strict", is_flag=True, help="Take warnings as errors.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", help="How faults are told.")
@click.option("--quiet", is_flag=True, help="Tell nothing but faults.")
def build(
    site: Path,
    out: Path | None,
    *,
    drafts: bool,
    future: bool,
    base_url: str | None,
    strict: bool,
    format_: Format,
    quiet: bool,
) -> None:
    """Build the site into static files."""
    from explainer.output import OutputError, OutputRefusedError, check_out
    from explainer.pipeline import Request
    from explainer.pipeline import build as run
    from explainer.report import render

    out = out or site / "site"
    try:
        check_out(out, site)
        report = run(Request(site, out, drafts, future, base_url, strict))
    except OutputRefusedError as error:
        raise click.UsageError(str(error)) from error
    except OutputError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(ENVIRONMENT_FAILED)
    told = render(report.diagnostics, report.texts, format_)
    click.echo(told, nl=False, err=format_ == "text")
    if not report.written:
        sys.exit(CONTENT_ERRORS)


if __name__ == "__main__":
    main()
