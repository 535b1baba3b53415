"""From the answers of a reviewed submission to the fact that they state, by the verb for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rafiqa.dictionary import Manner, check_row, dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Actor, Reason, Ruling, rule
from rafiqa.service.act import Stamp
from rafiqa.service.fieldbook import Story
from rafiqa.service.incident import record_accident
from rafiqa.service.intakefact import Checked, RowFact, open_fields, row_fact
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.survey import declare_area, record_evidence
from rafiqa.wire.fieldplace import place_from
from rafiqa.wire.filled import Filled
from rafiqa.wire.instant import utc_day

Verb = Callable[[Office, Actor, Any, Stamp], Acted]
_VERBS: dict[str, tuple[str, Verb]] = {
    "evidence": ("evidence", record_evidence),
    "hazard_area": ("hazard-areas", declare_area),
    "accident": ("accidents", record_accident),
}
"""Record of the dictionary → the kind of import whose rows read alike, and the verb."""


def record_answers(
    office: Office,
    actor: Actor,
    story: Story,
    filled: Filled,
    record: str | None,
    entry_id: str,
) -> Acted | None:
    """Returns the act of recording what was answered; None where no verb takes this record yet.

    Args:
        office: the open store.
        actor: the reviewer, in whose role it is recorded.
        story: the submission.
        filled: what it says.
        record: the dictionary's record that its form is about.
        entry_id: the entry that the fact gets, the same at every try.
    """
    if record == "resident_report":
        return _report(office, story)
    if record not in _VERBS:
        return None
    kind, verb = _VERBS[record]
    made = _row(office, story, filled, record, kind)
    if not isinstance(made, RowFact):
        return Acted(rule([Reason(fault.code, _told(fault)) for fault in made]))
    return verb(office, actor, made.fact, Stamp(made.valid_at_us, entry_id))


def _row(
    office: Office, story: Story, filled: Filled, record: str, kind: str
) -> RowFact | tuple[Fault, ...]:
    known = dictionary().records[record]
    answers = filled.answers()
    names = {each.name for each in known.fields}
    named: dict[str, Any] = {name: text for name, text in answers.items() if name in names}
    named.setdefault("id", story.fact.instance_id)
    placed = named.pop("geometry", None)
    try:
        geometry = None if placed is None else place_from(placed)
    except InvalidInput as error:
        return tuple(replace(fault, place="geometry") for fault in error.faults)
    if geometry is not None:
        named["geometry"] = geometry
    clean, faults = check_row(known, named, Manner(utc_day(office.now_us())), 1)
    if faults:
        return tuple(faults)
    values, _ = open_fields(known, clean)
    source = story.received.actor.organisation_id
    return row_fact(office, kind, Checked(1, str(values["id"]), values, {}, geometry, source))


def _report(office: Office, story: Story) -> Acted | None:
    """Returns that its sign stands: the sign is the report, and is not recorded twice."""
    sign_id = story.fact.sign_id
    if sign_id is None or sign_id not in office.register().reports:
        return None
    return Acted(Ruling(allowed=True), (f"sign:{sign_id}",), already=True)


def _told(fault: Fault) -> dict[str, str | int]:
    return {"field": fault.place, **fault.params}
