"""What other sites put into their pages to show a claim: a quotation that stays, and a frame with the claim as it is now."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING

from explainer.model.record import Record
from explainer.render.drawing.text_width import width
from explainer.sourcing.words import capitalised
from explainer.text.typography import typographic

if TYPE_CHECKING:
    from explainer.model.published import Claim
    from explainer.model.published_pages import Page
    from explainer.model.site import SiteView
    from explainer.text.catalog import Catalog

WIDTH = 600
"""The width that oEmbed tells, in CSS pixels."""
_CACHE_AGE = 3600
_NARROW = 272  # what is left for words on the narrowest phones, in CSS pixels
_TEXT, _SMALL = (19, 27), (15, 22)  # the size and line height of a claim, and of what is told of it
_AROUND = 84


class Embed(Record, frozen=True):
    """An embed of a claim: what it is titled, its HTML for other sites, its height before it tells its own (CSS pixels)."""

    title: str
    html: str
    height: int


def embed_of(page: Page, claim: Claim | None, frame: str, site: SiteView, catalog: Catalog) -> Embed:
    """The embed of a claim of a page; of None that it was withdrawn. `frame` is the address that other sites frame."""
    told = typographic(capitalised(claim.text) if claim else catalog.text("embed.withdrawn"), catalog.style)
    words = typographic(f"{capitalised(claim.words)} · ", catalog.style) if claim else ""
    height = _AROUND + _height(told, *_TEXT) + _height(f"{words}{page.title} {site.title}", *_SMALL)
    target = claim.url if claim else page.canonical
    html = (
        f'<blockquote cite="{escape(target)}" lang="{escape(page.language)}"><p>{escape(told)}</p>'
        f'<footer>{escape(words)}<a href="{escape(target)}">{escape(page.title)}, {escape(site.title)}</a></footer>'
        f'</blockquote><iframe src="{escape(frame)}" title="{escape(told)}" width="{WIDTH}" height="{height}" loading="lazy" '
        f'sandbox="allow-scripts allow-popups" style="border:0;max-width:100%"></iframe>'
    )
    return Embed(told, html, height)


def _height(text: str, size: int, line: int) -> int:
    """The height of a text on a narrow screen; a line that breaks between words holds a little less than it could."""
    room = _NARROW * 0.9
    return line * max(1, -(-sum(width(word) for word in re.split("( )", text)) * size // round(room * 100)))


def oembed_json(embed: Embed, site: SiteView) -> str:
    """The description of an embed as oEmbed 1.0 has it."""
    data = {
        "version": "1.0",
        "type": "rich",
        "title": embed.title,
        "provider_name": site.title,
        "provider_url": site.url,
        "cache_age": _CACHE_AGE,
        "width": WIDTH,
        "height": embed.height,
        "html": embed.html,
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
