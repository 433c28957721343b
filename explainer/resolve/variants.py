"""Which variants are made of a picture. Their names come from its bytes and the recipe, not from what an encoder makes."""

from __future__ import annotations

import posixpath
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import quote

from explainer.model.pictures import Picture, PictureSource, Variant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explainer.model.pictures import PictureFile, PictureKind, Recipe, Size

_CARD_WIDTH = 1200
# Raised when pictures are made in another way than before: then all of them have other names.
_VERSION = 1
_TOO_NEAR = 0.85  # a width of which that of the picture itself is so little more isn't made
_LONGEST_STEM = 180  # bytes of a name, to which a digest and an ending come
_ENDINGS: dict[PictureKind, str] = {"jpeg": "jpg", "png": "png", "webp": "webp", "avif": "avif"}
# What every browser shows instead of a format that some don't.
_EVERYWHERE: dict[PictureKind, PictureKind] = {"jpeg": "jpeg", "png": "png", "webp": "webp", "avif": "jpeg"}


def variants_of(name: str, file: PictureFile, recipe: Recipe) -> tuple[Variant, ...]:
    """The variants of a picture, by format in the recipe's order, from narrow to wide; none where it goes out itself.

    That is where none can be made, and where it is no wider than the narrowest and every browser shows it.
    """
    if file.kind is None or file.size is None:
        return ()
    widths = _widths(file.size, recipe)
    if widths == [file.size.width] and file.kind != "avif":
        return ()
    formats = dict.fromkeys(_formats(file.kind, recipe))
    return tuple(_variant(name, file, file.size, width, format_, recipe) for format_ in formats for width in widths)


def card_variant(name: str, file: PictureFile, recipe: Recipe) -> Variant | None:
    """A picture as other sites can show it; None where they can show the file itself."""
    if file.kind is None or file.size is None:
        return None
    if file.kind in {"jpeg", "png"} and not variants_of(name, file, recipe):
        return None
    return _variant(name, file, file.size, min(_CARD_WIDTH, file.size.width), "jpeg", recipe)


def _widths(size: Size, recipe: Recipe) -> list[int]:
    """The widths that are made: never more than the picture has."""
    widths = sorted({width for width in recipe.widths if width < size.width})
    if size.width < max(recipe.widths):
        widths = [*(width for width in widths if width < _TOO_NEAR * size.width), size.width]
    return widths or [size.width]


def _formats(kind: PictureKind, recipe: Recipe) -> list[PictureKind]:
    known: dict[str, PictureKind] = {"avif": "avif", "webp": "webp", "original": _EVERYWHERE[kind]}
    return [known[format_] for format_ in recipe.formats]


def _variant(name: str, file: PictureFile, size: Size, width: int, format_: PictureKind, recipe: Recipe) -> Variant:
    encoder = dict(recipe.encoders)[format_]
    made_of = f"{_VERSION} {file.digest} {width} {format_} {recipe.quality} {encoder}"
    stem = posixpath.splitext(posixpath.basename(name))[0].encode()[:_LONGEST_STEM].decode(errors="ignore")
    named = f"{stem}.{blake2b(made_of.encode(), digest_size=6).hexdigest()}.{_ENDINGS[format_]}"
    return Variant(named, width, max(1, round(size.height * width / size.width)), format_, recipe.quality)


def picture_of(variants: Sequence[Variant], folder: str) -> Picture:
    """A picture in these variants, whose addresses begin with `folder`."""
    formats = list(dict.fromkeys(variant.format for variant in variants))
    *others, last = ([one for one in variants if one.format == format_] for format_ in formats)
    shown, widest = last[len(last) // 2], last[-1]
    return Picture(
        folder + quote(shown.name, safe=""),
        _srcset(last, folder),
        widest.width,
        widest.height,
        tuple(PictureSource(f"image/{each[0].format}", _srcset(each, folder)) for each in others),
    )


def _srcset(variants: Sequence[Variant], folder: str) -> str:
    return ", ".join(f"{folder}{quote(one.name, safe='')} {one.width}w" for one in variants)
