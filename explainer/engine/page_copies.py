"""The saved copies that a page is held against, and whether they are what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.load.saved_copies import copy_faults
from explainer.system import site_files
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from explainer.diagnostics import Diagnostic
    from explainer.model.declared import Source


class Copy(NamedTuple):
    """A saved copy as it was read: the digest of its bytes, its text or what is wrong with it."""

    digest: str
    text: str | tuple[str, ...]


class PageCopies:
    """The saved copies that one page is held against, each as it was when the page first needed it."""

    def __init__(self, read: Callable[[str], Copy]) -> None:
        self.read = read
        self.used: dict[str, Copy] = {}

    def copy(self, saved: str) -> Copy:
        """A saved copy, read once."""
        if saved not in self.used:
            self.used[saved] = self.read(saved)
        return self.used[saved]

    def text(self, saved: str) -> str | None:
        """The text of a saved copy; None if it can't be read."""
        text = self.copy(saved).text
        return text if isinstance(text, str) else None

    def diagnostics(self, sources: Iterable[Source]) -> Iterator[Diagnostic]:
        """What is wrong with these sources' saved copies."""
        for source in sources:
            if source.saved:
                yield from copy_faults(source, self.copy(source.saved).text)

    def digests(self) -> tuple[tuple[str, str], ...]:
        """The copies that were needed, with their digests."""
        return tuple(sorted((saved, copy.digest) for saved, copy in self.used.items()))


def copy_digest(root: Path, saved: str) -> str:
    """The digest of a saved copy as it is now; empty if it can't be read."""
    data = site_files.read_file(root, saved).value
    return "" if data is None else digest_of(data)
