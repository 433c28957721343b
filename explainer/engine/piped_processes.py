"""An executor of processes, each at the end of a pipe of its own, which breaks when its process does.

The processes of `concurrent.futures.ProcessPoolExecutor` share one pipe for their answers. One that is killed while it
sends leaves half an answer there, and the executor waits for the rest for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from explainer.system.process import let_stops_in, stops_held_back

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Returned = TypeVar("Returned")

_END = b""


class _Call(NamedTuple):
    future: Future[Any]
    message: bytes


class PipedProcesses(Executor):
    """`count` processes, each of which calls `initializer(*initargs)` first.

    Where one of them ends before its time, the futures that aren't done get a `BrokenExecutor` as their exception.
    """

    def __init__(self, count: int, initializer: Callable[..., None], initargs: tuple[Any, ...]) -> None:
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._is_broken = False
        # A forked process starts with everything imported.
        linux = sys.platform == "linux"
        context = multiprocessing.get_context("fork") if linux else multiprocessing.get_context("spawn")
        members = []
        with stops_held_back():
            for _ in range(count):
                ours, theirs = context.Pipe()
                process = context.Process(target=_serve, args=(theirs, initializer, initargs), daemon=True)
                process.start()
                # Held by its process alone, it is closed when that ends.
                theirs.close()
                members.append((process, ours))
        # Threads come after the last fork.
        self._threads = [Thread(target=self._employ, args=member, daemon=True) for member in members]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Returned], /, *args: Any, **kwargs: Any) -> Future[Returned]:
        """Have a process call a function; what can't be pickled raises here."""
        future: Future[Returned] = Future()
        self._calls.put(_Call(future, pickle.dumps((fn, args, kwargs))))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - inherited
        """End the processes when the calls under way have returned, and those that wait unless they are cancelled."""
        if cancel_futures:
            with suppress(Empty):
                while call := self._calls.get_nowait():
                    call.future.cancel()
        for _ in self._threads:
            self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _employ(self, process: BaseProcess, connection: Connection) -> None:
        """Hand calls to one process, one at a time."""
        while call := self._calls.get():
            if call.future.set_running_or_notify_cancel():
                self._fulfil(call, connection)
        with suppress(OSError):  # it has ended
            connection.send_bytes(_END)
        process.join()
        connection.close()

    def _fulfil(self, call: _Call, connection: Connection) -> None:
        answer = self._ask(connection, call.message)
        if answer is None:
            call.future.set_exception(BrokenExecutor("a process ended before its time"))
            return
        returned = raised = None
        try:
            returned, raised = pickle.loads(answer)  # noqa: S301 - our own process sent it
        except BaseException as error:  # noqa: BLE001 - whoever waits for it gets what comes of unpickling it
            raised = error
        if raised is None:
            call.future.set_result(returned)
        else:
            call.future.set_exception(raised)

    def _ask(self, connection: Connection, message: bytes) -> bytes | None:
        """The answer; None if this process or another one has ended before its time."""
        if not self._is_broken:
            try:
                connection.send_bytes(message)
                return connection.recv_bytes()
            except (EOFError, OSError):
                self._is_broken = True
        return None


def _serve(connection: Connection, initializer: Callable[..., None], initargs: tuple[Any, ...]) -> None:
    # The terminal's interrupt goes to all; the process that asks for work says what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    let_stops_in()
    Thread(target=_end_with_parent, daemon=True).start()
    initializer(*initargs)
    while message := connection.recv_bytes():
        connection.send_bytes(_outcome(message))


def _end_with_parent() -> None:
    """End at once when the process that asks for work does, even if that is killed."""
    # Its end of the pipe tells nothing: processes that were forked later hold it, too.
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _outcome(message: bytes) -> bytes:
    """What a call returned and what it raised, one of them None."""
    try:
        fn, args, kwargs = pickle.loads(message)  # noqa: S301 - from the process that started this one
        return pickle.dumps((fn(*args, **kwargs), None))
    except BaseException as error:  # noqa: BLE001 - it goes on where the call came from, as from any executor
        return pickle.dumps((None, error))
