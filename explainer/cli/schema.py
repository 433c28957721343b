"""`explainer schema`: print the JSON Schema that editors check YAML files with, and what a catalog of words lacks."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from explainer.cli.options import CONTENT_ERRORS, common_options, echo, handle_environment_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from explainer.text.missing_words import MissingWord

SCHEMAS = ("site", "people", "sources", "explainer", "page")
CATALOG = "catalog"


@click.command()
@common_options
@click.argument("name", type=click.Choice((*SCHEMAS, CATALOG)))
@click.argument("language", required=False)
@handle_environment_errors
def schema(name: str, language: str | None, site: Path, **_common: object) -> None:
    """Print the JSON Schema of a file: site.yaml, people.yaml, sources/*.yaml, or a page's front matter.

    `catalog LANGUAGE` prints the theme's words that nobody has translated into a language yet, in English.
    """
    if name == CATALOG:
        _print_missing_words(site, language)
        return
    if language is not None:
        raise click.UsageError(f"only `catalog` takes a language, not `{name}`")
    from explainer.load.schema import json_schema

    echo(json.dumps(json_schema(name), indent=2, ensure_ascii=False), err=False)


def _print_missing_words(site: Path, language: str | None) -> None:
    from explainer.diagnostics.report import render
    from explainer.load import load_catalogs
    from explainer.render.theme import Theme
    from explainer.text.language_codes import is_language
    from explainer.text.missing_words import missing_words

    if language is None or not is_language(language):
        raise click.UsageError("name a language by its code: `explainer schema catalog it`")
    loaded = load_catalogs(site, Theme.of_site(site).catalogs)
    catalogs, texts = loaded.value
    if loaded.diagnostics:
        echo(render(loaded.diagnostics, {text.path: text for text in texts}, "text"), nl=False)
        sys.exit(CONTENT_ERRORS)
    for line in _catalog_lines(missing_words(catalogs, language)):
        echo(line, err=False)


def _catalog_lines(missing: Sequence[MissingWord]) -> Iterator[str]:
    """The lines of a catalog that are missing; those whose forms are missing as comments, for their keys are there."""
    for word in missing:
        if word.lacks:
            yield f"# {word.key} lacks the plural forms: {', '.join(word.lacks)}"
        elif isinstance(word.english, str):
            yield f"{word.key}: {_quoted(word.english)}"
        else:
            yield f"{word.key}: {{{', '.join(f'{form}: {_quoted(text)}' for form, text in word.english.items())}}}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
