"""Finds the passage of a saved copy that comes nearest to a quotation, and the words in which they differ."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from explainer.resolve.quote_text import even

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_LETTERS = re.compile(r"[\W_]+")
# Nothing is called near that shares fewer of the quotation's words.
_LEAST_SHARED = 0.5
# Words of the copy that are shown on either side of the first difference.
_SHOWN_AROUND = 8
_MOST_DIFFERENCES = 2


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of the copy, and its differences from the quotation as pairs: the copy's words, the quotation's."""

    text: str
    differences: tuple[tuple[str, str], ...]


def nearest_passage(quote: str, copy: str) -> Passage | None:
    """Return the passage of a copy that shares most words with a quotation, None if none shares half of them."""
    quoted, written = quote.split(), copy.split()
    keys, theirs = _keys(quoted), _keys(written)
    start = _best_window(keys, theirs)
    if start is None:
        return None
    # One more word on either side, in case the copy has a word that the quotation leaves out.
    low, high = max(start - 2, 0), start + len(keys) + len(keys) // 3 + 3
    return _passage(quoted, keys, written[low:high], theirs[low:high])


def _keys(words: Sequence[str]) -> list[str]:
    return [_NO_LETTERS.sub("", even(word).casefold()) for word in words]


def _best_window(keys: Sequence[str], theirs: Sequence[str]) -> int | None:
    """Where a few words more than the quotation has share most words with it."""
    if not keys:
        return None
    wanted, size = Counter(keys), len(keys) + len(keys) // 3 + 1
    held: Counter[str] = Counter()
    shared, best, best_start = 0, 0, None
    for end, word in enumerate(theirs):
        if word in wanted:
            held[word] += 1
            shared += held[word] <= wanted[word]
        if end >= size and (gone := theirs[end - size]) in wanted:
            shared -= held[gone] <= wanted[gone]
            held[gone] -= 1
        if shared > best:
            best, best_start = shared, max(end - size + 1, 0)
    return best_start if best >= max(len(keys) * _LEAST_SHARED, 1) else None


def _passage(quoted: Sequence[str], keys: Sequence[str], written: Sequence[str], theirs: Sequence[str]) -> Passage:
    matcher = SequenceMatcher(None, theirs, keys, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    first, last = blocks[0], blocks[-1]
    low = max(first.a - first.b, 0)
    high = min(last.a + last.size + (len(keys) - last.b - last.size), len(written))
    differences = [
        (" ".join(written[max(a1, low) : min(a2, high)]), " ".join(quoted[b1:b2]))
        for tag, a1, a2, b1, b2 in matcher.get_opcodes()
        if tag != "equal" and (b1 != b2 or low < a1 < high)
    ]
    if not differences:
        differences = [
            (written[block.a + i], quoted[block.b + i])
            for block in blocks
            for i in range(block.size)
            if _even_word(written[block.a + i]) != _even_word(quoted[block.b + i])
        ]
    return Passage(" ".join(_shown(written[low:high])), tuple(differences[:_MOST_DIFFERENCES]))


def _even_word(word: str) -> str:
    return even(word).strip('".,;:')


def _shown(words: Sequence[str]) -> Sequence[str]:
    most = 3 * _SHOWN_AROUND
    return words if len(words) <= most else [*words[: 2 * _SHOWN_AROUND], "…", *words[-_SHOWN_AROUND:]]
