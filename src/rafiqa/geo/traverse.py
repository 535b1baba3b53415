"""Outlines told by bearing and distance: the corners they lead to, and by how much they miss."""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo.frame import LonLat, SiteFrame, walked

LEGS_MOST = 500
LEG_M = 10_000.0
"""Longest leg taken: as the dictionary's record of an outline's leg has it."""
MISCLOSURE_SHARE = 1 / 50
"""A walk may miss its start by this share of the way walked. A compass read to two degrees leaves
a leg 1 in 29 aside, and such faults of several legs partly cancel; a walk that misses by more
holds a slip: a leg left out, a bearing read from the wrong end, the wrong north."""
MISCLOSURE_M = 10.0
"""And never by more than this: so far off, a corner lies on other ground."""
_FULL_DEG = 360.0
_DECLINATION_DEG = 90.0


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of a walk.

    Attributes:
        bearing_deg: clockwise from the walk's north, 0 to 360.
        distance_m: on the ground, level.
    """

    bearing_deg: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class Walk:
    """Corners told one from the other.

    Attributes:
        lon_deg: longitude of the first corner.
        lat_deg: latitude of it.
        legs: from the first corner on, in the order walked.
        declination_deg: of the north that bearings are read from, east of true north; 0 for
            bearings from true north.
        returns: whether the last leg leads back to the first corner, so that it can be checked.
    """

    lon_deg: float
    lat_deg: float
    legs: tuple[Leg, ...]
    declination_deg: float = 0.0
    returns: bool = False


@dataclass(frozen=True, slots=True)
class Walked:
    """Where a walk leads.

    Attributes:
        corners_lonlat: the corners in degrees, the first one first; the end of a leg that
            returns is none of them.
        length_m: of all legs together.
        misclosure_m: by how much the last leg misses the first corner; None where none returns.
        limit_m: the misclosure that is taken at most; None likewise.
    """

    corners_lonlat: tuple[tuple[float, float], ...]
    length_m: float
    misclosure_m: float | None = None
    limit_m: float | None = None


def misclosure_limit_m(length_m: float) -> float:
    """Returns by how much a walk may miss its start, in m, for the way walked in m."""
    return min(length_m * MISCLOSURE_SHARE, MISCLOSURE_M)


def traversed(frame: SiteFrame, walk: Walk) -> Walked:
    """Returns the corners of a walk, each leg a geodesic on WGS 84; nothing is adjusted.

    What a walk misses is told and not spread over its corners: spreading would move every corner
    to hide a fault of one.

    Args:
        frame: in which the misclosure is measured.
        walk: start and legs.

    Raises:
        InvalidInput: no legs, too many, a bearing, distance or declination that is none, or a
            walk that misses its start by more than the limit; every fault is listed.
    """
    faults = _faults(walk)
    if faults:
        raise InvalidInput(faults)
    corners = [(walk.lon_deg, walk.lat_deg)]
    for leg in walk.legs:
        bearing_deg = (leg.bearing_deg + walk.declination_deg) % _FULL_DEG
        corners.append(walked(*corners[-1], bearing_deg, leg.distance_m))
    length_m = math.fsum(leg.distance_m for leg in walk.legs)
    if not walk.returns:
        return Walked(tuple(corners), length_m)
    misclosure_m = _apart_m(frame, corners[0], corners[-1])
    limit_m = misclosure_limit_m(length_m)
    if misclosure_m > limit_m:
        params: dict[str, str | int] = {
            "missed_cm": round(misclosure_m * 100),
            "limit_cm": math.floor(limit_m * 100),
            "length_m": round(length_m),
        }
        raise InvalidInput(Fault("geo.walk.misclosure", "legs", None, params))
    return Walked(tuple(corners[:-1]), length_m, misclosure_m, limit_m)


def _faults(walk: Walk) -> list[Fault]:
    """Returns what is wrong with the figures of a walk; a leg is named by its number from 1."""
    faults = []
    if not 1 <= len(walk.legs) <= LEGS_MOST:
        params: dict[str, str | int] = {"n": len(walk.legs), "most": LEGS_MOST}
        faults.append(Fault("geo.walk.legs", "legs", None, params))
    if not abs(walk.declination_deg) <= _DECLINATION_DEG:
        faults.append(Fault("geo.walk.declination", "declination_deg"))
    if not (abs(walk.lon_deg) <= 180 and abs(walk.lat_deg) <= 90):
        place = {"at": f"{walk.lon_deg:.8f} {walk.lat_deg:.8f}"}
        faults.append(Fault("geo.lonlat.out-of-range", "start", None, place))
    for number, leg in enumerate(walk.legs, 1):
        if not 0 <= leg.bearing_deg <= _FULL_DEG:
            faults.append(Fault("geo.walk.bearing", "legs", number, {"leg": number}))
        if not 0 < leg.distance_m <= LEG_M:
            limits: dict[str, str | int] = {"leg": number, "most": round(LEG_M)}
            faults.append(Fault("geo.walk.distance", "legs", number, limits))
    return faults


def _apart_m(frame: SiteFrame, one: tuple[float, float], other: tuple[float, float]) -> float:
    line = frame.to_planar(LonLat(shapely.LineString([one, other])))
    return float(line.geometry.length)
