"""What one speaker said over time, what changed in the wording, and what was reported and denied in between.

Marks compare a statement's quotations with those of the one before, word by word. Where too little is shared
nothing is marked, and the page says so.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from explainer.text.scripts import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from explainer.model.published import Claim, PanelEdge
    from explainer.model.published_pages import Page
    from explainer.model.site import ClaimEntry

_MARKS = re.compile(r"[^\w%€$£]+")
# How much of both statements together must be shared.
_ENOUGH = 1 / 3
_NEVER = "9999"


class Piece(NamedTuple):
    """A part of a quotation; `new` if the statement before didn't have it."""

    text: str
    new: bool = False


class Quotation(NamedTuple):
    """A quotation in pieces, and its language where that is known."""

    pieces: tuple[Piece, ...]
    language: str | None = None


class Statement(NamedTuple):
    """What was said, reported or denied at one time.

    `when` is its date or None. `occasion` names the source of what was said, `who` the one who denied. `text` is the
    claim as a sentence, `words` how it is sourced, `url` its address. `compared` tells how the quotations stand to
    those before: `marked`, the `same`, `little` shared, or not compared; `lost` is the wording that is gone, `new`
    what the editor marks as new.
    """

    kind: Literal["said", "reported", "denied"]
    when: str | None
    text: str
    url: str
    words: str
    occasion: str = ""
    who: str = ""
    quotes: tuple[Quotation, ...] = ()
    compared: Literal["", "marked", "same", "little"] = ""
    lost: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


def statements_of_page(page: Page, speaker: str) -> tuple[Statement, ...]:
    """The statements of a speaker, by id or party, on one page."""
    home = f"/people/{speaker}/"
    spoken = [
        claim for claim in page.claims if claim.speaker and (claim.speaker.id == speaker or claim.speaker.page == home)
    ]
    said = [_said(claim) for claim in spoken]
    others = [claim for claim in page.claims if claim not in spoken and _concerns(claim, speaker, spoken)]
    cited = {edge.source for claim in spoken for edge in claim.edges}
    between = [statement for claim in others for statement in _reported(claim, cited)]
    return _in_time(said, between)


def statements_of_person(
    statements: Iterable[ClaimEntry], reports: Iterable[ClaimEntry] = (), before: ClaimEntry | None = None
) -> tuple[Statement, ...]:
    """A person's statements, and the reports that they disputed; the first is compared with what was said `before`."""
    said = [_said_anywhere(one) for one in statements]
    between = [Statement("reported", one.reported, one.text, one.path, one.words) for one in reports if one.reported]
    return _in_time(said, between, _said_anywhere(before) if before else None)


# --- Entries ------------------------------------------------------------------------------------


def _said_anywhere(one: ClaimEntry) -> Statement:
    return Statement(
        "said", one.said, one.text, one.path, one.words, occasion=one.page_title,
        quotes=tuple(Quotation((Piece(quote),)) for quote in one.quotes), new=one.new,
    )  # fmt: skip


def _said(claim: Claim) -> Statement:
    quoted = [item for item in claim.panel if item.stance == "supports" and item.quotes]
    occasions = dict.fromkeys(_occasion(item) for item in quoted)
    quotes = dict.fromkeys((quote, item.source.language) for item in quoted for quote, _ in item.quotes)
    return Statement(
        "said", claim.said, claim.text, f"#{claim.anchor}", claim.words, occasion="; ".join(occasions),
        quotes=tuple(Quotation((Piece(quote),), language) for quote, language in quotes), new=claim.new,
    )  # fmt: skip


def _occasion(item: PanelEdge) -> str:
    at = item.quotes[0][1]
    return f"{item.source.name}, {at}" if at else item.source.name


def _concerns(claim: Claim, speaker: str, spoken: Sequence[Claim]) -> bool:
    """Whether a report is one that the speaker disputes, was asked about, or spoke against."""
    if any(
        speaker in (item.source.party, item.source.id)
        for item in claim.panel
        if item.response or item.stance == "disputes"
    ):
        return True
    statements = {one.id for one in spoken}
    return any(link.id in statements for link in (*claim.contradicts, *claim.contradicted_by))


def _reported(claim: Claim, cited: set[str]) -> Iterator[Statement]:
    """A report, and the denials of it that are no statement of the record itself."""
    if claim.reported and not claim.speaker:
        yield Statement("reported", claim.reported, claim.text, f"#{claim.anchor}", claim.words)
    for item in claim.panel:
        source = item.source
        if item.stance == "disputes" and source.date and source.id not in cited:
            quotes = tuple(Quotation((Piece(quote),), source.language) for quote, _ in item.quotes)
            who = source.voice or source.name
            yield Statement("denied", source.date, claim.text, f"#{claim.anchor}", claim.words, who=who, quotes=quotes)


def _in_time(said: list[Statement], between: list[Statement], before: Statement | None = None) -> tuple[Statement, ...]:
    """All by date, undated ones last; each statement is compared with the one before."""
    ordered = _compared(sorted(said, key=_date), before)
    # Of one date, a report comes before what was said: an answer to it follows it.
    return tuple(sorted([*ordered, *between], key=lambda one: (_date(one), one.kind != "reported")))


def _date(statement: Statement) -> str:
    return statement.when or _NEVER


# --- Wording ------------------------------------------------------------------------------------


def _compared(statements: Iterable[Statement], before: Statement | None) -> Iterator[Statement]:
    for statement in statements:
        if statement.new and statement.quotes:
            yield _as_marked(statement)
        elif before and before.quotes and statement.quotes and before.quotes != statement.quotes:
            yield _against(before, statement)
        elif before and before.quotes and statement.quotes:
            yield statement._replace(compared="same")
        else:
            yield statement
        before = statement


def _as_marked(statement: Statement) -> Statement:
    """A statement with what the editor says is new marked, whatever the comparison would find."""
    return statement._replace(
        compared="marked", quotes=tuple(_with_new(one, statement.new) for one in statement.quotes)
    )


def _with_new(quotation: Quotation, new: Sequence[str]) -> Quotation:
    whole = _whole(quotation)
    runs = sorted((at, at + len(words)) for words in new if (at := whole.find(words)) >= 0)
    apart = [run for number, run in enumerate(runs) if not number or run[0] >= runs[number - 1][1]]
    return quotation._replace(pieces=tuple(_pieces(whole, apart)))


class _Word(NamedTuple):
    """A word's place: which quotation, from where to where; and by what it is compared."""

    quote: int
    start: int
    end: int
    key: str


@cache
def _word() -> re.Pattern[str]:
    """A word, or a character of a script that puts no space between words."""
    return re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")


@cache
def _telling_word() -> re.Pattern[str]:
    """A word with meaning, unlike "of" and "the"."""
    return re.compile(rf"[{UNSPACED}]|.{{4}}")


def _words(statement: Statement) -> list[_Word]:
    found = []
    for number, quotation in enumerate(statement.quotes):
        for word in _word().finditer(_whole(quotation)):
            key = _MARKS.sub("", word[0].casefold())
            if key:
                found.append(_Word(number, *word.span(), key))
    return found


def _whole(quotation: Quotation) -> str:
    return "".join(piece.text for piece in quotation.pieces)


def _against(before: Statement, statement: Statement) -> Statement:
    """A statement with what is new marked, compared with the one before."""
    old, new = _words(before), _words(statement)
    matcher = SequenceMatcher(None, [word.key for word in old], [word.key for word in new], autojunk=False)
    blocks = matcher.get_matching_blocks()
    shared = sum(block.size for block in blocks)
    if shared == len(old) == len(new):
        return statement._replace(compared="same")
    telling_word = _telling_word()
    telling = any(telling_word.match(word.key) for block in blocks for word in new[block.b : block.b + block.size])
    if not telling or 2 * shared < _ENOUGH * (len(old) + len(new)):
        return statement._replace(compared="little")
    kept_old = {index for block in blocks for index in range(block.a, block.a + block.size)}
    kept_new = {index for block in blocks for index in range(block.b, block.b + block.size)}
    lost = _runs(before, old, kept_old)
    fresh = _runs(statement, new, kept_new)
    quotes = tuple(
        quotation._replace(pieces=tuple(_pieces(_whole(quotation), [run[1:] for run in fresh if run[0] == number])))
        for number, quotation in enumerate(statement.quotes)
    )
    gone = tuple(_whole(before.quotes[number])[start:end] for number, start, end in lost)
    return statement._replace(compared="marked", quotes=quotes, lost=gone)


def _runs(statement: Statement, words: list[_Word], kept: set[int]) -> list[tuple[int, int, int]]:
    """The ranges of words that aren't kept: which quotation, start and end."""
    runs: list[tuple[int, int, int]] = []
    open_ = False
    for index, word in enumerate(words):
        if index in kept:
            open_ = False
        elif open_ and runs[-1][0] == word.quote:
            runs[-1] = (word.quote, runs[-1][1], word.end)
        else:
            runs.append((word.quote, word.start, word.end))
            open_ = True
    return [(number, start, _trimmed(_whole(statement.quotes[number]), start, end)) for number, start, end in runs]


def _trimmed(text: str, start: int, end: int) -> int:
    """The end of a stretch without the marks that close it."""
    while end > start + 1 and text[end - 1] in ".,;:!?":
        end -= 1
    return end


def _pieces(text: str, runs: list[tuple[int, int]]) -> Iterator[Piece]:
    at = 0
    for start, end in runs:
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], new=True)
        at = end
    if at < len(text):
        yield Piece(text[at:])
