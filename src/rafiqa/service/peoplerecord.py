"""Records of people harmed and warned, from a form or a file: one table from record to act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import check_row, dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Actor
from rafiqa.service.act import Stamp
from rafiqa.service.education import record_session, session_of
from rafiqa.service.inquiry import (
    assistance_of,
    inquiry_of,
    note_assistance,
    record_inquiry,
)
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.wire.drawnshape import drawn_shape

Made = tuple[Any, int]
PEOPLE_RECORDS: Final[
    Mapping[
        str,
        tuple[
            Callable[[Mapping[str, Any], str], Made],
            Callable[[Office, Actor, Any, Stamp], Acted],
        ],
    ]
] = {
    "eore_session": (session_of, record_session),
    "accident_inquiry": (inquiry_of, record_inquiry),
    "assistance": (assistance_of, note_assistance),
}
"""The dictionary's record → what makes its fact with the day it was true, and the verb."""

_NO_POINT: Final = "service.people.no-point"
NOT_KEPT: Final = frozenset({"assistance"})
"""Of these nothing that was refused is kept: where a pseudonym belongs a name may stand."""


def _point(told: object, name: str) -> shapely.Point:
    """Returns the one place that a geometry says, read from a file or as GeoJSON.

    Raises:
        InvalidInput: it is no point, or none on the earth.
    """
    drawn = told
    if not isinstance(told, BaseGeometry):
        plain = told if isinstance(told, dict) else None
        drawn = drawn_shape(plain, name, _NO_POINT)
    if not isinstance(drawn, shapely.Point) or drawn.is_empty:
        raise InvalidInput(Fault(_NO_POINT, name))
    if not (abs(drawn.x) <= 180 and abs(drawn.y) <= 90):
        raise InvalidInput(Fault(_NO_POINT, name))
    return drawn


def told_record(
    kind: str, values: Mapping[str, object], organisation_id: str, row: int | None = None
) -> Made:
    """Returns the fact that the fields of a record state, and since when.

    Args:
        kind: a key of ``PEOPLE_RECORDS``.
        values: its fields.
        organisation_id: whose it is where they do not say.
        row: which row of a file.

    Raises:
        InvalidInput: a field is unknown, or a value is not what the dictionary says.
    """
    record = dictionary().records[kind]
    strange = sorted(set(values) - set(record.names))
    faults = [Fault("service.site.field-unknown", name, row, {"field": name}) for name in strange]
    clean, bad = check_row(record, values, row=row)
    faults += bad
    place = record.geometry
    if place is not None and clean.get(place.name) is not None:
        try:
            clean = {**clean, place.name: _point(clean[place.name], place.name)}
        except InvalidInput as error:
            faults += [Fault(each.code, each.place, row, each.params) for each in error.faults]
    if faults:
        raise InvalidInput(faults)
    return PEOPLE_RECORDS[kind][0](clean, organisation_id)
