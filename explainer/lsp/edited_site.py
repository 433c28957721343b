"""A site while some of its files are being edited: the preview's engine, on texts that aren't saved."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from explainer.cache.store import DamagedCacheError
from explainer.diagnostics import in_order
from explainer.engine.up_to_date import scan_inputs
from explainer.lsp.completion import Known
from explainer.serve.changes import Changes, changes_of
from explainer.serve.session import Session
from explainer.system import site_files

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from explainer.cache.store import Cache
    from explainer.diagnostics import Diagnostic
    from explainer.model.library import Library
    from explainer.model.site import PageSummary


class EditedSite:
    """A site of which some files are open in an editor.

    One thread brings it up to date; others may read what it found last. `cache` is the editor's own.
    """

    def __init__(self, root: Path, cache: Cache) -> None:
        self.root = root
        self._unsaved: dict[str, bytes] = {}
        self.session = Session(root, cache, unsaved=self._unsaved)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What was found last."""
        return self.session.result.diagnostics

    def start(self) -> None:
        """Bring the saved site into memory, with what was found out the last time."""
        self.session.start(scan_inputs(self.root), jobs=1)
        self.update(Changes(), {})

    def update(
        self,
        changes: Changes,
        texts: Mapping[str, str | None],
        interrupted: Callable[[], bool] = lambda: False,
        early: Callable[[tuple[Diagnostic, ...]], None] = lambda _: None,
    ) -> bool:
        """Take in what was saved and what was typed: whole texts by path, None where a file was closed.

        Where many pages have to be read again, `early` is told first what is wrong with the files themselves. True when
        all is taken in; else something `interrupted` it, and the next update goes on.
        """
        for path, text in texts.items():
            if text is None:
                self._unsaved.pop(path, None)
            else:
                self._unsaved[path] = text.encode("utf-8", "surrogatepass")
        told = not texts

        def interrupted_after_telling() -> bool:
            nonlocal told
            if not told and self.session.state.left:
                told = True
                early(self._of_files(texts))
            return interrupted()

        results = list(self.session.update(changes | changes_of(texts), interrupted=interrupted_after_telling))
        return bool(results) and results[-1].last

    def _of_files(self, paths: Collection[str]) -> tuple[Diagnostic, ...]:
        """What is wrong with these files, each taken alone, and what was found last of the others."""
        others = (one for one in self.diagnostics if one.span.path not in paths)
        return in_order([*others, *(one for one in self.session.state.diagnostics if one.span.path in paths)])

    @property
    def library(self) -> Library:
        """What all pages share, as it could be read last."""
        return self.session.state.library

    @property
    def paths(self) -> list[str]:
        """The files that name things: those that all pages share, and pages."""
        return [*self.shared, *self.session.state.content.value.pages]

    @property
    def unread(self) -> list[str]:
        """Those of them that can't be read now."""
        state = self.session.state
        pages = [path for path, page in list(state.pages.items()) if page.summary is None]
        return [*([] if state.shared.complete else self.shared), *pages]

    @property
    def shared(self) -> list[str]:
        """The files with people and sources of all pages."""
        content = self.session.state.content.value
        return [path for path in (content.people, *content.sources) if path]

    def page(self, slug: str) -> PageSummary | None:
        """The explainer of a slug."""
        return self.known().pages.get(slug)

    def known(self) -> Known:
        """What may be typed."""
        state = self.session.state
        found = (page.summary for page in list(state.good.values()))
        pages = {page.slug: page for page in found if page and page.kind == "explainer"}
        return Known(state.library, state.theme.forms, pages, self._claims_of)

    def _claims_of(self, page: PageSummary) -> Iterator[tuple[str, str]]:
        with suppress(DamagedCacheError):
            for claim in self.session.state.page_texts.interface(page).claims:
                yield claim.id, claim.entry.text

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
