"""Short ways to load a page, and to say what was found."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from explainer.load import LoadedPage, find_content, load_library, read_page
from explainer.model.settings import SiteConfig

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from explainer.diagnostics import Diagnostic, SourceText, Staged
    from explainer.load import LoadedLibrary
    from explainer.model.declared import Meta, PageFile

PATH = "content/explainers/a.md"


def load(text: str | bytes, path: str = PATH, time_zone: str = "UTC") -> Staged[LoadedPage]:
    """The page of a file that holds this text."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_page(path, data, SiteConfig("T", "https://example.org/", time_zone=time_zone))


def load_front(yaml: str, path: str = PATH, time_zone: str = "UTC") -> Staged[LoadedPage]:
    """The page with this front matter."""
    return load(f"---\n{dedent(yaml)}---\nText.\n", path, time_zone)


def page_of(staged: Staged[LoadedPage]) -> PageFile:
    """The page, which must be there."""
    assert staged.value.page
    return staged.value.page


def meta_of(yaml: str, path: str = PATH, time_zone: str = "UTC") -> Meta:
    """The front matter, which must have no fault."""
    staged = load_front(yaml, path, time_zone)
    assert told(staged.diagnostics) == []
    return page_of(staged).meta


def told(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Code, line and column of each."""
    return [f"{d.code} {d.span.line}:{d.span.col}" for d in diagnostics]


def write(root: Path, files: dict[str, str]) -> Path:
    """Write files of `content/`."""
    for name, text in files.items():
        path = root / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return root


def library(root: Path, **files: str) -> Staged[LoadedLibrary]:
    """The library of a site with `site.yaml`, `people.yaml` and sources of the given names."""
    names = {"site": "site.yaml", "people": "people.yaml"}
    texts = {"site.yaml": "title: T\nbase_url: https://example.org\n"}
    texts |= {names.get(name, f"sources/{name}.yaml"): text for name, text in files.items()}
    return load_library(root, find_content(write(root, texts)).value)


def visible(text: SourceText | None) -> str:
    """The lines that a report may show."""
    assert text
    lines = enumerate(text.text.split("\n"), 1)
    return "\n".join(line for number, line in lines if number not in text.hidden)
