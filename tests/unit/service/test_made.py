"""What is made of the land book is made beside the lock: who reads waits for nobody who works."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rafiqa.service import Office
from tests.city import Clock, small_city


@pytest.fixture
def city(tmp_path: Path) -> Office:
    return small_city(tmp_path, Clock())


def test_nobody_waits_while_something_is_made(city: Office) -> None:
    begun, go_on, found = threading.Event(), threading.Event(), []

    def make() -> str:
        begun.set()
        assert go_on.wait(30)
        return "made"

    maker = threading.Thread(target=lambda: found.append(city.made("slow", make)))
    maker.start()
    assert begun.wait(10)
    asked: list[int] = []
    reader = threading.Thread(target=lambda: asked.append(len(city.book().register.areas)))
    reader.start()
    reader.join(20)
    assert asked, "a reader waited"
    assert city.made("quick", lambda: 1) == 1
    go_on.set()
    maker.join(20)
    assert found == ["made"]
    assert city.made("slow", lambda: "anew") == "made"
    city.store.close()


def test_what_was_made_of_what_is_erased_meanwhile_is_not_kept(city: Office) -> None:
    def make() -> str:
        city._made.clear()
        city._era += 1  # as an erasure does that comes in between
        return "of before"

    assert city.made("key", make) == "of before"
    assert city.made("key", lambda: "of now") == "of now"
    assert city.made("key", lambda: "anew") == "of now"
    city.store.close()
