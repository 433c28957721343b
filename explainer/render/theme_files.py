"""The files of a folder of layouts: which may be used, and what is wrong with the others."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Diagnostic, Span
from explainer.system.site_files import LONGEST_NAME, inside, is_leftover, misnamed, printable, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

_HINT = "put an ordinary file there, or take it out"
_DIGEST = ".0123456789"  # what a name gets that says what is in the file


class LayoutFiles(NamedTuple):
    """Files by their name below the folder, and the diagnostics of those that can't be used."""

    files: dict[str, Path]
    diagnostics: tuple[Diagnostic, ...] = ()


def own_layouts(site: Path, folder: Path) -> LayoutFiles:
    """The files of a site's own folder of layouts: ordinary files, and links that stay in the folder."""
    if not os.path.lexists(folder):
        return LayoutFiles({})
    shown_path = folder.relative_to(site).as_posix()
    if (reason := _unfit_folder(site, folder)) is not None:
        return LayoutFiles({}, (Diagnostic("E101", reason, Span(shown_path), (_HINT.replace("file", "folder"),)),))
    files: dict[str, Path] = {}
    diagnostics = []
    for name, path in _walk(folder):
        diagnostic = _diagnostic(folder, name, path, f"{shown_path}/{name}")
        if diagnostic:
            diagnostics.append(diagnostic)
        else:
            files[name] = path
    return LayoutFiles(files, tuple(diagnostics))


def default_files(folder: Path) -> LayoutFiles:
    """The files of the default theme, which is a part of the program, however that was installed."""
    return LayoutFiles({name: path for name, path in _walk(folder) if path.is_file()})


def read_layout(folder: Path, path: Path) -> bytes:
    """The bytes of a file that was found in a folder of layouts.

    Raises:
        OSError: if it can't be read any more.
    """
    read = read_file(folder, path.relative_to(folder).as_posix())
    if read.value is None:
        raise OSError(errno.EIO, read.diagnostics[0].message, str(path))
    return read.value


def _unfit_folder(site: Path, folder: Path) -> str | None:
    """Why a site's folder of layouts can't be used."""
    if not folder.is_dir():
        return "there is something here that is no folder"
    if folder.is_symlink() and not folder.resolve().is_relative_to(site.resolve()):
        return "the folder is a link that leaves the site"
    return None


def _diagnostic(folder: Path, name: str, path: Path, shown_path: str) -> Diagnostic | None:
    """What is wrong with a file, or a link to a folder."""
    if reason := misnamed(path.name):
        return Diagnostic("E108", reason, Span(printable(shown_path)), ("use a-z, 0-9 and `-`",))
    if len(os.fsencode(path.name)) + len(_DIGEST) > LONGEST_NAME:
        return Diagnostic("E108", "the name is too long", Span(shown_path), ("choose a shorter one",))
    if path.is_symlink() and path.is_dir():
        return Diagnostic(
            "E101", "the folder is a link, and links to folders aren't followed here", Span(shown_path), (_HINT,)
        )
    if path.is_symlink() and path.exists() and not inside(folder, name):
        return Diagnostic("E101", "the file is a link that leaves the folder of layouts", Span(shown_path), (_HINT,))
    if path.is_symlink() or not path.is_file() or not os.access(path, os.R_OK):
        for one in read_file(folder, name).diagnostics:
            return one._replace(span=Span(shown_path), hints=(_HINT,))
    return None


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files, and links to folders, in order; what editors leave behind is passed over."""
    for current, folders, names in os.walk(folder):
        here = Path(current)
        folders[:] = sorted(name for name in folders if not is_leftover(name))
        for name in sorted([*names, *(one for one in folders if (here / one).is_symlink())]):
            if not is_leftover(name):
                path = here / name
                yield path.relative_to(folder).as_posix(), path
