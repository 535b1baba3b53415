"""Points of an IMSMA NG dump: those with coordinates, and those told by bearing and distance.

A polygon is its points in the order of their numbers. A point told by bearing and distance
hangs on the point that it names, or on the one before it. What a bearing is counted from has to
be said, by the table or by a mapping: a few degrees of declination move a corner by metres.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import shapely

from rafiqa.geo import walked
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.tableset import Line

LEAST_CORNERS = 3
_METRES = {"": 1.0, "m": 1.0, "meter": 1.0, "metre": 1.0, "meters": 1.0, "metres": 1.0, "km": 1e3}
_METRES |= {"ft": 0.3048, "feet": 0.3048, "foot": 0.3048, "yd": 0.9144, "yards": 0.9144}
_TRUE = {"true", "true north", "true_north", "t", "geographic"}
_MAGNETIC = {"magnetic", "magnetic north", "magnetic_north", "m", "mn"}
_NO_CORNERS = ("reference", "landmark", "benchmark", "bench mark")
_FULL_DEG = 360.0


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing wrong with the points of a shape: a code, and the line it is in."""

    code: str
    line: Line
    value: str = ""


@dataclass(slots=True)
class Chain:
    """The points of one shape on their way to places.

    Attributes:
        lines: in the order of their numbers.
        places: by the line's number, longitude and latitude.
        defects: for which the shape cannot be made. oddities: what should be looked at.
        walked: whether any point was told by bearing and distance.
    """

    lines: list[Line]
    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    defects: list[Defect] = field(default_factory=list)
    oddities: list[Defect] = field(default_factory=list)
    walked: bool = False

    def corners(self) -> list[tuple[float, float]]:
        """Returns the places of the points that an outline turns at, in order."""
        return [
            self.places[line.number]
            for line in self.lines
            if line.number in self.places and _is_corner(line)
        ]


def chain_of(lines: Sequence[Line], mapping: Mapping | None) -> Chain:
    """Returns the points of one shape with their places, and everything wrong with them."""
    chain = Chain(sorted(lines, key=_order))
    _check_order(chain)
    for line in chain.lines:
        if not _distance(line):
            _placed(chain, line, mapping)
    left = [line for line in chain.lines if _distance(line)]
    chain.walked = bool(left)
    while left:
        # One pass places every point whose origin has a place; a ring of points has none.
        still = [line for line in left if not _walk(chain, line, mapping)]
        if len(still) == len(left):
            chain.defects += [Defect("wire.ng.point-unplaced", line) for line in still]
            break
        left = still
    return chain


def polygon_of(chain: Chain) -> shapely.Polygon | None:
    """Returns the closed polygon of a chain; None, with a defect, where corners are missing."""
    corners = chain.corners()
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    if len(set(corners)) < LEAST_CORNERS:
        if not chain.defects:
            line = chain.lines[0]
            chain.defects.append(Defect("wire.ng.points-missing", line, str(len(corners))))
        return None
    return shapely.Polygon(corners)


def _is_corner(line: Line) -> bool:
    kind = line.said("pointtype", "point_type").casefold()
    return not any(word in kind for word in _NO_CORNERS)


def _order(line: Line) -> tuple[float, int]:
    number = _number(line.said("pointno", "point_no", "sequence"))
    return (math.inf if number is None else number, line.number)


def _check_order(chain: Chain) -> None:
    """A number given twice leaves the order open; a gap or none at all is told."""
    seen: dict[float, Line] = {}
    for line in filter(_is_corner, chain.lines):
        number, _ = _order(line)
        if number == math.inf:
            chain.oddities.append(Defect("wire.ng.point-unnumbered", line))
        elif number in seen:
            chain.defects.append(Defect("wire.ng.point-number-twice", line, f"{number:g}"))
        seen.setdefault(number, line)
    numbers = sorted(number for number in seen if number != math.inf)
    if numbers and numbers[-1] - numbers[0] + 1 > len(numbers):
        last = seen[numbers[-1]]
        chain.oddities.append(Defect("wire.ng.point-number-gap", last, f"{numbers[-1]:g}"))


def _distance(line: Line) -> str:
    """Returns what a point says of a distance, where it has no coordinates of its own."""
    own = line.said("lat", "latitude") and line.said("lon", "longitude")
    return "" if own else line.said("distance", "distance_m")


def _placed(chain: Chain, line: Line, mapping: Mapping | None) -> None:
    texts = line.said("lon", "longitude"), line.said("lat", "latitude")
    lon, lat = map(_number, texts)
    if lon is None or lat is None:
        chain.defects.append(Defect("wire.ng.point-no-place", line, " ".join(texts).strip()))
    elif abs(lat) > 90 >= abs(lon):
        chain.defects.append(Defect("wire.ng.point-swapped", line, f"{lat:g} {lon:g}"))
    elif not _crs_said(line) and (mapping is None or mapping.crs is None):
        chain.defects.append(Defect("wire.ng.point-no-crs", line))
    else:
        chain.places[line.number] = (lon, lat)


def _crs_said(line: Line) -> bool:
    """Whether a point says that its degrees are of WGS84; any other system is asked about."""
    text = line.said("coordrefsys", "coordinate_reference_system", "crs").casefold()
    packed = "".join(letter for letter in text if letter.isalnum())
    return "wgs84" in packed or packed in {"4326", "epsg4326"}


def _walk(chain: Chain, line: Line, mapping: Mapping | None) -> bool:
    """Returns whether nothing is left to do for a point: it has its place, or a defect."""
    origin = _origin(chain, line)
    if origin is None:
        return False
    faults = list(_leg_faults(line, mapping))
    if faults:
        chain.defects += faults
        return True
    if origin.number not in chain.places:
        return any(defect.line is origin for defect in chain.defects)
    bearing = _number(line.said("bearing", "bearing_deg")) or 0.0
    unit = _METRES[line.said("distanceunit", "distance_unit", "unit").casefold()]
    distance_m = (_number(_distance(line)) or 0.0) * unit
    true_deg = (bearing + _declination_deg(line, mapping)) % _FULL_DEG
    chain.places[line.number] = walked(*chain.places[origin.number], true_deg, distance_m)
    return True


def _origin(chain: Chain, line: Line) -> Line | None:
    """Returns the point that another is told from: the one it names, else the one before it."""
    named = line.said("frompoint", "from_point", "frompointlocal_id")
    if named:
        for other in chain.lines:
            names = other.said("pointlocal_id", "point_local_id"), other.said("pointno", "point_no")
            if other is not line and named in names:
                return other
        return None
    place = chain.lines.index(line)
    return chain.lines[place - 1] if place else None


def _leg_faults(line: Line, mapping: Mapping | None) -> Iterator[Defect]:
    bearing = _number(line.said("bearing", "bearing_deg"))
    distance = _number(_distance(line))
    unit = line.said("distanceunit", "distance_unit", "unit").casefold()
    if bearing is None or not 0 <= bearing <= _FULL_DEG:
        yield Defect("wire.ng.bearing", line, line.said("bearing", "bearing_deg"))
    if distance is None or distance < 0 or unit not in _METRES:
        yield Defect("wire.ng.distance", line, f"{_distance(line)} {unit}".strip())
    north = _north(line, mapping)
    if north is None:
        yield Defect("wire.ng.north-unsaid", line)
    elif north == "magnetic" and (mapping is None or mapping.declination_deg is None):
        yield Defect("wire.ng.declination-unsaid", line)


def _north(line: Line, mapping: Mapping | None) -> str | None:
    said = line.said("bearingtype", "bearing_type", "northtype", "north", "bearing_reference")
    if said.casefold() in _TRUE:
        return "true_north"
    if said.casefold() in _MAGNETIC:
        return "magnetic"
    return None if mapping is None else mapping.bearing_reference


def _declination_deg(line: Line, mapping: Mapping | None) -> float:
    if _north(line, mapping) != "magnetic" or mapping is None:
        return 0.0
    return mapping.declination_deg or 0.0


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
