"""The process of a command: signals that stop it, standard streams, the settings of its interpreter."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM)
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Turn SIGINT and SIGTERM into a `SystemExit` with status 130 and 143.

    A signal that arrives while the process is ending doesn't change its status.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    owner = os.getpid()
    # Python's own ending takes a while after the handlers have gone.
    atexit.unregister(_heed_no_signal)
    atexit.register(_heed_no_signal)

    def stop(number: int, _frame: FrameType | None) -> None:
        if os.getpid() == owner:
            raise SystemExit(128 + number)
        # A worker leaves the terminal's interrupt, which the whole group gets, to its owner.
        if number != signal.SIGINT:
            os._exit(128 + number)

    before = {number: signal.getsignal(number) for number in STOPS}
    for number, handler in before.items():
        # What a shell has a command in the background ignore stays ignored.
        if handler is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def stops_held_back() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back while processes are forked: what Python does at a fork would swallow their `SystemExit`.

    A forked process begins with them held back; see `let_stops_in`.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_stops_in() -> None:
    """Get signals again, in a process that was forked while they were held back."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def _heed_no_signal() -> None:
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)


def open_streams() -> None:
    """Open closed standard streams to the null device, so that no output file gets their descriptor."""
    for number, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            _nowhere(number)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def drop_stream(*, err: bool) -> None:
    """Redirect stdout or stderr to the null device after its reader has closed the pipe."""
    _nowhere((sys.stderr if err else sys.stdout).fileno())


def _nowhere(number: int) -> None:
    handle = os.open(os.devnull, os.O_RDWR)
    if handle != number:
        os.dup2(handle, number)
        os.close(handle)


# --- The interpreter's own settings, which hold for the whole process ---

# Nested blocks and brackets take a few frames a level; the limits on nesting in the parser come first.
_RECURSION = 3000
_SWITCH = 0.001  # seconds
# The young generation's threshold is more than is allocated where one page of a thousand is built again.
_RARELY = 300_000, 50, 50


def collect_garbage_rarely() -> None:
    """Run the garbage collector less often from now on, and not at the end: a command makes many records and few cycles."""
    gc.freeze()
    gc.set_threshold(*_RARELY)
    atexit.register(gc.freeze)


@contextmanager
def rare_garbage_collection() -> Iterator[None]:
    """Run the garbage collector less often meanwhile, in a process that goes on with something else."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def memory_shared_with_forks() -> Iterator[None]:
    """Keep the collector from touching what is there, so that forked processes go on sharing its memory."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow the calls that markdown-it makes for deeply nested Markdown."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


@contextmanager
def prompt_thread_switches() -> Iterator[None]:
    """Let a thread that answers have its turn soon, while another one builds."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
