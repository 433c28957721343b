"""What every record that crosses a stage is: frozen, compared by type and fields, quick to make, write and read.

Templates read the fields by name. Written, a record is an array of its fields, in their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, msgpack
from msgspec.structs import asdict, replace

if TYPE_CHECKING:
    from typing import Self

_ENCODER = msgpack.Encoder()


class Record(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A frozen record. Subclasses say `frozen=True` again, for type checkers."""

    def _replace(self, **changes: Any) -> Self:
        """A copy with other values in these fields, as of a named tuple."""
        return replace(self, **changes)

    def _asdict(self) -> dict[str, Any]:
        """The fields by name, as of a named tuple."""
        return asdict(self)


def packed(value: Any) -> bytes:
    """Records and what holds them (tuples, lists, dicts) as bytes; equal ones give equal bytes."""
    return _ENCODER.encode(value)
