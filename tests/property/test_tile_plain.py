"""The encoder in columns against the plain one: each feature by itself, point by point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rafiqa.wire.tile import BUFFER, EXTENT, PIXEL_UNITS, Column, TileSource
from tests.property.test_tile import UNIT, ZXY, shapes, stars, to_lonlat, units

Run = tuple[tuple[int, int], ...]


def world(drawn: Sequence[shapely.Geometry]) -> np.ndarray:
    corner = np.array(ZXY[1:]) * EXTENT
    return np.asarray(
        shapely.transform(np.array(drawn, dtype=object), lambda xy: (xy + corner) * UNIT)
    )


def plain(shape: shapely.Geometry) -> list[tuple[Run, ...]]:
    """A feature's polygons, lines or points, by the rules said in words and nothing else."""
    kind = shapely.get_dimensions(shape)
    scale = float(EXTENT << ZXY[0])
    n_tiles, x, y = 1 << ZXY[0], ZXY[1], ZXY[2]
    reach = BUFFER / scale
    box = (
        x / n_tiles - reach,
        y / n_tiles - reach,
        (x + 1) / n_tiles + reach,
        (y + 1) / n_tiles + reach,
    )
    found = []
    for part in shapely.get_parts(shape):
        west, north, east, south = part.bounds
        inside = west >= box[0] and north >= box[1] and east <= box[2] and south <= box[3]
        for piece in shapely.get_parts(
            part if inside else shapely.intersection(part, shapely.box(*box))
        ):
            if piece.is_empty or shapely.get_dimensions(piece) != kind:
                continue
            lines = [piece.exterior, *piece.interiors] if kind == 2 else [piece]
            runs = [rounded(line, scale, ring=kind == 2) for line in lines]
            if kind == 2:
                runs = [oriented(run, outer=not at) for at, run in enumerate(runs)]
                runs = [run for run in runs if area2(run)] if area2(runs[0]) else []
            if kind == 1 and len(runs[0]) < 2:
                runs = []
            if runs:
                found.append(tuple(runs))
    return found


def rounded(line: Any, scale: float, *, ring: bool) -> Run:
    kept: list[tuple[int, int]] = []
    for x, y in line.coords:
        place = (round(x * scale - ZXY[1] * EXTENT), round(y * scale - ZXY[2] * EXTENT))
        if not kept or kept[-1] != place:
            kept.append(place)
    if ring and len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return tuple(kept)


def area2(run: Run) -> int:
    return sum(
        x * other_y - other_x * y
        for (x, y), (other_x, other_y) in zip(run, (*run[1:], run[0]), strict=True)
    )


def oriented(run: Run, *, outer: bool) -> Run:
    return run if (area2(run) > 0) == outer else run[::-1]


def turned(run: Run) -> Run:
    """A ring from its least point on, whichever it began with."""
    least = min(range(len(run)), key=lambda at: run[at:] + run[:at])
    return run[least:] + run[:least]


def decoded(tile: bytes) -> list[dict[str, Any]]:
    if not tile:
        return []
    layers = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return list(layers["layer"]["features"])


def runs_of(geometry: dict[str, Any]) -> list[Run]:
    """Every ring, line and point of a decoded feature."""
    several = geometry["coordinates"]
    match geometry["type"]:
        case "Point":
            lines = [[several]]
        case "MultiPoint":
            lines = [[each] for each in several]
        case "LineString":
            lines = [several]
        case "MultiLineString":
            lines = several
        case "Polygon":
            lines = [ring[:-1] for ring in several]
        case _:
            lines = [ring[:-1] for polygon in several for ring in polygon]
    return [tuple((x, y) for x, y in line) for line in lines]


@given(st.lists(shapes, min_size=1, max_size=12))
@example([shapely.LineString([(0, 0), (0.2, 0.2)]), shapely.Point(1, 1)])
@settings(max_examples=100, deadline=None)
def test_the_columns_say_what_the_plain_way_says(drawn: list[shapely.Geometry]) -> None:
    placed = world(drawn)
    tile = TileSource.placed(placed).tile("layer", [Column.of("row", range(len(drawn)))], ZXY)
    got = {item["properties"]["row"]: runs_of(item["geometry"]) for item in decoded(tile)}
    for row, shape in enumerate(placed):
        wanted = [run for part in plain(shape) for run in part]
        runs = got.pop(row, [])
        if shapely.get_dimensions(shape) == 2:
            wanted, runs = [turned(run) for run in wanted], [turned(run) for run in runs]
        assert sorted(runs) == sorted(wanted)
    assert not got


slivers = st.builds(
    lambda x, y, long, wide, turn: shapely.affinity.rotate(
        shapely.box(x, y, x + long, y + wide), turn, origin=(x, y)
    ),
    units, units, st.floats(0.01, 900), st.floats(0.001, 6), st.floats(0, 180),
)  # fmt: skip


@given(st.lists(st.one_of(slivers, stars(), shapes), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_no_hazard_vanishes_or_is_drawn_smaller(drawn: list[shapely.Geometry]) -> None:
    placed = world(drawn)
    source = TileSource.placed(placed)
    tile = source.tile("layer", [Column.of("row", range(len(drawn)))], ZXY, kept=True)
    got = {item["properties"]["row"]: item["geometry"] for item in decoded(tile)}
    here = shapely.box(0, 0, EXTENT, EXTENT)
    for row, shape in enumerate(drawn):
        if not shapely.intersects(shape, here):
            continue
        assert row in got, shape
        if shapely.get_dimensions(shape) < 2:
            continue
        rings = [shapely.Polygon(run).buffer(0) for run in runs_of(got[row])]
        seen = shapely.union_all(rings)
        # Rounding moves a corner by half a unit's diagonal at most: a sixteenth of a pixel.
        assert seen.buffer(0.75, quad_segs=2).covers(shapely.intersection(shape, here))
        for part in shapely.get_parts(shape):
            if here.contains(part):
                west, north, east, south = seen.intersection(part.buffer(PIXEL_UNITS * 2)).bounds
                assert min(east - west, south - north) >= PIXEL_UNITS - 1


@given(st.lists(st.tuples(units, units, st.booleans()), min_size=2, max_size=60))
@settings(max_examples=100, deadline=None)
def test_many_on_one_pixel_are_one_of_each_kind(places: list[tuple[float, float, bool]]) -> None:
    drawn = [shapely.box(x, y, x + 1, y + 1) for x, y, _ in places]
    kind = Column.of("kind", [kind for _, _, kind in places])
    row = Column.of("row", range(len(places)))
    source = TileSource.placed(world(drawn))
    features = decoded(source.tile("layer", [row, kind], ZXY, kept=True, alike=[kind]))
    here = shapely.box(0, 0, EXTENT, EXTENT)
    for (x, y, of), shape in zip(places, drawn, strict=True):
        if not here.contains(shape):
            continue
        covering = [
            item["properties"]
            for item in features
            if item["properties"]["kind"] == of
            and shapely.Polygon(runs_of(item["geometry"])[0]).covers(
                shapely.box(x, y, x + 1, y + 1)
            )
        ]
        assert covering
    for item in features:
        if "row" in item["properties"]:
            assert places[item["properties"]["row"]][2] == item["properties"]["kind"]
    alone = [item for item in features if "row" in item["properties"]]
    assert len({item["properties"]["row"] for item in alone}) == len(alone)


def test_a_line_that_shrinks_to_a_point_is_drawn_where_nothing_may_vanish() -> None:
    source = TileSource.of(to_lonlat_line())
    assert not source.tile("layer", [], ZXY)
    (feature,) = decoded(source.tile("layer", [], ZXY, kept=True))
    assert feature["geometry"]["type"] == "LineString"


def to_lonlat_line() -> np.ndarray:
    return np.array([shapely.LineString(to_lonlat(np.array([[9.9, 9.9], [10.1, 10.1]])))])
