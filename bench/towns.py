"""A generated site of clustered towns: footprints in columns, hazards and cleared ground."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from rafiqa.geo import SiteFrame
from rafiqa.recovery import with_ground

FRAME = SiteFrame(38.55, 34.9)
REACH_MM = 34_000_000
"""Half the side of the square that everything lies in: its corners are within a site's reach."""
ROW_GROUP = 65_536
_SEED = 20_240_701
_CELL_MM = 2_000_000
_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Polygon"]}},
}
Floats = npt.NDArray[np.float64]


def _towns(draw: np.random.Generator, n_towns: int) -> tuple[Floats, Floats]:
    middles = draw.uniform(-REACH_MM, REACH_MM, (n_towns, 2)) * 0.9
    return middles, draw.lognormal(np.log(1_500_000), 0.5, n_towns)


def _places(draw: np.random.Generator, n: int, n_towns: int, share: float) -> Floats:
    """Returns ``(n, 2)`` places in mm: a share in towns, the others anywhere."""
    middles, wide = _towns(np.random.default_rng(_SEED), n_towns)
    town = draw.choice(n_towns, n, p=wide**2 / (wide**2).sum())
    places = middles[town] + draw.normal(0, 1, (n, 2)) * wide[town][:, None]
    far = (np.abs(places) > REACH_MM).any(axis=1) | (draw.random(n) > share)
    places[far] = draw.uniform(-REACH_MM, REACH_MM, (int(far.sum()), 2))
    return places


def buildings_mm(n: int, n_towns: int) -> tuple[Floats, Floats]:
    """Returns turned rectangles ``(m, 5, 2)`` and L-shapes ``(n - m, 7, 2)`` in mm, 5 to 1."""
    draw = np.random.default_rng(_SEED + 1)
    places = _places(draw, n, n_towns, 0.95)
    order = np.argsort(_cell(places), kind="stable")
    places = places[order]
    wide, deep = draw.uniform(6_000, 16_000, n), draw.uniform(5_000, 12_000, n)
    turn = draw.uniform(0, np.pi / 2, n)
    bent = draw.random(n) < 1 / 6
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
    ell = np.array([(0, 0), (1, 0), (1, 0.5), (0.5, 0.5), (0.5, 1), (0, 1), (0, 0)])
    return (
        _turned(square, places[~bent], wide[~bent], deep[~bent], turn[~bent]),
        _turned(ell, places[bent], wide[bent], deep[bent], turn[bent]),
    )


def _cell(places: Floats) -> npt.NDArray[np.int64]:
    column, row = (places // _CELL_MM).astype(np.int64).T
    cell: npt.NDArray[np.int64] = row * 1_000_003 + column
    return cell


def _turned(form: Floats, places: Floats, wide: Floats, deep: Floats, turn: Floats) -> Floats:
    x = form[:, 0] * wide[:, None]
    y = form[:, 1] * deep[:, None]
    cosine, sine = np.cos(turn)[:, None], np.sin(turn)[:, None]
    turned = np.stack([x * cosine - y * sine, x * sine + y * cosine], axis=2)
    return turned + places[:, None]


def write_buildings(degrees: Path, plane: Path, n: int, n_towns: int) -> None:
    """Writes GeoParquet of buildings twice, near ones together, in row groups.

    In degrees, as a layer is registered; and in whole mm of the site's plane with whole numbers
    for ids, for engines that would have to project.
    """
    parts = buildings_mm(n, n_towns)
    cells = np.concatenate([_cell(part[:, 0]) for part in parts])
    order = np.argsort(cells, kind="stable")
    everything = np.concatenate([_polygons(part) for part in parts])[order]
    with _writer(degrees, pa.string()) as one, _writer(plane, pa.int64()) as other:
        for start in range(0, n, ROW_GROUP):
            lonlat = FRAME.shapes_to_lonlat(everything[start : start + ROW_GROUP])
            ids = np.arange(start, start + len(lonlat))
            _write(one, [f"building-{number}" for number in ids.tolist()], lonlat)
            _write(other, ids, with_ground(FRAME.shapes_to_mm(lonlat)))


def write_polygons(path: Path, shapes: npt.NDArray[np.object_]) -> None:
    """Writes GeoParquet of polygons in mm."""
    with _writer(path, pa.int64()) as writer:
        _write(writer, np.arange(len(shapes)), shapes)


def _writer(path: Path, id_type: pa.DataType) -> pq.ParquetWriter:
    schema = pa.schema([("id", id_type), ("geometry", pa.binary())])
    schema = schema.with_metadata({b"geo": json.dumps(_GEO, sort_keys=True).encode()})
    return pq.ParquetWriter(path, schema, compression="zstd")


def _write(writer: pq.ParquetWriter, ids: Any, shapes: npt.NDArray[np.object_]) -> None:
    wkb = pa.array(shapely.to_wkb(shapes, byte_order=1), pa.binary())
    table = pa.table([pa.array(ids), wkb], schema=writer.schema)
    writer.write_table(table, row_group_size=ROW_GROUP)


def _polygons(rings: Floats) -> npt.NDArray[np.object_]:
    return np.asarray(shapely.polygons(rings), dtype=object)


def polygons_mm(n: int, n_towns: int) -> npt.NDArray[np.object_]:
    """Returns polygons of 10 to 200 vertices on whole mm, about where the towns are."""
    draw = np.random.default_rng(_SEED + 2)
    places = _places(draw, n, n_towns, 0.7)
    made = []
    for place in places:
        n_corners = int(draw.integers(10, 201))
        turn = np.sort(draw.uniform(0, 2 * np.pi, n_corners))
        reach = np.exp(draw.uniform(np.log(20_000), np.log(220_000))) * draw.uniform(
            0.7, 1, n_corners
        )
        ring = np.rint(place + reach[:, None] * np.column_stack([np.cos(turn), np.sin(turn)]))
        shape = shapely.Polygon(ring)
        made.append(shape if shape.is_valid else shape.convex_hull)
    return np.array(made, dtype=object)
