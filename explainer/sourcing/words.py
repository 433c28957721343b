"""Put a verdict into words: at the claim, in full, note by note, and for a whole page. A catalog has the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.model.published import GROUPS
from explainer.sourcing.rule import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from explainer.model.published import SourcingNote, Verdict
    from explainer.model.terms import Level
    from explainer.text.catalog import Catalog

_LABELS = {row.level: row.label for row in LEVELS}


# --- One claim ----------------------------------------------------------------------------------


def words_in_table(catalog: Catalog, level: Level) -> str:
    """What stands at a claim of this level, as the published table has it: with the names of what is filled in."""
    form = catalog.form
    words = form(f"level.{level}.words")
    if level == "origin-unstated":
        return form("levels.several").format(words=words, others=form("badge.none-states"))
    if level == "independent-named":
        return form("levels.too-long").format(words=words, others=form("levels.some-named"))
    return words


def label(catalog: Catalog, verdict: Verdict, speaker: str | None) -> str:
    """The level in full; `speaker` is a name."""
    full = catalog.text(f"level.{verdict.level}.label", verdict.n)
    return full if speaker is None else catalog.text("level.said", speaker=speaker, level=full)


def published_label(verdict: Verdict, speaker: str | None) -> str:
    """The level in full as machines read it: in the words of the published rule, whatever the page's language."""
    full = _LABELS[verdict.level].format(n=verdict.n)
    return full if speaker is None else f"That {speaker} said it: {full}"


def sentences(
    catalog: Catalog, verdict: Verdict, name: Callable[[str], str], party: Callable[[str], str]
) -> tuple[str, ...]:
    """Each note as a plain sentence; `name` gives the name of a party or source by its id, `party` whose voice it is."""
    return tuple(_sentence(catalog, note, name, party) for note in verdict.notes)


def remaining(verdict: Verdict, sentences: Sequence[str], *, goes_back: bool) -> tuple[str, ...]:
    """The sentences of notes that an account doesn't tell otherwise: by its chain, or by who denied and was asked."""
    told = {"disputed", "does-not-recall", "no-comment", "not-reached", "steps", *(("rests-on",) if goes_back else ())}
    return tuple(one for note, one in zip(verdict.notes, sentences, strict=True) if note.code not in told)


def _sentence(catalog: Catalog, note: SourcingNote, name: Callable[[str], str], party: Callable[[str], str]) -> str:
    # An origin needs no name beside the source that is its voice.
    origins = set(note.origins).difference(map(party, note.sources))
    parts = (*note.parties, *note.sources, *(origin for origin in note.origins if origin in origins))
    who = list(dict.fromkeys(map(name, parts)))
    key = f"note.{note.code}-earlier" if note.earlier else f"note.{note.code}"
    text = capitalised(catalog.text(key, note.steps or len(who), who=catalog.listed(who)))
    # A name such as "Robert Downey Jr." may bring the full stop.
    stop = catalog.form("sentence.end")
    return text if text.endswith(stop) else text + stop


# --- A page -------------------------------------------------------------------------------------

Judged = tuple["Level", bool]


def summary(catalog: Catalog, levels: Sequence[tuple[Level, bool, bool]]) -> str:
    """How a page's claims are sourced, from each one's level, whether it has a speaker, is disputed.

    Statements ("that someone said something") are counted apart. Empty without claims.
    """
    claims = [(level, disputed) for level, speaker, disputed in levels if not speaker]
    statements = [(level, disputed) for level, speaker, disputed in levels if speaker]
    parts = [
        *(_of_claims(catalog, claims, alone=not statements) if claims else ()),
        *(_of_statements(catalog, statements, alone=not claims) if statements else ()),
    ]
    return " ".join(map(capitalised, parts))


def _of_claims(catalog: Catalog, claims: Sequence[Judged], *, alone: bool) -> list[str]:
    total, groups = len(claims), _grouped(claims)
    if len(groups) > 1:
        first = catalog.text("summary.of", total, parts=_counted(catalog, groups))
    else:
        key = _of_two("summary.all", total) if alone else "summary.some"
        first = catalog.text(key, total, what=_has(catalog, groups[0]))
    return [first, *_disputes(catalog, claims, "summary.disputed")]


def _of_statements(catalog: Catalog, claims: Sequence[Judged], *, alone: bool) -> list[str]:
    total, groups = len(claims), _grouped(claims)
    if len(groups) > 1:
        how = _counted(catalog, groups)
    else:
        how = catalog.text(_of_two("summary.each", total), total, what=_has(catalog, groups[0]))
    key = _of_two("summary.statements", total) if alone else "summary.more"
    said = catalog.text(key, total, how=how)
    return [said, *_disputes(catalog, claims, "summary.of-these-disputed")]


def _of_two(key: str, total: int) -> str:
    """The key of a text about all of a page's claims: two are "both"."""
    return f"{key}-two" if total == 2 else key  # noqa: PLR2004 - two


def _counted(catalog: Catalog, groups: Sequence[tuple[str, int]]) -> str:
    return catalog.listed([catalog.text("summary.count", group[1], what=_has(catalog, group)) for group in groups])


def _has(catalog: Catalog, group: tuple[str, int]) -> str:
    return catalog.form(f"summary.{group[0]}", group[1])


def _grouped(claims: Sequence[Judged]) -> list[tuple[str, int]]:
    """How many claims each group has; none that is empty."""
    counts = [(name, sum(level in group for level, _ in claims)) for name, group in GROUPS.items()]
    return [(name, count) for name, count in counts if count]


def _disputes(catalog: Catalog, claims: Sequence[Judged], key: str) -> list[str]:
    count = sum(disputed for _, disputed in claims)
    if not count:
        return []
    return [catalog.form("summary.it-is-disputed") if len(claims) == 1 else catalog.text(key, count)]


def capitalised(text: str) -> str:
    """The text with its first letter capitalised."""
    return text[:1].upper() + text[1:]
