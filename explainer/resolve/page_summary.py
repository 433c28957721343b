"""A page's summary: the small part of its interface that is kept in memory for every page."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from explainer.model.record import packed
from explainer.model.site import PageSummary
from explainer.model.terms import PICTURE_ARGUMENTS
from explainer.resolve.publishable import person_path
from explainer.resolve.site_pictures import is_outside
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.model.site import ClaimInterface, PageInterface

_AFTER_PATH = re.compile(r"[?#].*", re.DOTALL)


def page_summary(
    page: PageInterface, interface_digest: str, record_digest: str, sourcing_digest: str = ""
) -> PageSummary:
    """The summary of a page, given its interface, and the digests of its interface, record and sourcing text."""
    entry = page.entry
    people = tuple(dict.fromkeys(_people(page)))
    parties = {source.id: source.party for source in page.sources}
    said = Counter(speaker_of(claim, parties) for claim in page.claims)
    disputed = Counter(who for claim in page.claims for who in disputing(claim, parties))
    of_sources = Counter(id_ for claim in page.claims for id_ in {**dict(claim.stances), **dict(claim.passed)})
    shown = [(claim.id, claim.entry, claim.stances, claim.replies) for claim in page.claims]
    return PageSummary(
        file=page.file,
        kind=page.kind,
        slug=page.slug,
        url=page.url,
        title=entry.title,
        language=entry.language,
        canonical=entry.canonical,
        published=entry.published,
        modified=entry.modified,
        draft=page.draft,
        times=page.times,
        order=page.order,
        tags=entry.tags,
        by=page.by,
        people=people,
        cited=page.cited,
        reached=page.reached,
        own=page.own,
        saved=page.saved,
        targets=tuple(dict.fromkeys(_targets(page))),
        tied=any(claim.contradicts or claim.supersedes for claim in page.claims),
        translated=bool(page.translations),
        claims=len(page.claims),
        source_claims=tuple(of_sources[id_] for id_ in page.reached),
        said=tuple(said[id_] for id_ in people),
        disputed=tuple(disputed[id_] for id_ in people),
        anchors=None if page.anchors is None else "\n".join(page.anchors),
        entry_digest=_digest(entry),
        claims_digest=_digest((shown, page.sources)),
        interface_digest=interface_digest,
        record_digest=record_digest,
        sourcing_digest=sourcing_digest,
        aliases=tuple(alias.text for alias in page.aliases),
        image=entry.image.url if entry.image else None,
        pictures=tuple(dict.fromkeys(_pictures(page))),
        feed_id=entry.feed_id if page.keeps_id else None,
        corrections=page.corrections,
        embargo=page.embargo,
        review=page.review,
        embeds=page.embeds,
    )


def speaker_of(claim: ClaimInterface, parties: Mapping[str, str | None]) -> str | None:
    """Whose statement a claim is: an id of people.yaml, or a party; `parties` are those of the page's sources."""
    speaker = claim.entry.speaker
    if speaker is None:
        return None
    if speaker.page == person_path(speaker.id):
        return speaker.id
    return parties.get(speaker.id) or speaker.id


def disputing(claim: ClaimInterface, parties: Mapping[str, str | None]) -> set[str]:
    """Whose voices dispute a claim that was reported, and is no statement itself."""
    if claim.entry.speaker or not claim.entry.reported:
        return set()
    return {parties[source] or source for source, stance in claim.stances if stance == "disputes"}


def _digest(value: Any) -> str:
    return digest_of(packed(value))


def _pictures(page: PageInterface) -> Iterator[str]:
    """The paths on the site of the pictures that a page shows."""
    targets = [page.image.src] if page.image else []
    targets += [link.target for link in page.links if link.image]
    for call in page.calls:
        targets += [value for name, value in call.named if name == PICTURE_ARGUMENTS.get(call.name)]
    for target in targets:
        if not is_outside(target):
            yield posixpath.normpath(posixpath.join(page.url, unquote(_AFTER_PATH.sub("", target))))


def _people(page: PageInterface) -> Iterator[str]:
    """The ids of the people on a page (and of some sources)."""
    yield from page.by
    for source in page.sources:
        yield source.party or source.id
    for claim in page.claims:
        if claim.entry.speaker:
            yield claim.entry.speaker.id
        yield from claim.replies


def _targets(page: PageInterface) -> Iterator[str]:
    """The slugs of explainers whose claims a page may refer to."""
    refs = [ref.target for ref in page.refs]
    ties = [located.text for claim in page.claims for located in (*claim.contradicts, *claim.supersedes)]
    for target in (*refs, *ties):
        yield target.rpartition("#")[0] or page.slug
