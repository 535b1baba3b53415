"""Shapes beside a row's own: a cell that holds an outline, such as the access of a project."""

from __future__ import annotations

import json

import numpy as np
import shapely

from rafiqa.dictionary.column import match_columns
from rafiqa.dictionary.field import GEOMETRY_TYPES
from rafiqa.dictionary.load import dictionary
from rafiqa.geo import POLYGONAL, shape_faults
from rafiqa.geo.crs import to_lonlat_from
from rafiqa.wire.kind import Kind
from rafiqa.wire.layer import Geometries, Layer, masked
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.tabletext import wkt_shapes

_MEASURED = "access_geometry"
"""The gate measures the access; other shapes in cells are kept as they were written."""


def place_cells(
    layer: Layer,
    kind: Kind,
    values: dict[str, list[object]],
    crs: str,
    how: tuple[Mapping | None, Limits],
) -> dict[str, list[object]]:
    """Returns the columns that hold measured shapes, as WKT in lon/lat by column.

    They stand in the reference system of the row's own shape. What cannot be read or is no
    outline is marked at its row: a gate that does not see the access would open too early.
    """
    mapping, limits = how
    made: dict[str, list[object]] = {}
    for column in _columns(kind, values, mapping):
        texts = [_as_wkt(cell) for cell in values[column]]
        shapes = wkt_shapes(layer, column, texts, limits)
        if mapping is not None and mapping.swap_axes:
            shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
        placed = _placed(layer, column, shapes, crs)
        made[column] = [
            None if shape is None else shapely.to_wkt(shape, rounding_precision=-1)
            for shape in placed
        ]
    return made


def _columns(kind: Kind, values: dict[str, list[object]], mapping: Mapping | None) -> list[str]:
    record = dictionary().record_of(kind.name)
    field = None if record is None else record.field(_MEASURED)
    if record is None or field is None or field.type not in GEOMETRY_TYPES:
        return []
    if mapping is not None and mapping.names_columns:
        return [_MEASURED] if _MEASURED in values else []
    matched = match_columns(record, list(values)).fields
    return [column for column, name in matched.items() if name == _MEASURED]


def _as_wkt(cell: object) -> object:
    """The cell, or the WKT of one that is a GeoJSON geometry."""
    if not isinstance(cell, dict):
        return cell
    text = json.dumps(cell)
    try:
        return shapely.to_wkt(shapely.from_geojson(text), rounding_precision=-1)
    except shapely.errors.GEOSException:
        return text


def _placed(layer: Layer, column: str, shapes: Geometries, crs: str) -> Geometries:
    sound = ~shapely.is_missing(shapes)
    for index in np.flatnonzero(sound):
        shape, row = shapes[index], int(layer.numbers[index])
        found = [one.to_fault(column, row) for one in shape_faults(shape, allowed=POLYGONAL)]
        if found:
            layer.faults.setdefault(int(index), []).extend(found)
            sound[index] = False
    placed = to_lonlat_from(crs, masked(shapes, sound))
    bounds = shapely.bounds(placed)
    with np.errstate(invalid="ignore"):
        there = (np.abs(bounds) <= (180, 90, 180, 90)).all(axis=1)
    for index in np.flatnonzero(sound & ~there):
        layer.fault(int(index), "wire.place.impossible", column, {"crs": crs[:80]})
    return masked(placed, sound & there)
