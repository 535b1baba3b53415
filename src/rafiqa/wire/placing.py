"""From shapes as they stand in a file to shapes on the ground in lon/lat, or a named fault."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.errors import InvalidInput
from rafiqa.geo import shape_faults
from rafiqa.geo.crs import crs_facts, crs_problem, is_lonlat, to_lonlat_from
from rafiqa.wire.kind import Kind
from rafiqa.wire.layer import Geometries, Layer, file_fault, masked, warn_of_heights
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping

_TYPES = {
    "Point": shapely.GeometryType.POINT,
    "LineString": shapely.GeometryType.LINESTRING,
    "LinearRing": shapely.GeometryType.LINEARRING,
    "Polygon": shapely.GeometryType.POLYGON,
    "MultiPoint": shapely.GeometryType.MULTIPOINT,
    "MultiLineString": shapely.GeometryType.MULTILINESTRING,
    "MultiPolygon": shapely.GeometryType.MULTIPOLYGON,
    "GeometryCollection": shapely.GeometryType.GEOMETRYCOLLECTION,
}
_LARGE_M = 5.0  # a shift larger than a hand-held receiver's error is worth telling


@dataclass(frozen=True, slots=True)
class Placed:
    """Shapes on the ground: in lon/lat, with the system they were filed in and its words."""

    shapes: Geometries
    crs: str
    crs_words: str


def place_shapes(layer: Layer, kind: Kind, mapping: Mapping | None, limits: Limits) -> Placed:
    """Returns the layer's shapes in WGS84 lon/lat, and the reference system they came from.

    Rows whose shape is at fault are marked in the layer and left None.

    Raises:
        InvalidInput: ``wire.limit.vertices``, ``wire.crs.missing``, ``wire.crs.wrong``,
            ``geo.crs.*``.
    """
    if mapping is not None and mapping.swap_axes:
        layer.shapes = shapely.transform(layer.shapes, lambda xy: xy[:, ::-1])
    check_size(layer, kind, limits)
    warn_of_heights(layer, int(shapely.has_z(layer.shapes).sum()))
    judge_shapes(layer, kind)
    if not (~shapely.is_missing(layer.shapes)).any():
        return Placed(layer.shapes, "OGC:CRS84", "")
    crs = chosen_crs(layer, mapping)
    sound = masked(layer.shapes, layer.good())
    placed = to_lonlat_from(crs, sound)
    facts = crs_facts(crs)
    if facts.accuracy_m is not None and facts.accuracy_m > _LARGE_M:
        layer.warn(
            "wire.crs.accuracy", "", {"crs": facts.name, "accuracy_m": int(facts.accuracy_m)}
        )
    _off_the_earth(layer, placed, crs)
    axes = ", ".join(facts.axes)
    words = f"{facts.authority or 'no register entry'} {facts.name} (official axes: {axes})"
    return Placed(placed, crs, words)


def check_size(layer: Layer, kind: Kind, limits: Limits) -> None:
    """Counts vertices before anything is computed with them.

    Raises:
        InvalidInput: ``wire.limit.vertices``: more than a file of this kind may hold.
    """
    counts = shapely.get_num_coordinates(layer.shapes)
    total, most = int(counts.sum()), kind.file_vertices(limits)
    for index in np.flatnonzero(counts > kind.feature_vertices(limits)):
        params: dict[str, str | int] = {
            "n": int(counts[index]),
            "limit": kind.feature_vertices(limits),
        }
        layer.fault(int(index), "geo.shape.too-many-vertices", "geometry", params)
    _check_rings(layer, counts, kind.ring_vertices(limits))
    if total > most:
        raise InvalidInput(file_fault("wire.limit.vertices", "", {"count": total, "limit": most}))


def _check_rings(layer: Layer, counts: npt.NDArray[np.int32], most: int) -> None:
    suspects = np.flatnonzero(counts > most + 1)
    polygonal = np.isin(shapely.get_type_id(layer.shapes[suspects]), (3, 6))
    for index in suspects[polygonal]:
        rings = shapely.get_rings(shapely.get_parts(layer.shapes[index]))
        longest = int(shapely.get_num_coordinates(rings).max()) - 1
        if longest > most:
            params: dict[str, str | int] = {"n": longest, "limit": most}
            layer.fault(int(index), "geo.shape.ring-too-long", "geometry", params)


def judge_shapes(layer: Layer, kind: Kind) -> None:
    """Marks missing, empty, unfit, not finite and invalid shapes, in the file's coordinates.

    Whole columns are asked first; only what is suspect is looked at one by one.
    """
    shapes = layer.shapes
    missing = shapely.is_missing(shapes)
    n_solid = int(shapely.has_z(shapes).sum())
    if n_solid:
        layer.warn("wire.geometry.heights", "geometry", {"n": n_solid})
    if kind.needs_shape:
        for index in np.flatnonzero(missing):
            if int(index) not in layer.faults:
                layer.fault(int(index), "wire.geometry.missing", "geometry")
    asked = layer.good() & ~missing
    suspect = asked & ~(shapely.is_valid(masked(shapes, asked)))
    suspect |= asked & shapely.is_empty(shapes)
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    suspect[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    fitting = [int(type_) for name, type_ in _TYPES.items() if name in kind.shapes]
    suspect |= asked & ~np.isin(shapely.get_type_id(shapes), fitting)
    for index in np.flatnonzero(suspect & asked):
        for found in shape_faults(shapes[index], allowed=kind.shapes, limits=False):
            row = int(layer.numbers[index])
            layer.faults.setdefault(int(index), []).append(found.to_fault("geometry", row))


def chosen_crs(layer: Layer, mapping: Mapping | None) -> str:
    """Returns the system to read the coordinates in: the file's own, else the mapping's.

    Raises:
        InvalidInput: ``wire.crs.missing`` and ``geo.crs.*``: neither gives one that can be
            used.
    """
    stated = None if mapping is None else mapping.crs
    if mapping is not None and mapping.crs_override and stated is not None:
        _refuse_unusable(stated)
        return stated
    own = layer.crs
    if own is None:
        if stated is None:
            raise InvalidInput(file_fault("wire.crs.missing", "", {"column": "geometry"}))
        _refuse_unusable(stated)
        return stated
    problem = crs_problem(own)
    if problem is None:
        if stated is not None and crs_problem(stated) is None:
            _tell_difference(layer, own, stated)
        return own
    if stated is None:
        _refuse_unusable(own)
    _refuse_unusable(str(stated))
    layer.warn("wire.crs.from-mapping", "", {"crs": str(stated), "problem": problem})
    return str(stated)


def _refuse_unusable(crs: str) -> None:
    problem = crs_problem(crs)
    if problem is not None:
        raise InvalidInput(file_fault(problem, "crs", {"crs": crs[:120]}))


def _tell_difference(layer: Layer, own: str, stated: str) -> None:
    ours, theirs = crs_facts(own), crs_facts(stated)
    if ours.authority != theirs.authority and not (is_lonlat(own) and is_lonlat(stated)):
        layer.warn("wire.crs.file-wins", "", {"crs": ours.name, "mapping": theirs.name})


def _off_the_earth(layer: Layer, placed: Geometries, crs: str) -> None:
    """Places that are no places: one is a slip, most of them a wrong reference system."""
    bounds = shapely.bounds(placed)
    there = ~shapely.is_missing(placed)
    with np.errstate(invalid="ignore"):
        inside = (
            (bounds[:, 0] >= -180)
            & (bounds[:, 2] <= 180)
            & (bounds[:, 1] >= -90)
            & (bounds[:, 3] <= 90)
        )
    off = np.flatnonzero(there & ~inside)
    if (len(off) > 1 and 2 * len(off) > int(there.sum())) or len(off) == int(there.sum()) > 0:
        raise InvalidInput(file_fault("wire.crs.wrong", "", {"crs": crs[:80], "rows": len(off)}))
    for index in off:
        layer.fault(int(index), "wire.place.impossible", "geometry", {"crs": crs[:80]})
