"""A worker: one of several processes that serve one store at one address.

Each opens the store itself and follows its ledger: every question begins with what was appended
since, by whomever. So what one worker has acknowledged the next question to any worker sees.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.applications import Starlette

from rafiqa.api.app import make_app
from rafiqa.api.crew import Crew
from rafiqa.api.journal import Journal, hearing
from rafiqa.api.sweep import Sweep, set_aside
from rafiqa.api.workerseen import ROOM, SILENT_US
from rafiqa.errors import RafiqaError
from rafiqa.service import Office
from rafiqa.store import Left
from rafiqa.wire.pmtiles import TileArchive

BEAT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What each worker is told when it starts; it goes from process to process.

    Attributes:
        open_office: opens the store.
        now_us: the clock, microseconds since 1970 UTC.
        entropy: gives that many random bytes.
        crew: what the workers have in common.
        salt: of the journal: a person has one mark a day, whoever answers.
        base: tiles made before, to be served as the layer ``base``.
        places: the gazetteer by which documents that come to the desk are read.
        beside: the path beside which keys and log of the store lie.
        journal_path: a file for what happens to the server.
        parent: the process that started it; it ends with it.
    """

    open_office: Callable[[], Office]
    now_us: Callable[[], int]
    entropy: Callable[[int], bytes]
    crew: Crew
    salt: bytes
    base: Path | None
    places: Path | None
    beside: Path | None
    journal_path: Path | None
    parent: int

    def app(self) -> Starlette:
        """Returns the application of this worker; it ends with its store closed."""
        office = self.open_office()
        base = None if self.base is None else TileArchive.open(self.base)
        journal = Journal(self.now_us, self.salt, self.journal_path)

        @asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            async with AsyncExitStack() as after:
                after.callback(office.store.close)
                if base is not None:
                    after.callback(base.close)
                after.enter_context(hearing(journal))
                after.enter_context(set_aside())
                heart = Heart(self, office, journal)
                await to_thread.run_sync(office.facts)  # taken in before anybody waits for it
                await heart.beat()
                beating = asyncio.create_task(heart.go_on())
                yield
                beating.cancel()
                with suppress(asyncio.CancelledError):
                    await beating
                await heart.end()

        return make_app(
            office,
            now_us=self.now_us,
            entropy=self.entropy,
            base=base,
            places=self.places,
            journal=journal,
            beside=self.beside,
            crew=self.crew,
            lifespan=life,
        )


class Heart:
    """Tells the others every few seconds that a worker is there, and looks after its memory.

    Args:
        plan: what the worker was told.
        office: its office.
        journal: counts what it answers.
    """

    def __init__(self, plan: Plan, office: Office, journal: Journal) -> None:
        self._plan, self._office, self._journal = plan, office, journal
        self._key = plan.entropy(8)
        self._since_us = plan.now_us()
        self._sweep = Sweep(time.monotonic())

    async def go_on(self) -> None:
        """Beats until it is cancelled."""
        while True:
            await asyncio.sleep(BEAT_S)
            self._sweep.tick(self._journal.n_answered, time.monotonic())
            if os.getppid() != self._plan.parent or self._office.vanished is not None:
                # Whoever started it is gone: nobody would start it anew, nor end it. Or what it
                # holds is another history than the store's: started anew it reads that one.
                os.kill(os.getpid(), signal.SIGTERM)
            await self.beat()

    async def beat(self) -> None:
        """Tells what it has done so far; where the database is away, nobody is told."""
        told = {
            "since_us": self._since_us,
            "entries": self._office.n_known,
            "answered": self._journal.n_answered,
            "failed": self._journal.n_failed,
        }
        now_us = self._plan.now_us()
        left = Left(self._key, "", json.dumps(told).encode(), now_us + SILENT_US)
        with suppress(RafiqaError):
            await to_thread.run_sync(self._office.store.cloakroom.put, ROOM, left, now_us)

    async def end(self) -> None:
        """Tells that it is there no more."""
        with suppress(RafiqaError):
            await to_thread.run_sync(self._office.store.cloakroom.drop, ROOM, [self._key])
