"""Find the files of `content/`, and report those with a name or place that can't be used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, Span, Staged, did_you_mean, in_order
from explainer.model.declared import MEDIA
from explainer.system.site_files import inside, misnamed, printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from explainer.system.site_files import Unsaved

CONTENT = "content"
EXPLAINERS = "content/explainers"
PAGES = "content/pages"
SOURCES = "content/sources"
SITE = "content/site.yaml"
PEOPLE = "content/people.yaml"

_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mdx")
_YAML = (".yaml", ".yml")
_FOLDERS = ("explainers", "pages", "sources", "media")


# Why a page can't be called so, and what to do.
_INDEX = {
    EXPLAINERS: (
        "an explainer can't be called `index`",
        "rename it after what it explains; the list of explainers at `/explainers/` is made by the site",
    ),
    PAGES: ("the home page can't stand in a folder", "move it to `content/pages/index.md`"),
}
# What is meant by files that stand in `content/` under nearly these names, by the part before the ending.
_MEANT = {
    "site": "site.yaml", "config": "site.yaml", "people": "people.yaml", "persons": "people.yaml", "person": "people.yaml",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Content:
    """The files of the site, as sorted paths relative to it; None for one that isn't there.

    `complete` is false where a file has a name that is nearly that of one with people or sources.
    """

    site: str | None = None
    people: str | None = None
    sources: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    complete: bool = True


class _Finder:
    """Walks the folders of one site."""

    def __init__(self, root: Path, unsaved: Unsaved | None) -> None:
        self.root = root
        self.unsaved = [path.rpartition("/") for path in unsaved or ()]
        self.pages: list[str] = []
        self.sources: list[str] = []
        self.complete = True
        self.diagnostics: list[Diagnostic] = []

    def report(self, code: str, path: str, message: str, *hints: str) -> None:
        """Add a diagnostic of a file or folder."""
        self.diagnostics.append(Diagnostic(code, message, Span(printable(path)), hints))

    def entries(self, folder: str) -> Iterator[tuple[str, str, bool]]:
        """The entries of a folder: name, path, and whether it is a folder; dotfiles are skipped."""
        try:
            full = self.root / folder
            if full.is_symlink() and not inside(self.root, folder):
                self.report("E101", folder, "the folder is a link that leaves the site")
                return
            with os.scandir(full) as found:
                listed = {entry.name: _is_folder(entry) for entry in found}
        except OSError:
            self.report("E101", folder, "the folder can't be read")
            return
        # A file that an editor hasn't saved yet is in no folder.
        listed = {name: False for parent, _, name in self.unsaved if parent == folder} | listed
        for name, is_folder in sorted(listed.items()):
            if name.startswith("."):
                continue
            path = f"{folder}/{name}"
            if reason := misnamed(name):
                self.report("E108", path, reason, "use a-z, 0-9 and `-`")
            else:
                yield name, path, is_folder

    def content(self) -> Content:
        """Look through `content/`."""
        site: str | None = None
        people: str | None = None
        for name, path, is_folder in self.entries(CONTENT):
            if path == SITE:
                site = path
            elif path == PEOPLE:
                people = path
            elif is_folder:
                self.folder(name, path)
            else:
                self.astray(name, path)
        return Content(site, people, tuple(sorted(self.sources)), tuple(sorted(self.pages)), self.complete)

    def folder(self, name: str, path: str) -> None:
        """Look through a folder of `content/`."""
        if path == EXPLAINERS:
            self.explainers()
        elif path == PAGES:
            self.plain_pages()
        elif path == SOURCES:
            self.registry()
        elif path == MEDIA:
            self.media()
        elif hints := did_you_mean(name.casefold(), _FOLDERS):
            self.complete = False
            self.report("E108", path, "the site has no such folder", *hints)

    def astray(self, name: str, path: str) -> None:
        """Report a file directly in `content/` that doesn't belong there."""
        if name.casefold().endswith(_MARKDOWN):
            hint = "move it to `content/explainers/` or `content/pages/`"
            self.report("E108", path, "there can't be a page here", hint)
        elif name.casefold().endswith(_YAML) and (meant := _MEANT.get(name.casefold().rpartition(".")[0])):
            self.complete = False
            self.report("E108", path, f"this file isn't read: its name isn't `{meant}`", f"rename it to `{meant}`")
        elif name.casefold().endswith(_YAML):
            self.complete = False
            hint = "the YAML files here are `site.yaml` and `people.yaml`; sources belong in `content/sources/`"
            self.report("E108", path, "the site has no such file", hint)

    def explainers(self) -> None:
        """Take each `<slug>.md` and `<slug>/index.md`."""
        self.pages_of(EXPLAINERS)

    def plain_pages(self) -> None:
        """Take each `<slug>.md` and `<slug>/index.md` of `pages/`."""
        self.pages_of(PAGES)

    def pages_of(self, folder: str) -> None:
        """Take the pages of a folder, alone or in a folder of their own."""
        for name, path, is_folder in self.entries(folder):
            if path == f"{EXPLAINERS}/index.md":
                self.report("E108", path, *_INDEX[EXPLAINERS])
                continue
            if not is_folder or name.endswith(".md"):
                self.page(name, path)
                continue
            for inner, inner_path, inner_is_folder in self.entries(path):
                if inner == "index.md" and name == "index":
                    self.report("E108", inner_path, *_INDEX[folder])
                elif inner == "index.md":
                    self.pages.append(inner_path)
                elif inner_is_folder:
                    self.deeper(inner_path)
                else:
                    self.not_a_page(inner, inner_path)

    def registry(self) -> None:
        """Take each YAML file of `sources/`."""
        for name, path, is_folder in self.entries(SOURCES):
            if name.endswith(".yaml"):
                self.sources.append(path)
            elif name.casefold().endswith(_YAML):
                self.complete = False
                right = f"{name[: name.rindex('.')]}.yaml"
                self.report(
                    "E108", path, "this file isn't read: its name doesn't end in `.yaml`", f"rename it to `{right}`"
                )
            elif is_folder:
                self.deeper(path)

    def media(self) -> None:
        """Report pages among the pictures."""
        for name, path, is_folder in self.entries(MEDIA):
            if is_folder:
                self.deeper(path)
            else:
                self.not_a_page(name, path)

    def page(self, name: str, path: str) -> None:
        """Add a file if it is a page; report it if it only looks like one."""
        if name.endswith(".md"):
            self.pages.append(path)
        elif name.casefold().endswith(_MARKDOWN):
            right = f"{name[: name.rindex('.')]}.md"
            self.report("E108", path, "this file isn't read: its name doesn't end in `.md`", f"rename it to `{right}`")

    def not_a_page(self, name: str, path: str) -> None:
        """Report a file that looks like a page where none can be."""
        if name.casefold().endswith((*_MARKDOWN, *_YAML)):
            hint = "pages are `<slug>.md` or `<slug>/index.md` in `explainers/` and in `pages/`"
            self.report("E108", path, "the site doesn't read a file at this place", hint)

    def deeper(self, folder: str) -> None:
        """Report pages in folders where none can be; links to folders aren't followed."""
        folders = [folder]
        while folders:
            here = folders.pop()
            if (self.root / here).is_symlink():
                continue
            for name, path, is_folder in self.entries(here):
                if is_folder:
                    folders.append(path)
                else:
                    self.not_a_page(name, path)


def find_content(root: Path, unsaved: Unsaved | None = None) -> Staged[Content]:
    """List the files of a site. E109 if `content/` or `content/site.yaml` is missing."""
    if not os.path.lexists(root / CONTENT):
        hint = "run the command in the site's folder, or give it with `--site`"
        return Staged(Content(), (Diagnostic("E109", "the site has no folder `content`", Span(CONTENT), (hint,)),))
    finder = _Finder(root, unsaved)
    content = finder.content()
    if content.site is None and all(diagnostic.span.path != CONTENT for diagnostic in finder.diagnostics):
        finder.report("E109", SITE, "the site has no `content/site.yaml`", "it needs `title` and `base_url`")
    return Staged(content, in_order(finder.diagnostics))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
