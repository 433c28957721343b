"""Which quotation marks each language puts around a quotation, and around one inside it.

The marks are those of Unicode's CLDR, but where the houses of a language print others. A space that belongs to a mark
stands with it.
"""

from __future__ import annotations

from typing import NamedTuple


class QuotationMarks(NamedTuple):
    """The marks at both ends of a quotation, and of one inside it."""

    open: str
    close: str
    inner_open: str
    inner_close: str


ENGLISH_MARKS = QuotationMarks("“", "”", "‘", "’")

_AMERICAN_SPANISH = "AR BO CL CO CR CU DO EC GT HN MX NI PA PE PR PY SV US UY VE 419"
# By the marks: the languages, and where a region has others, language and region.
_LANGUAGES = {
    "“ ” ‘ ’": "en af az cy eo eu ga gl hi id ko ms nl pt pt-BR sw ta th tr vi zh "
    + " ".join(f"es-{region}" for region in _AMERICAN_SPANISH.split()),
    "„ “ ‚ ‘": "de cs et is lb lt sk sl hsb",
    "« » ‹ ›": "de-CH de-LI gsw rm fa am",
    "«\u202f \u202f» “ ”": "fr br",
    "« » “ ”": "es ca it pt-PT el sq ar ckb ps hy kk",
    "« » ‘ ’": "nb nn no",
    "« » „ “": "ru uk be ky tt",
    "„ ” « »": "pl ro",
    "„ ” » «": "hu",
    "„ ” ‘ ’": "hr bs sr-Latn",
    "„ “ ‘ ’": "bg mk sr ka",
    "” ” ’ ’": "sv fi da he yi",
    "” “ ’ ‘": "ur",
    "「 」 『 』": "ja zh-Hant zh-TW zh-HK zh-MO",
}
PAIRS = frozenset(
    (marks[at].strip(), marks[at + 1].strip())
    for marks in (["»", "«", "›", "‹"], *(marks.split(" ") for marks in _LANGUAGES))
    for at in (0, 2)
)
"""The marks at both ends of quotations, in all languages, and as German books have them."""
_MARKS = {tag.lower(): QuotationMarks(*marks.split(" ")) for marks, tags in _LANGUAGES.items() for tag in tags.split()}


def marks_of(tag: str) -> QuotationMarks | None:
    """The marks of exactly this language tag; None where nothing is known of it alone."""
    return _MARKS.get(tag.lower())
