"""The segments of the search index: the words of their pages, as they are known or made now, merged in any process."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.cache import codec
from explainer.model.published_pages import PageRecord
from explainer.search.index_files import segment_files
from explainer.search.page_words import PageWords, page_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from explainer.engine.page_texts import PageTexts
    from explainer.engine.rendering import Rendering, SentOutput
    from explainer.model.site import PageSummary
    from explainer.output.manifest import Entry
    from explainer.output.write_file import WrittenFile
    from explainer.search.index_files import SegmentFiles, SegmentTable
    from explainer.text.catalog import Catalog


class SegmentJob(NamedTuple):
    """A segment to make: the words of its pages, as bytes, and its files by path as the live tree has them."""

    year: str
    words: Sequence[bytes]
    known: Mapping[str, Entry]
    images: tuple[str, ...] = ()


class MadeSegment(NamedTuple):
    """A segment by its year: its table, and its files by path."""

    year: str
    table: SegmentTable
    outputs: tuple[tuple[str, WrittenFile | SentOutput], ...]


def make_segment(rendering: Rendering, job: SegmentJob) -> MadeSegment:
    """Make a segment, and place its files.

    Raises:
        DamagedCacheError: if a text is no such record.
    """
    made, known = segment_of(job.year, job.words), job.known.get
    if rendering.place is None:
        return MadeSegment(job.year, made.table, ())
    place = rendering.place.place
    outputs = tuple([(path, place(path, content, known(path))) for path, content in made.files.items()])
    return MadeSegment(job.year, made.table, outputs)


def segment_of(year: str, words: Sequence[bytes]) -> SegmentFiles:
    """A segment of the search index, of the words of its pages.

    Raises:
        DamagedCacheError: if a text is no such record.
    """
    return segment_files(year, (codec.loads(PageWords, one) for one in words))


def words_of(pages: Sequence[PageSummary], texts: PageTexts, catalog: Catalog) -> list[bytes]:
    """The words of pages, as bytes; `catalog` has the words of the site's language.

    Raises:
        DamagedCacheError: if a text is no such record.
    """
    return [_words(page, texts, catalog) for page in pages]


def _words(page: PageSummary, texts: PageTexts, catalog: Catalog) -> bytes:
    known = texts.words(page)
    if known and codec.loads(PageWords, known).record == page.record_digest:
        return known
    record = codec.loads(PageRecord, texts.record(page))
    return codec.dumps(page_words(record, texts.interface(page), page.record_digest, catalog))
