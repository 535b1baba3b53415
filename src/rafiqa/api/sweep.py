"""Sweep: the interpreter's search for garbage, kept from stopping a server that is asked.

What a server holds is nearly all kept for ever: a ledger grows and nothing is dropped. Python
looks through all of it for cycles each time that it has grown by a quarter; with 100,000 records of
phones that is a stop of more than a second, at the very moment when records come fastest.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

QUIET_S = 60
"""Nobody has asked for so long: a stop disturbs nobody."""
EVERY_S = 3_600
"""What was set aside is looked through no more often."""


class Sweep:
    """When what was set aside is looked through: seldom, and while nobody asks.

    Args:
        at_s: the time it begins at, by any clock that goes forward.
    """

    def __init__(self, at_s: float) -> None:
        self._swept_at_s = self._asked_at_s = at_s
        self._asked = self._swept = 0

    def tick(self, asked: int, at_s: float) -> bool:
        """Looks through all there is, where it is time; returns whether it did.

        Args:
            asked: how many requests there were so far.
            at_s: the time now.
        """
        if asked != self._asked:
            self._asked, self._asked_at_s = asked, at_s
        idle = asked == self._swept  # Nothing was made that could have become garbage.
        if idle or at_s - self._asked_at_s < QUIET_S or at_s - self._swept_at_s < EVERY_S:
            return False
        gc.unfreeze()
        gc.collect()
        self._swept, self._swept_at_s = asked, at_s
        return True


@contextmanager
def set_aside() -> Iterator[None]:
    """Sets aside what each search of all objects found in use, so that the next begins after it.

    What is set aside is still freed as soon as nothing names it; only cycles wait for the `Sweep`.
    """
    gc.callbacks.append(_freeze)
    gc.collect()
    try:
        yield
    finally:
        gc.callbacks.remove(_freeze)
        gc.unfreeze()


def _freeze(phase: str, info: dict[str, Any]) -> None:
    if phase == "stop" and info["generation"] == 2:
        gc.freeze()
