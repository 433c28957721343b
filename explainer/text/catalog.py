"""The theme's words in each language: texts by key, plural forms, numbers and dates.

English needs no Babel, which takes longer to import than a page takes to render.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from explainer.text.languages import fallback_tags
from explainer.text.quotation_marks import QuotationMarks, marks_of
from explainer.text.typography import ENGLISH_STYLE, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Forms: TypeAlias = "str | dict[str, str]"
"""What a key stands for: a text, or one for each plural form (`one`, `other`, …, `=2`)."""
Phrases: TypeAlias = "dict[str, Forms]"
_Contraction: TypeAlias = "tuple[re.Pattern[str], Callable[[re.Match[str]], str]]"

ENGLISH = "en"
# The words that are the quotation marks; a catalog has them where a site wants others than its language's.
QUOTATION_KEYS = ("quote.open", "quote.close", "quote.inner-open", "quote.inner-close")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
# Stands in a form before what is filled in after a word; no text has it.
_SEAM = "\x00"
# In Spanish "and" is "e" before the sound of i.
_SOUNDS_AS_I = re.compile(r"h?[ií](?![aeou])", re.IGNORECASE)


class UnknownWordError(KeyError):
    """No catalog has this key; carries the existing keys."""

    def __init__(self, key: str, known: Sequence[str]) -> None:
        super().__init__(key)
        self.key = key
        self.known = known


class UnreadCatalog:
    """The text of a catalog that is read when its words are first asked for."""

    __slots__ = ("_read", "_words", "text")

    def __init__(self, text: str, read: Callable[[str], Phrases]) -> None:
        self.text = text
        self._read = read
        self._words: Phrases | None = None

    def __reduce__(self) -> tuple[type[UnreadCatalog], tuple[str, Callable[[str], Phrases]]]:
        """Pickle the text alone."""
        return UnreadCatalog, (self.text, self._read)

    @property
    def words(self) -> Phrases:
        """What the text says."""
        if self._words is None:
            self._words = self._read(self.text)
        return self._words


class Catalogs:
    """The catalogs of all languages by tag; a site's own words override the theme's.

    `unread` are those that are read when they are asked for: most sites use few of the theme's languages.
    """

    __slots__ = ("_made", "_tables", "_unread")

    def __init__(
        self, tables: Mapping[str, Phrases] | None = None, unread: Mapping[str, UnreadCatalog] | None = None
    ) -> None:
        self._tables = dict(tables or {})
        self._unread = dict(unread or {})
        self._made: dict[str, Catalog] = {}

    def __reduce__(self) -> tuple[type[Catalogs], tuple[dict[str, Phrases], dict[str, UnreadCatalog]]]:
        """Pickle the tables alone."""
        return Catalogs, (self._tables, self._unread)

    @property
    def contents(self) -> tuple[dict[str, Phrases], dict[str, str]]:
        """All that the words follow from: the tables, and the texts of the catalogs that are read when asked for."""
        return self._tables, {tag: unread.text for tag, unread in self._unread.items()}

    @property
    def languages(self) -> tuple[str, ...]:
        """The tags that have a catalog."""
        return (*self._tables, *self._unread)

    def table(self, tag: str) -> Phrases:
        """The words of exactly this tag; empty if it has no catalog."""
        return self._unread[tag].words if tag in self._unread else self._tables.get(tag, {})

    def of(self, language: str) -> Catalog:
        """The words of a language: its own, else those of a wider tag (`es` for `es-MX`), else borrowed English."""
        if language not in self._made:
            table: Phrases = {}
            for tag in dict.fromkeys((ENGLISH, *fallback_tags(language))):
                table.update(_quotation_words(tag))
                table.update(self.table(tag))
            borrowed = bool(self.languages) and not any(tag in self.languages for tag in fallback_tags(language))
            marks = QuotationMarks(*(str(table[key]) for key in QUOTATION_KEYS))
            style = Style(language, marks)
            self._made[language] = Catalog(ENGLISH if borrowed else language, table, borrowed=borrowed, style=style)
        return self._made[language]


class Catalog:
    """The words of one language; `borrowed` where a page's own language has none, and these stand in.

    `style` is how texts of the page's own language are set.
    """

    __slots__ = ("_contracted", "_dates", "_numbers", "_plural", "_table", "borrowed", "language", "style")

    def __init__(self, language: str, table: Phrases, *, borrowed: bool = False, style: Style = ENGLISH_STYLE) -> None:
        self.language = language
        self.borrowed = borrowed
        self.style = style
        self._table = table
        self._plural = _plural_rule(language)
        self._numbers = self.form("number.words").split() if "number.words" in table else []
        self._contracted = _contractions(self.form("grammar.contractions")) if "grammar.contractions" in table else ()
        self._dates: dict[str, str] = {}

    def form(self, key: str, n: int | None = None) -> str:
        """The text of a key as it stands in the catalog, in the plural form for `n`.

        Raises:
            UnknownWordError: if no catalog has the key.
        """
        try:
            forms = self._table[key]
        except KeyError:
            raise UnknownWordError(key, sorted(self._table)) from None
        if isinstance(forms, str):
            return forms
        if n is None:
            return forms["other"]
        # A form that is missing may be one that English, which a language falls back to, doesn't have.
        return forms.get(f"={n}") or forms.get(self._plural(n)) or forms["other"]

    def text(self, key: str, n: int | None = None, **parameters: Any) -> str:
        """The text of a key with its parameters filled in; of `n` its figures and its words too."""
        form = self.form(key, n)
        if "{" not in form:
            return form
        given = parameters if n is None else self.parameters(n, parameters)
        return self.contracted(self.seamed(form).format_map(given))

    def seamed(self, form: str) -> str:
        """A form in which the places are marked where `contracted` may contract words: not inside what is filled in."""
        return form.replace(" {", f" {_SEAM}{{") if self._contracted else form

    def contracted(self, text: str) -> str:
        """A seamed form that was filled in, with the words contracted that its language contracts: `del` for `de el`."""
        if not self._contracted:
            return text
        for apart, together in self._contracted:
            text = apart.sub(together, text)
        return text.replace(_SEAM, "")

    def parameters(self, n: int | None, parameters: dict[str, Any]) -> dict[str, Any]:
        """What may stand in a text: what is given, and of a number its figures and its words."""
        return parameters if n is None else {"n": self.number(n), "spelled": self.spelled(n), **parameters}

    def number(self, n: int) -> str:
        """A number in figures."""
        return f"{n:,}".replace(",", self.form("number.group")) if n > 999 else str(n)  # noqa: PLR2004

    def spelled(self, n: int) -> str:
        """A number as newsrooms write it: in words as far as the catalog has them, then in figures."""
        return self._numbers[n] if 0 <= n < len(self._numbers) else self.number(n)

    def listed(self, items: Sequence[str]) -> str:
        """`A`, `A and B`, `A, B and C`."""
        if len(items) < 2:  # noqa: PLR2004 - nothing to join
            return "".join(items)
        *first, last = items
        join = self.form("list.and")
        if join == " y " and _SOUNDS_AS_I.match(last):
            join = " e "
        return f"{self.form('list.comma').join(first)}{join}{last}"

    def date(self, text: str) -> str:
        """A day, month or year in words, from `2017-07-21`, `2017-07`, `2017` or a time of a day."""
        text = str(text)[:10]
        if text not in self._dates:
            year, *rest = map(int, text.split("-"))
            told = _date(self.language, year, *rest)
            first = self.form("date.first-day") if rest[1:] == [1] else "1"
            self._dates[text] = f"{first}{told[1:]}" if told.startswith("1 ") else told
        return self._dates[text]


def _quotation_words(tag: str) -> Phrases:
    """The quotation marks of a language, as words that its catalog may have in another way."""
    marks = marks_of(tag)
    return dict(zip(QUOTATION_KEYS, marks, strict=True)) if marks else {}


def _contractions(words: str) -> tuple[_Contraction, ...]:
    """How to find the words to contract, and what to write for them, from `a el, al; de el, del`."""
    found = []
    for pair in words.split(";"):
        apart, _, together = (part.strip() for part in pair.partition(","))
        first, _, article = apart.partition(" ")
        # A name may be a link: its article then stands behind the tag.
        pattern = rf"\b({re.escape(first)}) {_SEAM}((?:<[^>]*>)?){re.escape(article)}(?= )"
        if article and together:
            found.append((re.compile(pattern, re.IGNORECASE), _writer(article, together)))
    return tuple(found)


def _writer(article: str, together: str) -> Callable[[re.Match[str]], str]:
    """What stands for two words that were found; a name that begins with a capital article keeps it."""

    def write(found: re.Match[str]) -> str:
        if not found[0].endswith(article):
            return found[0]
        return found[2] + (together.capitalize() if found[1][0].isupper() else together)

    return write


def language_names() -> dict[str, str]:
    """The languages that have a code, by it, with their names in English."""
    from babel import Locale  # noqa: PLC0415 - English pages do without it

    return dict(Locale("en").languages)


def own_name(language: str) -> str:
    """What a language calls itself, as far as it is known; its tag otherwise."""
    locale = _locale(language)
    name: str | None = locale and locale.get_display_name()
    return name or language


def _is_english(language: str) -> bool:
    return language.partition("-")[0].lower() == ENGLISH


def _english_plural(n: int) -> str:
    return "one" if n == 1 else "other"


def _plural_rule(language: str) -> Callable[[int], str]:
    """Which plural form a number takes in a language, by the rules of CLDR."""
    locale = None if _is_english(language) else _locale(language)
    return _english_plural if locale is None else locale.plural_form


def plural_forms(language: str) -> tuple[str, ...]:
    """The names of the plural forms that a language has for whole numbers, such as `one` and `other`."""
    form_of = _plural_rule(language)
    needed = {form_of(n) for n in range(1_000)} | {"other"}
    return tuple(form for form in ("zero", "one", "two", "few", "many", "other") if form in needed)


def _locale(language: str) -> Any:
    """Babel's locale of a language or the nearest wider one; None if there is none."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - English pages do without it

    for tag in reversed(fallback_tags(language)):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def _date(language: str, year: int, month: int = 0, day: int = 0) -> str:
    locale = None if _is_english(language) else _locale(language)
    if locale is None:
        return " ".join(filter(None, [str(day or ""), _MONTHS[month - 1] if month else "", f"{year:04}"]))
    from babel.dates import format_date, format_skeleton  # noqa: PLC0415 - English pages do without it

    when = date(year, month or 1, day or 1)
    if day:
        return format_date(when, "long", locale)
    return format_skeleton("yMMMM" if month else "y", when, locale=locale)
