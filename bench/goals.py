"""The goals for speed and size, each beside the figure that was measured for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.corpus import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.figures import Figures, Size

MEMORY_AT_MOST = 2048.0  # MiB, with 100,000 pages
START_AT_MOST = 90.0  # ms over the bare interpreter
TITLES = {"explainer": "Explainer", "hugo": "Hugo", "eleventy": "Eleventy", "mkdocs": "MkDocs", "pelican": "Pelican"}


@dataclass(frozen=True, slots=True)
class Timed:
    """One line of the table of goals: a step of ours against one of another's, with its goal by number of pages."""

    work: str
    step: str
    other: str
    goals: dict[int, float]
    other_step: str = ""
    title: str = ""
    clock: bool = False  # whether CPU, which nobody counted, isn't told


TIMED = (
    Timed("cold", "cold", "hugo", {1_000: 2.0, 10_000: 2.0}),
    Timed("cold", "cold", "eleventy", {1_000: 0.95, 10_000: 0.95}),
    Timed("cold", "cold", "mkdocs", {}),
    Timed("cold", "cold", "pelican", {}),
    Timed("nothing changed", "nothing", "hugo", {1_000: 0.06, 10_000: 0.02}),
    Timed("one word changed", "word", "hugo", {1_000: 0.15, 10_000: 0.15}),
    Timed("one word changed", "word", "mkdocs", {1_000: 1.0, 10_000: 1.0}, title="MkDocs --dirty"),
    Timed("one word, fresh checkout", "checkout", "hugo", {1_000: 0.3, 10_000: 0.3}),
    Timed("the same, without output", "cache", "hugo", {}),
    Timed("shared source withdrawn", "withdrawn", "hugo", {10_000: 0.05}),
    Timed("layout changed", "layout", "clean", {10_000: 0.6}, "layout", "our own cold build"),
    Timed("photographs, cold", "photographs", "hugo", {}),
    Timed("photographs, cold", "photographs", "eleventy", {}),
    Timed("photographs, one word changed", "photographs again", "hugo", {}),
    Timed("photographs, one word changed", "photographs again", "eleventy", {}),
    Timed("preview: ready", "ready", "hugo", {1_000: 0.2}, clock=True),
    Timed("preview: ready", "ready", "eleventy", {}, clock=True),
    Timed("preview: ready", "ready", "mkdocs", {}, title="MkDocs --dirty", clock=True),
    Timed("preview: another page", "another", "hugo", {}, "ready", clock=True),
    Timed("preview: save to served", "save", "hugo", {100: 0.2, 1_000: 0.2, 10_000: 0.2}, clock=True),
    Timed("preview: save to served", "save", "eleventy", {}, title="Eleventy --incremental", clock=True),
    Timed("preview: save to served", "save", "mkdocs", {}, title="MkDocs --dirty", clock=True),
)
REPAINT_AT_MOST = 150.0  # ms over the save to served
MEMORY_GOALS = {10_000: 0.15}
GROWTH_GOAL = 11.0
COORDINATOR_GOALS, EIGHT_GOALS, EIGHT = {10_000: 1 / 3}, {10_000: 0.25}, 8
SEARCH_GOAL = 1.1
ANSWER_AT_MOST, LOADED_AT_MOST = 600.0, 1200.0  # ms; kB, uncompressed
SMALL, LARGE, RECORD = 1_000, 10_000, 100_000
EXACT = 0.1  # a ratio below it is told with three decimals


@dataclass(frozen=True, slots=True)
class Row:
    """A goal, or None where there is none, and what was measured; `figure` is a ratio unless it has a unit."""

    work: str
    pages: int | None
    ours: str
    beside: str
    other: str
    figure: float
    goal: float | None
    unit: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the figure is within its goal; None without one."""
        return None if self.goal is None else self.figure <= self.goal


def rows(figures: Figures) -> list[Row]:
    """A row for everything that was run, in the order of the goals, small sites before large ones."""
    sizes = sorted(figures.sizes.items())
    found = [row for line in TIMED for pages, size in sizes for row in _timed(line, pages, size)]
    found += [row for pages, size in sizes for row in _repaint(pages, size)]
    found += [row for pages, size in sizes for row in _cluster(pages, size)]
    found += [row for pages, size in sizes for row in _search(pages, size)]
    found += [row for pages, size in sizes for row in _memory(pages, size)]
    return [*found, *_growth(figures), *_starts(figures)]


def _timed(line: Timed, pages: int, size: Size) -> Iterator[Row]:
    ours = size.wall(line.step, OURS)
    other = size.wall(line.other_step or line.step, line.other)
    if ours is not None and other:
        cpu = size.cpu(line.step, OURS) or 0.0
        other_cpu = size.cpu(line.other_step or line.step, line.other) or 0.0
        name = line.title or TITLES[line.other]
        told = _seconds(ours, cpu), name, _seconds(other, other_cpu)
        if line.clock:
            told = _ms(ours), name, _ms(other)
        yield Row(line.work, pages, *told, ours / other, line.goals.get(pages))


def _cluster(pages: int, size: Size) -> Iterator[Row]:
    one, coordinator, workers = (size.cpu("cluster", name) for name in ("one", "coordinator", "workers"))
    if one and coordinator and workers:
        beside = "our own --jobs 1", f"{one:.2f} s CPU"
        told = f"{coordinator:.2f} s CPU", *beside
        yield Row("cluster: coordinator", pages, *told, coordinator / one, COORDINATOR_GOALS.get(pages))
        yield Row("cluster: all workers", pages, f"{workers:.2f} s CPU", *beside, workers / one, None)
        eight = coordinator + workers / EIGHT
        told = f"{eight:.2f} s CPU", *beside
        yield Row("cluster: eight, added up", pages, *told, eight / one, EIGHT_GOALS.get(pages))


def _search(pages: int, size: Size) -> Iterator[Row]:
    for work, step, goal in (
        ("cold, with the search", "search", SEARCH_GOAL),
        ("one word, with the search", "search: word", None),
    ):
        with_it, without = size.cpu(step, "with"), size.cpu(step, "without")
        if with_it and without:
            told = f"{with_it:.2f} s CPU", "our own without it", f"{without:.2f} s CPU"
            yield Row(work, pages, *told, with_it / without, goal)
    if size.answers:
        slowest, most = (max(column) for column in zip(*size.answers, strict=True))
        yield Row("search: the slowest answer", pages, _ms(slowest), "", "", slowest * 1000, ANSWER_AT_MOST, "ms")
        yield Row("search: the most loaded", pages, f"{most:.2f} MB", "", "", most * 1000, LOADED_AT_MOST, "kB")


def _memory(pages: int, size: Size) -> Iterator[Row]:
    ours, other = size.memory.get(OURS), size.memory.get("hugo")
    if ours is not None and other:
        told = f"{ours:.0f} MiB", "Hugo", f"{other:.0f} MiB"
        yield Row("peak memory, cold", pages, *told, ours / other, MEMORY_GOALS.get(pages))
    elif ours is not None and pages >= RECORD:
        yield Row("peak memory, cold", pages, f"{ours:.0f} MiB", "", "", ours, MEMORY_AT_MOST, "MiB")


def _repaint(pages: int, size: Size) -> Iterator[Row]:
    shown, served = size.wall("repaint", OURS), size.wall("save", OURS)
    if shown and served:
        told = _ms(shown), "our own save to served", _ms(served)
        yield Row("preview: save to repaint", pages, *told, (shown - served) * 1000, REPAINT_AT_MOST, "ms more")


def _growth(figures: Figures) -> Iterator[Row]:
    few, many = (size.cpu("cold", OURS) if (size := figures.sizes.get(pages)) else None for pages in (SMALL, LARGE))
    if few and many:
        told = f"{many:.2f} s CPU", "our own 1,000 pages", f"{few:.2f} s CPU"
        yield Row("growth of CPU, cold", LARGE, *told, many / few, GROWTH_GOAL)


def _starts(figures: Figures) -> Iterator[Row]:
    bare = figures.started("bare")
    for command in ("help", "version"):
        taken = figures.started(command)
        if bare and taken:
            told = _ms(taken), "the bare interpreter", _ms(bare)
            yield Row(f"explainer --{command}", None, *told, (taken - bare) * 1000, START_AT_MOST, "ms more")


def _seconds(wall: float, cpu: float) -> str:
    return f"{wall:.2f} s ({cpu:.2f})"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def told(row: Row) -> tuple[str, str, str]:
    """The row's figure, its goal, and whether it is met, in words."""
    figure = f"{row.figure:.0f}" if row.unit else f"{row.figure:.2f}" if row.figure >= EXACT else f"{row.figure:.3f}"
    unit = row.unit or "×"
    goal = "" if row.goal is None else f"≤ {row.goal:.4g} {unit}"
    return f"{figure} {unit}", goal, {True: "yes", False: "no", None: ""}[row.met]
