"""The server: the application on an address, until it is told to stop."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from rafiqa.api.app import make_app
from rafiqa.api.journal import Journal, hearing
from rafiqa.api.metric import show_metrics
from rafiqa.api.protocol import HEAD_BYTES, Protocol
from rafiqa.api.sweep import Sweep, set_aside
from rafiqa.errors import Fault, InvalidInput
from rafiqa.service import Office
from rafiqa.wire.nursery import nursery
from rafiqa.wire.pmtiles import TileArchive

LAST_PORT = 65_535
BACKLOG = 2_048
"""So many connections may wait to be taken."""
DRAIN_S = 10
"""How long answers that are under way may take when the server stops."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._sweep = Sweep(time.monotonic())

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts listening, then says so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Sweeps, where nobody asks; several times a second."""
        self._sweep.tick(self.server_state.total_requests, time.monotonic())
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stops on the usual signals, and lets the caller go on to close its store."""
        with super().capture_signals():
            yield
            # Sent again, the signal would end the process before the store is closed.
            self._captured_signals.clear()


def serve(
    office: Office,
    host: str = "127.0.0.1",
    port: int = 8321,
    *,
    now_us: Callable[[], int],
    entropy: Callable[[int], bytes],
    on_ready: Callable[[], None] = lambda: None,
    base: TileArchive | None = None,
    places: Path | None = None,
    proxy: str | None = None,
    beside: Path | None = None,
    journal_path: Path | None = None,
    metrics_port: int | None = None,
) -> None:
    """Serves an office; returns after SIGINT or SIGTERM, when answers under way are out.

    Args:
        office: the open store; the caller closes it.
        host: address to listen on.
        port: port to listen on.
        now_us: the clock, microseconds since 1970 UTC.
        entropy: gives that many random bytes.
        on_ready: called once the server takes requests.
        base: tiles made before, to be served as the layer ``base``.
        places: the gazetteer by which documents that come to the desk are read.
        proxy: the address of a reverse proxy that is believed whom it speaks for, and over what;
            nobody is where None.
        beside: the path beside which keys and log of the store lie.
        journal_path: a file for what happens to the server; only failures are told without.
        metrics_port: where figures are read, on this machine alone; nowhere where None.

    Raises:
        InvalidInput: the address cannot be listened on.
    """
    listener = listening(host, port)
    journal = Journal(now_us, entropy(32), journal_path)
    app = make_app(
        office,
        now_us=now_us,
        entropy=entropy,
        base=base,
        places=places,
        journal=journal,
        beside=beside,
    )
    config = config_of(app, proxy, lifespan="off")

    def ready() -> None:
        on_ready()
        # Whoever reads strangers' bytes takes over a second to get ready: the first file that
        # comes, a bomb perhaps, is not to wait for that.
        nursery().begin()

    with ExitStack() as after:
        after.enter_context(listener)
        # What libraries say of their running may hold an address that was asked: without words.
        after.enter_context(hearing(journal))
        if metrics_port is not None:
            after.callback(show_metrics(metrics_port, office, beside, now_us))
        after.enter_context(set_aside())
        _Server(config, ready).run(sockets=[listener])


def config_of(app: Any, proxy: str | None, **more: Any) -> uvicorn.Config:
    """Returns how an application is served.

    Args:
        app: the application, or what makes it.
        proxy: the address of a reverse proxy that is believed; nobody is where None.
        more: what else uvicorn is told.
    """
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy,
        http=Protocol,
        h11_max_incomplete_event_size=HEAD_BYTES,
        ws="none",
        timeout_graceful_shutdown=DRAIN_S,
        **more,
    )


def listening(host: str, port: int) -> socket.socket:
    """Returns a socket that listens on an address.

    Raises:
        InvalidInput: no such address here, or something else listens on it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        if not 0 <= port <= LAST_PORT:
            raise OSError(port)  # noqa: TRY301 - as the system would, after it opened a socket
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        params: dict[str, str | int] = {"host": host, "port": port}
        raise InvalidInput(Fault("api.serve.address", "--port", params=params)) from error
    # Connections inherit it. asyncio sets it only on sockets that name their protocol, which these
    # do not; without it an answer's body waits for the reader's word on its head, 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
