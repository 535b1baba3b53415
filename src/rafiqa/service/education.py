"""Risk education: put a session on record, from a form or a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Final

import shapely

from rafiqa.geo import Spot
from rafiqa.land import Actor, EoreSessionHeld, Reason, Recorded, rule
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.wire.instant import date_us

RECORD: Final = "eore_session"


def record_session(
    office: Office, actor: Actor, fact: EoreSessionHeld, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of putting a session of risk education on record; it moves no land."""
    known = next(
        (each for each, told in sessions_on_record(office) if told.session_id == fact.session_id),
        None,
    )
    against: list[Reason] = []
    if known is not None and known.entry_id != stamp.entry_id:
        against.append(Reason("service.education.id-twice", {"session": fact.session_id}))
    counted = fact.n_counted
    for name in ("first_time", "with_impairment"):
        some = getattr(fact, name)
        if some is not None and counted is not None and some > counted:
            params: dict[str, str | int] = {"n": some, "counted": counted}
            against.append(Reason("service.education.more-than-counted", params))
    return carry_out(
        office, actor, "record_session", fact.session_id, fact, stamp=stamp, ruling=rule(against)
    )


def sessions_on_record(
    office: Office, known_at_us: int | None = None
) -> Iterator[tuple[Recorded, EoreSessionHeld]]:
    """Yields every session known at a time, in the order of the ledger."""
    for recorded in office.facts(known_at_us):
        if isinstance(recorded.fact, EoreSessionHeld):
            yield recorded, recorded.fact


def session_of(clean: Mapping[str, Any], organisation_id: str) -> tuple[EoreSessionHeld, int]:
    """Returns the session that checked values state, and its day in microseconds."""
    taken = {item.name for item in fields(EoreSessionHeld)} - {"session_id", "spot"}
    said = {name: value for name, value in clean.items() if name in taken and value is not None}
    said.setdefault("organisation_id", organisation_id)
    place = clean.get("geometry")
    spot = None
    if place is not None:
        ((lon_deg, lat_deg),) = shapely.get_coordinates(place).tolist()
        spot = Spot.of(lon_deg, lat_deg)
    held_on = clean["held_on"]
    assert isinstance(held_on, date)  # noqa: S101 - the dictionary asks for it
    return EoreSessionHeld(str(clean["id"]), spot=spot, **said), date_us(held_on)
