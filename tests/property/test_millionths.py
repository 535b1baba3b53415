"""Outlines read back into the site's plane stand where those who drew them promised."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

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


def star(seed: int, n: int, radius_mm: float, spread: float, away_mm: int) -> GridShape:
    """A ragged shape: radii drawn apart from one another, so edges are short, long and sharp."""
    drawn = np.random.default_rng(seed)
    angles = np.sort(drawn.uniform(0, 2 * np.pi, n))
    radii = radius_mm * drawn.uniform(1 - spread, 1, n)
    points = np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
    shape = shapely.make_valid(shapely.Polygon(np.rint(points + away_mm)))
    parts = [each for each in shapely.get_parts(shape) if each.geom_type == "Polygon"]
    if not parts:
        return GridShape.empty()
    largest = shapely.set_precision(max(parts, key=lambda each: each.area), 1)
    return GridShape.of(shapely.transform(largest, np.rint))


@given(
    seed=st.integers(0, 10**9),
    n=st.integers(3, 80),
    radius_mm=st.floats(2_000, 800_000),
    spread=st.floats(0, 0.95),
    away_mm=st.integers(-9_000_000, 9_000_000),
    tolerance_m=st.sampled_from([0.25, 1.0, 5.0]),
    frame=st.sampled_from(FRAMES),
)
def test_released_land_shrinks_and_hazards_grow(
    seed: int,
    n: int,
    radius_mm: float,
    spread: float,
    away_mm: int,
    tolerance_m: float,
    frame: SiteFrame,
) -> None:
    shape = star(seed, n, radius_mm, spread, away_mm)
    if shape.is_empty:
        return
    inner = outline_within(shape, frame, tolerance_m=tolerance_m, edge_m=EDGE_M)
    if isinstance(inner, Outline):
        assert shape.geometry.covers(planar_mm(inner.polygons, frame))
    outer = outline_around(shape, frame, tolerance_m=tolerance_m)
    assert isinstance(outer, Outline)
    assert planar_mm(outer.polygons, frame).covers(shape.geometry)


def test_rounding_to_the_nearest_would_not_do() -> None:
    """The control: the same reading sees corners that were rounded without a side."""
    left = 0
    for seed in range(20):
        shape = star(seed, 40, 50_000, 0.3, 1_000)
        degrees = FRAMES[0].shapes_to_lonlat(np.array([shape.geometry], dtype=object))[0]
        nearest = shapely.transform(degrees, lambda xy: np.rint(xy * 1e6))
        rings = tuple((int(x), int(y)) for x, y in nearest.exterior.coords[:-1])
        left += not shape.geometry.covers(planar_mm(((rings,),), FRAMES[0]))
    assert left > 10


def test_a_hole_stays_a_hole() -> None:
    ring = shapely.box(0, 0, 100_000, 100_000).difference(
        shapely.box(40_000, 40_000, 60_000, 60_000)
    )
    inner = outline_within(GridShape.of(ring), FRAMES[0], edge_m=EDGE_M)
    assert isinstance(inner, Outline)
    assert not planar_mm(inner.polygons, FRAMES[0]).intersects(shapely.Point(50_000, 50_000))
