"""How long each stage takes: wall time, and CPU time including worker processes."""

from __future__ import annotations

import os
import time
from typing import NamedTuple


class Spent(NamedTuple):
    """Wall time and CPU time, in seconds."""

    wall: float
    cpu: float


class Stopwatch:
    """Measures consecutive stages; times of a stage that comes again add up.

    Other processes count once they have ended, in the stage in which that is seen.
    """

    def __init__(self) -> None:
        self.stages: dict[str, Spent] = {}
        self._name = "start"
        self._begun = _now()

    def stage(self, name: str) -> None:
        """Begin a stage, and so end the one before."""
        now, before = _now(), self.stages.get(self._name, Spent(0, 0))
        spent = Spent(before.wall + now.wall - self._begun.wall, before.cpu + now.cpu - self._begun.cpu)
        self.stages[self._name] = spent
        self._name, self._begun = name, now

    def table(self) -> str:
        """All stages with their times, the current one up to now, as lines of text."""
        self.stage(self._name)
        whole = Spent(
            sum(spent.wall for spent in self.stages.values()), sum(spent.cpu for spent in self.stages.values())
        )
        rows = [*self.stages.items(), ("together", whole)]
        width = max(len(name) for name, _ in rows)
        lines = [f"{'':{width}}  {'clock':>9}  {'':5}  {'processor':>9}"]
        for name, spent in rows:
            share = 100 * spent.wall / whole.wall if whole.wall else 100
            lines.append(f"{name:{width}}  {spent.wall:7.3f} s  {share:3.0f} %  {spent.cpu:7.3f} s")
        return "\n".join(lines)


def _now() -> Spent:
    return Spent(time.monotonic(), sum(os.times()[:4]))
