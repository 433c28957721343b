"""One session: every step at every size, ours and the peers in turn, so that a slow minute slows them all."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bench.contestants import ours as explainer
from bench.copies import Copy, compare
from bench.corpus import OURS
from bench.figures import Figures, Size, this_machine
from bench.measure import Run
from bench.photographs import add_photographs, check_photographs
from bench.previews import another, preview, warm
from bench.searches import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bench.contestants import Contestant

BESIDE = {
    "nothing": ("hugo",), "word": ("hugo", "mkdocs"), "checkout": ("hugo",), "cache": ("hugo",), "withdrawn": ("hugo",),
}  # fmt: skip
# The largest site of which a preview is compared; MkDocs' takes many minutes to begin with more.
PREVIEWED = {"hugo": 10_000, "eleventy": 10_000, "mkdocs": 1_000}
ONCE = frozenset({"mkdocs", "pelican"})  # no goal is a ratio to their cold builds, which are slow


STEPS = (
    "memory",
    "cold",
    "cluster",
    "nothing",
    "word",
    "checkout",
    "cache",
    "withdrawn",
    "search",
    "previews",
    "layout",
    "photographs",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: the contestants, ours first; how many pages, how often; where to work and to keep the figures."""

    ours: Contestant
    peers: Mapping[str, Contestant]
    sizes: Sequence[int]
    runs: int
    work: Path
    keep: Path
    tell: Callable[[str], None]
    starts: int = 15  # runs of each short command
    steps: Sequence[str] = STEPS
    chromium: str | None = None


def measure(plan: Plan) -> Figures:
    """Run it all; the figures are kept after each step, so that a stop loses one.

    Raises:
        RunError: if a build fails, or makes what it must not.
    """
    contestants = [plan.ours, *plan.peers.values()]
    versions = {one.name: one.read_version() for one in contestants}
    figures = Figures(this_machine(), versions)
    plan.tell("start")
    figures.start = _starts(plan.ours, plan.starts)
    for pages in plan.sizes:
        figures.sizes[pages] = Size()
        _Round(plan, pages, figures).run()
    return figures


class _Round:
    def __init__(self, plan: Plan, pages: int, figures: Figures) -> None:
        self.plan = plan
        self.pages = pages
        self.figures = figures
        self.size = figures.sizes[pages]
        self.work = plan.work / str(pages)

    def run(self) -> None:
        self.work.mkdir(parents=True, exist_ok=True)
        self.tell("corpus")
        self.ours = Copy(self.plan.ours, self.pages, self.work)
        peers = {name: peer for name, peer in self.plan.peers.items() if self.pages <= peer.most}
        self.peers = {name: Copy(peer, self.pages, self.work) for name, peer in peers.items()}
        for step in self.plan.steps:
            self.tell(step)
            getattr(self, step)()
            self.figures.save(self.plan.keep)
        shutil.rmtree(self.work)

    def tell(self, step: str) -> None:
        self.plan.tell(f"{self.pages} pages: {step}")

    def memory(self) -> None:
        """It comes first, and warms the system's cache for what is timed."""
        for copy in (self.ours, *self.peers.values()):
            self.size.memory[copy.contestant.name] = round(copy.memory(), 1)

    def cold(self) -> None:
        for turn in range(self.plan.runs):
            for copy in (self.ours, *self.peers.values()):
                if turn == 0 or copy.contestant.name not in ONCE:
                    self.size.add("cold", copy.contestant.name, copy.cold())

    def cluster(self) -> None:
        """Ours on one core, and on a cluster of this machine: what one process does, and what any number may do."""
        if not (sys.platform == "linux" and find_spec("distributed")):
            self.tell("no cluster: it takes Linux and the extra `dask`")
            return
        for _ in range(self.plan.runs):
            self.size.add("cluster", "one", self.ours.cold("--jobs", "1"))
            coordinator, workers = self.ours.on_cluster()
            self.size.add("cluster", "coordinator", coordinator)
            self.size.add("cluster", "workers", workers)
        self._exact("cluster")

    def nothing(self) -> None:
        for _ in range(self.plan.runs):
            self._again("nothing")
        self._exact("nothing")

    def word(self) -> None:
        for _ in range(self.plan.runs):
            for copy in (self.ours, *self._beside("word")):
                copy.edit()
            self._again("word")
            self._exact("word")

    def checkout(self) -> None:
        """What CI does: a fresh checkout with what the last build left, and one word changed."""
        self._check_out("checkout")

    def cache(self) -> None:
        """The same where caches are brought back, and the output isn't."""
        self._check_out("cache", with_output=False)

    def _check_out(self, step: str, *, with_output: bool = True) -> None:
        for _ in range(self.plan.runs):
            for copy in (self.ours, *self._beside(step)):
                copy.check_out(*() if with_output else (copy.contestant.out,))
                copy.edit()
            self._again(step)
            self._exact(step)

    def withdrawn(self) -> None:
        """No peer has a registry; what stands beside is their build after one word of one page."""
        for _ in range(self.plan.runs):
            for copy in self._beside("withdrawn"):
                copy.edit()
            self.ours.withdraw(withdrawn=True)
            self._again("withdrawn")
            self._exact("withdrawn")
            self.ours.withdraw(withdrawn=False)
            self.ours.again()

    def search(self) -> None:
        """A cold build, and one after a changed word, without the search and with it; then questions in a browser."""
        for _ in range(self.plan.runs):
            for on, name in ((False, "without"), (True, "with")):
                self.ours.set_search(on=on)
                self.size.add("search", name, self.ours.cold())
                self.ours.edit()
                self.size.add("search: word", name, self.ours.again())
        self._exact("search")
        if self.plan.chromium:
            site = self.ours.root / self.ours.contestant.out
            asked = [list(answers(site, self.plan.chromium)) for _ in range(self.plan.runs)]
            for one in zip(*asked, strict=True):
                self.size.answers.append((round(min(run.wall for run in one), 4), round(one[0].loaded, 4)))

    def previews(self) -> None:
        """Each in turn is started, saved to, and ended; the first start fills what it keeps between two."""
        peers = [copy for name, copy in self.peers.items() if self.pages <= PREVIEWED.get(name, 0)]
        warm(self.ours)
        for turn in range(self.plan.runs):
            for copy in (self.ours, *peers):
                with preview(copy) as running:
                    self._add("ready", copy, running.ready)
                    running.settle()
                    for taken in running.saves():
                        self._add("save", copy, taken)
            self._ours_alone(turn)

    def _ours_alone(self, turn: int) -> None:
        """A page that nobody has looked at before, and what a browser adds; it ends as a warm start has it."""
        with preview(self.ours, another(self.ours, turn)) as running:
            self._add("another", self.ours, running.ready)
        with preview(self.ours) as running:
            running.settle()
            for taken in running.repaints(self.plan.chromium) if self.plan.chromium else ():
                self._add("repaint", self.ours, taken)
        warm(self.ours)

    def _add(self, step: str, copy: Copy, taken: float) -> None:
        self.size.add(step, copy.contestant.name, Run(taken, 0.0))

    def layout(self) -> None:
        for _ in range(self.plan.runs):
            self.ours.change_layout()
            self._again("layout")
            self._exact("layout")

    def photographs(self) -> None:
        """The first pages with a photograph each: from nothing, and after one word was changed."""
        work = self.work / "photographs"
        work.mkdir()
        for copy in (self.ours, *self.peers.values()):
            contestant = copy.contestant
            if contestant.pictures is None:
                continue
            pictured = Copy(replace(contestant, env={**contestant.env, **contestant.pictures}), self.pages, work)
            add_photographs(pictured)
            for _ in range(self.plan.runs):
                self.size.add("photographs", contestant.name, pictured.cold())
                check_photographs(pictured)
                pictured.edit()
                self.size.add("photographs again", contestant.name, pictured.again())
                check_photographs(pictured)
        shutil.rmtree(work)

    def _beside(self, step: str) -> list[Copy]:
        return [self.peers[name] for name in BESIDE.get(step, ()) if name in self.peers]

    def _again(self, step: str) -> None:
        for copy in (self.ours, *self._beside(step)):
            self.size.add(step, copy.contestant.name, copy.again())

    def _exact(self, step: str) -> None:
        with self.ours.twin() as twin:
            self.size.add(step, "clean", twin.cold())
            compare(self.ours, twin)


def _starts(ours: Contestant, runs: int) -> dict[str, list[float]]:
    interpreter = [sys.executable, "-P"]
    commands = {
        "bare": [*interpreter, "-c", "pass"],
        "help": [*interpreter, "-m", OURS, "--help"],
        "version": [*interpreter, "-m", OURS, "--version"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            begin = time.perf_counter()
            subprocess.run(command, env=ours.environment, capture_output=True, check=True)
            if turn:
                taken[name].append(round(time.perf_counter() - begin, 4))
    return taken


def plan_for(
    checkout: Path,
    peers: Mapping[str, Contestant],
    sizes: Sequence[int],
    runs: int,
    work: Path,
    keep: Path,
    steps: Sequence[str] = STEPS,
) -> Plan:
    """A plan that measures a checkout, and tells its steps on stderr."""
    return Plan(
        explainer(checkout), peers, sizes, runs, work, keep, _tell, steps=steps, chromium=shutil.which("chromium")
    )


def _tell(step: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {step}", file=sys.stderr, flush=True)
