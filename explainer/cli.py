"""The command line: every command, in a process that signals stop and that needs no open stream."""

from __future__ import annotations

from typing import Any

import click

from explainer import __version__
from explainer.commands.build import build
from explainer.commands.check import check
from explainer.commands.publish import publish
from explainer.commands.schema import schema
from explainer.commands.serve import serve
from explainer.process import open_streams, stopped_by_signals

COMMANDS = (build, serve, check, publish, schema)


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


for _command in COMMANDS:
    main.add_command(_command)
