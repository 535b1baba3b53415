"""Vector tiles against the specification's own examples, and what a tile leaves out."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from rafiqa.wire.tile import EXTENT, Column, TileSource, to_world, within

Z14 = (14, 9967, 6436)


def lonlat(units: Any, zxy: tuple[int, int, int] = Z14) -> Any:
    def unproject(xy: np.ndarray) -> np.ndarray:
        world = (xy + np.array(zxy[1:]) * EXTENT) / (EXTENT << zxy[0])
        lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * world[:, 1]))))
        return np.column_stack([world[:, 0] * 360 - 180, lat])

    return shapely.transform(np.array(units, dtype=object), unproject)


def tile_of(*units: Any, **columns: list[Any]) -> bytes:
    source = TileSource.of(lonlat(units))
    return source.tile("t", [Column.of(name, items) for name, items in columns.items()], Z14)


def words(tile: bytes) -> list[list[int]]:
    """The geometry words of each feature, read by a parser of the wire format alone."""

    def fields(data: bytes) -> list[tuple[int, Any]]:
        found: list[tuple[int, Any]] = []
        at = 0

        def number() -> int:
            nonlocal at
            value, shift = 0, 0
            while True:
                byte = data[at]
                at += 1
                value |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    return value

        while at < len(data):
            key = number()
            if key & 7 == 2:
                size = number()
                found.append((key >> 3, data[at : at + size]))
                at += size
            else:
                assert key & 7 == 0
                found.append((key >> 3, number()))
        return found

    def packed(data: bytes) -> list[int]:
        found: list[int] = []
        value, shift = 0, 0
        for byte in data:
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                found.append(value)
                value, shift = 0, 0
        return found

    layer = next(value for key, value in fields(tile) if key == 3)
    features = [value for key, value in fields(layer) if key == 2]
    return [packed(v) for feature in features for key, v in fields(feature) if key == 4]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (shapely.Point(25, 17), [9, 50, 34]),
        (shapely.MultiPoint([(5, 7), (3, 2)]), [17, 10, 14, 3, 9]),
        (shapely.LineString([(2, 2), (2, 10), (10, 10)]), [9, 4, 4, 18, 0, 16, 16, 0]),
        (
            shapely.MultiLineString([[(2, 2), (2, 10), (10, 10)], [(1, 1), (3, 5)]]),
            [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8],
        ),
        (
            shapely.Polygon([(3, 6), (8, 12), (20, 34), (3, 6)]),
            [9, 6, 12, 18, 10, 12, 24, 44, 15],
        ),
    ],
)
def test_the_specifications_examples(shape: Any, expected: list[int]) -> None:
    assert words(tile_of(shape)) == [expected]


def test_shells_and_holes_turn_as_specified_whichever_way_they_came() -> None:
    shell, hole = [(0, 0), (10, 0), (10, 10), (0, 10)], [(2, 2), (7, 2), (7, 7), (2, 7)]
    for outer in (shell, shell[::-1]):
        for inner in (hole, hole[::-1]):
            tile = tile_of(shapely.Polygon(outer, [inner]))
            areas = [ring_area(ring) for ring in rings(words(tile)[0])]
            assert areas == [100, -25]


def rings(stream: list[int]) -> list[list[tuple[int, int]]]:
    found: list[list[tuple[int, int]]] = []
    at, x, y = 0, 0, 0
    while at < len(stream):
        command, count = stream[at] & 7, stream[at] >> 3
        at += 1
        if command == 7:
            continue
        if command == 1:
            found.append([])
        for _ in range(count):
            dx, dy = ((w >> 1) ^ -(w & 1) for w in stream[at : at + 2])
            x, y, at = x + dx, y + dy, at + 2
            found[-1].append((x, y))
    return found


def ring_area(ring: list[tuple[int, int]]) -> float:
    following = [*ring[1:], ring[0]]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, following, strict=True)) / 2


def test_what_shrinks_to_nothing_is_left_out_with_its_holes() -> None:
    speck = shapely.Polygon([(5, 5), (5.2, 5), (5.2, 5.2)])
    stub = shapely.LineString([(8, 8), (8.3, 8.2)])
    thin = shapely.box(0, 20, 100, 20.3)
    ring = shapely.box(30, 30, 60, 60) - shapely.box(40, 40, 40.3, 40.3)
    tile = tile_of(speck, stub, thin, ring, row=[0, 1, 2, 3])
    features = mapbox_vector_tile.decode(tile)["t"]["features"]
    assert [each["properties"]["row"] for each in features] == [3]
    assert len(rings(words(tile)[0])) == 1


def test_nothing_is_an_empty_tile() -> None:
    assert tile_of(shapely.box(9_000, 0, 9_100, 100)) == b""
    assert TileSource.of(np.zeros(0, dtype=object)).tile("t", [], Z14) == b""
    missing = np.array([None, shapely.Polygon()], dtype=object)
    assert TileSource.of(missing).tile("t", [], Z14) == b""


def test_a_polygon_that_touches_the_buffer_leaves_no_line() -> None:
    tile = tile_of(shapely.box(EXTENT + 64, 0, EXTENT + 200, 50), shapely.box(0, 0, 5, 5))
    assert len(words(tile)) == 1


def test_values_that_python_takes_for_equal_stay_apart() -> None:
    places = [shapely.Point(n, n) for n in range(7)]
    items = [1, True, 1.0, "1", None, float("nan"), -3]
    features = mapbox_vector_tile.decode(tile_of(*places, it=items))["t"]["features"]
    values = [each["properties"].get("it", "nothing") for each in features]
    assert [(type(value), value) for value in values] == [
        (int, 1),
        (bool, True),
        (float, 1.0),
        (str, "1"),
        (str, "nothing"),
        (str, "nothing"),
        (int, -3),
    ]


def test_small_polygons_are_left_out_where_asked_and_points_stay() -> None:
    shapes = [shapely.box(0, 0, 5, 5), shapely.box(9, 9, 40, 12), shapely.Point(1, 1)]
    source = TileSource.of(lonlat(shapes))
    column = Column.of("row", [0, 1, 2])
    tile = source.tile("t", [column], Z14, least_units=16)
    features = mapbox_vector_tile.decode(tile)["t"]["features"]
    assert sorted(each["properties"]["row"] for each in features) == [1, 2]


def test_the_map_ends_at_its_edges() -> None:
    corners = np.array([shapely.Point(-180, 89), shapely.Point(180, -89), shapely.Point(0, 0, 7)])
    world = shapely.get_coordinates(to_world(corners), include_z=True)
    assert np.allclose(world[:, :2], np.array([[0, 0], [1, 1], [0.5, 0.5]]))
    assert np.isnan(world[:, 2]).all()


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        # Corners of it lie on the box: GEOS's own way of cutting fills what lies between.
        (
            shapely.Polygon(
                [(1, 0), (0, 1), (1, 2.4), (0, 8), (7, 8), (6, 5), (8, 6), (8, 2), (5, 3), (5, 2)]
            ),
            (6.0, 0.0, 8.0, 6.0),
        ),
        # GEOS's own way of cutting at a box ends in an error with this one.
        (
            shapely.from_wkt(
                "POLYGON ((2.909090909090909 2.4545454545454546, 4 3, 5.5 4, 3.0526315789473686"
                " 2.3684210526315788, 2.909090909090909 2.4545454545454546))"
            ),
            (
                0.15620668908012392,
                3.544435809322442,
                6.973456978166015,
                5.866742821336149,
            ),
        ),
    ],
)
def test_what_is_cut_at_a_tile_is_neither_lost_nor_enlarged(
    shape: shapely.Polygon, box: tuple[float, float, float, float]
) -> None:
    (cut,) = within(np.array([shape], dtype=object), box)
    assert shapely.area(cut) == pytest.approx(shape.intersection(shapely.box(*box)).area)


def test_what_cannot_be_cut_is_drawn_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = shapely.intersection
    bad = shapely.box(0, 0, 3, 3)

    def refusing(pieces: Any, window: Any) -> Any:
        if any(each.equals(bad) for each in pieces):
            message = "side location conflict"
            raise shapely.GEOSException(message)
        return cut(pieces, window)

    monkeypatch.setattr(shapely, "intersection", refusing)
    pieces = np.array([bad, shapely.box(1, 1, 3, 3)], dtype=object)
    found = within(pieces, (0.0, 0.0, 2.0, 2.0))
    assert [shapely.area(each) for each in found] == [9.0, 1.0]
