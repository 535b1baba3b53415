"""Places as forms of the field write them: latitude first, points with semicolons between."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable

import shapely
from shapely.errors import GEOSException
from shapely.geometry import shape as geojson_shape
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput

_NUMBER = r"[+-]?\d{1,3}(?:\.\d+)?"
_POINT = rf"{_NUMBER} +{_NUMBER}(?: +[+-]?\d+(?:\.\d+)?){{0,2}}"
_PLACE = re.compile(rf"\s*{_POINT}\s*(?:;\s*{_POINT}\s*)*;?\s*", re.ASCII)
_DECIMALS = re.compile(r"\s*[+-]?\d{1,3}\.\d+ +[+-]?\d{1,3}\.\d+")
POINTS_LIMIT = 5_000


def looks_placed(text: str) -> bool:
    """Returns whether a value that nobody declared reads as a place: two decimals at least."""
    if text.startswith("{"):
        return '"coordinates"' in text
    return _DECIMALS.match(text) is not None and _PLACE.fullmatch(text) is not None


def place_from(text: str) -> BaseGeometry:
    """Returns a place in degrees, longitude first: a point, a line, or a polygon where closed.

    Args:
        text: ``lat lon alt acc; …`` as phones write it, or a GeoJSON geometry.

    Raises:
        InvalidInput: ``wire.fieldplace.malformed`` or ``wire.fieldplace.range``.
    """
    if text.startswith("{"):
        return _geojson(text)
    if len(text) > POINTS_LIMIT * 80 or _PLACE.fullmatch(text) is None:
        raise InvalidInput(Fault("wire.fieldplace.malformed", params={"text": text[:60]}))
    points = [
        (float(lon), float(lat))
        for lat, lon, *_ in (part.split() for part in text.split(";") if part.strip())
    ]
    _refuse_far(points)
    return _drawn(points)


def _drawn(points: list[tuple[float, float]]) -> BaseGeometry:
    if len(points) == 1 or len(set(points)) == 1:
        return shapely.Point(points[0])
    if len(points) >= 4 and points[0] == points[-1]:
        return shapely.Polygon(points)
    return shapely.LineString(points)


def _geojson(text: str) -> BaseGeometry:
    try:
        found = geojson_shape(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, GEOSException) as error:
        params: dict[str, str | int] = {"text": text[:60]}
        raise InvalidInput(Fault("wire.fieldplace.malformed", params=params)) from error
    if found.is_empty:
        raise InvalidInput(Fault("wire.fieldplace.malformed", params={"text": text[:60]}))
    _refuse_far(shapely.get_coordinates(found).tolist())
    return found


def _refuse_far(points: Iterable[Iterable[float]]) -> None:
    for lon, lat in points:
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            params: dict[str, str | int] = {"lon": str(lon), "lat": str(lat)}
            raise InvalidInput(Fault("wire.fieldplace.range", params=params))


def accuracy_of(text: str) -> float:
    """Returns the accuracy in metres that a phone states of a place, of its worst point.

    Zero where it states none: a place put by hand on a map has no accuracy of a receiver.
    """
    if text.startswith("{") or _PLACE.fullmatch(text) is None:
        return 0.0
    points = (part.split() for part in text.split(";"))
    return max((abs(float(point[3])) for point in points if len(point) > 3), default=0.0)


def field_text(place: BaseGeometry) -> str:
    """Returns a polygon's outer ring, a line or a point as forms of the field write it."""
    line = shapely.get_exterior_ring(place) if place.geom_type == "Polygon" else place
    points = shapely.get_coordinates(line).tolist()
    return "; ".join(f"{lat:.7f} {lon:.7f} 0 0" for lon, lat in points)
