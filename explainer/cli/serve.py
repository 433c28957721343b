"""`explainer serve`: preview the site in a browser while it is being written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from explainer.cli.options import common_options, echo, handle_environment_errors

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.diagnostics import Diagnostic
    from explainer.serve.guard import Guard
    from explainer.serve.session import Result, Session
    from explainer.serve.watcher import Watcher

PORT = 8000


@click.command()
@common_options
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="The port; if it is taken, the next free one.",
)
@click.option(
    "--host",
    default="localhost",
    show_default=True,
    help="The address to listen on. Other machines need the token in the printed address.",
)
@click.option("--open", "open_", is_flag=True, help="Open the site in the browser.")
@click.option("--drafts/--no-drafts", default=True, show_default=True, help="Include drafts.")
@click.option("--future/--no-future", default=True, show_default=True, help="Include pages dated in the future.")
@click.option(
    "--editor",
    metavar="NAME|URL",
    help="The editor that links open: code, zed, …, or a URL with {path}, {line}, {col}.  [default: $EDITOR_URL]",
)
@click.option("--poll", is_flag=True, help="Poll for changes, where the system doesn't report them (network disks).")
@handle_environment_errors
def serve(site: Path, host: str, port: int, **options: Any) -> None:
    """Preview the site in a browser, updated on every save. Stop it with Ctrl-C."""
    import secrets

    from explainer.engine.up_to_date import scan_inputs
    from explainer.serve.editor_links import editor_url
    from explainer.serve.guard import Guard
    from explainer.serve.handlers import Served
    from explainer.serve.server import Reporter, Server, bind
    from explainer.serve.warm_start import load_responses, preview_cache
    from explainer.system.default_theme import default_layouts

    if not site.is_dir():
        raise click.UsageError(f"there is no folder {click.format_filename(site)}")
    try:
        editor = editor_url(options["editor"])
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--editor") from error
    bound = bind(host, port)
    guard = Guard(host, bound.port, secrets.token_urlsafe(18))
    scanned, cache, choice = scan_inputs(site), preview_cache(site), (options["drafts"], options["future"])

    def load() -> Session:
        from explainer.serve.session import Session

        return Session(site, cache, drafts=choice[0], future=choice[1])

    def watch(*heard: Any) -> Watcher:
        from explainer.serve.watcher import Watcher

        return Watcher(site, default_layouts(), *heard, poll=options["poll"])

    reporter = _ServeReporter(quiet=options["quiet"])
    served = Served(site, guard, editor, load_responses(cache, scanned, choice))
    server = Server(served, bound, load, watch, Reporter(reporter.begin, reporter.built, reporter.warn))
    if served.saved is None:
        server.load(scanned)
    server.run(lambda: _ready(guard, port, options))


def _ready(guard: Guard, wanted: int, options: dict[str, Any]) -> None:
    address = f"{guard.address}/" if guard.local else f"{guard.address}/?token={guard.token}"
    if wanted not in {0, guard.port}:
        echo(f"Port {wanted} is taken; {guard.port} is the next free one.")
    if not guard.local:
        echo(
            f"warning: anyone who reaches {guard.host} and has this address sees drafts and unpublished text. "
            "Nothing is encrypted on the way."
        )
    echo(f"Serving {address}" + ("" if options["quiet"] else "  Stop it with Ctrl-C."))
    if options["open_"]:
        click.launch(address)


class _ServeReporter:
    """Prints in the terminal what the browser shows."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._before: frozenset[Diagnostic] = frozenset()
        self._failed = False

    def begin(self, result: Result) -> None:
        """Print the diagnostics of the site at the start."""
        self._print_diagnostics(result)

    def built(self, result: Result, seconds: float | None) -> None:
        """Print the new diagnostics, or that all errors are fixed."""
        failed = self._failed
        self._print_diagnostics(result)
        if failed and not result.failed:
            echo("All errors are fixed.")
        elif seconds is not None and not result.failed and not self._quiet:
            echo(f"Up to date after {seconds * 1000:.0f} ms.")

    def warn(self, text: str) -> None:
        """Print a warning that doesn't stop the preview."""
        echo(f"warning: {text}")

    def _print_diagnostics(self, result: Result) -> None:
        from explainer.diagnostics import Severity
        from explainer.diagnostics.report import render, summary

        now = frozenset(result.diagnostics)
        if result.failed or now - self._before:
            shown = [one for one in result.diagnostics if one not in self._before or one.severity is Severity.ERROR]
            echo(render(shown, result.texts, "text", color=sys.stderr.isatty()), nl=False)
        if result.failed:
            echo(f"{summary(result.diagnostics)}; the preview shows the last version without errors.")
        self._before, self._failed = now, result.failed
