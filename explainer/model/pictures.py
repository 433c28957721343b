"""Pictures: as they stand in `content/`, the variants that are made of them, and as readers get them."""

from __future__ import annotations

from typing import Literal

from explainer.model.record import Record

PictureKind = Literal["jpeg", "png", "webp", "avif"]


class Size(Record, frozen=True):
    """A picture's width and height in CSS pixels, as a browser shows it unscaled."""

    width: int
    height: int


class PictureFile(Record, frozen=True):
    """A picture as it stands in `content/`; `size` where its file contains it.

    `kind` and `digest` (of its bytes) are there where variants of it are made, `findings` are what its metadata tells.
    """

    size: Size | None = None
    kind: PictureKind | None = None
    digest: str = ""
    findings: tuple[str, ...] = ()


class Recipe(Record, frozen=True):
    """How variants are made: their widths in pixels, their formats, the quality of 100, each encoder's version."""

    widths: tuple[int, ...]
    formats: tuple[str, ...]
    quality: int
    encoders: tuple[tuple[PictureKind, str], ...]


class Variant(Record, frozen=True):
    """A picture in one width and format; its name says what it is made of, and how."""

    name: str
    width: int
    height: int
    format: PictureKind
    quality: int


class PictureSource(Record, frozen=True):
    """The variants of a picture in one format: its media type, and their addresses with their widths."""

    type: str
    srcset: str


class Picture(Record, frozen=True):
    """A picture in several widths: what browsers that know none of the `sources` get, addresses ready for attributes."""

    src: str
    srcset: str
    width: int
    height: int
    sources: tuple[PictureSource, ...] = ()


class CardImage(Record, frozen=True):
    """The picture that other sites show beside a link to a page: its whole address, what it shows, its size if known."""

    url: str
    alt: str
    width: int | None = None
    height: int | None = None
