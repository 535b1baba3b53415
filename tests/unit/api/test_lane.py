"""What goes on when too much is asked at once: hazard intake is shed last."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from rafiqa.api import ENDPOINTS
from rafiqa.api.lane import HEAVY_AT_ONCE, HEAVY_PATHS, Load, in_lane, lane_of
from rafiqa.api.problem import TooMany
from tests.loop import awaited


def test_every_heavy_path_is_an_endpoint_and_intake_is_what_residents_send() -> None:
    paths = {row.open_path for row in ENDPOINTS}
    assert paths >= HEAVY_PATHS
    intake = {row.open_path for row in ENDPOINTS if lane_of(row) == "intake"}
    assert "/api/reports/{report_id}" in intake
    assert not intake & HEAVY_PATHS
    assert not any(path.startswith("/api/session") for path in intake)


def test_intake_goes_on_while_questions_hold_every_other_thread() -> None:
    async def crowd() -> tuple[list[str], str]:
        load, over = Load(), threading.Event()
        held = partial(over.wait, 30)
        heavy = [asyncio.create_task(in_lane(load, "heavy", held)) for _ in range(HEAVY_AT_ONCE)]
        await asyncio.sleep(0.05)
        with pytest.raises(TooMany):
            await in_lane(load, "heavy", lambda: True)
        # More questions than there are threads for them: 40 is what Starlette has.
        plain = [asyncio.create_task(in_lane(load, "plain", held)) for _ in range(60)]
        await asyncio.sleep(0.05)
        report = asyncio.create_task(in_lane(load, "intake", lambda: "received"))
        try:
            told = await asyncio.wait_for(report, timeout=20)
        finally:
            over.set()
        states = ["done" if await each else "late" for each in (*heavy, *plain)]
        assert load.heavy == 0
        return states, told

    states, told = awaited(crowd)
    assert told == "received"
    assert set(states) == {"done"}
