"""The theme: where layouts and static files are found, and the Jinja environment over them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_PREFIX = "default/"
SHORTCODES = "shortcodes/"
STATIC = "static/"


def default_layouts() -> Path:
    """The folder of the default theme: inside an installed package, else in the checkout."""
    package = Path(__file__).parent
    bundled = package / "_layouts"
    return bundled if bundled.is_dir() else package.parent / "layouts"


@dataclass(frozen=True)
class Theme:
    """A site's own layouts, file by file in front of the default ones.

    A template may name the default one that it replaces with the prefix `default/`.
    """

    folders: tuple[Path, ...]
    default: Path
    site: Path

    @classmethod
    def of_site(cls, site: Path) -> Theme:
        """The theme of the site in this folder."""
        own, default = site / "layouts", default_layouts()
        if own.is_dir() and not own.samefile(default):
            return cls((own, default), default, site)
        return cls((default,), default, site)

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every layout and static file by name, a site's own ones first."""
        found: dict[str, Path] = {}
        for folder in self.folders:
            for name, path in _walk(folder):
                found.setdefault(name, path)
        return dict(sorted(found.items()))

    @cached_property
    def static(self) -> dict[str, Path]:
        """The static files by their path on the site, `/static/…`."""
        return {f"/{name}": path for name, path in self.files.items() if name.startswith(STATIC)}

    @cached_property
    def shortcodes(self) -> frozenset[str]:
        """The names of the shortcodes that have a template."""
        names = (name.removeprefix(SHORTCODES) for name in self.files if name.startswith(SHORTCODES))
        return frozenset(name.removesuffix(".html") for name in names if name.endswith(".html"))

    @cached_property
    def digest(self) -> str:
        """A digest of every file that rendering may read."""
        digest = hashlib.blake2b(digest_size=20)
        named = [*self.files.items(), *((DEFAULT_PREFIX + name, path) for name, path in _walk(self.default))]
        for name, path in named:
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    @cached_property
    def environment(self) -> jinja2.Environment:
        """The one template environment: strict, escaping everything."""
        own = [jinja2.FileSystemLoader(folder) for folder in self.folders]
        default = jinja2.PrefixLoader({"default": jinja2.FileSystemLoader(self.default)})
        return jinja2.Environment(
            loader=jinja2.ChoiceLoader([*own, default]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
        )

    def path_of(self, filename: str) -> str:
        """The name under which a layout's fault is told: relative to the site where it is there."""
        path = Path(filename)
        for folder in (self.site, self.default.parent):
            if path.is_relative_to(folder):
                return path.relative_to(folder).as_posix()
        return path.name


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    for current, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and not name.endswith("~"):
                path = Path(current, name)
                yield path.relative_to(folder).as_posix(), path
