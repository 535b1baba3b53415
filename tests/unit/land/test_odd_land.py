"""Odd land is taken exactly or refused by code: huge rings, a third of a m², bow-ties, nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from rafiqa.geo import GridShape, LonLat, Planar, Registered, SiteFrame, ring_faults
from rafiqa.land import Actor, AreaRecorded, Recorded, account, area_ruling, fold, point

FRAME = SiteFrame(39.0, 35.95)
ANA = Actor("ana", "authority", "authority")


def circle_m(n: int, reach_m: float, x_m: float = 0.0) -> Polygon:
    turn = np.arange(n) / n * math.tau
    return Polygon(np.column_stack([x_m + np.cos(turn) * reach_m, np.sin(turn) * reach_m]))


def register(metres: Polygon | MultiPolygon) -> Registered | list[str]:
    made = FRAME.to_grid(FRAME.to_lonlat(Planar(metres)))
    return made if isinstance(made, Registered) else [fault.code for fault in made]


def in_account(shape: GridShape) -> int:
    fact = AreaRecorded("A", "sha", shape, source="list")
    book = fold([Recorded(1, "e1", 1, 1, ANA, fact)])
    told = account(book, from_us=0, until_us=2)
    assert told.balance_error == 0
    return told.classes["sha"].closing


def test_a_ring_of_more_than_five_thousand_vertices_is_refused() -> None:
    assert register(circle_m(5_001, 300)) == ["geo.shape.ring-too-long"]


def test_a_ring_of_five_thousand_is_taken_exactly() -> None:
    made = register(circle_m(5_000, 300))
    assert isinstance(made, Registered)
    assert made.shape.n_vertices == 5_000
    assert in_account(made.shape) == made.shape.area2_mm2


def test_ten_thousand_vertices_in_several_rings_are_taken_exactly() -> None:
    made = register(MultiPolygon([circle_m(2_000, 100, at * 300.0) for at in range(5)]))
    assert isinstance(made, Registered)
    assert made.shape.n_vertices == 10_000
    assert in_account(made.shape) == made.shape.area2_mm2
    more = MultiPolygon([circle_m(2_001, 100, at * 300.0) for at in range(5)])
    assert register(more) == ["geo.shape.too-many-vertices"]


def test_a_third_of_a_square_metre_is_taken_exactly() -> None:
    made = register(Polygon([(0, 0), (0.6, 0), (0.6, 0.5), (0, 0.5)]))
    assert isinstance(made, Registered)
    assert made.shape.area_m2 == pytest.approx(0.3, abs=0.003)
    assert in_account(made.shape) == made.shape.area2_mm2
    fact = AreaRecorded("A", "cha", made.shape, source="list")
    book = fold([Recorded(1, "e1", 1, 1, ANA, fact)])
    x_mm, y_mm = shapely.get_coordinates(made.shape.geometry.centroid)[0]
    assert point(book, round(x_mm), round(y_mm), 2).state == "cha"


def test_a_bow_tie_is_refused() -> None:
    bow = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    assert register(bow) == ["geo.shape.self-intersection"]


@pytest.mark.parametrize("points", [[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0)], [(0.0, 0.0)] * 4])
def test_less_than_three_vertices_are_refused(points: list[tuple[float, float]]) -> None:
    assert [fault.code for fault in ring_faults(points)] == ["geo.shape.too-few-points"]


def test_two_vertices_drawn_as_a_polygon_are_refused() -> None:
    flat = LonLat(Polygon([(39.0, 35.95), (39.001, 35.95), (39.0, 35.95), (39.0, 35.95)]))
    made = FRAME.to_grid(flat)
    assert not isinstance(made, Registered)
    assert made[0].code in {"geo.shape.too-few-points", "geo.shape.self-intersection"}


def test_nothing_is_refused() -> None:
    assert [fault.code for fault in ring_faults([])] == ["geo.shape.empty"]
    assert register(Polygon()) == ["geo.shape.empty"]
    ruling = area_ruling(AreaRecorded("A", "sha", GridShape.empty(), source="list"), [])
    assert [reason.code for reason in ruling.reasons] == ["land.area.empty"]
