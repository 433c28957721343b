"""The segments of the search index: the words of their pages, as they are known or made now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.cache import codec
from explainer.model.published_pages import PageRecord
from explainer.search.index_files import segment_files
from explainer.search.page_words import PageWords, page_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explainer.engine.page_texts import PageTexts
    from explainer.model.site import PageSummary
    from explainer.search.index_files import SegmentFiles
    from explainer.text.catalog import Catalog


def make_segment(year: str, pages: Sequence[PageSummary], texts: PageTexts, catalog: Catalog) -> SegmentFiles:
    """A segment of the search index; `catalog` has the words of the site's language.

    Raises:
        DamagedCacheError: if a text is no such record.
    """
    return segment_files(year, (_words(page, texts, catalog) for page in pages))


def _words(page: PageSummary, texts: PageTexts, catalog: Catalog) -> PageWords:
    if known := texts.words(page):
        words = codec.loads(PageWords, known)
        if words.record == page.record_digest:
            return words
    record = codec.loads(PageRecord, texts.record(page))
    return page_words(record, texts.interface(page), page.record_digest, catalog)
