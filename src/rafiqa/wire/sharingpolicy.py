"""Sharing policies: what of a store is told to another authority, as a file that people read.

    {"stream": "national",
     "within": [38.0, 34.5, 39.0, 35.5],
     "hazard": {"fields": ["class", "name"], "step_m": 1},
     "released": {"fields": ["outcome", "depth_cm", "released_on"], "step_m": 1},
     "accident": {"fields": ["kind", "happened_on", "killed", "injured"], "place": "none"}}

What a policy does not name is not shared: no kind, no field, no ground outside of its box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.strictjson import parse_json

SHAREABLE: Final[dict[str, tuple[str, ...]]] = {
    "hazard": ("class", "name"),
    "released": ("area_id", "outcome", "depth_cm", "method", "surface", "released_on"),
    "accident": ("kind", "happened_on", "killed", "injured", "device"),
}
"""Kind of item → every field that a policy may name; of persons and of words nothing."""
ALWAYS: Final[dict[str, tuple[str, ...]]] = {
    "hazard": ("class",),
    "released": ("outcome", "released_on"),
    "accident": (),
}
"""What an item says whether a policy names it or not: without it nobody could read it."""
PLACES: Final = ("exact", "none")
STEPS_M: Final = (0.01, 100.0)
"""How coarse an outline is made, in metres: hazards outwards, released ground inwards."""
_LEVELS: Final = 4
_NAME_LETTERS: Final = 60


@dataclass(frozen=True, slots=True)
class KindShared:
    """What is told of one kind of item."""

    fields: tuple[str, ...]
    step_mm: int = 10
    placed: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class SharingPolicy:
    """What is shared in one stream: which kinds, which fields of them, and of which ground.

    Attributes:
        stream: its name; each stream is numbered by itself.
        kinds: by kind of item.
        within: the only ground of which anything is told, in degrees; all where None.
        data: the file's bytes, by which it is known.
    """

    stream: str
    kinds: Mapping[str, KindShared]
    within: BaseGeometry | None
    data: bytes


def sharing_policy(data: bytes) -> SharingPolicy:
    """Returns the policy that a file is.

    Raises:
        InvalidInput: ``wire.sharing.*`` with every place that is no policy.
    """
    told = parse_json(data, levels=_LEVELS)
    if not isinstance(told, dict):
        raise InvalidInput(Fault("wire.sharing.shape", "$", params={"key": "$"}))
    faults = list(_faults(told))
    if faults:
        raise InvalidInput(faults)
    kinds = {kind: _kind(kind, told[kind]) for kind in SHAREABLE if kind in told}
    box = told.get("within")
    within = None if box is None else shapely.box(*box)
    return SharingPolicy(told["stream"], kinds, within, data)


def _faults(told: Mapping[str, Any]) -> Iterator[Fault]:
    stream = told.get("stream")
    if not isinstance(stream, str) or not 0 < len(stream.strip()) <= _NAME_LETTERS:
        yield _fault("stream")
    for key, value in told.items():
        if key in SHAREABLE:
            yield from _kind_faults(key, value)
        elif key == "within":
            if not _is_box(value):
                yield _fault(key)
        elif key != "stream":
            yield _fault(key)
    if not any(kind in told for kind in SHAREABLE):
        yield Fault("wire.sharing.nothing", "$")


def _kind_faults(kind: str, told: object) -> Iterator[Fault]:
    if not isinstance(told, dict):
        yield _fault(kind)
        return
    for key, value in told.items():
        place = f"{kind}.{key}"
        if key == "fields":
            named = value if isinstance(value, list) else [None]
            for field in named:
                if field not in SHAREABLE[kind]:
                    params: dict[str, str | int] = {
                        "field": str(field)[:80],
                        "known": ", ".join(SHAREABLE[kind]),
                    }
                    yield Fault("wire.sharing.field", place, params=params)
        elif key == "step_m" and kind != "accident":
            if type(value) not in {int, float} or not STEPS_M[0] <= value <= STEPS_M[1]:
                yield _fault(place)
        elif not (key == "place" and kind == "accident" and value in PLACES):
            yield _fault(place)


def _is_box(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 4:
        return False
    if not all(type(each) in {int, float} for each in value):
        return False
    west, south, east, north = value
    return bool(-180 <= west < east <= 180 and -90 <= south < north <= 90)


def _fault(key: str) -> Fault:
    return Fault("wire.sharing.shape", key[:80], params={"key": key[:80]})


def _kind(kind: str, told: Mapping[str, Any]) -> KindShared:
    fields = dict.fromkeys((*ALWAYS[kind], *told.get("fields", ())))
    step_mm = round(told.get("step_m", STEPS_M[0]) * 1_000)
    return KindShared(tuple(fields), step_mm, told.get("place", "exact") == "exact")
