"""What a command's time goes to."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from explainer.system import timings
from explainer.system.timings import Spent, Stopwatch


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[Spent]:
    """The moments that the watch sees, to be filled in."""
    moments = [Spent(100, 1)]
    monkeypatch.setattr(timings, "_now", lambda: moments.pop(0) if len(moments) > 1 else moments[0])
    return moments


def test_stages_follow_each_other_and_add_up(times: list[Spent]) -> None:
    watch = Stopwatch()
    times[:] = [Spent(101, 2), Spent(103, 6), Spent(103.5, 6.25), Spent(104, 7)]
    for stage in ("read", "write", "read"):
        watch.stage(stage)
    assert watch.table() == (
        "              clock         processor\n"
        "start       1.000 s   25 %    1.000 s\n"
        "read        2.500 s   62 %    4.750 s\n"
        "write       0.500 s   12 %    0.250 s\n"
        "together    4.000 s  100 %    6.000 s"
    )


def test_no_time_at_all(times: list[Spent]) -> None:
    assert Stopwatch().table().splitlines()[1] == "start       0.000 s  100 %    0.000 s"


def test_processes_that_helped_count() -> None:
    watch = Stopwatch()
    watch.stage("work")
    code = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-c", code], check=True)
    watch.stage("rest")
    assert watch.stages["work"].cpu >= 0.29
    assert watch.stages["work"].cpu > watch.stages["start"].cpu


def test_the_real_clocks_run_forward() -> None:
    found = re.findall(r"[-\d.]+(?= s)", Stopwatch().table())
    assert found
    assert all(float(number) >= 0 for number in found)
