"""The line that tells how far a command is: on a terminal, after a second, and gone at the end."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import termios
from typing import TYPE_CHECKING, TextIO

import pytest

from explainer.system.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator


_END = "\0"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal:
    """A terminal so many columns wide, and what was written to it."""

    def __init__(self, columns: int) -> None:
        self.reader, writer = pty.openpty()
        fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.stream: TextIO = open(writer, "w", encoding="ascii")  # noqa: PTH123, SIM115 - a handle, closed below

    def told(self) -> str:
        # The kernel hands on what is written when it has time for it: all has come once the mark behind it has.
        self.stream.write(_END)
        self.stream.flush()
        told = ""
        while not told.endswith(_END):
            told += os.read(self.reader, 10_000).decode()
        return told.removesuffix(_END)

    def screen(self) -> str:
        """What the line shows after all that was written since it was last asked for, from an empty one."""
        shown: list[str] = []
        for part in self.told().split("\r"):
            shown[: len(part)] = part
        return "".join(shown).rstrip()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    terminal = Terminal(getattr(request, "param", 80))
    yield terminal
    terminal.stream.close()
    os.close(terminal.reader)


def test_nothing_is_told_within_a_second(terminal: Terminal, clock: Clock) -> None:
    progress = Progress(terminal.stream, clock)
    progress.stage("Reading pages", 100)
    clock.now += 0.9
    progress.step(50)
    progress.stage("Writing pages", 100)
    progress.close()
    assert terminal.told() == ""


def test_how_many_are_done_how_fast_and_what_is_left(terminal: Terminal, clock: Clock) -> None:
    progress = Progress(terminal.stream, clock)
    progress.stage("Reading pages", 10_000)
    clock.now += 2
    progress.step(2_500)
    assert terminal.told() == "Reading pages: 2,500 of 10,000, 1,250 a second, 6 s left\r"
    clock.now += 8
    progress.step()
    assert terminal.told() == "Reading pages: 2,501 of 10,000, 250 a second, 30 s left \r"
    clock.now += 10
    progress.step()
    assert terminal.told() == "Reading pages: 2,502 of 10,000, 125 a second, 1 min 0 s left\r"
    clock.now += 10_000
    progress.step()
    assert "0.2 a second" in terminal.told()


def test_a_line_is_drawn_ten_times_a_second_at_most(terminal: Terminal, clock: Clock) -> None:
    progress = Progress(terminal.stream, clock)
    progress.stage("Reading pages", 1_000)
    clock.now += 1
    for _ in range(1_000):
        progress.step()
        clock.now += 0.001
    assert 9 <= terminal.told().count("\r") <= 11


def test_a_stage_takes_the_place_of_the_one_before_and_nothing_is_left_at_the_end(
    terminal: Terminal, clock: Clock
) -> None:
    progress = Progress(terminal.stream, clock)
    progress.stage("Reading a great many pages", 10)
    clock.now += 2
    progress.step(5)
    clock.now += 1
    progress.stage("Tying")
    drawn = terminal.told()
    assert drawn.startswith("Reading a great many pages: 5 of 10, 2.5 a second, 2 s left\r")
    clock.now += 1
    progress.stage("Writing", 3)
    assert terminal.screen() == "Writing: 0 of 3"
    progress.close()
    progress.step()
    progress.close()
    told = terminal.told()
    assert set(told) == {" ", "\r"}
    assert len(told) == len("Writing: 0 of 3") + 1


@pytest.mark.parametrize("terminal", [20], indirect=True)
def test_a_narrow_terminal_is_not_wrapped(terminal: Terminal, clock: Clock) -> None:
    progress = Progress(terminal.stream, clock)
    progress.stage("Reading pages", 10_000)
    clock.now += 2
    progress.step(2_500)
    assert terminal.told() == "Reading pages: 2,50\r"


@pytest.mark.parametrize("terminal", [0], indirect=True)
def test_a_terminal_that_does_not_tell_its_width_is_taken_for_a_narrow_one(terminal: Terminal, clock: Clock) -> None:
    progress = Progress(terminal.stream, clock)
    clock.now += 2
    progress.stage("Reading " + 100 * "x")
    assert len(terminal.told()) == 40


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_nobody_but_a_terminal_is_told(stream: io.StringIO | None, clock: Clock) -> None:
    progress = Progress(stream, clock)
    progress.stage("Reading pages", 10)
    clock.now += 5
    progress.step(5)
    progress.close()
    assert stream is None or stream.getvalue() == ""
    assert list(progress.watch.stages) == ["start"]


def test_a_terminal_that_goes_away_changes_nothing(terminal: Terminal, clock: Clock) -> None:
    class Gone(io.StringIO):
        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            raise OSError(5, text)

    progress = Progress(Gone(), clock)
    progress.stage("Reading pages", 10)
    clock.now += 5
    progress.step(5)
    progress.step(5)
    progress.close()
