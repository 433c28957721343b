"""Where the note numbers and the badge of a claim stand in its paragraph.

The walk leaves them right after the claim. When the paragraph is done, the numbers are moved behind
what belongs to the word before them, and the badge to the end of the sentence, if no other claim
begins or ends before that.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from explainer.model.document import CallHole, ClaimClose, ClaimNumbers, ClaimOpen, ClaimWords, PanelsHole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.model.document import Hole

# What belongs to the word before it: all up to a space, but nothing from where another word may begin, such as an
# opening mark, a dash, or the next character of a script that writes no spaces. A mark that opens in one language
# and closes in another closes where no word follows it.
_REST = re.compile(
    r"(?:[^\s\[({“„‘«»「『（【—/\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[“‘«»](?!\w)|(?<=\d)/(?=\d))*"
)
_CLOSING = r"[\"'”’»“)\]」』）】]*"
_SENTENCE = re.compile(rf"[.!?…؟۔]+{_CLOSING}(?=\s|$)|[。！？।॥]+{_CLOSING}")
# A full stop that ends no sentence: after a letter, a shortened title, or letters with stops between them.
_SHORTENED = re.compile(
    r"(?:^|[\s(“‘\"'])(?:\w|\w+\.\w[\w.]*|Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Rev|Hon|St|Jr|Sr|No|vs|Sra?|Dra?)\.$"
)
_VISIBLE = re.compile(r"\S")
_POSSESSIVE = re.compile(r"[’']s?\W*$")
_INSIDE = re.compile(r"[^\W_]|%")
_TAGS = re.compile(r"(<[^<>]*>)")
_CLOSING_TAG = re.compile(r"</(?:em|strong|del|a|bdi|code)>")
_BLOCK_TAG = re.compile(r"</?(?!(?:em|strong|del|a|bdi|code|img|br)\b)\w")
_LINK = "<a "
_LINE_END = "<br>"


@dataclass(slots=True)
class _Piece:
    """A piece of the paragraph: words, or a tag or hole that stands at an offset of the words."""

    part: str | Hole
    at: int
    is_words: bool = False


class _Paragraph:
    """A paragraph as pieces, with its words and where its sentences end."""

    def __init__(self, parts: list[str | Hole]) -> None:
        self.pieces = list(_pieces(parts))
        self.words = "".join(_read(self.pieces))
        ends = [found.end() for found in _SENTENCE.finditer(self.words) if _ends(self.words, found)]
        ends += [len(self.words[: piece.at].rstrip()) for piece in self.pieces if piece.part == _LINE_END]
        self.ends = sorted({*ends, len(self.words.rstrip())})

    def word_end(self, at: int, stops: list[int]) -> int:
        """Where the word ends that an offset is in; `stops` has where another claim begins or ends, if one does."""
        rest = _REST.match(self.words, at)
        return min([rest.end() if rest else at, *stops])

    def sentence_end(self, at: int, stops: list[int]) -> int:
        """Where the sentence ends; the offset itself if another claim begins or ends before."""
        number = bisect_left(self.ends, at)
        end = self.ends[number] if number < len(self.ends) else at
        return end if not stops or end <= stops[0] else at


def _read(pieces: list[_Piece]) -> Iterator[str]:
    """The words of the pieces; no sentence ends inside code."""
    in_code = False
    for piece in pieces:
        if piece.is_words:
            yield "x" * len(str(piece.part)) if in_code else str(piece.part)
        elif piece.part in ("<code>", "</code>"):
            in_code = piece.part == "<code>"


def place_badges(parts: list[str | Hole], start: int) -> list[int]:
    """Move the words of claims from `start` on to where they stand; returns the claims that end inside a word."""
    if not any(type(part) is ClaimWords and not part.block for part in parts[start:]):
        return []
    paragraph = _Paragraph(parts[start:])
    inside: list[int] = []
    moves: list[tuple[int, int, Hole]] = []
    kept: list[_Piece] = []
    for number, piece in enumerate(paragraph.pieces):
        part = piece.part
        if type(part) is ClaimWords and not part.block:
            stops = _stops(paragraph.pieces, number)
            word_end = paragraph.word_end(piece.at, stops)
            moves += (
                (word_end, len(kept), ClaimNumbers(part.claim)),
                (paragraph.sentence_end(word_end, stops), len(kept), part),
            )
            if _is_inside(paragraph.words[max(piece.at - 1, 0) : piece.at], paragraph.words[piece.at : word_end]):
                inside.append(part.claim)
        else:
            kept.append(piece)
    cut = _cut(kept, {to for to, _, _ in moves})
    places = {id(piece): number for number, piece in enumerate(cut)}
    links = [0, *accumulate(map(_link_steps, cut))]
    untouched = len(cut)
    for to, after, hole in reversed(moves):
        behind = places.get(id(kept[after - 1]), -1) + 1 if after else 0
        index = _index(cut, to, behind)
        opened = links[index] if index <= untouched else sum(map(_link_steps, cut[:index]))
        index = _out_of_link(cut, index, opened)
        untouched = min(untouched, index)
        cut.insert(index, _Piece(hole, to))
    parts[start:] = [piece.part for piece in cut]
    return inside


def _pieces(parts: list[str | Hole]) -> list[_Piece]:
    found: list[_Piece] = []
    at, in_tag = 0, False
    for part in parts:
        if not isinstance(part, str):
            found.append(_Piece(part, at))
            continue
        text = part
        if in_tag:
            head, closes, text = part.partition(">")
            found.append(_Piece(head + closes, at))
            in_tag = not closes
        for piece in _TAGS.split(text):
            before, opens, rest = ("", "", "") if piece.startswith("<") else piece.partition("<")
            if piece.startswith("<"):
                in_tag = not piece.endswith(">")
                found.append(_Piece(piece, at))
                continue
            if before:
                found.append(_Piece(before, at, is_words=True))
                at += len(before)
            if opens:
                in_tag = True
                found.append(_Piece(opens + rest, at))
    return found


def _ends(words: str, found: re.Match[str]) -> bool:
    """Whether a sentence ends at these marks: what follows begins another one."""
    after = _VISIBLE.search(words, found.end())
    if after is None:
        return True
    return not after[0].islower() and not (words[found.start()] == "." and _is_shortened(words, found.start()))


def _is_shortened(words: str, stop: int) -> bool:
    """Whether the word before a full stop is one that it shortens."""
    begin = stop
    while begin and (words[begin - 1] in "._" or words[begin - 1].isalnum()):
        begin -= 1
    return _SHORTENED.match(words, max(begin - 1, 0), stop + 1) is not None


def _stops(pieces: list[_Piece], number: int) -> list[int]:
    """The offset after a piece where another claim begins or ends, or something stands that isn't text."""
    here = pieces[number].at
    for following in range(number + 1, len(pieces)):
        piece = pieces[following]
        part = piece.part
        if type(part) in (ClaimClose, ClaimWords) and piece.at == here:
            continue  # both claims end here
        if type(part) in (ClaimOpen, ClaimClose, ClaimWords, CallHole, PanelsHole):
            return [piece.at]
        if isinstance(part, str) and not piece.is_words and _BLOCK_TAG.match(part):
            return [piece.at]
    return []


def _is_inside(before: str, belongs: str) -> bool:
    """Whether a claim ends in the middle of a word, from what stands before its end and what belongs to that."""
    return before[-1:].isalnum() and bool(_INSIDE.search(belongs)) and not _POSSESSIVE.match(belongs)


def _cut(pieces: list[_Piece], offsets: set[int]) -> list[_Piece]:
    """The pieces, words cut in two at each offset."""
    found: list[_Piece] = []
    ordered = sorted(offsets)
    for piece in pieces:
        if not piece.is_words:
            found.append(piece)
            continue
        words, at = str(piece.part), piece.at
        for offset in ordered[bisect_right(ordered, at) : bisect_left(ordered, at + len(words))]:
            found.append(_Piece(words[: offset - at], at, is_words=True))
            words, at = words[offset - at :], offset
        found.append(_Piece(words, at, is_words=True))
    return found


def _index(pieces: list[_Piece], offset: int, behind: int) -> int:
    """Where in the pieces a badge stands for an offset: behind that many pieces, and behind tags that close there."""
    index = max(behind, bisect_left(pieces, offset, key=_offset))
    while index < len(pieces) and _closes(pieces[index]):
        index += 1
    return index


def _offset(piece: _Piece) -> int:
    return piece.at


def _out_of_link(pieces: list[_Piece], index: int, opened: int) -> int:
    """The first place from `index` on that is in no link, of which `opened` are open there."""
    while opened > 0 and index < len(pieces):
        opened += _link_steps(pieces[index])
        index += 1
    return index


def _closes(piece: _Piece) -> bool:
    return type(piece.part) is ClaimClose or (isinstance(piece.part, str) and bool(_CLOSING_TAG.fullmatch(piece.part)))


def _link_steps(piece: _Piece) -> int:
    if piece.is_words or not isinstance(piece.part, str):
        return 0
    return int(piece.part.startswith(_LINK)) - int(piece.part == "</a>")
