"""The files of the search index.

The pages of one year are a segment. Its words are in shards by their first letters, none longer than a browser loads at
once; what a result shows of a page is in files of a few pages each. All of them are named by their content, so that what
has not changed is neither sent nor loaded again; `search/index.json` says which there are. A page has its number in
the order of time: a new one changes no other's.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from explainer.model import output_files
from explainer.model.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from explainer.model.site import PageSummary
    from explainer.search.page_words import PageWords

VERSION = 1
UNDATED = "undated"
PAGES_A_FILE = 8
"""How many pages' entries are in one file."""
LARGEST = 16_384
"""The most characters of a shard, unless a single word has more."""
MOST = 2_000
"""The most pages of a segment that are kept for one word."""
COMMON = "+"
"""What a word begins with that is in more pages than are kept."""
_SYNTAX = 6  # the characters that JSON puts around a word and its pages


class SegmentTable(Record, frozen=True):
    """What `index.json` tells of a segment.

    Each shard has the letters that its words begin with, its digest and its size in bytes; a word is in the shard with
    the longest letters that it begins with. `entries` are the digests of the files with the pages' entries.
    """

    year: str
    pages: int
    shards: tuple[tuple[str, str, int], ...]
    entries: tuple[str, ...]


class SegmentFiles(NamedTuple):
    """A segment's files by path, and its table."""

    table: SegmentTable
    files: dict[str, bytes]


def segments(pages: Iterable[PageSummary]) -> dict[str, list[PageSummary]]:
    """The pages of each segment in the order of their numbers; undated ones, then the newest year first.

    `pages` are the newest first.
    """
    found: dict[str, list[PageSummary]] = {UNDATED: []}
    for page in pages:
        found.setdefault(page.published[:4] if page.published else UNDATED, []).append(page)
    return {
        year: found[year][::-1] for year in (UNDATED, *sorted(found.keys() - {UNDATED}, reverse=True)) if found[year]
    }


def segment_files(year: str, pages: Iterable[PageWords]) -> SegmentFiles:
    """Merge the words of a segment's pages; `pages` are in the order of their numbers."""
    postings: dict[str, list[str]] = {}
    entries: list[str] = []
    for number, page in enumerate(pages):
        name = str(number)
        for word, places in page.words.items():
            found = postings.get(word)
            if found is None:
                postings[word] = [name + places]
            else:
                found.append(name + places)
        entries.append(page.entry)
    texts = {word: _joined(found) for word, found in postings.items()}
    files: dict[str, bytes] = {}
    shards = []
    for letters, words in sorted(_shards("", sorted(texts), texts)):
        content = _json({word: texts[word] for word in words})
        shards.append((letters, _add(files, year, "words", content), len(content)))
    chunks = [entries[at : at + PAGES_A_FILE] for at in range(0, len(entries), PAGES_A_FILE)]
    named = [_add(files, year, "pages", f"[{','.join(chunk)}]".encode()) for chunk in chunks]
    return SegmentFiles(SegmentTable(year, len(entries), tuple(shards), tuple(named)), files)


def index_json(tables: Sequence[SegmentTable]) -> str:
    """The text of `search/index.json`."""
    data = {
        "version": VERSION,
        "pagesAFile": PAGES_A_FILE,
        "segments": [
            {"year": table.year, "pages": table.pages, "shards": table.shards, "entries": table.entries}
            for table in tables
        ],
    }
    return _json(data).decode() + "\n"


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _joined(postings: list[str]) -> str:
    """The pages of a word; of too many those in which it weighs most, the newest of these."""
    if len(postings) <= MOST:
        return " ".join(postings)
    best = sorted(range(len(postings)), key=lambda at: (_weight(postings[at]), at), reverse=True)[:MOST]
    return f"{COMMON} {' '.join(postings[at] for at in sorted(best))}"


def _weight(posting: str) -> str:
    return posting.partition(":")[2][:1]


def _shards(letters: str, words: Sequence[str], texts: Mapping[str, str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Sorted words in shards: those with the most frequent next letter go apart, until the others fit."""
    sizes = {word: len(word) + len(texts[word]) + _SYNTAX for word in words}
    total = sum(sizes.values())
    if total > LARGEST and len(words) > 1:
        groups: dict[str, list[str]] = {}
        for word in words:
            if len(word) > len(letters):
                groups.setdefault(word[: len(letters) + 1], []).append(word)
        weights = {begin: sum(sizes[word] for word in group) for begin, group in groups.items()}
        apart: set[str] = set()
        for begin in sorted(groups, key=lambda begin: (-weights[begin], begin)):
            if total <= LARGEST:
                break
            apart.add(begin)
            total -= weights[begin]
            yield from _shards(begin, groups[begin], texts)
        words = [word for word in words if word[: len(letters) + 1] not in apart]
    if words:
        yield letters, words


def _add(files: dict[str, bytes], year: str, kind: str, content: bytes) -> str:
    digest = blake2b(content, digest_size=5).hexdigest()
    files[output_files.search_file(year, kind, digest)] = content
    return digest
