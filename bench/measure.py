"""One command measured: seconds by the clock and of CPU, or the most memory that its processes held at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LIMIT = 1800.0  # seconds, then a run is given up
EVERY = 0.01  # seconds between two looks at the memory
_KIB, _MIB = 1 / 1024, 1 / 1024**2
_SESSION, _CPU = 3, 11  # their places in /proc/PID/stat, behind the name


class RunError(Exception):
    """A command that failed, ran too long, or made something wrong."""


class Run(NamedTuple):
    """What one run took, in seconds; `cpu` counts the processes that it started, too."""

    wall: float
    cpu: float


def run(command: Sequence[str], folder: Path, env: Mapping[str, str], log: Path) -> Run:
    """Run a command to its end, its output into a log; what earlier runs wrote is on the disk before it starts.

    Raises:
        RunError: if it fails or takes longer than `LIMIT`.
    """
    os.sync()
    begin = time.perf_counter()
    process = _start(command, folder, env, log)
    with _limit(process):
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    _check(process, log)
    return Run(wall, usage.ru_utime + usage.ru_stime)


def run_apart(command: Sequence[str], folder: Path, env: Mapping[str, str], log: Path) -> tuple[Run, Run]:
    """As `run`, the CPU of the process itself apart from that of the processes that it started (Linux alone tells it).

    Raises:
        RunError: if it fails or takes longer than `LIMIT`.
    """
    os.sync()
    begin = time.perf_counter()
    process = _start(command, folder, env, log)
    with _limit(process):
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    wall = time.perf_counter() - begin
    own = _own_cpu(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    _check(process, log)
    return Run(wall, own), Run(wall, usage.ru_utime + usage.ru_stime - own)


def _own_cpu(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[_CPU : _CPU + 2]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def peak(command: Sequence[str], folder: Path, env: Mapping[str, str], log: Path) -> float:
    """The most memory that a command and all it starts held at once, in MiB.

    On Linux the proportional set sizes of its processes are summed every 10 ms, so that pages which
    they share count once; the highest sum is the answer, or one process's own high-water mark where
    that is higher. Looking costs time: a run for its memory is never one for its seconds. Elsewhere
    it is the largest process alone.

    Raises:
        RunError: if it fails or takes longer than `LIMIT`.
    """
    process = _start(command, folder, env, log)
    most = 0.0
    with _limit(process):
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            most = max(most, _held(process.pid))
            time.sleep(EVERY)
    process.returncode = os.waitstatus_to_exitcode(status)
    _check(process, log)
    return most or usage.ru_maxrss * (_MIB if sys.platform == "darwin" else _KIB)


def _start(command: Sequence[str], folder: Path, env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip


@contextlib.contextmanager
def _limit(process: subprocess.Popen[bytes]) -> Iterator[None]:
    timer = threading.Timer(LIMIT, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    try:
        yield
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    finally:
        timer.cancel()


def _check(process: subprocess.Popen[bytes], log: Path) -> None:
    if process.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RunError(f"exit {process.returncode}: {tail}")


def _held(session: int) -> float:
    together = largest = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):  # it may end while we look
            if int((process / "stat").read_text().rpartition(")")[2].split()[_SESSION]) == session:
                together += _kib(process / "smaps_rollup", "Pss:")
                largest = max(largest, _kib(process / "status", "VmHWM:"))
    return max(together, largest) * _KIB


def _kib(file: Path, key: str) -> float:
    _, found, rest = file.read_text().partition(key)
    return float(rest.split(None, 1)[0]) if found else 0.0
