"""The table of goals and figures, as Markdown, which a terminal shows as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.goals import TITLES, rows, told

if TYPE_CHECKING:
    from bench.figures import Figures
    from bench.goals import Row

HEADINGS = ("work", "pages", "Explainer", "measured beside it", "ratio", "goal", "met")
RIGHT = frozenset({1, 4})


def table(figures: Figures) -> str:
    """Every row that was run; seconds by the clock, and of CPU in brackets."""
    cells = [HEADINGS, *(_cells(row) for row in rows(figures))]
    widths = [max(len(row[at]) for row in cells) for at in range(len(HEADINGS))]
    rule = tuple("-" * (width - 1) + (":" if at in RIGHT else "-") for at, width in enumerate(widths))
    return "".join(_line(row, widths) for row in (HEADINGS, rule, *cells[1:]))


def conditions(figures: Figures) -> str:
    """One sentence: when, on what, and against which versions."""
    machine = figures.machine
    versions = ", ".join(f"{TITLES[name]} {version}" for name, version in sorted(figures.versions.items()))
    turns = (size.steps.get(step, {}) for size in figures.sizes.values() for step in ("cold", "ready"))
    runs = sorted({len(runs) for by_name in turns for runs in by_name.values()}) or [0]
    often = f"{runs[0]} to {runs[-1]}" if len(runs) > 1 else f"{runs[0]}"
    return (
        f"Measured on {machine['day']}: {machine['cores']} cores, {machine['system']}, Python {machine['python']}, "
        f"load {machine['load']:.1f} at the start; medians of {often} runs; {versions}."
    )


def _cells(row: Row) -> tuple[str, ...]:
    figure, goal, met = told(row)
    pages = f"{row.pages:,}" if row.pages else ""
    beside = f"{row.beside}: {row.other}" if row.beside else ""
    return row.work, pages, row.ours, beside, figure, goal, met


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = (
        cell.rjust(width) if at in RIGHT else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"| {' | '.join(cells)} |\n"
