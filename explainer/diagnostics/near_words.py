"""Words that one may have meant, out of many, without a look at each."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FEW = 100  # all of so many are compared
_NEIGHBOURS = 8
_KEPT = 4


class _Orders(NamedTuple):
    """Words in the order of their beginnings, and of their ends (reversed); `known` is what they were taken from."""

    known: object
    size: int
    forward: list[str]
    backward: list[str]


# The same ids are asked for by every diagnostic, and sorting them each time would cost diagnostics times ids.
_orders: list[_Orders] = []


def near_words(word: str, known: Iterable[str]) -> Sequence[str]:
    """Return the known words that may be like this one: of many those that begin or end like it."""
    if isinstance(known, Collection) and len(known) > _FEW:
        orders = _orders_of(known)
    else:
        words = sorted(known)
        if len(words) <= _FEW:
            return words
        orders = _in_both_orders(words, words)
    backward = (one[::-1] for one in _around(word[::-1], orders.backward))
    return sorted({*_around(word, orders.forward), *backward})


def _around(word: str, words: Sequence[str]) -> Sequence[str]:
    at = bisect(words, word)
    return words[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]


def _orders_of(known: Collection[str]) -> _Orders:
    for orders in _orders:
        if orders.known is known and orders.size == len(known):
            return orders
    orders = _in_both_orders(known, known)
    _orders.insert(0, orders)
    del _orders[_KEPT:]
    return orders


def _in_both_orders(known: object, words: Iterable[str]) -> _Orders:
    forward = sorted(words)
    return _Orders(known, len(forward), forward, sorted(word[::-1] for word in forward))
