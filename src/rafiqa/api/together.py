"""Several workers at one address: started, watched, started anew where one died, ended together."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn
from uvicorn.supervisors import Multiprocess

from rafiqa.api.crew import Crew
from rafiqa.api.journal import Journal, hearing
from rafiqa.api.metric import show_metrics
from rafiqa.api.server import BACKLOG, config_of, listening
from rafiqa.api.worker import Plan
from rafiqa.errors import Fault, InvalidInput
from rafiqa.service import Office

HUNG_S: Final = 60
"""A worker that has not said a word for so long is ended and started anew."""


class _Together(Multiprocess):
    """Uvicorn's own supervisor of workers; says when all serve.

    Args:
        config: of each worker.
        sockets: what they listen on.
        on_ready: called once all serve.
    """

    def __init__(
        self, config: uvicorn.Config, sockets: list[socket], on_ready: Callable[[], None]
    ) -> None:
        super().__init__(config, sockets)
        self._on_ready = on_ready
        self.failed = False

    def init_processes(self) -> None:
        """Starts the workers and waits for each."""
        super().init_processes()
        for process in self.processes:
            while not self.should_exit.is_set():
                self.handle_signals()
                if process.wait_until_ready(1, self.should_exit):
                    break
                if not process.process.is_alive():
                    self.failed = True
                    self.should_exit.set()
        self._listen()
        if not self.should_exit.is_set():
            self._on_ready()

    def keep_subprocess_alive(self) -> None:
        """Starts anew what died."""
        super().keep_subprocess_alive()
        self._listen()

    def _listen(self) -> None:
        """Sets how many may wait to be taken: each worker that starts sets it to one.

        With one, a worker takes one connection at a time and leaves the next to whoever is idle.
        """
        for each in self.sockets:
            each.listen(BACKLOG)


def serve_together(
    office: Office,
    open_office: Callable[[], Office],
    host: str,
    port: int,
    *,
    n_workers: int,
    now_us: Callable[[], int],
    entropy: Callable[[int], bytes],
    on_ready: Callable[[], None] = lambda: None,
    base: Path | None = None,
    places: Path | None = None,
    proxy: str | None = None,
    beside: Path | None = None,
    journal_path: Path | None = None,
    metrics_port: int | None = None,
) -> None:
    """Serves a store by several processes; returns after SIGINT or SIGTERM.

    What is done once for all of them, such as publishing the log, is for the process that calls.

    Args:
        office: the open store; only asked for figures. The caller closes it.
        open_office: opens it again, in each worker; a function of a module with plain arguments.
        host: address to listen on.
        port: port to listen on.
        n_workers: how many processes serve.
        now_us: the clock, microseconds since 1970 UTC; a function of a module.
        entropy: gives that many random bytes; likewise.
        on_ready: called once all take requests.
        base: tiles made before, to be served as the layer ``base``.
        places: the gazetteer by which documents that come to the desk are read.
        proxy: the address of a reverse proxy that is believed; nobody is where None.
        beside: the path beside which keys and log of the store lie.
        journal_path: a file for what happens to the servers; only failures are told without.
        metrics_port: where figures are read, on this machine alone; nowhere where None.

    Raises:
        InvalidInput: the address cannot be listened on; the store is one that a single process
            serves; a worker ended before it served.
    """
    if not office.store.cloakroom.shared:
        raise InvalidInput(Fault("api.serve.workers", "--workers", params={"workers": n_workers}))
    journal = Journal(now_us, entropy(32), journal_path)
    with ExitStack() as after:
        listener = after.enter_context(listening(host, port))
        folder = after.enter_context(TemporaryDirectory(prefix="rafiqa-upload-"))
        plan = Plan(
            open_office,
            now_us,
            entropy,
            Crew(entropy(32), Path(folder), n_workers),
            entropy(32),
            base,
            places,
            beside,
            journal_path,
            os.getpid(),
        )
        config = config_of(
            plan.app,
            proxy,
            factory=True,
            lifespan="on",
            workers=n_workers,
            backlog=1,
            timeout_worker_healthcheck=HUNG_S,
        )
        after.enter_context(hearing(journal))
        if metrics_port is not None:
            after.callback(show_metrics(metrics_port, office, beside, now_us))
        together = _Together(config, [listener], on_ready)
        together.run()
    if together.failed:
        raise InvalidInput(Fault("api.serve.worker-ended", "--workers"))
