"""Workers as they told of themselves, for health and figures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from rafiqa.store import Store

ROOM: Final = "worker"
"""Where in the cloakroom they tell of themselves."""
SILENT_US: Final = 15_000_000
"""Who has not been heard for so long is told of no more."""


@dataclass(frozen=True, slots=True)
class WorkerTold:
    """What a worker last told.

    Attributes:
        name: drawn when it started.
        since_us: when it started, microseconds since 1970 UTC.
        entries: how many entries of the ledger it had taken in.
        answered: how many requests it has answered.
        failed: how many of those with a failure of its own.
    """

    name: str
    since_us: int
    entries: int
    answered: int
    failed: int


def workers_of(store: Store, now_us: int) -> list[WorkerTold]:
    """Returns the workers that serve a store now, on any machine; none where one serves alone."""
    found = store.cloakroom.of(ROOM, None, now_us)
    told = [WorkerTold(left.key.hex(), **json.loads(left.value)) for left in found]
    return sorted(told, key=lambda each: (each.since_us, each.name))
