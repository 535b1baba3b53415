"""The demo's own clock and randomness: three years pass in seconds, the same every time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

DAY_US = 86_400_000_000
FIRST_DAY = datetime(2023, 11, 1, tzinfo=UTC)
"""Day 0 of the history."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP_US = 60_000_000
_MORNING_US = 6 * 3_600_000_000


@dataclass(slots=True)
class DemoClock:
    """A clock that stands where the history is, and moves a minute with each act."""

    at_us: int = (FIRST_DAY - _EPOCH) // timedelta(microseconds=1)

    def now_us(self) -> int:
        """Returns the history's present, microseconds since 1970 UTC."""
        return self.at_us

    def turn_to(self, day: int) -> None:
        """Moves to the next minute of the day, or to its morning where it lies ahead."""
        start_us = (FIRST_DAY - _EPOCH) // timedelta(microseconds=1)
        self.at_us = max(self.at_us + _STEP_US, start_us + day * DAY_US + _MORNING_US)


@dataclass(slots=True)
class SeededEntropy:
    """Bytes that look random and follow from a seed: SHA-256 of the seed and a counter.

    For the demo alone, so that the same seed gives the same ledger byte for byte.
    """

    seed: int
    counter: int = 0

    def draw(self, n_bytes: int) -> bytes:
        """Returns the next bytes."""
        out = b""
        while len(out) < n_bytes:
            self.counter += 1
            out += sha256(f"rafiqa demo {self.seed} {self.counter}".encode()).digest()
        return out[:n_bytes]
