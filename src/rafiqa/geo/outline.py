"""Outlines for papers: land in whole millionths of a degree, moved one way only.

A millionth of a degree is 0.11 m and no step of the site's own grid, and an edge that is straight
in degrees is not straight on the ground (at 35° north, 1 km of it bends by 14 mm). So the promise
is checked where the land is: in the site's plane, after the corners went through its exact frame.
Between two corners an outline may be read as straight in that plane, on the ground (a geodesic),
on a map of the world (Mercator) or in degrees: the land's own edge has to lie farther off than
all these readings lie apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import InvalidInput
from rafiqa.geo.fault import ShapeFault
from rafiqa.geo.frame import SiteFrame
from rafiqa.geo.gridshape import GridShape

OutlineE6: TypeAlias = tuple[tuple[tuple[tuple[int, int], ...], ...], ...]
"""Polygons of rings of corners ``lon, lat`` in millionths of a degree; the outer ring first."""

TOLERANCE_M: Final = 1.0
CORNERS_LIMIT: Final = 199
"""What one code on paper holds at error correction Q beside the claims."""
MOST_LOST: Final = 0.02
EDGE_M: Final = 0.12
"""A millionth of a degree along the edge: what drawing in them costs land however it is drawn."""

_E6: Final = 1_000_000
_CLEARANCE_MM: Final = 1.0  # the way to degrees and back is good to far less
_STEP_MM: Final = 80.0  # rounding moves a corner by less: half a step, 0.056 m, each way
_FIRST_MARGIN: Final = 0.15  # of what simplifying and rounding may move together
_WIDER: Final = 1.35
_ROUNDS: Final = 10
_FEW_CORNERS: Final = 24
_LEAST_COARSE_M: Final = 0.1
_COARSER: Final = tuple(1.5**power for power in range(1, 17))
_FINER: Final = (0.5, 0.25, 0.1, 0.0)
_SAMPLES: Final = 8  # of an edge; how far its readings lie apart is near a parabola over it
_SAMPLED: Final = 1.1  # what a parabola that is not quite one could add
_LEAST_RADIUS_MM: Final = 6.33e9  # of the Earth's curvature, any place and direction
_BOX_ROUNDS: Final = 24


@dataclass(frozen=True, slots=True)
class Outline:
    """Land in millionths of a degree.

    Attributes:
        polygons: rings counter-clockwise outside, clockwise inside, the first corner not repeated.
        n_corners: of all rings together.
        tolerance_m: what simplifying could move, metres; 0 where nothing was simplified,
            infinite where only a box was left.
        difference: how much smaller (inwards) or larger (outwards) than the land it is, as a
            share of the land's area.
    """

    polygons: OutlineE6
    n_corners: int
    tolerance_m: float
    difference: float


def outline_within(
    shape: GridShape,
    frame: SiteFrame,
    *,
    tolerance_m: float = TOLERANCE_M,
    corners_limit: int = CORNERS_LIMIT,
    most_lost: float = MOST_LOST,
    edge_m: float = 0.0,
) -> Outline | ShapeFault:
    """The outline that lies wholly inside land, or why there is none; for released land.

    Where there are too many corners the tolerance rises; where too much of the land would be
    lost it sinks. What is returned keeps both limits and the promise, or is a fault.

    Args:
        shape: the land.
        frame: the site's own plane.
        tolerance_m: what simplifying may move, metres.
        corners_limit: how many corners it may have.
        most_lost: which share of the land may be lost.
        edge_m: or as much as a strip of this width along its whole edge, where that is more;
            rooms and narrow strips cannot be drawn without. `EDGE_M` is one step.
    """
    if shape.is_empty:
        return ShapeFault("geo.shape.empty")
    edge_share = edge_m * 1_000 * shape.length_mm / shape.geometry.area
    most_lost = max(most_lost, edge_share)
    way = _Way.of(shape, frame, -1, (1.0 - most_lost) * shape.geometry.area)
    for tolerance, placed in _placed_each(way, tolerance_m, corners_limit):
        lost = way.difference(placed)
        if placed.n_corners <= corners_limit and lost <= most_lost:
            return placed.outline(tolerance, lost)
    percent = math.floor(most_lost * 100)
    params: dict[str, str | int] = {"n": corners_limit, "limit_percent": percent}
    return ShapeFault("geo.outline.none-inside", params=params)


def outline_around(
    shape: GridShape,
    frame: SiteFrame,
    *,
    tolerance_m: float = TOLERANCE_M,
    corners_limit: int = CORNERS_LIMIT,
) -> Outline | ShapeFault:
    """The outline that lies wholly around land; for hazard, and for what was not cleared.

    Where there are too many corners the tolerance rises, and at last a box is taken: a hazard
    is never left out because it is hard to draw. A fault is returned only for no land, and for
    land across the date line or at the rim of the grid.

    Args:
        shape: the land.
        frame: the site's own plane.
        tolerance_m: what simplifying may move, metres.
        corners_limit: how many corners it may have, at least 4.
    """
    if shape.is_empty:
        return ShapeFault("geo.shape.empty")
    way = _Way.of(shape, frame, 1, 0.0)
    for tolerance, placed in _placed_each(way, tolerance_m, corners_limit):
        if placed.n_corners <= corners_limit:
            return placed.outline(tolerance, way.difference(placed))
    box = _box(way)
    if box is None:
        return ShapeFault("geo.outline.none-around")
    return box.outline(math.inf, way.difference(box))


@dataclass(frozen=True, slots=True)
class _Placed:
    """An outline on the site.

    Attributes:
        steps: in whole millionths of a degree.
        land: its corners in mm of the site, joined by edges straight there.
    """

    steps: Polygon | MultiPolygon
    land: BaseGeometry

    @property
    def n_corners(self) -> int:
        rings = shapely.get_rings(shapely.get_parts(self.steps))
        return int(shapely.get_num_coordinates(rings).sum()) - len(rings)

    def outline(self, tolerance_m: float, difference: float) -> Outline:
        ordered = shapely.orient_polygons(shapely.normalize(self.steps))
        return Outline(_plain(ordered), self.n_corners, tolerance_m, difference)


@dataclass(frozen=True, slots=True)
class _Way:
    """One shape, to be drawn inwards (-1) or outwards (+1), with at least so much land left."""

    land: BaseGeometry
    edge: BaseGeometry
    frame: SiteFrame
    sign: int
    least_mm2: float

    @classmethod
    def of(cls, shape: GridShape, frame: SiteFrame, sign: int, least_mm2: float) -> _Way:
        edge = shape.geometry.boundary
        return cls(shape.geometry, edge, frame, sign, least_mm2)

    def missing_mm(self, placed: _Placed) -> float:
        """How far the outline is from the promise, in whichever way it is read.

        0 where it keeps it; infinite where no distance says it, as where edges cross.
        """
        outer, inner = (self.land, placed.land)[:: -self.sign]
        if not (placed.steps.is_valid and shapely.covers(outer, inner)):
            return math.inf
        try:
            reach_mm = _reach_mm(placed.steps, self.frame) + _CLEARANCE_MM
        except InvalidInput:  # across the date line an edge in degrees runs around the Earth
            return math.inf
        return reach_mm if shapely.dwithin(self.edge, placed.land.boundary, reach_mm) else 0.0

    def difference(self, placed: _Placed) -> float:
        return float(self.sign * (placed.land.area / self.land.area - 1.0))

    def placed(self, steps: BaseGeometry) -> _Placed | None:
        """An outline put on the site; None where it is none there."""
        if not isinstance(steps, Polygon | MultiPolygon) or steps.is_empty:
            return None
        try:
            land = self.frame.shapes_to_mm(_degrees(np.array([steps])))[0]
        except InvalidInput:
            return None
        return _Placed(steps, land) if land.is_valid else None


def _placed_each(
    way: _Way, tolerance_m: float, corners_limit: int
) -> Iterator[tuple[float, _Placed]]:
    """Outlines with their tolerances: first as asked for.

    Land of few corners is not simplified at all. Then coarser ones where that has too many
    corners, else finer ones.
    """
    if shapely.get_num_coordinates(way.land) <= min(corners_limit, _FEW_CORNERS):
        tolerance_m = 0.0  # nothing to gain, and small land would lose what it has
    first = _placed_at(way, tolerance_m)
    if first is not None:
        yield tolerance_m, first
    crowded = first is not None and first.n_corners > corners_limit
    start_m = max(tolerance_m, _LEAST_COARSE_M) if crowded else tolerance_m
    for share in _COARSER if crowded else _FINER if start_m else ():
        placed = _placed_at(way, start_m * share)
        if placed is not None:
            yield start_m * share, placed


def _placed_at(way: _Way, tolerance_m: float) -> _Placed | None:
    """The closest outline at a tolerance that keeps the promise; None where none does.

    The margin widens until it does. A buffer is allowed here because of that check.
    """
    tolerance_mm = tolerance_m * 1_000
    margin_mm = _FIRST_MARGIN * (tolerance_mm + _STEP_MM)
    for _ in range(_ROUNDS):
        moved = shapely.buffer(way.land, way.sign * margin_mm, join_style="mitre", mitre_limit=2.0)
        if moved.area <= way.least_mm2:
            return None
        placed = way.placed(_stepped(shapely.simplify(moved, tolerance_mm), way.frame))
        missing_mm = math.inf if placed is None else way.missing_mm(placed)
        if not missing_mm:
            return placed
        least_mm = missing_mm + _STEP_MM if math.isfinite(missing_mm) else 0.0
        margin_mm = max(margin_mm * _WIDER, least_mm)
    return None


def _stepped(land: BaseGeometry, frame: SiteFrame) -> BaseGeometry:
    """Land in mm of the site put on whole millionths of a degree; nothing where it cannot be.

    What is valid on the site may cross itself by less than a step in degrees.
    """
    degrees = frame.shapes_to_lonlat(np.array([land]))[0]
    try:
        stepped: BaseGeometry = shapely.set_precision(
            shapely.transform(degrees, lambda xy: xy * _E6), 1.0
        )
    except GEOSException:
        return Polygon()
    return stepped


def _box(way: _Way) -> _Placed | None:
    """The narrowest box in degrees that keeps the promise, of those tried."""
    degrees = shapely.get_coordinates(way.frame.shapes_to_lonlat(np.array([way.land]))[0]) * _E6
    west, south = np.floor(degrees.min(axis=0))
    east, north = np.ceil(degrees.max(axis=0))
    for power in range(_BOX_ROUNDS):
        step = float(1 << power)
        placed = way.placed(shapely.box(west - step, south - step, east + step, north + step))
        if placed is not None and not way.missing_mm(placed):
            return placed
    return None


def _degrees(steps: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    degrees: npt.NDArray[np.object_] = shapely.transform(steps, lambda xy: xy / _E6)
    return degrees


def _reach_mm(steps: BaseGeometry, frame: SiteFrame) -> float:
    """How far from an edge straight in the site's plane any other reading of it may lie.

    Straight in degrees lies farthest from a geodesic, straight in Mercator between them. In a
    conformal plane a geodesic bends by no more than the gradient of the logarithm of the scale;
    here, where the scale is 1 + x² / 2R² (see `SiteFrame.area_scale`), by x / R².
    """
    rings = shapely.get_rings(shapely.get_parts(steps))
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    starts, ends = corners[:-1][same], corners[1:][same]
    shares = np.linspace(0.0, 1.0, _SAMPLES + 1)[None, :, None]
    along = shapely.linestrings(starts[:, None] * (1 - shares) + ends[:, None] * shares)
    points = shapely.get_coordinates(frame.shapes_to_mm(_degrees(along)))
    points = points.reshape(len(starts), _SAMPLES + 1, 2)
    way = points[:, -1] - points[:, 0]
    length_mm = np.hypot(*way.T)
    off = points - points[:, :1]
    bends_mm = np.abs(off[..., 0] * way[:, None, 1] - off[..., 1] * way[:, None, 0])
    in_degrees_mm = bends_mm.max(axis=1) / np.maximum(length_mm, 1.0) * _SAMPLED
    east_mm = np.abs(points[..., 0]).max(axis=1)
    on_ground_mm = length_mm**2 * east_mm / (8 * _LEAST_RADIUS_MM**2)
    return float((in_degrees_mm + on_ground_mm).max())


def _plain(steps: Polygon | MultiPolygon) -> OutlineE6:
    return tuple(
        tuple(
            tuple((round(lon), round(lat)) for lon, lat in shapely.get_coordinates(ring)[:-1])
            for ring in shapely.get_rings(part)
        )
        for part in shapely.get_parts(steps)
    )
