"""The words of one page for the search index, and what a result shows of it.

Both are made of the page's public record and its entries in lists alone: nothing else has a way into the index.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING

from explainer.model.document import CallHole
from explainer.model.record import Record
from explainer.search.folding import words_of
from explainer.sourcing.words import capitalised
from explainer.text.typography import typographic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.model.document import Body
    from explainer.model.published import Claim
    from explainer.model.published_pages import PageRecord
    from explainer.model.site import ClaimEntry, PageEntry, PageInterface
    from explainer.text.catalog import Catalog

# The parser writes these tags itself, and escapes every `<` and `>` of a text.
_TAG = re.compile(r"<[^>]*>")
_OFTEN = 3
# How much a word says of a page, by where it stands.
_IN_TEXT_OFTEN, _IN_HEADING, _IN_TITLE = ":2", ":3", ":4"


class PageWords(Record, frozen=True):
    """The words of a page, each with where it stands, and the page's entry in the index as JSON.

    `record` is the digest of the record that they were made of. Where a word stands is written as `:3.0.4,2`: its
    weight (by default 1), the numbers of the claims whose text has it, and of those that have it in their sourcing.
    """

    record: str
    words: dict[str, str]
    entry: str


def page_words(page: PageRecord, interface: PageInterface, digest: str, catalog: Catalog) -> PageWords:
    """The words of a page; `digest` is its record's, `catalog` has the words of the site's language."""
    places = _places(page, interface.entry)
    for word, numbers in _claim_places(page, interface).items():
        places[word] = places.get(word, "") + numbers
    return PageWords(digest, places, _entry(interface, catalog))


# --- Words ---


def _places(page: PageRecord, entry: PageEntry) -> dict[str, str]:
    counted = Counter(words_of(_plain(page)))
    places = {word: _IN_TEXT_OFTEN if count >= _OFTEN else "" for word, count in counted.items()}
    headings = (heading.text for heading in page.headings)
    above = " ".join((entry.summary or "", *entry.tags, *entry.authors, *headings))
    places |= dict.fromkeys(words_of(above), _IN_HEADING)
    return places | dict.fromkeys(words_of(entry.title), _IN_TITLE)


def _plain(page: PageRecord) -> str:
    notes = "\n".join("".join(_texts(note.footnote)) for note in page.notes if note.footnote)
    text = _TAG.sub("", f"{''.join(_texts(page.body))}\n{notes}")
    return unescape(text) if "&" in text else text


def _texts(body: Body) -> Iterator[str]:
    for part in body:
        if type(part) is str:
            yield part
        elif type(part) is CallHole:
            yield from _texts(part.inner)
            for _, text in part.formatted:
                yield "\n"
                yield from _texts(text)


def _claim_places(page: PageRecord, interface: PageInterface) -> dict[str, str]:
    """For each word of a claim or of its sourcing, in which claims it is."""
    sources = {one.id: set(words_of(" ".join((one.name, one.publisher or "")))) for one in page.sources}
    own: dict[str, str] = {}
    about: dict[str, str] = {}
    for number, (claim, listed) in enumerate(zip(page.claims, interface.claims, strict=True)):
        text = set(words_of(listed.entry.text))
        for word in text:
            own[word] = f"{own.get(word, '')}.{number}"
        for word in _sourcing_words(claim, listed.entry).union(*(sources[e.source] for e in claim.edges)) - text:
            about[word] = f"{about.get(word, '')},{number}"
    return {word: own.get(word, "") + about.get(word, "") for word in {**own, **about}}


def _sourcing_words(claim: Claim, entry: ClaimEntry) -> set[str]:
    speaker = claim.speaker.name if claim.speaker else ""
    return set(words_of(" ".join((entry.words, speaker, entry.status or ""))))


# --- What a result shows ---


def _entry(interface: PageInterface, catalog: Catalog) -> str:
    entry, style = interface.entry, catalog.style
    claims = [
        [
            claim.id,
            typographic(capitalised(claim.entry.text), style),
            typographic(capitalised(claim.entry.words), style),
            claim.entry.level,
            claim.entry.speaker.name if claim.entry.speaker else "",
            claim.entry.status or "",
        ]
        for claim in interface.claims
    ]
    shown = [
        entry.url,
        typographic(entry.title, style),
        typographic(entry.summary or "", style),
        catalog.date(entry.published) if entry.published else "",
        entry.language,
        interface.claims[0].entry.words_language if interface.claims else entry.language,
        claims,
    ]
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
