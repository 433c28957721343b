"""The passage that a quotation stands in: words around it, and a text fragment that leads browsers to it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote as percent_encoded

from explainer.model.published import Excerpt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from explainer.model.declared import Source

_CHANGED = re.compile(r"\[[^\[\]]*\]")
_WORD = re.compile(r"\w+")
_BETWEEN = r"\W{1,20}"
_MOST_LEFT_OUT, _MOST_STARTS = 1_500, 50  # characters; places of the first words that are tried
_CONTEXT = 160  # characters on each side
_LONGEST, _END_WORDS = 300, 5  # a longer passage is found by its first and last words
_BLOCK = re.compile(r"\n\s*\n")


def excerpt(quotation: str, copy: str) -> Excerpt | None:
    """A quotation with what stands around it in the copy; None where its words don't stand there one after the other.

    `find_quote` says whether a quotation stands in a copy. This only looks for where, and gives up on a copy whose
    words are broken at the ends of lines.
    """
    pieces = [words for piece in _CHANGED.split(quotation) if (words := _WORD.findall(piece))]
    if not pieces:
        return None
    first, *others = (
        re.compile(rf"(?<!\w){_BETWEEN.join(map(re.escape, words))}(?!\w)", re.IGNORECASE) for words in pieces
    )
    for begin in islice(first.finditer(copy), _MOST_STARTS):
        end = _follow(others, copy, begin.end())
        if end is not None:
            passage = copy[begin.start() : end]
            return Excerpt(_before(copy, begin.start()), _in_line(passage), _after(copy, end), _fragment(passage))
    return None


def _follow(pieces: Iterable[re.Pattern[str]], copy: str, end: int) -> int | None:
    """Where the last of these pieces ends, each the nearest behind the one before; None if one isn't near."""
    for piece in pieces:
        found = piece.search(copy, end, end + _MOST_LEFT_OUT)
        if found is None:
            return None
        end = found.end()
    return end


def passages_of(
    quoted: Iterable[tuple[str, str]], sources: Mapping[str, Source], copy_of: Callable[[str], str | None]
) -> dict[tuple[str, str], Excerpt]:
    """The excerpts of quotations, by source and quotation. An unnamed source's copy is shown to nobody."""
    found: dict[tuple[str, str], Excerpt] = {}
    for source_id, quotation in quoted:
        source = sources.get(source_id)
        if source is None or source.unnamed or source.confidential or (source_id, quotation) in found:
            continue
        copy = copy_of(source_id)
        made = excerpt(quotation, copy) if copy is not None else None
        if made:
            found[source_id, quotation] = made
    return found


def _in_line(text: str) -> str:
    return " ".join(text.split())


def _before(copy: str, start: int) -> str:
    """What stands before an offset, from the beginning of its block or a word on."""
    block = _BLOCK.split(copy[max(0, start - 2 * _CONTEXT) : start])[-1]
    whole = start <= 2 * _CONTEXT or len(block) < 2 * _CONTEXT
    text = _in_line(block) + (" " if block[-1:].isspace() else "")
    if len(text) <= _CONTEXT and whole:
        return text
    return "…" + text[-_CONTEXT:].partition(" ")[2]


def _after(copy: str, end: int) -> str:
    """What stands behind an offset, to the end of its block or of a word."""
    block = _BLOCK.split(copy[end : end + 2 * _CONTEXT])[0]
    text = (" " if block[:1].isspace() else "") + _in_line(block)
    if len(text) <= _CONTEXT:
        return text
    return text[:_CONTEXT].rpartition(" ")[0] + "…"


def _fragment(text: str) -> str:
    """The text directive of a passage: whole, or by its ends where it is long or may cross blocks.

    Browsers find each end inside a block alone: neither goes beyond its line.
    """
    words, lines = text.split(), text.strip().splitlines()
    if (len(lines) > 1 or len(text) > _LONGEST) and len(words) > 1:
        most = min(_END_WORDS, len(words) // 2)
        return f":~:text={_encoded(lines[0].split()[:most])},{_encoded(lines[-1].split()[-most:])}"
    return f":~:text={_encoded(words)}"


def _encoded(words: list[str]) -> str:
    """Words for a text directive, in which `-`, `,` and `&` have a meaning."""
    return percent_encoded(" ".join(words), safe="").replace("-", "%2D")
