"""Write the SVG: of fixed width, read downwards, styled by the theme through classes.

The claim is a square. What supports it hangs below, what disputes it comes from above and ends in a flat bar.
Where a page is written from right to left everything is mirrored.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from explainer.render.drawing.labels import Label, label_of, label_of_group
from explainer.render.drawing.layout import CLAIM, lay_out
from explainer.render.drawing.text_width import isolated, lines, width
from explainer.text.languages import direction
from explainer.text.typography import typographic

if TYPE_CHECKING:
    from explainer.render.drawing.layout import Hop, Layout, Row
    from explainer.render.drawing.routes import RouteGraph, Routes
    from explainer.text.catalog import Catalog
    from explainer.text.languages import Direction

WIDTH = 284
_FIRST, _APART = 18, 23  # where the first track runs, and how far the tracks stand apart
_GAP = 21  # from the outermost track to the labels
_BIG, _SMALL = 17, 16  # lines of a name, and of what stands below it
_NAME, _WHAT = 14.2, 12.9  # sizes of letters, with a little room for other typefaces
_BETWEEN, _LEAST = 13, 34  # the space between labels, the least height of one
_BAR = 18  # how far above the claim the disputes end
_CURVE = 28
_MOST = 3
_NOTHING = Label("", "", "")


def picture(routes: Routes, claim: str | None, catalog: Catalog, labelled_by: str) -> str:
    """The SVG; `claim` is the claim's sentence, None where a source stands at the top. `labelled_by` is an element's id."""
    return _Picture(routes, claim, catalog).svg(labelled_by)


class _Picture:
    def __init__(self, routes: Routes, claim: str | None, catalog: Catalog) -> None:
        self.routes = routes
        self.claim = claim
        self.catalog = catalog
        self.direction = direction(catalog.language)
        self.supports = lay_out(routes.supports, routes.rests)
        self.disputes = lay_out(routes.disputes, frozenset())
        self.edge = _FIRST + _APART * (max(self.supports.tracks, self.disputes.tracks) - 1) + _GAP
        self.dated = catalog.form("way.dated")
        self.lines: dict[str, list[str]] = {"x-line": [], "x-dead": [], "x-trunk": []}
        self.nodes: list[str] = []
        self.labels: list[str] = []
        self.y = 4

    def svg(self, labelled_by: str) -> str:
        """The whole picture."""
        above = self._rows(self.routes.disputes, self.disputes, turned=True)
        at_claim = 0
        if self.claim is not None:
            self.y += _BAR - _BETWEEN if above else 0
            at_claim = self._put(Label(self.catalog.form("way.claim"), "", self.claim))
            self.nodes.append(f'<path class="x-square" d="M{self._x(0) - 8} {at_claim - 8}h16v16h-16z"/>')
        below = self._rows(self.routes.supports, self.supports, turned=False)
        if above:
            self._connect(self.routes.disputes, self.disputes, [*above[::-1], at_claim - _BAR], turned=True)
            self.lines["x-line"].append(f"M{self._x(0) - 10} {at_claim - _BAR}h20")
        self._connect(self.routes.supports, self.supports, [*below, at_claim], turned=False)
        if self.routes.rests_on and not self.routes.rests:
            names = self.catalog.listed([typographic(name, self.catalog.style) for name in self.routes.rests_on])
            text = self.catalog.text("way.told-rests", who=names).removesuffix(self.catalog.form("sentence.end"))
            self._put(_NOTHING, text)
        height = self.y - _BETWEEN + 6
        drawn = "".join(f'<path class="{name}" d="{"".join(parts)}"/>' for name, parts in self.lines.items() if parts)
        return (
            f'<svg class="x-map" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img"'
            f' aria-labelledby="{escape(labelled_by)}">{drawn}{"".join(self.nodes)}{"".join(self.labels)}</svg>'
        )

    # --- Rows ---

    def _rows(self, graph: RouteGraph, layout: Layout, *, turned: bool) -> list[int]:
        """Draw the nodes and labels of one side from the top; returns the heights of the rows."""
        places: list[int] = []
        if not layout.rows:
            return places
        rests = self._last_rest(layout) if self.routes.rests and not turned else -1
        for number, row in sorted(enumerate(layout.rows), reverse=turned):
            below = self.catalog.text("way.rests", len(self.routes.rests)) if number == rests else ""
            y = self._put(self._label(graph, row), below)
            places.append(y)
            self._node(graph, row, self._x(row.track), y)
        return places

    def _last_rest(self, layout: Layout) -> int:
        """The row below which it is told that all rests on it: the first of those that every route passes."""
        found = [number for number, row in enumerate(layout.rows) if self._rests(row)]
        return found[0] if found else -1

    def _rests(self, row: Row) -> bool:
        return len(row.sources) == 1 and row.sources[0] in self.routes.rests

    def _label(self, graph: RouteGraph, row: Row) -> Label:
        sources = self.routes.sources
        if len(row.sources) > 1:
            return label_of_group(tuple(sources[one] for one in row.sources), self.catalog)
        return label_of(sources[row.sources[0]], graph, self.routes, self.catalog)

    def _node(self, graph: RouteGraph, row: Row, x: int, y: int) -> None:
        source = self.routes.sources[row.sources[0]]
        names = ["x-named" if source.attribution == "on-record" else "x-unnamed" if source.unnamed else "x-record"]
        if self._rests(row):
            names.append("x-rest")
        if len(row.sources) > 1:
            names = ["x-group"]
            self.nodes.append(f'<circle class="x-group" cx="{x}" cy="{y - 4}" r="7"/>')
        elif source.withdrawn:
            names = ["x-gone"]
        origin = row.sources[0] in graph.origins and len(row.sources) == 1
        if origin:
            names.append("x-origin")
        self.nodes.append(f'<circle class="{" ".join(names)}" cx="{x}" cy="{y}" r="7"/>')
        if origin:
            self.nodes.append(f'<circle class="x-dot" cx="{x}" cy="{y}" r="3"/>')
        if "x-gone" in names:
            self.nodes.append(f'<path class="x-struck" d="M{x - 9} {y + 9}l18-18"/>')

    # --- Lines ---

    def _connect(self, graph: RouteGraph, layout: Layout, places: list[int], *, turned: bool) -> None:
        """Draw the lines of one side; `places` are the rows', and at the end the claim's."""
        sign = -1 if turned else 1
        for hop in layout.hops:
            if hop.start == CLAIM and self.claim is None:
                continue
            to = layout.rows[hop.end]
            rest = hop.start != CLAIM and self._rests(layout.rows[hop.start]) and self._rests(to)
            live = not graph.live.isdisjoint(to.sources)
            name = "x-trunk" if rest else "x-line" if live else "x-dead"
            here = layout.rows[hop.start].track if hop.start != CLAIM else 0
            self.lines[name].append(self._path(here, hop, places, sign))

    def _path(self, here: int, hop: Hop, places: list[int], sign: int) -> str:
        x = self._x(here)
        path = f"M{x} {places[hop.start]}"
        for row, track in hop.turns:
            y, to = places[row], self._x(track)
            if to != x:
                down = "" if row == hop.start else f"V{y}"
                path += f"{down}C{x} {y + sign * 16} {to} {y + sign * 10} {to} {y + sign * _CURVE}"
                x = to
        return f"{path}V{places[hop.end]}"

    def _x(self, track: int) -> int:
        x = _FIRST + _APART * track
        return WIDTH - x if self.direction == "rtl" else x

    # --- Labels ---

    def _put(self, label: Label, below: str = "") -> int:
        """Write a label below the one before; returns the height of its node."""
        edge, way = self.edge, self.direction
        name = _name(label.who, label.when, edge, way, self.dated) if label.who else _NONE
        # What a claim says is said once; what a source is, of many.
        what = (_small if label.what == self.claim else _kept)("", label.what, 2, edge, way) if label.what else _NONE
        rests = _kept(' class="x-rests"', below, 2 if label.who else 3, edge, way) if below else _NONE
        spans = name.spans + what.spans + rests.spans
        first = self.y + (12 if label.who else 13) + (0 if label.what or below else (_LEAST - _BIG) // 2)
        # The first line stands where the label does, the others below the one before.
        self.labels.append(f'<text y="{first}">{spans if label.who else spans.replace(_DOWN, "", 1)}</text>')
        middle = self.y + _LEAST // 2
        self.y += max(_LEAST, name.height + what.height + rests.height) + _BETWEEN
        return middle


class Lettered(NamedTuple):
    """Words in lines, and how tall they are together."""

    spans: str
    height: int


_NONE = Lettered("", 0)
_DOWN = f' dy="{_SMALL}"'


@lru_cache(1024)
def _name(who: str, when: str, edge: int, way: Direction, dated: str) -> Lettered:
    """The lines of a name and its date, which stays whole; where there is no room for it the words have it.

    `edge` is how far from the drawing's own edge they begin, `dated` the form of a name with its date.
    """
    room = (WIDTH - edge) / _NAME * 100
    found = [isolated(line, way) for line in lines(who, room, _MOST)]
    if when:
        joined = dated.format(who=found[-1], date=when)
        if width(joined) <= room:
            found[-1] = joined
        elif len(found) < _MOST:
            found.append(when)
    begin = f'<tspan class="x-who" x="{_begin(edge, way)}"'
    spans = [f"{begin}>{_written(found[0])}</tspan>"]
    spans += [f'{begin} dy="{_BIG}">{_written(line)}</tspan>' for line in found[1:]]
    return Lettered("".join(spans), len(found) * _BIG)


def _small(style: str, text: str, most: int, edge: int, way: Direction) -> Lettered:
    """The lines of what stands below a name; those that have no style of their own may be in any script."""
    found = lines(text, (WIDTH - edge) / _WHAT * 100, most)
    if not style:
        found = [isolated(line, way) for line in found]
    begin = f'<tspan{style} x="{_begin(edge, way)}"{_DOWN}>'
    spans = [f"{begin}{_written(line)}</tspan>" for line in found]
    return Lettered("".join(spans), len(found) * _SMALL)


_kept = lru_cache(1024)(_small)


def _begin(edge: int, way: Direction) -> int:
    return WIDTH - edge if way == "rtl" else edge


def _written(text: str) -> str:
    return escape(text, quote=False) if "&" in text or "<" in text or ">" in text else text
