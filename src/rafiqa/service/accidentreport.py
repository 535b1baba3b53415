"""The first report of an accident, from a form or a file of fields: when, where, how many.

It holds codes and counts, and nobody's name. Where nobody said the spot, but of which area it is,
it may have happened anywhere in that area.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import shapely

from rafiqa.geo import Spot
from rafiqa.land import AccidentRecorded, Actor, Reason, rule
from rafiqa.service.act import NOW, Stamp
from rafiqa.service.incident import record_accident
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.question import BEGINNING_US
from rafiqa.wire.instant import date_us

RECORD: Final = "accident"
NAMING: Final = frozenset({"informant", "note", "address", "cleared_before_by", "cleared_after_by"})
"""Fields in free words: in a first report somebody would be named in them."""
NOT_TAKEN: Final = NAMING | {"attachments", "validation", "year"}
ASKED_ALWAYS: Final = frozenset({"id", "kind", "happened_on", "killed", "injured"})
"""What a form asks of every accident; a file may come without, for unknown is taken too."""
BY_WHOM: Final = ("harmed_girls", "harmed_boys", "harmed_women", "harmed_men")
"""Counts of those harmed by sex and age."""
FIRST_REPORT: Final = (
    *("id", "kind", "happened_on", "geometry", "geo_precision", "accuracy_m", "area_id"),
    *("community", "killed", "injured", *BY_WHOM, "device", "activity", "source"),
    "informant_kind",
)
"""What a form asks of an accident at first, in order."""
_PLACES: Final = ("community", "subdistrict", "district", "governorate")
_OWN: Final = frozenset(
    {"id", "kind", "happened_on", "geometry", "killed", "injured", "device", "source", *_PLACES}
)


def accident_of(clean: Mapping[str, Any], organisation_id: str) -> tuple[AccidentRecorded, int]:
    """Returns the accident that checked values state, and its day in microseconds.

    Without a day it counts from the beginning: unknown is always.
    """
    spot = None
    if clean.get("geometry") is not None:
        ((lon_deg, lat_deg),) = shapely.get_coordinates(clean["geometry"]).tolist()
        spot = Spot.of(lon_deg, lat_deg)
    places = [str(clean[name]) for name in _PLACES if clean.get(name)]
    beside = {name: value for name, value in clean.items() if name not in _OWN}
    fact = AccidentRecorded(
        str(clean["id"]),
        clean.get("kind") or "unknown",
        spot,
        ", ".join(places) or None,
        clean.get("killed"),
        clean.get("injured"),
        clean.get("device"),
        clean.get("source") or organisation_id,
        json.dumps(beside, ensure_ascii=False, sort_keys=True, default=str) if beside else None,
    )
    day = clean.get("happened_on")
    return fact, BEGINNING_US if day is None else date_us(day)


def report_accident(
    office: Office, actor: Actor, fact: AccidentRecorded, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of putting a first report on record; it reopens what it hit.

    Args:
        office: the open store.
        actor: who reports it.
        fact: as ``accident_of`` makes it.
        stamp: when it happened, and the client's own id.
    """
    against = list(_against(office, fact, stamp))
    if against:
        return Acted(rule(against))
    area_id = beside(fact).get("area_id")
    if fact.spot is None and area_id is not None:
        # Anywhere in it: all of the area as it was put on record, also what was released since.
        fact = replace(fact, shape=office.register().areas[str(area_id)].fact.shape)
    return record_accident(office, actor, fact, stamp)


def _against(office: Office, fact: AccidentRecorded, stamp: Stamp) -> Iterator[Reason]:
    register, told = office.register(), beside(fact)
    known = register.accidents.get(fact.accident_id)
    if known is not None and known.entry_id != stamp.entry_id:
        yield Reason("service.accident.id-twice", {"accident": fact.accident_id})
    area_id = told.get("area_id")
    if area_id is not None and area_id not in register.areas:
        yield Reason("land.area.unknown", {"area": str(area_id)})
    counts = [fact.killed, fact.injured]
    by_whom = harmed_by_whom(fact)
    if None not in counts and sum(n or 0 for n in by_whom.values()) > sum(n or 0 for n in counts):
        yield Reason("service.accident.more-by-whom", {"accident": fact.accident_id})


def beside(fact: AccidentRecorded) -> Mapping[str, Any]:
    """Returns what an accident says beside its fields."""
    told: Any = json.loads(fact.extra) if fact.extra else {}
    return told if isinstance(told, dict) else {}


def harmed_by_whom(fact: AccidentRecorded) -> Mapping[str, int]:
    """Returns the counts of those harmed by sex and age, as far as anybody counted them."""
    told = beside(fact)
    return {name: int(told[name]) for name in BY_WHOM if isinstance(told.get(name), int)}
