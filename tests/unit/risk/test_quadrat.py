"""Quadrats: every point in one of them, none without ground, and a drawing that can be repeated."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import Polygon

from rafiqa.geo import GridShape, union_of
from rafiqa.risk.quadrat import drawn, grid_of, n_squares, n_units_of

KNOWN = [(-2, 3), (8, 6), (7, 2), (-3, -1), (2, 6)]
FIELD = GridShape(
    Polygon(
        [(-3_500, -2_700), (9_300, -1_000), (8_000, 7_777), (500, 9_999)],
        [[(1_000, 1_000), (4_000, 1_000), (4_000, 4_000), (1_000, 4_000)]],
    )
)


def test_the_quadrats_are_the_ground_and_nothing_twice() -> None:
    grid = grid_of(FIELD, 1_000)
    assert len(grid) <= n_squares(FIELD, 1_000)
    low = grid.cells * 1_000
    boxes = shapely.box(low[:, 0], low[:, 1], low[:, 0] + 1_000, low[:, 1] + 1_000)
    held = shapely.area(shapely.intersection(boxes, FIELD.geometry))
    assert held.min() > 0
    assert abs(held.sum() - FIELD.geometry.area) < 1
    # Whole squares of the hole have no ground in them.
    assert not ((grid.cells == (2, 2)).all(axis=1)).any()


def test_all_drawn_cover_the_ground() -> None:
    grid = grid_of(FIELD, 1_000)
    every = drawn(grid, len(grid), "2026-11-27")
    assert len({(each.column, each.row) for each in every}) == len(grid)
    together = union_of([each.shape for each in every])
    assert together.geometry.symmetric_difference(FIELD.geometry).area < 1e-3 * FIELD.geometry.area
    assert [each.number for each in every] == list(range(1, len(grid) + 1))


def test_one_seed_draws_the_same_and_more_goes_on_where_fewer_ended() -> None:
    grid = grid_of(FIELD, 1_000)
    few, more = drawn(grid, 5, "a"), drawn(grid, 20, "a")
    assert more[:5] == few
    assert [each.shape for each in drawn(grid, 20, "b")] != [each.shape for each in more]
    # Known for ever: another machine, another version, the same ground.
    assert [(each.column, each.row) for each in few] == KNOWN


def test_every_quadrat_is_drawn_alike_often() -> None:
    grid = grid_of(GridShape.box(0, 0, 6_000, 6_000), 1_000)
    counts = np.zeros((6, 6))
    for seed in range(250):
        for each in drawn(grid, 4, f"seed {seed}"):
            counts[each.column, each.row] += 1
    expected = 250 * 4 / 36
    chi2 = ((counts - expected) ** 2 / expected).sum()
    # 35 degrees of freedom: above 66.6 once in a thousand.
    assert chi2 < 66.6


def test_nobody_is_sent_off_the_ground() -> None:
    """A rim that cuts a corner by less than a millimetre leaves no square beside the ground."""
    ground = GridShape(Polygon([(0, 0), (10_000, 0), (10_000, 10_001), (9_000, 9_000)]))
    grid = grid_of(ground, 1_000)
    every = drawn(grid, len(grid), "s")
    # Beyond the rim by what the grid rounds, along it: never by a square.
    assert all(each.shape.geometry.difference(ground.geometry).area < 2_000 for each in every)
    low = np.array([[each.column, each.row] for each in every]) * 1_000
    boxes = shapely.box(low[:, 0], low[:, 1], low[:, 0] + 1_000, low[:, 1] + 1_000)
    assert shapely.area(shapely.intersection(boxes, ground.geometry)).sum() > 0.9999 * (
        ground.geometry.area
    )
    # The control: the square across the rim meets the ground, in what no grid can draw.
    beyond = shapely.box(9_000, 10_000, 10_000, 11_000)
    assert 0 < shapely.intersection(beyond, ground.geometry).area < 1_000
    assert not ((grid.cells == (9, 10)).all(axis=1)).any()
    assert len(grid_of(GridShape(Polygon([(999, 1_000), (1_001, 999), (1_001, 1_000)])), 1_000)) < 2


def test_how_many_of_no_known_outline() -> None:
    assert n_units_of(10_000, 1) == 10_000
    assert n_units_of(10.1, 2) == 3
    assert n_units_of(0.2, 2) == 1
