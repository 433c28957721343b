"""A real cluster: a scheduler and workers, each in a namespace in which neither site nor checkout is to be found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from explainer.system.default_theme import default_layouts
from tests.needs import need_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[1]
_HIDDEN = ("explainer", "layouts", "content", "tests", "docs")
_WITHIN = 60.0
# Each worker differs in all that may not matter.
ODDITIES = (
    {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "1"},
    {"LANG": "C", "TZ": "America/St_Johns", "PYTHONHASHSEED": "2"},
)


def need_namespaces() -> str:
    """`unshare`, or skip where it may not be used."""
    program = need_program("unshare")
    tried = subprocess.run([program, "--mount", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip(f"namespaces can't be made here: {tried.stderr.decode().strip()}")
    return program


def installed_copy(folder: Path) -> Path:
    """A copy of the program as it is installed elsewhere."""
    shutil.copytree(ROOT / "explainer", folder / "explainer", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(default_layouts(), folder / "explainer/_layouts")
    return folder


class RunningCluster:
    """A scheduler and its workers. `options` are those that each takes, as for certificates."""

    def __init__(self, folder: Path, hidden: Path, *, options: Sequence[str] = (), protocol: str = "tcp") -> None:
        self.folder = folder
        self.hidden = [hidden, *(ROOT / name for name in _HIDDEN)]
        self.options = options
        self.program = installed_copy(folder / "program")
        self.processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        told = folder / "scheduler.json"
        self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--protocol", protocol, "--scheduler-file", str(told),
            "--dashboard-address", "127.0.0.1:0",
        )  # fmt: skip
        end = time.monotonic() + _WITHIN
        while not (told.is_file() and told.read_text()):
            assert time.monotonic() < end, "the scheduler didn't start"
            time.sleep(0.05)
        self.address = str(json.loads(told.read_text())["address"])

    def start_worker(
        self, program: Path | None = None, environment: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.Popen[bytes]:
        """Start another worker, with another program or other variables."""
        process = self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder),
            program=program, environment=environment,
        )  # fmt: skip
        self.workers.append(process)
        return process

    def _start(
        self, *command: str, program: Path | None = None, environment: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.Popen[bytes]:
        hide = " && ".join(f"mount -t tmpfs none '{path}'" for path in self.hidden)
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [
                    need_namespaces(), "--mount", "sh", "-c", f'{hide} && exec "$@"', "sh",
                    sys.executable, "-P", "-m", "dask", *command, *self.options,
                ],
                cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log,
                env={**os.environ, "PYTHONPATH": str(program or self.program), **environment},
            )  # fmt: skip
        self.processes.append(process)
        return process

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many workers have come, in all."""
        end = time.monotonic() + _WITHIN
        while self.logs().count("Registered to:") < count:
            assert time.monotonic() < end, self.logs()
            time.sleep(0.05)

    def logs(self) -> str:
        """What all of them have said."""
        return "\n".join(file.read_text(errors="replace") for file in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        """Kill them all."""
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()


@contextmanager
def running_cluster(
    folder: Path, hidden: Path, *, options: Sequence[str] = (), protocol: str = "tcp"
) -> Iterator[RunningCluster]:
    """A cluster with two workers."""
    folder.mkdir()
    cluster = RunningCluster(folder, hidden, options=options, protocol=protocol)
    try:
        for oddity in ODDITIES:
            cluster.start_worker(environment=oddity)
        cluster.wait_for_workers(len(ODDITIES))
        yield cluster
    finally:
        cluster.stop()
