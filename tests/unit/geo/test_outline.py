"""Outlines for papers: what is kept, what is refused, and where only a box is left."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from rafiqa.geo import (
    CORNERS_LIMIT,
    EDGE_M,
    GridShape,
    Outline,
    SiteFrame,
    outline_around,
    outline_within,
)
from rafiqa.geo.fault import ShapeFault

FRAME = SiteFrame(38.55, 34.9)
FIELD = GridShape(Polygon([(13, 17), (100_003, 2_001), (96_111, 88_888), (4_567, 71_077)]))


def ring_mm(n: int, radius_mm: float, waver_mm: float) -> np.ndarray:
    chance = np.random.default_rng(n)
    turn = np.arange(n) / n * math.tau
    round_ = np.column_stack([np.cos(turn), np.sin(turn)]) * radius_mm
    return np.rint(round_ + chance.normal(0, waver_mm, (n, 2)))


def drawn(found: Outline | ShapeFault) -> Outline:
    assert isinstance(found, Outline)
    return found


def test_a_walk_keeps_nearly_all_its_land_in_few_corners() -> None:
    """200 corners around 17 ha at 1 m; the measure the design was made by is 74 corners, 99 %."""
    walk = GridShape(Polygon(ring_mm(200, 232_000, 500)))
    found = drawn(outline_within(walk, FRAME))
    assert found.tolerance_m == 1.0
    assert found.n_corners <= 80
    assert 0 < found.difference < 0.012


def test_a_hole_stays_a_hole() -> None:
    hole = shapely.box(40_000, 40_000, 55_000, 52_000)
    land = GridShape.of(shapely.difference(shapely.box(0, 0, 200_000, 100_000), hole))
    (rings,) = drawn(outline_within(land, FRAME)).polygons
    assert len(rings) == 2
    (rings,) = drawn(outline_around(land, FRAME)).polygons
    assert len(rings) == 2, "land inside is not called hazard without need"


def test_pieces_stay_pieces_inwards_and_may_grow_together_outwards() -> None:
    pieces = GridShape(
        MultiPolygon([shapely.box(0, 0, 50_000, 50_000), shapely.box(50_060, 0, 90_000, 50_000)])
    )
    assert len(drawn(outline_within(pieces, FRAME)).polygons) == 2
    assert len(drawn(outline_around(pieces, FRAME)).polygons) == 1


def test_too_many_corners_raise_the_tolerance() -> None:
    coast = GridShape(Polygon(ring_mm(3_000, 2_000_000, 900)))
    found = drawn(outline_within(coast, FRAME, corners_limit=60))
    assert found.n_corners <= 60
    assert found.tolerance_m > 1.0
    assert found.difference <= 0.02


def test_small_land_lowers_the_tolerance() -> None:
    spiked = Polygon([(0, 0), (30_000, 0), (30_000, 29_400), (15_000, 30_000), (0, 29_400)])
    found = drawn(outline_within(GridShape(spiked), FRAME))
    assert found.tolerance_m < 1.0
    assert found.n_corners == 5


def test_where_too_much_would_be_lost_it_is_refused_and_the_limit_is_the_caller_s() -> None:
    room = GridShape.box(0, 0, 4_000, 3_000)
    refused = outline_within(room, FRAME)
    assert isinstance(refused, ShapeFault)
    assert refused.code == "geo.outline.none-inside"
    assert refused.params == {"n": CORNERS_LIMIT, "limit_percent": 2}
    assert drawn(outline_within(room, FRAME, most_lost=0.2)).difference > 0.02


@pytest.mark.parametrize("wide_m", [2, 4, 9])
def test_small_land_is_drawn_where_a_step_along_its_edge_may_be_lost(wide_m: int) -> None:
    """Strips and rooms at every place on the grid of degrees, turned and straight."""
    for number in range(60):
        land = shapely.box(number * 37, 0, number * 37 + wide_m * 1_000, 30_000)
        turned = shapely.affinity.rotate(land, number * 7, origin=(0, 0))
        shape = GridShape.of(shapely.transform(turned, np.rint))
        found = drawn(outline_within(shape, FRAME, edge_m=EDGE_M))
        strip_mm2 = EDGE_M * 1_000 * shape.length_mm
        assert found.difference <= strip_mm2 / shape.geometry.area


def test_land_of_few_corners_is_not_simplified() -> None:
    found = drawn(outline_within(FIELD, FRAME, tolerance_m=5.0))
    assert (found.n_corners, found.tolerance_m) == (4, 0.0)
    assert found.difference < 0.005


def test_with_too_few_corners_for_its_arms_it_is_refused() -> None:
    arms = shapely.union_all(
        [shapely.box(0, 0, 200_000, 10_000)]
        + [shapely.box(x, 0, x + 10_000, 200_000) for x in range(0, 200_000, 20_000)]
    )
    refused = outline_within(GridShape.of(arms), FRAME, corners_limit=12)
    assert isinstance(refused, ShapeFault)
    assert refused.code == "geo.outline.none-inside"
    assert drawn(outline_around(GridShape.of(arms), FRAME, corners_limit=12)).n_corners <= 12


def test_what_is_narrower_than_a_step_is_not_released_but_still_a_hazard() -> None:
    strip = GridShape.box(0, 0, 90_000, 60)
    refused = outline_within(strip, FRAME)
    assert isinstance(refused, ShapeFault)
    assert refused.code == "geo.outline.none-inside"
    assert drawn(outline_around(strip, FRAME)).difference > 0


def test_at_last_a_box_is_taken() -> None:
    """Pieces so far apart that nothing joins them, and too few corners for all."""
    crumbs = GridShape(
        MultiPolygon(
            [
                shapely.box(x, y, x + 900, y + 900)
                for x in range(0, 40_000_000, 8_000_000)
                for y in range(0, 40_000_000, 8_000_000)
            ]
        )
    )
    found = drawn(outline_around(crumbs, FRAME, corners_limit=20))
    assert found.n_corners == 4
    assert math.isinf(found.tolerance_m)


@pytest.mark.parametrize("draw", [outline_within, outline_around])
def test_no_land_has_no_outline(draw) -> None:
    assert draw(GridShape.empty(), FRAME) == ShapeFault("geo.shape.empty")


def test_land_across_the_date_line_is_refused_both_ways() -> None:
    across = GridShape.box(-5_000_000, 0, 5_000_000, 4_000_000)
    frame = SiteFrame(180.0, 10.0)
    refused = outline_within(across, frame)
    assert isinstance(refused, ShapeFault)
    assert refused.code == "geo.outline.none-inside"
    assert outline_around(across, frame) == ShapeFault("geo.outline.none-around")
    beside = GridShape.box(-9_000_000, 0, -5_000_000, 4_000_000)
    assert drawn(outline_within(beside, frame)).n_corners == 4


@pytest.mark.parametrize("draw", [outline_within, outline_around])
@pytest.mark.parametrize("way", [1, -1])
def test_the_same_land_has_the_same_outline_however_it_was_drawn(draw, way: int) -> None:
    points = [(13, 17), (100_003, 2_001), (96_111, 88_888), (4_567, 71_077)]
    for start in range(4):
        again = GridShape(Polygon((points[start:] + points[:start])[::way]))
        assert draw(again, FRAME) == draw(FIELD, FRAME)


def test_a_tolerance_of_nothing_still_rises_where_there_are_too_many_corners() -> None:
    walk = GridShape(Polygon(ring_mm(400, 232_000, 500)))
    found = drawn(outline_within(walk, FRAME, tolerance_m=0.0, corners_limit=100))
    assert found.n_corners <= 100
    assert found.tolerance_m > 0
