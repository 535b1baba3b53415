from __future__ import annotations

import math

import pytest
import shapely
from shapely import LineString, Point

from rafiqa.geo import GridShape, Planar, area_m2, dwithin, length_m


def test_area_and_length_in_metres() -> None:
    assert area_m2(Planar(shapely.box(0, 0, 20, 5))) == 100.0
    assert length_m(Planar(LineString([(0, 0), (3, 4)]))) == 5.0


def test_within_a_distance_counts_the_distance_itself() -> None:
    here, there = GridShape.box(0, 0, 10, 10), GridShape.box(50_010, 0, 50_020, 10)
    assert dwithin(here, there, distance_mm=50_000)
    assert not dwithin(here, there, distance_mm=49_999)
    assert dwithin(here, there, distance_m=50)
    assert dwithin(here, Planar(Point(50.01, 0)), distance_m=50)
    assert dwithin(Planar(Point(0, 0)), Planar(Point(3, 4)), distance_m=5)
    assert not dwithin(here, GridShape.empty(), distance_m=5)


def test_a_buffer_would_have_missed_it() -> None:
    """The control: inside 50 m, outside the polygon that stands for a 50 m buffer."""
    turn = math.pi / 64
    near = Point(49.99 * math.cos(turn), 49.99 * math.sin(turn))
    assert dwithin(Planar(Point(0, 0)), Planar(near), distance_m=50)
    assert not Point(0, 0).buffer(50, quad_segs=8).intersects(near)


@pytest.mark.parametrize("distance_m", [-1.0, math.nan, math.inf])
def test_a_distance_is_finite(distance_m: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        dwithin(Planar(Point(0, 0)), Planar(Point(0, 0)), distance_m=distance_m)


def test_one_distance_is_given() -> None:
    with pytest.raises(TypeError):
        dwithin(Planar(Point(0, 0)), Planar(Point(0, 0)))
    with pytest.raises(TypeError):
        dwithin(Planar(Point(0, 0)), Planar(Point(0, 0)), distance_m=1, distance_mm=1_000)
