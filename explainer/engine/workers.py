"""Run one function over many items, in as many processes as that pays for.

The function is a module's own or a class's, its items and results can be pickled, and what all items share is
handed to each process once; so any `concurrent.futures.Executor` can take the place of the
processes of this machine.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from explainer.system.process import memory_shared_with_forks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future

# Below this many items starting processes costs more than they save.
WORTH_A_POOL = 50
_BATCH = 25
# Batches that wait or are under way for each process: enough to keep it busy, few enough to hold in memory.
_AHEAD = 4

Common = TypeVar("Common")
Item = TypeVar("Item")
Result = TypeVar("Result")

# In a process that helps: what all items share. The process that asked for help has none.
_common: Any = None


def usable_cores() -> int:
    """How many processes can really run at once."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def run(
    function: Callable[[Common, Item], Result], items: Iterable[Item], count: int, common: Common, jobs: int | None
) -> Iterator[Result]:
    """The results of `function(common, item)` for each of `count` items, in order.

    `jobs` is how many processes to use, None for what pays. Items are asked for as they are needed.

    Raises:
        ChildProcessError: if one of the processes was killed, as the system does where memory runs out.
    """
    processes = min(jobs or (usable_cores() if count >= WORTH_A_POOL else 1), max(1, count))
    if processes == 1:
        yield from (function(common, item) for item in items)
        return
    from concurrent.futures import BrokenExecutor  # noqa: PLC0415 - only large builds need it

    try:
        with _processes(processes, common) as executor:
            waiting: deque[Future[list[Result]]] = deque()
            for batch in _batches(items, max(1, min(_BATCH, count // (processes * 2)))):
                waiting.append(executor.submit(_all, function, batch))
                if len(waiting) > processes * _AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
    except BrokenExecutor as error:
        raise ChildProcessError("a process that helped was stopped; --jobs 1 needs none, and less memory") from error


def _all(function: Callable[[Any, Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(_common, item) for item in items]


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    found = iter(items)
    while batch := list(islice(found, size)):
        yield batch


def _begin(common: Any) -> None:
    """Begin a worker, which ends when the process does that it works for, even if that is killed."""
    import threading  # noqa: PLC0415 - workers alone need it

    global _common  # noqa: PLW0603 - a process that helps does so for one job
    _common = common
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    import multiprocessing  # noqa: PLC0415 - as above

    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


@contextmanager
def _processes(count: int, common: Any) -> Iterator[Executor]:
    import multiprocessing  # noqa: PLC0415 - only large builds need these
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # A forked process starts with everything imported.
    method = "fork" if sys.platform == "linux" else None
    with memory_shared_with_forks():
        context = multiprocessing.get_context(method)
        executor = ProcessPoolExecutor(count, context, initializer=_begin, initargs=(common,))
        try:
            yield executor
        finally:
            executor.shutdown(cancel_futures=True)
