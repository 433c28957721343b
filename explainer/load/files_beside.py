"""The files that stand beside pages which have a folder of their own, and those that several pages use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, Span, Staged
from explainer.load.image_sizes import dimensions
from explainer.model.declared import MEDIA
from explainer.model.pictures import PictureFile
from explainer.system.site_files import inside, is_leftover, misnamed, printable, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_HINT = "put an ordinary file there, or take it out"


def picture_size(_path: str, full: Path) -> PictureFile | None:
    """A picture by its size alone; None for a file whose size isn't known."""
    size = dimensions(full)
    return PictureFile(size) if size else None


def files_beside(
    root: Path, pages: Iterable[str], look: Callable[[str, Path], PictureFile | None] = picture_size
) -> Staged[dict[str, dict[str, PictureFile | None]]]:
    """For each page that has a folder of its own, by its file, the files beside its text by name; for `MEDIA` those there.

    `look` tells what is known of a picture, from its path in the site's folder and its whole path. What editors leave behind and links inside the site are passed over. Other links, pipes and the
    like are E101, names that can't be used E108.
    """
    found: dict[str, dict[str, PictureFile | None]] = {}
    diagnostics: list[Diagnostic] = []
    folders = {page: page.removesuffix("/index.md") for page in pages if page.endswith("/index.md")}
    if (root / MEDIA).is_dir():
        folders[MEDIA] = MEDIA
    for page, folder in folders.items():
        found[page] = {}
        for name, path in _walk(root / folder):
            if name == "index.md":
                continue
            if diagnostic := _diagnostic(root, f"{folder}/{name}", path):
                diagnostics.append(diagnostic)
            elif not path.is_symlink():
                found[page][name] = look(f"{folder}/{name}", path)
    return Staged(found, tuple(diagnostics))


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    for current, folders, names in os.walk(folder):
        here = Path(current)
        folders[:] = [name for name in folders if not is_leftover(name) and not misnamed(name)]
        for name in names:
            if not is_leftover(name):
                path = here / name
                yield path.relative_to(folder).as_posix(), path


def _diagnostic(root: Path, shown_path: str, path: Path) -> Diagnostic | None:
    """What is wrong with a file beside a page."""
    if reason := misnamed(path.name):
        return Diagnostic("E108", reason, Span(printable(shown_path)), ("use a-z, 0-9 and `-`",))
    if path.is_symlink() and path.is_file() and inside(root, shown_path):
        return None
    if path.is_symlink() or not path.is_file():
        for one in read_file(root, shown_path).diagnostics:
            return one._replace(hints=(_HINT,))
    return None
