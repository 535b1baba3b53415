"""Kept: answers worked out once and shared, the least used thrown away."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """Values by key, up to a weight; safe to share between threads.

    Two threads that ask for the same value at once make it once: the second waits. A value
    whose making failed is not kept.

    Args:
        limit: how much is kept together; the newest value stays whatever it weighs.
        weigh: gives a value's weight; every value weighs one where left out.
    """

    def __init__(self, limit: int, weigh: Callable[[V], int] = lambda _: 1) -> None:
        self._limit = limit
        self._weigh = weigh
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Future[V]] = OrderedDict()
        self._weights: dict[Hashable, int] = {}
        self._weight = 0

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Returns the value of a key, made now where it is not kept yet."""
        with self._lock:
            future = self._values.get(key)
            mine = future is None
            if future is None:
                future = self._values[key] = Future()
            self._values.move_to_end(key)
        if mine:
            self._make(key, future, make)
        return future.result()

    def _make(self, key: Hashable, future: Future[V], make: Callable[[], V]) -> None:
        try:
            value = make()
            weight = self._weigh(value)
        except BaseException as error:  # noqa: BLE001 - passed on to every waiting thread
            with self._lock:
                self._values.pop(key, None)
            future.set_exception(error)
            return
        with self._lock:
            self._weights[key] = weight
            self._weight += weight
            self._lighten(key)
        future.set_result(value)

    def _lighten(self, newest: Hashable) -> None:
        """Throws away the least used values until the rest is within the limit."""
        for key in list(self._values):
            if self._weight <= self._limit:
                return
            # What is still being made has no weight yet, and others wait for it.
            if key != newest and key in self._weights:
                del self._values[key]
                self._weight -= self._weights.pop(key)
