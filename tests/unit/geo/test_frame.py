from __future__ import annotations

import math
import threading

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon

from rafiqa.errors import InvalidInput
from rafiqa.geo import (
    GRID_LIMIT_MM,
    LAND_REACH_M,
    GridShape,
    LonLat,
    Planar,
    Registered,
    ShapeFault,
    SiteFrame,
    Spot,
)

RAQQA = SiteFrame(39.0, 35.95)
FIELD = Polygon([(39.01, 35.95), (39.02, 35.95), (39.02, 35.96), (39.01, 35.96)])


def codes(found: object) -> list[str]:
    assert isinstance(found, tuple)
    return [fault.code for fault in found]


def test_spot_keeps_eight_decimals() -> None:
    spot = Spot.of(39.123456785, -35.9)
    assert (spot.lon_e8, spot.lat_e8) == (3_912_345_678, -3_590_000_000)
    assert spot.lat_deg == -35.9
    assert Spot.of(spot.lon_deg, spot.lat_deg) == spot


@pytest.mark.parametrize("place", [(181, 0), (0, 91), (math.nan, 0), (0, math.inf)])
def test_spot_out_of_range_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(InvalidInput) as refused:
        Spot.of(*place)
    assert refused.value.code == "geo.lonlat.out-of-range"


@pytest.mark.parametrize("origin", [(200.0, 0.0), (0.0, 89.0), (math.nan, 0.0)])
def test_frame_needs_an_origin(origin: tuple[float, float]) -> None:
    with pytest.raises(InvalidInput) as refused:
        SiteFrame(*origin)
    assert refused.value.code == "geo.frame.origin"


def test_frames_are_equal_by_origin() -> None:
    assert SiteFrame(39, 36) == SiteFrame(39.0, 36.0)
    assert hash(SiteFrame(39, 36)) == hash(SiteFrame(39.0, 36.0))


def test_origin_is_zero_and_north_is_up() -> None:
    assert RAQQA.spot_mm(Spot.of(39.0, 35.95)) == (0, 0)
    x_mm, y_mm = RAQQA.spot_mm(Spot.of(39.0, 35.96))
    assert x_mm == 0
    assert y_mm == pytest.approx(1_109_600, rel=1e-4)
    assert RAQQA.spot_mm(Spot.of(39.01, 35.95))[0] == pytest.approx(902_150, rel=1e-3)
    assert RAQQA.mm_spot(x_mm, y_mm) == Spot.of(39.0, 35.96)


def test_registering_gives_the_shape_and_the_difference() -> None:
    registered = RAQQA.to_grid(LonLat(FIELD))
    assert isinstance(registered, Registered)
    before_mm2 = RAQQA.to_planar(LonLat(FIELD)).geometry.area * 1e6
    after_mm2 = registered.shape.area2_mm2 / 2
    assert registered.grid_difference_mm2 == round(after_mm2 - before_mm2)
    assert 0 < abs(registered.grid_difference_mm2) < 0.71 * registered.shape.geometry.length


def test_registering_drops_heights() -> None:
    high = shapely.force_3d(FIELD, 300.0)
    assert RAQQA.to_grid(LonLat(high)) == RAQQA.to_grid(LonLat(FIELD))


def test_registering_refuses_what_is_not_land() -> None:
    bow = Polygon([(39, 36), (39.1, 36.1), (39.1, 36), (39, 36.1)])
    assert codes(RAQQA.to_grid(LonLat(bow))) == ["geo.shape.self-intersection"]
    assert codes(RAQQA.to_grid(LonLat(Point(39, 36)))) == ["geo.shape.type"]
    assert codes(RAQQA.to_grid(LonLat(Polygon()))) == ["geo.shape.empty"]


def test_registering_refuses_land_beyond_reach() -> None:
    far = shapely.transform(FIELD, lambda xy: xy + np.array([0.6, 0]))
    faults = RAQQA.to_grid(LonLat(far))
    assert codes(faults) == ["geo.frame.too-far"]
    assert isinstance(faults, tuple)
    assert faults[0].params == {"away_km": 56, "limit_km": LAND_REACH_M // 1_000}
    assert faults[0].x is not None
    swapped = shapely.transform(FIELD, lambda xy: xy[:, ::-1])
    assert codes(RAQQA.to_grid(LonLat(swapped))) == ["geo.frame.too-far"]
    metres = shapely.transform(FIELD, lambda xy: xy * 1e5)
    assert codes(RAQQA.to_grid(LonLat(metres))) == ["geo.lonlat.out-of-range"]


def test_other_side_of_the_world_is_too_far() -> None:
    far = shapely.transform(FIELD, lambda xy: xy * [1, -1] + np.array([-180, 0]))
    faults = RAQQA.to_grid(LonLat(far))
    assert codes(faults) == ["geo.frame.too-far"]


@pytest.mark.parametrize(
    "millimetres",
    [
        [(0, 0), (0.4, 0), (0.4, 0.4)],
        [(0, 0), (1_000_000, 0), (1_000_000, 1), (0, 1)],
        [(0, 0), (10_000, 0.4), (10_000, 10_000), (5_000, 0.45), (0, 10_000)],
    ],
    ids=["a point", "a thread", "a pinch"],
)
def test_land_finer_than_the_grid_is_refused_not_repaired(millimetres) -> None:
    metres = shapely.transform(Polygon(millimetres), lambda mm: mm / 1_000)
    faults = RAQQA.to_grid(RAQQA.to_lonlat(Planar(metres)))
    assert set(codes(faults)) == {"geo.grid.too-fine"}
    assert isinstance(faults, tuple)
    assert all(fault.x == pytest.approx(39, abs=1) for fault in faults if fault.x is not None)


def test_a_fault_of_the_grid_without_a_place_is_still_a_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def after_snap(_: object, *, limits: bool = True) -> list[ShapeFault]:
        return [] if limits else [ShapeFault("geo.shape.invalid")]

    monkeypatch.setattr("rafiqa.geo.frame.shape_faults", after_snap)
    assert RAQQA.to_grid(LonLat(FIELD)) == (ShapeFault("geo.grid.too-fine"),)


def test_published_land_has_shells_counter_clockwise() -> None:
    shape = GridShape(MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(20, 0, 30, 10)]))
    published = RAQQA.to_lonlat(shape).geometry
    assert all(part.exterior.is_ccw for part in shapely.get_parts(published))


def test_points_in_bulk_agree_with_spots() -> None:
    lon_deg, lat_deg = np.array([39.0, 39.1, 38.9]), np.array([35.95, 36.0, 35.9])
    found = RAQQA.to_grid_points(lon_deg, lat_deg)
    assert found.dtype == np.int64
    expected = [RAQQA.spot_mm(Spot.of(*place)) for place in zip(lon_deg, lat_deg, strict=True)]
    assert [tuple(row) for row in found.tolist()] == expected
    assert RAQQA.to_grid_points(np.array([]), np.array([])).shape == (0, 2)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ((math.nan, 36.0), "geo.lonlat.out-of-range"),
        ((39.0, 96.0), "geo.lonlat.out-of-range"),
        ((30.0, 36.0), "geo.frame.off-grid"),
        ((-141.0, 0.0), "geo.frame.off-grid"),
    ],
)
def test_points_in_bulk_name_the_first_without_a_place(place, code: str) -> None:
    lon_deg, lat_deg = np.array([39.0, place[0]]), np.array([36.0, place[1]])
    with pytest.raises(InvalidInput) as refused:
        RAQQA.to_grid_points(lon_deg, lat_deg)
    assert refused.value.code == code
    assert refused.value.faults[0].row == 2
    assert RAQQA.placeable(lon_deg, lat_deg).tolist() == [True, False]
    with pytest.raises(InvalidInput):
        RAQQA.to_planar(LonLat(Point(30, 36)))


def test_shapes_in_bulk_keep_order_and_gaps() -> None:
    line = LineString([(39.0, 36.0), (39.1, 36.1)])
    given = np.array([FIELD, None, line, shapely.force_3d(FIELD, 1.0)], dtype=object)
    found = RAQQA.shapes_to_mm(given)
    assert found[1] is None
    assert not shapely.has_z(found[3])
    assert given[0] is FIELD
    metres = RAQQA.to_planar(LonLat(FIELD)).geometry
    assert found[0].area == pytest.approx(metres.area * 1e6)
    assert RAQQA.shapes_placeable(given).tolist() == [True, False, True, True]


def test_shapes_in_bulk_come_back() -> None:
    given = np.array([FIELD, Point(39.1, 36.0), None], dtype=object)
    back = RAQQA.shapes_to_lonlat(RAQQA.shapes_to_mm(given))
    assert back[2] is None
    assert shapely.equals_exact(back[:2], given[:2], tolerance=1e-9).all()


def test_shapes_in_bulk_name_the_row_without_a_place() -> None:
    far = LineString([(39.0, 36.0), (10.0, 36.1)])
    given = np.array([FIELD, FIELD, far, Polygon()], dtype=object)
    with pytest.raises(InvalidInput) as refused:
        RAQQA.shapes_to_mm(given)
    assert refused.value.faults[0].row == 3
    assert refused.value.faults[0].params["limit_km"] == GRID_LIMIT_MM // 1_000_000
    assert RAQQA.shapes_placeable(given).tolist() == [True, True, False, False]


def test_distance_from_origin() -> None:
    assert RAQQA.distance_from_origin_m(LonLat(Point(39, 35.95))) == pytest.approx(0, abs=1e-6)
    far_m = RAQQA.distance_from_origin_m(LonLat(FIELD))
    assert far_m == pytest.approx(math.hypot(1_804.2, 1_109.7), rel=1e-3)
    assert RAQQA.distance_from_origin_m(LonLat(Point(500, 0))) == math.inf
    assert RAQQA.distance_from_origin_m(LonLat(Polygon())) == 0


def test_frames_may_be_used_from_threads() -> None:
    registered: list[object] = []

    def register() -> None:
        for shift in range(50):
            frame = SiteFrame(39.0 + shift / 1_000, 35.95)
            registered.append(frame.to_grid(LonLat(FIELD)))

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registered) == 200
    assert len(set(map(repr, registered))) <= 50
