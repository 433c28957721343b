"""Every place that names a source, a person, a claim or a page: where the id stands, and what it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from explainer.diagnostics import Span
from explainer.lsp.positions import Lines, Place
from explainer.parse.tag_grammar import Tag, read_tag
from explainer.resolve.timelines import SPEAKER, speakers_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.lsp.page_view import PageView
    from explainer.model.declared import ClaimDecl, ResponseDecl, Source
    from explainer.model.document import LinkMark
    from explainer.model.library import Library

_LINK = re.compile(
    r"(?:/explainers/([a-z0-9-]+)/)?(?:#claim-([a-z0-9-]+))?|/sources/([a-z0-9-]+)/|/people/([a-z0-9-]+)/"
)

Kind = Literal["source", "person", "claim", "page", "party"]


class Name(NamedTuple):
    """What an id names. `page` is the slug of the page that a claim or a source belongs to, "" for those of the site."""

    kind: Kind
    id: str
    page: str = ""


class Mention(NamedTuple):
    """A place of an id: what it names, and whether it stands at the record or the claim itself.

    `hidden`: it stands in an unnamed source's record, and what it tells of that isn't for readers.
    """

    name: Name
    span: Span
    defines: bool = False
    hidden: bool = False


def mentions_in_page(view: PageView, library: Library) -> Iterator[Mention]:
    """The places of ids in a page."""
    return _PageNames(view, library).all()


def mentions_in_library(library: Library) -> Iterator[Mention]:
    """The places of ids in the files that all pages share."""
    names = _Names(library, library.sources, frozenset(), "")
    for person in library.people.values():
        yield Mention(Name("person", person.id), person.span, defines=True)
    for source in library.sources.values():
        yield from names.of_source(source)


class _Names:
    """Tells what an id names: `own` are the ids of the sources of the page whose slug is `slug`."""

    def __init__(self, library: Library, sources: Mapping[str, Source], own: frozenset[str], slug: str) -> None:
        self.library = library
        self.sources = sources
        self.own = own
        self.slug = slug

    def source(self, id_: str) -> Name:
        """The source of an id."""
        return Name("source", id_, self.slug if id_ in self.own else "")

    def party(self, id_: str) -> Name:
        """Whose voice a party or a speaker is: someone's of people.yaml, a source's, or just its own."""
        if id_ in self.library.people:
            return Name("person", id_)
        return self.source(id_) if id_ in self.sources else Name("party", id_)

    def answering(self, id_: str) -> Name:
        """Who answered: a source, if it is one, too."""
        return self.source(id_) if id_ in self.sources or id_ not in self.library.people else Name("person", id_)

    def claim(self, target: str) -> Name:
        """The claim of `claim` or `page#claim`."""
        page, _, id_ = target.rpartition("#")
        return Name("claim", id_, page or self.slug)

    def of_source(self, source: Source) -> Iterator[Mention]:
        """The places of ids in a source's record."""
        yield Mention(self.source(source.id), source.span, defines=True)
        named = zip((*source.via, *source.reported_in), (*source.via_spans, *source.reported_in_spans), strict=True)
        yield from (Mention(self.source(id_), span) for id_, span in named)
        if source.party and source.party_span:
            yield Mention(self.party(source.party), source.party_span, hidden=source.confidential)


class _PageNames:
    """Walks what a page declares and cites."""

    def __init__(self, view: PageView, library: Library) -> None:
        self.view = view
        self.document = view.document
        self.meta = view.file.meta
        self.lines = Lines(view.text, len)
        own = frozenset(source.id for source in self.meta.sources)
        self.names = _Names(library, view.sources(library), own, view.file.slug)

    def all(self) -> Iterator[Mention]:
        """All of them, in no order. A span may hold more than the id: quotes, or the whole argument."""
        yield from self.in_front_matter()
        yield from self.in_text()

    def in_front_matter(self) -> Iterator[Mention]:
        """Those of the front matter."""
        for author in (*self.meta.authors, *self.meta.contributors):
            if author.text in self.names.library.people:
                yield Mention(Name("person", author.text), author.span)
        for page in self.meta.related:
            yield Mention(Name("page", page.text), page.span)
        for translation in self.meta.translations:
            yield Mention(Name("page", translation.slug), translation.span)
        for source in self.meta.sources:
            yield from self.names.of_source(source)
        for decl in self.meta.claims:
            yield Mention(self.names.claim(decl.id), decl.span, defines=True)
            yield from self.of_claim(decl)

    def in_text(self) -> Iterator[Mention]:
        """Those of the text."""
        for mark in self.document.claims:
            yield from self.in_tag(mark.decl.span, "id", mark.decl.id, self.names.claim(mark.decl.id), defines=True)
            yield from self.of_claim(mark.decl)
        for cite in self.document.cites:
            yield from (Mention(self.names.source(one.text), one.span) for one in cite.ids)
        for ref in self.document.refs:
            yield from self.in_tag(ref.span, "target", ref.target, self.names.claim(ref.target))
        for link in self.document.links:
            yield from self.of_link(link)
        for call, speaker in speakers_of(self.document.calls):
            yield from self.in_tag(call.span, SPEAKER, speaker, self.names.party(speaker))

    def of_claim(self, decl: ClaimDecl) -> Iterator[Mention]:
        """The places of ids in what is declared of a claim."""
        for edge in (*decl.sources, *decl.disputes, *decl.context):
            yield Mention(self.names.source(edge.source), edge.span)
        for answer in decl.responses:
            yield Mention(self.names.answering(answer.id), self.of_answer(answer))
        if decl.speaker:
            yield Mention(self.names.party(decl.speaker.text), decl.speaker.span)
        for other in (*decl.contradicts, *decl.supersedes):
            yield from self.of_target(other.span, other.text)

    def of_target(self, span: Span, target: str) -> Iterator[Mention]:
        """The claim and the page of a target."""
        page, sharp, id_ = target.rpartition("#")
        start = span.col + len(page + sharp)
        yield Mention(self.names.claim(target), span._replace(col=start, end_col=start + len(id_)))
        if page:
            yield Mention(Name("page", page), span._replace(end_col=span.col + len(page)))

    def in_tag(self, span: Span, key: str, value: str, name: Name, *, defines: bool = False) -> Iterator[Mention]:
        """The place of a value among the arguments of the tag at a span."""
        start = self.lines.offset(Place(span.line, span.col))
        tag = read_tag(self.view.text, start, self.lines.offset(Place(span.end_line, span.end_col)))
        for argument in tag.arguments if isinstance(tag, Tag) else ():
            if argument.key in {key, None} and argument.value == value:
                place = self.lines.place_of(argument.value_start)
                found = span._replace(
                    line=place.line, col=place.col, end_line=place.line, end_col=place.col + len(value)
                )
                if name.kind == "claim" and "#" in value:
                    yield from self.of_target(found, value)
                else:
                    yield Mention(name, found, defines)
                return

    def of_link(self, link: LinkMark) -> Iterator[Mention]:
        """The source, person, page and claim that a link leads to."""
        found = _LINK.fullmatch(link.target)
        start = self.view.text.find(link.target, self.lines.offset(Place(link.span.line, link.span.col)))
        if found is None or start < 0:
            return
        page, claim, source, person = found.groups()
        names = (
            Name("page", page or ""),
            Name("claim", claim or "", page or self.names.slug),
            Name("source", source or ""),
            Name("person", person or ""),
        )
        for group, name in enumerate(names, 1):
            if name.id:
                place = self.lines.place_of(start + found.start(group))
                yield Mention(name, Span(link.span.path, *place, place.line, place.col + len(name.id)))

    def of_answer(self, answer: ResponseDecl) -> Span:
        """The place of who answered: in a tag the answer follows in the same word."""
        span = answer.span
        if not self.lines.words(span).startswith(answer.id):
            return span
        return span._replace(end_line=span.line, end_col=span.col + len(answer.id))
