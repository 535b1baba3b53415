"""Lanes: whose work goes on when too much is asked at once; hazard intake is shed last.

Each request is answered in a thread. What residents and phones send has threads of its own, so that
it never waits behind questions; questions that take seconds may take only so many of the others,
and one more is told to come back. Signing in is limited apart (`session.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from rafiqa.api.problem import TooMany
from rafiqa.api.route import Endpoint
from rafiqa.errors import Fault

T = TypeVar("T")
Lane = Literal["intake", "heavy", "plain"]
INTAKE_THREADS: Final = 16
HEAVY_AT_ONCE: Final = 8
HEAVY_PATHS: Final = frozenset(
    {
        "/api/papers/{kind}",
        "/api/papers/{kind}/pdf",
        "/api/papers/{kind}/xlsx",
        "/api/risk",
        "/api/risk/picture",
        "/api/plan",
        "/api/worth",
        "/api/followup",
        "/api/progress",
        "/api/quality",
        "/api/waits",
        "/api/equity",
        "/api/imports",
        "/api/duplicates",
        "/api/documents",
    }
)
"""Questions and looks at files that take seconds on a large site."""
_INTAKE: RunVar[CapacityLimiter] = RunVar("rafiqa.intake")


class Load:
    """How many heavy questions are being answered; counted where they are handed out.

    Args:
        n_workers: how many processes serve together.
    """

    def __init__(self, n_workers: int = 1) -> None:
        self.heavy = 0
        # They share the cores: each has its part, so that all together are no more than one would
        # be, and none has to ask the others before it takes in a report of hazard.
        self.heavy_most = max(1, HEAVY_AT_ONCE // n_workers)


def lane_of(row: Endpoint) -> Lane:
    """Returns the lane of an endpoint."""
    if row.method != "GET" and row.anybody and not row.path.startswith("/api/session"):
        return "intake"
    return "heavy" if row.open_path in HEAVY_PATHS else "plain"


async def in_lane(load: Load, lane: Lane, answer: Callable[[], T]) -> T:
    """Returns what a call returns, made in a thread of its lane.

    Raises:
        TooMany: too many heavy questions are being answered.
    """
    if lane == "intake":
        return await to_thread.run_sync(answer, limiter=_intake())
    if lane == "plain":
        return await to_thread.run_sync(answer)
    if load.heavy >= load.heavy_most:
        raise TooMany(Fault("api.busy"))
    load.heavy += 1
    try:
        return await to_thread.run_sync(answer)
    finally:
        load.heavy -= 1


def _intake() -> CapacityLimiter:
    """The threads of intake, of the loop that runs."""
    try:
        return _INTAKE.get()
    except LookupError:
        limiter = CapacityLimiter(INTAKE_THREADS)
        _INTAKE.set(limiter)
        return limiter
