"""Tally: how often something was done within a time, counted together by all who serve a store."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from rafiqa.store import Cloakroom

MINUTE_US: Final = 60 * 1_000_000
HOUR_US: Final = 60 * MINUTE_US
_ROOM: Final = "tally"


@dataclass(frozen=True, slots=True)
class Once:
    """One count: when, of how many, and of what."""

    at_us: int
    n: int
    mark: str


class Tally:
    """Counts by key, within a time that goes along.

    Keys name addresses and people: they are kept as keyed hashes, whose key the servers of one
    machine have in memory and which is another one after each start.

    Args:
        room: where it is counted.
        now_us: the clock, microseconds since 1970 UTC.
        key: secret bytes, the same for all who count together.
    """

    def __init__(self, room: Cloakroom, now_us: Callable[[], int], key: bytes) -> None:
        self._room, self._now_us, self._key = room, now_us, key

    def take(self, key: Hashable, limit: int, within_us: int = MINUTE_US) -> bool:
        """Returns whether one more is within the limit; it is counted if so."""
        taken: list[bool] = []

        def count(known: list[Once], now_us: int) -> list[Once]:
            taken[:] = [len(known) < limit]
            return [*known, Once(now_us, 1, "")] if taken[0] else known

        self.change(key, count, within_us)
        return taken[0]

    def change(
        self, key: Hashable, count: Callable[[list[Once], int], list[Once]], within_us: int
    ) -> None:
        """Nothing; what was counted under a key is what a call makes of it.

        Args:
            key: what is counted.
            count: is given what was counted within the time, and the time now.
            within_us: how long each count counts, in microseconds.
        """
        now_us = self._now_us()

        def change(data: bytes | None) -> bytes:
            kept = [Once(*each) for each in json.loads(data or b"[]")]
            made = count([each for each in kept if now_us - each.at_us < within_us], now_us)
            return json.dumps([(each.at_us, each.n, each.mark) for each in made]).encode()

        self._room.change(_ROOM, self.mark(key), change, now_us, now_us + within_us)

    def mark(self, what: Hashable) -> bytes:
        """Returns what stands for a key, and for nobody else to read."""
        return blake2b(repr(what).encode(), key=self._key[:64], digest_size=32).digest()
