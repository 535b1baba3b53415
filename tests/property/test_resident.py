"""What a change touches in a layer kept ready is what each footprint's own shape touches."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.bulk import Resident, WkbColumn, resident
from rafiqa.bulk.boxjoin import overlap
from tests.property.bulkland import DrawnLand, buildings, land

N_EACH = 100
FAR_MM = 40_000_000


def plainly(footprints: np.ndarray, shapes: list[BaseGeometry], distance_mm: int) -> np.ndarray:
    """Whether each footprint touches any of some shapes, or lies near one, asked one by one."""
    near = np.zeros(len(footprints), dtype=np.bool_)
    for shape in shapes:
        if distance_mm:
            near |= shapely.dwithin(footprints, shape, distance_mm)
        else:
            near |= shapely.intersects(footprints, shape)
    return near


def questions(
    draw: np.random.Generator, drawn: DrawnLand, footprints: np.ndarray
) -> list[list[BaseGeometry]]:
    """Lists of shapes: areas, slivers, single places, and several far from one another."""
    faces = [face.shape.geometry for face in drawn.book.faces]
    placed = footprints[~shapely.is_missing(footprints) & ~shapely.is_empty(footprints)]
    middles = [shapely.point_on_surface(shape) for shape in draw.choice(placed, 4)]
    corners = np.asarray(shapely.points(shapely.get_coordinates(draw.choice(placed, 4))))
    at = np.rint(shapely.get_coordinates(middles))
    specks = np.asarray(shapely.box(*at.T, *(at.T + 2))).tolist()
    old = faces[int(draw.integers(len(faces)))]
    new = shapely.transform(old, lambda xy: xy + draw.integers(-20_000, 20_000, 2))
    far = shapely.transform(old, lambda xy: xy + FAR_MM)
    ring = shapely.difference(old.buffer(30_000), old)
    return [
        *([face] for face in faces[:4]),
        *([middle] for middle in middles),
        *([corner] for corner in corners[:4].tolist()),
        *([speck] for speck in specks),
        [old, new],
        [far, new, shapely.Polygon()],
        [shapely.MultiPolygon([*shapely.get_parts(far), *shapely.get_parts(new)])],
        [ring],
        [shapely.LineString([at[0], at[1] + 9_000])],
        [far],
        [],
    ]


def test_what_is_touched_is_what_each_footprint_touches() -> None:
    n_touched, kinds = 0, np.zeros(2, dtype=np.int64)
    for seed in range(14):
        draw, drawn = np.random.default_rng(seed), land(seed)
        ready = resident(drawn.frame, [WkbColumn.of(buildings(drawn, N_EACH, seed))])
        footprints = ready.prints.shapes(np.arange(N_EACH))
        for shapes in questions(draw, drawn, footprints):
            for distance_mm in (0, 1, 7_000):
                expected = np.flatnonzero(plainly(footprints, shapes, distance_mm))
                found = ready.touching(shapes, distance_mm)
                assert found.tolist() == expected.tolist(), (seed, shapes, distance_mm)
                n_touched += len(found)
                kinds += [ready.odd[found].sum(), (~ready.odd[found]).sum()]
        _holds_bent(ready)
        _pairs(draw, ready)
    assert n_touched > 5_000
    assert (kinds > 1_000).all()


def _holds_bent(ready: Resident) -> None:
    """Which footprints the grid bends is what their shapes say when asked one by one."""
    assert ready.prints.bent is not None
    on_grid = [
        shapely.Polygon(ready.prints.xy[first : first + count])
        for first, count in zip(ready.prints.first, ready.prints.count, strict=True)
        if count
    ]
    assert (ready.prints.bent[ready.prints.count > 0] == ~shapely.is_valid(on_grid)).all()


def _pairs(draw: np.random.Generator, ready: Resident) -> None:
    """No pair of boxes that overlap is missed, and each comes once."""
    low = draw.choice(ready.prints.boxes[~np.isnan(ready.prints.boxes[:, 0])], 40)[:, :2]
    low = low + draw.integers(-200_000, 200_000, low.shape)
    boxes = np.hstack([low, low + draw.integers(0, 300_000, low.shape)])
    pairs = ready.pairs(boxes)
    found = list(zip(pairs.which.tolist(), pairs.what.tolist(), strict=True))
    row, asked = np.indices((len(ready), len(boxes))).reshape(2, -1)
    meets = overlap(ready.prints.boxes[row], boxes[asked])
    assert len(found) == len(set(found))
    assert set(found) >= set(zip(row[meets].tolist(), asked[meets].tolist(), strict=True))
