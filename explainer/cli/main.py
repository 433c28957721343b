"""The command line: finds the command and runs it, stopped by signals and without needing any open stream."""

from __future__ import annotations

import os
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from explainer import __version__
from explainer.system.process import collect_garbage_rarely, open_streams, stopped_by_signals

NOT_WINDOWS = (
    "Explainer runs on Linux and macOS. On Windows, install it in WSL: https://learn.microsoft.com/windows/wsl/install"
)
# Each is a module of `explainer.cli` that has a command by the same name; one that Python has as a word ends in `_`.
COMMANDS = ("init", "new", "import", "build", "serve", "check", "diff", "publish", "sources", "eject", "schema", "lsp")


class Main(click.Group):
    """The command group; imports only the command that is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, in the order of the help."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, if there is one."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"explainer.cli.{name}"), name)
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command as `click` does."""
        if os.name == "nt":
            raise SystemExit(NOT_WINDOWS)
        open_streams()
        with stopped_by_signals():
            return super().main(*args, **kwargs)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def main() -> None:
    """Build annotated news explainers: every claim shows how it is sourced."""


def run(name: str | None = None) -> None:
    """Run one command as a process of its own; its messages call the program `name`."""
    collect_garbage_rarely()
    main(prog_name=name)
