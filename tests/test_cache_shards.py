"""Records in shards are what was saved, and a change of one writes one row."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch
from zlib import crc32

import pytest

from explainer.cache import codec
from explainer.cache.shards import Shards
from explainer.cache.store import Cache, DamagedCacheError
from explainer.model.published_pages import PageLink
from tests.output_support import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache(tmp_path, KEY) as opened:
        yield opened


def link(number: int) -> PageLink:
    return PageLink(f"Page {number}", f"/p/{number}/")


class Written:
    """The rows that one save writes and removes."""

    def __init__(self, cache: Cache, shards: Shards[PageLink], records: dict[str, PageLink]) -> None:
        before = cache.all("links")
        self.told = shards.save(records)
        after = cache.all("links")
        self.put = {key for key, row in after.items() if row != before.get(key)}
        self.removed = before.keys() - after.keys()


def row_of(path: str) -> str:
    return str(crc32(path.encode()) % 64)


def test_records_are_what_was_saved(cache: Cache) -> None:
    records = {f"content/{number}.md": link(number) for number in range(200)}
    assert Shards(cache, "links", PageLink).records == {}
    assert Shards(cache, "links", PageLink).save(records)
    assert Shards(cache, "links", PageLink).records == records
    assert Shards(cache, "others", PageLink).records == {}
    assert cache.keys("links") == {str(number) for number in range(64)}


def test_a_change_of_one_writes_one_row(cache: Cache) -> None:
    shards = Shards(cache, "links", PageLink)
    records = {f"content/{number}.md": link(number) for number in range(200)}
    shards.save(records)
    path = "content/7.md"
    written = Written(cache, shards, records | {path: link(-7)})
    assert (written.told, written.put, written.removed) == (True, {row_of(path)}, set())
    assert shards.records[path] == link(-7)
    written = Written(cache, shards, {key: value for key, value in shards.records.items() if key != path})
    assert (written.told, written.put, written.removed) == (True, {row_of(path)}, set())
    assert path not in shards.records
    written = Written(cache, shards, {**shards.records, "new": link(0)})
    assert (written.told, written.put, written.removed) == (True, {row_of("new")}, set())
    assert Shards(cache, "links", PageLink).records == shards.records


def test_what_is_the_same_is_not_written(cache: Cache) -> None:
    shards = Shards(cache, "links", PageLink)
    shards.save({"a": link(1), "b": link(2)})
    with patch.object(Cache, "put", lambda *_: pytest.fail("a row was written")):
        assert not shards.save(dict(shards.records))
    # An equal record that isn't the one that was read counts as another: to compare all costs more than to write.
    assert shards.save({"a": link(1), "b": shards.records["b"]})


def test_a_row_without_records_is_removed(cache: Cache) -> None:
    shards = Shards(cache, "links", PageLink)
    shards.save({"a": link(1), "b": link(2)})
    assert row_of("a") != row_of("b")
    written = Written(cache, shards, {"b": shards.records["b"]})
    assert (written.told, written.put, written.removed) == (True, set(), {row_of("a")})
    assert Shards(cache, "links", PageLink).records == {"b": link(2)}
    assert shards.save({})
    assert cache.keys("links") == set()


@pytest.mark.parametrize("row", [b"", b"words", codec.dumps({"a": 1}), codec.dumps([link(1)])])
def test_other_rows_are_damage(cache: Cache, row: bytes) -> None:
    cache.put("links", [("0", row)])
    with pytest.raises(DamagedCacheError):
        Shards(cache, "links", PageLink)
