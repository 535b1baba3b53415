"""Phones and their server under all faults at once, on one seed: each report exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fault.fieldworld import World, assert_once_each


def run(folder: Path, seed: int, n_phones: int = 20, n_reports: int = 40) -> World:
    world = World(folder, seed)
    office = world.run(n_phones, n_reports)
    try:
        assert_once_each(world, office)
        assert office.store.check() == []
    finally:
        office.store.close()
    return world


@pytest.mark.parametrize("seed", range(2))
def test_each_report_of_twenty_phones_is_stored_exactly_once(tmp_path: Path, seed: int) -> None:
    world = run(tmp_path, seed)
    assert world.conflicts > 0, "no two phones met on one id"


def test_the_control_whose_phones_keep_no_id_stores_reports_twice(tmp_path: Path) -> None:
    world = World(tmp_path, 1, frozen=False)
    office = world.run(20, 30)
    with pytest.raises(AssertionError):
        assert_once_each(world, office)
    office.store.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 310))
def test_three_hundred_seeds(tmp_path: Path, seed: int) -> None:
    run(tmp_path, seed)
