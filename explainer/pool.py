"""Running one function over many items, on as many processes as that pays for.

The function is a module's own, its items and results can be pickled, and what all items share is
handed to each process once; so any `concurrent.futures.Executor` can take the place of the
processes of this machine.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

# Below this many items starting processes costs more than they save.
WORTH_A_POOL = 150
_BATCH = 25

Item = TypeVar("Item")
Result = TypeVar("Result")

_shared: Any = None


def usable_cores() -> int:
    """How many processes can really run at once."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def shared() -> Any:
    """What all items of the running job share."""
    return _shared


def share(value: Any) -> None:
    """Say what all items share, in this process; the initializer of an executor's processes."""
    global _shared  # noqa: PLW0603 - one job runs at a time in a process
    _shared = value


def run(function: Callable[[Item], Result], items: Sequence[Item], common: Any, jobs: int | None) -> Iterator[Result]:
    """The results of `function` for each item, in order; `function` finds what is common by `shared()`.

    `jobs` is how many processes to use, None for what pays.
    """
    count = min(jobs or (usable_cores() if len(items) >= WORTH_A_POOL else 1), max(1, len(items)))
    if count == 1:
        share(common)
        try:
            yield from map(function, items)
        finally:
            share(None)
        return
    with _processes(count, common) as executor:
        yield from executor.map(function, items, chunksize=max(1, min(_BATCH, len(items) // (count * 2))))


@contextmanager
def _processes(count: int, common: Any) -> Iterator[Executor]:
    import gc  # noqa: PLC0415 - only large builds need these
    import multiprocessing  # noqa: PLC0415
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # A forked process starts with everything imported; frozen, its memory stays shared.
    method = "fork" if sys.platform == "linux" else None
    gc.freeze()
    executor = ProcessPoolExecutor(count, multiprocessing.get_context(method), initializer=share, initargs=(common,))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)
        gc.unfreeze()
