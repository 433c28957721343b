"""Run one function over many items, where and in as many processes as is asked for.

The function is a module's own or a class's. Items, results and the task, which is what all items share, can be pickled.
So any `concurrent.futures.Executor` does: one in this process, the processes of this machine, or a cluster's workers
(`cluster.py`), which have nothing of the site but what is sent to them.
"""

from __future__ import annotations

import os
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from explainer.system.process import memory_shared_with_forks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

# Below this many items starting processes costs more than they save.
WORTH_A_POOL = 50
_BATCH = 25
# Batches that wait or are under way for each process: enough to keep it busy, few enough to hold in memory.
_AHEAD = 4
_PATIENCE = 1.0  # seconds


class LackingError(Exception):
    """What an item needs besides what was sent along with it, in words of the task."""

    def __init__(self, lacks: Any) -> None:
        super().__init__(lacks)
        self.lacks = lacks


class _Lacking(NamedTuple):
    """In place of a result: what the item needs besides what was sent along."""

    lacks: Any


class Task(Protocol):
    """What all items share."""

    def portable(self) -> Any:
        """The same for workers that don't see the site."""

    def supplies(self, items: Sequence[Any], lacks: Sequence[Any]) -> Any:
        """What these items need of the site, and what it turned out that they need besides."""

    def supplied(self, supplies: Any) -> Any:
        """The portable task with what was sent along."""


class Crew(NamedTuple):
    """Who works on a task: an executor, and the function in which its workers do a batch.

    `size` is how many items a batch has, `ahead` how many batches may be out. `sees_site`: workers read the site's files.
    `check` is called while nothing comes back, and raises an error if nothing will.
    """

    executor: Executor
    work: Callable[..., list[Any]]
    size: int = 1
    ahead: int = 0
    sees_site: bool = True
    check: Callable[[], None] = lambda: None


class Workers(Protocol):
    """Where work is done."""

    def crew(self, task: Any, count: int) -> AbstractContextManager[Crew]:
        """A crew for a task with so many items."""


Common = TypeVar("Common")
Item = TypeVar("Item")
Result = TypeVar("Result")


def run(
    function: Callable[[Common, Item], Result],
    items: Iterable[Item],
    count: int,
    task: Common,
    workers: Workers,
    most: int = _BATCH,
) -> Iterator[Result]:
    """The results of `function(task, item)` for each of `count` items, in any order.

    Items are asked for as they are needed, and go out in batches of `most` at the most.

    Raises:
        OSError: if processes that worked were killed, as the system does where memory runs out, or can't be reached.
    """
    with workers.crew(task, count) as crew:
        yield from _Run(function, task, crew).results(_batches(items, min(crew.size, most)))


def usable_cores() -> int:
    """How many processes can really run at once."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def crew_of(executor: Executor, work: Callable[..., list[Any]], processes: int, count: int, **others: Any) -> Crew:
    """A crew of so many processes for so many items."""
    size = max(1, min(_BATCH, count // (processes * 2)))
    return Crew(executor, work, size, processes * _AHEAD, **others)


def work_on(task: Any, function: Callable[[Any, Item], Any], items: Sequence[Item], supplies: Any = None) -> list[Any]:
    """Do one batch, with what was sent along."""
    own = task if supplies is None else task.supplied(supplies)
    return [_attempt(function, own, item) for item in items]


def _attempt(function: Callable[[Any, Item], Any], task: Any, item: Item) -> Any:
    try:
        return function(task, item)
    except LackingError as error:
        return _Lacking(error.lacks)


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    found = iter(items)
    while batch := list(islice(found, size)):
        yield batch


class _Run:
    """Hands batches to a crew, and takes results as they come."""

    def __init__(self, function: Callable[[Any, Any], Any], task: Any, crew: Crew) -> None:
        self.function = function
        self.task = task
        self.crew = crew
        self.out: dict[Future[list[Any]], list[Any]] = {}

    def results(self, batches: Iterator[list[Any]]) -> Iterator[Any]:
        """All results; an item that needs more than was sent goes out again."""
        for batch in batches:
            self._submit(batch)
            while len(self.out) > self.crew.ahead:
                yield from self._finished()
        while self.out:
            yield from self._finished()

    def _submit(self, batch: list[Any], lacks: Sequence[Any] = ()) -> None:
        supplies = None if self.crew.sees_site else self.task.supplies(batch, lacks)
        self.out[self.crew.executor.submit(self.crew.work, self.function, batch, supplies)] = batch

    def _finished(self) -> Iterator[Any]:
        while not (done := wait(self.out, _PATIENCE, FIRST_COMPLETED).done):
            self.crew.check()
        for future in done:
            batch, results = self.out.pop(future), future.result()
            again = [(item, found) for item, found in zip(batch, results, strict=True) if type(found) is _Lacking]
            if again:
                self._submit([item for item, _ in again], [lacking.lacks for _, lacking in again])
            yield from (found for found in results if type(found) is not _Lacking)


# --- This machine ---


class LocalWorkers:
    """The processes of this machine: `jobs` of them, or None for as many as pay."""

    def __init__(self, jobs: int | None = None) -> None:
        self.jobs = jobs

    @contextmanager
    def crew(self, task: Any, count: int) -> Iterator[Crew]:
        """This process alone, or a pool of forked ones."""
        processes = min(self.jobs or (usable_cores() if count >= WORTH_A_POOL else 1), max(1, count))
        if processes == 1:
            yield Crew(_ThisProcess(), partial(work_on, task))
            return
        from concurrent.futures import BrokenExecutor  # noqa: PLC0415 - only large builds need it

        try:
            with _processes(processes, task) as executor:
                yield crew_of(executor, _work, processes, count)
        except BrokenExecutor as error:
            raise ChildProcessError(
                "a process that helped was stopped; --jobs 1 needs none, and less memory"
            ) from error


class _ThisProcess(Executor):
    """Does everything at once; what is raised comes out where it is submitted."""

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        future: Future[Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


# In a process that helps: its task. The process that asked for help has none.
_task: Any = None


def _begin(task: Any) -> None:
    global _task  # noqa: PLW0603 - a process that helps does so for one task
    _task = task


def _work(function: Callable[[Any, Item], Any], items: Sequence[Item], supplies: Any) -> list[Any]:
    return work_on(_task, function, items, supplies)


@contextmanager
def _processes(count: int, task: Any) -> Iterator[Executor]:
    from explainer.engine.piped_processes import PipedProcesses  # noqa: PLC0415 - only large builds need them

    with memory_shared_with_forks():
        executor = PipedProcesses(count, _begin, (task,))
        try:
            yield executor
        finally:
            executor.shutdown(cancel_futures=True)
