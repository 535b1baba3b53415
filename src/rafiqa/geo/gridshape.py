"""Land on the site's 1 mm grid: integer coordinates, exact areas, one canonical form.

Floats cannot prove that land is conserved: noding in floats lost up to 61 % of an area
without raising. Here every coordinate is a whole number of millimetres in the site's frame,
and an area is an integer, so that "the parts add up" is an equality and not a tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo.fault import shape_faults

GRID_LIMIT_MM = 500_000_000
"""No coordinate lies farther than this from the site's origin, in mm (500 km).

The bound keeps one edge's part of an area below 2**61, so that int64 holds it.
"""

PlainShape = list[list[list[int]]]
"""Polygons of rings of ``x0, y0, dx1, dy1, …`` in mm; the closing point is left out."""

_LOW_BITS = 32


def _polygons(geometry: BaseGeometry) -> Polygon | MultiPolygon:
    """The polygons of a geometry; lines and points that an overlay leaves behind are dropped."""
    if isinstance(geometry, Polygon):
        return geometry
    if not isinstance(geometry, MultiPolygon):
        pieces = shapely.get_parts(shapely.get_parts(geometry))
        return _polygons(MultiPolygon([piece for piece in pieces if isinstance(piece, Polygon)]))
    parts = [part for part in geometry.geoms if not part.is_empty]
    return MultiPolygon(parts) if len(parts) > 1 else (parts[0] if parts else Polygon())


def _rings(geometry: Polygon | MultiPolygon) -> npt.NDArray[np.object_]:
    """All rings of all parts; shapely's own `get_rings` passes over multipolygons in silence."""
    rings: npt.NDArray[np.object_] = shapely.get_rings(shapely.get_parts(geometry))
    return rings


def _ring_coordinates(
    land: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """All coordinates of polygons, the number of each one's ring, and of each one's polygon."""
    one_ring = shapely.get_num_interior_rings(land) == 0
    one_ring &= shapely.get_type_id(land) == shapely.GeometryType.POLYGON
    # Such a polygon is its ring: taking it out would copy every one of them.
    simple = np.flatnonzero(one_ring)
    coords, at = shapely.get_coordinates(land[simple], return_index=True)
    if len(simple) == len(land):
        return coords, at, at
    parts, shape = shapely.get_parts(land[~one_ring], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    others, ring = shapely.get_coordinates(rings, return_index=True)
    return (
        np.concatenate([coords, others]),
        np.concatenate([at, ring + len(simple)]),
        np.concatenate([simple[at], np.flatnonzero(~one_ring)[shape[part[ring]]]]),
    )


def areas2(
    geometries: Sequence[BaseGeometry] | npt.NDArray[np.object_], per_mm: int = 1
) -> list[int]:
    """Returns twice the area of each of some canonical polygons, exact, in (1/per_mm mm)².

    The cross products fit int64 by `GRID_LIMIT_MM`; their sum may not, so high and low halves
    are added apart and joined as Python integers.

    Args:
        geometries: polygons and multipolygons in mm on the grid of so many steps to the mm.
        per_mm: steps of the grid to the millimetre.
    """
    land = np.asarray(geometries, dtype=object)
    sums = [0] * len(land)
    coords, ring, owner = _ring_coordinates(land)
    if not len(coords):
        return sums
    # The area does not depend on the origin: a near one keeps the products small.
    xy = np.rint(coords * per_mm).astype(np.int64)
    xy -= xy[0]
    wide = int(np.abs(xy).max()) > 2 * GRID_LIMIT_MM
    x, y = (xy.astype(object) if wide else xy).T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    inside = ring[:-1] == ring[1:]
    cross, whose = cross[inside], owner[:-1][inside]
    starts = np.flatnonzero(np.diff(whose, prepend=-1))
    high = np.add.reduceat(cross >> _LOW_BITS, starts)
    low = np.add.reduceat(cross & ((1 << _LOW_BITS) - 1), starts)
    ends = zip(whose[starts].tolist(), high.tolist(), low.tolist(), strict=True)
    for shape, above, below in ends:
        # Canonical shells run clockwise, which is negative.
        sums[shape] = -((above << _LOW_BITS) + below)
    return sums


@dataclass(frozen=True, slots=True)
class GridShape:
    """A polygon or multipolygon whose coordinates are whole millimetres in one site's frame.

    Two shapes are equal when their canonical coordinates are. The canonical form has each ring
    begin at its lowest vertex, shells clockwise, holes counter-clockwise, and rings and parts
    in a fixed order; a single part is a Polygon; consecutive equal points are one.

    What is registered is on whole millimetres. Only faces that could not be cut soundly there
    are on a finer grid; their coordinates are then the floats nearest to whole steps of it.

    Args:
        geometry: valid, with integer-valued coordinates of at most `GRID_LIMIT_MM`. Other
            coordinates are a mistake of the program: `SiteFrame.to_grid` is what puts the
            outside world's shapes on the grid.
        per_mm: steps of the grid to the millimetre.
        share2_mm2: of a face on a finer grid, its whole part of twice its partition's area.
    """

    geometry: Polygon | MultiPolygon
    per_mm: int = 1
    share2_mm2: int | None = field(default=None, compare=False)
    # Measured once, when first asked for. A country has hundreds of thousands of shapes: slots
    # rather than a dict each, which the collector of garbage would walk.
    _area2: int | None = field(default=None, init=False, compare=False, repr=False)
    _length_mm: float | None = field(default=None, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        polygons = _polygons(self.geometry)
        coords = shapely.get_coordinates(polygons)
        on_grid = coords == np.rint(coords * self.per_mm) / self.per_mm
        if not (on_grid & (np.abs(coords) <= GRID_LIMIT_MM)).all():
            raise ValueError("coordinates off the site's 1 mm grid")
        # Adding zero turns -0.0, which would break equal hashes, into 0.0.
        polygons = shapely.transform(polygons, lambda xy: xy + 0.0)
        canonical = shapely.normalize(shapely.remove_repeated_points(polygons, 0.0))
        object.__setattr__(self, "geometry", canonical)

    @classmethod
    def of(cls, geometry: BaseGeometry) -> Self:
        """The shape of any geometry on the grid; of a collection, its polygons only."""
        return cls(_polygons(geometry))

    @classmethod
    def canonical(
        cls,
        geometry: BaseGeometry,
        area2: int | None = None,
        *,
        per_mm: int = 1,
        share2_mm2: int | None = None,
    ) -> Self:
        """The shape of a polygon known to be canonical, unchecked: for faces made in bulk.

        Args:
            geometry: as the class says, in canonical form.
            area2: its `area2`, where it is known.
            per_mm: as the class says.
            share2_mm2: as the class says.
        """
        made = object.__new__(cls)
        put = object.__setattr__
        put(made, "geometry", geometry)
        put(made, "per_mm", per_mm)
        put(made, "share2_mm2", share2_mm2)
        put(made, "_area2", area2)
        put(made, "_length_mm", None)
        return made

    @classmethod
    def empty(cls) -> Self:
        """The shape without any land."""
        return cls(Polygon())

    @classmethod
    def box(cls, x_mm_min: int, y_mm_min: int, x_mm_max: int, y_mm_max: int) -> Self:
        """The rectangle between two corners, in mm."""
        return cls(shapely.box(x_mm_min, y_mm_min, x_mm_max, y_mm_max))

    @property
    def is_empty(self) -> bool:
        """Whether the shape has no land at all."""
        return not self._area2 and bool(self.geometry.is_empty)

    @property
    def area2(self) -> int:
        """Twice the area in steps of the grid squared, exact; what proofs add up."""
        if self._area2 is None:
            object.__setattr__(self, "_area2", areas2([self.geometry], self.per_mm)[0])
        return self._area2  # type: ignore[return-value]

    @property
    def area2_mm2(self) -> int:
        """Twice the area in mm², exact; twice, because an area on a grid may end in a half.

        Of a face on a finer grid, its share: the shares of a partition add up exactly to
        twice its area, rounded down once for all of it.
        """
        if self.per_mm == 1:
            return self.area2
        return self.area2 // self.per_mm**2 if self.share2_mm2 is None else self.share2_mm2

    @property
    def length_mm(self) -> float:
        """The length of the whole boundary in mm."""
        if self._length_mm is None:
            object.__setattr__(self, "_length_mm", float(self.geometry.length))
        return self._length_mm  # type: ignore[return-value]

    @property
    def area_m2(self) -> float:
        """The area in m², for people; sums that must balance use `area2_mm2`."""
        return self.area2_mm2 / 2_000_000

    @property
    def bounds_mm(self) -> tuple[int, int, int, int]:
        """``(x_mm_min, y_mm_min, x_mm_max, y_mm_max)``; an empty shape has none and raises."""
        if self.is_empty:
            raise ValueError("an empty shape has no bounds")
        x_min, y_min, x_max, y_max = self.geometry.bounds
        return int(x_min), int(y_min), int(x_max), int(y_max)

    @property
    def n_vertices(self) -> int:
        """The number of vertices of all rings, closing points left out."""
        return int(shapely.get_num_coordinates(self.geometry)) - len(_rings(self.geometry))

    def edges(self, per_mm: int = 1) -> npt.NDArray[np.int64]:
        """``(n, 4)`` int64 ``x0, y0, x1, y1`` of all edges, the land on their right.

        Args:
            per_mm: in steps of so many to the mm; at least the shape's own.
        """
        coords, ring = shapely.get_coordinates(_rings(self.geometry), return_index=True)
        steps = np.rint(coords * per_mm)
        ways = np.hstack([steps[:-1], steps[1:]]).astype(np.int64)
        edges: npt.NDArray[np.int64] = ways[ring[:-1] == ring[1:]]
        return edges

    def parts(self) -> tuple[Self, ...]:
        """The separate polygons of the shape, in canonical order."""
        parts = () if self.is_empty else shapely.get_parts(self.geometry)
        return tuple(type(self)(part) for part in parts)

    def intersects(self, other: GridShape) -> bool:
        """Whether the shapes share a point; a shared edge or corner counts."""
        return bool(shapely.intersects(self.geometry, other.geometry))

    def covers(self, other: GridShape) -> bool:
        """Whether no point of the other lies outside this one; empty is covered by all."""
        return other.is_empty or bool(shapely.covers(self.geometry, other.geometry))

    def covers_mm(self, x_mm: int, y_mm: int) -> bool:
        """Whether the point lies inside or on the edge."""
        return bool(shapely.intersects_xy(self.geometry, x_mm, y_mm))

    def intersection(self, other: GridShape) -> GridShape:
        """The land in both, noded on the grid; edges may move by less than 1 mm."""
        return GridShape.of(shapely.intersection(self.geometry, other.geometry, grid_size=1.0))

    def difference(self, other: GridShape) -> GridShape:
        """The land in this one only, noded on the grid; edges may move by less than 1 mm."""
        return GridShape.of(shapely.difference(self.geometry, other.geometry, grid_size=1.0))

    def union(self, other: GridShape) -> GridShape:
        """The land in either, noded on the grid; edges may move by less than 1 mm."""
        return GridShape.of(shapely.union(self.geometry, other.geometry, grid_size=1.0))

    def to_plain(self) -> PlainShape:
        """Nested lists of integers: polygons, rings, ``x0, y0, dx1, dy1, …`` in mm.

        Canonical: equal shapes give equal lists. The closing point is left out.

        Raises:
            ValueError: the shape is on a finer grid; only land in whole mm is put on record.
        """
        if self.per_mm != 1:
            raise ValueError("only shapes in whole mm are written")
        return [
            [_plain_ring(ring) for ring in shapely.get_rings(part)]
            for part in shapely.get_parts(self.geometry)
            if not part.is_empty
        ]

    @classmethod
    def from_plain(cls, plain: Any) -> Self:
        """The shape of nested integer lists, as `to_plain` writes them; any ring order is read.

        Raises:
            InvalidInput: not lists of integers, beyond the grid, or not a valid polygon.
        """
        try:
            parts = [_part_of(polygon) for polygon in _list(plain)]
        except _MalformedError as error:
            raise InvalidInput(Fault("geo.plain.malformed", "shape")) from error
        if not parts:
            return cls.empty()
        geometry = parts[0] if len(parts) == 1 else MultiPolygon(parts)
        faults = shape_faults(geometry, limits=False)
        if faults:
            raise InvalidInput([fault.to_fault("shape") for fault in faults])
        return cls(geometry)


class _MalformedError(Exception):
    """Nested lists that are not a shape."""


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise _MalformedError
    return value


def _part_of(rings: Any) -> Polygon:
    shells = [_ring_of(ring) for ring in _list(rings)]
    if not shells:
        raise _MalformedError
    return Polygon(shells[0], shells[1:])


def _ring_of(numbers: Any) -> npt.NDArray[np.float64]:
    values = _list(numbers)
    if len(values) % 2 or len(values) < 6:
        raise _MalformedError
    if any(type(value) is not int or abs(value) > 2 * GRID_LIMIT_MM for value in values):
        raise _MalformedError
    points = np.cumsum(np.array(values, dtype=np.int64).reshape(-1, 2), axis=0)
    if (np.abs(points) > GRID_LIMIT_MM).any():
        raise _MalformedError
    return points.astype(np.float64)


def _plain_ring(ring: BaseGeometry) -> list[int]:
    points = shapely.get_coordinates(ring)[:-1].astype(np.int64)
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return [int(step) for step in steps.ravel()]


def union_of(shapes: Iterable[GridShape]) -> GridShape:
    """The land of all shapes together, noded on the grid; edges may move by less than 1 mm."""
    geometries = [shape.geometry for shape in shapes]
    return GridShape.of(shapely.union_all(geometries, grid_size=1.0))
