"""The figures of one session: what was run, how often, and what each run took; kept as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.measure import Run

if TYPE_CHECKING:
    from pathlib import Path

Runs = dict[str, list[Run]]  # by contestant


@dataclass(slots=True)
class Size:
    """The figures at one number of pages: runs by step and contestant, and peak memory in MiB.

    `answers` has, for each question to the search, the fewest seconds and the MB that were loaded.
    """

    steps: dict[str, Runs] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    answers: list[tuple[float, float]] = field(default_factory=list)

    def wall(self, step: str, name: str) -> float | None:
        """The median by the clock, in seconds; None for what wasn't run."""
        runs = self.steps.get(step, {}).get(name)
        return statistics.median(run.wall for run in runs) if runs else None

    def cpu(self, step: str, name: str) -> float | None:
        """The median of CPU seconds; None for what wasn't run."""
        runs = self.steps.get(step, {}).get(name)
        return statistics.median(run.cpu for run in runs) if runs else None

    def add(self, step: str, name: str, run: Run) -> None:
        """Keep one run."""
        self.steps.setdefault(step, {}).setdefault(name, []).append(Run(round(run.wall, 4), round(run.cpu, 4)))


@dataclass(slots=True)
class Figures:
    """Everything that one session measured; `start` has seconds by command."""

    machine: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    sizes: dict[int, Size] = field(default_factory=dict)
    start: dict[str, list[float]] = field(default_factory=dict)

    def started(self, command: str) -> float | None:
        """The median of a short command's seconds; None for what wasn't run."""
        return statistics.median(self.start[command]) if self.start.get(command) else None

    def save(self, file: Path) -> None:
        """Write them all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> Figures:
        """Read what `save` wrote."""
        kept = json.loads(file.read_text(encoding="utf-8"))
        sizes = {int(pages): _size(size) for pages, size in kept["sizes"].items()}
        return cls(kept["machine"], kept["versions"], sizes, kept["start"])


def _size(kept: dict[str, Any]) -> Size:
    steps = {
        step: {name: [Run(*run) for run in runs] for name, runs in by_name.items()}
        for step, by_name in kept["steps"].items()
    }
    return Size(steps, kept["memory"], [(wall, loaded) for wall, loaded in kept.get("answers", ())])


def this_machine() -> dict[str, Any]:
    """What the figures depend on, without this machine's name."""
    return {
        "day": datetime.now(tz=UTC).date().isoformat(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }
