"""Tiles read back by another hand: the mapbox-vector-tile decoder sees what was put in."""

from __future__ import annotations

import math
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape as geometry_of

from rafiqa.wire.tile import BUFFER, EXTENT, Column, TileSource
from rafiqa.wire.varint import varint, varints, zigzag

ZXY = (14, 9967, 6436)
UNIT = 1 / (EXTENT << ZXY[0])
"""One unit of the tile in the unit square of the map."""


def to_lonlat(units: np.ndarray) -> np.ndarray:
    """Degrees of places in units of the tile: the projection's inverse, written out anew."""
    x = (units[:, 0] + ZXY[1] * EXTENT) * UNIT
    y = (units[:, 1] + ZXY[2] * EXTENT) * UNIT
    lat = np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * y))))
    return np.column_stack([x * 360 - 180, lat])


units = st.integers(-600 * 8, (EXTENT + 600) * 8).map(lambda eighths: eighths / 8)
sizes = st.floats(0.1, 1_500)


@st.composite
def stars(draw: st.DrawFn) -> shapely.Geometry:
    """A polygon round a middle, with a hole of the same form in some."""
    middle = np.array([draw(units), draw(units)])
    count = draw(st.integers(3, 12))
    reach = np.array(draw(st.lists(st.floats(0.2, 1), min_size=count, max_size=count)))
    turn = np.arange(count) / count * 2 * math.pi
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None] * draw(sizes)
    if draw(st.booleans()):
        ring = ring[::-1]
    holes = [middle + ring * 0.4] if draw(st.booleans()) else []
    return shapely.Polygon(middle + ring, holes)


@st.composite
def lines(draw: st.DrawFn) -> shapely.Geometry:
    places = draw(st.lists(st.tuples(units, units), min_size=2, max_size=8))
    return shapely.LineString(places)


points = st.builds(shapely.Point, units, units)
many_points = st.builds(
    shapely.MultiPoint, st.lists(st.tuples(units, units), min_size=1, max_size=5)
)
many_stars = st.builds(
    lambda one, dx: shapely.MultiPolygon(
        [one, shapely.transform(one, lambda xy: xy + np.array([dx, 0]))]
    ),
    stars(),
    st.floats(3_100, 4_000),
)
shapes = st.one_of(stars(), many_stars, lines(), points, many_points)
values = st.one_of(
    st.none(), st.text(max_size=8), st.integers(-(2**40), 2**40), st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip


def encoded(drawn: list[shapely.Geometry], columns: list[Column]) -> list[dict[str, Any]]:
    placed = shapely.transform(np.array(drawn, dtype=object), to_lonlat)
    tile = TileSource.of(placed).tile("layer", columns, ZXY)
    if not tile:
        return []
    layers = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    assert layers["layer"]["extent"] == EXTENT
    assert layers["layer"]["version"] == 2
    features: list[dict[str, Any]] = layers["layer"]["features"]
    return features


@given(st.lists(st.tuples(shapes, values, values), min_size=1, max_size=12))
@example([(shapely.Point(0, -BUFFER), None, None)])
@example([(shapely.LineString([(0, -BUFFER), (EXTENT, -BUFFER)]), None, None)])
@settings(max_examples=150, deadline=None)
def test_a_tile_decodes_to_what_was_put_in(drawn: list[tuple[Any, Any, Any]]) -> None:
    columns = [
        Column.of("row", list(range(len(drawn)))),
        Column.of("one", [one for _, one, _ in drawn]),
        Column.of("other", [other for _, _, other in drawn]),
    ]
    features = {
        item["properties"].pop("row"): item
        for item in encoded([each for each, _, _ in drawn], columns)
    }
    for row, (shape, one, other) in enumerate(drawn):
        clipped = clip(shape)
        if row not in features:
            assert nearly_nothing(clipped, shapely.get_dimensions(shape))
            continue
        wanted = {"one": one, "other": other}
        assert features[row]["properties"] == {k: v for k, v in wanted.items() if v is not None}
        check(geometry_of(features[row]["geometry"]), clipped, shape)


def clip(shape: Any) -> Any:
    """What of a shape lies in the tile and its buffer; a place or line on the edge lies in it."""
    corners = (-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    if shapely.get_dimensions(shape) == 2:
        return shapely.clip_by_rect(shape, *corners)
    return shapely.intersection(shape, shapely.box(*corners))


def nearly_nothing(clipped: Any, dimensions: int) -> bool:
    """Whether a shape may vanish: no wider than a unit, or only touching the buffer's edge."""
    if dimensions == 0:
        return not any(inside(each) for each in shapely.get_parts(clipped))
    if dimensions == 1:
        return not lasting(clipped)
    return bool(clipped.buffer(-1).is_empty)


def inside(place: Any) -> bool:
    reach = EXTENT / 2 + BUFFER
    if place.is_empty:
        return False
    return bool(np.all(np.abs(shapely.get_coordinates(place) - EXTENT / 2) < reach - 0.01))


def lasting(clipped: Any) -> list[Any]:
    """The pieces of lines whose ends, or some points between, round to different places."""
    lines_in = [each for each in shapely.get_parts(clipped) if shapely.get_dimensions(each) == 1]
    spans = [(each, np.reshape(each.bounds, (2, 2))) for each in lines_in]
    return [each for each, corners in spans if np.ptp(corners, axis=0).max() > 1.01]


def check(got: Any, clipped: Any, shape: Any) -> None:
    dimensions = shapely.get_dimensions(shape)
    assert shapely.get_dimensions(got) == dimensions
    coords = shapely.get_coordinates(got)
    assert (coords == np.rint(coords)).all()
    assert (np.abs(coords - EXTENT / 2) <= EXTENT / 2 + BUFFER).all()
    # Every vertex goes to the nearest unit, so nothing moves further than half a diagonal.
    if dimensions == 2:
        polygons = [each for each in shapely.get_parts(clipped) if each.area]
        clipped = shapely.MultiPolygon(polygons)
        n_vertices = len(shapely.get_coordinates(clipped))
        assert abs(got.area - clipped.area) <= 0.8 * clipped.length + n_vertices
        assert clipped.boundary.buffer(0.73).covers(got.boundary)
    else:
        assert clipped.buffer(0.73).covers(got)
        kept = (
            lasting(clipped) if dimensions else [p for p in shapely.get_parts(clipped) if inside(p)]
        )
        assert all(got.buffer(0.73).covers(each) for each in kept)


@given(st.lists(st.integers(0, 2**32 - 1), max_size=30))
def test_many_varints_are_each_varint(numbers: list[int]) -> None:
    assert varints(np.array(numbers, dtype=np.int64)).tobytes() == b"".join(map(varint, numbers))


@given(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=30))
def test_zigzag_is_small_for_small(numbers: list[int]) -> None:
    assert zigzag(np.array(numbers, dtype=np.int64)).tolist() == [
        2 * each if each >= 0 else -2 * each - 1 for each in numbers
    ]
