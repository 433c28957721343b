"""Draw the demo's picture: when the two men met, and when it was spoken of. `python -m tools.demo_chart FILE`.

The drawing is under the licence of this repository, as its own `metadata` says.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

WIDTH, HEIGHT = 640, 580
LINE, TOP, BOTTOM = 320, 76, 560
_MONTHS = 16  # from April 2016 to the end of July 2017
_NEW_YEAR = 9
INK, SOFT, ACCENT, PAPER = "#17191c", "#4a4e54", "#17497d", "#fdfcf9"
LICENCE = "Drawn by tools/demo_chart.py of Explainer, under the MIT licence."


class Mark(NamedTuple):
    """A moment: months since April 2016, its two lines, how its dot is drawn."""

    at: float
    name: str
    said: str
    dot: str


# How sure a meeting is shows as on the site's pages: dashed where sources are unnamed, solid, dotted where none is given.
MEETINGS = (
    Mark(0.8, "April 2016, at a hotel", "one account says so", f'fill="{PAPER}" stroke-dasharray="4 3"'),
    Mark(3.6, "July, at the convention", "both sides say so", f'fill="{INK}"'),
    Mark(5.5, "September, at his office", "no source is given", f'fill="{PAPER}" stroke-dasharray="1 4"'),
)
SPOKEN = (
    Mark(9.4, "January 2017", "Mr Sessions is asked", f'fill="{ACCENT}"'),
    Mark(11.1, "March", "he stands aside", f'fill="{ACCENT}"'),
    Mark(14.1, "June", "he testifies again", f'fill="{ACCENT}"'),
    Mark(15.65, "21 July", "the Post reports", f'fill="{ACCENT}"'),
)


def y(months: float) -> float:
    """Where a moment stands from above."""
    return round(TOP + (BOTTOM - TOP) * months / _MONTHS, 1)


def text(at: float, down: float, words: str, anchor: str, *, strong: bool = False) -> str:
    """A line of a label."""
    style = f'font-weight="700" fill="{INK}"' if strong else f'fill="{SOFT}"'
    return f'<text x="{at}" y="{down}" text-anchor="{anchor}" {style}>{words}</text>'


def drawn(mark: Mark, side: int, color: str) -> str:
    """A moment: its dot on the line, its label beside it; `side` is -1 for the left, 1 for the right."""
    down, anchor = y(mark.at), "end" if side < 0 else "start"
    return (
        f'<circle cx="{LINE}" cy="{down}" r="8" stroke="{color}" stroke-width="2.5" {mark.dot}/>'
        + text(LINE + 24 * side, down, mark.name, anchor, strong=True)
        + text(LINE + 24 * side, down + 21, mark.said, anchor)
    )


def chart() -> str:
    """The whole drawing."""
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"',
        'font-family="Libre Franklin, Franklin Gothic Book, Helvetica Neue, Arial, sans-serif" font-size="19">',
        "<title>Three meetings in 2016, and when they were spoken of</title>",
        f"<desc>{LICENCE}</desc>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        text(LINE - 24, 30, "Meetings", "end"), text(LINE + 24, 30, "Words", "start"),
        f'<path d="M{LINE} 44V{HEIGHT - 8}" stroke="{INK}" stroke-width="1.5"/>',
        f'<path d="M{LINE - 12} {y(_NEW_YEAR)}H{LINE + 12}" stroke="{INK}" stroke-width="1.5"/>',
        text(LINE - 24, y(_NEW_YEAR) + 6, "2017 begins", "end"),
        *(drawn(mark, -1, INK) for mark in MEETINGS),
        *(drawn(mark, 1, ACCENT) for mark in SPOKEN),
        "</svg>\n",
    ])  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(chart(), "utf-8")
