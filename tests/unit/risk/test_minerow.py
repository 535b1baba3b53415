"""Rows among finds: straight and bent ones, with gaps and scatter; none where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from rafiqa.risk import mine_rows

SPACING_M = 5.0


def row(n: int, spread_m: float = 0.2, seed: int = 1) -> np.ndarray:
    """A row that runs east along y = 0, from x = 0."""
    draw = np.random.default_rng(seed)
    line = np.stack([np.arange(n) * SPACING_M, np.zeros(n)], axis=1)
    return line + draw.normal(0, spread_m, (n, 2))


def scatter(n: int, seed: int = 2) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return draw.uniform([-60, 25], [140, 120], (n, 2))


def test_a_row_is_seen_with_its_spacing_and_its_next_places() -> None:
    found = mine_rows(np.concatenate([row(12), scatter(10)]))
    (seen,) = found.rows
    assert sorted(seen.finds) == list(range(12))
    assert seen.spacing_m == pytest.approx(SPACING_M, abs=0.15)
    assert 0 < seen.spacing_spread_m < 1
    first = [each for each in seen.expected if each.steps == 1]
    assert {each.where for each in first} == {"beyond"}
    assert sorted(round(each.x_m / SPACING_M) for each in first) == [-1, 12]
    for each in first:
        assert abs(each.y_m) < 3 * each.spread_m
        assert 0.6 < each.p_mine < 0.9
    assert found.p_in_row[:12].min() > 0.8
    assert found.p_in_row[12:].max() < 0.5


def test_a_gap_is_told_and_in_worked_ground_it_is_less_likely_but_never_nothing() -> None:
    places = np.delete(row(14), [5, 6], axis=0)
    gaps = {}
    for worked in (None, lambda at: np.ones(len(at), dtype=bool)):
        (seen,) = mine_rows(places, worked).rows
        told = sorted((each for each in seen.expected if each.where == "gap"), key=lambda x: x.x_m)
        assert [round(each.x_m / SPACING_M) for each in told] == [5, 6]
        gaps[worked is None] = told
        assert all(each.worked is (worked is not None) for each in seen.expected)
    for open_, seen_ in zip(gaps[True], gaps[False], strict=True):
        assert 0 < seen_.p_mine < open_.p_mine < 1


def test_beyond_worked_ground_the_first_open_place_is_told_too() -> None:
    (seen,) = mine_rows(row(12), lambda at: at[:, 0] < 12 * SPACING_M + 1).rows
    east = [each for each in seen.expected if each.x_m > 11.5 * SPACING_M]
    assert [each.worked for each in sorted(east, key=lambda each: each.steps)][:2] == [True, False]


def test_two_rows_and_a_corner() -> None:
    east = row(9)
    north = np.stack([east[-1, 0] + east[:9, 1] * 0, np.arange(1, 10) * SPACING_M], axis=1)
    found = mine_rows(np.concatenate([east, north]))
    assert len(found.rows) == 2
    # A chain may cut the corner, and leave a find or two of it out.
    assert len({at for each in found.rows for at in each.finds}) >= 15
    assert np.median(found.p_in_row) > 0.9
    apart = np.concatenate([row(10), row(10, seed=5) + np.array([3.0, 40.0])])
    assert sorted(min(each.finds) // 10 for each in mine_rows(apart).rows) == [0, 1]


def test_a_bent_row_is_followed_round() -> None:
    angle = np.arange(18) * 0.14
    bent = 40 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    (seen,) = mine_rows(bent).rows
    ends = [each for each in seen.expected if each.where == "beyond" and each.steps == 1]
    for each in ends:
        assert np.hypot(each.x_m, each.y_m) == pytest.approx(40, abs=2 * each.spread_m)


@pytest.mark.parametrize("seed", range(6))
def test_scatter_shows_no_row(seed: int) -> None:
    found = mine_rows(scatter(40, seed))
    assert found.rows == ()
    assert found.p_in_row.mean() < 0.25


@pytest.mark.parametrize(
    "places",
    [
        np.zeros((0, 2)),
        np.zeros((1, 2)),
        np.array([[0.0, 0.0], [3.0, 4.0]]),
        np.zeros((50, 2)),
        np.array([[0.0, 0.0], [3.0, 4.0]] * 30),
        np.array([[0.0, 0.0], [3.0, 4.0], [1e5, 1e5]]),
        np.array([[at, 0.0] for at in np.linspace(0, 1e-3, 40)]),
    ],
    ids=["none", "one", "two", "one place", "two places", "far apart", "a millimetre"],
)
def test_finds_that_can_show_no_row_show_none(places: np.ndarray) -> None:
    found = mine_rows(places)
    assert found.rows == ()
    assert len(found.p_in_row) == len(places)
    assert np.isfinite(found.p_in_row).all()


def test_an_item_recorded_twice_is_one_place_and_both_are_told() -> None:
    once = np.concatenate([row(10), scatter(8)])
    twice = np.concatenate([once, once[:4]])
    plain, doubled = mine_rows(once), mine_rows(twice)
    np.testing.assert_array_equal(plain.p_in_row, doubled.p_in_row[:18])
    np.testing.assert_array_equal(doubled.p_in_row[:4], doubled.p_in_row[18:])
    assert plain.rows[0].expected == doubled.rows[0].expected
    assert set(doubled.rows[0].finds) == {*range(10), *range(18, 22)}
