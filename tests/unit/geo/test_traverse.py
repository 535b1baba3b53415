"""Outlines by bearing and distance: where they lead, what they miss, and what is refused."""

from __future__ import annotations

import math

import pytest
import shapely

from rafiqa.errors import InvalidInput
from rafiqa.geo import Leg, LonLat, SiteFrame, Walk, misclosure_limit_m, traversed

SITE = SiteFrame(43.13, 36.34)
SQUARE = tuple(Leg(bearing, 100.0) for bearing in (0.0, 90.0, 180.0, 270.0))


def codes(walk: Walk) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        traversed(SITE, walk)
    return [fault.code for fault in caught.value.faults]


def test_a_square_closes_and_its_last_end_is_no_corner() -> None:
    led = traversed(SITE, Walk(43.13, 36.34, SQUARE, returns=True))
    assert len(led.corners_lonlat) == 4
    assert led.length_m == 400
    assert led.misclosure_m is not None
    assert led.misclosure_m < 0.01
    assert led.limit_m == 8


def test_every_leg_is_as_long_as_told_and_runs_as_told() -> None:
    legs = (Leg(33.5, 812.25), Leg(147.0, 95.5), Leg(261.75, 1_400.0))
    led = traversed(SITE, Walk(43.13, 36.34, legs))
    for leg, one, other in zip(legs, led.corners_lonlat, led.corners_lonlat[1:], strict=False):
        line = SITE.to_planar(LonLat(shapely.LineString([one, other]))).geometry
        (ax, ay), (bx, by) = line.coords
        assert line.length == pytest.approx(leg.distance_m, abs=1e-3)
        # Grid north leaves true north by less than a hundredth of a degree so near the origin.
        bearing_deg = math.degrees(math.atan2(bx - ax, by - ay)) % 360
        assert bearing_deg == pytest.approx(leg.bearing_deg, abs=0.01)
    assert led.misclosure_m is None


def test_magnetic_bearings_turn_by_the_declination() -> None:
    plain = traversed(SITE, Walk(43.13, 36.34, (Leg(95.5, 200.0),)))
    turned = traversed(SITE, Walk(43.13, 36.34, (Leg(90.0, 200.0),), declination_deg=5.5))
    assert turned.corners_lonlat == plain.corners_lonlat


def test_a_walk_that_misses_by_more_than_the_limit_is_refused() -> None:
    """A bearing read from the wrong end puts a corner on other ground."""
    slip = (*SQUARE[:3], Leg(90.0, 100.0))
    assert codes(Walk(43.13, 36.34, slip, returns=True)) == ["geo.walk.misclosure"]
    # Without a leg that returns nobody can tell.
    assert traversed(SITE, Walk(43.13, 36.34, slip)).misclosure_m is None
    near = (*SQUARE[:3], Leg(270.0, 107.9))
    assert traversed(SITE, Walk(43.13, 36.34, near, returns=True)).misclosure_m == pytest.approx(
        7.9, abs=0.01
    )
    far = (*SQUARE[:3], Leg(270.0, 108.5))
    assert codes(Walk(43.13, 36.34, far, returns=True)) == ["geo.walk.misclosure"]


def test_the_limit_grows_with_the_way_and_ends_at_ten_metres() -> None:
    assert misclosure_limit_m(100) == 2
    assert misclosure_limit_m(5_000) == 10


def test_every_wrong_figure_is_told() -> None:
    legs = (Leg(361.0, 10.0), Leg(math.nan, 10.0), Leg(0.0, 0.0), Leg(0.0, 10_001.0))
    found = codes(Walk(43.13, 36.34, legs, declination_deg=math.nan))
    assert sorted(found) == [
        "geo.walk.bearing",
        "geo.walk.bearing",
        "geo.walk.declination",
        "geo.walk.distance",
        "geo.walk.distance",
    ]
    assert codes(Walk(200.0, 36.34, SQUARE)) == ["geo.lonlat.out-of-range"]
    assert codes(Walk(43.13, 36.34, ())) == ["geo.walk.legs"]
