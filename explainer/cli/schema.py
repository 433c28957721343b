"""`explainer schema`: print the JSON Schema that editors check YAML files with."""

from __future__ import annotations

import json

import click

from explainer.cli.options import common_options, echo

SCHEMAS = ("site", "people", "sources", "explainer", "page")


@click.command()
@common_options
@click.argument("name", type=click.Choice(SCHEMAS))
def schema(name: str, **_common: object) -> None:
    """Print the JSON Schema of a file: site.yaml, people.yaml, sources/*.yaml, or a page's front matter."""
    from explainer.load.schema import json_schema

    echo(json.dumps(json_schema(name), indent=2, ensure_ascii=False))
