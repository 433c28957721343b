"""What commands share: their options, how a failing environment ends them, and where they speak."""

from __future__ import annotations

import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from explainer.diagnostics.report import FORMATS
from explainer.system.process import drop_stream

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

CONTENT_ERRORS, ENVIRONMENT_FAILED = 1, 3


def common_options(command: F) -> F:
    """The options that every command on a site takes."""
    options = (
        click.option(
            "--site", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The site's folder."
        ),
        click.option("--quiet", is_flag=True, help="Tell nothing but faults."),
        click.option("--verbose", is_flag=True, help="Tell what was made anew, and why."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def build_options(command: F) -> F:
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


def handle_environment_errors(command: F) -> F:
    """Turn what the environment can do to a command into its exit status."""

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


def echo(text: str, *, err: bool = True, nl: bool = True) -> None:
    """Tell something; that nobody reads it any more changes nothing of what the command does."""
    try:
        click.echo(text, err=err, nl=nl)
    except BrokenPipeError:
        drop_stream(err=err)
