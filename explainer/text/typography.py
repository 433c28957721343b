"""Typographic quotes, apostrophes, dashes and ellipses in the manner of a language.

One function finds what to replace in a text, `replacements`; titles, summaries and sources are set by `typographic`,
and the parser sets the running text with the same function. The time is linear in the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from explainer.text.quotation_marks import ENGLISH_MARKS, QuotationMarks
from explainer.text.scripts import Chars

if TYPE_CHECKING:
    from collections.abc import Iterator

APOSTROPHE, PRIME, DOUBLE_PRIME, GERSHAYIM = "’", "′", "″", "\u05f4"
OBJECT = "\ufffc"
"""Stands in a text for something that is no text of its own, such as code: quotes see a letter there."""
LITERAL = "\ufffb"
"""Stands in a text for a mark that the writer escaped: it stays, and so do its neighbours in a row."""

_MARK = re.compile(r"[\"']|(?<!-)--+(?!-)|\.{3,}")
_FRENCH_SPACE = re.compile(r"(?<=\S) (?=[;!?»](?!\w))|(?<=«) (?=\S)")
_FRENCH_COLON = re.compile(r"(?<=\S) (?=:(?:\s|$))")
_NARROW_SPACE, _NO_BREAK_SPACE = "\u202f", "\u00a0"
_DASHES = {"--": "–", "---": "—"}
# An address, up to what can't be part of one or only ends the sentence around it.
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"“”«»]*[^\s<>\"“”«».,;:!?')\]]", re.IGNORECASE)

_OPENS_AFTER = frozenset(" \t\n\u00a0\u2009\u202f\u3000([{<—–-‒―/=¿¡“‘«‹„‚「『（【")
_CLOSES_BEFORE = frozenset(" \t\n\u00a0\u2009\u202f\u3000")
_ENDS_SENTENCE = frozenset(".,!?…")
# Six feet two, five minutes and ten seconds: figures of one measure, then of the smaller one.
_SMALLER_UNIT = re.compile(r"\d{1,2}(?:\.\d+)?(?![\d\w])")
_DEGREES = re.compile(r"°\s?\d{1,2}(?:\.\d+)?\Z")
_DECADE = re.compile(r"\d0(?:er|s)\b")
_SHORT_YEAR = re.compile(r"\d\d(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
# Words that begin with an apostrophe. The second list's words are words without one too.
_ELIDED = {
    "en": frozenset({"tis", "tisn", "twas", "twasn", "twere", "twill", "twould", "em", "n"}),
    "nl": frozenset("stnkmr") | {"ie"},
    "af": frozenset("nkt"),
    "de": frozenset({"s", "n", "ne", "nen", "ner", "nem", "nes", "rein", "raus", "rauf", "runter", "rum"}),
    "it": frozenset({"ndrangheta", "sto", "sta", "sti", "ste"}),
}
_MAYBE_ELIDED = {
    "en": frozenset({
        "bout", "cause", "cos", "cuz", "coz", "round", "neath", "til", "till", "hood", "ere", "kay", "gainst", "tween",
    }),
}  # fmt: skip
_HEBREW = Chars("\u05d0-\u05ea")
# Scripts without apostrophes, or without spaces between words: a quote may stand between two of their letters.
_JOINED = Chars(
    "\u0600-\u06ff \u0750-\u077f \ufb50-\ufdff \ufe70-\ufeff \u0e00-\u0eff \u1000-\u109f \u1780-\u17ff \u3005-\u30ff "
    "\u3400-\u9fff \uac00-\ud7af \uf900-\ufaff \U00020000-\U0003ffff"
)
_MAX_FIGURES = 3
_DEGREES_LENGTH = 8


class Style(NamedTuple):
    """How a text is set: the language that it is written in, and the quotation marks."""

    language: str = "en"
    marks: QuotationMarks = ENGLISH_MARKS


ENGLISH_STYLE = Style()


class Replacement(NamedTuple):
    """The stretch of a text from `start` to `end`, and what stands there instead."""

    start: int
    end: int
    text: str


def typographic(text: str, style: Style = ENGLISH_STYLE) -> str:
    """A text with its quotes, apostrophes, dashes and ellipses made typographic."""
    if not may_change(text, style):
        return text
    parts: list[str] = []
    at = 0
    for start, end, words in replacements(text, style):
        parts += (text[at:start], words)
        at = end
    return "".join(parts) + text[at:]


def may_change(text: str, style: Style) -> bool:
    """Whether there is anything in a text that could be replaced."""
    return '"' in text or "'" in text or "--" in text or "..." in text or (_is_french(style) and " " in text)


def replacements(text: str, style: Style) -> list[Replacement]:
    """What to replace in a text, in order."""
    if "://" in text or "www." in text.lower():
        text = _ADDRESS.sub(lambda found: OBJECT * len(found[0]), text)
    found = list(_dashes_and_dots(text))
    if '"' in text or "'" in text:
        found += _Quotes(text, style).run()
    if _is_french(style):
        found += (Replacement(*space.span(), _NARROW_SPACE) for space in _FRENCH_SPACE.finditer(text))
        found += (Replacement(*space.span(), _NO_BREAK_SPACE) for space in _FRENCH_COLON.finditer(text))
    return sorted(found)


def _is_french(style: Style) -> bool:
    return style.language[:2].lower() == "fr"


def _dashes_and_dots(text: str) -> Iterator[Replacement]:
    if "--" not in text and "..." not in text:
        return
    for mark in _MARK.finditer(text):
        words = "…" if mark[0][0] == "." else _DASHES.get(mark[0])
        start, end = mark.span()
        if words and LITERAL not in (text[start - 1 : start], text[end : end + 1]):
            yield Replacement(start, end, words)


Kind = Literal["open", "close", "apostrophe", "prime", "gershayim"]


class _Quotes:
    """Decides what each straight quote of a text is: it opens or closes a quotation, or is no quote at all."""

    def __init__(self, text: str, style: Style) -> None:
        self.text = text
        self.marks = style.marks
        language = style.language.partition("-")[0].lower()
        self.elided = _ELIDED.get(language, frozenset())
        self.maybe_elided = _MAYBE_ELIDED.get(language, frozenset())
        self.places = [found.start() for found in re.finditer("[\"']", text)]
        self.kinds: dict[int, Kind] = {}
        self.forced: set[int] = set()
        # The quotations that are open: their marks, innermost last.
        self.stack: list[str] = []
        self.ahead = _Ahead(text, self.places)

    def run(self) -> Iterator[Replacement]:
        """What stands for each quote."""
        for number, at in enumerate(self.places):
            double = self.text[at] == '"'
            kind = self._double(number, at) if double else self._single(number, at)
            self.kinds[at] = kind
            yield Replacement(at, at + 1, self._glyph(kind, double=double))

    def _glyph(self, kind: Kind, *, double: bool) -> str:
        """The mark of a quote, and the quotations that are open after it."""
        if kind == "open":
            marks = self._marks(double=double)
            self.stack.append('"' if double else "'")
            return marks[0]
        if kind == "close":
            self._leave('"' if double else "'")
            return self._marks(double=double)[1]
        if kind == "prime":
            return DOUBLE_PRIME if double else PRIME
        return GERSHAYIM if kind == "gershayim" else APOSTROPHE

    def _marks(self, *, double: bool) -> tuple[str, str]:
        marks = self.marks
        if double:
            return marks.open, marks.close
        # A mark of two strokes inside a quotation; alone it would be read as the outer one.
        nested = '"' in self.stack or marks.inner_open in "‘’‚‹「『"
        return (marks.inner_open, marks.inner_close) if nested else ("‘", "’")

    def _leave(self, mark: str) -> None:
        while self.stack and self.stack.pop() != mark:
            pass

    def _is_open(self, mark: str) -> bool:
        """Whether a quotation is open that this mark closes; a single one only inside the innermost double one."""
        return mark in self.stack if mark == '"' else self.stack[-1:] == ["'"]

    # --- What stands around a quote ---

    def _may_open(self, at: int) -> bool:
        """Whether what stands before is such that a quotation may begin."""
        before = self.text[at - 1 : at]
        return not before or before in _OPENS_AFTER or self.kinds.get(at - 1) == "open"

    def _joins(self, number: int, at: int, script: Chars) -> bool:
        """Whether a quote stands between two letters of a script."""
        return self.text[at - 1 : at] in script and self.ahead.after[number] in script

    # --- Double quotes ---

    def _double(self, number: int, at: int) -> Kind:
        text, after = self.text, self.ahead.after[number]
        if at in self.forced:
            return "prime"
        may_open, is_open = self._may_open(at), self._is_open('"')
        if may_open:
            if after and after not in _CLOSES_BEFORE:
                return "open"
            return "open" if not is_open and self.ahead.next_double[number] is not None else "close"
        if self._joins(number, at, _HEBREW) and text[at + 2 : at + 3] not in _HEBREW and text[at + 2 : at + 3] != '"':
            return "gershayim"
        if text[at - 1].isdigit() and self._measures(number, at, is_open=is_open):
            return "prime"
        begins = _is_word(after) and not is_open and self.ahead.next_double[number] is not None
        return "open" if begins else "close"

    def _measures(self, number: int, at: int, *, is_open: bool) -> bool:
        """Whether a quote after a figure stands for inches."""
        if is_open:
            following = self.ahead.next_double[number]
            return following is not None and not self._opens_later(following)
        return self._figures(at) <= _MAX_FIGURES

    def _figures(self, at: int) -> int:
        """How many figures stand in front of a quote, counted no further than needed."""
        before = self.text[max(0, at - _MAX_FIGURES - 1) : at]
        return len(before) - len(before.rstrip("0123456789"))

    def _opens_later(self, number: int) -> bool:
        """Whether a quote that isn't decided yet may open a quotation."""
        at = self.places[number]
        before = self.text[at - 1 : at]
        return before in _OPENS_AFTER or before in "\"'"

    # --- Single quotes ---

    def _single(self, number: int, at: int) -> Kind:
        if at in self.forced:
            return "apostrophe"
        text, after = self.text, self.ahead.after[number]
        if self._may_open(at):
            return self._before_word(number, at, after)
        if text[at - 1].isdigit() and self._is_measure(number, at):
            return "prime"
        if _is_word(after) and after == text[at + 1 : at + 2]:
            if not self._joins(number, at, _JOINED):
                return "apostrophe"
            if self._is_open("'"):
                return "close"
            return "open" if self.ahead.closers_after[number] else "apostrophe"
        if not self._is_open("'"):
            return "apostrophe"
        # The boys' team, inside a quotation that goes on.
        possessive = text[at - 1] in "sSxzß" and after == " " and self.ahead.closes_next[number]
        return "apostrophe" if possessive else "close"

    def _before_word(self, number: int, at: int, after: str) -> Kind:
        """What a quote is that stands before a word."""
        text, ahead = self.text, self.ahead
        if not after or after in _CLOSES_BEFORE:
            return "close" if self._is_open("'") else "apostrophe"
        if _DECADE.match(text, at + 1):
            return "apostrophe"
        if _SHORT_YEAR.match(text, at + 1) and not ahead.ends_next[number]:
            return "apostrophe"
        word = _WORD.match(text, at + 1)
        if word and text[word.end() : word.end() + 1] == "'" and word[0].lower() == "n" and "n" in self.elided:
            self.forced.add(word.end())  # rock 'n' roll
            return "apostrophe"
        if word and text[word.end() : word.end() + 1] != "'":
            lower = word[0].lower()
            if lower in self.elided or (lower in self.maybe_elided and not ahead.ends_next[number]):
                return "apostrophe"
        begins = at == 0 or self.kinds.get(at - 1) == "open" or text[at - 1] == "\n"
        return "open" if begins or ahead.closers_after[number] else "apostrophe"

    def _is_measure(self, number: int, at: int) -> bool:
        """Whether a quote after a figure stands for feet or minutes; then the one of inches or seconds is known too."""
        text = self.text
        begin = at + 2 if text[at + 1 : at + 2] == " " else at + 1
        smaller = _SMALLER_UNIT.match(text, begin)
        if smaller and text[smaller.end() : smaller.end() + 1] == '"':
            self.forced.add(smaller.end())
            return True
        if (smaller and begin == at + 1) or _DEGREES.search(text, max(0, at - _DEGREES_LENGTH), at):
            return True
        return self._figures(at) <= _MAX_FIGURES and not _is_word(self.ahead.after[number]) and not self._is_open("'")


class _Ahead:
    """What follows each quote of a text, found in one walk from its end."""

    def __init__(self, text: str, places: list[int]) -> None:
        count = len(places)
        self.after = [""] * count  # the first character that is no quote
        self.next_double: list[int | None] = [None] * count
        self.closers_after = [False] * count  # whether a later single quote may close
        self.closes_next = [False] * count  # whether the next single quote that is no apostrophe may only close
        self.ends_next = [False] * count  # and whether it does so beyond doubt, after the end of a sentence
        double: int | None = None
        any_closer = closes = ends = False
        for number in range(count - 1, -1, -1):
            at = places[number]
            following = text[at + 1 : at + 2]
            self.after[number] = self.after[number + 1] if following in ("'", '"') and following else following
            self.next_double[number] = double
            self.closers_after[number], self.closes_next[number], self.ends_next[number] = any_closer, closes, ends
            if text[at] == '"':
                double = number
                continue
            before, after = text[at - 1 : at], self.after[number]
            joined = before in _JOINED and after in _JOINED
            if _is_word(before) and _is_word(following) and not joined:
                continue
            closes = bool(before) and before not in _OPENS_AFTER and (not _is_word(following) or joined)
            ends = closes and before in _ENDS_SENTENCE
            any_closer = any_closer or closes


def _is_word(char: str) -> bool:
    return char.isalnum() or char == OBJECT
