"""An answer's head goes out with its body: in order, whole, and never later than the next turn."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.api.outlet import HELD_BYTES, Outlet
from tests.loop import awaited


class Line:
    """A transport that remembers what it was told, piece by piece."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def write(self, data: bytes) -> None:
        self.told.append(bytes(data))

    def close(self) -> None:
        self.told.append("closed")

    def abort(self) -> None:
        self.told.append("aborted")

    def is_closing(self) -> bool:
        return "closed" in self.told


def during(work: Any) -> list[Any]:
    """What a line was told when some work was done on an outlet to it."""
    line = Line()

    async def run() -> None:
        await work(Outlet(cast("asyncio.Transport", line), asyncio.get_running_loop()))

    awaited(run)
    return line.told


def test_head_and_body_are_one_piece() -> None:
    async def work(outlet: Outlet) -> None:
        for piece in (b"head", b"body", b""):
            outlet.write(piece)
        await asyncio.sleep(0)
        outlet.write(b"next")
        await asyncio.sleep(0)

    assert during(work) == [b"headbody", b"next"]


def test_a_head_alone_goes_out_at_the_next_turn() -> None:
    async def work(outlet: Outlet) -> None:
        outlet.write(b"head")
        assert not cast("Line", outlet._transport).told
        await asyncio.sleep(0)
        assert cast("Line", outlet._transport).told == [b"head"]

    assert during(work) == [b"head"]


def test_what_is_long_waits_for_nothing() -> None:
    long = b"x" * (HELD_BYTES + 1)

    async def work(outlet: Outlet) -> None:
        outlet.write(long)
        assert cast("Line", outlet._transport).told == [long]

    during(work)


@pytest.mark.parametrize(("end", "told"), [("close", [b"a", "closed"]), ("abort", ["aborted"])])
def test_an_end_comes_after_what_was_written_or_at_once(end: str, told: list[Any]) -> None:
    async def work(outlet: Outlet) -> None:
        outlet.write(b"a")
        getattr(outlet, end)()
        assert outlet.is_closing() is (end == "close")
        await asyncio.sleep(0)

    assert during(work) == told


pieces = st.one_of(st.binary(max_size=5), st.just(b"y" * (HELD_BYTES + 3)), st.none())


@settings(deadline=None)
@given(st.lists(pieces, max_size=12))
def test_all_goes_out_in_order(several: list[bytes | None]) -> None:
    async def work(outlet: Outlet) -> None:
        for piece in several:
            if piece is None:
                await asyncio.sleep(0)
            else:
                outlet.write(piece)
                # One piece is held at most.
                assert len(outlet._held) <= HELD_BYTES
        outlet.close()

    told = during(work)
    assert told[-1] == "closed"
    assert b"".join(told[:-1]) == b"".join(each for each in several if each is not None)
