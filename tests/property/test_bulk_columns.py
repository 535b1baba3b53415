"""What the gate in columns rests on: boxes, cells, the quick plane, and boxes in degrees."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.bulk import WkbColumn, plane_over
from rafiqa.bulk.boxjoin import box_join, overlap
from rafiqa.bulk.cells import BESIDE, WITHIN, face_cells
from rafiqa.bulk.ground import prepared_copies
from rafiqa.bulk.window import SPAN_MM, boxes_deg
from rafiqa.geo import SiteFrame
from tests.property.bulkland import buildings, land

SEEDS = st.integers(0, 2**32 - 1)
LATITUDES = st.one_of(st.sampled_from([0.0, -84.9, 84.9]), st.floats(-84.9, 84.9))


@settings(max_examples=60)
@given(SEEDS)
def test_a_join_finds_each_pair_of_boxes_once(seed: int) -> None:
    draw = np.random.default_rng(seed)
    known, asked = (
        np.hstack([low, low + draw.integers(0, 40, low.shape) ** draw.integers(1, 3)])
        for low in (draw.integers(0, 300, (n, 2)).astype(float) for n in (30, 60))
    )
    asked[::7] = np.nan
    found = [
        pair
        for rows, numbers in box_join(known).pairs(asked)
        for pair in zip(rows, numbers, strict=True)
    ]
    rows, numbers = np.indices((len(asked), len(known))).reshape(2, -1)
    meets = overlap(asked[rows], known[numbers])
    assert len(found) == len(set(found))
    assert set(found) == set(zip(rows[meets], numbers[meets], strict=True))


@settings(max_examples=40)
@given(SEEDS, st.sampled_from([0, 700, 20_000]))
def test_cells_never_say_more_than_geos(seed: int, distance_mm: int) -> None:
    draw = np.random.default_rng(seed)
    faces = np.array([face.shape.geometry for face in land(seed).book.faces], dtype=object)
    face = draw.integers(len(faces), size=300)
    bounds = shapely.bounds(faces)[face]
    low = np.rint(draw.uniform(bounds[:, :2] - 40_000, bounds[:, 2:] + 20_000))
    # Many lie exactly on the box of their face, or a millimetre beside it.
    low[::3, 0] = bounds[::3, 2] + draw.integers(-1, 2, len(low[::3]))
    # And many a few millimetres from a line of it.
    lines = shapely.boundary(faces[face[1::3]])
    near = shapely.line_interpolate_point(lines, draw.random(len(lines)), normalized=True)
    beside = draw.integers(-20, 21, (len(lines), 2))
    low[1::3] = np.rint(shapely.get_coordinates(near)) + beside
    wide = draw.integers(0, (3, 30_000)[draw.integers(2)], low.shape)
    boxes = np.hstack([low, low + wide])
    shapes = shapely.box(*boxes.T)
    cells = face_cells(faces)
    said = cells.judge(face, boxes, distance_mm)
    assert shapely.covers(faces[face], shapes)[said == WITHIN].all()
    assert not shapely.dwithin(faces[face], shapes, distance_mm)[said == BESIDE].any()
    places, points = cells.places(face, low), shapely.points(low)
    assert shapely.contains_properly(faces[face], points)[places == WITHIN].all()
    assert not shapely.intersects(faces[face], points)[places == BESIDE].any()


@settings(max_examples=60)
@given(SEEDS, LATITUDES, st.floats(0.01, 5))
def test_the_quick_plane_rounds_as_the_projection(seed: int, lat_deg: float, half: float) -> None:
    draw = np.random.default_rng(seed)
    frame = SiteFrame(38.0, lat_deg)
    box = (38 - half, max(lat_deg - half, -89.0), 38 + half, min(lat_deg + half, 89.0))
    plane = plane_over(frame, box)
    lonlat = draw.uniform(box[:2], box[2:], (2_000, 2))
    assert (plane.grid_mm(lonlat) == np.rint(frame.places_mm(lonlat))).all()


def test_the_plane_of_a_site_is_quick() -> None:
    for lat_deg in (0.0, 36.0, -53.0, 69.0):
        box = (37.5, lat_deg - 0.5, 38.5, lat_deg + 0.5)
        assert plane_over(SiteFrame(38.0, lat_deg), box).is_quick
    assert not plane_over(SiteFrame(179.9, 10.0), (179.5, 9.5, 180.4, 10.5)).is_quick


@settings(max_examples=80)
@given(SEEDS, LATITUDES, st.sampled_from([10.0, 1_000.0, 1_900_000.0]))
def test_what_meets_a_box_on_the_ground_meets_its_box_in_degrees(
    seed: int, lat_deg: float, wide_mm: float
) -> None:
    """The worst case: a line along a parallel bows out of its box towards the pole."""
    draw = np.random.default_rng(seed)
    frame = SiteFrame(38.0, lat_deg)
    middle = frame.places_deg(draw.uniform(-45e6, 45e6, (200, 2)))
    half = wide_mm / 2 / 111.8e6 / np.cos(np.radians(np.abs(middle[:, 1])))
    # Along a parallel for one half of them, along a meridian for the other.
    step = np.column_stack([half, np.zeros(200)])
    step[::2] = np.column_stack([np.zeros(200), np.full(200, wide_mm / 2 / 111.8e6)])[::2]
    ends = np.stack([middle - step, middle + step])
    on_line = frame.places_mm(ends.reshape(-1, 2)).reshape(2, 200, 2)
    share = draw.uniform(0.3, 0.7, (200, 1))
    touched = on_line[0] * share + on_line[1] * (1 - share)
    # A box beside the line that reaches to it with one corner.
    side = draw.choice([-1.0, 1.0], (200, 2)) * draw.uniform(1, 10, (200, 2)) ** draw.integers(1, 8)
    boxes = np.hstack([np.minimum(touched, touched + side), np.maximum(touched, touched + side)])
    windows = np.concatenate([boxes_deg(frame, box[None]) for box in boxes[:20]])
    together = boxes_deg(frame, boxes)
    found = np.hstack([ends.min(axis=0), ends.max(axis=0)])
    span = (found[:, 2] - found[:, 0] + found[:, 3] - found[:, 1]) * 111.8e6
    asked = span <= SPAN_MM
    assert overlap(found, together)[asked].all()
    assert overlap(found[:20], windows)[asked[:20]].all()


@settings(max_examples=30)
@given(SEEDS)
def test_boxes_out_of_bytes_are_those_of_the_shapes(seed: int) -> None:
    shapes = buildings(land(seed), 60, seed)
    column = WkbColumn.of(shapes)
    boxes, lines = column.extents()
    np.testing.assert_array_equal(boxes, shapely.bounds(shapes))
    assert set(lines) >= set(np.flatnonzero(shapely.get_type_id(shapes) == 1))


def test_what_lies_off_the_earth_is_closed_and_what_lies_on_it_is_not() -> None:
    from rafiqa.bulk import ground_of, window_of

    drawn = land(1)
    window = window_of(ground_of(drawn.book, 99), drawn.frame)
    lon_deg, lat_deg = drawn.frame.lon_deg, drawn.frame.lat_deg
    here = shapely.box(lon_deg, lat_deg, lon_deg + 0.1, lat_deg + 0.1)
    off = np.array([here, shapely.box(200, 36, 201, 37)], dtype=object)
    gate = window.rule(WkbColumn.of(off)).gate
    assert gate.nowhere.tolist() == [False, True]
    assert gate.outcome.tolist() == [1, 2]


def test_prepared_copies_leave_the_shapes_of_the_book_as_they_are() -> None:
    shapes = np.array([face.shape.geometry for face in land(3).book.faces], dtype=object)
    before = shapely.is_prepared(shapes).tolist()
    own = prepared_copies(shapes)
    assert shapely.is_prepared(own).all()
    assert shapely.equals_exact(own, shapes).all()
    assert not any(one is other for one, other in zip(own, shapes, strict=True))
    assert shapely.is_prepared(shapes).tolist() == before
