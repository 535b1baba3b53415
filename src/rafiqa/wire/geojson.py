"""GeoJSON (RFC 7946), read strictly and without GDAL, feature by feature.

GDAL closes open rings, keeps the last of two equal keys and turns text into numbers, so a
damaged file would come out whole. Here each feature stands for itself: a bad one is named
and the others are read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import cast

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.errors import InvalidInput
from rafiqa.wire.kind import Kind
from rafiqa.wire.layer import Geometries, Layer, counted, file_fault, no_shapes, warn_of_heights
from rafiqa.wire.limit import Limits
from rafiqa.wire.ring import ring_params, rings_of_json
from rafiqa.wire.strictjson import count_pairs, nests_deeper, parse_json

_CRS84 = {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84"}
_NESTING = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_NUMBERS = frozenset({int, float})
_RING_CODES = frozenset({"geo.shape.unclosed", "geo.shape.too-few-points"})


class _BadShape(Exception):  # noqa: N818 - a fault of one feature, named by its row
    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def read_geojson(data: bytes, kind: Kind, limits: Limits) -> Layer:
    """Returns the features of a GeoJSON document.

    Raises:
        InvalidInput: the document as a whole breaks a rule (``wire.json.*``,
            ``wire.geojson.*``, ``wire.limit.vertices``).
    """
    most = kind.file_vertices(limits)
    pairs = count_pairs(data)
    if pairs > 2 * most:
        raise InvalidInput(file_fault("wire.limit.vertices", "", {"count": pairs, "limit": most}))
    document = parse_json(data, levels=limits.json_depth)
    features = _features(document)
    if len(features) > limits.rows:
        raise InvalidInput(
            file_fault("wire.limit.rows", "", {"count": len(features), "limit": limits.rows})
        )
    layer = Layer("geojson", counted(len(features)), {}, no_shapes(len(features)))
    layer.crs = _crs(document)
    layer.columns = _columns(features, layer, limits)
    _fill_shapes(features, layer)
    return layer


def _features(document: object) -> list[dict[str, object]]:
    if not isinstance(document, dict):
        raise InvalidInput(
            file_fault("wire.geojson.type", "type", {"found": type(document).__name__})
        )
    found = document.get("type")
    if found == "Feature":
        return [document]
    features = document.get("features")
    if found != "FeatureCollection" or not isinstance(features, list):
        raise InvalidInput(file_fault("wire.geojson.type", "type", {"found": str(found)[:40]}))
    return [item if isinstance(item, dict) else {"type": None, "is": item} for item in features]


def _crs(document: object) -> str:
    """The old ``crs`` member where a file still has one, else lon/lat as the RFC says."""
    member = document.get("crs") if isinstance(document, dict) else None
    if member is None:
        return "OGC:CRS84"
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        raise InvalidInput(file_fault("wire.crs.unknown", "crs", {"crs": str(member)[:80]}))
    return "OGC:CRS84" if name in _CRS84 else name


def _columns(
    features: Sequence[dict[str, object]], layer: Layer, limits: Limits
) -> dict[str, list[object]]:
    count = len(features)
    columns: dict[str, list[object]] = {}
    for index, feature in enumerate(features):
        if feature.get("type") != "Feature":
            layer.fault(index, "wire.geojson.feature", "type")
            continue
        properties = feature.get("properties")
        if properties is None:
            properties = {}
        if not isinstance(properties, dict):
            layer.fault(index, "wire.geojson.feature", "properties")
            continue
        for name, value in properties.items():
            column = columns.get(name)
            if column is None:
                column = columns[name] = [None] * count
            column[index] = _value(value, name, index, layer, limits)
        if "id" in feature and "id" not in properties:
            columns.setdefault("id", [None] * count)[index] = feature["id"]
    return columns


def _value(value: object, name: str, index: int, layer: Layer, limits: Limits) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        layer.fault(index, "wire.json.not-finite", name, {"value": str(value)})
        return None
    if isinstance(value, dict | list) and nests_deeper(value, limits.json_depth - 4):
        layer.fault(index, "wire.json.depth", name, {"limit": limits.json_depth})
        return None
    if isinstance(value, str) and len(value) > limits.feature_bytes:
        params: dict[str, str | int] = {"count": len(value), "limit": limits.feature_bytes}
        layer.fault(index, "wire.limit.feature-bytes", name, params)
        return None
    return value


def _fill_shapes(features: Sequence[dict[str, object]], layer: Layer) -> None:
    by_type: dict[str, list[int]] = {}
    parts: dict[int, list[object]] = {}
    for index, feature in enumerate(features):
        shape = feature.get("geometry")
        if index in layer.faults:
            # Not all of it stands in columns: it is kept as it came.
            layer.shape_texts[index] = json.dumps(feature, ensure_ascii=False)
            continue
        if shape is None:
            continue
        try:
            type_name, coordinates = _checked(shape)
        except _BadShape as bad:
            params: dict[str, str | int] = {"detail": bad.detail}
            layer.fault(index, bad.code, "geometry", params)
            layer.shape_texts[index] = json.dumps(shape, ensure_ascii=False)
            continue
        by_type.setdefault(type_name, []).append(index)
        parts[index] = coordinates
    warn_of_heights(layer, sum(_has_height(coordinates) for coordinates in parts.values()))
    for type_name, indices in by_type.items():
        _make(type_name, indices, parts, layer, features)


def _has_height(coordinates: object) -> bool:
    """Returns whether the first position of a geometry has a height."""
    while isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return isinstance(coordinates, list) and len(coordinates) == 3


def _checked(shape: object) -> tuple[str, list[object]]:
    """The type and coordinates of a geometry whose outer form is right."""
    if not isinstance(shape, dict):
        raise _BadShape("wire.geometry.unreadable", type(shape).__name__)
    type_name = shape.get("type")
    coordinates = shape.get("coordinates")
    if not isinstance(type_name, str) or type_name not in _NESTING:
        raise _BadShape("wire.geometry.type", str(type_name)[:40])
    if not isinstance(coordinates, list):
        raise _BadShape("wire.geometry.unreadable", "coordinates")
    return str(type_name), coordinates


def _make(
    type_name: str,
    indices: list[int],
    parts: dict[int, list[object]],
    layer: Layer,
    features: Sequence[dict[str, object]],
) -> None:
    """Makes all shapes of one type at once; one by one only where that does not work."""
    maker = _MAKERS[type_name]
    try:
        layer.shapes[indices] = maker([parts[index] for index in indices])
    except (_BadShape, ValueError, TypeError, OverflowError, shapely.errors.GEOSException):
        if len(indices) == 1:
            _blame(indices[0], parts, maker, layer, features)
            return
        half = len(indices) // 2
        for some in (indices[:half], indices[half:]):
            _make(type_name, some, parts, layer, features)


def _blame(
    index: int,
    parts: dict[int, list[object]],
    maker: Callable[[list[object]], Geometries],
    layer: Layer,
    features: Sequence[dict[str, object]],
) -> None:
    code, detail = "wire.geometry.unreadable", ""
    try:
        maker([parts[index]])
    except _BadShape as bad:
        code, detail = bad.code, bad.detail
    except (ValueError, TypeError, OverflowError, shapely.errors.GEOSException) as error:
        detail = str(error)[:80]
    params: Mapping[str, str | int] = {"detail": detail}
    if code in _RING_CODES:
        params = ring_params(code, rings_of_json(parts[index]))
    layer.fault(index, code, "geometry", params)
    layer.shape_texts[index] = json.dumps(features[index].get("geometry"), ensure_ascii=False)


def _positions(pairs: Iterable[object]) -> npt.NDArray[np.float64]:
    """Positions as an array of x, y; heights are dropped, anything but numbers refused."""
    listed = list(pairs)
    sizes = set(map(len, listed)) if set(map(type, listed)) <= {list} else {0}  # type: ignore[arg-type]
    if not sizes <= {2, 3}:
        raise _BadShape("wire.geometry.unreadable", "position")
    flat: list[object] = list(chain.from_iterable(listed))  # type: ignore[arg-type]
    if not set(map(type, flat)) <= _NUMBERS:
        raise _BadShape("wire.geometry.not-number", "position")
    if sizes in ({2}, {3}):
        return np.array(flat, dtype=np.float64).reshape(-1, sizes.pop())[:, :2]
    return np.array([pair[:2] for pair in listed], dtype=np.float64)  # type: ignore[index]


def _runs(groups: Sequence[object]) -> npt.NDArray[np.int64]:
    """For each item of each group the group's index; every group must be a non-empty list."""
    if not set(map(type, groups)) <= {list}:
        raise _BadShape("wire.geometry.unreadable", "coordinates")
    sizes = list(map(len, groups))  # type: ignore[arg-type]
    return np.repeat(np.arange(len(groups)), sizes)


def _inside(groups: Sequence[object]) -> list[object]:
    return list(chain.from_iterable(groups))  # type: ignore[arg-type]


def _points(groups: list[object]) -> Geometries:
    if any(group == [] for group in groups):
        raise _BadShape("geo.shape.empty", "Point")
    return _several(shapely.points(_positions(groups)))


def _multipoints(groups: list[object]) -> Geometries:
    runs = _runs(groups)
    made = _several(shapely.points(_positions(_inside(groups))))
    return _collected(shapely.multipoints, made, runs, len(groups))


def _lines(groups: list[object]) -> Geometries:
    runs = _runs(groups)
    _least(runs, len(groups), 2)
    return _several(shapely.linestrings(_positions(_inside(groups)), indices=runs))


def _multilines(groups: list[object]) -> Geometries:
    runs = _runs(groups)
    return _collected(shapely.multilinestrings, _lines(_inside(groups)), runs, len(groups))


def _rings(groups: list[object]) -> Geometries:
    """Rings as they are written: an open ring is refused, not closed."""
    runs = _runs(groups)
    _least(runs, len(groups), 4)
    positions = _positions(_inside(groups))
    first = np.flatnonzero(np.diff(runs, prepend=-1))
    last = np.append(first[1:], len(runs)) - 1
    if not np.array_equal(positions[first], positions[last], equal_nan=True):
        raise _BadShape("geo.shape.unclosed", "ring")
    return _several(shapely.linearrings(positions, indices=runs))


def _polygons(groups: list[object]) -> Geometries:
    runs = _runs(groups)
    if len(groups) and len(np.unique(runs)) < len(groups):
        raise _BadShape("geo.shape.empty", "Polygon")
    return _several(shapely.polygons(_rings(_inside(groups)), indices=runs))


def _multipolygons(groups: list[object]) -> Geometries:
    runs = _runs(groups)
    return _collected(shapely.multipolygons, _polygons(_inside(groups)), runs, len(groups))


def _several(made: object) -> Geometries:
    """Shapely's answer for many: its stubs also know one."""
    return cast("Geometries", made)


def _collected(
    maker: Callable[..., Geometries], parts: Geometries, runs: npt.NDArray[np.int64], count: int
) -> Geometries:
    if len(np.unique(runs)) < count:
        raise _BadShape("geo.shape.empty", "coordinates")
    return maker(parts, indices=runs)


def _least(runs: npt.NDArray[np.int64], count: int, least: int) -> None:
    if count and np.bincount(runs, minlength=count).min() < least:
        raise _BadShape("geo.shape.too-few-points", "position")


_MAKERS: dict[str, Callable[[list[object]], Geometries]] = {
    "Point": _points,
    "MultiPoint": _multipoints,
    "LineString": _lines,
    "MultiLineString": _multilines,
    "Polygon": _polygons,
    "MultiPolygon": _multipolygons,
}
