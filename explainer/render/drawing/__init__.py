"""Draw how a claim is known, or how a source knows: as SVG, and in sentences.

`routes` finds the routes in the page's record, `layout` lays them out, `svg` draws them with the words of `labels`,
whose lines `text_width` breaks, and `description` puts the same into sentences. Routes are never enumerated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.render.drawing.description import describe
from explainer.render.drawing.routes import routes_of_claim, routes_of_source
from explainer.render.drawing.svg import picture
from explainer.text.typography import typographic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from explainer.model.published import Claim, PublicSource
    from explainer.text.catalog import Catalog

__all__ = ["Drawing", "draw_claim", "draw_source"]


class Drawing(NamedTuple):
    """A drawing: its SVG, named by the element `id` in which the page has `words`, the same in sentences."""

    id: str
    svg: str
    words: str


def draw_claim(claim: Claim, sources: Mapping[str, PublicSource], catalog: Catalog) -> Drawing | None:
    """How a claim is known; `sources` are its page's, by id. None where nothing supports or disputes it."""
    routes = routes_of_claim(claim, sources)
    if not routes.supports.starts and not routes.disputes.starts:
        return None
    id_ = f"way-{claim.id}"
    return Drawing(
        id_, picture(routes, typographic(claim.text, catalog.style), catalog, id_), describe(routes, catalog)
    )


def draw_source(source: PublicSource, others: Iterable[PublicSource], catalog: Catalog) -> Drawing | None:
    """How a source knows; `others` are all that stand behind it. None where nobody does."""
    routes = routes_of_source(source, others)
    if not routes.supports.onward[source.id]:
        return None
    return Drawing("way", picture(routes, None, catalog, "way"), describe(routes, catalog))
