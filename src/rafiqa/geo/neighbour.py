"""Land of neighbouring sites, each on its own grid, put on one of them and counted once.

Two frames are two projections: a shift would leave the land of the second turned and stretched,
by metres at tens of kilometres. So each vertex goes by way of degrees, and long edges get
points between, as what is straight in one frame is not quite so in the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from rafiqa.errors import Fault
from rafiqa.geo.coverage import cut_fault, join
from rafiqa.geo.face import FINE_PER_MM, Face, faces
from rafiqa.geo.fault import ShapeFault, shape_faults
from rafiqa.geo.frame import LAND_REACH_M, LonLat, SiteFrame
from rafiqa.geo.gridshape import GridShape

STRAIGHT_MM = 200_000
"""The longest edge that is moved without points between: within 100 km of the origins a line
of 200 m bends by less than 0.1 mm between two frames."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The land of two sites on the first one's grid.

    Attributes:
        faces: the common faces; a label's indices run through the first site's shapes, then
            through the second's.
        n_first: how many shapes are the first site's.
        difference_mm2: for each of the second's shapes, its area on the first's grid less its
            area on its own, in mm²: scale and rounding.
    """

    faces: tuple[Face, ...]
    n_first: int
    difference_mm2: tuple[int, ...]

    @property
    def ground(self) -> GridShape:
        """All the land of both, each square metre once."""
        return join([face for face, _ in self.faces])

    @property
    def in_both2_mm2(self) -> int:
        """Twice the area in mm² that shapes of both sites claim."""
        return sum(face.area2_mm2 for face, label in self.faces if self._both(label))

    def _both(self, label: tuple[int, ...]) -> bool:
        return label[0] < self.n_first <= label[-1]


def reconcile(
    frame: SiteFrame,
    shapes: Sequence[GridShape],
    other: SiteFrame,
    other_shapes: Sequence[GridShape],
) -> Reconciled | tuple[Fault, ...]:
    """Returns the land of two sites as one partition on the first one's grid, or every fault.

    Args:
        frame: the first site's frame.
        shapes: its land.
        other: the second site's frame.
        other_shapes: its land, on its own grid.

    Returns:
        A fault ``geo.frame.too-far`` for each shape of the second that lies beyond the first
        one's reach, ``geo.grid.too-fine`` for each that its grid cannot hold; and
        ``geo.coverage.…`` where no sound partition could be made.
    """
    moved = [_moved(frame, other, shape) for shape in other_shapes]
    faults = [
        Fault(item.code, f"shape {at}", params=dict(item.params))
        for at, item in enumerate(moved)
        if isinstance(item, ShapeFault)
    ]
    placed = [item for item in moved if isinstance(item, GridShape)]
    if faults:
        return tuple(faults)
    differences = tuple(
        round((mine.area2_mm2 - own.area2_mm2) / 2)
        for mine, own in zip(placed, other_shapes, strict=True)
    )
    together = [*shapes, *placed]
    fault = None
    for per_mm in (1, FINE_PER_MM):
        found = faces(together, per_mm)
        fault = cut_fault(together, found)
        if fault is None:
            return Reconciled(tuple(found), len(shapes), differences)
    return () if fault is None else (fault,)


def _moved(frame: SiteFrame, other: SiteFrame, shape: GridShape) -> GridShape | ShapeFault:
    dense = shapely.segmentize(shape.geometry, STRAIGHT_MM)
    exact = other.moved_to(frame, dense)
    coords = shapely.get_coordinates(exact)
    reach_m = np.hypot(*coords.T).max(initial=0.0) / 1_000
    if not reach_m <= LAND_REACH_M:
        away_km = math.ceil(reach_m / 1_000) if math.isfinite(reach_m) else 20_000
        params: dict[str, str | int] = {"away_km": away_km, "limit_km": LAND_REACH_M // 1_000}
        return ShapeFault("geo.frame.too-far", params=params)
    snapped = shapely.transform(exact, np.rint)
    if shape.is_empty:
        return shape
    if shape_faults(snapped, limits=False):
        return ShapeFault("geo.grid.too-fine")
    return GridShape.of(snapped)


def home_of(lonlat: LonLat, frames: Sequence[SiteFrame]) -> int | tuple[Fault, ...]:
    """Returns which of several frames land is to be registered in, or why in none.

    Land is registered whole, in one frame: the nearest of those within whose reach all of it
    lies.

    Returns:
        The frame's index; or a fault ``geo.frame.across`` where the land lies in part within
        the reach of one frame and in part within another's only, so that it must be split
        before it is registered; or ``geo.frame.too-far`` where some of it lies in none's.
    """
    away_m = np.array([frame.distances_m(lonlat) for frame in frames])
    farthest_m = away_m.max(axis=1)
    if (farthest_m <= LAND_REACH_M).any():
        return int(farthest_m.argmin())
    params: dict[str, str | int] = {"limit_km": LAND_REACH_M // 1_000}
    nearest_m = away_m.min(axis=0)
    if (nearest_m <= LAND_REACH_M).all():
        n_frames = int((away_m.min(axis=1) <= LAND_REACH_M).sum())
        return (Fault("geo.frame.across", params={**params, "n": n_frames}),)
    far_m = nearest_m.max()
    away_km = math.ceil(far_m / 1_000) if math.isfinite(far_m) else 20_000
    return (Fault("geo.frame.too-far", params={**params, "away_km": away_km}),)
