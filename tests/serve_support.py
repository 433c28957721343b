"""A preview as a writer has it: the real process, driven over HTTP and its socket."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tornado.websocket import WebSocketClientConnection

_ADDRESS = re.compile(r"Serving (http://\S+)")
_SCRIPT = re.compile(rb'<script src="/-/preview\.js"[^>]*></script>\n')
_TOKEN = re.compile(rb'data-token="([^"]+)"')
LONG = 60.0  # seconds after which something that should happen never will
STEP = 0.02


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def clean(self) -> bytes:
        """The body as a build writes it: without the preview's script."""
        return _SCRIPT.sub(b"", self.body)


class Preview:
    """`explainer serve` on a site, in a process of its own, on a port of its own.

    `program` is what Python runs in place of `-m explainer`.
    """

    def __init__(
        self,
        site: Path,
        *options: str,
        env: dict[str, str] | None = None,
        program: tuple[str, str] = ("-m", "explainer"),
    ) -> None:
        command = [sys.executable, *program, "serve", "--site", str(site)]
        if not any(option.startswith("--port") for option in options):
            command += ["--port", "0"]
        self.site = site
        self.process = subprocess.Popen(
            [*command, *options], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            env={**os.environ, **(env or {})},
        )  # fmt: skip
        self.lines: list[str] = []
        self._ears: list[Listener] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line)

    def __enter__(self) -> Self:
        try:
            found = until(lambda: _ADDRESS.search(self.told), "the server is ready", self.process)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise
        self.address = found[1]
        self.base = re.sub(r"/(\?.*)?$", "", self.address)
        self.port = int(self.base.rpartition(":")[2])
        return self

    def __exit__(self, *_: object) -> None:
        for ear in self._ears:
            ear.close()
        self.stop()

    @property
    def told(self) -> str:
        """What it told in the terminal so far."""
        return "".join(self.lines)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it; its exit status. Tests that run in the background ignore SIGINT, and so do their children."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            status = self.process.wait(LONG)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._reader.join(5)
        for ear in self._ears:
            ear.close()
        assert self.process.stderr
        self.process.stderr.close()
        return status

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path; headers are named with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=named, method=method)
        try:
            with _opener.open(request, timeout=LONG) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, dict(answer.headers), answer.read())

    def ask(self, name: str, page: str = "/") -> dict[str, Any]:
        """The faults or the lens of a page, as its script asks for them."""
        found: dict[str, Any] = json.loads(self.get(f"/-/{name}?token={self.token}&page={page}").body)
        return found

    @property
    def token(self) -> str:
        """The token that pages are given."""
        found = _TOKEN.search(self.get("/").body)
        assert found
        return found[1].decode()

    def shows(self, path: str, words: str) -> None:
        """Wait until a page shows these words."""
        until(lambda: words in self.get(path).text, f"{path} shows {words!r}", self.process)

    def listen(self, page: str = "/", then: Callable[[], object] = lambda: None) -> Listener:
        """The socket as an open page has it, which does something whenever it hears of a change."""
        ear = Listener(f"ws://localhost:{self.port}/-/socket?token={self.token}", self.base, self.base + page, then)
        self._ears.append(ear)
        return ear


class Listener:
    """A socket as an open page has it, read by a thread."""

    def __init__(self, url: str, origin: str, shown: str, then: Callable[[], object]) -> None:
        self._then = then
        self.heard: list[str] = []
        self.raw: list[str] = []
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(url, origin, shown), daemon=True)
        self._thread.start()
        assert self._ready.wait(LONG)

    def close(self) -> None:
        """End it."""
        with suppress(RuntimeError):  # the server has ended it already
            self._loop.call_soon_threadsafe(self._connection.close)
        self._thread.join(5)

    def _run(self, url: str, origin: str, shown: str) -> None:
        try:
            self._loop.run_until_complete(self._listen(url, origin, shown))
        finally:
            self._loop.close()

    async def _listen(self, url: str, origin: str, shown: str) -> None:
        connection = self._connection = await websocket_connect(HTTPRequest(url, headers={"Origin": origin}))
        await connection.write_message(json.dumps({"command": "info", "url": shown}))
        await connection.write_message(json.dumps({"command": "hello"}))
        try:
            while (message := await connection.read_message()) is not None:
                found = json.loads(message)
                if found["command"] == "hello":  # from now on it hears of everything
                    self._ready.set()
                    continue
                self.raw.append(str(message))
                self.heard.append(found["path"])
                self._then()
        finally:
            connection.close()


def until(ready: Callable[[], Any], what: str | Callable[[], str], process: subprocess.Popen[str] | None = None) -> Any:
    """Wait for something that has to happen; what it is, once it is true."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if found := ready():
            return found
        assert process is None or process.poll() is None, f"the server ended before {what}"
        time.sleep(STEP)
    raise AssertionError(f"never: {what if isinstance(what, str) else what()}")


class Crowd:
    """Many open pages at once, in one thread; `heard` counts what all of them were told."""

    def __init__(self, preview: Preview, count: int) -> None:
        self.heard = 0
        self._url = f"ws://localhost:{preview.port}/-/socket?token={preview.token}"
        self._base, self._count = preview.base, count
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._ready.wait(LONG)

    async def _run(self) -> None:
        self._stop, self._loop = asyncio.Event(), asyncio.get_running_loop()
        found = [await self._open(number) for number in range(self._count)]
        tasks = [asyncio.create_task(self._hear(one)) for one in found]
        self._ready.set()
        await self._stop.wait()
        for one in found:
            one.close()
        await asyncio.wait(tasks, timeout=5)

    async def _open(self, number: int) -> WebSocketClientConnection:
        connection = await websocket_connect(HTTPRequest(self._url, headers={"Origin": self._base}))
        await connection.write_message(json.dumps({"command": "info", "url": f"{self._base}/{number}/"}))
        await connection.write_message(json.dumps({"command": "hello"}))
        while json.loads(str(await connection.read_message()))["command"] != "hello":
            pass  # a save may be told before
        return connection

    async def _hear(self, connection: WebSocketClientConnection) -> None:
        while await connection.read_message() is not None:
            self.heard += 1

    def close(self) -> None:
        """Close them all."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)


def open_files(pid: int) -> int:
    """How many descriptors a process holds."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


# watchfiles' thread that the system tells of files. It is told of each that anybody opens in a watched folder, such as
# the default theme, which every build and test on the machine reads; of that it passes nothing on.
_TOLD_OF_FILES = "notify-rs inoti"


def wakes(pid: int) -> Counter[str]:
    """How often each thread of a process has waited and was woken up, all in all, but for the one that is told of files."""
    found: Counter[str] = Counter()
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):  # it may end while we look
            name = (thread / "comm").read_text("utf-8").strip()
            _, _, rest = (thread / "status").read_text("ascii").partition("voluntary_ctxt_switches:")
            if name != _TOLD_OF_FILES:
                found[f"{name} {thread.name}"] = int(rest.split(None, 1)[0])
    return found


def memory(pid: int) -> float:
    """The memory that a process holds, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def soak(preview: Preview, saves: int, save: Callable[[int], str]) -> tuple[float, int]:
    """Save so many times, look and listen; by how much memory (MiB) and open files grew after the first third.

    `save` saves something under a number, and gives the path of the page that then shows `mark-NUMBER`.
    """
    before: tuple[float, int] | None = None
    for number in range(saves):
        if before is None and number * 3 >= saves:
            before = memory(preview.process.pid), open_files(preview.process.pid)
        ear = preview.listen("/") if number % 10 == 0 else None
        path = save(number)
        preview.shows(path, f"mark-{number}.")
        for other in ("/", "/feed.xml", "/nothing/", "/robots.txt"):
            preview.get(other)
        if ear:
            ear.close()
    assert before
    time.sleep(1)
    return memory(preview.process.pid) - before[0], open_files(preview.process.pid) - before[1]
