"""One item of a bundle of exchange as canonical bytes, and back, strictly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import InvalidInput
from rafiqa.ledger import canonical, parse
from rafiqa.ledger.row import Malformed
from rafiqa.wire.sharingpolicy import ALWAYS, SHAREABLE

NANODEGREES: Final = 1_000_000_000
"""Coordinates are whole billionths of a degree, about 0.1 mm: no float is signed."""
_WHOLE: Final = frozenset({"depth_cm", "killed", "injured"})
_ID_LETTERS: Final = 400
_TEXT_LETTERS: Final = 200
_VERTICES: Final = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class ExchangeItem:
    """What is told of one thing: a hazard, released ground, or an accident.

    Attributes:
        kind: a key of ``SHAREABLE``.
        id: by which its authority knows it.
        fields: what it says.
        place: a polygon or multipolygon, or a point, in degrees; None where no place is told.
        data: its bytes.
    """

    kind: str
    id: str
    fields: Mapping[str, str | int]
    place: BaseGeometry | None
    data: bytes


def item_bytes(
    kind: str, id_: str, fields: Mapping[str, str | int], place: BaseGeometry | None
) -> bytes:
    """Returns the canonical bytes of an item."""
    return canonical({"kind": kind, "id": id_, "fields": dict(fields), "place": _plain(place)})


def item_of(data: bytes) -> ExchangeItem:
    """Returns the item that bytes are.

    Raises:
        Malformed: they are none that this version reads.
    """
    try:
        told = parse(data)
    except InvalidInput:
        raise Malformed from None
    if not isinstance(told, dict) or set(told) != {"kind", "id", "fields", "place"}:
        raise Malformed
    kind, id_, fields = told["kind"], told["id"], told["fields"]
    if kind not in SHAREABLE or type(id_) is not str or not 0 < len(id_) <= _ID_LETTERS:
        raise Malformed
    if type(fields) is not dict or not set(ALWAYS[kind]) <= set(fields) <= set(SHAREABLE[kind]):
        raise Malformed
    if not all(_is_value(name, value) for name, value in fields.items()):
        raise Malformed
    place = _place(told["place"])
    is_ground = place is not None and place.geom_type != "Point"
    if (kind == "accident") == is_ground:
        raise Malformed
    return ExchangeItem(kind, id_, fields, place, data)


def _is_value(name: str, value: object) -> bool:
    if name in _WHOLE:
        return type(value) is int and 0 <= value < 1_000_000
    return type(value) is str and 0 < len(value) <= _TEXT_LETTERS and value.isprintable()


def _plain(place: BaseGeometry | None) -> Any:
    if place is None:
        return None
    if place.geom_type == "Point":
        return _numbers(place)
    return [list(_rings(part)) for part in shapely.get_parts(place)]


def _rings(polygon: Any) -> Iterator[list[int]]:
    for ring in (polygon.exterior, *polygon.interiors):
        yield _numbers(ring)


def _numbers(geometry: BaseGeometry) -> list[int]:
    rounded = np.rint(shapely.get_coordinates(geometry) * NANODEGREES).astype(np.int64)
    return [int(each) for each in rounded.ravel()]


def _place(told: Any) -> BaseGeometry | None:
    if told is None:
        return None
    if type(told) is not list or not told:
        raise Malformed
    if type(told[0]) is int:
        points = _points(told)
        if len(points) != 1:
            raise Malformed
        return shapely.Point(points[0])
    polygons = []
    for rings in told:
        if type(rings) is not list or not rings:
            raise Malformed
        lines = [_points(ring) for ring in rings]
        if any(len(line) < 4 or not np.array_equal(line[0], line[-1]) for line in lines):
            raise Malformed
        polygons.append(shapely.Polygon(lines[0], lines[1:]))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _points(told: Any) -> Any:
    if type(told) is not list or len(told) % 2 or not 0 < len(told) <= 2 * _VERTICES:
        raise Malformed
    if not all(type(each) is int for each in told):
        raise Malformed
    if any(abs(each) > 180 * NANODEGREES for each in told):
        raise Malformed
    points = np.array(told, dtype=np.float64).reshape(-1, 2) / NANODEGREES
    if (np.abs(points[:, 1]) > 90).any():
        raise Malformed
    return points
