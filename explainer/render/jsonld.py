"""Structured data in each page: a JSON-LD `@graph` in the terms of schema.org.

A source that is not named never becomes a `Person`, and computed sourcing never a `Rating`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from explainer.model.output_files import SEARCH_FOLDER

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from explainer.model.published import Claim, PublicSource
    from explainer.model.published_pages import Byline, Page
    from explainer.model.site import SiteView

# The names of the site's policies in schema.org.
_POLICIES = {
    "principles": "publishingPrinciples",
    "corrections": "correctionsPolicy",
    "unnamed_sources": "unnamedSourcesPolicy",
    "verification": "verificationFactCheckingPolicy",
    "feedback": "actionableFeedbackPolicy",
    "ownership": "ownershipFundingInfo",
    "masthead": "masthead",
}
_ARTICLE = ["NewsArticle", "BackgroundNewsArticle"]
# A graph has no cycles.
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


def page_graph(page: Page, site: SiteView) -> str:
    """The graph of a page, safe inside a `script` element."""
    publisher = _publisher(site)
    nodes = _explainer(page, site) if page.kind == "explainer" else [_plain_page(page, publisher)]
    nodes = [*nodes, *_website(page.canonical, site)]
    return _script({"@context": "https://schema.org", "@graph": [_filled(publisher), *map(_filled, nodes)]})


def list_graph(title: str, canonical: str, site: SiteView) -> str:
    """The graph of a page that lists things."""
    publisher = _publisher(site)
    page = {"@type": "CollectionPage", "@id": canonical, "name": title, "publisher": {"@id": publisher["@id"]}}
    nodes = [publisher, page, *_website(canonical, site)]
    return _script({"@context": "https://schema.org", "@graph": [_filled(node) for node in nodes]})


def claim_graph(page: Page, claim: Claim, canonical: str, site: SiteView) -> str:
    """The graph of a claim's own page."""
    publisher = _publisher(site)
    article = {"@type": _ARTICLE, "@id": page.canonical, "url": page.canonical, "headline": page.title}
    own = {
        "@type": "WebPage", "@id": canonical, "url": canonical, "name": claim.text, "inLanguage": page.language,
        "mainEntity": {"@id": claim.url}, "isPartOf": article, "publisher": {"@id": publisher["@id"]},
    }  # fmt: skip
    told = {"@type": "Claim", "@id": claim.url, "text": claim.text, "url": claim.url}
    return _script({"@context": "https://schema.org", "@graph": [_filled(publisher), own, told]})


def _script(data: dict[str, Any]) -> str:
    text = _ENCODER.encode(data)
    # `</script>` and `<!--` would end the element or change how it is read.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _filled(node: dict[str, Any]) -> dict[str, Any]:
    """A node without its empty properties."""
    return {key: value for key, value in node.items() if value}


def _publisher(site: SiteView) -> dict[str, Any]:
    name, url, logo = site.title, site.url, None
    if site.publisher:
        name, url, logo = site.publisher.name, site.publisher.url or site.url, site.publisher.logo
    policies = {_POLICIES[key]: _absolute(target, site) for key, target in site.policy_keys}
    return {
        "@type": "NewsMediaOrganization", "@id": f"{site.url}#publisher", "name": name, "url": url,
        "logo": _absolute(logo, site) if logo else None, **policies,
    }  # fmt: skip


def _website(canonical: str, site: SiteView) -> Iterator[dict[str, Any]]:
    """The site as a whole, which its home page tells of, and how it is searched."""
    if canonical != site.url:
        return
    target = {"@type": "EntryPoint", "urlTemplate": f"{site.url}{SEARCH_FOLDER}?q={{words}}"}
    search = {"@type": "SearchAction", "target": target, "query-input": "required name=words"}
    yield {
        "@type": "WebSite", "@id": f"{site.url}#website", "url": site.url, "name": site.title,
        "description": site.description, "inLanguage": site.language,
        "publisher": {"@id": f"{site.url}#publisher"}, "potentialAction": search if site.search else None,
    }  # fmt: skip


def _absolute(target: str, site: SiteView) -> str:
    return site.url.rstrip("/") + target if target.startswith("/") else target


def _plain_page(page: Page, publisher: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "WebPage", "@id": page.canonical, "url": page.canonical, "name": page.title,
        "description": page.summary, "inLanguage": page.language, "publisher": {"@id": publisher["@id"]},
    }  # fmt: skip


def _explainer(page: Page, site: SiteView) -> Iterator[dict[str, Any]]:
    sources = {source.id: source for source in page.sources}
    yield {
        "@type": _ARTICLE,
        "@id": page.canonical,
        "url": page.canonical,
        "headline": page.title,
        "description": page.summary,
        "inLanguage": page.language,
        "datePublished": page.published,
        "dateModified": page.modified,
        "dateline": page.dateline,
        "image": page.card.url if page.image and page.card else None,
        "author": [_author(author, site) for author in page.authors],
        "contributor": [_author(author, site) for author in page.contributors],
        "publisher": {"@id": f"{site.url}#publisher"},
        "keywords": [tag.title for tag in page.tags],
        "citation": [{"@id": _source_id(source)} for source in page.sources if source.number],
        "correction": [
            {"@type": "CorrectionComment", "text": correction.text, "datePublished": correction.date.text}
            for correction in page.corrections
        ],
        "hasPart": [{"@id": claim.url} for claim in page.claims],
    }
    for claim in page.claims:
        yield _claim(claim, sources)
        yield from _quotations(claim, sources)
    for source in page.sources:
        yield _work(source, sources)


def _author(author: Byline, site: SiteView) -> dict[str, Any]:
    kind = "Organization" if author.kind == "organization" else "Person"
    links = [
        _absolute(link.url, site)
        for link in author.links
        if not link.url.lower().startswith(("mailto:", "tel:", "sms:", "sgnl:"))
    ]
    node = {
        "@type": kind, "name": author.name, "description": author.bio, "jobTitle": author.role if kind == "Person" else None,
        "url": _absolute(author.url, site) if author.url else None, "sameAs": links,
    }  # fmt: skip
    return _filled(node)


def _claim(claim: Claim, sources: dict[str, PublicSource]) -> dict[str, Any]:
    said_in = dict.fromkeys(edge.source for edge in claim.edges if edge.stance == "supports")
    return {
        "@type": "Claim",
        "@id": claim.url,
        "text": claim.text,
        "appearance": [{"@id": _source_id(sources[i])} for i in said_in],
    }


def _quotations(claim: Claim, sources: dict[str, PublicSource]) -> Iterator[dict[str, Any]]:
    for edge in claim.edges:
        if edge.quote:
            source = sources[edge.source]
            yield {
                "@type": "Quotation", "text": edge.quote, "inLanguage": source.language,
                "isPartOf": {"@id": claim.url}, "citation": {"@id": _source_id(source)},
            }  # fmt: skip


def _work(source: PublicSource, shown: Container[str]) -> dict[str, Any]:
    return {
        "@type": "CreativeWork",
        "@id": _source_id(source),
        "name": source.name,
        "url": source.url,
        "archivedAt": source.archive,
        "datePublished": source.date,
        "inLanguage": source.language,
        "isPartOf": {"@type": "CreativeWork", "name": source.container} if source.container else None,
        "identifier": source.document_number,
        "sameAs": f"https://doi.org/{source.doi}" if source.doi else None,
        "subjectOf": [{"@id": f"#note-{report}"} for report in source.reported_in if report in shown],
        "author": [{"@type": "Person", "name": name} for name in source.authors],
        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else None,
    }


def _source_id(source: PublicSource) -> str:
    """The source's note, by an address that counts from the page's, as any in a page does: there are many of them."""
    return f"#note-{source.id}"
