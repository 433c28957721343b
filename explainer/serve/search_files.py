"""The search index of the preview: made when it is first asked for, and again as far as pages have changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from explainer.engine.output_digests import segment_key
from explainer.engine.search_index import segment_of, words_of
from explainer.model.output_files import SEARCH_FOLDER, SEARCH_INDEX, search_file
from explainer.search.index_files import index_json, segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explainer.engine.page_texts import PageTexts
    from explainer.model.site import PageSummary
    from explainer.search.index_files import SegmentFiles
    from explainer.text.catalog import Catalog


def likely_files(pages: Sequence[PageSummary]) -> list[str]:
    """A path like those of each segment, for what is said to hosts of them; none is made yet."""
    return [search_file(year, "words", "0" * 10) for year in segments(pages)]


@dataclass(slots=True)
class SearchFiles:
    """The segments as they were last made, each with its key; shared by trees that follow each other."""

    made: dict[str, tuple[object, SegmentFiles]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def get(
        self, path: str, pages: Sequence[PageSummary], texts: PageTexts, theme: str, catalog: Catalog
    ) -> bytes | None:
        """A file of the index of these pages; None if there is none at this path.

        Raises:
            MissingTextError: if a page isn't there any more as it was.
        """
        if not (path.startswith(SEARCH_FOLDER) and path.endswith(".json")):
            return None
        with self.lock:
            made = self._segments(pages, texts, theme, catalog)
        if path == SEARCH_INDEX:
            return index_json([one.table for one in made]).encode()
        return next((one.files[path] for one in made if path in one.files), None)

    def _segments(
        self, pages: Sequence[PageSummary], texts: PageTexts, theme: str, catalog: Catalog
    ) -> list[SegmentFiles]:
        before, self.made = self.made, {}
        for year, members in segments(pages).items():
            key, last = segment_key(members, theme), before.get(year)
            same = last is not None and last[0] == key
            self.made[year] = last if last and same else (key, segment_of(year, words_of(members, texts, catalog)))
        return [files for _, files in self.made.values()]
