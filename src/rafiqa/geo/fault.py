"""Faults of a shape: found, placed and described; never repaired.

A repaired polygon is another polygon: `make_valid` may turn a bow-tie into land that nobody
surveyed, or drop land that somebody did. So the shape goes back with the place of the fault.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from shapely import LinearRing, LineString, Polygon
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault

MAX_RING_VERTICES = 5_000
"""A hand-drawn ring has tens of vertices, a coast or a river bank thousands; more is a fault
of digitising, or an attack."""
MAX_SHAPE_VERTICES = 10_000
"""Vertices of all rings of one feature together."""
POLYGONAL = frozenset({"Polygon", "MultiPolygon"})
"""The geometry types that land may have."""

_MAX_CROSSED_VERTICES = 200

_REASON = re.compile(r"(?P<reason>[^\[]+)(?:\[(?P<x>\S+) (?P<y>\S+)[^\]]*\])?")
# GEOS gives the reason in English with the place in brackets; these are its words.
_CODES = {
    "Self-intersection": "geo.shape.self-intersection",
    "Ring Self-intersection": "geo.shape.self-intersection",
    "Self-Intersection": "geo.shape.self-intersection",
    "Too few points in geometry component": "geo.shape.too-few-points",
    "Duplicate Rings": "geo.shape.duplicate-ring",
    "Duplicate rings": "geo.shape.duplicate-ring",
    "Hole lies outside shell": "geo.shape.hole-outside",
    "Holes are nested": "geo.shape.nested",
    "Nested holes": "geo.shape.nested",
    "Nested shells": "geo.shape.nested",
    "Interior is disconnected": "geo.shape.interior-cut",
    "Disconnected Interior": "geo.shape.interior-cut",
    "Invalid Coordinate": "geo.shape.not-finite",
}


@dataclass(frozen=True, slots=True)
class ShapeFault:
    """One fault of a shape: its code, its place, and the figures for its text.

    Attributes:
        code: stable code, such as ``geo.shape.self-intersection``.
        x: easting of the fault in the shape's own coordinates (degrees or metres), or None
            when the fault has no one place.
        y: northing of the same place.
        params: values that the code's text names.
    """

    code: str
    x: float | None = None
    y: float | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def detail(self) -> str:
        """The figures of the fault in one line, for logs and for tables of refused rows."""
        place = [] if self.x is None else [f"at={self.place}"]
        return ", ".join([*(f"{name}={value}" for name, value in self.params.items()), *place])

    @property
    def place(self) -> str:
        """``x y`` with 8 decimals, or empty when the fault has no one place."""
        return "" if self.x is None or self.y is None else f"{self.x:.8f} {self.y:.8f}"

    def to_fault(self, place: str = "", row: int | None = None) -> Fault:
        """The same as a fault of an input; ``at`` among the params is the place on the ground."""
        return Fault(self.code, place, row, {**self.params, "at": self.place})


def ring_faults(
    points: Sequence[Sequence[float]], *, limit: int = MAX_RING_VERTICES
) -> tuple[ShapeFault, ...]:
    """Faults of one ring as raw points, before shapely closes or refuses it.

    Args:
        points: positions ``x, y[, z]``; the last must repeat the first.
        limit: the most vertices a ring may have, closing point left out.
    """
    if not points:
        return (ShapeFault("geo.shape.empty"),)
    first, last = points[0], points[-1]
    for point in points:
        if len(point) < 2 or not all(np.isfinite(value) for value in point[:2]):
            return (ShapeFault("geo.shape.not-finite"),)
    found = []
    if tuple(first[:2]) != tuple(last[:2]):
        found.append(ShapeFault("geo.shape.unclosed", float(last[0]), float(last[1])))
    n_distinct = len({tuple(point[:2]) for point in points})
    if n_distinct < 3:
        place = (float(first[0]), float(first[1]))
        found.append(ShapeFault("geo.shape.too-few-points", *place, {"n": n_distinct}))
    if len(points) - 1 > limit:
        params = {"n": len(points) - 1, "limit": limit}
        found.append(ShapeFault("geo.shape.ring-too-long", params=params))
    return tuple(found)


def shape_faults(
    geometry: BaseGeometry, *, allowed: Collection[str] = POLYGONAL, limits: bool = True
) -> list[ShapeFault]:
    """Every fault found in a shape, with its place; an empty list when it may be used.

    Each ring is judged alone first, then the polygon, then the whole, so that a shape with
    two bow-ties names both places.

    Args:
        geometry: in any coordinates; faults are placed in the same ones.
        allowed: the geometry types that are not a fault.
        limits: whether the numbers of vertices are limited.
    """
    if geometry.geom_type not in allowed:
        return [ShapeFault("geo.shape.type", params={"found": geometry.geom_type})]
    if geometry.is_empty:
        return [ShapeFault("geo.shape.empty")]
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return [ShapeFault("geo.shape.not-finite")]
    too_many = _size_faults(geometry) if limits else []
    # Judging a huge shape is what an attacker wants: count first, then look.
    return too_many or _validity_faults(geometry)


def _size_faults(geometry: BaseGeometry) -> list[ShapeFault]:
    found = []
    n_all = 0
    rings = (
        shapely.get_rings(shapely.get_parts(geometry))
        if geometry.geom_type in POLYGONAL
        else [geometry]
    )
    for ring in rings:
        n = int(shapely.get_num_coordinates(ring)) - (1 if isinstance(ring, LinearRing) else 0)
        n_all += n
        if n > MAX_RING_VERTICES:
            params = {"n": n, "limit": MAX_RING_VERTICES}
            found.append(ShapeFault("geo.shape.ring-too-long", params=params))
    if n_all > MAX_SHAPE_VERTICES:
        params = {"n": n_all, "limit": MAX_SHAPE_VERTICES}
        found.append(ShapeFault("geo.shape.too-many-vertices", params=params))
    return found


def _validity_faults(geometry: BaseGeometry) -> list[ShapeFault]:
    if geometry.is_valid:
        return []
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon)]
    rings = [ring for part in parts for ring in shapely.get_rings(part)]
    judged = [_reason(piece) for piece in (*map(Polygon, rings), *parts, geometry)]
    crossed = [fault for ring in rings for fault in _crossings(ring)]
    twice = [fault for part in parts for fault in _repeated_rings(part)]
    found: dict[tuple[str, str], ShapeFault] = {}
    for fault in (*crossed, *judged, *twice):
        if fault is not None:
            found.setdefault((fault.code, fault.place), fault)
    return list(found.values())


def _crossings(ring: LinearRing) -> list[ShapeFault]:
    """The places where a ring meets itself; GEOS's own verdict names only the first.

    A long ring is left to that verdict: its crossings may be as many as its edges squared.
    """
    if Polygon(ring).is_valid or shapely.get_num_coordinates(ring) > _MAX_CROSSED_VERTICES:
        return []
    try:
        pieces = shapely.get_parts(shapely.unary_union(LineString(ring.coords)))
    except GEOSException:  # noding in floats may give up; the verdict stands without it
        return []
    ends = shapely.get_coordinates([shapely.get_point(pieces, 0), shapely.get_point(pieces, -1)])
    nodes, degree = np.unique(ends, axis=0, return_counts=True)
    places = nodes[degree != 2].tolist()
    return [ShapeFault("geo.shape.self-intersection", x, y) for x, y in places]


def _reason(geometry: BaseGeometry) -> ShapeFault | None:
    if geometry.is_valid:
        return None
    match = _REASON.match(shapely.is_valid_reason(geometry))
    reason = match["reason"].strip() if match else ""
    code = _CODES.get(reason, "geo.shape.invalid")
    params: dict[str, str | int] = {"reason": reason} if code == "geo.shape.invalid" else {}
    if match is None or match["x"] is None:
        return ShapeFault(code, params=params)
    return ShapeFault(code, float(match["x"]), float(match["y"]), params)


def _repeated_rings(polygon: Polygon) -> list[ShapeFault]:
    """Rings that stand twice in one polygon; GEOS may call them self-intersections."""
    rings = sorted(
        (shapely.normalize(Polygon(ring)) for ring in shapely.get_rings(polygon)),
        key=lambda ring: ring.wkb,
    )
    twice = [ring for ring, after in pairwise(rings) if ring == after]
    places = [ring.exterior.coords[0] for ring in twice]
    return [ShapeFault("geo.shape.duplicate-ring", place[0], place[1]) for place in places]
