"""Turns drawings into PNG pictures with resvg, which the extra `cards` brings: no system library, no system font.

Another binding of the same library, resvg_py, makes the same bytes; whoever has to leave this one changes this module alone.
"""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

# As this binding takes a matrix: the horizontal scale, skew and shift, then the vertical skew, scale and shift.
_AS_IT_IS = (1, 0, 0, 0, 1, 0)


def is_installed() -> bool:
    """Whether resvg is there."""
    return find_spec("resvg") is not None


def version() -> str:
    """The version of resvg, which decides on the bytes."""
    from importlib import metadata  # noqa: PLC0415 - only where there are cards

    return metadata.version("resvg")


def rasterize(svg: str, typefaces: Sequence[bytes]) -> bytes:
    """A drawing as a PNG picture, its text in these typefaces and no others."""
    import resvg  # noqa: PLC0415 - an extra, which only this needs
    from resvg import usvg  # noqa: PLC0415

    return resvg.render(usvg.Tree.from_str(svg, _options(tuple(typefaces))), _AS_IT_IS)


class _Known(threading.local):
    """The typefaces that were read last: reading them takes as long as drawing.

    Each thread has its own, as resvg's objects may be used only in the thread that made them.
    """

    typefaces: tuple[bytes, ...] | None = None
    options: Any = None


_known = _Known()


def _options(typefaces: tuple[bytes, ...]) -> Any:
    """What knows these typefaces."""
    if _known.typefaces != typefaces:
        from resvg import usvg  # noqa: PLC0415 - an extra, which only this needs

        options = usvg.Options.default()
        for content in typefaces:
            options.load_font_data(content)
        _known.typefaces, _known.options = typefaces, options
    return _known.options
