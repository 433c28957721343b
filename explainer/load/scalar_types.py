"""Field types with one value: text, ids, dates, addresses, words from a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import dirname, isabs, join, normpath
from typing import TYPE_CHECKING, Any

from explainer.diagnostics import did_you_mean
from explainer.load.date_hints import dates_meant, did_you_mean_date, moments_meant
from explainer.load.timestamps import is_written_as_moment, parse_moment, zone
from explainer.load.yaml_nodes import Scalar, core_type, shown
from explainer.system.site_files import LONGEST_NAME
from explainer.text.dates import PartialDate
from explainer.text.language_codes import canonical_tag, code_of, is_language
from explainer.text.scripts import joins_lines
from explainer.text.slugs import slugify

if TYPE_CHECKING:
    from collections.abc import Callable

    from explainer.load.tables import YamlReader
    from explainer.load.yaml_nodes import Node
    from explainer.model.declared import Moment

ID = re.compile(r"[a-z0-9][a-z0-9-]*")
SPLIT = re.compile(r"[^\s,]+")
_ID_HINT = "an id has the letters a-z, digits and hyphens, and begins with a letter or digit"

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_TERM = re.compile(r"[a-z]{1,24}(?:-[a-z]{1,24})?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_FEED_ID = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"`\\{}|^]+", re.IGNORECASE)
_SPACE_INSIDE = re.compile(r"(?<=(\S)) (?=(\S))")
_LAYOUT = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*(?:\.html)?")


@dataclass(frozen=True, slots=True)
class Text:
    """Text; with `numbers`, a plain number stands for itself as written.

    `prose`: it is written for readers, so that a comment right behind it may be a part of it that YAML cuts off.
    """

    numbers: bool = False
    prose: bool = False

    @property
    def words(self) -> str:
        """The type in words."""
        return "text or a number" if self.numbers else "text"

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The text without space around it."""
        if type(node) is Scalar:
            kind = core_type(node)
            if kind == "str" or (self.numbers and kind in ("int", "float")):
                if self.prose and node.plain:
                    reader.check_comment(node)
                return without_folds(node, reader) if self.prose else node.text.strip()
            reader.wrong_type(node, self.words, "put it in quotes")
        else:
            reader.wrong_type(node, self.words)
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": ["string", "number"]} if self.numbers else {"type": "string"}


def without_folds(node: Scalar, reader: YamlReader) -> str:
    """A text without the spaces that YAML makes of line ends, where its script puts no space between words."""
    text = node.text.strip()
    if text.isascii() or "\n" not in reader.positions.text[node.start : node.end]:
        return text
    return _SPACE_INSIDE.sub(lambda space: "" if joins_lines(space[1], space[2]) else space[0], text)


TEXT = Text(prose=True)
LABEL = Text(numbers=True, prose=True)
# What is read before it is looked at: an id, a date, an address.
WORDS = Text()
_WORD = Text(numbers=True)


@dataclass(frozen=True, slots=True)
class ShortText:
    """Text of no more than so many characters."""

    most: int

    @property
    def words(self) -> str:
        """The type in words."""
        return f"text of at most {self.most} characters"

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The text, if it is short enough."""
        text = LABEL.read(node, reader)
        if text is None or len(text) <= self.most:
            return text
        message = f"{reader.key} has {len(text)} characters, and {self.most} are the most"
        reader.report("E123", node, message, "it stands inside sentences: give the name that a reader needs there")
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": ["string", "number"], "maxLength": self.most}


SHORT = ShortText(40)


class Flag:
    """True or false."""

    words = "`true` or `false`"

    def read(self, node: Node, reader: YamlReader) -> bool | None:
        """The flag."""
        if type(node) is Scalar and core_type(node) == "bool":
            return node.text[0] in "tT"
        reader.wrong_type(node, self.words, "write `true` or `false`, without quotes")
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": "boolean"}


def _as_id(text: str) -> str:
    return text.casefold().replace(" ", "-").replace("_", "-")


@dataclass(frozen=True, slots=True)
class Form:
    """Text of a given form; `near` makes of another text what may have been meant."""

    words: str
    form: re.Pattern[str]
    code: str
    hint: str
    near: Callable[[str], str] = _as_id

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The text, if it has the form."""
        text = _WORD.read(node, reader)
        if text is None:
            return None
        if self.form.fullmatch(text):
            if len(text) <= LONGEST_NAME:
                return text
            hint = f"it has {len(text)} letters, and becomes the name of a file: {LONGEST_NAME} are the most"
            reader.report(self.code, node, f"this is too long for {self.words}", hint)
            return None
        near = self.near(text)
        fits = near != text and self.form.fullmatch(near) and not reader.is_confidential(node)
        hints = (f"did you mean `{near}`?",) if fits else ()
        reader.report(self.code, node, f"{reader.value(text, node)} can't be {self.words}", *hints, self.hint)
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": ["string", "integer"], "pattern": f"^(?:{self.form.pattern})$"}


ID_TYPE = Form("an id", ID, "E125", _ID_HINT)
SLUG = Form("a slug", ID, "E125", _ID_HINT.replace("an id", "a slug"))
FEED_ID = Form(
    "the id of a feed's entry",
    _FEED_ID,
    "E123",
    "an id is an address such as `https://example.org/old/` or `tag:example.org,2024:old`, and never changes",
)
LAYOUT = Form("a layout", _LAYOUT, "E123", "a layout is the name of a file in `layouts/`, such as `explainer.html`")


class Language:
    """A language by its code."""

    words = "a language"

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The code, if there is such a language."""
        text = _LANGUAGE_FORM.read(node, reader)
        if text is None or is_language(text):
            return text and canonical_tag(text)
        code = code_of(text)
        hints = (f"did you mean `{code}`?",) if code else ()
        reader.report(
            _LANGUAGE_FORM.code,
            node,
            f"{reader.value(text, node)} isn't a language",
            *reader.guesses(node, hints),
            _LANGUAGE_FORM.hint,
        )
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return _LANGUAGE_FORM.schema()


_LANGUAGE_FORM = Form(
    "a language",
    _LANGUAGE,
    "E123",
    "a language is a code such as `en` or `pt-BR`",
    lambda text: canonical_tag(re.sub("[_ ]", "-", text)),
)
LANGUAGE = Language()


def _term(text: str, node: Node, reader: YamlReader) -> str:
    """A value where a word of a fixed list belongs: a word in lower case is no name, and helps to see the slip."""
    return shown(text) if _TERM.fullmatch(text) else reader.value(text, node)


@dataclass(frozen=True, slots=True)
class Enum:
    """One word of a list; the words in `refused` are read, and reported as errors of their own."""

    words: str
    choices: tuple[str, ...]
    refused: tuple[str, ...] = ()

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The word."""
        text = _WORD.read(node, reader)
        if text is None or text in self.choices or text in self.refused:
            return text
        allowed = "it is one of " + ", ".join(f"`{choice}`" for choice in self.choices)
        hints = did_you_mean(text[:60].casefold(), self.choices)
        reader.report("E123", node, f"{_term(text, node, reader)} isn't {self.words}", *hints, allowed)
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"enum": list(self.choices)}


class DateType:
    """A year, a month or a day."""

    words = "a date, such as 2017, 2017-06 or 2017-06-08"

    def read(self, node: Node, reader: YamlReader) -> PartialDate | None:
        """The date."""
        text = _WORD.read(node, reader)
        if text is None:
            return None
        date = PartialDate.parse(text)
        if date is None:
            form = "write it as 2017, 2017-06 or 2017-06-08"
            reader.report(
                "E124",
                node,
                f"{reader.value(text, node)} isn't a date",
                *reader.guesses(node, did_you_mean_date(dates_meant(text))),
                form,
            )
        return date

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        pattern = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
        return {"type": ["string", "integer"], "pattern": pattern, "minimum": 1, "maximum": 9999}


class MomentType:
    """A day, or a time of a day."""

    words = "a day or a time, such as 2017-06-08 or 2017-06-08 14:30"

    def read(self, node: Node, reader: YamlReader) -> Moment | None:
        """The moment, in the site's time zone."""
        text = _WORD.read(node, reader)
        if text is None:
            return None
        moment = parse_moment(text, reader.time_zone)
        if moment is None:
            written = is_written_as_moment(text)
            wrong = "isn't a day or time that exists" if written else "isn't written as a day or a time"
            meant = () if written else did_you_mean_date(moments_meant(text))
            form = "write it as 2017-06-08, 2017-06-08 14:30 or 2017-06-08T14:30:00+02:00"
            reader.report("E124", node, f"{reader.value(text, node)} {wrong}", *reader.guesses(node, meant), form)
        return moment

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].+)?$"}


class TimeZone:
    """The name of a time zone."""

    words = "a time zone, such as Europe/Berlin"

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The name."""
        text = WORDS.read(node, reader)
        if text is None or zone(text) is not None:
            return text
        from zoneinfo import available_timezones  # noqa: PLC0415 - only a diagnostic needs it

        # `GMT+2` is near to many names, and none of them is meant.
        hints = did_you_mean(text[:60], available_timezones()) if text.replace("/", "").isalpha() else ()
        reader.report(
            "E123",
            node,
            f"{reader.value(text, node)} isn't a time zone",
            *hints,
            "write a name such as `Europe/Berlin`",
        )
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": "string"}


class Tag:
    """A tag: text with a letter or digit."""

    words = "a tag"

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The tag."""
        text = LABEL.read(node, reader)
        if text is None:
            return None
        if any(char.isalnum() for char in text):
            if len(slugify(text).encode()) <= LONGEST_NAME:
                return text
            reader.report(
                "E127", node, "this is too long for a tag", "its address would be longer than files' names may be"
            )
            return None
        reader.report("E127", node, "a tag needs a letter or a digit")
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": ["string", "number"]}


class SavedPath:
    """The path of a saved copy, written relative to the file's folder, read relative to the site."""

    words = "the path of a saved copy, beside this file"

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The path, relative to the site."""
        text = WORDS.read(node, reader)
        if text is None:
            return None
        path = normpath(join(dirname(reader.path), text))
        outside = isabs(text) or path in (".", "..") or path.startswith("../")
        if outside or "\\" in text or not text.isprintable() or SCHEME.match(text):
            hint = "write a path relative to this file's folder, with `/`, that stays inside the site"
            reader.report("E123", node, f"{reader.key} can't be the path of a saved copy", hint)
            return None
        return path

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": "string"}
