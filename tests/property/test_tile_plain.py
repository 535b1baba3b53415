"""The encoder in columns against the plain one: each feature by itself, point by point."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import mapbox_vector_tile
import numpy as np
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rafiqa.wire import tilestream
from rafiqa.wire.tile import BUFFER, EXTENT, PIXEL_UNITS, Column, TileSource
from tests.property.test_tile import UNIT, ZXY, shapes, stars, to_lonlat, units, values

Run = tuple[tuple[int, int], ...]
Line = list[tuple[float, ...]]
LOW, HIGH = float(-BUFFER), float(EXTENT + BUFFER)


def world(drawn: Sequence[shapely.Geometry]) -> np.ndarray:
    corner = np.array(ZXY[1:]) * EXTENT
    return np.asarray(
        shapely.transform(np.array(drawn, dtype=object), lambda xy: (xy + corner) * UNIT)
    )


def plain(shape: shapely.Geometry) -> list[tuple[Run, ...]]:
    """A feature's polygons, lines or points, by the rules said in words and nothing else."""
    kind = int(shapely.get_dimensions(shape))
    found = []
    for part in shapely.get_parts(shape):
        for lines in cut(part, kind):
            runs = [rounded(line, ring=kind == 2) for line in lines]
            if kind == 2:
                runs = [oriented(run, outer=not at) for at, run in enumerate(runs)]
                runs = [run for run in runs if area2(run)] if area2(runs[0]) else []
            if kind == 1 and len(runs[0]) < 2:
                runs = []
            if runs:
                found.append(tuple(runs))
    return found


def cut(part: Any, kind: int) -> list[list[Line]]:
    """What of a part lies in the tile and its buffer: rings, lines or points in its units."""
    west, north, east, south = in_units(part.bounds)
    if west >= LOW and north >= LOW and east <= HIGH and south <= HIGH:
        return [lines_of(part)]
    if kind == 1:
        return [[line] for line in cut_line(lines_of(part)[0])]
    if kind == 2 and not part.interiors:
        (ring,) = lines_of(part)
        whole = cut_ring(ring if area2(ring) > 0 else ring[::-1])
        if whole is not None:
            return [[whole]] if whole else []
    scale = EXTENT << ZXY[0]
    west, north, east, south = (
        (corner + at * EXTENT) / scale for corner in (LOW, HIGH) for at in ZXY[1:]
    )
    pieces = shapely.get_parts(shapely.intersection(part, shapely.box(west, north, east, south)))
    return [
        lines_of(piece)
        for piece in pieces
        if not piece.is_empty and shapely.get_dimensions(piece) == kind
    ]


def lines_of(piece: Any) -> list[Line]:
    """Its shell and holes without their last points, or its line or point, in units."""
    if piece.geom_type == "Polygon":
        return [
            [in_units(xy) for xy in ring.coords[:-1]] for ring in (piece.exterior, *piece.interiors)
        ]
    return [[in_units(xy) for xy in piece.coords]]


def in_units(world: Sequence[float]) -> tuple[float, ...]:
    scale = float(EXTENT << ZXY[0])
    return tuple(value * scale - ZXY[1 + at % 2] * EXTENT for at, value in enumerate(world))


def cut_line(line: Line) -> list[Line]:
    """Each segment by itself; those that follow on one another are one line."""
    found: list[Line] = []
    going = False
    for (x, y), (to_x, to_y) in pairwise(line):
        enter, leave = 0.0, 1.0
        for start, step in ((x, to_x - x), (y, to_y - y)):
            if step:
                shares = sorted(((LOW - start) / step, (HIGH - start) / step))
                enter, leave = max(enter, shares[0]), min(leave, shares[1])
            elif not LOW <= start <= HIGH:
                leave = -1.0
        if enter < leave:
            at: Line = [
                (x + (to_x - x) * share, y + (to_y - y) * share) for share in (enter, leave)
            ]
            if leave == 1:
                at[1] = (to_x, to_y)
            if enter > 0 or not going:
                found.append(at[:1])
            found[-1].append(at[1])
        going = enter < leave == 1
    return found


def cut_ring(ring: Line) -> Line | None:
    """A ring cut by one side after the other; None where it crosses one more than twice."""
    for axis, bound, sign in ((0, LOW, 1), (1, LOW, 1), (0, HIGH, -1), (1, HIGH, -1)):
        depths = [sign * (place[axis] - bound) for place in ring]
        made: Line = []
        crossings = 0
        for at, place in enumerate(ring):
            before, depth = depths[at - 1], depths[at]
            if (before > 0) != (depth > 0):
                crossings += 1
                share = before / (before - depth)
                other = ring[at - 1]
                spot = [other[each] + share * (place[each] - other[each]) for each in (0, 1)]
                spot[axis] = bound
                made.append(tuple(spot))
            if depth > 0:
                made.append(place)
        if crossings > 2:
            return None
        ring = made
    return ring


def rounded(line: Line, *, ring: bool) -> Run:
    kept: list[tuple[int, int]] = []
    for x, y in line:
        place = (round(x), round(y))
        if not kept or kept[-1] != place:
            kept.append(place)
    if ring and len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return tuple(
        place
        for at, place in enumerate(kept)
        if not (ring or 0 < at < len(kept) - 1)
        or not straight(kept[at - 1], place, kept[(at + 1) % len(kept)])
    )


def straight(before: Sequence[int], place: Sequence[int], after: Sequence[int]) -> bool:
    """Whether a place lies on the way straight from the one before to the next."""
    came = (place[0] - before[0], place[1] - before[1])
    goes = (after[0] - place[0], after[1] - place[1])
    return came[0] * goes[1] == came[1] * goes[0] and came[0] * goes[0] + came[1] * goes[1] > 0


def area2(run: Sequence[tuple[float, ...]]) -> float:
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


@given(
    st.lists(st.tuples(shapes, values), min_size=1, max_size=12),
    st.booleans(),
    st.sampled_from((0, 0.5)),
)
@settings(max_examples=100, deadline=None)
def test_one_by_one_and_all_at_once_are_the_same_bytes(
    drawn: list[tuple[shapely.Geometry, Any]], kept: bool, rough_units: float
) -> None:
    placed = world([shape for shape, _ in drawn])
    columns = [Column.of("row", range(len(drawn))), Column.of("it", [it for _, it in drawn])]
    alike = [columns[1]] if kept else None
    made = []
    for few, neighbours in (
        (0, ()),
        (10**6, ()),
        (0, ((0, 1), (1, 0))),
        (10**6, ((1, 1), (-1, 0))),
    ):
        source = TileSource.placed(placed)
        for dx, dy in neighbours:
            near = (ZXY[0], ZXY[1] + dx, ZXY[2] + dy)
            source.tile("layer", columns, near, kept=kept, rough_units=rough_units)
        with patch.object(tilestream, "FEW", few):
            made.append(
                source.tile("layer", columns, ZXY, kept=kept, alike=alike, rough_units=rough_units)
            )
    # Which tiles were asked before makes no difference either.
    assert made == made[:1] * 4


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
        # Rounding moves a corner by 0.71 at most; four sides to a quarter circle reach 0.735.
        assert seen.buffer(0.75, quad_segs=4).covers(shapely.intersection(shape, here))
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
