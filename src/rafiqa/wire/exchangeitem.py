"""One item of a bundle of exchange as canonical bytes, and back, strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import InvalidInput
from rafiqa.ledger import canonical, parse
from rafiqa.ledger.row import Malformed
from rafiqa.wire.sharingpolicy import SHAREABLE

NANODEGREES: Final = 1_000_000_000
"""Coordinates are whole billionths of a degree, about 0.1 mm: no float is signed."""
_WHOLE: Final = frozenset({"depth_cm", "killed", "injured"})
_WHOLE_END: Final = 1_000_000
_ID_LETTERS: Final = 400
_ID_HEAD: Final = 160
_TEXT_LETTERS: Final = 200
_JOINERS: Final = "\u200c\u200d"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NEEDED: Final[dict[str, tuple[str, ...]]] = {"released": ("outcome",), "accident": ()}
"""What is no item without: an older one tells of no day, and is taken over by nobody."""
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

    A hazard, and an accident at a place, is read by whatever can be read of it: no name, id or
    outline of it is a reason to know nothing of it. What is called released is read strictly.

    Raises:
        Malformed: they are none that this version reads.
    """
    try:
        told = parse(data)
    except InvalidInput:
        raise Malformed from None
    if not isinstance(told, dict) or set(told) != {"kind", "id", "fields", "place"}:
        raise Malformed
    kind, id_ = told["kind"], told["id"]
    if type(kind) is not str or kind not in SHAREABLE or type(id_) is not str:
        raise Malformed
    raises = kind == "hazard" or (kind == "accident" and told["place"] is not None)
    if not raises and told_id(id_) != id_:
        raise Malformed
    place = _place(told["place"], loosely=kind == "hazard")
    is_ground = place is not None and (kind == "hazard" or place.geom_type != "Point")
    if (kind == "accident") == is_ground:
        raise Malformed
    fields = _read(kind, told["fields"]) if raises else _strict(kind, told["fields"])
    return ExchangeItem(kind, told_id(id_), fields, place, data)


def told_id(id_: str) -> str:
    """Returns an id as a bundle tells it: printable, and no longer than any reader takes."""
    if 0 < len(id_) <= _ID_LETTERS and id_.isprintable():
        return id_
    digest = sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{clean_text(id_)[:_ID_HEAD]}~{digest}"


def clean_text(told: str) -> str:
    """Returns words as one printable line, cut at 200 letters; empty where nothing is left.

    Joiners stay, for Kurdish and Persian spell with them; marks of direction go.
    """
    words = "".join(each if each in _JOINERS else _printable(each) for each in told)
    return " ".join(words.split())[:_TEXT_LETTERS].strip()


def _printable(letter: str) -> str:
    if letter.isprintable():
        return letter
    return " " if letter.isspace() else ""


def clean_field(name: str, value: object) -> str | int | None:
    """Returns the value of a field as a bundle tells it; None where it cannot be told."""
    if type(value) is str and name not in _WHOLE:
        return clean_text(value) or None
    if name in _WHOLE and type(value) is int and 0 <= value < _WHOLE_END:
        return value
    return None


def _read(kind: str, told: object) -> dict[str, str | int]:
    """What can be read of the fields of something that only raises."""
    given = told if isinstance(told, dict) else {}
    found = {name: clean_field(name, given[name]) for name in SHAREABLE[kind] if name in given}
    return {name: value for name, value in found.items() if value is not None}


def _strict(kind: str, told: object) -> dict[str, str | int]:
    """Fields, each known and of its form."""
    if not isinstance(told, dict) or not set(NEEDED[kind]) <= set(told) <= set(SHAREABLE[kind]):
        raise Malformed
    if not all(_is_value(name, value) for name, value in told.items()):
        raise Malformed
    return told


def day_of(told: object) -> date | None:
    """Returns the day that a field tells, as ``2026-03-01``; None where it is none."""
    if type(told) is not str or not _DAY.fullmatch(told):
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None


def _is_value(name: str, value: object) -> bool:
    if name == "released_on":
        return day_of(value) is not None
    if name in _WHOLE:
        return type(value) is int and 0 <= value < _WHOLE_END
    return type(value) is str and value != "" and clean_text(value) == value


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


def _place(told: Any, *, loosely: bool) -> BaseGeometry | None:
    if told is None:
        return None
    if type(told) is not list or not told:
        raise Malformed
    if type(told[0]) is int:
        points = _points(told)
        if len(points) != 1:
            raise Malformed
        return shapely.Point(points[0])
    if any(type(rings) is not list or not rings for rings in told):
        raise Malformed
    drawn = [[_points(ring) for ring in rings] for rings in told]
    lines = [line for rings in drawn for line in rings]
    if any(len(line) < 4 or not np.array_equal(line[0], line[-1]) for line in lines):
        if not loosely:
            raise Malformed
        # No rings: all that they reach around.
        return shapely.convex_hull(shapely.MultiPoint(np.concatenate(lines)))
    polygons = [shapely.Polygon(rings[0], rings[1:]) for rings in drawn]
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
