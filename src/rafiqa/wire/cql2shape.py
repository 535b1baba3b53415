"""Places in CQL2 filters: literals as shapes, and what holds between them and features."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.cql2 import finite
from rafiqa.wire.featurecrs import FeatureCrs
from rafiqa.wire.featureset import Placed

Bools = npt.NDArray[np.bool_]
PREDICATES: Final = {
    "s_intersects": "intersects",
    "s_disjoint": "disjoint",
    "s_equals": "equals",
    "s_touches": "touches",
    "s_within": "within",
    "s_contains": "contains",
    "s_overlaps": "overlaps",
    "s_crosses": "crosses",
}
"""Operator → what holds of its first place and its second (OGC 06-103r4, section 6.1.15)."""
_TURNED: Final = {"within": "contains", "contains": "within"}
_TYPES: Final = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
)
_FARTHEST: Final = 1e9
"""No coordinate in degrees or metres is larger."""


def shape_of(node: dict[str, Any], crs: FeatureCrs) -> BaseGeometry:
    """Returns the shape of a literal, its axes as the system has them.

    Raises:
        InvalidInput: ``wire.cql2.geometry`` where it is none, or is not valid.
    """
    shape = _box(node["bbox"], crs) if "bbox" in node else _geojson(node)
    if not (shape.is_valid and not shape.is_empty):
        raise _bad("invalid or empty")
    return shapely.force_2d(shape)


def _geojson(node: dict[str, Any]) -> BaseGeometry:
    if node.get("type") == "GeometryCollection":
        members = node.get("geometries")
        if not (isinstance(members, list) and members):
            raise _bad("GeometryCollection")
        if not all(isinstance(each, dict) and each.get("type") in _TYPES for each in members):
            raise _bad("GeometryCollection")
        return shapely.geometrycollections([_geojson(each) for each in members])
    if node.get("type") not in _TYPES or not _places(node.get("coordinates")):
        raise _bad(str(node.get("type")))
    told = {"type": node["type"], "coordinates": node["coordinates"]}
    try:
        return shapely.from_geojson(json.dumps(told))
    except (ShapelyError, ValueError) as error:
        raise _bad(str(error).split(":")[-1].strip()) from None


def _places(node: Any) -> bool:
    """Returns whether nested arrays hold nothing but coordinates."""
    if not isinstance(node, list):
        return finite(node) and abs(node) <= _FARTHEST
    return bool(node) and all(_places(each) for each in node)


def _box(given: Any, crs: FeatureCrs) -> BaseGeometry:
    if not (isinstance(given, list) and len(given) in {4, 6} and all(map(finite, given))):
        raise _bad("bbox")
    half = len(given) // 2
    boxes = window(tuple(given[:2]) + tuple(given[half : half + 2]), crs)
    if boxes is None:
        raise _bad("bbox")
    return shapely.union_all([shapely.box(*each) for each in boxes])


def window(
    corners: tuple[float, ...], crs: FeatureCrs
) -> list[tuple[float, float, float, float]] | None:
    """Returns the boxes of two corners, two where they lie across the date line.

    Args:
        corners: of the lower left and the upper right corner, axes as the system has them.
        crs: their system.

    Returns:
        None where a box ends before it begins, or leaves the globe.
    """
    low_x, low_y, high_x, high_y = corners
    if not all(abs(each) <= _FARTHEST for each in corners):
        return None
    if not crs.in_degrees:
        return [(low_x, low_y, high_x, high_y)] if low_x <= high_x and low_y <= high_y else None
    if crs.lat_first:
        low_x, low_y, high_x, high_y = low_y, low_x, high_y, high_x
    if low_y > high_y or max(abs(low_y), abs(high_y)) > 90 or max(abs(low_x), abs(high_x)) > 180:
        return None
    spans = [(low_x, high_x)] if low_x <= high_x else [(low_x, 180.0), (-180.0, high_x)]
    if crs.lat_first:
        return [(low_y, west, high_y, east) for west, east in spans]
    return [(west, low_y, east, high_y) for west, east in spans]


def related(placed: Placed, how: str, literal: BaseGeometry, *, turned: bool) -> Bools:
    """Returns ``(n,)`` of which features something holds between their place and a literal.

    Args:
        placed: the features, in the literal's system.
        how: a value of ``PREDICATES``, said of the feature first.
        literal: the other shape.
        turned: whether it is said of the literal first.
    """
    shapes = placed.shapes
    if turned:
        how = _TURNED.get(how, how)
    found = np.zeros(len(shapes), dtype=np.bool_)
    if how == "disjoint":
        found = placed.there.copy()
        found[placed.tree.query(literal, predicate="intersects")] = False
        return found
    if how == "equals":
        near = placed.tree.query(literal)
        found[near[shapely.equals(shapes[near], literal)]] = True
        return found
    # The tree asks whether the literal stands so to the feature, so it is asked the other way.
    asked: Any = _TURNED.get(how, how)
    found[placed.tree.query(literal, predicate=asked)] = True
    return found


def _bad(what: str) -> InvalidInput:
    return InvalidInput(Fault("wire.cql2.geometry", "filter", params={"what": what[:60]}))
