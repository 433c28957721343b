"""Pictures as HTML: an `img`, and a `picture` around it where there are several formats."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from markupsafe import Markup

if TYPE_CHECKING:
    from explainer.model.pictures import Picture, Size

Place: TypeAlias = Literal["story", "lead", "thumb", "portrait"]
Loading: TypeAlias = Literal["lazy", "eager", "first"]
TOKENS = "style/tokens.css"
_TOKEN = re.compile(r"--(measure|gap|margin|edge):\s*([0-9.]+)rem")


class Sizes(NamedTuple):
    """How wide pictures are shown, as `sizes` says it to browsers: from the widths of the page in rem."""

    measure: float = 37.5
    gap: float = 3.0
    margin: float = 14.5
    edge: float = 1.25

    @classmethod
    def of_tokens(cls, style_sheet: str) -> Sizes:
        """The widths that a style sheet sets; the theme's own where it sets others than in rem."""
        found: dict[str, float] = {}
        for name, value in _TOKEN.findall(style_sheet):
            found.setdefault(name, float(value))
        return cls(**found)

    def at(self, place: Place) -> str:
        """The widths at a place of the theme."""
        if place == "thumb":
            return f"(min-width: 40rem) 12rem, calc(100vw - {2 * self.edge:g}rem)"
        if place == "portrait":
            return "9rem"
        whole, sides = f"{self.measure:g}rem", 2 * self.edge
        narrow = f"(min-width: {self.measure + sides:g}rem) {whole}, calc(100vw - {sides:g}rem)"
        if place == "story":
            return narrow
        frame = self.measure + self.gap + self.margin
        return f"(min-width: 70rem) {frame:g}rem, {narrow}"


def sources(picture: Picture | None, sizes: str) -> str:
    """What stands before an `img`: the formats that browsers may know; empty if there are none."""
    if picture is None or not picture.sources:
        return ""
    found = (f'<source type="{one.type}" srcset="{escape(one.srcset)}" sizes="{sizes}">' for one in picture.sources)
    return f"<picture>{''.join(found)}"


def end_of_sources(picture: Picture | None) -> str:
    """What stands behind it."""
    return "</picture>" if picture and picture.sources else ""


def attributes(picture: Picture | None, size: Size | None, sizes: str) -> str:
    """The attributes of an `img` that tell its widths."""
    widths = f' srcset="{escape(picture.srcset)}" sizes="{sizes}"' if picture else ""
    shown = picture or size
    return f'{widths} width="{shown.width}" height="{shown.height}"' if shown else widths


def img(address: str, alt: str, picture: Picture | None, size: Size | None, sizes: str, loading: Loading) -> Markup:
    """An image of the site; `first` is what readers see before anything else."""
    how = {"lazy": ' loading="lazy"', "eager": "", "first": ' fetchpriority="high"'}[loading]
    src = picture.src if picture else address
    return Markup(
        f'{sources(picture, sizes)}<img src="{escape(src)}" alt="{escape(alt)}"'
        f"{attributes(picture, size, sizes)}{how}>{end_of_sources(picture)}"
    )
