"""Lists of pages and claims whose entries are only read when a layout uses them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar, overload

from explainer.model.record import Record
from explainer.model.site import ClaimEntry, PageEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from explainer.model.site import PageInterface, PageSummary

EntryKind: TypeAlias = Literal["explainer", "claim"]
InterfaceOf: TypeAlias = "Callable[[PageSummary], PageInterface]"
T = TypeVar("T", PageEntry, ClaimEntry)


class ListPage(NamedTuple):
    """A page that lists things: its layout, its title, its path on the site, and what the layout is given besides."""

    layout: str
    title: str
    path: str
    given: dict[str, Any]


def list_page(layout: str, title: str, path: str, **given: Any) -> ListPage:
    """A page that lists things, as a layout makes it."""
    return ListPage(layout, title, path, given)


class Listing(Record, frozen=True):
    """A list to be published: its path, its entries (JSON-serialisable, for a digest), and what makes it.

    `make` gives what a layout makes a page of, in any process. Of files for machines, of which a site has few however large
    it is, it gives the text.
    """

    path: str
    listed: Any
    make: Callable[[], ListPage | str]


class Entries(Sequence[T]):
    """The entries of some pages in a list: the count is known at once, the entries are read when needed.

    Of the pages whose files are in `cuts` only these entries are meant.
    """

    __slots__ = ("_count", "_found", "_of", "cuts", "kind", "pages")

    def __init__(
        self,
        kind: EntryKind,
        pages: Iterable[PageSummary],
        count: int,
        of: Callable[[PageSummary], Sequence[T]],
        cuts: Mapping[str, slice] | None = None,
    ) -> None:
        self.kind: EntryKind = kind
        self.pages = tuple(pages)
        self.cuts = cuts or {}
        self._count = count
        self._of: Callable[[PageSummary], Sequence[T]] = of
        self._found: tuple[T, ...] | None = None

    @property
    def whole(self) -> tuple[T, ...]:
        """All of them."""
        if self._found is None:
            self._found = tuple([entry for page in self.pages for entry in self.of_page(page)])
        return self._found

    def read(self) -> Entries[T]:
        """The same, read now: the layout that gets them reads them anyway."""
        _ = self.whole
        return self

    @property
    def is_read(self) -> bool:
        """Whether they are all in memory."""
        return self._found is not None

    def of_page(self, page: PageSummary) -> Sequence[T]:
        """Those of one of its pages."""
        return self._of(page)[self.cuts.get(page.file, slice(None))]

    @property
    def by_page(self) -> tuple[Entries[T], ...]:
        """The entries of each page that has any."""
        parts = [Entries(self.kind, [page], self._size(page), self._of, self.cuts) for page in self.pages]
        return tuple(part for part in parts if part)

    def parts(self, size: int) -> Iterator[Entries[T]]:
        """The entries in parts of so many each, the last with what remains; at least one part."""
        pages: list[PageSummary] = []
        cuts: dict[str, slice] = {}
        room, left = size, self._count
        for page in self.pages:
            at, whole = 0, self._size(page)
            while at < whole:
                end = min(at + room, whole)
                pages.append(page)
                if end - at < whole:
                    cuts[page.file] = slice(at, end)
                at, room, left = end, room - (end - at), left - (end - at)
                if not room and left:
                    yield Entries(self.kind, pages, size, self._of, cuts)
                    pages, cuts, room = [], {}, size
        yield Entries(self.kind, pages, size - room, self._of, cuts)

    def _size(self, page: PageSummary) -> int:
        """How many of the entries are a page's."""
        if cut := self.cuts.get(page.file):
            return int(cut.stop) - int(cut.start)
        return page.claims if self.kind == "claim" else 1

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        return self.whole[at]


def page_entries(pages: Sequence[PageSummary], interface_of: InterfaceOf) -> Entries[PageEntry]:
    """Pages as entries of a list."""
    return Entries("explainer", pages, len(pages), lambda page: (interface_of(page).entry,))


def claim_entries(pages: Sequence[PageSummary], interface_of: InterfaceOf) -> Entries[ClaimEntry]:
    """The claims of pages as entries of a list."""
    count = sum(page.claims for page in pages)
    return Entries("claim", pages, count, lambda page: [claim.entry for claim in interface_of(page).claims])


def pages_of(entries: Sequence[object]) -> tuple[PageSummary, ...]:
    """The pages whose entries these are."""
    return entries.pages if isinstance(entries, Entries) else ()
