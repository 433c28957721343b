"""Records as JSON and back: what the cache holds of them.

A record is a named tuple, and JSON writes it as an array in one go. Reading back, each class's own
annotations say what an array was.
"""

from __future__ import annotations

import json
import sys
import types
from functools import cache, partial
from itertools import chain
from operator import contains
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from explainer.cache.store import DamagedCacheError
from explainer.diagnostics import Diagnostic, Span
from explainer.model import declared, document, published, site, terms
from explainer.model.document import (
    Body,
    CallHole,
    CiteHole,
    ClaimClose,
    ClaimOpen,
    ClaimWords,
    FootnoteHole,
    Hole,
    HrefHole,
    PanelsHole,
    RefHole,
    SizeHole,
)
from explainer.text.dates import PartialDate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
_WRONG = (ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError)

# In the cache each hole begins with its number here.
_HOLES: tuple[type[Hole], ...] = (
    ClaimOpen, ClaimClose, ClaimWords, CiteHole, FootnoteHole, PanelsHole, HrefHole, RefHole, CallHole,
    SizeHole,
)  # fmt: skip
_NUMBERS = {kind: number for number, kind in enumerate(_HOLES)}
_BODY = tuple[str | Hole, ...]
_LEAVES = (str, int, bool, float, type(None))
_NAMES = vars(terms) | vars(declared) | vars(document) | vars(published) | vars(site)
_NAMES |= {"PartialDate": PartialDate, "Span": Span, "Diagnostic": Diagnostic}


def dumps(record: Any) -> str:
    """A record as JSON. Bodies in it must have gone through `packed`."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def loads(kind: type[T], text: str) -> T:
    """A record of this class from JSON.

    Raises:
        DamagedCacheError: if the text isn't JSON, or not of this class.
    """
    decode = _decoder(cast("Any", kind))
    try:
        return decode(json.loads(text))  # type: ignore[no-any-return, misc]
    except _WRONG as error:
        raise DamagedCacheError("this isn't such a record") from error


def columns(records: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Records of one class as columns, a field each: many of them are quicker to write and to read so."""
    return list(zip(*records, strict=True))


def from_columns(kind: type[T], found: Any) -> list[T]:
    """The records of this class whose `columns` these are, as JSON has them.

    Raises:
        DamagedCacheError: if they are not.
    """
    if not found:
        return []
    decoders = _column_decoders(cast("Any", kind))
    try:
        read = [decode(column) for decode, column in zip(decoders, found, strict=True)]
        return list(map(partial(tuple.__new__, cast("Any", kind)), zip(*read, strict=True)))
    except _WRONG as error:
        raise DamagedCacheError("these are no such records") from error


@cache
def _column_decoders(kind: Any) -> tuple[Callable[[Any], Any], ...]:
    hints = get_type_hints(kind, vars(sys.modules[kind.__module__]) | _NAMES)
    return tuple(_column(hints[name]) for name in kind._fields)


def _column(kind: Any) -> Callable[[Any], Any]:
    """What decodes the values of one field, after a look at the types of all of them."""
    decode, allowed, args = _decoder(kind), _types(kind), get_args(kind)
    inner = _types(args[0]) if get_origin(kind) is tuple and args[-1] is Ellipsis and not _decoder(args[0]) else None

    def decode_column(values: Any) -> Any:
        if type(values) is not list or not allowed.issuperset(map(type, values)):
            raise TypeError
        if inner is not None:
            if not inner.issuperset(map(type, chain.from_iterable(values))):
                raise TypeError
            return map(tuple, values)
        return [value if value is None else decode(value) for value in values] if decode else values

    return decode_column


def packed(body: Body) -> Body:
    """A body whose holes say what they are, for `dumps`."""
    return tuple(part if isinstance(part, str) else _pack(part) for part in body)  # type: ignore[misc]


def _pack(hole: Hole) -> tuple[Any, ...]:
    if isinstance(hole, CallHole):
        return (_NUMBERS[CallHole], hole.call, packed(hole.inner))
    return (_NUMBERS[type(hole)], *hole)


def _unpack(parts: list[Any]) -> Body:
    return tuple(part if type(part) is str else _hole(part) for part in parts)


def _hole(values: list[Any]) -> Hole:
    hole: Hole = _hole_decoders()[values[0]](values[1:])
    return hole


@cache
def _hole_decoders() -> dict[int, Callable[[Any], Any]]:
    return {number: _record(kind) for kind, number in _NUMBERS.items()}


@cache
def _decoder(kind: Any) -> Callable[[Any], Any] | None:
    """What turns the JSON of a value into the value; None where they are the same."""
    if kind == _BODY:
        return _unpack
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _optional(kind)
    if origin is tuple:
        return _tuple(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, tuple):
        return _record(kind)
    if kind in _LEAVES or origin is Literal:
        return None
    raise TypeError(f"no JSON for {kind}")


def _types(kind: Any) -> frozenset[type]:
    """The types that the JSON of a value may have."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return frozenset().union(*map(_types, get_args(kind)))
    if origin is Literal:
        return frozenset(map(type, get_args(kind)))
    return frozenset({kind if kind in _LEAVES else list})


def _optional(kind: Any) -> Callable[[Any], Any] | None:
    """As for the kind itself: a row leaves None as it is."""
    kinds = [one for one in get_args(kind) if one is not type(None)]
    return _decoder(kinds[0]) if len(kinds) == 1 else None


def _tuple(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    if kinds[-1] is not Ellipsis:
        return _row(kinds, tuple)
    decode, allowed = _decoder(kinds[0]), _types(kinds[0])
    if decode:
        return lambda values: tuple(map(decode, values))

    def decode_leaves(values: list[Any]) -> tuple[Any, ...]:
        if not allowed.issuperset(map(type, values)):
            raise TypeError
        return tuple(values)

    return decode_leaves


def _record(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind, vars(sys.modules[kind.__module__]) | _NAMES)
    # As `_make` does it, without its own look at the length.
    return _row(tuple(hints[name] for name in kind._fields), partial(tuple.__new__, kind))


def _row(kinds: tuple[Any, ...], make: Callable[[list[Any]], Any]) -> Callable[[Any], Any]:
    """What decodes an array whose places have these kinds, and holds their types against them."""
    todo = [(at, decode) for at, kind in enumerate(kinds) if (decode := _decoder(kind))]
    allowed = [_types(kind) for kind in kinds]
    # Most records of a class have the same few combinations of types; each is looked at once.
    right: set[tuple[type, ...]] = set()

    def decode_row(values: Any) -> Any:
        found = tuple(map(type, values)) if type(values) is list else ()
        if found not in right:
            if len(found) != len(allowed) or not all(map(contains, allowed, found)):
                raise TypeError
            right.add(found)
        for at, decode in todo:
            # Most are empty.
            if value := values[at]:
                values[at] = decode(value)
            elif value is not None:
                values[at] = ()
        return make(values)

    return decode_row
