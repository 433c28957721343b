"""A page's interface: everything that other pages and the lists of the site may need from it."""

from __future__ import annotations

from collections import Counter
from posixpath import join, normpath
from typing import TYPE_CHECKING

from explainer.model.published import standing_alone
from explainer.model.published_pages import PageImage
from explainer.model.site import ClaimEntry, ClaimInterface, GroupCount, PageEntry, PageInterface, SourceInterface
from explainer.resolve.site_pictures import is_outside
from explainer.sourcing.groups import NAMES, group_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from explainer.model.declared import ClaimDecl, Meta
    from explainer.model.document import Document
    from explainer.model.published import Claim
    from explainer.model.published_pages import PageRecord
    from explainer.model.terms import PageKind

DEFAULT_LAYOUTS: Mapping[PageKind, str] = {"explainer": "explainer.html", "page": "page.html"}
# A page without a date is a draft: it comes first.
_UNDATED = 2**62


def page_interface(
    document: Document, page: PageRecord, decls: Sequence[ClaimDecl], cited: Iterable[str], words_language: str
) -> PageInterface:
    """The interface of a page.

    `decls` are its claims' declarations, `cited` the ids of the sources it cites; in `words_language` the theme speaks
    on it.
    """
    file, meta = document.file, document.file.meta
    local = {source.id for source in meta.sources}
    return PageInterface(
        file=file.path,
        kind=page.kind,
        slug=page.slug,
        url=page.url,
        entry=_page_entry(page, meta),
        span=meta.span,
        draft=meta.draft,
        times=tuple(moment.epoch for moment in (meta.date, meta.publish_at) if moment),
        order=meta.date.epoch if meta.date else _UNDATED,
        by=tuple(dict.fromkeys(one.id for one in (*page.authors, *page.contributors) if one.id)),
        claims=tuple(_claim(page, claim, decl, words_language) for claim, decl in zip(page.claims, decls, strict=True)),
        sources=tuple(SourceInterface(one.id, one.short, one.party, one.via, one.reported_in) for one in page.sources),
        cited=tuple(sorted(set(cited) - local)),
        own=tuple([source.id for source in document.file.meta.sources]),
        reached=tuple(source.id for source in page.sources),
        saved=tuple(source.saved for source in meta.sources if source.saved),
        anchors=_anchors(page),
        links=document.links,
        refs=document.refs,
        calls=document.calls,
        related=meta.related,
        translations=meta.translations,
        image=meta.image,
        corrections=meta.corrections,
        tags=meta.tags,
        aliases=meta.aliases,
        keeps_id=meta.id is not None,
        embargo=meta.publish_at.epoch if meta.publish_at else None,
        review=meta.review,
        embeds=page.embeds,
    )


def _page_entry(page: PageRecord, meta: Meta) -> PageEntry:
    return PageEntry(
        title=page.title,
        url=page.url,
        canonical=page.canonical,
        feed_id=meta.id or page.canonical,
        summary=page.summary,
        published=page.published,
        modified=page.modified,
        language=page.language,
        authors=tuple(author.name for author in page.authors),
        tags=tuple(tag.text for tag in meta.tags),
        claims=len(page.claims),
        groups=_groups(page),
        disputed=sum(_disputed(claim) and not claim.denied_earlier for claim in page.claims),
        denied_earlier=sum(claim.denied_earlier for claim in page.claims),
        image=_image(page, meta),
    )


def _groups(page: PageRecord) -> tuple[GroupCount, ...]:
    counts = Counter(group_of(claim.verdict.level, said=claim.speaker is not None) for claim in page.claims)
    return tuple(GroupCount(name, counts[name]) for name in NAMES if name in counts)


def _disputed(claim: Claim) -> bool:
    return any(note.code == "disputed" for note in claim.verdict.notes)


def _image(page: PageRecord, meta: Meta) -> PageImage | None:
    """The page's picture by its path on the site, as lists show it."""
    if meta.image is None:
        return None
    src, alt, credit = meta.image.src, meta.image.alt, meta.image.credit
    return PageImage(src if is_outside(src) else normpath(join(page.url, src)), alt, credit)


def _claim(page: PageRecord, claim: Claim, decl: ClaimDecl, words_language: str) -> ClaimInterface:
    return ClaimInterface(
        id=claim.id,
        entry=_claim_entry(page, claim, words_language),
        stances=tuple({edge.source: edge.stance for edge in claim.edges}.items()),
        contradicts=decl.contradicts,
        supersedes=decl.supersedes,
        replies=tuple(reply.voice.id for reply in claim.replies),
        passed=claim.passed,
    )


def _sentences(claim: Claim) -> tuple[str, ...]:
    """What a list tells beside the words at a claim: how many steps lead to its origin is told by them."""
    told = zip(claim.verdict.notes, claim.sentences, strict=True)
    return tuple(sentence for note, sentence in told if note.code != "steps")


def _claim_entry(page: PageRecord, claim: Claim, words_language: str) -> ClaimEntry:
    return ClaimEntry(
        path=f"{page.url}#{claim.anchor}",
        text=standing_alone(claim.text),
        level=claim.verdict.level,
        words=claim.words,
        label=claim.label,
        sentences=_sentences(claim),
        status=claim.status,
        speaker=claim.speaker,
        said=claim.said,
        quotes=tuple(edge.quote for edge in claim.edges if edge.quote and edge.stance == "supports"),
        page_title=page.title,
        page_url=page.url,
        published=page.published,
        language=page.language,
        words_language=words_language,
        reported=claim.reported,
        disputed=_disputed(claim),
        new=claim.new,
    )


def _anchors(page: PageRecord) -> tuple[str, ...] | None:
    """The ids on a page that a link may lead to, as far as they are known; None for a layout of the site's own."""
    if page.layout not in DEFAULT_LAYOUTS.values():
        return None
    found = {"main", *(heading.id for heading in page.headings), *(note.anchor for note in page.notes)}
    for claim in page.claims:
        found |= {claim.anchor, claim.panel_anchor}
    if page.notes:
        found.add("notes")
    if page.corrections:
        found.add("corrections")
    # What a shortcode of the site's own is given may be an id that it writes.
    for call in page.calls:
        found.update(call.positional, (value for _, value in call.named))
    return tuple(sorted(found))
