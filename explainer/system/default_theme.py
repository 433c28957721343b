"""Where the default theme is."""

from __future__ import annotations

from pathlib import Path


def default_layouts() -> Path:
    """The folder of the default theme: inside an installed package, else in the checkout."""
    package = Path(__file__).parents[1]
    bundled = package / "_layouts"
    return bundled if bundled.is_dir() else package.parent / "layouts"
