"""Many small records by path in the cache: some in each row, so that a change of one writes one row and not all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zlib import crc32

from explainer.cache import codec
from explainer.model.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.cache.store import Cache

_SHARDS = 64

R = TypeVar("R", bound=Record)


class Shards(Generic[R]):
    """The records of one kind and type; `records` are those that the cache holds.

    Raises:
        DamagedCacheError: if the cache holds something else.
    """

    def __init__(self, cache: Cache, kind: str, record: type[R]) -> None:
        self._cache, self._kind = cache, kind
        self.records: dict[str, R] = {}
        row_type: Any = dict[str, record]  # type: ignore[valid-type]
        for row in cache.all(kind).values():
            self.records.update(codec.loads(row_type, row))

    def save(self, records: Mapping[str, R]) -> bool:
        """Make the cache hold these records; False if it does.

        A record counts as the same only if it is the very object that was read.
        """
        before = self.records
        other = before.keys() ^ records.keys()
        other |= {path for path, record in records.items() if before.get(path) is not record}
        if not other:
            return False
        changed: dict[int, dict[str, R]] = {_shard(path): {} for path in other}
        for path, record in records.items():
            if (shard := _shard(path)) in changed:
                changed[shard][path] = record
        self._cache.put(self._kind, [(str(shard), codec.dumps(row)) for shard, row in changed.items() if row])
        self._cache.remove(self._kind, [str(shard) for shard, row in changed.items() if not row])
        self.records = dict(records)
        return True


def _shard(path: str) -> int:
    return crc32(path.encode(errors="replace")) % _SHARDS
