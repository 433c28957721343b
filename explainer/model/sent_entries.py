"""Lists of pages and claims where nothing of the site is but what was sent: a layout that asks for more is told apart."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from explainer.model.lazy_entries import Entries
from explainer.model.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from explainer.model.lazy_entries import EntryKind


class UnsentError(Exception):
    """A layout has asked for what wasn't sent of a list."""


class SentPage(Record, frozen=True):
    """What is sent of a page in a list.

    Raises:
        UnsentError: where anything else of it is asked for.
    """

    file: str
    url: str
    title: str
    language: str
    published: str | None
    claims: int

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise UnsentError(name)


class Unsent(Entries[Any]):
    """Entries of which only the count was sent.

    Raises:
        UnsentError: where anything else is asked for.
    """

    __slots__ = ()

    def __init__(self, kind: EntryKind, count: int) -> None:
        super().__init__(kind, (), count, _none)

    @property
    def whole(self) -> NoReturn:
        """They aren't here."""
        raise UnsentError(self.kind)

    @property
    def by_page(self) -> NoReturn:
        """Their pages aren't here."""
        raise UnsentError(self.kind)

    def __getattribute__(self, name: str) -> Any:
        if name in {"pages", "cuts", "parts", "of_page"}:
            raise UnsentError(name)
        return super().__getattribute__(name)


def sent_entries(
    kind: EntryKind,
    pages: Sequence[SentPage],
    count: int,
    found: Mapping[str, Sequence[Any]],
    cuts: Mapping[str, slice],
) -> Entries[Any]:
    """Entries of which some were sent: `found` has those of pages by their file."""
    return Entries(kind, pages, count, partial(_of_sent, found), cuts)  # type: ignore[arg-type] # as much as lists ask for


def _of_sent(found: Mapping[str, Sequence[Any]], page: SentPage) -> Sequence[Any]:
    if page.file not in found:
        raise UnsentError(page.file)
    return found[page.file]


def _none(_page: object) -> NoReturn:
    raise UnsentError
