"""A verdict in English: at the claim, in full, note by note, and for a whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.rule import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from explainer.model import Level, NoteCode, SourcingNote, Verdict

_ROWS = {row.level: row for row in LEVELS}

_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip

# What a page's summary says of a level: of one claim, and of several.
_NAMED = ("has a named source", "have a named source")
_UNNAMED = ("rests on unnamed sources alone", "rest on unnamed sources alone")
_UNSTATED = ("does not say where it comes from", "do not say where they come from")
_NO_SOURCE = ("has no source", "have no source")
_WITHDRAWN = ("rests on withdrawn sources alone", "rest on withdrawn sources alone")
_GROUPS: dict[tuple[str, str], tuple[Level, ...]] = {
    _NAMED: ("independent-named", "single-named-direct", "single-named-indirect"),
    _UNNAMED: ("independent-unnamed", "single-unnamed-direct", "single-unnamed-indirect"),
    _UNSTATED: ("origin-unstated",),
    _NO_SOURCE: ("unsourced", "disputes-only"),
    _WITHDRAWN: ("withdrawn",),
}

# What a note says: of one party or step (or of none), and of several.
_NOTES: dict[NoteCode, tuple[str, str]] = {
    "disputed": ("Disputed by {who}", "Disputed by {who}"),
    "does-not-recall": ("{who} does not recall it", "{who} do not recall it"),
    "no-comment": ("No comment from {who}", "No comment from {who}"),
    "not-reached": ("{who} could not be reached", "{who} could not be reached"),
    "steps": ("One step from the origin", "{steps} steps from the origin"),
    "others-unstated": ("Other sources cited here do not say how they know", ""),
    "rests-on": ("Every source rests on {who}", "Every source rests on {who}"),
    "quotes-match": ("Every quotation was found in a saved copy", ""),
    "some-withdrawn": ("Some of the sources for this were withdrawn", ""),
}
_EARLIER = ("Disputed by {who}, in an earlier statement", "Disputed by {who}, in earlier statements")


# --- One claim ----------------------------------------------------------------------------------


def words(verdict: Verdict, speaker: str | None, origin: str | None) -> str:
    """What stands at the claim; `speaker` and `origin` are names."""
    said = _framed(_ROWS[verdict.level].words, verdict, speaker, origin)
    disputed = any(note.code == "disputed" for note in verdict.notes)
    return f"{said}; disputed" if disputed and verdict.level != "disputes-only" else said


def label(verdict: Verdict, speaker: str | None) -> str:
    """The level in full; `speaker` is a name."""
    return _framed(_ROWS[verdict.level].label, verdict, speaker, None)


def _framed(form: str, verdict: Verdict, speaker: str | None, origin: str | None) -> str:
    text = form.format(n=verdict.n)
    if speaker is not None:
        return f"That {speaker} said it: {text}"
    if origin is not None and verdict.level.startswith("single-"):
        return f"{text}: {origin}"
    return text


def sentences(verdict: Verdict, name: Callable[[str], str]) -> tuple[str, ...]:
    """Each note as a plain sentence; `name` gives the name of a party or source by its id."""
    return tuple(_sentence(note, name) for note in verdict.notes)


def _sentence(note: SourcingNote, name: Callable[[str], str]) -> str:
    who = list(dict.fromkeys(name(id_) for id_ in (*note.parties, *note.sources, *note.origins)))
    one, several = _EARLIER if note.earlier else _NOTES[note.code]
    form = several if max(len(who), note.steps) > 1 else one
    text = _capital(form.format(who=_listed(who), steps=spelled(note.steps)))
    # A name such as "Robert Downey Jr." may bring the full stop.
    return text if text.endswith(".") else f"{text}."


# --- A page -------------------------------------------------------------------------------------


def summary(levels: Sequence[tuple[Level, bool, bool]]) -> str:
    """How a page's claims are sourced, from each one's level, whether it has a speaker, is disputed.

    Statements ("that someone said something") are counted apart. Empty without claims.
    """
    claims = [(level, disputed) for level, speaker, disputed in levels if not speaker]
    statements = [(level, disputed) for level, speaker, disputed in levels if speaker]
    told = [
        _of_claims(claims, alone=not statements) if claims else "",
        _of_statements(statements, alone=not claims) if statements else "",
    ]
    return " ".join(filter(None, told))


def _of_claims(claims: Sequence[tuple[Level, bool]], *, alone: bool) -> str:
    total, groups = len(claims), _grouped(claims)
    if len(groups) > 1:
        first = f"Of {spelled(total)} claims, {_counted(groups)}."
    elif alone or total == 1:
        first = f"{_all_claims(total)} {groups[0][1]}."
    else:
        first = f"{_capital(spelled(total))} claims {groups[0][1]}."
    return first + _disputes(claims, "")


def _of_statements(claims: Sequence[tuple[Level, bool]], *, alone: bool) -> str:
    total, groups = len(claims), _grouped(claims)
    who = _all_claims(total) if alone else f"{_capital(spelled(total))} more"
    all_of_them = {1: "it", 2: "both"}.get(total, "all")
    how = _counted(groups) if len(groups) > 1 else f"{all_of_them} {groups[0][1]}"
    said = f"{who} {'is' if total == 1 else 'are'} that someone said something: {how}."
    return said + _disputes(claims, " of these")


def _counted(groups: Iterable[tuple[int, str]]) -> str:
    return _listed([f"{spelled(count)} {text}" for count, text in groups])


def _grouped(claims: Sequence[tuple[Level, bool]]) -> list[tuple[int, str]]:
    """How many claims each group has, and what is said of them; none that is empty."""
    counts = [(sum(level in group for level, _ in claims), forms) for forms, group in _GROUPS.items()]
    return [(count, forms[count > 1]) for count, forms in counts if count]


def _disputes(claims: Sequence[tuple[Level, bool]], of_these: str) -> str:
    count = sum(disputed or level == "disputes-only" for level, disputed in claims)
    if not count:
        return ""
    if len(claims) == 1:
        return " It is disputed."
    return f" {_capital(spelled(count))}{of_these} {'is' if count == 1 else 'are'} disputed."


def _all_claims(total: int) -> str:
    return {1: "One claim here", 2: "Both claims"}.get(total, f"All {spelled(total)} claims")


# --- Words --------------------------------------------------------------------------------------


def spelled(n: int) -> str:
    """A number as newsrooms write it: in words up to twelve, then in figures."""
    return _NUMBERS[n] if 0 <= n < len(_NUMBERS) else f"{n:,}"


def _listed(items: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
