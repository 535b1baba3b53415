"""Records of people harmed and warned, from a form or a file: one table from record to act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import check_row, dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Actor
from rafiqa.service import accidentreport
from rafiqa.service.act import Stamp
from rafiqa.service.community import (
    NOT_TAKEN,
    RECORD,
    keep_words,
    record_survey,
    survey_of,
    withdraw_survey,
    withdrawal_of,
)
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
from rafiqa.wire.fieldplace import place_from

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
    accidentreport.RECORD: (accidentreport.accident_of, accidentreport.report_accident),
    "eore_session": (session_of, record_session),
    "accident_inquiry": (inquiry_of, record_inquiry),
    "assistance": (assistance_of, note_assistance),
    RECORD: (survey_of, record_survey),
    "survey_withdrawal": (withdrawal_of, withdraw_survey),
}
"""The dictionary's record → what makes its fact with the day it was true, and the verb."""

_NO_POINT: Final = "service.people.no-point"
NOT_KEPT: Final = frozenset({"assistance"})
"""Of these nothing that was refused is kept: where a pseudonym belongs a name may stand."""
NOT_ASKED: Final[Mapping[str, frozenset[str]]] = {
    RECORD: NOT_TAKEN,
    accidentreport.RECORD: accidentreport.NOT_TAKEN,
}
"""Fields of a record that only its form of the field fills in."""


def put_record(
    office: Office,
    actor: Actor,
    kind: str,
    told: tuple[Any, Stamp],
    values: Mapping[str, object],
) -> Acted:
    """Returns the act of putting a record of people on record, and its free words in the vault.

    Args:
        office: the open store.
        actor: who puts it on record.
        kind: a key of ``PEOPLE_RECORDS``.
        told: its fact, and when it was true.
        values: its fields, of which words that may name somebody stand in no fact.
    """
    fact, stamp = told
    acted = PEOPLE_RECORDS[kind][1](office, actor, fact, stamp)
    if kind != RECORD or not acted.done:
        return acted
    return replace(acted, warnings=(*acted.warnings, *keep_words(office, actor, values, acted)))


def _point(told: object, name: str) -> shapely.Point:
    """Returns the one place that is told: a geometry of a file, GeoJSON, or "latitude longitude".

    Raises:
        InvalidInput: it is no point, or none on the earth.
    """
    drawn = told
    if isinstance(told, str):
        try:
            drawn = place_from(told.replace(",", " "))
        except InvalidInput as error:
            raise InvalidInput(Fault(_NO_POINT, name)) from error
    elif not isinstance(told, BaseGeometry):
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
    left = NOT_ASKED.get(kind, frozenset())
    known = set(record.names) - left
    strange = sorted(name for name, value in values.items() if name not in known and value != "")
    faults = [Fault("service.site.field-unknown", name, row, {"field": name}) for name in strange]
    named, place = dict(values), record.geometry
    if place is not None and named.get(place.name) not in (None, ""):
        try:
            named[place.name] = _point(named[place.name], place.name)
        except InvalidInput as error:
            faults += [Fault(each.code, each.place, row, each.params) for each in error.faults]
            named[place.name] = None
    clean, bad = check_row(record, named, row=row)
    faults += [fault for fault in bad if fault.place not in {each.place for each in faults}]
    if faults:
        raise InvalidInput(faults)
    return PEOPLE_RECORDS[kind][0](clean, organisation_id)
