"""Shared options, exit statuses for I/O errors, and console output of the commands."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from explainer.diagnostics.report import FORMATS
from explainer.system.process import drop_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

F = TypeVar("F", bound="Callable[..., Any]")

CONTENT_ERRORS, ENVIRONMENT_FAILED, NOT_VERIFIED = 1, 3, 4


def common_options(command: F) -> F:
    """Add the options that every command takes."""
    options = (
        click.option(
            "--site", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The site's folder."
        ),
        click.option("--quiet", is_flag=True, help="Only print errors and warnings."),
        click.option("--verbose", is_flag=True, help="List rebuilt files, and why each was rebuilt."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def build_options(command: F) -> F:
    """Add the options of `build` and `check`: what is built, and how diagnostics are printed."""
    options = (
        click.option("--drafts", is_flag=True, help="Include drafts."),
        click.option("--future", is_flag=True, help="Include pages dated in the future."),
        click.option("--base-url", callback=_base_url, help="The site's address, instead of the one in site.yaml."),
        click.option("--strict", is_flag=True, help="Treat warnings as errors."),
        click.option("--format", type=click.Choice(FORMATS), default="text", help="Format of diagnostics."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def scheduler_options(command: F) -> F:
    """Add the options of commands whose work a cluster can do."""
    options = (
        click.option(
            "--scheduler", metavar="ADDRESS",
            help="Have a Dask cluster prepare and render pages: its scheduler's address, or `local` for one on this machine.",
        ),
        click.option(
            "--tls", type=click.Path(file_okay=False, path_type=Path),
            help="Folder with ca.pem, cert.pem and key.pem for that cluster.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _base_url(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from explainer.load import base_url

    address: str | None = base_url(value)
    if address is None:
        raise click.BadParameter("it must be a complete http or https address, such as https://example.org/")
    return address


def handle_environment_errors(command: F) -> F:
    """Map I/O errors to exit status 3, and a refused output folder to a usage error."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        from explainer.output.tree import OutputError, OutputRefusedError

        try:
            return command(*args, **kwargs)
        except OutputRefusedError as error:
            raise click.UsageError(str(error)) from error
        except (OutputError, OSError) as error:
            echo(f"error: {error}")
            sys.exit(ENVIRONMENT_FAILED)

    return cast("F", wrapped)


@contextmanager
def needs_extra(extra: str, what: str, *packages: str) -> Iterator[None]:
    """Around imports that need an extra: without its packages, say what to install and end the command."""
    try:
        yield
    except ImportError as error:
        if error.name not in packages:
            raise
        echo(f"error: {what} needs the package {packages[0]}\n  hint: pip install 'newsexplainer[{extra}]'")
        sys.exit(ENVIRONMENT_FAILED)


def echo(text: str, *, err: bool = True, nl: bool = True) -> None:
    """Print text; a closed pipe doesn't stop the command."""
    try:
        click.echo(text, err=err, nl=nl)
    except BrokenPipeError:
        drop_stream(err=err)
