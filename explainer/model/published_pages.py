"""What readers may see of one page as a whole; its claims and sources are in `published.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from explainer.model.declared import Correction, Link
from explainer.model.document import Body, CallMark, Heading
from explainer.model.pictures import CardImage, Picture, Size
from explainer.model.published import Claim, Note, PublicSource, Use
from explainer.model.record import Record
from explainer.model.terms import PageKind
from explainer.text.languages import direction

if TYPE_CHECKING:
    from explainer.text.languages import Direction


class PageImage(Record, frozen=True):
    """A picture of a page, of a person or of the site.

    The address of a page's picture is ready for an attribute; the others' are paths of the site.
    """

    url: str
    alt: str
    credit: str | None


class Byline(Record, frozen=True):
    """An author or contributor: someone of people.yaml, or a plain name (then `id` is None)."""

    name: str
    id: str | None = None
    kind: Literal["person", "organization"] = "person"
    role: str | None = None
    bio: str | None = None
    links: tuple[Link, ...] = ()
    url: str | None = None
    image: PageImage | None = None


class PageLink(Record, frozen=True):
    """A link to a page of the site: its path (`/explainers/x/`) and title."""

    title: str
    url: str


class PageVersion(Record, frozen=True):
    """A page in one of its languages: the language, its name in itself, the page's title, path and whole address."""

    language: str
    name: str
    title: str
    url: str
    canonical: str


class PageRecord(Record, frozen=True):
    """What resolving an explainer or another page alone gives: all of it but what the rest of the site adds.

    `url` is the path on the site, with a slash at both ends; `canonical` the absolute address.
    `published` and `modified` are ISO days or times. `cites`, `footnote_uses` and `calls` fill holes
    of `body`, by index. `lead` has the texts below the page's picture, by name; `embeds` are the ids of
    the claims that other sites can embed, and of those that could be and are gone. `sourcing` sums up how the claims
    are sourced; `report` is the id of the report that all of them are known through, if there is one.
    """

    kind: PageKind
    slug: str
    url: str
    canonical: str
    title: str
    layout: str
    language: str
    body: Body
    summary: str | None = None
    published: str | None = None
    modified: str | None = None
    dateline: str | None = None
    draft: bool = False
    authors: tuple[Byline, ...] = ()
    contributors: tuple[Byline, ...] = ()
    sourcing: str = ""
    report: str | None = None
    claims: tuple[Claim, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[PublicSource, ...] = ()
    cites: tuple[tuple[Use, ...], ...] = ()
    footnote_uses: tuple[tuple[Use, ...], ...] = ()
    calls: tuple[CallMark, ...] = ()
    headings: tuple[Heading, ...] = ()
    contents: bool = False
    corrections: tuple[Correction, ...] = ()
    lead: tuple[tuple[str, Body], ...] = ()
    embeds: tuple[str, ...] = ()


class Page(PageRecord, frozen=True):
    """A page as outputs and layouts get it: its record, and what the rest of the site adds.

    `hrefs` and `refs` fill holes of `body`, by index. `resolve.page_context` makes it of a `PageRecord`.
    """

    tags: tuple[PageLink, ...] = ()
    image: PageImage | None = None
    hrefs: tuple[str, ...] = ()
    sizes: tuple[tuple[str, Size], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    refs: tuple[tuple[str, str], ...] = ()
    related: tuple[PageLink, ...] = ()
    previous: PageLink | None = None
    next: PageLink | None = None
    versions: tuple[PageVersion, ...] = ()
    pictures: tuple[tuple[str, Picture], ...] = ()
    card: CardImage | None = None

    @property
    def lang(self) -> str:
        """The language of the page, for an attribute."""
        return self.language

    @property
    def dir(self) -> Direction:
        """The way in which its language is written."""
        return direction(self.language)

    def size_of(self, address: str) -> Size | None:
        """The size of a picture of the site that the page shows, by its address; nothing where it isn't known."""
        return dict(self.sizes).get(address)

    def picture_of(self, address: str) -> Picture | None:
        """A picture that the page shows in several widths, by its address; nothing where it is shown as it is."""
        return dict(self.pictures).get(address)

    def address_of(self, target: str) -> str:
        """The address that an argument of a shortcode leads to: a file beside the page by its path on the site."""
        return dict(self.arguments).get(target, target)
