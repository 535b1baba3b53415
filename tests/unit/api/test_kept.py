"""Answers worked out once: shared, thrown away, and never kept when they failed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rafiqa.api.kept import Kept


def test_what_is_asked_at_once_is_made_once() -> None:
    kept: Kept[int] = Kept(4)
    begun, go = threading.Event(), threading.Event()
    made: list[int] = []

    def make() -> int:
        begun.set()
        assert go.wait(5)
        made.append(1)
        return 7

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(kept.get, "key", make) for _ in range(4)]
        assert begun.wait(5)
        go.set()
        assert [each.result(5) for each in asked] == [7, 7, 7, 7]
    assert made == [1]


def test_the_least_used_goes_first() -> None:
    kept: Kept[str] = Kept(2)
    kept.get("a", lambda: "1")
    kept.get("b", lambda: "1")
    kept.get("a", lambda: "2")
    kept.get("c", lambda: "1")
    assert kept.get("a", lambda: "2") == "1"
    assert kept.get("b", lambda: "2") == "2"


def test_a_failure_is_not_kept() -> None:
    kept: Kept[int] = Kept(2)

    def fail() -> int:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        kept.get("key", fail)
    assert kept.get("key", lambda: 3) == 3


def test_heavy_values_push_out_light_ones_but_the_newest_stays() -> None:
    kept: Kept[str] = Kept(10, len)
    kept.get("a", lambda: "1" * 4)
    kept.get("b", lambda: "1" * 4)
    kept.get("c", lambda: "1" * 6)
    assert kept.get("b", lambda: "2") == "1" * 4
    assert kept.get("a", lambda: "2") == "2"
    assert kept.get("d", lambda: "1" * 50) == "1" * 50
    assert kept.get("d", lambda: "2") == "1" * 50
    assert kept.get("e", lambda: "3") == "3"
    assert kept.get("d", lambda: "4") == "4"
