"""The segments of the search index: which are up to date, and those that have to be made again.

One machine makes them in this process, since there are only some, each in the time of a few pages; a cluster is sent them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.engine import workers
from explainer.engine.output_digests import SegmentDigests, segment_key
from explainer.engine.output_work import LISTED
from explainer.engine.search_index import SegmentJob, make_segment, words_of
from explainer.model.output_files import SEARCH_FOLDER
from explainer.search.index_files import segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explainer.engine.output_digests import ListKey
    from explainer.engine.output_work import OutputWork
    from explainer.engine.search_index import MadeSegment
    from explainer.model.site import PageSummary
    from explainer.output.tree import OutputTree
    from explainer.search.index_files import SegmentTable


class StaleSegments:
    """The segments of a site's search index; `digests` has all of them once they are made, by year."""

    def __init__(self, work: OutputWork) -> None:
        self._work = work
        self._keys: dict[str, ListKey] = {}
        self.digests: dict[str, SegmentDigests] = {}

    def make(self, tree: OutputTree) -> list[SegmentTable]:
        """Make those that aren't up to date; the tables of all, in their order."""
        found = segments(self._work.build.resolved.site.pages)
        stale = {year: pages for year, pages in found.items() if not self._is_up_to_date(year, pages)}
        jobs, crew = self._jobs(stale, tree), self._work.build.workers
        for made in workers.run(make_segment, jobs, len(stale), self._work.rendering, crew, most=1):
            self._record(made, tree)
        return [self.digests[year].table for year in found]

    def _is_up_to_date(self, year: str, pages: Sequence[PageSummary]) -> bool:
        key, last = segment_key(pages, self._work.theme), self._work.last.segments.get(year)
        self._keys[year] = key
        if last is None or last.key != key:
            return False
        paths, digests = [path for path, _ in last.outputs], [digest for _, digest in last.outputs]
        if not self._work.reuse(paths, digests):
            return False
        self.digests[year] = last
        return True

    def _jobs(self, stale: dict[str, list[PageSummary]], tree: OutputTree) -> Iterator[SegmentJob]:
        build = self._work.build
        for year, pages in stale.items():
            folder = f"{SEARCH_FOLDER}{year}/"
            known = {path: entry for path in tree.known if path.startswith(folder) and (entry := tree.current(path))}
            yield SegmentJob(year, words_of(pages, build.page_texts, build.library.catalog), known)

    def _record(self, made: MadeSegment, tree: OutputTree) -> None:
        for path, output in made.outputs:
            self._work.add(tree, path, output)
            if path not in tree.known:
                self._work.rendered[path] = LISTED
        outputs = tuple((path, tree.files[path].digest) for path, _ in made.outputs)
        self.digests[made.year] = SegmentDigests(self._keys[made.year], made.table, outputs)
