"""Following: how far a copy of a database that only follows is behind, and what that forbids.

Whoever serves the database that is written to puts the time into it every few seconds. A copy that
follows has seen everything that was recorded before the newest such time it holds: that is as of
when its answers are. It is told end to end, whatever of the way between the two stands still.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Protocol, runtime_checkable

from rafiqa.errors import Fault, StoreError
from rafiqa.store import Store

PULSE: Final = "replica.pulse"
"""The setting that holds the time, microseconds since 1970 UTC."""
PULSE_S: Final = 5.0
LATE_US: Final = 60_000_000
"""A copy that is further behind says that a person must look."""
OLD_US: Final = 600_000_000
"""A copy that is further behind tells of no ground as released: it may have been reopened since."""
AHEAD_US: Final = 60_000_000
"""A time that lies this far ahead of the own clock says that one of the two clocks is wrong."""
_ASK_S: Final = 1.0


def beat(store: Store, now_us: Callable[[], int]) -> None:
    """Puts the time into a store, for whoever follows it; in the turn of those who append.

    Beside that turn the time could be there before an entry that was recorded earlier.

    Raises:
        StoreError: the store takes no writes now.
    """
    store.put_time(PULSE, now_us)


@runtime_checkable
class Promotable(Protocol):
    """A store that may follow another one, and be made the one to write to."""

    follows: bool

    def leads_now(self) -> bool:
        """Returns whether the database takes writes now."""

    def lead(self, hold: Callable[[], None]) -> None:
        """Takes writes from now on, once it was held to its log."""


class Following:
    """How old a copy is, asked at most once a second; for any thread.

    Args:
        store: the copy.
        now_us: the machine's clock, microseconds since 1970 UTC.
        steady_s: seconds of a clock that nobody sets.
        primary: the address at which what is written here is taken; empty where it is not known.
        hold: holds the store to what its log has published; asked before one that was made the
            one to write to takes writes.
    """

    def __init__(
        self,
        store: Store,
        now_us: Callable[[], int],
        steady_s: Callable[[], float],
        primary: str = "",
        hold: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._now_us, self._steady_s = store, now_us, steady_s
        self.primary, self._hold = primary, hold
        self._lock = threading.RLock()
        self._pulse_us: int | None = None
        self._as_of_us = 0
        self._changed_s = self._asked_s = steady_s()
        with self._lock:
            self._ask()

    def applies(self) -> bool:
        """Returns whether the store is a copy now; asked anew as often as how old it is.

        A server that was made the one to write to is no copy any more, and behind the same address
        a copy may answer after a failover.
        """
        if not getattr(self._store, "follows", True):
            return False
        self.as_of_us()
        return bool(getattr(self._store, "follows", True))

    def as_of_us(self) -> int:
        """Returns the time until which the copy knows everything, microseconds since 1970 UTC."""
        with self._lock:
            if self._steady_s() - self._asked_s >= _ASK_S:
                self._ask()
            return self._as_of_us

    def lag_us(self) -> int | None:
        """Returns how far the copy is behind; None where that cannot be told.

        It is no less than how long nothing new came, whatever anybody sets the clock to.
        """
        self.as_of_us()
        with self._lock:
            if self._pulse_us is None or self._pulse_us - self._now_us() > AHEAD_US:
                return None
            waited_us = int((self._steady_s() - self._changed_s) * 1_000_000)
            return max(0, waited_us, self._now_us() - self._pulse_us)

    def is_late(self) -> bool:
        """Returns whether a person must look."""
        lag_us = self.lag_us()
        return lag_us is None or lag_us > LATE_US

    def is_old(self) -> bool:
        """Returns whether it may tell of no ground as released."""
        lag_us = self.lag_us()
        return lag_us is None or lag_us > OLD_US

    def too_old(self) -> Fault:
        """Returns why a question is not answered here."""
        lag_us = self.lag_us()
        minutes = "?" if lag_us is None else str(lag_us // 60_000_000)
        params: dict[str, str | int] = {"minutes": minutes, "address": self.primary or "–"}
        return Fault("store.replica-old", params=params)

    def refuse_old(self) -> None:
        """Does nothing where the copy is new enough to be asked.

        Raises:
            StoreError: ``store.replica-old``.
        """
        if self.is_old():
            raise StoreError(self.too_old())

    def _ask(self) -> None:
        if isinstance(self._store, Promotable) and self._store.follows and self._store.leads_now():
            self._asked_s = self._steady_s()
            self._store.lead(self._hold)
        # First the time, then the end: what is there is at least as new as the time says.
        told = self._store.setting(PULSE)
        pulse_us = int(told) if told is not None and told.isdigit() else None
        self._asked_s = self._steady_s()
        if pulse_us != self._pulse_us:
            self._pulse_us, self._changed_s = pulse_us, self._asked_s
        # What is recorded is in order: the newest entry that is here says that all before it is.
        self._as_of_us = max(pulse_us or 0, self._store.head().recorded_at_us, self._as_of_us)
