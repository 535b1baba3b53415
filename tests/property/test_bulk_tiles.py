"""Cut into tiles, with the ground that counts in each, the gate is that of the whole at once."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import shapely

from rafiqa.bulk import (
    EVERYWHERE,
    NOWHERE,
    WIDE,
    Ruling,
    WkbColumn,
    ground_of,
    reach_mm,
    tile_name,
    tiles_of,
    unknown,
    window_of,
)
from rafiqa.geo import SiteFrame
from rafiqa.service.doubt import Doubts
from rafiqa.service.gateall import Faces
from rafiqa.service.regionground import ground_table, read_ground
from tests.property.bulkland import NOW_US, buildings, land


def compare(seed: int, folder: Path, n: int = 60) -> int:
    """How many tiles drawn buildings fell into, each ruled on apart as all of them together."""
    drawn = land(seed)
    draw = np.random.default_rng(seed)
    shapes = buildings(drawn, n, seed)
    widths = np.where(np.arange(n) % 3 == 0, 3.5, np.nan)
    depth_cm = draw.choice([np.nan, 0.0, 10.0, 30.0, 31.0, -1.0], n)
    zoom = int(draw.integers(13, 21))
    ground = ground_of(
        drawn.book,
        NOW_US,
        distance_mm=0 if draw.random() < 0.7 else int(draw.integers(1, 30_000)),
        in_doubt=Doubts(drawn.book, NOW_US, drawn.finds_mm).on,
        **drawn.signs,
    )
    expected = window_of(ground, drawn.frame).rule(WkbColumn.of(shapes, widths), depth_cm)
    boxes, _ = WkbColumn.of(shapes, widths).extents()
    tiles = tiles_of(boxes, zoom)
    together = unknown(n)
    for tile in np.unique(tiles).tolist():
        rows = np.flatnonzero(tiles == tile)
        box = EVERYWHERE
        if tile >= 0:
            low, high = boxes[rows, :2].min(axis=0), boxes[rows, 2:].max(axis=0)
            box = reach_mm(drawn.frame, np.concatenate([low, high]), 3.5)
        near, which = ground.near(box)
        together.put(rows, ruled(drawn, near, which, folder, (shapes, widths, depth_cm), rows))
    for field in fields(expected.gate):
        found, told = getattr(together.gate, field.name), getattr(expected.gate, field.name)
        assert (found == told).all(), (seed, field.name)
    assert (together.stands == expected.stands).all(), seed
    assert (together.depth == expected.depth).all(), seed
    return len(np.unique(tiles))


def ruled(drawn, near, which, folder, columns, rows) -> Ruling:
    """One tile's ruling, by ground that was written and read again, in the book's numbers."""
    told = Faces.of(drawn.book.faces, NOW_US)
    path = folder / "ground.parquet"
    book_numbers = np.append(numbers_of(drawn)[which], -1)
    path.write_bytes(ground_table(near, told.some(book_numbers[:-1])))
    ground, faces = read_ground(path)
    shapes, widths, depth_cm = columns
    column = WkbColumn.of(shapes[rows], widths[rows])
    # Of signs the distance is the question's, and not in the table.
    ground = type(ground)(**{**vars_of(ground), "distance_mm": near.distance_mm})
    ruling = window_of(ground, drawn.frame).rule(column, depth_cm[rows])
    assert faces.claims() == [told.claims()[at] for at in book_numbers[:-1].tolist()]
    ruling.gate.face[:] = book_numbers[ruling.gate.face]
    ruling.stands[:] = book_numbers[ruling.stands]
    return ruling


def numbers_of(drawn) -> np.ndarray:
    states = [face.timeline.at(NOW_US) for face in drawn.book.faces]
    return np.array([at for at, state in enumerate(states) if state is not None], dtype=np.int64)


def vars_of(ground) -> dict:  # type: ignore[type-arg]
    return {f.name: getattr(ground, f.name) for f in fields(ground) if not f.name.startswith("_")}


def test_tiles_give_the_answers_of_the_whole(tmp_path: Path) -> None:
    seen = [compare(seed, tmp_path) for seed in range(15)]
    assert max(seen) > 10


@pytest.mark.slow
def test_more_tiles_give_the_answers_of_the_whole(tmp_path: Path) -> None:
    for seed in range(100, 900):
        compare(seed, tmp_path)


def test_a_footprint_has_one_tile_whatever_comes_with_it() -> None:
    draw = np.random.default_rng(5)
    low = draw.uniform(-1, 1, (500, 2)) * [179, 85]
    boxes = np.concatenate([low, low + draw.uniform(0, 1e-4, (500, 2))], axis=1)
    boxes[:3] = [(np.nan,) * 4, (170, 10, 190, 10), (10, 10, 10.5, 10.1)]
    together = tiles_of(boxes, 14)
    assert [int(tiles_of(box[None], 14)[0]) for box in boxes] == together.tolist()
    assert together[:3].tolist() == [NOWHERE, NOWHERE, WIDE]
    assert len({tile_name(tile, 14) for tile in together.tolist()}) == len(set(together.tolist()))
    # Of the web's own numbering (OGC 17-083r4, WebMercatorQuad).
    up = math.asinh(math.tan(math.radians(34.9))) / math.pi
    column, row = math.floor((38.55 + 180) / 360 * 4_096), math.floor((1 - up) / 2 * 4_096)
    tile = int(tiles_of(np.array([[38.55, 34.9, 38.551, 34.901]]), 12)[0])
    assert tile_name(tile, 12) == f"12-{column}-{row}"


def test_ground_beyond_what_can_be_reached_is_never_needed() -> None:
    frame = SiteFrame(38.55, 34.9)
    box = reach_mm(frame, np.array([38.55, 34.9, 38.6, 34.95]), 10.0)
    assert np.isfinite(box).all()
    corners = shapely.get_coordinates(
        shapely.segmentize(shapely.box(38.55, 34.9, 38.6, 34.95), 0.001)
    )
    places = frame.places_mm(corners)
    assert (places > box[:2] + 900_000).all()
    assert (places < box[2:] - 900_000).all()
    for nowhere in ([np.nan] * 4, [-170.0, 30.0, 170.0, 31.0], [120.0, 34.0, 120.1, 34.1]):
        assert (reach_mm(frame, np.array(nowhere), 0.0) == EVERYWHERE).all()
