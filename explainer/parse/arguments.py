"""The arguments of the built-in shortcodes `claim`, `source` and `ref`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, cast

from explainer.diagnostics import Diagnostic, did_you_mean
from explainer.model.declared import ClaimDecl, EdgeDecl, Located, ResponseDecl
from explainer.model.document import CiteMark, RefMark
from explainer.model.terms import RESPONSES, STANCES, Response, Stance
from explainer.text.dates import PartialDate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from explainer.diagnostics import Span
    from explainer.parse.positions import SourceMap
    from explainer.parse.tag_grammar import Argument, Tag

_ID = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)
_WORD = re.compile(r"[^\s,]+")
_RESPONSE_SPACE = re.compile(r"[ \t]*[:=]\s+")
_RESPONSE_SPLIT = re.compile(r"[:=]")
_ONE_EACH = "write one `source` for each"

# The arguments of the built-in shortcodes, in the order in which the reference lists them.
CLAIM_ARGUMENTS = (
    "id", "sources", "disputes", "context", "responses", "as", "speaker", "said", "reported", "status",
    "new", "contradicts", "supersedes",
)  # fmt: skip
SOURCE_ARGUMENTS = ("id", "quote", "at", "stance", "response")
REF_ARGUMENTS = ("target",)


@dataclass(slots=True)
class ArgumentReader:
    """Reads the arguments of one tag, and collects their diagnostics."""

    tag: Tag
    source_map: SourceMap
    known: tuple[str, ...]
    diagnostics: list[Diagnostic] = field(default_factory=list)
    named: dict[str, Argument] = field(default_factory=dict)
    positional: list[Argument] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Sort the arguments into named and positional ones."""
        for argument in self.tag.arguments:
            if argument.key is None:
                self.positional.append(argument)
            elif argument.key in self.named:
                self.report("E305", f"`{argument.key}` is given twice", argument)
            elif argument.key not in self.known:
                hints = did_you_mean(argument.key, self.known) or (f"its arguments are {', '.join(self.known)}",)
                self.report("E305", f"`{self.tag.name}` has no argument `{argument.key}`", argument, *hints)
            else:
                self.named[argument.key] = argument

    @property
    def span(self) -> Span:
        """The span of the whole tag."""
        return self.source_map.span(self.tag.start, self.tag.end)

    def span_of(self, argument: Argument) -> Span:
        """The span of an argument."""
        return self.source_map.span(argument.start, argument.end)

    def report(self, code: str, message: str, argument: Argument | None, *hints: str) -> None:
        """Add a diagnostic, at an argument or at the tag."""
        span = self.span_of(argument) if argument else self.span
        self.diagnostics.append(Diagnostic(code, message, span, hints))

    def text(self, key: str) -> str | None:
        """A named argument's value, None if absent; an empty one is an error."""
        argument = self.named.get(key)
        if argument is None:
            return None
        if not argument.value.strip():
            self.report("E305", f"`{key}` is empty", argument, "leave it out, or give it a value")
            return None
        return " ".join(argument.value.split())

    def words(self, argument: Argument) -> list[Located]:
        """The words of a value, each with its position."""
        value, first, span = argument.value, argument.value_start, self.source_map.span
        if _ID.fullmatch(value):
            return [Located(value, span(first, first + len(value)))]
        escaped = argument.end - first < len(value)
        words = []
        for word in _WORD.finditer(value):
            start = first + (0 if escaped else word.start())
            words.append(Located(word[0], span(start, start + len(word[0]))))
        return words

    def ids(self, key: str) -> tuple[Located, ...]:
        """A named argument's ids, separated by spaces or commas."""
        argument = self.named.get(key)
        return tuple(self.words(argument)) if argument and self.text(key) else ()

    def located(self, key: str) -> Located | None:
        """A named argument's value with its position."""
        value = self.text(key)
        return Located(value, self.span_of(self.named[key])) if value else None

    def date(self, key: str) -> PartialDate | None:
        """A named argument's value as a date."""
        value = self.text(key)
        if value is None:
            return None
        date = PartialDate.parse(value)
        if date is None:
            self.report("E124", f"`{value}` isn't a date", self.named[key], "write 2017, 2017-06 or 2017-06-08")
        return date

    def choice(self, key: str, choices: tuple[str, ...]) -> str | None:
        """A named argument's value, one of a list."""
        value = self.text(key)
        if value is None or value in choices:
            return value
        hints = did_you_mean(value, choices) or (f"one of: {', '.join(choices)}",)
        self.report("E305", f"`{value}` isn't a {key}", self.named[key], *hints)
        return None

    def no_positional(self) -> None:
        """Report positional arguments as errors."""
        for argument in self.positional:
            hint = f'name it: `id="{argument.value}"`'
            self.report("E305", f"`{self.tag.name}` takes named arguments only", argument, hint)

    def valid_id(self, located: Located | None) -> bool:
        """Whether this is an id; reports an error if not."""
        if located and _ID.fullmatch(located.text):
            return True
        if located:
            message = f"`{located.text}` isn't an id"
            hint = "ids are lower-case letters, digits and hyphens"
            self.diagnostics.append(Diagnostic("E125", message, located.span, (hint,)))
        return False


def claim_decl(reader: ArgumentReader) -> ClaimDecl | None:
    """A `claim` tag's own declaration; None if it has no id to go by."""
    reader.no_positional()
    claim_id = reader.located("id")
    if "id" not in reader.named and not reader.positional:
        reader.report("E305", "a claim needs an id", None, 'write `{{< claim id="a-short-name" >}}`')
    if not reader.valid_id(claim_id) or claim_id is None:
        return None
    named = reader.named
    return ClaimDecl(
        id=claim_id.text,
        span=reader.span,
        fields=tuple([(key, reader.span_of(argument)) for key, argument in named.items() if key != "id"]),
        **{_FIELDS.get(key, key): read(reader, key) for key, read in _READ.items() if key in named},
    )


def _edges(reader: ArgumentReader, key: str) -> tuple[EdgeDecl, ...]:
    return tuple([EdgeDecl(located.text, located.span) for located in reader.ids(key)])


def _responses(reader: ArgumentReader, key: str) -> tuple[ResponseDecl, ...]:
    return tuple(_each_response(reader, reader.named[key]))


def _each_response(reader: ArgumentReader, argument: Argument) -> Iterable[ResponseDecl]:
    if reader.text("responses"):
        # `tv: denies`, as the front matter has it, is one answer too.
        argument = argument._replace(value=_RESPONSE_SPACE.sub(":", argument.value))
    for located in reader.words(argument):
        parts = _RESPONSE_SPLIT.split(located.text, maxsplit=1)
        if len(parts) == 2 and parts[1] in RESPONSES:  # noqa: PLR2004 - an id and an answer
            yield ResponseDecl(parts[0], cast("Response", parts[1]), located.span)
        else:
            hint = f'write `responses="an-id:no-comment"`; answers are {", ".join(RESPONSES)}'
            reader.diagnostics.append(Diagnostic("E305", f"`{located.text}` isn't a response", located.span, (hint,)))


def _one(reader: ArgumentReader, key: str) -> tuple[Located, ...]:
    located = reader.located(key)
    return (located,) if located else ()


# How each argument of a claim is read, and the field that has another name than its argument.
_READ: dict[str, Callable[[ArgumentReader, str], Any]] = {
    "sources": _edges,
    "disputes": _edges,
    "context": _edges,
    "responses": _responses,
    "as": ArgumentReader.text,
    "speaker": ArgumentReader.located,
    "said": ArgumentReader.date,
    "reported": ArgumentReader.date,
    "status": ArgumentReader.located,
    "new": _one,
    "contradicts": ArgumentReader.ids,
    "supersedes": ArgumentReader.ids,
}
_FIELDS = {"as": "as_text"}


def plain_cite(tag: Tag, source_map: SourceMap, claim: int | None, block: int, section: str) -> CiteMark | None:
    """The citation of a tag that holds one id and no more; None for any other."""
    if len(tag.arguments) != 1:
        return None
    key, value, _, _, start = tag.arguments[0]
    if key is not None or not _ID.fullmatch(value):
        return None
    located = Located(value, source_map.span(start, start + len(value)))
    return CiteMark((located,), source_map.span(tag.start, tag.end), None, None, None, None, claim, block, section)


def cite_ids(reader: ArgumentReader) -> tuple[Located, ...]:
    """The ids that a `source` tag names; reports an error if there is none."""
    found = [reader.words(argument) for argument in reader.positional]
    ids = (*found[0],) if len(found) == 1 else tuple(chain.from_iterable(found))
    if reader.named:
        ids += reader.ids("id")
    if not ids:
        reader.report("E305", "`source` needs the id of a source", None, "write `{{< source an-id >}}`")
    if len(ids) > 1:
        for key in ("quote", "at", "stance", "response"):
            if key in reader.named:
                reader.report("E305", f"`{key}` can only be used with one source", reader.named[key], _ONE_EACH)
    return ids


def cite_mark(
    reader: ArgumentReader, ids: tuple[Located, ...], quote: str | None, claim: int | None, block: int, section: str
) -> CiteMark:
    """A `source` tag's citation; `quote` is the text inside it, if it has a closing tag."""
    stance, response = reader.choice("stance", STANCES), reader.choice("response", RESPONSES)
    given = reader.text("quote")
    if quote is not None and given is not None:
        reader.report("E305", "the quote is given twice: as an argument and as text", reader.named["quote"])
    if quote is not None and len(ids) > 1:
        reader.report("E305", "a quote can only be used with one source", None, _ONE_EACH)
    if stance == "disputes" and response not in (None, "denies"):
        reader.report("E406", f"`{response}` isn't a dispute", reader.named["response"], "leave out `stance`")
    return CiteMark(
        ids, reader.span, given or quote, reader.text("at"),
        cast("Stance | None", stance), cast("Response | None", response), claim, block, section,
    )  # fmt: skip


def ref_mark(reader: ArgumentReader) -> RefMark | None:
    """A `ref` tag's target."""
    targets = [argument.value for argument in reader.positional]
    if (named := reader.text("target")) is not None:
        targets.append(named)
    if len(targets) != 1 or not targets[0]:
        reader.report("E305", "`ref` needs one target", None, 'write `{{< ref "page#claim" >}}`')
        return None
    return RefMark(targets[0], reader.span)
