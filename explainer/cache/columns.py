"""Many records by path in the cache: some rows of columns, so that a change of one record writes one row and not all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zlib import crc32

from explainer.cache import codec
from explainer.cache.store import DamagedCacheError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from explainer.cache.store import Cache

_SHARDS = 64

R = TypeVar("R", bound=tuple[Any, ...])


class Shards(Generic[R]):
    """The records of one kind; `records` are those that the cache holds.

    `dump` makes columns of records, as JSON takes them, and `load` records of columns.

    Raises:
        DamagedCacheError: if the cache holds something else.
    """

    def __init__(
        self, cache: Cache, kind: str, dump: Callable[[Collection[R]], Any], load: Callable[[Any], list[R]]
    ) -> None:
        self._cache, self._kind, self._dump = cache, kind, dump
        self.records: dict[str, R] = {}
        for row in cache.all(kind).values():
            paths, columns = _parts(row)
            records = load(columns)
            if len(paths) != len(records) or not all(isinstance(path, str) for path in paths):
                raise DamagedCacheError
            self.records.update(zip(paths, records, strict=True))

    def save(self, records: Mapping[str, R]) -> bool:
        """Make the cache hold these records; False if it does.

        A record counts as the same only if it is the very object that was read.
        """
        before = self.records
        other = before.keys() ^ records.keys()
        other |= {path for path, record in records.items() if before.get(path) is not record}
        if not other:
            return False
        changed: dict[int, list[str]] = {_shard(path): [] for path in other}
        for path in records:
            if (shard := _shard(path)) in changed:
                changed[shard].append(path)
        rows = ((str(shard), self._row(paths, records)) for shard, paths in changed.items() if paths)
        self._cache.put(self._kind, rows)
        self._cache.remove(self._kind, (str(shard) for shard, paths in changed.items() if not paths))
        self.records = dict(records)
        return True

    def _row(self, paths: list[str], records: Mapping[str, R]) -> str:
        return codec.dumps((paths, self._dump([records[path] for path in paths])))


def _parts(row: str) -> tuple[list[Any], Any]:
    """The paths in a row, and the columns."""
    try:
        paths, columns = json.loads(row)
    except (ValueError, TypeError, RecursionError) as error:
        raise DamagedCacheError from error
    if not isinstance(paths, list):
        raise DamagedCacheError
    return paths, columns


def _shard(path: str) -> int:
    return crc32(path.encode(errors="replace")) % _SHARDS
