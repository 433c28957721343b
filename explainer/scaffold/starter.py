"""The site that a newsroom begins with: an invented example, or nothing but what a first page needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from explainer.load.schema import json_schema
from explainer.scaffold.templates import SOURCE_LINES, person_record, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = Path(__file__).parents[1]
_SCHEMAS = ("site", "people", "sources")
_CLAIM = ['{{< claim id="$1" sources="$2" >}}$TM_SELECTED_TEXT$3{{< /claim >}}']
_SOURCE = ['{{< source ${1:id} at="$2" >}}']
_QUOTATION = ["{{< source ${1:id} >}}“$TM_SELECTED_TEXT$2”{{< /source >}}"]
_EMPTY_SITE = """\
title: {title}
# The address at which readers will find the site; links in feeds and on cards begin with it.
base_url: https://example.org/
language: en
time_zone: UTC
"""


def starter_files(title: str, *, empty: bool) -> dict[str, bytes]:
    """The files of a new site by their paths; with `empty` none of the example's pages, people and sources."""
    root = _starter()
    files = {file.relative_to(root).as_posix(): file for file in sorted(root.rglob("*")) if file.is_file()}
    made = {path: file.read_bytes() for path, file in files.items() if _belongs(path, empty=empty)}
    if empty:
        made["content/site.yaml"] = _EMPTY_SITE.format(title=quoted(title)).encode()
    made.update((path, text.encode()) for path, text in _editor_files())
    return made


def _starter() -> Path:
    """The folder of the example: inside an installed package, else in the checkout."""
    bundled = _PACKAGE / "_starter"
    return bundled if bundled.is_dir() else _PACKAGE.parent / "examples" / "starter"


def _belongs(path: str, *, empty: bool) -> bool:
    top = path.partition("/")[0]
    return top not in ("site", ".explainer") and not top.startswith(".site.") and not (empty and top == "content")


def _editor_files() -> Iterator[tuple[str, str]]:
    """What lets an editor complete and check the site's files: schemas and snippets."""
    for name in _SCHEMAS:
        yield f".vscode/schemas/{name}.json", _json(json_schema(name))
    yield ".vscode/explainer.code-snippets", _json(_snippets())


def _snippets() -> dict[str, object]:
    markdown = {"claim": _CLAIM, "source": _SOURCE, "quotation": _QUOTATION}
    found: dict[str, object] = {
        name: {"scope": "markdown", "prefix": name, "body": body} for name, body in markdown.items()
    }
    for kind, lines in SOURCE_LINES.items():
        body = ["${1:id}:", f"  type: {kind}", *(f"  {line.replace('{name}', '${2}')}" for line in lines), "$0"]
        found[f"source: {kind}"] = {"scope": "yaml", "prefix": f"source-{kind}", "body": body}
    person = person_record("${1:id}", "NAME").replace('"NAME"', "${2}").splitlines()
    found["person"] = {"scope": "yaml", "prefix": "person", "body": [*person, "$0"]}
    return found


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
