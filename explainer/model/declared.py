"""What authors declare besides the settings: people, sources, the front matter of a page."""

from __future__ import annotations

from typing import Literal

from explainer.diagnostics import Span
from explainer.model.record import Record
from explainer.model.terms import (
    Attribution,
    Knowledge,
    PageKind,
    Response,
    SourceType,
)
from explainer.text.dates import PartialDate


class Link(Record, frozen=True):
    """A labelled address."""

    label: str
    url: str


class Image(Record, frozen=True):
    """A page's picture: its address or path beside the page, text instead, credit.

    `texts` are those beside it that take inline Markdown, by name, with their places.
    """

    src: str
    alt: str
    credit: str | None
    span: Span
    texts: tuple[tuple[str, str, Span], ...] = ()


class Person(Record, frozen=True):
    """A person or an organisation of `content/people.yaml`; `places` are those of the addresses of `links`."""

    id: str
    name: str
    span: Span
    kind: Literal["person", "organization"] = "person"
    short: str | None = None
    role: str | None = None
    bio: str | None = None
    links: tuple[Link, ...] = ()
    places: tuple[tuple[str, Span], ...] = ()
    image: Image | None = None


class Withdrawal(Record, frozen=True):
    """When and why a source was withdrawn."""

    date: PartialDate
    reason: str | None = None


class Caveats(Record, frozen=True):
    """What to know before relying on a source: what speaks for it, what against it, and what isn't sorted."""

    favour: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    other: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, what speaks for it first."""
        return (*self.favour, *self.against, *self.other)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.all)


NO_CAVEATS = Caveats()


class Source(Record, frozen=True):
    """A source as declared, defaults filled in. Not for templates: see `PublicSource`.

    `reported_in` are the reports that we have it from alone, `short` its name inside a sentence.
    `attribution` is None where the type has none. `local` is true for a source in a page's front
    matter. `confidential`: no message may show a value of its record, whether it is unnamed or only
    not provably named. `doubtful`: a mistake in the record leaves open whether it is named.
    `saved` is the saved copy's path, relative to the site. `alone` is the knowledge that it has where its `via` is empty.
    """

    id: str
    type: SourceType
    knowledge: Knowledge
    span: Span
    attribution: Attribution | None = None
    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    date: PartialDate | None = None
    accessed: PartialDate | None = None
    url: str | None = None
    archive: str | None = None
    language: str | None = None
    via: tuple[str, ...] = ()
    reported_in: tuple[str, ...] = ()
    party: str | None = None
    own: bool = False
    short: str | None = None
    container: str | None = None
    document_number: str | None = None
    doi: str | None = None
    description: str | None = None
    why_unnamed: str | None = None
    caveats: Caveats = NO_CAVEATS
    saved: str | None = None
    withdrawn: Withdrawal | None = None
    local: bool = False
    confidential: bool = False
    doubtful: bool = False
    via_spans: tuple[Span, ...] = ()
    reported_in_spans: tuple[Span, ...] = ()
    party_span: Span | None = None
    alone: Knowledge = "unknown"

    @property
    def unnamed(self) -> bool:
        """Whether its identity is protected: on background or deep background."""
        return self.attribution in ("background", "deep-background")

    @property
    def key(self) -> str:
        """Whose voice it is: the party, else the source itself."""
        return self.party or self.id


class Located(Record, frozen=True):
    """A word of the author's, with its position."""

    text: str
    span: Span


class EdgeDecl(Record, frozen=True):
    """One source in a claim's front matter or arguments, with an optional quote and locator."""

    source: str
    span: Span
    quote: str | None = None
    at: str | None = None


class ResponseDecl(Record, frozen=True):
    """One entry of a claim's `responses`: a source id (or people id) and what it answered."""

    id: str
    response: Response
    span: Span


class ClaimDecl(Record, frozen=True):
    """What is declared of one claim, in the front matter or in the shortcode's own arguments.

    `fields` maps the name of each field given to its place, so that both places can be compared.
    """

    id: str
    span: Span
    fields: tuple[tuple[str, Span], ...] = ()
    sources: tuple[EdgeDecl, ...] = ()
    disputes: tuple[EdgeDecl, ...] = ()
    context: tuple[EdgeDecl, ...] = ()
    responses: tuple[ResponseDecl, ...] = ()
    as_text: str | None = None
    speaker: Located | None = None
    said: PartialDate | None = None
    reported: PartialDate | None = None
    status: Located | None = None
    new: tuple[Located, ...] = ()
    contradicts: tuple[Located, ...] = ()
    supersedes: tuple[Located, ...] = ()


CLAIM_FIELDS = ClaimDecl.__struct_fields__[3:]
"""What may be declared of a claim: the fields of a `ClaimDecl` after its id and places."""


class Correction(Record, frozen=True):
    """A dated correction, as text."""

    date: PartialDate
    text: str


class Translation(Record, frozen=True):
    """A page's version in another language, by its slug."""

    language: str
    slug: str
    span: Span


class Moment(Record, frozen=True):
    """A day, or a time of a day, as the author wrote it.

    `iso` is `YYYY-MM-DD` or a full RFC 3339 time in the site's zone; `epoch` is its first second,
    in seconds since 1970 UTC, a day beginning at midnight in the site's time zone.
    """

    iso: str
    epoch: int

    @property
    def day(self) -> str:
        """The day alone, `YYYY-MM-DD`."""
        return self.iso[:10]


class Review(Record, frozen=True):
    """When a page is to be looked at again, and where that is declared."""

    moment: Moment
    span: Span


class Meta(Record, frozen=True):
    """A page's front matter, checked and typed; `sources` are the page's own."""

    title: str
    span: Span
    summary: str | None = None
    date: Moment | None = None
    updated: Moment | None = None
    publish_at: Moment | None = None
    authors: tuple[Located, ...] = ()
    contributors: tuple[Located, ...] = ()
    tags: tuple[Located, ...] = ()
    dateline: str | None = None
    language: Located | None = None
    image: Image | None = None
    draft: bool = False
    slug: str | None = None
    aliases: tuple[Located, ...] = ()
    id: str | None = None
    layout: Located | None = None
    sources: tuple[Source, ...] = ()
    claims: tuple[ClaimDecl, ...] = ()
    corrections: tuple[Correction, ...] = ()
    related: tuple[Located, ...] = ()
    translations: tuple[Translation, ...] = ()
    updated_span: Span | None = None
    contents: bool = False
    review: Review | None = None
    embeds: tuple[Located, ...] = ()


MEDIA = "content/media"
"""The folder of pictures that several pages, people or `site.yaml` use; they are at `/media/`."""
HOME_PAGE = "content/pages/index.md"
"""The page that takes the place of the home page that the site would make."""


class PageFile(Record, frozen=True):
    """A file of content, read and split; the body is not parsed yet.

    `path` is relative to the site. `bundle` is true for `<slug>/index.md`. `body` starts with as
    many empty lines as the front matter has, so that its line numbers are the file's.
    """

    path: str
    kind: PageKind
    slug: str
    bundle: bool
    meta: Meta
    body: str
