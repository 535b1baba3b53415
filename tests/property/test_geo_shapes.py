"""Round trips, rounding and truth of single shapes."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import pyproj  # noqa: TID251 - the peer that the frame is measured against
import shapely
from hypothesis import HealthCheck, assume, given, settings

from rafiqa.geo import (
    GridShape,
    LonLat,
    Planar,
    Registered,
    SiteFrame,
    area_m2,
    inward,
    outward,
    shape_faults,
)
from tests.property.shapes import frames, grid_shapes, moved, stars

QUICK = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
STEPS_MM = st.sampled_from([1, 7, 10, 100, 1_000, 10_000])


def _exact_area2(shape: GridShape) -> int:
    """The shoelace in plain Python integers: the slow path that the fast one must equal."""
    total = 0
    for part in shape.to_plain():
        for ring in part:
            x, y, points = 0, 0, []
            for dx, dy in zip(ring[::2], ring[1::2], strict=True):
                x, y = x + dx, y + dy
                points.append((x, y))
            ends = points[1:] + points[:1]
            total += sum(a[1] * b[0] - a[0] * b[1] for a, b in zip(points, ends, strict=True))
    return total


@QUICK
@given(grid_shapes())
def test_area_is_the_plain_shoelace(shape: GridShape) -> None:
    assert shape.area2_mm2 == _exact_area2(shape) > 0
    assert type(shape.area2_mm2) is int
    assert shape.area2_mm2 / 2 == math.fsum(part.area2_mm2 / 2 for part in shape.parts())


@QUICK
@given(grid_shapes())
def test_plain_round_trip(shape: GridShape) -> None:
    again = GridShape.from_plain(shape.to_plain())
    assert again == shape
    assert hash(again) == hash(shape)
    assert again.to_plain() == shape.to_plain()


@QUICK
@given(grid_shapes(), st.integers(0, 50))
def test_canonical_form_forgets_how_it_was_drawn(shape: GridShape, turn: int) -> None:
    def drawn(part: shapely.Polygon) -> shapely.Polygon:
        rings = [list(ring.coords)[:-1] for ring in (part.exterior, *part.interiors)]
        turned = [ring[turn % len(ring) :] + ring[: turn % len(ring)] for ring in rings]
        return shapely.Polygon(turned[0][::-1], turned[:0:-1])

    parts = [drawn(part) for part in shapely.get_parts(shape.geometry)]
    other = GridShape.of(shapely.MultiPolygon(parts[::-1]))
    assert other == shape
    assert other.to_plain() == shape.to_plain()


@QUICK
@given(grid_shapes(), STEPS_MM)
def test_inward_only_shrinks(shape: GridShape, step_mm: int) -> None:
    inner = inward(shape, step_mm)
    assert shape.covers(inner)
    assert inner.area2_mm2 <= shape.area2_mm2
    assert (shapely.get_coordinates(inner.geometry) % step_mm == 0).all()


@QUICK
@given(grid_shapes(), STEPS_MM)
def test_outward_only_grows(shape: GridShape, step_mm: int) -> None:
    outer = outward(shape, step_mm)
    assert outer.covers(shape)
    assert outer.area2_mm2 >= shape.area2_mm2
    assert (shapely.get_coordinates(outer.geometry) % step_mm == 0).all()


@QUICK
@given(frames(), st.lists(st.tuples(st.floats(-2e4, 2e4), st.floats(-2e4, 2e4)), min_size=1))
def test_frame_round_trip_within_a_millimetre(frame: SiteFrame, places) -> None:
    there = Planar(shapely.MultiPoint(places))
    again = frame.to_planar(frame.to_lonlat(there))
    away_m = shapely.get_coordinates(again.geometry) - np.array(places)
    assert np.abs(away_m).max() < 1e-3


@QUICK
@given(frames(), grid_shapes())
def test_registering_what_was_published_gives_the_same_land(frame, shape: GridShape) -> None:
    assume(max(map(abs, shape.bounds_mm)) < 30_000_000)
    registered = frame.to_grid(frame.to_lonlat(shape))
    if shapely.buffer(shape.geometry, -0.75).is_empty:
        assert not isinstance(registered, Registered)  # too fine, or crossed in degrees already
        return
    assert isinstance(registered, Registered)
    assert registered.shape == shape
    assert abs(registered.grid_difference_mm2) <= 1 + shape.geometry.length * 1e-4


@QUICK
@given(frames(), st.tuples(st.floats(-18, 18), st.floats(-18, 18)), stars(1_000.0))
def test_area_is_true_within_20_km(frame: SiteFrame, at_km, star: shapely.Polygon) -> None:
    assume(math.hypot(*at_km) <= 18)
    land = Planar(shapely.transform(star, lambda xy: xy + np.array(at_km) * 1_000))
    lonlat = shapely.orient_polygons(frame.to_lonlat(land).geometry)
    true_m2 = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(lonlat)[0]
    assert abs(area_m2(land) / true_m2 - 1) < 1.05e-5


@QUICK
@given(stars(), st.floats(-6, 2), st.integers(0, 2**32 - 1))
def test_faults_are_found_exactly_when_the_shape_is_not_valid(star, power, seed) -> None:
    shape = moved(star, 10**power, seed)
    assert bool(shape_faults(shape)) == (not shape.is_valid)


@QUICK
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=12))
def test_a_scribble_is_refused_where_it_crosses(points) -> None:
    scribble = shapely.Polygon(points)
    faults = shape_faults(scribble)
    assert bool(faults) == (not scribble.is_valid)
    for fault in faults:
        assert fault.x is not None and fault.y is not None  # noqa: PT018 - one place
        assert scribble.boundary.distance(shapely.Point(fault.x, fault.y)) < 1e-9


@QUICK
@given(frames(), stars(100_000.0))
def test_grid_difference_is_bounded_by_the_edge(frame: SiteFrame, star) -> None:
    metres = shapely.transform(star, lambda mm: mm / 1_000)
    registered = frame.to_grid(LonLat(frame.to_lonlat(Planar(metres)).geometry))
    assert isinstance(registered, Registered)
    assert abs(registered.grid_difference_mm2) <= 0.71 * star.length + 1
