"""Rows among finds are the same wherever the field lies and in whatever order."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.risk import MineRows, mine_rows

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
try:
    from bench.minefields import straight, winding
finally:
    sys.path.remove(str(ROOT))

FIELDS = [straight(2).places_m, winding(0).places_m]


def told(found: MineRows) -> set[frozenset[int]]:
    return {frozenset(row.finds) for row in found.rows}


@given(st.sampled_from(range(len(FIELDS))), st.integers(0, 1_000))
@settings(max_examples=2, deadline=None)
def test_order_changes_nothing(at: int, seed: int) -> None:
    places = FIELDS[at]
    order = np.random.default_rng(seed).permutation(len(places)).tolist()
    plain, mixed = mine_rows(places), mine_rows(places[order])
    np.testing.assert_array_equal(plain.p_in_row[order], mixed.p_in_row)
    assert {frozenset(order[each] for each in row.finds) for row in mixed.rows} == told(plain)
    assert [row.expected for row in mixed.rows] == [row.expected for row in plain.rows]


@given(
    st.sampled_from(range(len(FIELDS))),
    st.floats(0, 2 * np.pi),
    st.floats(-3e5, 3e5),
    st.floats(-3e5, 3e5),
)
@settings(max_examples=2, deadline=None)
def test_place_and_direction_change_no_more_than_rounding(
    at: int, angle: float, east: float, north: float
) -> None:
    places = FIELDS[at]
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    moved = mine_rows(places @ turn + [east, north])
    plain = mine_rows(places)
    # Places are told apart by 5 cm: each find may stand 2.5 cm elsewhere.
    assert np.abs(plain.p_in_row - moved.p_in_row).mean() < 0.05
    before, after = ({f for row in each.rows for f in row.finds} for each in (plain, moved))
    assert len(before ^ after) <= max(3, len(before) // 5)


def test_the_same_finds_give_the_same_bytes() -> None:
    for places in FIELDS:
        one, two = mine_rows(places), mine_rows(places.copy())
        assert one.p_in_row.tobytes() == two.p_in_row.tobytes()
        assert repr(one.rows) == repr(two.rows)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=0, max_size=25))
@settings(max_examples=25, deadline=None)
def test_whatever_the_places_the_answer_is_whole(places: list[tuple[float, float]]) -> None:
    found = mine_rows(np.array(places).reshape(-1, 2))
    assert ((found.p_in_row >= 0) & (found.p_in_row <= 1)).all()
    for row in found.rows:
        assert row.spacing_m > 0
        for each in row.expected:
            assert 0 < each.p_mine < 1
            assert np.isfinite([each.x_m, each.y_m, each.spread_m]).all()


@pytest.mark.slow
def test_ten_thousand_finds_are_answered_in_bounds() -> None:
    draw = np.random.default_rng(3)
    begun = time.process_time()
    found = mine_rows(draw.uniform(0, 1_000, (10_000, 2)))
    # Not a speed: it is a few seconds, and minutes would mean that work grows with n².
    assert time.process_time() - begun < 120
    assert len(found.rows) <= 1
