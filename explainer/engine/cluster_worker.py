"""What a worker of a cluster does: it says which program it has, and does batches of work.

Everything comes and goes as bytes, so that nothing is unpickled by another program than packed it, neither here nor by the
scheduler. What goes wrong is handed back: what Dask itself would log of it are the texts that were sent.
"""

from __future__ import annotations

import pickle
from functools import cache, lru_cache
from importlib.metadata import version
from threading import Lock
from typing import Any, NamedTuple

from explainer.cache.store import stamp
from explainer.system.process import rare_garbage_collection

# Much in a process is shared by its threads: one batch at a time.
_AT_WORK = Lock()


class About(NamedTuple):
    """A worker's program, and whether it may write what is in its memory to a disk."""

    program: str
    spills: bool


class Answer(NamedTuple):
    """What came of a batch: `done` with its packed results, `raised` with a packed exception; `other` with address and program."""

    kind: str
    content: bytes


@cache
def program() -> str:
    """What has to be the same everywhere: versions, and the contents of the program's files."""
    return f"{stamp()}, distributed {version('distributed')}"


def about() -> About:
    """What a worker is asked before it gets any work."""
    import dask  # noqa: PLC0415 - only workers need it

    memory = dask.config.get("distributed.worker.memory", {})
    return About(program(), any(memory.get(part) for part in ("target", "spill")))


def work(wanted: str, packed_task: bytes, packed_batch: bytes) -> Answer:
    """Do a batch, a function and its arguments after the task, if this is the program that is wanted."""
    if program() != wanted:
        from distributed import get_worker  # noqa: PLC0415 - only workers need it

        return Answer("other", f"{get_worker().address}\n{program()}".encode())
    with _AT_WORK, rare_garbage_collection():
        try:
            function, *arguments = pickle.loads(packed_batch)  # noqa: S301 - who may hand out work may run anything here
            return Answer("done", pickle.dumps(function(_task(packed_task), *arguments)))
        except Exception as error:  # noqa: BLE001 - it goes on where the batch came from, as from any executor
            return Answer("raised", pickle.dumps(error))


@lru_cache(maxsize=2)
def _task(packed: bytes) -> Any:
    return pickle.loads(packed)  # noqa: S301 - as above
