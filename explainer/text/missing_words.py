"""What a catalog of words still lacks: keys, and the plural forms of its language."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.text.catalog import ENGLISH, QUOTATION_KEYS, plural_forms
from explainer.text.languages import fallback_tags
from explainer.text.quotation_marks import marks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.text.catalog import Catalogs, Forms, Phrases


class MissingWord(NamedTuple):
    """A key with the English words to translate, in the plural forms of the language.

    `lacks` names the forms that are missing where the key itself is there.
    """

    key: str
    english: Forms
    lacks: tuple[str, ...] = ()


def missing_words(catalogs: Catalogs, language: str) -> tuple[MissingWord, ...]:
    """What the words of a language lack, in the order of the English catalog."""
    words: Phrases = {}
    for tag in fallback_tags(language):
        words.update(catalogs.table(tag))
    return tuple(_missing(catalogs.table(ENGLISH), words, language))


def _missing(english: Phrases, words: Phrases, language: str) -> Iterator[MissingWord]:
    forms = plural_forms(language)
    # The quotation marks of most languages are known without a catalog.
    known = set(QUOTATION_KEYS) if any(map(marks_of, fallback_tags(language))) else set()
    for key, text in english.items():
        there = words.get(key)
        if there is None:
            if key not in known:
                yield MissingWord(key, text if isinstance(text, str) else _in_forms(text, forms))
        elif isinstance(there, dict) and (lacks := tuple(form for form in forms if form not in there)):
            yield MissingWord(key, text, lacks)


def _in_forms(text: dict[str, str], forms: tuple[str, ...]) -> dict[str, str]:
    """English words under the plural forms of another language."""
    return {form: text.get(form, text["other"]) for form in forms}
