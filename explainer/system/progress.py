"""The progress line on a terminal: redrawn while a command runs, removed at the end."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from explainer.system.timings import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_AFTER, _EACH = 1.0, 0.1  # seconds: what is over sooner needs no line; how often it is drawn
_MANY = 10  # seconds, from which on no fraction is shown
_NARROW = 40  # columns, where the terminal doesn't tell


class Progress:
    """Shows consecutive stages once the command has taken a second; on a terminal only.

    `watch` times each stage as well.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.watch = Stopwatch()
        self._stream = stream if stream is not None and stream.isatty() else None
        self._clock = clock
        self._due = clock() + _AFTER
        self._drawn = 0
        self._name, self._total, self._done, self._begun = "", 0, 0, 0.0

    def stage(self, name: str, total: int = 0) -> None:
        """Begin a stage of so many steps; of a stage without steps only the name is shown."""
        self.watch.stage(name)
        if self._stream:
            self._name, self._total, self._done, self._begun = name, total, 0, self._clock()
            self._tick()

    def step(self, count: int = 1) -> None:
        """Count finished steps of the stage."""
        if self._stream:
            self._done += count
            self._tick()

    def close(self) -> None:
        """Remove the line."""
        if self._drawn:
            self._write(" " * self._drawn + "\r")
        self._stream, self._drawn = None, 0

    def _tick(self) -> None:
        now = self._clock()
        if now < self._due:
            return
        self._due = now + _EACH
        line = self._line(now - self._begun)[: self._width() - 1]
        self._write(line.ljust(self._drawn) + "\r")
        self._drawn = len(line)

    def _line(self, took: float) -> str:
        if not self._total:
            return f"{self._name} ..."
        line = f"{self._name}: {self._done:,} of {self._total:,}"
        if not (took and self._done):
            return line
        each = self._done / took
        left = (self._total - self._done) / each
        return f"{line}, {each:,.{0 if each >= _MANY else 1}f} a second, {_time(left)} left"

    def _width(self) -> int:
        with suppress(OSError, AttributeError, ValueError):
            return os.get_terminal_size(self._stream.fileno()).columns or _NARROW  # type: ignore[union-attr]
        return _NARROW

    def _write(self, text: str) -> None:
        if self._stream:
            try:
                self._stream.write(text)
                self._stream.flush()
            except OSError:
                # The terminal has gone; what is done goes on.
                self._stream = None


def _time(seconds: float) -> str:
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
