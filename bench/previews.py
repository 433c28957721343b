"""Previews measured: from the start to the first page, from a save to the new text, over HTTP and in a browser."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, NamedTuple

from bench.corpus import slug_of
from bench.measure import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contestants import Contestant
    from bench.copies import Copy

START, NEVER, LOOK = 900.0, 120.0, 0.002  # seconds
SAVES = 3  # in each turn
REST = 1.0  # seconds between two saves
SETTLED = 5.0  # seconds, and one more for each 1,000 pages
# Notes, by the clock that the saves are timed with, in which frame a word was first drawn.
DRAWN = """(() => {
  const look = () => {
    const mark = document.body?.textContent.match(/edition-\\w+/)?.[0];
    if (mark && !sessionStorage[mark]) sessionStorage[mark] = performance.timeOrigin + performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def command_of(contestant: Contestant, port: int) -> tuple[str, ...] | None:
    """The command of a contestant's preview; None if it has none that takes in a change by itself, with its server."""
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


class Running(NamedTuple):
    """A preview that answers, and how long it took until it did (s)."""

    copy: Copy
    address: str
    ready: float

    def settle(self) -> None:
        """Leave it alone for a while, until it has done what it does later than the first answer."""
        time.sleep(SETTLED + self.copy.pages / 1000)

    def saves(self) -> Iterator[float]:
        """Save, and look until the new text is there, a few times; the seconds of each."""
        for _ in range(SAVES):
            time.sleep(REST)
            self.copy.edit()
            begin = time.perf_counter()
            _seen(self.address, self.copy.mark, NEVER)
            yield time.perf_counter() - begin

    def repaints(self, chromium: str) -> Iterator[float]:
        """The same until a browser that has the page open has drawn the new text."""
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - few sessions have a browser

        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
            try:
                page = browser.new_page()
                page.add_init_script(DRAWN)
                page.goto(self.address)
                for _ in range(SAVES):
                    time.sleep(REST)
                    self.copy.edit()
                    begin = time.time()
                    drawn = page.wait_for_function(
                        "mark => sessionStorage[mark]", arg=self.copy.mark, polling=100, timeout=NEVER * 1000
                    )
                    yield float(drawn.json_value()) / 1000 - begin
            finally:
                browser.close()


@contextlib.contextmanager
def preview(copy: Copy, slug: str | None = None) -> Iterator[Running]:
    """A contestant's preview on its copy, once it shows one page (the one that is edited, or another), and its end.

    Raises:
        RunError: if it never shows it.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = command_of(copy.contestant, port)
    assert command  # noqa: S101 - nobody asks for another
    address = f"http://127.0.0.1:{port}/explainers/{slug or copy.slug}/"
    os.sync()
    begin = time.perf_counter()
    with copy.log.open("wb") as log, _ended(command, copy, log.fileno()):
        _seen(address, copy.mark if slug is None else "edition-", START)
        yield Running(copy, address, time.perf_counter() - begin)


def warm(copy: Copy) -> None:
    """Start a preview and leave it alone for a while, so that it has what it keeps for the next one."""
    with preview(copy) as running:
        running.settle()


def another(copy: Copy, turn: int) -> str:
    """A page that nobody has looked at yet."""
    return slug_of((copy.pages // 3 + turn) % copy.pages)


@contextlib.contextmanager
def _ended(command: tuple[str, ...], copy: Copy, log: int) -> Iterator[None]:
    """A process that is ended afterwards, with all that it started."""
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
        process.wait()


def _seen(address: str, mark: str, limit: float) -> None:
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            urllib.request.urlopen(address, timeout=limit) as answer,
        ):
            if mark in answer.read().decode():
                return
        time.sleep(LOOK)
    raise RunError(f"{address} never shows {mark}")
