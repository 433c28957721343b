"""Work on a cluster: the workers of a Dask scheduler, which see nothing of the site.

Nothing of the site is left there: tasks are arguments, which Dask never writes to a disk, and results are fetched and let go
at once. Dask itself waits for ever for workers that may come; here it is watched.
"""

from __future__ import annotations

import logging
import pickle
import time
import warnings
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from functools import partial
from ipaddress import ip_address
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import dask
from distributed import Client, KilledWorker, LocalCluster, Security

from explainer.engine import cluster_worker
from explainer.engine.workers import Crew, crew_of, usable_cores, work_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from explainer.engine.cluster_worker import About, Answer

CERTIFICATES = ("ca.pem", "cert.pem", "key.pem")
"""The files of a folder with certificates: the authority's, and this side's with its key."""
_REACHED_WITHIN = 10.0  # seconds
_LEFT_WITHIN = 5.0
WITHOUT_WORKERS = 30.0
_LOOK_EACH = 1.0


class ClusterError(OSError):
    """A cluster can't do the work."""


def is_loopback(address: str) -> bool:
    """Whether an address with a scheme is one of this machine that no other can reach."""
    host = urlsplit(address).hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


@contextmanager
def connected(address: str, tls: Path | None = None) -> Iterator[Cluster]:
    """The workers of the scheduler at an address, with the certificates of a folder.

    Raises:
        ClusterError: if it can't be reached, has no workers, or one of them has another program.
    """
    with _quiet(), _client(address, _security(tls)) as client:
        cluster = Cluster(client, address)
        cluster.check_workers()
        with cluster.watched():
            yield cluster


@contextmanager
def of_this_machine() -> Iterator[Cluster]:
    """A cluster that is started on this machine and stopped again."""
    # Others who use this machine reach its ports, too: certificates that nobody else has.
    security = Security.temporary()
    with (
        _quiet(),
        TemporaryDirectory(prefix="explainer-cluster-") as folder,
        LocalCluster(
            n_workers=usable_cores(), threads_per_worker=1, dashboard_address=None, security=security,
            memory_limit=0, local_directory=folder, silence_logs=logging.CRITICAL,
        ) as local,
        _client(local, security) as client,
    ):  # fmt: skip
        cluster = Cluster(client, local.scheduler_address)
        cluster.check_workers()
        with cluster.watched():
            yield cluster


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave it to us to tell what is wrong, and write nothing that is in memory to a disk."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    memory = {f"distributed.worker.memory.{part}": False for part in ("target", "spill", "pause", "terminate")}
    limits = {"distributed.comm.timeouts.connect": f"{_REACHED_WITHIN}s", "distributed.admin.tick.limit": "1h"}
    with warnings.catch_warnings(), dask.config.set({**memory, **limits}):
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _client(where: str | LocalCluster, security: Security) -> Iterator[Client]:
    try:
        client = Client(where, security=security, timeout=_REACHED_WITHIN, set_as_default=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise ClusterError(f"the scheduler {where} can't be reached: {_first_line(error)}") from error
    try:
        yield client
    finally:
        # The scheduler drops what a client that has left had asked for.
        with suppress(OSError):
            client.close(timeout=_LEFT_WITHIN)


def _security(tls: Path | None) -> Security:
    if tls is None:
        return Security()
    authority, certificate, key = (str(tls / name) for name in CERTIFICATES)
    return Security(tls_ca_file=authority, tls_client_cert=certificate, tls_client_key=key, require_encryption=True)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0]


class Cluster:
    """The workers of a scheduler."""

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self._address = address
        self._asked: set[str] = set()
        self._seen = time.monotonic()  # when there were workers last
        self._refused: ClusterError | None = None
        self._left = Event()

    def check_workers(self) -> None:
        """Wait for the first worker, and ask all that are there for their program.

        Raises:
            ClusterError: if there is none, or one that may not be used.
        """
        try:
            self._client.wait_for_workers(1, timeout=WITHOUT_WORKERS)
            self._ask(self._client.scheduler_info()["workers"])
        except TimeoutError as error:
            raise ClusterError(self._without_workers()) from error

    def _ask(self, workers: Iterable[str]) -> None:
        async def ask() -> Any:
            return await self._client.run(cluster_worker.about, workers=new, on_error="return")

        if not (new := sorted(set(workers) - self._asked)):
            return
        found: dict[str, Any] = self._client.sync(ask, callback_timeout=WITHOUT_WORKERS)
        self._asked.update(new)
        for worker, told in sorted(found.items()):
            # One that went before it answered is no matter.
            if isinstance(told, ImportError | AttributeError):
                raise ClusterError(f"versions differ: {worker} doesn't have this Explainer: {_first_line(told)}")
            if not isinstance(told, BaseException):
                self._check(worker, told)

    def _check(self, worker: str, told: About) -> None:
        if told.program != cluster_worker.program():
            raise ClusterError(_other_program(worker, told.program))
        if told.spills and not is_loopback(worker):
            raise ClusterError(
                f"the worker {worker} may write what it holds to its disk: start it with "
                "DASK_DISTRIBUTED__WORKER__MEMORY__TARGET=False and DASK_DISTRIBUTED__WORKER__MEMORY__SPILL=False"
            )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look again and again whether there are workers."""
        Thread(target=self._watch, daemon=True).start()
        try:
            yield
        finally:
            self._left.set()

    def _watch(self) -> None:
        while not self._left.wait(_LOOK_EACH):
            try:
                if workers := self._client.scheduler_info()["workers"]:
                    self._seen = time.monotonic()
                    self._ask(workers)
            except ClusterError as error:
                self._refused = error
                return
            except (OSError, RuntimeError):  # it shows by and by
                pass

    @contextmanager
    def crew(self, task: Any, count: int) -> Iterator[Crew]:
        """All workers that are there now; others may come and go."""
        processes = max(1, sum(self._client.nthreads().values()))
        executor = _ClusterExecutor(self._client, task.portable())
        yield crew_of(executor, work_on, processes, count, sees_site=False, check=self._check_watch)

    def _check_watch(self) -> None:
        if self._refused:
            raise self._refused
        if time.monotonic() - self._seen > WITHOUT_WORKERS:
            raise ClusterError(self._without_workers())

    def _without_workers(self) -> str:
        return (
            f"the scheduler {self._address} has had no workers for {WITHOUT_WORKERS:.0f} seconds, or can't be reached"
        )


def _other_program(worker: str, program: str) -> str:
    return f"versions differ: {worker} has Explainer {program}, and here is {cluster_worker.program()}"


def _why_failed(error: BaseException) -> str:
    if isinstance(error, KilledWorker):
        return "workers were killed again and again over the same pages, as where memory runs out"
    return f"the cluster failed, which needs this Explainer in its scheduler, too: {_first_line(error)}"


class _ClusterExecutor(Executor):
    """Has calls done by workers, each with the task, which they keep."""

    def __init__(self, client: Client, task: Any) -> None:
        self._executor = client.get_executor(pure=False)
        self._task = pickle.dumps(task)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send a function with its arguments after the task."""
        call = pickle.dumps((partial(fn, **kwargs) if kwargs else fn, *args))
        found: Future[Answer] = self._executor.submit(cluster_worker.work, cluster_worker.program(), self._task, call)
        answered = _Answered()
        found.add_done_callback(answered.take)
        return answered


class _Answered(Future[Any]):
    """A future that unpacks an answer where it is asked for."""

    def take(self, found: Future[Answer]) -> None:
        """Take what a worker has answered, or why none has."""
        if found.cancelled():
            self.set_exception(ClusterError("the scheduler has dropped the work, or has gone"))
        elif error := found.exception():
            self.set_exception(ClusterError(_why_failed(error)))
        else:
            self.set_result(found.result())

    def result(self, timeout: float | None = None) -> Any:
        """What the function returned, or the exception that it raised."""
        answer: Answer = super().result(timeout)
        if answer.kind == "other":
            raise ClusterError(_other_program(*answer.content.decode().split("\n")))
        found = pickle.loads(answer.content)  # noqa: S301 - from workers that run our program
        if answer.kind == "raised":
            raise found
        return found
