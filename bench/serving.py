"""From a save to the new text over HTTP, beside other previews: `python -m bench.serving --peers DIR --pages 100 1000`."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.contestants import ROOT, Contestant, ours, peers
from bench.copies import Copy

if TYPE_CHECKING:
    from collections.abc import Iterator

START, NEVER, LOOK = 300.0, 60.0, 0.002  # seconds
REST = 1.0  # seconds between two saves


class Found(NamedTuple):
    """What one preview took, in seconds: until its first page, and from each save to the new text."""

    start: float
    saves: list[float]


def command_of(contestant: Contestant, port: int) -> tuple[str, ...] | None:
    """The command of a contestant's preview; None if it has none that is compared."""
    program = contestant.build[0]
    match contestant.name:
        case "explainer":
            return (*contestant.build[:4], "serve", "--quiet", "--port", str(port))
        case "hugo":
            return (program, "server", "--port", str(port), "--bind", "127.0.0.1")
        case "eleventy":
            return (*contestant.build[:2], "--serve", "--incremental", "--port", str(port), "--quiet")
        case "mkdocs":
            return (program, "serve", "--dirty", "--dev-addr", f"127.0.0.1:{port}")
    return None


def measured(copy: Copy, saves: int) -> Found | None:
    """Start a contestant's preview on its copy, save, and look until the new text is there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = command_of(copy.contestant, port)
    if command is None:
        return None
    address = f"http://127.0.0.1:{port}/explainers/{copy.slug}/"
    begin = time.perf_counter()
    with running(command, copy):
        seen(address, copy.mark, START)
        start = time.perf_counter() - begin
        taken = []
        for _ in range(saves):
            time.sleep(REST)
            copy.edit()
            begin = time.perf_counter()
            seen(address, copy.mark, NEVER)
            taken.append(time.perf_counter() - begin)
    return Found(start, taken)


@contextlib.contextmanager
def running(command: tuple[str, ...], copy: Copy) -> Iterator[None]:
    """A preview that is ended afterwards, with all that it started."""
    with copy.log.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=copy.root, env=copy.contestant.environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def seen(address: str, mark: str, limit: float) -> None:
    """Look until a page holds a word.

    Raises:
        TimeoutError: if it never does.
    """
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            urllib.request.urlopen(address, timeout=limit) as answer,
        ):
            if mark in answer.read().decode():
                return
        time.sleep(LOOK)
    raise TimeoutError(f"{address} never shows {mark}")


def main() -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="bench.serving", description="Measure previews: from a save to the new text.")
    parser.add_argument("--pages", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--saves", type=int, default=9)
    parser.add_argument("--peers", type=Path, default=ROOT / "bench/peers")
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    contestants = [ours(), *(peer for peer in peers(options.peers.resolve()).values() if peer)]
    print("| pages | preview | start | save to served (median) | to Hugo's |\n|---|---|---|---|---|")
    for pages in options.pages:
        rows: dict[str, tuple[float, float]] = {}
        for one in contestants:
            if options.only is not None and one.name not in options.only:
                continue
            with tempfile.TemporaryDirectory(prefix="bench-") as work:
                copy = Copy(one, pages, Path(work))
                measured(copy, 1)  # the first start of all fills caches
                if found := measured(copy, options.saves):
                    rows[one.title] = found.start, statistics.median(found.saves)
        for title, (start, save) in rows.items():
            beside = rows.get("Hugo")
            ratio = f"{start / beside[0]:.2f}, {save / beside[1]:.2f}" if beside else ""
            print(f"| {pages} | {title} | {start:.2f} s | {save * 1000:.0f} ms | {ratio} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
