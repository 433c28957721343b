"""Finds a quotation in the text of a source's saved copy."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from explainer.resolve.quote_text import CLOSE_DASH, LINE_HYPHEN, even, even_copy
from explainer.text.scripts import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# In square brackets stands what the quotation changes: words left out, or words and letters put in their place.
_CHANGED = re.compile(r"\[([^\[\]]*)\]")
_ELLIPSIS = re.compile(r"\s*(?:…|\.\s?\.\s?\.)\s*")
# Words in square brackets stand for no more than this many words of one sentence of the copy.
_MOST_REPLACED = 12
# Common words stand in a long copy too often to try every place.
_MOST_PLACES = 2_000
_MOST_STARTS = 200

_LEADING = re.compile(r'(?:[\s",;:]|\.(?!\d))+')
_TRAILING = re.compile(r'[\s".,;:]+$')
_LETTER_PUT_IN = "\ue003"  # before a letter whose case was changed: `[t]he`
_ENDING_PUT_IN = "\ue004"  # for letters put in place of some of a word: `walk[ed]`

_SENTENCE_END = re.compile(r"(\w+)\"?([.!?。！？؟])\"?(?=\s+[^\Wa-z]|\s+\"|(?<=\"[.!?])[^\Wa-z]|[。！？]|\s*$)")
_ABBREVIATION = 3  # letters at the most, the first a capital: “Mr.”, “Dr.”, “U.S.”
# English, Spanish, French, German, Portuguese, Italian, Arabic.
_NEGATIONS = frozenset({
    "not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "cannot", "hardly", "without", "nunca",
    "jamás", "nadie", "nada", "ni", "sin", "tampoco", "ningún", "ninguna", "ne", "pas", "jamais", "rien", "aucun",
    "aucune", "sans", "nicht", "kein", "keine", "keinen", "keinem", "keiner", "keines", "nie", "niemals", "nichts",
    "ohne", "não", "nem", "ninguém", "sem", "non", "mai", "niente", "nessuno", "senza", "لا", "لم", "لن", "ليس",
    "ليست", "ليسوا", "غير", "بدون", "دون",
})  # fmt: skip
_WORD = re.compile(r'[\w"]+')
_LAST_WORD = re.compile(r"\w+$")
_LONGEST_WORD = 40
_ENDS = frozenset(".!?。！？؟")
_END_SHOWN = re.compile(r"[.!?。！？؟][\"'”’»]?\s*$")


@dataclass(frozen=True, slots=True)
class Found:
    """Where a quotation stands: what its `[…]` and `[words]` stand for in the copy, evened out.

    `put_in` are the words that it puts in their place; `joins_sentences`: its square brackets stand where one
    sentence of the copy ends and another begins, and it doesn't show that one ends.
    """

    changed: tuple[str, ...] = ()
    put_in: tuple[str, ...] = ()
    joins_sentences: bool = False

    @property
    def leaves_out_a_negation(self) -> bool:
        """Whether a word like “not” is among what the quotation leaves out or replaces."""
        return any(map(_negates, self.changed))

    @property
    def puts_in_a_negation(self) -> bool:
        """Whether a word like “not” stands in its square brackets, and not in their place in the copy."""
        return any(_negates(words) and not _negates(gap) for words, gap in zip(self.put_in, self.changed, strict=True))

    @property
    def crosses_sentences(self) -> bool:
        """Whether what the quotation leaves out or replaces holds the end of a sentence."""
        return self.joins_sentences or any(map(_ends_sentence, self.changed))

    @property
    def keeps_sense(self) -> bool:
        """Whether nothing in its square brackets may change the sense."""
        return not (self.leaves_out_a_negation or self.puts_in_a_negation or self.crosses_sentences)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words that must stand in the copy as they are, and how many of it may lie between them and the piece before.

    `put_in` are the words in square brackets before it; `ends_before`: the end of a sentence is shown there.
    """

    words: str
    most_before: int | None
    put_in: str
    ends_before: bool


def find_quote(quote: str, copy: str) -> Found | None:
    """Find a quotation in a copy's text, in whole words; `[…]` stands for words left out, `[words]` for replaced ones.

    Of several places the first is taken where what is changed holds neither a “not” nor the end of a sentence.
    """
    evened = even_copy(copy)
    pieces = list(_pieces(quote))
    if not pieces:
        return None
    by_words = {words: list(_places(words, evened)) for words in dict.fromkeys(piece.words for piece in pieces)}
    places = [by_words[piece.words] for piece in pieces]
    if not all(places):
        return None
    best = None
    for place in places[0][:_MOST_STARTS]:
        found = _from(place, pieces, places, evened)
        if found and found.keeps_sense:
            return found
        best = best or found
    return best


def _from(
    place: tuple[int, int], pieces: Sequence[_Piece], places: Sequence[list[tuple[int, int]]], text: str
) -> Found | None:
    """Follow a quotation from a place of its first piece, each piece at the nearest place after the one before."""
    changed = []
    joins = False
    for piece, candidates in zip(pieces[1:], places[1:], strict=True):
        index = bisect_left(candidates, (place[1], 0))
        if index == len(candidates):
            return None
        gap = text[place[1] : candidates[index][0]]
        if piece.most_before is not None and (len(gap.split()) > piece.most_before or _ends_sentence(gap)):
            return None
        changed.append(gap)
        joins = joins or (not piece.ends_before and _breaks_off(text, place[1], candidates[index][0]))
        place = candidates[index]
    return Found(tuple(changed), tuple(piece.put_in for piece in pieces[1:]), joins)


def _breaks_off(text: str, end: int, start: int) -> bool:
    """Whether the sentence of a piece that ends at one offset of a copy ends right there, before the next begins."""
    word = _LAST_WORD.search(text[max(end - _LONGEST_WORD, 0) : end])
    if word is None:
        return False
    match = _SENTENCE_END.match(word[0] + text[end : start + 1])
    return match is not None and not _is_shortened(match)


def _pieces(quote: str) -> Iterator[_Piece]:
    """Split a quotation at its square brackets, but for those inside of words."""
    written, most, put_in, at = "", None, "", 0
    ended = False
    for match in _CHANGED.finditer(quote):
        before, after = quote[: match.start()][-1:], quote[match.end() :][:1]
        written += quote[at : match.start()]
        at = match.end()
        left_out = _ELLIPSIS.fullmatch(match[1]) is not None
        if not left_out and (_is_letter(before) or _is_letter(after)):
            single = len(match[1]) == 1 and match[1].isalpha() and not _is_letter(before)
            written += _LETTER_PUT_IN + match[1] if single else _ENDING_PUT_IN
            continue
        if words := _trimmed(written):
            yield _Piece(words, most, put_in, ended or _begins_with_an_end(written))
            most, put_in = None if left_out else _MOST_REPLACED, ""
        elif left_out:
            most = None
        put_in += "" if left_out else f" {match[1]}"
        ended = _END_SHOWN.search(written) is not None
        written = ""
    written += quote[at:]
    if words := _trimmed(written):
        yield _Piece(words, most, put_in, ended or _begins_with_an_end(written))


def _begins_with_an_end(written: str) -> bool:
    return written.lstrip()[:1] in _ENDS


def _is_letter(character: str) -> bool:
    return character.isalnum()


def _trimmed(written: str) -> str:
    """The words of a piece, evened out, without the punctuation at its ends."""
    evened = _TRAILING.sub("", even(written))
    leading = _LEADING.match(evened)
    return evened[leading.end() :] if leading else evened


@cache
def _in_a_word() -> re.Pattern[str]:
    """Two characters inside a word."""
    return re.compile(rf"[^\W{UNSPACED}]{{2}}")


def _places(words: str, text: str) -> Iterator[tuple[int, int]]:
    """Where whole words like these stand in an evened-out text: start and end."""
    count, in_a_word = 0, _in_a_word()
    for match in re.finditer(_pattern(words, broken=LINE_HYPHEN in text), text):
        start, end = match.span()
        if start and in_a_word.match(text[start - 1 : start + 1]):
            continue
        if in_a_word.match(text[end - 1 : end + 1]):
            continue
        yield start, end
        count += 1
        if count == _MOST_PLACES:
            return


def _pattern(words: str, *, broken: bool) -> str:
    """A regular expression for words as an evened-out copy may write them; `broken`: it has hyphens at line ends."""
    parts: list[str] = []
    before, first = "", True
    put_in = False
    for part in re.split(rf"( -- |[-{CLOSE_DASH}{LINE_HYPHEN}{_ENDING_PUT_IN}{_LETTER_PUT_IN}])", words):
        match part:
            case "":
                continue
            case " -- ":
                parts.append(f"(?: -- |{CLOSE_DASH})")
            case "-":
                parts.append(f"[-{CLOSE_DASH}{LINE_HYPHEN}]")
            case _ if part == CLOSE_DASH:
                parts.append(f"(?:[-{CLOSE_DASH}]| -- )")
            case _ if part == LINE_HYPHEN:
                parts.append(f"[-{LINE_HYPHEN}]?")
            case _ if part == _ENDING_PUT_IN:
                parts.append(r"\w{0,20}")
            case _ if part == _LETTER_PUT_IN:
                put_in = True
                continue
            case _:
                if broken and before and before not in {"-", " -- "} and part[0].isalnum():
                    parts.append(f"{LINE_HYPHEN}?")
                parts.append(_letters(part, broken=broken, any_case=first or put_in))
                put_in = False
        before, first = part, False
    return "".join(parts)


def _letters(part: str, *, broken: bool, any_case: bool) -> str:
    """A regular expression for characters; between two of one word a line may end if the copy has such lines."""
    joint = f"{LINE_HYPHEN}?"
    out = [_either_case(part[0]) if any_case else re.escape(part[0])]
    for before, character in pairwise(part):
        if broken and before.isalnum() and character.isalnum():
            out.append(joint)
        out.append(re.escape(character))
    return "".join(out)


def _either_case(letter: str) -> str:
    other = letter.swapcase()
    return re.escape(letter) if other == letter or len(other) > 1 else f"[{re.escape(letter)}{re.escape(other)}]"


def _ends_sentence(gap: str) -> bool:
    return any(not _is_shortened(match) for match in _SENTENCE_END.finditer(gap))


def _is_shortened(match: re.Match[str]) -> bool:
    """Whether a full stop shortens a word, and ends no sentence."""
    return match[2] == "." and len(match[1]) <= _ABBREVIATION and match[1][0].isupper()


def _negates(words: str) -> bool:
    found = (word.casefold() for word in _WORD.findall(even(words)))
    return any(word.strip('"') in _NEGATIONS or word.endswith('n"t') for word in found)
