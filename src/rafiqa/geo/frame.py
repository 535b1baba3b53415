"""Degrees, metres, and the only bridge between them; the only file that imports pyproj.

Each site has its own transverse Mercator (scale 1 at the origin, WGS 84). Its areas are true
to 6e-7 at 5 km, 1e-5 at 20 km and 6e-5 at 50 km from the origin; UTM is off by up to 8e-4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyproj  # noqa: TID251 - this is the one file that may
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo.fault import ShapeFault, shape_faults
from rafiqa.geo.gridshape import GRID_LIMIT_MM, GridShape

LAND_REACH_M = 50_000
"""Land farther than this from its site's origin is refused: its area would be off by > 6e-5."""

_E8 = 100_000_000
_MM_PER_M = 1_000.0
_THIN_MM = 1.5  # noding moves either edge by less than 0.71 mm
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spot:
    """One position in WGS 84, in whole 1e-8 degrees (about 1 mm).

    Attributes:
        lon_e8: longitude in 1e-8 degrees, east positive.
        lat_e8: latitude in 1e-8 degrees, north positive.
    """

    lon_e8: int
    lat_e8: int

    @classmethod
    def of(cls, lon_deg: float, lat_deg: float) -> Self:
        """The spot nearest to a position in degrees.

        Raises:
            InvalidInput: not finite, or outside ±180 / ±90 degrees.
        """
        if not (abs(lon_deg) <= 180 and abs(lat_deg) <= 90):
            raise InvalidInput(Fault("geo.lonlat.out-of-range", params=_at(lon_deg, lat_deg)))
        return cls(round(lon_deg * _E8), round(lat_deg * _E8))

    @property
    def lon_deg(self) -> float:
        """The longitude in degrees."""
        return self.lon_e8 / _E8

    @property
    def lat_deg(self) -> float:
        """The latitude in degrees."""
        return self.lat_e8 / _E8


@dataclass(frozen=True, slots=True)
class LonLat:
    """A shapely geometry in WGS 84 degrees, ``lon, lat``; it has no area and no length."""

    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Planar:
    """A shapely geometry in metres in one site's frame."""

    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Registered:
    """A shape as registered on the grid, and what the grid did to it.

    Attributes:
        shape: the land on the grid.
        grid_difference_mm2: area on the grid minus area before rounding, in mm².
    """

    shape: GridShape
    grid_difference_mm2: int


def _at(lon_deg: float, lat_deg: float) -> dict[str, str | int]:
    return {"at": f"{lon_deg:.8f} {lat_deg:.8f}"}


@lru_cache(maxsize=256)
def _transformer(lon_deg: float, lat_deg: float) -> pyproj.Transformer:
    """Degrees to metres; a pipeline needs neither the CRS database nor the network."""
    return pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=tmerc +lat_0={lat_deg!r} +lon_0={lon_deg!r} +k=1 +ellps=WGS84"
    )


_GEOD = pyproj.Geod(ellps="WGS84")


def _curvature_m2(lat_deg: Any) -> tuple[Any, Any]:
    """The product of both radii of curvature in m², and that along the meridian in m."""
    sine2 = np.sin(np.radians(lat_deg)) ** 2
    across_m = _GEOD.a / np.sqrt(1 - _GEOD.es * sine2)
    along_m = _GEOD.a * (1 - _GEOD.es) / (1 - _GEOD.es * sine2) ** 1.5
    return across_m * along_m, along_m


def _in_range(lonlat: Floats) -> npt.NDArray[np.bool_]:
    inside = (np.abs(lonlat[:, 0]) <= 180) & (np.abs(lonlat[:, 1]) <= 90)
    return np.asarray(inside)


@dataclass(frozen=True, slots=True)
class SiteFrame:
    """A site's own plane: transverse Mercator, scale 1 at its origin, WGS 84.

    Land that crosses the date line is not supported: its validity is judged in degrees.

    Args:
        lon_deg: longitude of the origin, in degrees.
        lat_deg: latitude of the origin, in degrees; within ±85.

    Raises:
        InvalidInput: the origin is not a position on which such a plane can stand.
    """

    lon_deg: float
    lat_deg: float

    def __post_init__(self) -> None:
        if not (abs(self.lon_deg) <= 180 and abs(self.lat_deg) <= 85):
            raise InvalidInput(Fault("geo.frame.origin", params=_at(self.lon_deg, self.lat_deg)))
        object.__setattr__(self, "lon_deg", float(self.lon_deg))
        object.__setattr__(self, "lat_deg", float(self.lat_deg))

    def _metres(self, lonlat: Floats) -> Floats:
        """``(n, 2)`` metres of ``(n, 2)`` degrees; inf where the projection has no answer."""
        x_m, y_m = _transformer(self.lon_deg, self.lat_deg).transform(lonlat[:, 0], lonlat[:, 1])
        return np.column_stack([x_m, y_m])

    def _degrees(self, metres: Floats) -> Floats:
        """``(n, 2)`` degrees of ``(n, 2)`` metres."""
        bridge = _transformer(self.lon_deg, self.lat_deg)
        lon_deg, lat_deg = bridge.transform(
            metres[:, 0], metres[:, 1], direction=pyproj.enums.TransformDirection.INVERSE
        )
        return np.column_stack([lon_deg, lat_deg])

    def _placed_mm(self, lonlat: Floats, rows: npt.NDArray[np.int64] | None = None) -> Floats:
        """``(n, 2)`` float mm; refuses what does not lie on the grid, naming the first.

        Args:
            lonlat: ``(n, 2)`` degrees.
            rows: ``(n,)`` 0-based rows of the input that the positions belong to, if any.
        """
        inside = _in_range(lonlat)
        mm = self._metres(np.where(inside[:, None], lonlat, 0.0)) * _MM_PER_M
        placed = inside & (np.abs(mm) <= GRID_LIMIT_MM).all(axis=1)
        if placed.all():
            return mm
        first = int(np.argmin(placed))
        row = None if rows is None else int(rows[first]) + 1
        params = _at(*lonlat[first].tolist())
        if not inside[first]:
            raise InvalidInput(Fault("geo.lonlat.out-of-range", row=row, params=params))
        params["limit_km"] = GRID_LIMIT_MM // 1_000_000
        raise InvalidInput(Fault("geo.frame.off-grid", row=row, params=params))

    def to_planar(self, lonlat: LonLat) -> Planar:
        """The geometry in metres in this frame; heights are dropped.

        Raises:
            InvalidInput: a coordinate is out of range or more than 500 km away.
        """
        flat = shapely.force_2d(lonlat.geometry)
        return Planar(shapely.transform(flat, lambda xy: self._placed_mm(xy) / _MM_PER_M))

    def to_lonlat(self, shape: Planar | GridShape) -> LonLat:
        """The geometry in degrees; land comes out with shells counter-clockwise (RFC 7946)."""
        if isinstance(shape, Planar):
            return LonLat(shapely.transform(shape.geometry, self._degrees))
        degrees = shapely.transform(shape.geometry, lambda mm: self._degrees(mm / _MM_PER_M))
        return LonLat(shapely.orient_polygons(degrees))

    def to_grid(self, lonlat: LonLat, *, land: bool = True) -> Registered | tuple[ShapeFault, ...]:
        """The land registered on the 1 mm grid, or every fault that forbids it.

        Vertices go to the nearest millimetre. A shape that this makes invalid or empty is
        refused like one that was so before; nothing is repaired. So is one that is nowhere
        wider than 1.5 mm: noding could take it away. Heights are dropped.

        Args:
            lonlat: polygons.
            land: whether it is land of the site, which ends at ``LAND_REACH_M``.
        """
        limit_m = LAND_REACH_M if land else GRID_LIMIT_MM / _MM_PER_M
        faults = shape_faults(lonlat.geometry) or self._reach_faults(lonlat, limit_m)
        if faults:
            return tuple(faults)
        flat = shapely.force_2d(lonlat.geometry)
        exact = shapely.transform(flat, lambda xy: self._metres(xy) * _MM_PER_M)
        snapped = shapely.transform(exact, np.rint)
        faults = [self._after_snap(fault) for fault in shape_faults(snapped, limits=False)]
        if faults:
            return tuple(faults)
        if shapely.buffer(snapped, -_THIN_MM / 2).is_empty:
            return (ShapeFault("geo.grid.too-fine", *shapely.get_coordinates(flat)[0].tolist()),)
        shape = GridShape.of(snapped)
        return Registered(shape, round(shape.area2_mm2 / 2 - exact.area))

    def _after_snap(self, fault: ShapeFault) -> ShapeFault:
        """A fault that rounding to the grid made, placed in degrees again."""
        if fault.x is None or fault.y is None:
            return ShapeFault("geo.grid.too-fine")
        lon_deg, lat_deg = self._degrees(np.array([[fault.x, fault.y]]) / _MM_PER_M)[0].tolist()
        return ShapeFault("geo.grid.too-fine", lon_deg, lat_deg)

    def _reach_faults(self, lonlat: LonLat, limit_m: float) -> list[ShapeFault]:
        coords = shapely.get_coordinates(lonlat.geometry)
        inside = _in_range(coords)
        if not inside.all():
            return [ShapeFault("geo.lonlat.out-of-range", *coords[int(np.argmin(inside))].tolist())]
        reach_m = np.hypot(*self._metres(coords).T)
        far = int(np.argmax(reach_m))
        if reach_m[far] <= limit_m:
            return []
        away_km = math.ceil(reach_m[far] / 1_000) if math.isfinite(reach_m[far]) else 20_000
        params = {"away_km": away_km, "limit_km": int(limit_m) // 1_000}
        lon_deg, lat_deg = coords[far].tolist()
        return [ShapeFault("geo.frame.too-far", lon_deg, lat_deg, params)]

    def area_scale(self, places_mm: Floats) -> Floats:
        """``(n,)`` planar area by area on the ellipsoid, at ``(n, 2)`` places in mm.

        The projection's point scale squared, by its series to the fourth order: good to 1e-9
        within the reach of a site.
        """
        x_m, y_m = places_mm.T / _MM_PER_M
        north_rad = math.radians(self.lat_deg) + y_m / _curvature_m2(self.lat_deg)[1]
        radius2_m2 = _curvature_m2(np.degrees(north_rad))[0]
        ratio = x_m**2 / radius2_m2
        scale: Floats = (1 + ratio / 2 + ratio**2 / 24) ** 2
        return scale

    def geodesic_m2(self, shape: GridShape) -> float:
        """The area of land on the ellipsoid, its edges geodesics between its vertices; m²."""
        area_m2, _ = _GEOD.geometry_area_perimeter(self.to_lonlat(shape).geometry)
        return abs(float(area_m2))

    def moved_to(self, other: SiteFrame, geometry: BaseGeometry) -> BaseGeometry:
        """The geometry in float mm of another frame, of one in mm of this: each vertex anew."""
        return shapely.transform(
            geometry,
            lambda mm: other._metres(self._degrees(mm / _MM_PER_M)) * _MM_PER_M,
        )

    def places_mm(self, lonlat: Floats) -> Floats:
        """``(n, 2)`` float mm of ``(n, 2)`` degrees; nothing is refused.

        What has no place gives inf or nan, so that whoever asks must not take it for one.
        """
        inside = _in_range(lonlat)
        mm = self._metres(np.where(inside[:, None], lonlat, 0.0)) * _MM_PER_M
        return np.where(inside[:, None], mm, np.nan)

    def places_deg(self, places_mm: Floats) -> Floats:
        """``(n, 2)`` degrees of ``(n, 2)`` mm of this frame."""
        return self._degrees(places_mm / _MM_PER_M)

    def spot_mm(self, spot: Spot) -> tuple[int, int]:
        """``(x_mm, y_mm)`` of a spot on the grid.

        Raises:
            InvalidInput: out of range or more than 500 km from the origin.
        """
        x_mm, y_mm = np.rint(self._placed_mm(np.array([[spot.lon_deg, spot.lat_deg]])))[0]
        return int(x_mm), int(y_mm)

    def mm_spot(self, x_mm: float, y_mm: float) -> Spot:
        """The spot nearest to a place on the grid."""
        lon_deg, lat_deg = self._degrees(np.array([[x_mm, y_mm]]) / _MM_PER_M)[0].tolist()
        return Spot.of(lon_deg, lat_deg)

    def to_grid_points(self, lon_deg: Floats, lat_deg: Floats) -> npt.NDArray[np.int64]:
        """``(n, 2)`` int64 mm of positions in degrees, to the nearest mm.

        Args:
            lon_deg: ``(n,)`` float64 longitudes, degrees.
            lat_deg: ``(n,)`` float64 latitudes, degrees.

        Raises:
            InvalidInput: any position is not finite, out of range or more than 500 km away;
                the fault's row is the first such, from 1. No stand-in value is given: a
                building that quietly lands far from every hazard would be released by mistake.
        """
        lonlat = np.column_stack([lon_deg, lat_deg]).astype(np.float64)
        return np.rint(self._placed_mm(lonlat, np.arange(len(lonlat)))).astype(np.int64)

    def placeable(self, lon_deg: Floats, lat_deg: Floats) -> npt.NDArray[np.bool_]:
        """``(n,)`` booleans: whether `to_grid_points` takes each position."""
        lonlat = np.column_stack([lon_deg, lat_deg]).astype(np.float64)
        inside = _in_range(lonlat)
        mm = self._metres(np.where(inside[:, None], lonlat, 0.0)) * _MM_PER_M
        return np.asarray(inside & (np.abs(mm) <= GRID_LIMIT_MM).all(axis=1))

    def shapes_to_mm(self, geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """``(n,)`` shapely geometries in float mm, of ``(n,)`` in degrees; not rounded.

        Heights are dropped; None stays None.

        Raises:
            InvalidInput: as `to_grid_points`; the fault's row is the geometry's, from 1.
        """
        flat = shapely.force_2d(geometries)
        coords, rows = shapely.get_coordinates(flat, return_index=True)
        # A copy: set_coordinates writes into the array it is given.
        moved: npt.NDArray[np.object_] = shapely.set_coordinates(
            np.array(flat, dtype=object), self._placed_mm(coords, rows)
        )
        return moved

    def shapes_placeable(self, geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
        """``(n,)`` booleans: whether the geometry has a place and `shapes_to_mm` takes it."""
        coords, rows = shapely.get_coordinates(geometries, return_index=True)
        taken = np.asarray(~(shapely.is_missing(geometries) | shapely.is_empty(geometries)))
        taken[rows[~self.placeable(coords[:, 0], coords[:, 1])]] = False
        return taken

    def distances_m(self, lonlat: LonLat) -> Floats:
        """``(n,)`` metres from the site's origin to each vertex; inf where it has no place."""
        coords = shapely.get_coordinates(lonlat.geometry)
        inside = _in_range(coords)
        away_m = np.hypot(*self._metres(np.where(inside[:, None], coords, 0.0)).T)
        return np.where(inside, away_m, math.inf)

    def distance_from_origin_m(self, lonlat: LonLat) -> float:
        """Metres from the site's origin to the farthest vertex; inf when it has no place here."""
        return float(self.distances_m(lonlat).max(initial=0.0))

    def shapes_to_lonlat(self, geometries_mm: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """``(n,)`` shapely geometries in degrees, of ``(n,)`` in mm of this frame."""
        moved: npt.NDArray[np.object_] = shapely.transform(
            geometries_mm, lambda mm: self._degrees(mm / _MM_PER_M)
        )
        return moved


def walked(
    lon_deg: float, lat_deg: float, bearing_deg: float, distance_m: float
) -> tuple[float, float]:
    """Returns longitude and latitude of the point that lies so far from another.

    Args:
        lon_deg: longitude of where it is told from.
        lat_deg: latitude of it.
        bearing_deg: from true north, clockwise.
        distance_m: how far, on the WGS84 ellipsoid.
    """
    lon, lat, _ = _GEOD.fwd(lon_deg, lat_deg, bearing_deg, distance_m)
    return float(lon), float(lat)
