"""Released land is drawn only inwards, hazard only outwards, however the drawing is read."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyproj  # noqa: TID251 - the peer that the frame is measured against
import pytest
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import (
    CORNERS_LIMIT,
    GridShape,
    LonLat,
    Outline,
    OutlineE6,
    SiteFrame,
    outline,
    outline_around,
    outline_within,
)
from rafiqa.ledger.outline import outline_bytes, outline_of
from tests.property.nastyland import nasty

TOLERANCES_M = (1.0, 0.3, 2.5, 0.0, 10.0, 40.0)
CORNERS = (CORNERS_LIMIT, 74, 12)
GROUP, GROUPS = 500, 5
"""Land in a group, and groups: each drawn both ways, 5,000 drawings in all."""
WEB = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
GEOD = pyproj.Geod(ellps="WGS84")


def in_degrees(drawn: OutlineE6) -> MultiPolygon:
    return MultiPolygon(
        [
            Polygon(np.array(rings[0]) / 1e6, [np.array(ring) / 1e6 for ring in rings[1:]])
            for rings in drawn
        ]
    )


def on_site(degrees: BaseGeometry, frame: SiteFrame) -> BaseGeometry:
    """In millimetres, by the public way that keeps every float as it is."""
    return shapely.transform(frame.to_planar(LonLat(degrees)).geometry, lambda m: m * 1_000)


def straight_on_site(drawn: OutlineE6, frame: SiteFrame) -> BaseGeometry:
    return on_site(in_degrees(drawn), frame)


def straight_in_degrees(drawn: OutlineE6, frame: SiteFrame) -> BaseGeometry:
    degrees = in_degrees(drawn)
    longest = max(degrees.length / 400, 0.0003)
    return on_site(shapely.segmentize(degrees, longest), frame)


def straight_in_mercator(drawn: OutlineE6, frame: SiteFrame) -> BaseGeometry:
    def to(xy, direction):
        return np.column_stack(WEB.transform(xy[:, 0], xy[:, 1], direction=direction))

    web = shapely.transform(in_degrees(drawn), lambda xy: to(xy, "FORWARD"))
    dense = shapely.segmentize(web, max(web.length / 400, 30.0))
    return on_site(shapely.transform(dense, lambda xy: to(xy, "INVERSE")), frame)


def straight_on_earth(drawn: OutlineE6, frame: SiteFrame) -> BaseGeometry:
    def dense(ring):
        found = []
        for (lon, lat), (to_lon, to_lat) in zip(ring, ring[1:] + ring[:1], strict=True):
            found.append((lon / 1e6, lat / 1e6))
            found += GEOD.npts(lon / 1e6, lat / 1e6, to_lon / 1e6, to_lat / 1e6, 30)
        return found

    rings = [[dense(ring) for ring in polygon] for polygon in drawn]
    return on_site(MultiPolygon([Polygon(shell, holes) for shell, *holes in rings]), frame)


READINGS = (straight_on_site, straight_in_degrees)
ALL_READINGS = (*READINGS, straight_in_mercator, straight_on_earth)


def broken(
    shape: GridShape, frame: SiteFrame, drawn: OutlineE6, sign: int, readings=READINGS
) -> list[str]:
    """Which readings of an outline break the promise: leave the land, or leave some of it out."""
    found = []
    for read in readings:
        other = read(drawn, frame)
        outer, inner = (shape.geometry, other) if sign < 0 else (other, shape.geometry)
        if not (other.is_valid and outer.covers(inner)):
            found.append(read.__name__)
    return found


def check(shape: GridShape, frame: SiteFrame, drawn: Outline, sign: int, corners: int) -> None:
    assert not broken(shape, frame, drawn.polygons, sign)
    assert outline_of(outline_bytes(drawn.polygons)) == drawn.polygons
    assert sum(len(ring) for rings in drawn.polygons for ring in rings) == drawn.n_corners
    assert drawn.n_corners <= corners
    change = straight_on_site(drawn.polygons, frame).area / shape.geometry.area - 1
    assert drawn.difference == pytest.approx(sign * change, abs=1e-9)
    assert drawn.difference > 0
    for rings in drawn.polygons:
        ways = [shapely.LinearRing(ring).is_ccw for ring in rings]
        assert ways == [True, *[False] * (len(rings) - 1)]


def drawn_all(seeds: range) -> Counter[str]:
    """Draws every seed's land both ways, checks what comes, and counts how it went."""
    found: Counter[str] = Counter()
    for seed in seeds:
        shape, frame = nasty(seed)
        tolerance_m, corners = TOLERANCES_M[seed % 6], CORNERS[seed // 7 % 3]
        inner = outline_within(shape, frame, tolerance_m=tolerance_m, corners_limit=corners)
        if isinstance(inner, Outline):
            check(shape, frame, inner, -1, corners)
            assert inner.difference <= 0.02
            found["inside"] += 1
        else:
            found[inner.code] += 1
        outer = outline_around(shape, frame, tolerance_m=tolerance_m, corners_limit=corners)
        assert isinstance(outer, Outline), (seed, outer)
        check(shape, frame, outer, 1, corners)
        found["around"] += 1
    return found


@pytest.mark.parametrize(
    "group", [0, *(pytest.param(each, marks=pytest.mark.slow) for each in range(1, GROUPS))]
)
def test_released_land_shrinks_and_hazard_grows(group: int) -> None:
    found = drawn_all(range(group * GROUP, (group + 1) * GROUP))
    assert found["around"] == GROUP
    assert found["inside"] > GROUP // 3
    assert found["geo.outline.none-inside"] > 0
    assert sum(found.values()) == 2 * GROUP


@pytest.mark.slow
@pytest.mark.parametrize("group", range(100, 300))
def test_released_land_shrinks_and_hazard_grows_very_often(group: int) -> None:
    drawn_all(range(group * GROUP, (group + 1) * GROUP))


def rounded(shape: GridShape, frame: SiteFrame) -> OutlineE6:
    """The control: every corner to the nearest millionth of a degree, and no step inwards."""
    degrees = frame.to_lonlat(shape).geometry
    steps = shapely.transform(degrees, lambda xy: np.rint(xy * 1e6))
    return tuple(
        tuple(
            tuple((int(lon), int(lat)) for lon, lat in ring.coords[:-1])
            for ring in (part.exterior, *part.interiors)
        )
        for part in shapely.get_parts(steps)
    )


def test_the_control_plain_rounding_breaks_both_promises() -> None:
    plain = [(*land, rounded(*land)) for land in map(nasty, range(0, 200, 10))]
    assert sum(bool(broken(*each, -1)) for each in plain) > 15
    assert sum(bool(broken(*each, 1)) for each in plain) > 15


@pytest.mark.parametrize("sign", [-1, 1])
def test_the_control_without_the_check_the_promise_is_broken(
    sign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = outline_within if sign < 0 else outline_around

    def n_broken() -> int:
        made = [(land, draw(*land)) for land in map(nasty, range(100))]
        return sum(
            bool(broken(*land, drawn.polygons, sign))
            for land, drawn in made
            if isinstance(drawn, Outline)
        )

    assert n_broken() == 0
    monkeypatch.setattr(outline._Way, "missing_mm", lambda _way, _placed: 0.0)
    assert n_broken() > 10


PLACES = [(38.55, 34.9), (10.0, -52.0), (-70.0, 64.0), (120.0, 80.0), (7.0, 0.0)]


def wide_land(turn_deg: float, at_m: float) -> GridShape:
    """Some kilometres wide, with a hole: edges that bend by metres in degrees."""
    land = shapely.difference(
        shapely.box(0, 0, 9_000_000, 6_000_000), shapely.box(2e6, 1e5, 6e6, 5.9e6)
    )
    turned = shapely.affinity.rotate(land, turn_deg, origin=(0, 0))
    return GridShape.of(shapely.transform(turned, lambda xy: np.rint(xy) + at_m * 1_000))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("turn_deg", [0, 45, 70])
@pytest.mark.parametrize("sign", [-1, 1])
def test_the_promise_holds_however_an_edge_is_read(
    place: tuple[float, float], turn_deg: float, sign: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, shape = SiteFrame(*place), wide_land(turn_deg, 20_000)
    draw = outline_within if sign < 0 else outline_around
    drawn = draw(shape, frame)
    assert isinstance(drawn, Outline)
    assert not broken(shape, frame, drawn.polygons, sign, ALL_READINGS)
    if place[1] > 30:
        # The control: where only the corners and the lines between them on the site are asked.
        monkeypatch.setattr(outline, "_reach_mm", lambda _steps, _frame: 0.0)
        careless = draw(shape, frame)
        assert isinstance(careless, Outline)
        found = broken(shape, frame, careless.polygons, sign, ALL_READINGS)
        assert "straight_in_degrees" in found
        assert "straight_on_site" not in found


@pytest.mark.parametrize("sign", [-1, 1])
def test_an_edge_is_read_in_every_way_on_all_kinds_of_land(sign: int) -> None:
    draw = outline_within if sign < 0 else outline_around
    for seed in range(1_000_000, 1_000_060):
        land = nasty(seed)
        drawn = draw(*land)
        if isinstance(drawn, Outline):
            assert not broken(*land, drawn.polygons, sign, ALL_READINGS), seed


def test_the_measured_distance_between_readings_is_not_too_small() -> None:
    """Against a fine and slow way: each reading's farthest point from the line on the site."""
    for seed in range(0, 300, 3):
        shape, frame = nasty(seed)
        drawn = outline_around(shape, frame, tolerance_m=20.0)
        assert isinstance(drawn, Outline)
        line = straight_on_site(drawn.polygons, frame).boundary
        steps = shapely.transform(in_degrees(drawn.polygons), lambda xy: np.rint(xy * 1e6))
        farthest = max(
            shapely.distance(line, shapely.points(shapely.get_coordinates(read))).max()
            for read in (reading(drawn.polygons, frame) for reading in ALL_READINGS[1:])
        )
        assert farthest <= outline._reach_mm(steps, frame) + 0.5, seed
