"""Finds the passage of a saved copy that comes nearest to a quotation, and the words in which they differ."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from explainer.resolve.quote_text import even

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What a quotation changes itself is no difference.
_IN_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_NO_LETTERS = re.compile(r"[\W_]+")
# Nothing is called near that shares fewer of the quotation's words.
_LEAST_SHARED = 0.5
# Words of the copy that are shown on either side of the first difference.
_SHOWN_AROUND = 8
_MOST_DIFFERENCES = 2
# In a quotation of more words those that stand in it again and again don't lead to the passage: trying each would cost
# the square of their number.
_MANY_WORDS = 1000
# A word that stands at more places says little about where a quotation is from.
_MOST_PLACES = 200


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of the copy, and its differences from the quotation as pairs: the copy's words, the quotation's."""

    text: str
    differences: tuple[tuple[str, str], ...]


class _Words(NamedTuple):
    """The words of a copy as written and as compared, and at which of them each word stands."""

    written: list[str]
    keys: list[str]
    places: dict[str, list[int]]


def nearest_passage(quote: str, copy: str) -> Passage | None:
    """Return the passage of a copy that shares most words with a quotation, None if none shares half of them."""
    quoted, there = quote.split(), _indexed(copy)
    keys = _keys(quoted)
    start = _best_window(keys, there)
    if start is None:
        return None
    # One more word on either side, in case the copy has a word that the quotation leaves out.
    low, high = max(start - 2, 0), start + len(keys) + len(keys) // 3 + 3
    return _passage(quoted, keys, there.written[low:high], there.keys[low:high])


def _keys(words: Sequence[str]) -> list[str]:
    return [_NO_LETTERS.sub("", even(word).casefold()) for word in words]


@lru_cache(maxsize=4)
def _indexed(copy: str) -> _Words:
    """The words of a copy, which many quotations may be looked for in."""
    written = copy.split()
    keys = _keys(written)
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return _Words(written, keys, places)


def _best_window(keys: Sequence[str], there: _Words) -> int | None:
    """Where a few words more than the quotation has share most words with it; only its rarer words say where to look."""
    wanted, size = Counter(keys), len(keys) + len(keys) // 3 + 1
    best, best_start = 0, None
    for end, shared in _shared(keys, wanted, size, there.places):
        if shared > best:
            best, best_start = shared, max(end - size + 1, 0)
    if best_start is None:
        return None
    whole = (wanted & Counter(there.keys[best_start : best_start + size])).total()
    return best_start if whole >= max(len(keys) * _LEAST_SHARED, 1) else None


def _shared(
    keys: Sequence[str], wanted: Counter[str], size: int, places: dict[str, list[int]]
) -> Iterator[tuple[int, int]]:
    """Each place of a rarer word, and how many of these words the stretch that ends there shares with the quotation."""
    known = sorted((key for key in wanted if key in places), key=lambda key: (len(places[key]), keys.index(key)))
    rarer = [key for key in known if len(places[key]) <= _MOST_PLACES] or known[:1]
    found = sorted(chain.from_iterable(((place, key) for place in places[key][:_MOST_PLACES]) for key in rarer))
    held: Counter[str] = Counter()
    shared, first = 0, 0
    for end, key in found:
        held[key] += 1
        shared += held[key] <= wanted[key]
        while found[first][0] <= end - size:
            gone = found[first][1]
            shared -= held[gone] <= wanted[gone]
            held[gone] -= 1
            first += 1
        yield end, shared


def _passage(
    quoted: Sequence[str], keys: Sequence[str], written: Sequence[str], theirs: Sequence[str]
) -> Passage | None:
    matcher = SequenceMatcher(None, theirs, keys, autojunk=len(keys) > _MANY_WORDS)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return None
    first, last = blocks[0], blocks[-1]
    low = max(first.a - first.b, 0)
    high = min(last.a + last.size + (len(keys) - last.b - last.size), len(written))
    differences = [
        (" ".join(written[max(a1, low) : min(a2, high)]), " ".join(quoted[b1:b2]))
        for tag, a1, a2, b1, b2 in matcher.get_opcodes()
        if tag != "equal" and (b1 != b2 or low < a1 < high)
    ]
    differences = [pair for pair in differences if not _IN_BRACKETS.fullmatch(pair[1])]
    if not differences:
        pairs = [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]
        differences = [
            (written[a], quoted[b]) for a, b in pairs if not _same_word(written[a], quoted[b], first=b == 0)
        ] or [
            (written[a], quoted[b]) for a, b in pairs[:-1] if even(written[a]).strip('"') != even(quoted[b]).strip('"')
        ]
    return Passage(" ".join(_shown(written[low:high])), tuple(differences[:_MOST_DIFFERENCES]))


def _same_word(theirs: str, ours: str, *, first: bool) -> bool:
    """Whether two words are the same to a quotation, whose first letter may change its case."""
    one, other = (even(word).strip('".,;:') for word in (theirs, ours))
    return one == other or (first and one[:1].casefold() + one[1:] == other[:1].casefold() + other[1:])


def _shown(words: Sequence[str]) -> Sequence[str]:
    most = 3 * _SHOWN_AROUND
    return words if len(words) <= most else [*words[: 2 * _SHOWN_AROUND], "…", *words[-_SHOWN_AROUND:]]
