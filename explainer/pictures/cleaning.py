"""What kind of picture a file is, by its content, and how that kind is cleaned."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from explainer.pictures import gif, ico, jpeg, png, webp
from explainer.pictures.result import Cleaned, RefusedError
from explainer.pictures.svg import clean_svg

if TYPE_CHECKING:
    from collections.abc import Callable

# Names that pictures have: what is called so has to be one.
_CLEANED = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".gif", ".webp", ".ico", ".cur", ".svg"})
_CONVERT = "save it as JPEG, PNG or WebP, and use that file"
_AVIF = f"{_CONVERT}; or show it as a picture with the extra `images`: pip install 'newsexplainer[images]'"
_EXPORT = "save it as plain SVG (.svg), and use that file"
_REFUSED = {
    ".avif": _AVIF, ".heic": _CONVERT, ".heif": _CONVERT, ".heics": _CONVERT, ".hif": _CONVERT, ".jxl": _CONVERT,
    ".tif": _CONVERT, ".tiff": _CONVERT, ".dng": _CONVERT, ".bmp": _CONVERT, ".jp2": _CONVERT, ".psd": _CONVERT,
    ".svgz": _EXPORT,
}  # fmt: skip
_BRANDS = re.compile(rb"avi[fos]|hei[cfmsvx]|hev[cmsx]|mi[af][1f]|msf1|crx ")
_OTHERS = (
    (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"\xff\x0a", "JPEG XL"), (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"), (b"8BPS\0", "Photoshop"),
)  # fmt: skip
_SVG_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*>|\s)*<(?:[\w.-]+:)?svg\b", re.DOTALL
)


def clean_picture(name: str, data: bytes) -> Cleaned | None:
    """A picture as it may be published; None for a file that isn't one, neither by its name nor by its content.

    Raises:
        RefusedError: if it is a picture, or has the name of one, and can't be cleaned.
    """
    extension = posixpath.splitext(name)[1].lower()
    if clean := _raster(data):
        return clean(data)
    if kind := _other(data):
        raise RefusedError(
            f"pictures of this kind ({kind}) can't be cleaned of places and names",
            _AVIF if kind == "AVIF" else _CONVERT,
        )
    if extension == ".svg":
        return clean_svg(data, _clean_inner)
    if extension in _REFUSED:
        kind = extension[1:].upper()
        raise RefusedError(f"pictures of this kind ({kind}) can't be cleaned of places and names", _REFUSED[extension])
    if extension in _CLEANED:
        if _SVG_START.match(data):
            raise RefusedError("this is an SVG drawing, and isn't named so", "give it a name that ends in `.svg`")
        raise RefusedError("this file has the name of a picture, and isn't one", "export the picture again")
    return None


def _raster(data: bytes) -> Callable[[bytes], Cleaned] | None:
    """What cleans pixels of the kind that these bytes begin with."""
    if data.startswith(jpeg.SIGNATURE + b"\xff"):
        return jpeg.clean_jpeg
    if data.startswith(png.SIGNATURE):
        return png.clean_png
    if data.startswith(gif.SIGNATURES):
        return gif.clean_gif
    if webp.is_webp(data):
        return webp.clean_webp
    return ico.clean_ico if data.startswith(ico.SIGNATURES) else None


def _other(data: bytes) -> str:
    """The kind of a picture that isn't cleaned, by its content; empty if it is none."""
    if data[4:8] == b"ftyp" and _BRANDS.match(data[8:12]):
        return "AVIF" if data[8:11] == b"avi" else "HEIC"
    return next((kind for start, kind in _OTHERS if data.startswith(start)), "")


def _clean_inner(data: bytes) -> Cleaned:
    """A picture that stands in a drawing."""
    clean = _raster(data)
    if clean is None or clean is ico.clean_ico:
        raise RefusedError("a picture in this drawing is no PNG, JPEG or WebP", "embed it again as one of these")
    return clean(data)
