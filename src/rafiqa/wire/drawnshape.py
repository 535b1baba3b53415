"""Drawn shape: a GeoJSON geometry out of a request, looked at before anything reckons with it.

It is read here and not in a worker, so that whoever draws is answered at once; that holds only
because of its limit: a star of 5,000 corners is judged in 60 ms, one of 200,000 in over a minute
(trust study, section 6.7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.strictjson import count_pairs

CORNERS_LIMIT: Final = 5_000


def drawn_shape(geometry: Mapping[str, Any] | None, place: str, malformed: str) -> BaseGeometry:
    """Returns a shape in degrees, longitude first; it may still be invalid or anywhere.

    Args:
        geometry: GeoJSON (RFC 7946) as plain values, out of strict JSON.
        place: the field it came in, for the faults.
        malformed: the code of the refusal where it is no geometry.

    Raises:
        InvalidInput: ``wire.shape.corners``, or the code for what is no geometry.
    """
    try:
        written = json.dumps(geometry)
        refuse_corners(count_pairs(written.encode()), place)
        return shapely.from_geojson(written)
    except (shapely.errors.ShapelyError, TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(Fault(malformed, place)) from error


def refuse_corners(count: int, place: str) -> None:
    """Refuses a shape of more corners than are judged while somebody waits.

    Raises:
        InvalidInput: ``wire.shape.corners``.
    """
    if count > CORNERS_LIMIT:
        params: dict[str, str | int] = {"count": count, "limit": CORNERS_LIMIT}
        raise InvalidInput(Fault("wire.shape.corners", place, None, params))
