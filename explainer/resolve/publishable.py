"""Decides which facts about a source, a party or a person may be published, and under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.model.declared import NO_CAVEATS, Withdrawal
from explainer.model.published import PublicSource, Voice
from explainer.model.published_pages import Byline, PageImage
from explainer.text.languages import isolated

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from explainer.model.declared import Located, Person, Source
    from explainer.text.catalog import Catalog


SHORT = 40
"""How many characters a source's name may have inside a sentence."""


def public_name(source: Source, catalog: Catalog) -> str:
    """What stands for a source in a sentence."""
    if source.attribution == "deep-background":
        return catalog.form("source.deep-name")
    if source.unnamed:
        return source.description or catalog.form("source.unnamed-name")
    return source.title or source.description or source.id


def short_name(source: Source, people: Mapping[str, Person], catalog: Catalog) -> str:
    """What a source is called inside a sentence, 40 characters at most where a word ends there.

    Of an unnamed source only its own `short` or its description; of a deep-background one nothing.
    """
    if source.attribution == "deep-background":
        return catalog.form("badge.deep")
    if source.short:
        return source.short
    if source.unnamed:
        return shortened(source.description or catalog.form("source.unnamed-name"))
    if source.key in people:
        return person_name(people[source.key])
    publisher = source.publisher if source.type == "report" else None
    return shortened(publisher or public_name(source, catalog))


def badge_name(source: Source, people: Mapping[str, Person], catalog: Catalog) -> str:
    """What a source is called in a badge: its short name, and whether its name or the whole of it is withheld."""
    name = isolated(short_name(source, people, catalog), catalog.language)
    if source.unnamed:
        return catalog.text("badge.unnamed", name=name)
    return catalog.text("badge.not-public", name=name) if is_private(source) else name


def is_private(source: Source) -> bool:
    """Whether readers can't see it: a private record that has no name on it."""
    return source.type == "private-record" and source.attribution != "on-record"


def person_name(person: Person) -> str:
    """A person or an organisation inside a sentence."""
    return person.short or person.name


def sentence_name(key: str, sources: Mapping[str, Source], people: Mapping[str, Person], catalog: Catalog) -> str:
    """A party, a people id or a source id inside a sentence."""
    if key in people:
        return person_name(people[key])
    return short_name(sources[key], people, catalog) if key in sources else key


def shortened(text: str) -> str:
    """A text cut at a word where it is too long for a sentence; a single long word stays whole."""
    if len(text) <= SHORT:
        return text
    cut = text[:SHORT].rpartition(" ")[0].rstrip(" ,;:–—-")
    return f"{cut}…" if cut else text


def source_path(source_id: str) -> str:
    """The path of a registry source's page."""
    return f"/sources/{source_id}/"


def person_path(person_id: str) -> str:
    """The path of a person's page."""
    return f"/people/{person_id}/"


def public_source(
    source: Source, number: int | None, shown: Container[str], people: Mapping[str, Person], catalog: Catalog
) -> PublicSource:
    """The facts of a source that may be published; `number` is its note's, `shown` has the sources beside it."""
    if source.unnamed:
        return _unnamed(source, number, people, catalog)
    return PublicSource(
        id=source.id,
        name=public_name(source, catalog),
        short=short_name(source, people, catalog),
        type=source.type,
        attribution=source.attribution,
        knowledge=source.knowledge,
        unnamed=False,
        # What a report knows through is shown where that is on a claim's routes.
        via=tuple([id_ for id_ in source.via if id_ in shown]),
        reported_in=source.reported_in,
        number=number,
        title=source.title,
        publisher=source.publisher,
        authors=source.authors,
        date=source.date.text if source.date else None,
        accessed=source.accessed.text if source.accessed else None,
        url=source.url,
        archive=source.archive,
        language=source.language,
        party=source.party,
        own=source.own and source.type == "report",
        container=source.container,
        document_number=source.document_number,
        doi=source.doi,
        description=source.description,
        why_unnamed=source.why_unnamed,
        caveats=source.caveats,
        withdrawn=source.withdrawn,
        page=None if source.local else source_path(source.id),
        voice=people[source.key].name if source.key in people else None,
    )


def _unnamed(source: Source, number: int | None, people: Mapping[str, Person], catalog: Catalog) -> PublicSource:
    deep = source.attribution == "deep-background"
    return PublicSource(
        id=source.id,
        name=public_name(source, catalog),
        short=short_name(source, people, catalog),
        type=source.type,
        attribution=source.attribution,
        knowledge=source.knowledge,
        unnamed=True,
        via=source.via,
        reported_in=source.reported_in,
        number=number,
        description=None if deep else source.description,
        why_unnamed=None if deep else source.why_unnamed,
        caveats=NO_CAVEATS if deep else source.caveats,
        # The reason could tell who it was.
        withdrawn=Withdrawal(source.withdrawn.date) if source.withdrawn else None,
    )


def voice(key: str, sources: Mapping[str, Source], people: Mapping[str, Person], catalog: Catalog) -> Voice:
    """A party, a people id or a source id as a reader may know it."""
    if key in people:
        return Voice(key, people[key].name, person_path(key), people[key].short)
    if key in sources:
        return Voice(key, public_name(sources[key], catalog))
    return Voice(key, key)


def byline(author: Located, people: Mapping[str, Person]) -> Byline:
    """An author or contributor, from people.yaml or as a plain name."""
    person = people.get(author.text)
    return person_byline(person) if person else Byline(author.text)


def person_byline(person: Person) -> Byline:
    """A person of people.yaml as an author, contributor or the subject of a page."""
    shown = person.image
    image = PageImage(shown.src, shown.alt or person.name, shown.credit) if shown else None
    path = person_path(person.id)
    return Byline(person.name, person.id, person.kind, person.role, person.bio, person.links, path, image)
