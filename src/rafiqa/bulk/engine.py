"""Engines: what carries many tasks that do not hang on one another, here or on many machines.

An engine carries tasks, their failures and the loss of workers; it knows nothing of what they do.
The same tasks come to the same end by each of them, in another order.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Generic, Protocol, TypeVar

from rafiqa.bulk.house import house
from rafiqa.errors import Fault, InvalidInput

T = TypeVar("T")
R = TypeVar("R")
WAIT_S = 60
"""How long workers are waited for at the start."""
LOOK_S, GIVE_UP_S = 5, 120
"""How often it is looked whether any worker is left, and when it is given up."""
_DASK = {
    # One worker that dies takes nothing with it; a task that kills whoever takes it is given up.
    "distributed.scheduler.allowed-failures": 3,
    # A worker that died is started anew; on a machine under load that takes longer than the 15 s
    # after which it would be written off.
    "distributed.deploy.lost-worker-timeout": "10 minutes",
    "distributed.comm.timeouts.connect": "60s",
    # No pages, and no port for them: what is done here is nobody else's to look at.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.scheduler.preload": ["rafiqa.bulk.quietworker"],
    "distributed.worker.preload": ["rafiqa.bulk.quietworker"],
    "distributed.admin.large-graph-warning-threshold": "1GB",
}


@dataclass(frozen=True, slots=True)
class Ended(Generic[T, R]):
    """A task, and what came of it; ``lost`` says why nothing did."""

    task: T
    made: R | None
    lost: str | None = None


class Engine(Protocol):
    """Carries tasks; ``elsewhere`` says that it may do so on other machines."""

    elsewhere: bool

    def run(self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[Ended[T, R]]:
        """Yields each task once, as it ends; ``work`` may be begun again where a worker dies."""


class InProcess:
    """One task after another, in this process."""

    elsewhere = False

    def run(self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[Ended[T, R]]:
        """Yields each task as it ends, in their order."""
        for task in tasks:
            yield Ended(task, work(task))


class DaskEngine:
    """Tasks on the workers of a Dask cluster; its files must lie where all workers see them.

    Args:
        client: of the cluster.
        elsewhere: whether its workers may be on other machines, with other files and programs.
    """

    def __init__(self, client: Any, *, elsewhere: bool = False) -> None:
        self.client, self.elsewhere = client, elsewhere

    def run(self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[Ended[T, R]]:
        """Yields each task as it ends. Where a worker dies, others take what it had.

        Where no worker at all is left for ``GIVE_UP_S``, what is not done is lost.
        """
        asked = {self.client.submit(work, task, pure=False): task for task in tasks}
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(list(asked), over), daemon=True)
        watch.start()
        try:
            for future in _dask().as_completed(list(asked)):
                task = asked.pop(future)
                if future.status == "finished":
                    yield Ended(task, future.result())
                else:
                    error = future.exception() if future.status == "error" else None
                    yield Ended(task, None, type(error).__name__ if error else "no worker left")
        finally:
            over.set()
            watch.join()

    def _watch(self, futures: Sequence[Any], over: threading.Event) -> None:
        """Gives up on what nobody is left to do: the run would wait for ever."""
        n_without = 0
        while not over.wait(LOOK_S):
            n_without = 0 if self.client.scheduler_info()["workers"] else n_without + 1
            if n_without * LOOK_S >= GIVE_UP_S:
                self.client.cancel(list(futures), force=True)
                return


def missing() -> bool:
    """Returns whether the engine that is not ours, Dask, is not installed."""
    return find_spec("distributed") is None


@contextmanager
def local_cluster(n_workers: int) -> Iterator[DaskEngine]:
    """Yields so many processes on this machine; they are gone afterwards.

    Only who holds the certificates made for this one run can speak to them: another user of the
    machine could else have code of his own run by them.

    Raises:
        InvalidInput: Dask is not installed.
    """
    distributed = _dask()
    with (
        import_module("dask").config.set(_DASK),
        distributed.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            security=distributed.Security.temporary(),
            silence_logs="CRITICAL",
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.wait_for_workers(1, timeout=WAIT_S)
        yield DaskEngine(client)


@contextmanager
def cluster_at(address: str) -> Iterator[DaskEngine]:
    """Yields a cluster that runs already; certificates are those of Dask's own configuration.

    Raises:
        InvalidInput: Dask is not installed, or nobody answers there, or no worker is there, or one
            that runs another program: every such one.
    """
    distributed = _dask()
    try:
        client = distributed.Client(address, timeout=WAIT_S)
        client.wait_for_workers(1, timeout=WAIT_S)
    except (OSError, TimeoutError, ValueError) as error:
        params: dict[str, str | int] = {"address": address}
        raise InvalidInput(Fault("bulk.engine.unreachable", "--cluster", params=params)) from error
    with import_module("dask").config.set(_DASK), client:
        strange = list(_strange(client))
        if strange:
            raise InvalidInput(strange)
        yield DaskEngine(client, elsewhere=True)


def _strange(client: Any) -> Iterator[Fault]:
    """Yields a fault for each worker that runs another program than this one, or none of ours."""
    for worker, theirs in sorted(client.run(house, on_error="return").items()):
        if theirs != house():
            told = theirs if isinstance(theirs, str) else type(theirs).__name__
            params: dict[str, str | int] = {"theirs": told, "ours": house()}
            yield Fault("bulk.worker.other-version", worker, params=params)


def _dask() -> Any:
    """Returns the package; it takes a second to load, which no other command is to wait for.

    Raises:
        InvalidInput: it is not installed.
    """
    if missing():
        raise InvalidInput(Fault("bulk.engine.missing", "--workers"))
    return import_module("distributed")
