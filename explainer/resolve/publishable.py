"""Decides which facts about a source, a party or a person may be published, and under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.model.declared import Withdrawal
from explainer.model.published import Byline, PublicSource, Voice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.model.declared import Located, Person, Source
    from explainer.text.catalog import Catalog


def public_name(source: Source, catalog: Catalog) -> str:
    """What stands for a source in a sentence."""
    if source.attribution == "deep-background":
        return catalog.form("source.deep-name")
    if source.unnamed:
        return source.description or catalog.form("source.unnamed-name")
    return source.title or source.description or source.id


def source_path(source_id: str) -> str:
    """The path of a registry source's page."""
    return f"/sources/{source_id}/"


def person_path(person_id: str) -> str:
    """The path of a person's page."""
    return f"/people/{person_id}/"


def public_source(source: Source, number: int | None, people: Mapping[str, Person], catalog: Catalog) -> PublicSource:
    """The facts of a source that may be published; `number` is its note's."""
    if source.unnamed:
        return _unnamed(source, number, catalog)
    return PublicSource(
        id=source.id,
        name=public_name(source, catalog),
        type=source.type,
        attribution=source.attribution,
        knowledge=source.knowledge,
        unnamed=False,
        via=source.via,
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
        description=source.description,
        why_unnamed=source.why_unnamed,
        caveats=source.caveats,
        withdrawn=source.withdrawn,
        page=None if source.local else source_path(source.id),
        voice=people[source.key].name if source.key in people else None,
    )


def _unnamed(source: Source, number: int | None, catalog: Catalog) -> PublicSource:
    deep = source.attribution == "deep-background"
    return PublicSource(
        id=source.id,
        name=public_name(source, catalog),
        type=source.type,
        attribution=source.attribution,
        knowledge=source.knowledge,
        unnamed=True,
        via=source.via,
        number=number,
        description=None if deep else source.description,
        why_unnamed=None if deep else source.why_unnamed,
        caveats=() if deep else source.caveats,
        # The reason could tell who it was.
        withdrawn=Withdrawal(source.withdrawn.date) if source.withdrawn else None,
    )


def voice(key: str, sources: Mapping[str, Source], people: Mapping[str, Person], catalog: Catalog) -> Voice:
    """A party, a people id or a source id as a reader may know it."""
    if key in people:
        return Voice(key, people[key].name, person_path(key))
    if key in sources:
        return Voice(key, public_name(sources[key], catalog))
    return Voice(key, key)


def origin_name(source: Source, people: Mapping[str, Person], catalog: Catalog) -> str:
    """Whose word a claim rests on, when it all comes from this source."""
    if source.unnamed or source.party is None:
        return public_name(source, catalog)
    return people[source.party].name if source.party in people else source.party


def byline(author: Located, people: Mapping[str, Person]) -> Byline:
    """An author or contributor, from people.yaml or as a plain name."""
    person = people.get(author.text)
    return person_byline(person) if person else Byline(author.text)


def person_byline(person: Person) -> Byline:
    """A person of people.yaml as an author, contributor or the subject of a page."""
    return Byline(person.name, person.id, person.kind, person.role, person.bio, person.links, person_path(person.id))
