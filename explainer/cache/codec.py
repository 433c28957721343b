"""Records as bytes and back: what the cache and worker processes get of them."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any, TypeVar, cast

from msgspec import DecodeError, msgpack

from explainer.cache.store import DamagedCacheError
from explainer.model.record import packed as dumps

__all__ = ["dumps", "loads"]

T = TypeVar("T")

_LEARNING = Lock()


def loads(kind: type[T], content: bytes) -> T:
    """A value of this type from its bytes.

    Raises:
        DamagedCacheError: if they are none.
    """
    decoder: msgpack.Decoder[T] = _decoder(cast("Any", kind))
    try:
        return decoder.decode(content)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedCacheError(str(error)) from error


@cache
def _decoder(kind: Any) -> msgpack.Decoder[Any]:
    # What msgspec learns of a record type can be seen by other threads before it is complete; to use it then crashes.
    with _LEARNING:
        return msgpack.Decoder(kind)
