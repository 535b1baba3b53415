"""The client of these tests: it answers whatever runs in the thread that asks."""

from __future__ import annotations

from tests.loop import awaited
from tests.unit.api.client import Client


def test_it_asks_from_a_thread_that_already_runs_a_loop(anybody: Client) -> None:
    async def ask() -> int:
        return anybody.get("/health").status_code

    assert awaited(ask) == 200
