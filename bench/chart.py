"""The ratios as a picture: one dot for each figure, one mark for its goal, on a scale of powers of ten."""

from __future__ import annotations

from html import escape
from itertools import groupby
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from bench.goals import rows, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.figures import Figures
    from bench.goals import Row

WIDTH, LEFT, RIGHT = 860, 210, 210  # px; between the margins lies the scale
ROW, GROUP, TOP, BOTTOM = 22, 34, 84, 44
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1d2530; }
.title { font-size: 17px; font-weight: 600; }
.head { font-weight: 600; }
.soft { fill: #5a6573; }
.grid { stroke: #dde2e8; }
.even { stroke: #5a6573; }
.stem { stroke: #b9c2cd; stroke-width: 2; }
.goal { stroke: #1d2530; stroke-width: 2; }
.met { fill: #0b6e69; }
.free { fill: #5a6573; }
.missed { fill: #fff; stroke: #b3460e; stroke-width: 2.5; }
.paper { fill: #fff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e9ee; }
  .soft { fill: #a3adba; }
  .grid { stroke: #313a46; }
  .even { stroke: #a3adba; }
  .stem { stroke: #4a5563; }
  .goal { stroke: #e6e9ee; }
  .met { fill: #4fc3ba; }
  .free { fill: #a3adba; }
  .missed { fill: #14181e; stroke: #ff9d5c; }
  .paper { fill: #14181e; }
}
"""
TITLE = "Time and memory of Explainer, as a part of what stands beside it"


def chart(figures: Figures) -> str:
    """An SVG file, light or dark as the reader's system is."""
    ratios = [row for row in rows(figures) if not row.unit]
    scale = _Scale(ratios)
    groups = [(key, list(group)) for key, group in groupby(ratios, key=lambda row: (row.work, row.beside))]
    height = TOP + BOTTOM + sum(GROUP + ROW * len(group) for _, group in groups)
    parts = [*_head(height), *scale.grid(height), *_body(groups, scale), "</svg>\n"]
    return "\n".join(parts)


class _Scale:
    def __init__(self, ratios: list[Row]) -> None:
        shown = [number for row in ratios for number in (row.figure, row.goal) if number]
        self.low = floor(log10(min([*shown, 0.1])))
        self.high = ceil(log10(max([*shown, 1.0]) * 1.3))

    def at(self, ratio: float) -> float:
        share = (log10(max(ratio, 10**self.low)) - self.low) / (self.high - self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def grid(self, height: int) -> Iterator[str]:
        for power in range(self.low, self.high + 1):
            x = self.at(10.0**power)
            kind = "even" if power == 0 else "grid"
            yield f'<line class="{kind}" x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{height - BOTTOM}"/>'
            yield _text(x, height - BOTTOM + 18, f"{10.0**power:g} ×", "soft", "middle")


def _head(height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title">'
    )
    yield f'<title id="title">{escape(TITLE)}</title>\n<style>\n{STYLE}</style>'
    yield f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
    yield _text(16, 30, TITLE, "title")
    yield _text(16, 52, "Further left is less. At 1 × both are equal; the scale is in powers of ten.", "soft")
    yield '<circle class="met" cx="570" cy="48" r="5"/>' + _text(582, 52, "goal met", "soft")
    yield '<circle class="missed" cx="652" cy="48" r="5"/>' + _text(664, 52, "missed", "soft")
    yield '<line class="goal" x1="726" y1="41" x2="726" y2="55"/>' + _text(734, 52, "goal", "soft")


def _body(groups: list[tuple[tuple[str, str], list[Row]]], scale: _Scale) -> Iterator[str]:
    y = TOP
    for (work, beside), group in groups:
        y += GROUP - 10
        yield _text(16, y, f"{work}, beside {beside}", "head")
        for row in group:
            y += ROW
            yield from _row(row, y, scale)
        y += 10


def _row(row: Row, y: int, scale: _Scale) -> Iterator[str]:
    figure, _, _ = told(row)
    x, middle = scale.at(row.figure), y - 4
    kind = {True: "met", False: "missed", None: "free"}[row.met]
    yield _text(LEFT - 16, y, f"{row.pages:,} pages", "soft", "end")
    yield f'<line class="stem" x1="{scale.at(1):.1f}" y1="{middle}" x2="{x:.1f}" y2="{middle}"/>'
    if row.goal is not None:
        mark = scale.at(row.goal)
        yield f'<line class="goal" x1="{mark:.1f}" y1="{middle - 7}" x2="{mark:.1f}" y2="{middle + 7}"/>'
    yield f'<circle class="{kind}" cx="{x:.1f}" cy="{middle}" r="5"/>'
    goal = "" if row.goal is None else f" (goal {row.goal:g}{', missed' if row.met is False else ''})"
    yield _text(WIDTH - RIGHT + 16, y, figure + goal)


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "") -> str:
    attributes = (f' class="{kind}"' if kind else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:g}" y="{y:g}"{attributes}>{escape(words)}</text>'
