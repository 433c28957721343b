"""A site while some of its files are being edited: the preview's engine, on texts that aren't saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from explainer.engine.up_to_date import scan_inputs
from explainer.serve.changes import Changes, changes_of
from explainer.serve.session import Session
from explainer.serve.warm_start import preview_cache
from explainer.system import site_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.serve.session import Result

_CACHE = "editor"


class EditedSite:
    """A site of which some files are open in an editor.

    One thread brings it up to date; others may read what it found last.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._unsaved: dict[str, bytes] = {}
        self.session = Session(root, preview_cache(root, _CACHE), unsaved=self._unsaved)

    def start(self) -> Result:
        """Bring the saved site into memory, with what was found out the last time."""
        self.session.start(scan_inputs(self.root), jobs=1)
        return self.update(Changes(), {})

    def update(self, changes: Changes, texts: Mapping[str, str | None]) -> Result:
        """Take in what was saved and what was typed: whole texts by path, None where a file was closed."""
        for path, text in texts.items():
            if text is None:
                self._unsaved.pop(path, None)
            else:
                self._unsaved[path] = text.encode("utf-8", "surrogatepass")
        for _ in self.session.update(changes | changes_of(texts)):
            pass
        return self.session.result

    def text(self, path: str) -> str | None:
        """The text of a file as it is read, unsaved or saved; None if it has none."""
        return site_files.read_text(self.root, path, self._unsaved).value


def is_site(folder: Path) -> bool:
    """Whether a folder is a site's."""
    return (folder / "content" / "site.yaml").is_file()


def site_of(file: Path) -> Path | None:
    """The folder of the site that a file belongs to; None if it is in none."""
    return next((folder for folder in file.parents if is_site(folder)), None)


def file_of(uri: str) -> Path | None:
    """The file that an address names; None if it names none."""
    parts = urlsplit(uri)
    return Path(unquote(parts.path)) if parts.scheme == "file" and parts.path else None


def path_in(root: Path, file: Path) -> str | None:
    """The path of a file relative to a site, links in both followed; None if it isn't in the site."""
    for folder, one in ((root, file), (root.resolve(), file.resolve())):
        if one.is_relative_to(folder):
            return one.relative_to(folder).as_posix()
    return None
