"""The output folder: what may be written to, and one whole tree exchanged for another."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MARKER = ".explainer-site"
_MARKER_TEXT = "Made by Explainer. This folder is written anew by every build.\n"


class OutputError(Exception):
    """The output can't be written; the message says which file or folder and why."""


class OutputRefusedError(Exception):
    """The output folder isn't one that a build may write to."""


def check_out(out: Path, site: Path) -> None:
    """Refuse a folder that isn't ours to write.

    Raises:
        OutputRefusedError: with the reason.
    """
    if out.is_symlink():
        raise OutputRefusedError(f"{out} is a link")
    resolved = out.resolve()
    taken = [site.resolve(), *(site.resolve() / name for name in ("content", "layouts", ".explainer"))]
    if any(own == resolved or own.is_relative_to(resolved) for own in taken) or any(
        resolved.is_relative_to(own) for own in taken[1:]
    ):
        raise OutputRefusedError(f"{out} holds the site itself, or is a part of it")
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputRefusedError(f"{out} isn't a folder")
    if any(out.iterdir()) and not (out / MARKER).is_file():
        raise OutputRefusedError(f"{out} isn't empty and wasn't made by a build: it has no file {MARKER}")


def write_tree(out: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write all files into a spare tree beside the output, then put it in the output's place.

    Raises:
        OutputError: if the system refuses; the output is then as it was.
    """
    spare = out.with_name(f".{out.name}.explainer-new")
    old = out.with_name(f".{out.name}.explainer-old")
    try:
        _remove(spare)
        _remove(old)
        spare.mkdir(parents=True)
        for path, content in files:
            file = spare / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        (spare / MARKER).write_text(_MARKER_TEXT)
        if out.exists():
            out.rename(old)
        spare.rename(out)
        _remove(old)
    except OSError as error:
        raise OutputError(f"{error.filename or out}: {error.strerror or error}") from error


def _remove(tree: Path) -> None:
    if tree.exists():
        shutil.rmtree(tree)
