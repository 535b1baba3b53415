"""The shapes of what a server says of itself."""

from __future__ import annotations

from msgspec import field

from rafiqa.api.problem import ProblemFault
from rafiqa.api.shape import Shape


class WorkerSeen(Shape, frozen=True):
    """One of several processes that serve, as it told of itself some seconds ago."""

    name: str
    since: str
    entries: int
    answered: int
    failed: int


class Health(Shape, frozen=True):
    """Whether the store answers, how long its ledger is, whether it takes writes, and why not.

    ``status`` is ``ok``, ``attention`` where a person must look, or ``read-only``. At what
    they must look is told to staff, in ``alarms``; so are the processes that serve, where several
    do, in ``workers``. A copy says how old it is. ``now`` is the server's clock, by which a page
    goes whose device's clock may be wrong.
    """

    status: str
    entries: int
    root: str
    writable: bool
    stopped: list[ProblemFault]
    alarms: list[ProblemFault] = field(default_factory=list)
    workers: list[WorkerSeen] = field(default_factory=list)
    as_of: str | None = None
    behind_s: int | None = None
    now: str | None = None
