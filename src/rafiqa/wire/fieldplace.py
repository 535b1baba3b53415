"""Places as forms of the field write them: latitude first, points with semicolons between."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape as geojson_shape
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.strictjson import DOCUMENT_BYTES, every_reading, strict_json

_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d+)?", re.ASCII)
_METRES = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_DECIMALS = re.compile(r"\s*[+-]?\d{1,3}\.\d+ +[+-]?\d{1,3}\.\d+", re.ASCII)
POINTS_LIMIT = 5_000
"""Of a shape with more points its hull is taken: it reaches as far, and is soon reckoned with."""


_UNREADABLE = (
    *(ValueError, TypeError, KeyError, AttributeError, IndexError),
    *(OverflowError, RecursionError, ShapelyError, InvalidInput),
)
"""What reading a geometry of others raises, whatever they put in its place."""


_SAYS_WHERE = frozenset({"type", "coordinates", "geometries", "geometry", "features"})
"""Of a GeoJSON geometry, feature or collection (RFC 7946, sections 3.1 to 3.3)."""
_WRITTEN = re.compile(
    r"\[\s*([+-]?\d{1,3}(?:\.\d{1,40})?)\s*,\s*([+-]?\d{1,3}(?:\.\d{1,40})?)\b", re.ASCII
)
"""A corner in a text that is no JSON, such as one that lacks a bracket."""


@dataclass(frozen=True, slots=True)
class ToldPlaces:
    """Every place that an answer may speak of, in degrees, and what is wrong with how it does."""

    places: tuple[BaseGeometry, ...]
    faults: tuple[Fault, ...] = ()


def looks_placed(text: str) -> bool:
    """Returns whether a value that nobody declared reads as a place: two decimals at least."""
    if text.startswith("{"):
        return '"coordinates"' in text
    return _DECIMALS.match(text) is not None and _points(text) is not None


def place_from(text: str) -> BaseGeometry:
    """Returns a place in degrees, longitude first: a point, a line, or a polygon where closed.

    Args:
        text: ``lat lon alt acc; …`` as phones write it, or a GeoJSON geometry.

    Raises:
        InvalidInput: ``wire.fieldplace.malformed`` or ``wire.fieldplace.range``.
    """
    if text.startswith("{"):
        return _geojson(text)
    told = _points(text)
    if told is None:
        raise InvalidInput(Fault("wire.fieldplace.malformed", params={"text": text[:60]}))
    points = [(float(lon), float(lat)) for lat, lon, *_ in told]
    _refuse_far(points)
    return _bounded(_drawn(points))


def told_places(text: str) -> ToldPlaces:
    """Returns every place that an answer may speak of: danger is not lost over how it is written.

    What ``place_from`` refuses is read as far as it can be: heights are left out, nesting has no
    limit of ours, and of a geometry that says a thing twice each reading is a place. Where no shape
    comes of it, or a corner of it lies nowhere, its other corners count with all between them.

    Args:
        text: as of ``place_from``.
    """
    try:
        return ToldPlaces((place_from(text),))
    except InvalidInput as error:
        faults = error.faults
    if not text.startswith("{"):
        return ToldPlaces((), faults)
    found: list[BaseGeometry] = []
    try:
        readings = list(_readings(every_reading(text, _SAYS_WHERE)))
    except _UNREADABLE:
        written = _WRITTEN.findall(text.partition('"coordinates"')[2])
        hull = _hull([(float(lon), float(lat)) for lon, lat in written])
        if hull is None:
            return ToldPlaces((), faults)
        return ToldPlaces((hull,), (Fault("wire.fieldplace.unclear"),))
    far: tuple[Fault, ...] = ()
    loose: list[BaseGeometry] = []
    for told in readings:
        try:
            place = geojson_shape({**told, "coordinates": _level(told["coordinates"])})
            if not place.is_empty:
                _refuse_far(shapely.get_coordinates(place).tolist())
                found.append(_bounded(place))
        except InvalidInput as error:
            far = error.faults
            loose += _corners(told["coordinates"])
        except _UNREADABLE:
            loose += _corners(told["coordinates"])
    found += loose
    unclear = (Fault("wire.fieldplace.unclear"),) if found else faults
    return ToldPlaces(tuple({place.wkb: place for place in found}.values()), (*unclear, *far))


def _readings(told: object) -> Iterator[dict[str, Any]]:
    """Yields each geometry that is told, one by one out of collections and double tellings."""
    waiting: list[object] = [told]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        # What two readings share is one place; nested doublings would double without end.
        if not isinstance(item, dict | list) or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, list):
            waiting += reversed(item)
            continue
        waiting += (item.get("geometry"), item.get("geometries"), item.get("features"))
        if "coordinates" in item:
            yield item


def _corners(coordinates: object) -> list[BaseGeometry]:
    """Returns the hull of every corner among coordinates of any form; nothing where there is none.

    A corner is a list that begins with two numbers that are a longitude and a latitude.
    """
    waiting, found = [coordinates], []
    while waiting:
        item = waiting.pop()
        if not isinstance(item, list):
            continue
        if len(item) >= 2 and all(type(each) in {int, float} for each in item[:2]):
            found.append((item[0], item[1]))
        else:
            waiting += item
    hull = _hull(found)
    return [] if hull is None else [hull]


def _hull(corners: list[tuple[float, float]]) -> BaseGeometry | None:
    there = [(lon, lat) for lon, lat in corners if abs(lon) <= 180 and abs(lat) <= 90]
    if not there:
        return None
    hull: BaseGeometry = shapely.convex_hull(shapely.MultiPoint(there))
    return hull


def _level(told: Any) -> Any:
    """Returns coordinates without heights."""
    if isinstance(told, list) and told and isinstance(told[0], list):
        return [_level(each) for each in told]
    return told[:2] if isinstance(told, list) else told


def _points(text: str) -> list[list[str]] | None:
    """Returns the numbers of each point of ``lat lon alt acc; …``; None where it is no such text.

    Read piece by piece: one pattern over all of it would go back over a long text for minutes.
    """
    parts = [part.split() for part in text.split(";")]
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts if all(map(_is_point, parts)) else None


def _is_point(numbers: list[str]) -> bool:
    if not 2 <= len(numbers) <= 4:
        return False
    degrees, metres = numbers[:2], numbers[2:]
    return all(map(_DEGREES.fullmatch, degrees)) and all(map(_METRES.fullmatch, metres))


def _bounded(place: BaseGeometry) -> BaseGeometry:
    if shapely.get_num_coordinates(place) <= POINTS_LIMIT:
        return place
    hull: BaseGeometry = shapely.convex_hull(place)
    return hull


def _drawn(points: list[tuple[float, float]]) -> BaseGeometry:
    if len(points) == 1 or len(set(points)) == 1:
        return shapely.Point(points[0])
    if len(points) >= 4 and points[0] == points[-1]:
        return shapely.Polygon(points)
    return shapely.LineString(points)


def _geojson(text: str) -> BaseGeometry:
    try:
        data = text.encode("utf-8", "replace")
        told: Any = strict_json(data, most_bytes=4 * DOCUMENT_BYTES, danger=True)
        found = geojson_shape(told)
    except _UNREADABLE as error:
        params: dict[str, str | int] = {"text": text[:60]}
        raise InvalidInput(Fault("wire.fieldplace.malformed", params=params)) from error
    if found.is_empty:
        raise InvalidInput(Fault("wire.fieldplace.malformed", params={"text": text[:60]}))
    _refuse_far(shapely.get_coordinates(found).tolist())
    return _bounded(found)


def _refuse_far(points: Iterable[Iterable[float]]) -> None:
    for lon, lat in points:
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            params: dict[str, str | int] = {"lon": str(lon), "lat": str(lat)}
            raise InvalidInput(Fault("wire.fieldplace.range", params=params))


def accuracy_of(text: str) -> float:
    """Returns the accuracy in metres that a phone states of a place, of its worst point.

    Zero where it states none: a place put by hand on a map has no accuracy of a receiver.
    """
    told = None if text.startswith("{") else _points(text)
    return max((abs(float(point[3])) for point in told or () if len(point) > 3), default=0.0)


def field_text(place: BaseGeometry) -> str:
    """Returns a polygon's outer ring, a line or a point as forms of the field write it."""
    line = shapely.get_exterior_ring(place) if place.geom_type == "Polygon" else place
    points = shapely.get_coordinates(line).tolist()
    return "; ".join(f"{lat:.7f} {lon:.7f} 0 0" for lon, lat in points)
