"""An outline in millionths of a degree is, on the ground, the land that it was drawn from."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from rafiqa.geo import (
    EDGE_M,
    GridShape,
    Outline,
    SiteFrame,
    outline_around,
    outline_within,
    planar_mm,
)

FRAMES = (SiteFrame(38.55, 34.9), SiteFrame(44.0, 36.3), SiteFrame(30.5, 50.4))


def star(seed: int, n_corners: int, radius_mm: float) -> GridShape:
    """A ragged shape: radii drawn apart from one another, so edges are short, long and sharp."""
    drawn = np.random.default_rng(seed)
    angles = np.sort(drawn.uniform(0, 2 * np.pi, n_corners))
    radii = radius_mm * drawn.uniform(0.5, 1, n_corners)
    points = np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
    return GridShape.of(shapely.Polygon(np.rint(points)))


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("seed", range(12))
def test_on_the_ground_released_land_is_inside_and_hazard_around(
    seed: int, frame: SiteFrame
) -> None:
    shape = star(seed, 30, 60_000)
    within = outline_within(shape, frame, edge_m=EDGE_M)
    around = outline_around(shape, frame)
    assert isinstance(within, Outline)
    assert isinstance(around, Outline)
    inner, outer = planar_mm(within.polygons, frame), planar_mm(around.polygons, frame)
    assert shape.geometry.covers(inner)
    assert outer.covers(shape.geometry)
    assert inner.area / shape.geometry.area == pytest.approx(1 - within.difference, abs=1e-5)


def test_rounding_to_the_nearest_would_not_do() -> None:
    """The control: the same grid without a margin leaves the land in some of the cases."""
    left = 0
    for seed in range(20):
        shape = star(seed, 40, 50_000)
        degrees = FRAMES[0].shapes_to_lonlat(np.array([shape.geometry], dtype=object))[0]
        nearest = shapely.transform(degrees, lambda xy: np.rint(xy * 1e6))
        rings = tuple((int(x), int(y)) for x, y in nearest.exterior.coords[:-1])
        left += not shape.geometry.covers(planar_mm(((rings,),), FRAMES[0]))
    assert left > 10


def test_a_hole_stays_a_hole() -> None:
    ring = shapely.box(0, 0, 100_000, 100_000).difference(
        shapely.box(40_000, 40_000, 60_000, 60_000)
    )
    drawn = outline_within(GridShape.of(ring), FRAMES[0], edge_m=EDGE_M)
    assert isinstance(drawn, Outline)
    inner = planar_mm(drawn.polygons, FRAMES[0])
    assert ring.covers(inner)
    assert not inner.intersects(shapely.Point(50_000, 50_000))
