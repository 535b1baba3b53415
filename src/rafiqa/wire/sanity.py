"""Questions about places that are asked before a row is believed.

A table with latitude and longitude swapped reads without a fault and lies somewhere else on
the earth; a zero for a missing figure lies in the Gulf of Guinea. Nothing is corrected here:
the whole file is asked about, or the row is named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.errors import Fault

M_PER_DEG = 111_320.0  # one degree of latitude on the WGS84 sphere of equal area, to 0.5 %
BORDER_MARGIN_M = 50_000.0  # trust study, section 3.7: country box + 50 km, else question
_ZERO_DEG = 0.01
_MOSTLY = 2  # swapped rows in reach, per row in reach as it stands
_NEARER = 5.0
_FAR_DEG = 2.0
_NEAR_DEG = 4.0
"""Near a site: a region, not the country or its neighbours."""
_POINT = int(shapely.GeometryType.POINT)
_MOST_NAMED = 20

Bounds = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Reach:
    """A box in degrees in which a file's places should lie: west, south, east, north.

    Around a site it may be wide only so that neighbouring countries are taken too; places are
    expected near its middle. The box of a country is where they are.
    """

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float
    around_site: bool = False

    @classmethod
    def of_box(cls, box: tuple[float, float, float, float], margin_m: float) -> Reach:
        """Returns the box widened by a margin in metres on every side."""
        west, south, east, north = box
        lat_deg = margin_m / M_PER_DEG
        widest = max(abs(south), abs(north))
        lon_deg = lat_deg / max(math.cos(math.radians(min(widest, 85.0))), 0.05)
        return cls(west - lon_deg, south - lat_deg, east + lon_deg, north + lat_deg)

    @classmethod
    def of_site(cls, lon_deg: float, lat_deg: float, reach_m: float) -> Reach:
        """Returns the box around a site's origin that holds everything within its reach."""
        box = cls.of_box((lon_deg, lat_deg, lon_deg, lat_deg), reach_m)
        return replace(box, around_site=True)

    def away_deg(self, bounds: Bounds) -> Bounds:
        """Returns how far each row's western and southern edge lie from the middle, the larger."""
        middle = np.array(
            [(self.west_deg + self.east_deg) / 2, (self.south_deg + self.north_deg) / 2]
        )
        away: Bounds = np.abs(bounds[:, :2] - middle).max(axis=1)
        return away

    def holds(self, bounds: Bounds) -> npt.NDArray[np.bool_]:
        """Returns for each row of (west, south, east, north) whether it lies wholly inside."""
        with np.errstate(invalid="ignore"):
            inside: npt.NDArray[np.bool_] = (
                (bounds[:, 0] >= self.west_deg)
                & (bounds[:, 1] >= self.south_deg)
                & (bounds[:, 2] <= self.east_deg)
                & (bounds[:, 3] <= self.north_deg)
            )
        return inside


@dataclass(frozen=True, slots=True)
class PlaceDoubts:
    """What is doubtful about a file's places.

    Attributes:
        whole: the fault for which no row may be taken, or None.
        rows: by index, the fault of one row.
    """

    whole: Fault | None
    rows: dict[int, Fault]


def doubt_places(
    placed: Geometries, numbers: npt.NDArray[np.int64], reach: Reach | None
) -> PlaceDoubts:
    """Returns what is doubtful about shapes in lon/lat.

    Codes: ``wire.axes.swapped`` (the whole file: its places fall into reach only when swapped;
    or one row of it), ``wire.place.zero``, ``wire.place.outside``.

    Args:
        placed: shapes in lon/lat degrees, None where a row has none.
        numbers: the rows' numbers for the faults.
        reach: where they should lie, or None if nobody knows.
    """
    bounds: Bounds = shapely.bounds(placed)
    there = ~np.isnan(bounds).any(axis=1)
    zero = there & (np.abs(np.nan_to_num(bounds, nan=9.0)) < _ZERO_DEG).all(axis=1)
    rows = {
        int(i): _fault("wire.place.zero", int(numbers[i]), bounds[i]) for i in np.flatnonzero(zero)
    }
    if reach is None:
        return PlaceDoubts(None, rows)
    inside = reach.holds(bounds)
    swapped = _near_when_swapped(bounds, reach) & there & ~inside
    n_inside, n_swapped = int((inside & there).sum()), int(swapped.sum())
    if n_swapped > _MOSTLY * n_inside or _nearer_swapped(bounds[there], reach):
        params: dict[str, str | int] = {"rows": n_swapped, "inside": n_inside}
        return PlaceDoubts(Fault("wire.axes.swapped", "geometry", None, params), {})
    for index in np.flatnonzero(there & ~inside & ~zero):
        code = "wire.axes.swapped-row" if swapped[index] else "wire.place.outside"
        rows[int(index)] = _fault(code, int(numbers[index]), bounds[index])
    return PlaceDoubts(None, rows)


def _near_when_swapped(bounds: Bounds, reach: Reach) -> npt.NDArray[np.bool_]:
    """Whether each row falls into reach with its axes swapped, and near the site it is about.

    The neighbours of a country lie in the wide reach of its sites as they stand or swapped.
    """
    turned = bounds[:, [1, 0, 3, 2]]
    inside = reach.holds(turned)
    if not reach.around_site:
        return inside
    with np.errstate(invalid="ignore"):
        away, swapped = reach.away_deg(bounds), reach.away_deg(turned)
        near: npt.NDArray[np.bool_] = (swapped < _NEAR_DEG) | (away > _NEARER * swapped)
    return inside & near


def _nearer_swapped(bounds: Bounds, reach: Reach) -> bool:
    """Whether places that may lie in a wide reach lie far nearer its middle when swapped."""
    if not len(bounds):
        return False
    away = np.median(reach.away_deg(bounds))
    swapped = np.median(reach.away_deg(bounds[:, [1, 0]]))
    return bool(away > _FAR_DEG and away > _NEARER * swapped)


def _fault(code: str, row: int, bounds: Bounds) -> Fault:
    lon_deg = f"{(bounds[0] + bounds[2]) / 2:.6f}"
    lat_deg = f"{(bounds[1] + bounds[3]) / 2:.6f}"
    return Fault(code, "geometry", row, {"lon_deg": lon_deg, "lat_deg": lat_deg})


def _any_twice(points: Geometries) -> bool:
    """Returns whether any two points are one, to the last bit: most files hold none such."""
    if len(points) < 2 or bool(shapely.has_z(points).any() or shapely.is_empty(points).any()):
        return True
    halves = shapely.get_coordinates(points).view(np.uint64)
    # Two that are alike give one number; now and then two others do, and are looked at as well.
    mixed = np.sort(halves[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ halves[:, 1])
    return bool((mixed[1:] == mixed[:-1]).any())


def repeated_shapes(placed: Geometries, numbers: npt.NDArray[np.int64]) -> list[Fault]:
    """Returns a warning ``wire.geometry.duplicate`` for each row whose shape stands earlier.

    The first twenty are named, the others counted: many accidents share their village's point.
    """
    there = np.flatnonzero(~shapely.is_missing(placed))
    more = 0
    shapes = placed[there]
    # A point is written in one way only; a table of reports holds little else.
    several = np.flatnonzero(shapely.get_type_id(shapes) != _POINT)
    if not len(several) and not _any_twice(shapes):
        return []
    shapes[several] = shapely.normalize(shapes[several])
    blobs = shapely.to_wkb(shapes)
    first: dict[bytes, int] = {}
    found: list[Fault] = []
    for index, blob in zip(there.tolist(), blobs, strict=True):
        earlier = first.setdefault(blob, index)
        if earlier == index:
            continue
        if len(found) >= _MOST_NAMED:
            more += 1
            continue
        params: dict[str, str | int] = {"first": int(numbers[earlier])}
        found.append(Fault("wire.geometry.duplicate", "geometry", int(numbers[index]), params))
    if more:
        found.append(Fault("wire.geometry.duplicates", "geometry", None, {"rows": more}))
    return found
