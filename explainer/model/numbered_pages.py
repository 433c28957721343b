"""Long lists in numbered pages: which there are, and their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from explainer.model.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENTRIES = 50
"""The most entries on a page of a list."""
_AROUND = 2

Entry = TypeVar("Entry")


class NumberedPage(Record, frozen=True):
    """One page of a list: its number, its path, how many there are; `list_path` is that of the first."""

    number: int
    count: int
    list_path: str

    @property
    def path(self) -> str:
        """The path on the site: the first page is the list itself."""
        return self.path_of(self.number)

    def path_of(self, number: int) -> str:
        """The path of another page of the same list."""
        return self.list_path if number == 1 else f"{self.list_path}page/{number}/"

    @property
    def range(self) -> tuple[int, int]:
        """Where its entries begin in the list, and where they end."""
        return (self.number - 1) * ENTRIES, self.number * ENTRIES

    @property
    def shown(self) -> tuple[int | None, ...]:
        """The numbers to offer: the first, the last, and those around this one; None where some are left out."""
        near = range(max(1, self.number - _AROUND), min(self.count, self.number + _AROUND) + 1)
        numbers = sorted({1, *near, self.count})
        found: list[int | None] = []
        for before, number in zip([0, *numbers], numbers, strict=False):
            if number - before > 1:
                # Three dots for a single number would take as much room as the number.
                found.append(number - 1 if number - before == 2 else None)  # noqa: PLR2004
            found.append(number)
        return tuple(found)


def numbered(list_path: str, entries: int) -> Iterator[NumberedPage]:
    """The pages of a list of so many entries, at least one."""
    count = max(1, -(-entries // ENTRIES))
    yield from (NumberedPage(number, count, list_path) for number in range(1, count + 1))


def on_page(entries: Sequence[Entry], page: NumberedPage, before: int = 0) -> Sequence[Entry]:
    """The entries of a list that stand on one of its pages; `before` them so many others are in it."""
    start, end = page.range
    return entries[max(start - before, 0) : max(end - before, 0)]
