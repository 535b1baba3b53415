"""Two sites with a common border: on one grid, each square metre once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon

from rafiqa.geo import (
    GridShape,
    LonLat,
    Reconciled,
    Registered,
    SiteFrame,
    coverage_fault,
    home_of,
    reconcile,
)

WEST = SiteFrame(38.50, 35.00)


def east(away_km: float) -> SiteFrame:
    """A frame so far to the east, by the sphere's arc."""
    return SiteFrame(38.50 + away_km / (111.32 * np.cos(np.radians(35.0))), 35.05)


def land(frame: SiteFrame, polygon: Polygon) -> GridShape:
    made = frame.to_grid(LonLat(polygon))
    assert isinstance(made, Registered), made
    return made.shape


def border_deg(other: SiteFrame) -> float:
    return (WEST.lon_deg + other.lon_deg) / 2


@pytest.mark.parametrize("away_km", [30, 55, 80])
def test_a_common_border_is_no_gap_and_no_overlap(away_km: float) -> None:
    other = east(away_km)
    x = border_deg(other)
    mine = land(WEST, Polygon([(x - 0.01, 35.0), (x, 35.0), (x, 35.004), (x - 0.01, 35.004)]))
    theirs = land(other, Polygon([(x, 35.0), (x + 0.01, 35.0), (x + 0.01, 35.004), (x, 35.004)]))
    found = reconcile(WEST, [mine], other, [theirs])
    assert isinstance(found, Reconciled)
    assert coverage_fault([face for face, _ in found.faces]) is None
    total2 = sum(face.area2_mm2 for face, _ in found.faces)
    assert total2 == found.ground.area2_mm2
    # What the border's own bend makes: millimetres along 444 m.
    assert found.in_both2_mm2 / 2e6 < 0.3
    both_m2 = (mine.area2_mm2 + theirs.area2_mm2) / 2e6 + found.difference_mm2[0] / 1e6
    assert abs(total2 / 2e6 - both_m2) < 0.5


@pytest.mark.parametrize("away_km", [30, 80])
def test_land_recorded_by_both_counts_once(away_km: float) -> None:
    other = east(away_km)
    x = border_deg(other)
    ring = [(x - 0.01, 35.0), (x + 0.01, 35.0), (x + 0.01, 35.01), (x - 0.01, 35.01)]
    mine, theirs = land(WEST, Polygon(ring)), land(other, Polygon(ring))
    found = reconcile(WEST, [mine], other, [theirs])
    assert isinstance(found, Reconciled)
    assert abs(found.ground.area_m2 - mine.area_m2) < 3
    assert found.in_both2_mm2 / 2e6 == pytest.approx(mine.area_m2, abs=3)


def test_the_difference_is_the_frames_scale_and_a_shift_would_miss_it() -> None:
    other = east(80)
    x = border_deg(other) + 0.05
    ring = [(x, 35.0), (x + 0.02, 35.0), (x + 0.02, 35.02), (x, 35.02)]
    theirs = land(other, Polygon(ring))
    found = reconcile(WEST, [], other, [theirs])
    assert isinstance(found, Reconciled)
    assert found.difference_mm2 == (round((found.ground.area2_mm2 - theirs.area2_mm2) / 2),)
    # 45 km and 35 km off: the scales differ by some 1e-5 of four square kilometres.
    assert 10 < found.difference_mm2[0] / 1e6 < 200
    mine = land(WEST, Polygon(ring))
    corner = np.array(mine.bounds_mm[:2]) - np.array(theirs.bounds_mm[:2])
    shifted = GridShape.of(shapely.transform(theirs.geometry, lambda xy: xy + corner))
    assert shapely.hausdorff_distance(shifted.geometry, mine.geometry) > 1_000
    assert shapely.hausdorff_distance(found.ground.geometry, mine.geometry) < 50


def test_geodesic_area_tells_which_frame_is_right() -> None:
    other = east(80)
    x = border_deg(other)
    ring = [(x, 35.0), (x + 0.02, 35.0), (x + 0.02, 35.02), (x, 35.02)]
    for frame in (WEST, other):
        shape = land(frame, Polygon(ring))
        dense = GridShape.of(shapely.transform(shapely.segmentize(shape.geometry, 50_000), np.rint))
        middle = np.array([shape.geometry.centroid.coords[0]])
        by_scale_m2 = shape.area_m2 / frame.area_scale(middle)[0]
        assert by_scale_m2 == pytest.approx(frame.geodesic_m2(dense), rel=2e-8)


def test_land_beyond_the_first_ones_reach_is_refused_by_code() -> None:
    other = east(80)
    x = other.lon_deg
    theirs = land(other, Polygon([(x, 35.0), (x + 0.01, 35.0), (x + 0.01, 35.01)]))
    found = reconcile(WEST, [], other, [GridShape.empty(), theirs])
    assert isinstance(found, tuple)
    assert [(item.code, item.place) for item in found] == [("geo.frame.too-far", "shape 1")]


def test_an_area_across_two_frames_is_refused_by_code() -> None:
    frames = (WEST, east(120))
    x = border_deg(frames[1])
    across = LonLat(Polygon([(x - 0.2, 35.0), (x + 0.2, 35.0), (x + 0.2, 35.01)]))
    found = home_of(across, frames)
    assert isinstance(found, tuple)
    assert [item.code for item in found] == ["geo.frame.across"]
    assert not isinstance(WEST.to_grid(across), Registered)


def test_land_goes_to_the_frame_in_whose_middle_it_lies() -> None:
    frames = (WEST, east(60))
    near_west = LonLat(Polygon([(38.6, 35.0), (38.61, 35.0), (38.61, 35.01)]))
    x = frames[1].lon_deg
    near_east = LonLat(Polygon([(x, 35.0), (x + 0.01, 35.0), (x + 0.01, 35.01)]))
    nowhere = LonLat(Polygon([(38.5, 37.0), (38.51, 37.0), (38.51, 37.01)]))
    off = LonLat(Polygon([(200.0, 37.0), (201.0, 37.0), (201.0, 37.01)]))
    assert (home_of(near_west, frames), home_of(near_east, frames)) == (0, 1)
    for far in (nowhere, off):
        found = home_of(far, frames)
        assert isinstance(found, tuple)
        assert [item.code for item in found] == ["geo.frame.too-far"]
