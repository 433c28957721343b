"""The folder `.explainer/` of a site: what builds keep there may be deleted at any time, and belongs in no repository."""

from __future__ import annotations

import errno
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".explainer"


def make_work_folder(site: Path) -> Path:
    """The folder, made if there is none, with a `.gitignore` of its own.

    Raises:
        OSError: if the system refuses, or it is a link, which may lead out of the site.
    """
    folder = site / NAME
    if folder.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, "a link is no folder of the site's own", str(folder))
    folder.mkdir(exist_ok=True)
    with suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="ascii") as file:
        file.write("*\n")
    return folder
