"""Records as JSON and back: what the cache holds of them.

A record is a named tuple, and JSON writes it as an array in one go. Reading back, each class's own
annotations say what an array was.
"""

from __future__ import annotations

import json
import sys
import types
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from explainer import model
from explainer.dates import PartialDate
from explainer.diagnostics import Diagnostic, Span
from explainer.model import (
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
)

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# In the cache each hole begins with its number here.
_HOLES: tuple[type[Hole], ...] = (
    ClaimOpen, ClaimClose, ClaimWords, CiteHole, FootnoteHole, PanelsHole, HrefHole, RefHole, CallHole,
)  # fmt: skip
_NUMBERS = {kind: number for number, kind in enumerate(_HOLES)}
_BODY = tuple[str | Hole, ...]
_NAMES = vars(model) | {"PartialDate": PartialDate, "Span": Span, "Diagnostic": Diagnostic}


def dumps(record: Any) -> str:
    """A record as JSON. Bodies in it must have gone through `packed`."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def loads(kind: type[T], text: str) -> T:
    """A record of this class from JSON.

    Raises:
        ValueError: if the text isn't JSON, or not of this class.
    """
    try:
        decode = _decoder(cast("Any", kind))
        return decode(json.loads(text))  # type: ignore[no-any-return, misc]
    except (TypeError, IndexError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError("this isn't such a record") from error


def packed(body: Body) -> Body:
    """A body whose holes say what they are, for `dumps`."""
    return tuple(part if isinstance(part, str) else _pack(part) for part in body)  # type: ignore[misc]


def _pack(hole: Hole) -> tuple[Any, ...]:
    if isinstance(hole, CallHole):
        return (_NUMBERS[CallHole], hole.call, packed(hole.inner))
    return (_NUMBERS[type(hole)], *hole)


def _unpack(parts: list[Any]) -> Body:
    return tuple(part if isinstance(part, str) else _hole(part) for part in parts)


def _hole(values: list[Any]) -> Hole:
    kind = _HOLES[values[0]]
    if kind is CallHole:
        return CallHole(values[1], _unpack(values[2]))
    if kind is PanelsHole:
        return PanelsHole(tuple(values[1]))
    hole: Hole = kind(*values[1:])
    return hole


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
    if kind in (str, int, bool, float) or origin is Literal:
        return None
    raise TypeError(f"no JSON for {kind}")


def _optional(kind: Any) -> Callable[[Any], Any] | None:
    kinds = [one for one in get_args(kind) if one is not type(None)]
    decode = _decoder(kinds[0]) if len(kinds) == 1 else None
    return (lambda value: None if value is None else decode(value)) if decode else None


def _tuple(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    if kinds[-1] is Ellipsis:
        decode = _decoder(kinds[0])
        return (lambda values: tuple(map(decode, values))) if decode else tuple
    decoders = [_decoder(one) for one in kinds]
    return lambda values: tuple(
        decode(value) if decode else value for decode, value in zip(decoders, values, strict=True)
    )


def _record(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind, vars(sys.modules[kind.__module__]) | _NAMES)
    todo = [(at, decode) for at, name in enumerate(kind._fields) if (decode := _decoder(hints[name]))]
    make, length = kind._make, len(kind._fields)

    def decode_record(values: list[Any]) -> Any:
        if len(values) != length:
            raise ValueError("this isn't such a record")
        for at, decode in todo:
            values[at] = decode(values[at])
        return make(values)

    return decode_record
