"""The preview as it runs: a port, a thread that builds, a loop that answers."""

from __future__ import annotations

import asyncio
import errno
import queue
import signal
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import Application

from explainer.engine.up_to_date import scan_inputs
from explainer.serve.guard import LOOPBACK, OWN
from explainer.serve.handlers import OwnHandler, PageHandler, Served, output_of
from explainer.serve.live_reload import FAULTS, PAGES, STYLES, SocketHandler, shown, tell
from explainer.system.process import STOPS, prompt_thread_switches

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from explainer.engine.up_to_date import InputSnapshot
    from explainer.serve.changes import Changes
    from explainer.serve.session import Result, Session
    from explainer.serve.watcher import Watcher

_TRIED_PORTS, _LAST_PORT = 100, 65535
_MOST_HEADER, _MOST_BODY = 64 * 1024, 1024  # bytes
_IDLE = 120  # seconds after which a connection that says nothing is closed
_PING = 30
_BREATH = 0.03  # seconds
_LET_IN = 0.15  # seconds
_REST = 2.0  # seconds without a change, after which stats are held against what was read
_TAKEN = (errno.EADDRINUSE, errno.EACCES)


class Bound(NamedTuple):
    """A port that was free, on every address that is listened on."""

    port: int
    sockets: list[socket.socket]


def bind(host: str, port: int) -> Bound:
    """Take a port, or the next one that is free, or any if none of a hundred is.

    Raises:
        OSError: if the address can't be listened on.
    """
    for candidate in range(port, min(port + _TRIED_PORTS, _LAST_PORT)) if port else ():
        try:
            return _bind(host, candidate)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
    return _bind(host, 0)


def _bind(host: str, port: int) -> Bound:
    if host not in LOOPBACK:
        sockets = bind_sockets(port, host)
        return Bound(sockets[0].getsockname()[1], sockets)
    sockets = bind_sockets(port, LOOPBACK[1])
    found = sockets[0].getsockname()[1]
    try:
        # A browser may take `localhost` for either address.
        sockets += bind_sockets(found, LOOPBACK[2])
    except OSError as error:
        if error.errno in _TAKEN:
            sockets[0].close()
            raise
    return Bound(found, sockets)


def _stopped() -> asyncio.Future[int]:
    """The signal that stops the process, once it comes.

    What a handler of Python's raises, it raises wherever the loop is; in the midst of a request tornado
    takes it for an error of that request, and goes on.
    """
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[int] = loop.create_future()

    def stop(number: int) -> None:
        if not stopped.done():
            stopped.set_result(number)

    for number in STOPS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop, number)
    return stopped


class Reporter(NamedTuple):
    """How the server tells what happens.

    `begun` is told what the site was found to be at the start, `built` what was built and how long it took (s,
    None where nobody asked for it), `warn` what to beware of.
    """

    begun: Callable[[Result], None]
    built: Callable[[Result, float | None], None]
    warn: Callable[[str], None]


class Server:
    """Serves a site until the process is stopped.

    Building goes on in a thread of its own: there the site is loaded, too, where it can be shown before.
    """

    def __init__(
        self,
        served: Served,
        bound: Bound,
        load: Callable[[], Session],
        watch: Callable[..., Watcher],
        reporter: Reporter,
    ) -> None:
        self.served = served
        self.reporter = reporter
        self._load = load
        self._changes: queue.SimpleQueue[Changes] = queue.SimpleQueue()
        self._watch = watch
        self._restless = True
        self._application = Application(
            [(f"{OWN}socket", SocketHandler, {"guard": served.guard}), (f"{OWN}.*", OwnHandler, {"served": served}),
             (".*", PageHandler, {"served": served})],
            websocket_ping_interval=_PING, websocket_max_message_size=_MOST_HEADER, log_function=lambda _: None,
        )  # fmt: skip
        self._bound = bound

    def load(self, scanned: InputSnapshot, jobs: int | None = None) -> Session:
        """Bring the site into memory. `scanned` are its files, looked at just before."""
        session = self._load()
        self.reporter.begun(session.start(scanned, jobs))
        self.served.session = session
        return session

    def run(self, ready: Callable[[], None]) -> None:
        """Answer until SIGINT or SIGTERM; `ready` is called when it begins.

        Raises:
            SystemExit: with 130 or 143, the status of a process that was stopped so.
            OSError: if the site can't be read.
        """
        number = asyncio.run(self._serve(ready))
        raise SystemExit(128 + number)

    async def _serve(self, ready: Callable[[], None]) -> int:
        self._stopped = stopped = _stopped()
        self._loop = IOLoop.current()
        server = HTTPServer(
            self._application, max_header_size=_MOST_HEADER, max_body_size=_MOST_BODY, idle_connection_timeout=_IDLE
        )
        server.add_sockets(self._bound.sockets)
        with prompt_thread_switches():
            threading.Thread(target=self._run_builds, daemon=True, name="build").start()
            ready()
            return await stopped

    # --- Building, in a thread of its own ---

    def _run_builds(self) -> None:
        try:
            self._build(self._begun())
        except BaseException as error:  # noqa: BLE001 - a preview that no longer builds must not go on
            self._loop.add_callback(self._fail, error)

    def _build(self, session: Session) -> None:
        while True:
            try:
                changes = self._changes.get(timeout=_REST if self._restless else None)
            except queue.Empty:
                self._restless = False
                self._update(session, partial(session.rest, list(self.served.asked)))
                continue
            while not self._changes.empty():
                changes |= self._changes.get()
            self._restless = True
            self._update(session, partial(session.update, changes), time.perf_counter())

    def _begun(self) -> Session:
        """The site in memory, with what has changed since it was read waiting."""
        site = self.served.site
        self._watch(self._changes.put, self.reporter.warn).start()
        # Processes that help aren't forked from one that has threads.
        session = self.served.session or self.load(scan_inputs(site), jobs=1)
        self._loop.add_callback(self.served.loaded.set)
        if self.served.saved:
            # What was answered with it may have been saved meanwhile.
            self._loop.add_callback(tell, PAGES)
        # Whoever waits for a page is let in before all of them are looked at.
        time.sleep(_LET_IN)
        self._update(session, partial(session.update, session.drift(scan_inputs(site))))
        return session

    def _fail(self, error: BaseException) -> None:
        if not self._stopped.done():
            self._stopped.set_exception(error)

    def _update(self, session: Session, work: Callable[..., Iterator[Result]], began: float | None = None) -> None:
        failed = session.result.failed
        first = {output_of(session.tree, path) for path in shown()}
        try:
            for result in work(first, lambda: not self._changes.empty()):
                self._loop.add_callback(self._announce, result, failed=failed)
                if self._stopped.done():
                    # Nothing is told any more: the streams are being closed.
                    return
                if result.last:
                    self.reporter.built(result, began and time.perf_counter() - began)
                else:
                    # Whoever waits for the page is let in before the rest of the site takes its time.
                    time.sleep(_BREATH)
        except OSError as error:
            self.reporter.warn(str(error))

    def _announce(self, result: Result, *, failed: bool) -> None:
        if result.pages:
            tell(PAGES)
        if result.styles:
            tell(STYLES)
        if result.last and (result.failed or failed):
            tell(FAULTS)
