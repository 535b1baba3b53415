"""Approval: the steps of a record from submitted to approved; the land stays as it is."""

from __future__ import annotations

from rafiqa.land import (
    Actor,
    Reason,
    Recorded,
    RecordMoved,
    RecordStanding,
    approval_ruling,
    rule,
    standing,
)
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted


@by_the_newest
def move_record(office: Office, actor: Actor, fact: RecordMoved, stamp: Stamp = NOW) -> Acted:
    """Returns the act of moving a record one step: accepted, checked, approved, turned down."""
    record = _entry(office, fact.entry_id)
    if record is None:
        ruling = rule([Reason("land.validation.unknown", {"entry": fact.entry_id})])
    else:
        successor = _entry(office, fact.superseded_by) if fact.superseded_by else None
        current = record_standing(office, record).state
        ruling = approval_ruling(fact, actor, record, current, successor)
    return carry_out(office, actor, "move_record", fact.record_id, fact, stamp=stamp, ruling=ruling)


def record_standing(office: Office, record: Recorded) -> RecordStanding:
    """Returns where an entry stands between submitted and approved, as known now."""
    return standing(record, office.register().approvals.get(record.entry_id, ()))


def _entry(office: Office, entry_id: str) -> Recorded | None:
    return next((item for item in office.facts() if item.entry_id == entry_id), None)
