"""The parsed text of a page: a body with holes, and the lists that the holes refer to.

A body is a tuple of parts: HTML that is finished, and holes that resolving fills. Holes carry
indices into the document's own lists, never objects, so that a body can be stored and rendered
any number of times.
"""

from __future__ import annotations

from typing import TypeAlias

from explainer.diagnostics import Span
from explainer.model.declared import ClaimDecl, Located, PageFile
from explainer.model.record import Record
from explainer.model.terms import Response, Stance


class ClaimOpen(Record, frozen=True, tag=0):
    """The beginning of claim number `claim` of the document; `block` when it spans whole blocks."""

    claim: int
    block: bool


class ClaimClose(Record, frozen=True, tag=1):
    """The end of claim number `claim` of the document."""

    claim: int
    block: bool


class CiteHole(Record, frozen=True, tag=3):
    """The note numbers of citation number `cite` of the document."""

    cite: int


class FootnoteHole(Record, frozen=True, tag=4):
    """Reference number `ref` to footnote number `note` of the document."""

    note: int
    ref: int


class PanelsHole(Record, frozen=True, tag=5):
    """The full accounts of a block's claims, after the block."""

    claims: tuple[int, ...]


class HrefHole(Record, frozen=True, tag=6):
    """The value of a link's `href` or an image's `src`, number `link` of the document."""

    link: int


class SizeHole(Record, frozen=True, tag=9):
    """The widths that an image is there in, and its width and height, if known: link number `link` of the document."""

    link: int


class SourcesHole(Record, frozen=True, tag=11):
    """What stands around an image that is there in several formats, at its `end` or before it: link number `link`."""

    link: int
    end: bool


class ClaimNumbers(Record, frozen=True, tag=10):
    """Where the note numbers of claim number `claim` stand, in a paragraph."""

    claim: int


class ClaimWords(Record, frozen=True, tag=2):
    """The note numbers and the sourcing words of claim number `claim`."""

    claim: int
    block: bool


class RefHole(Record, frozen=True, tag=7):
    """`ref` shortcode number `ref` of the document: its address alone, or a whole link."""

    ref: int
    address: bool


class CallHole(Record, frozen=True, tag=8):
    """Shortcode call number `call` of the document, with the body inside it.

    `formatted` are the arguments that are texts with markup, by name.
    """

    call: int
    inner: Body
    formatted: tuple[tuple[str, Body], ...] = ()


Hole: TypeAlias = (
    ClaimOpen
    | ClaimClose
    | ClaimNumbers
    | ClaimWords
    | CiteHole
    | FootnoteHole
    | PanelsHole
    | HrefHole
    | SizeHole
    | SourcesHole
    | RefHole
    | CallHole
)
Body: TypeAlias = tuple[str | Hole, ...]


class ClaimMark(Record, frozen=True):
    """A claim found in the text.

    `decl` holds the shortcode's own arguments; `text` the words as shown; `parent` the number of
    the claim that it is nested in; `block` the number of the block whose citations count as its; `span` is from its
    opening to its closing tag.
    """

    decl: ClaimDecl
    text: str
    parent: int | None
    block: int
    span: Span


class CiteMark(Record, frozen=True):
    """A `source` shortcode: ids, and for one id a quote, a locator, a stance, a response.

    `claim` is the innermost claim around it, `block` the block that it stands in, `section` the
    text of the heading above it ("" before the first).
    """

    ids: tuple[Located, ...]
    span: Span
    quote: str | None
    at: str | None
    stance: Stance | None
    response: Response | None
    claim: int | None
    block: int
    section: str


class Footnote(Record, frozen=True):
    """A Markdown footnote: its label, its body, and the heading above each reference to it."""

    label: str
    body: Body
    sections: tuple[str, ...]
    span: Span


class LinkMark(Record, frozen=True):
    """A link or an image in the text, its target as written (percent-encoded)."""

    target: str
    span: Span
    image: bool


class RefMark(Record, frozen=True):
    """A `ref` shortcode: its target, `claim` or `page#claim`."""

    target: str
    span: Span


class CallMark(Record, frozen=True):
    """A call of a template shortcode: positional and named arguments, and whether it has a closing tag.

    `inline`: it stands inside a line of text. `right`: it is only a near miss of a tag, which has no hole of its own,
    and should be written so; `opener`: its first characters, if they are a slip whatever its name is.
    """

    name: str
    positional: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    paired: bool
    span: Span
    inline: bool = False
    right: str | None = None
    opener: str = ""


class Heading(Record, frozen=True):
    """A heading of the text: level 1 to 6, id, plain text."""

    level: int
    id: str
    text: str


class Document(Record, frozen=True):
    """A page's file and what its text holds; `hidden` are lines that no report may show.

    `lead` has the texts below the picture of the front matter, by name.
    """

    file: PageFile
    body: Body = ()
    claims: tuple[ClaimMark, ...] = ()
    cites: tuple[CiteMark, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    links: tuple[LinkMark, ...] = ()
    refs: tuple[RefMark, ...] = ()
    calls: tuple[CallMark, ...] = ()
    headings: tuple[Heading, ...] = ()
    hidden: frozenset[int] = frozenset()
    lead: tuple[tuple[str, Body], ...] = ()


class SourcingText(Record, frozen=True):
    """What a page says of sources: its document without its text.

    `whole` is false where it has no more than ids, type and routes of some of the page's own sources, because what else
    is declared of them may not be kept.
    """

    document: Document
    whole: bool
