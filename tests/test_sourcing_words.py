"""Verdicts in English, and the published label, which is English whatever the page is in."""

from __future__ import annotations

from typing import get_args

import pytest

from explainer.model.published import SourcingNote, Verdict
from explainer.model.terms import Level, NoteCode
from explainer.sourcing.rule import LEVELS, LevelRow
from explainer.sourcing.words import label, published_label, sentences, summary, words_in_table
from tests.harness import CATALOGS, ENGLISH

NAMES = {
    "mar": "Jeff Sessions",
    "doj": "the Justice Department",
    "officials": "current and former officials",
    "jr": "Donald Trump Jr.",
    "kislyak": "Sergey Kislyak",
    "call": "Sergey Kislyak",
}


@pytest.mark.parametrize("row", LEVELS, ids=lambda row: row.level)
def test_label(row: LevelRow) -> None:
    verdict = Verdict(row.level, 2)
    assert label(ENGLISH, verdict, None) == published_label(verdict, None) == row.label.format(n=2)
    assert label(ENGLISH, verdict, "Jeff Sessions") == f"That Jeff Sessions said it: {row.label.format(n=2)}"


@pytest.mark.parametrize("row", LEVELS, ids=lambda row: row.level)
def test_the_table_has_the_words_at_the_claim(row: LevelRow) -> None:
    assert words_in_table(ENGLISH, row.level) == row.words


NOTES = [
    (SourcingNote("disputed", parties=("mar",)), "Disputed by Jeff Sessions."),
    (SourcingNote("disputed", parties=("jr",)), "Disputed by Donald Trump Jr."),
    (
        SourcingNote("disputed", parties=("doj", "kislyak", "mar")),
        "Disputed by the Justice Department, Sergey Kislyak and Jeff Sessions.",
    ),
    (SourcingNote("disputed", parties=("mar",), earlier=True), "Disputed by Jeff Sessions, in an earlier statement."),
    (
        SourcingNote("disputed", parties=("doj", "mar"), earlier=True),
        "Disputed by the Justice Department and Jeff Sessions, in earlier statements.",
    ),
    (SourcingNote("does-not-recall", parties=("mar",)), "Jeff Sessions does not recall it."),
    (
        SourcingNote("does-not-recall", parties=("officials", "mar")),
        "Current and former officials and Jeff Sessions do not recall it.",
    ),
    (SourcingNote("no-comment", parties=("doj",)), "No comment from the Justice Department."),
    (SourcingNote("not-reached", parties=("doj",)), "The Justice Department could not be reached."),
    (SourcingNote("steps", steps=1), "One step from the origin."),
    (SourcingNote("steps", steps=2), "Two steps from the origin."),
    (SourcingNote("steps", steps=13), "13 steps from the origin."),
    (SourcingNote("others-unstated"), "Other sources cited here do not say how they know."),
    (
        SourcingNote("rests-on", sources=("officials", "call"), origins=("kislyak",)),
        "Every source rests on current and former officials and Sergey Kislyak.",
    ),
    (SourcingNote("quotes-match"), "Every quotation was found in a saved copy."),
    (SourcingNote("some-withdrawn"), "Some of the sources for this were withdrawn."),
]


@pytest.mark.parametrize(("note", "sentence"), NOTES)
def test_note(note: SourcingNote, sentence: str) -> None:
    assert sentences(ENGLISH, Verdict("single-named-direct", 1, (note,)), NAMES.__getitem__, str) == (sentence,)


def test_an_origin_is_not_named_beside_the_source_that_is_its_voice() -> None:
    verdict = Verdict(
        "single-named-direct", 1, (SourcingNote("rests-on", sources=("call",), origins=("kislyak", "mar")),)
    )
    names = {"call": "the ambassador’s account", "kislyak": "Sergey Kislyak", "mar": "Jeff Sessions"}
    told = sentences(ENGLISH, verdict, names.__getitem__, {"call": "kislyak"}.__getitem__)
    assert told == ("Every source rests on the ambassador’s account and Jeff Sessions.",)


def test_every_note_has_its_sentence_in_order() -> None:
    notes = tuple(SourcingNote(code, parties=("mar",)) for code in get_args(NoteCode))
    told = sentences(ENGLISH, Verdict("single-named-direct", 1, notes), NAMES.__getitem__, str)
    assert len(set(told)) == len(get_args(NoteCode))
    assert told[0] == "Disputed by Jeff Sessions."


Judged = tuple[Level, bool, bool]
NAMED: Judged = ("single-named-direct", False, False)
UNNAMED: Judged = ("independent-unnamed", False, False)
UNSTATED: Judged = ("origin-unstated", False, False)
UNSOURCED: Judged = ("unsourced", False, False)
WITHDRAWN: Judged = ("withdrawn", False, False)
DISPUTES_ONLY: Judged = ("disputes-only", False, True)
SAID: Judged = ("single-named-direct", True, False)
HEARD: Judged = ("single-unnamed-direct", True, False)
DISPUTED_NAMED: Judged = ("independent-named", False, True)
DISPUTED_SAID: Judged = ("single-named-indirect", True, True)

SUMMARIES: list[tuple[list[Judged], str]] = [
    ([], ""),
    ([NAMED], "One claim here has a named source."),
    ([DISPUTED_NAMED], "One claim here has a named source. It is disputed."),
    ([NAMED, NAMED], "Both claims have a named source."),
    ([WITHDRAWN] * 3, "All three claims rest on withdrawn sources alone."),
    (
        [NAMED, UNNAMED, DISPUTES_ONLY],
        (
            "Of three claims, one has a named source, one rests on unnamed sources alone and one has no source. "
            "One is disputed."
        ),
    ),
    ([SAID], "The one claim here is a statement, and says only that someone said something: it has a named source."),
    ([SAID, SAID], "Both claims are statements, and say only that someone said something: both have a named source."),
    (
        [DISPUTED_SAID, SAID, HEARD],
        (
            "All three claims are statements, and say only that someone said something: two have a named source and one "
            "rests on unnamed sources alone. One of these is disputed."
        ),
    ),
    (
        [NAMED, SAID],
        (
            "One claim here has a named source. One more is a statement, and says only that someone said something: it "
            "has a named source."
        ),
    ),
    (
        [NAMED, NAMED, SAID, SAID, SAID],
        (
            "Two claims have a named source. Three more are statements, and say only that someone said something: all "
            "have a named source."
        ),
    ),
    (
        [*[NAMED] * 2, *[DISPUTED_NAMED] * 2, *[UNNAMED] * 4, *[UNSTATED] * 2, *[UNSOURCED] * 2, *[SAID] * 4, HEARD],
        (
            "Of twelve claims, four have a named source, four rest on unnamed sources alone, two do not say where they "
            "come from and two have no source. Two are disputed. Five more are statements, and say only that someone "
            "said something: four have a named source and one rests on unnamed sources alone."
        ),
    ),
    (
        [*[NAMED] * 1_200, WITHDRAWN],
        "Of 1,201 claims, 1,200 have a named source and one rests on withdrawn sources alone.",
    ),
]


@pytest.mark.parametrize(("levels", "told"), SUMMARIES)
def test_summary(levels: list[Judged], told: str) -> None:
    assert summary(ENGLISH, levels) == told


@pytest.mark.parametrize(
    ("language", "both", "mixed"),
    [
        (
            "es",
            "Las dos afirmaciones tienen una fuente con nombre.",
            (
                "De tres afirmaciones, una tiene una fuente con nombre, una se apoya solo en fuentes sin nombre y una no tiene "
                "fuente. Una está cuestionada."
            ),
        ),
        (
            "fr",
            "Les deux affirmations de cette page ont une source nommée.",
            (
                "Sur trois affirmations, une a une source nommée, une repose seulement sur des sources anonymes et une n’a pas "
                "de source. Une est contestée."
            ),
        ),
        (
            "de",
            "Beide Aussagen hier haben eine namentliche Quelle.",
            (
                "Von drei Aussagen: eine hat eine namentliche Quelle, eine stützt sich nur auf anonyme Quellen und eine hat "
                "keine Quelle. Eine wird bestritten."
            ),
        ),
        (
            "pt",
            "As duas afirmações desta página têm uma fonte identificada.",
            (
                "De três afirmações, uma tem uma fonte identificada, uma tem só fontes sob anonimato e uma não tem fonte. Uma é "
                "contestada."
            ),
        ),
    ],
)
def test_summary_in_other_languages(language: str, both: str, mixed: str) -> None:
    catalog = CATALOGS.of(language)
    assert summary(catalog, [NAMED, NAMED]) == both
    assert summary(catalog, [NAMED, UNNAMED, DISPUTES_ONLY]) == mixed


def test_summary_counts_every_level() -> None:
    for level in get_args(Level):
        assert summary(ENGLISH, [(level, False, False)]).startswith("One claim here ")


def test_numbers_are_words_up_to_twelve() -> None:
    assert [ENGLISH.spelled(n) for n in (0, 1, 12, 13, 2_000)] == ["zero", "one", "twelve", "13", "2,000"]
