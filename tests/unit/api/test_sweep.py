"""The search for garbage: short while the server is asked, whole when nobody asks."""

from __future__ import annotations

import gc
import weakref

import pytest

from rafiqa.api.sweep import EVERY_S, QUIET_S, Sweep, set_aside


class Knot:
    """Names itself: only a search for cycles can free it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def aside():
    with set_aside():
        yield


@pytest.mark.usefixtures("aside")
def test_what_was_looked_through_is_not_looked_through_again():
    kept: list[list[int]] = [[] for _ in range(10_000)]
    gc.collect()
    assert gc.get_freeze_count() >= len(kept)
    assert len(gc.get_objects()) < len(kept) / 10


@pytest.mark.usefixtures("aside")
def test_garbage_since_then_is_found():
    gc.collect()
    ref = weakref.ref(Knot())
    assert ref() is not None
    gc.collect()
    assert ref() is None


@pytest.mark.usefixtures("aside")
def test_a_knot_set_aside_waits_for_the_sweep_of_a_quiet_hour():
    knot = Knot()
    ref = weakref.ref(knot)
    gc.collect()
    del knot
    gc.collect()
    assert ref() is not None
    sweep = Sweep(0)
    assert not sweep.tick(5, EVERY_S)  # just asked
    assert not sweep.tick(6, EVERY_S + QUIET_S)  # asked again
    assert sweep.tick(6, EVERY_S + 2 * QUIET_S)
    assert ref() is None


def test_it_sweeps_once_an_hour_and_only_after_somebody_asked():
    sweep = Sweep(0)
    assert not sweep.tick(0, 10 * EVERY_S)
    sweep.tick(1, 10 * EVERY_S)
    assert sweep.tick(1, 10 * EVERY_S + QUIET_S)
    assert not sweep.tick(1, 20 * EVERY_S)
    sweep.tick(2, 10 * EVERY_S + 2 * QUIET_S)
    assert not sweep.tick(2, 10 * EVERY_S + 4 * QUIET_S)


def test_afterwards_nothing_stays_aside():
    with set_aside():
        pass
    assert gc.get_freeze_count() == 0
