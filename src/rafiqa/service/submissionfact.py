"""From the answers of a reviewed submission to the facts that they state, by the verbs for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from rafiqa.land import Actor, Reason, Ruling, rule
from rafiqa.ledger import FormPublished
from rafiqa.service import community, education
from rafiqa.service.act import Meant, Stamp, carry_out_together, on_record
from rafiqa.service.fieldbook import Story
from rafiqa.service.incident import record_accident
from rafiqa.service.intakefact import Checked, RowFact, row_fact
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.submissionevidence import EvidenceMade, evidence_of
from rafiqa.service.submissionrow import checked_row, form_row, reason_of
from rafiqa.service.submissionwork import WorkMade, work_of
from rafiqa.service.survey import area_meant, evidence_meant, record_evidence
from rafiqa.service.work import report_work
from rafiqa.wire.filled import Filled

Verb = Callable[[Office, Actor, Any, Stamp], Acted]
_VERBS: dict[str, tuple[str, Verb]] = {
    "evidence": ("evidence", record_evidence),
    "accident": ("accidents", record_accident),
}
"""Record of the dictionary → the kind of import whose rows read alike, and the verb."""
_REPEATS = ("evidence_item", "outline_leg", "turning_points")
"""Parts that are asked again within a form of these records."""


def record_answers(
    office: Office,
    actor: Actor,
    story: Story,
    filled: Filled,
    form: FormPublished | None,
    entry_id: str,
) -> Acted | None:
    """Returns the act of recording what was answered; None where no verb takes this record yet.

    All facts of one form are recorded together, or none. Work is recorded as its sender's, in
    their role; everything else in the reviewer's.

    Args:
        office: the open store.
        actor: the reviewer.
        story: the submission.
        filled: what it says.
        form: its form as it was given out; its record says what the answers are about.
        entry_id: the entry that the fact gets, the same at every try; further facts of the same
            form get ids that begin with it.
    """
    record = form.record if form is not None else None
    if record == "resident_report":
        return _report(office, story)
    if record == "completion":
        return _work(office, story, filled, form, entry_id)
    if record == "hazard_area":
        return _survey(office, actor, story, filled, form, entry_id)
    if record == education.RECORD:
        return _session(office, actor, story, filled, form, entry_id)
    if record == community.RECORD:
        return _community(office, actor, story, filled, form, entry_id)
    if record not in _VERBS:
        return None
    kind, verb = _VERBS[record]
    made = _row(office, story, filled, form, record, kind)
    if not isinstance(made, RowFact):
        return Acted(rule(made))
    return verb(office, actor, made.fact, Stamp(made.valid_at_us, entry_id))


def _session(
    office: Office,
    actor: Actor,
    story: Story,
    filled: Filled,
    form: FormPublished | None,
    entry_id: str,
) -> Acted:
    """Returns the act of putting a session of risk education on record."""
    sender = story.received.actor.organisation_id
    row = form_row(filled, education.RECORD, form, _REPEATS)
    read = checked_row(office, row, form, sender, {"id": story.fact.instance_id})
    if not isinstance(read, Checked):
        return Acted(rule(read))
    told = education.session_of({**read.values, "geometry": read.geometry}, sender)
    return education.record_session(office, actor, told[0], Stamp(told[1], entry_id))


def _community(
    office: Office,
    actor: Actor,
    story: Story,
    filled: Filled,
    form: FormPublished | None,
    entry_id: str,
) -> Acted:
    """Returns the act of putting a community's survey on record; its signs wait for an answer.

    Its free words stand in the form, and in no fact.
    """
    sender = story.received.actor.organisation_id
    row = form_row(filled, community.RECORD, form, _REPEATS)
    read = checked_row(office, row, form, sender, {"id": story.fact.instance_id})
    if not isinstance(read, Checked):
        return Acted(rule(read))
    values = {name: told for name, told in read.values.items() if name not in community.NOT_TAKEN}
    told = community.survey_of({**values, "geometry": read.geometry}, sender)
    signed = story.fact.sign_id in office.register().reports
    stamp = Stamp(told[1], entry_id)
    return community.record_survey(office, actor, told[0], stamp, signed=signed)


def _work(
    office: Office, story: Story, filled: Filled, form: FormPublished | None, entry_id: str
) -> Acted:
    """Returns the act of reporting the work of a completion form, by its sender."""
    stamp = Stamp(entry_id=entry_id)
    if on_record(office, stamp):
        # An earlier try got so far; what has happened since is not asked of it again.
        return Acted(Ruling(allowed=True), (entry_id,), already=True)
    made = work_of(office, story, filled, form)
    if not isinstance(made, WorkMade):
        return Acted(rule(made))
    return report_work(office, story.received.actor, made.fact, Stamp(made.valid_at_us, entry_id))


def _survey(
    office: Office,
    actor: Actor,
    story: Story,
    filled: Filled,
    form: FormPublished | None,
    entry_id: str,
) -> Acted:
    """Returns the act of recording an area and every item of evidence that its survey tells of."""
    area = _row(office, story, filled, form, "hazard_area", "hazard-areas")
    against = [] if isinstance(area, RowFact) else list(area)
    area_id = area.subject if isinstance(area, RowFact) else story.fact.instance_id
    since_us = area.valid_at_us if isinstance(area, RowFact) else story.received.valid_at_us
    told: list[EvidenceMade] = []
    for found in evidence_of(office, story, filled, form, area_id, since_us):
        if isinstance(found, EvidenceMade):
            told.append(found)
        else:
            against.append(found)
    against += _taken(office, told, entry_id)
    if against or not isinstance(area, RowFact):
        return Acted(rule(against))
    fact: Any = area.fact
    items = (*fact.evidence_ids, *(each.fact.evidence_id for each in told))
    fact = replace(fact, evidence_ids=tuple(dict.fromkeys(items)))
    meant = [*_items(told, entry_id), area_meant(office, fact, Stamp(area.valid_at_us, entry_id))]
    acted = carry_out_together(office, actor, meant)
    if not acted.done:
        return acted
    # The area first: it is what the form is about.
    ids = (acted.entry_ids[-1], *acted.entry_ids[:-1])
    return Acted(acted.ruling, ids, already=acted.already, warnings=acted.warnings)


def _items(told: list[EvidenceMade], entry_id: str) -> Iterator[Meant]:
    for each in told:
        yield evidence_meant(each.fact, Stamp(each.valid_at_us, f"{entry_id}.{each.name}"))


def _taken(office: Office, told: list[EvidenceMade], entry_id: str) -> Iterator[Reason]:
    """Yields each item whose id another has, too: together they would read as one item."""
    known = office.register().evidence
    names: dict[str, str] = {}
    for each in told:
        record = known.get(each.fact.evidence_id)
        other = record is not None and record.entry_id != f"{entry_id}.{each.name}"
        if other or names.setdefault(each.fact.evidence_id, each.name) != each.name:
            params: dict[str, str | int] = {"evidence": each.fact.evidence_id}
            yield Reason("service.submission.evidence-taken", params, (each.fact.evidence_id,))


def _row(
    office: Office,
    story: Story,
    filled: Filled,
    form: FormPublished | None,
    record: str,
    kind: str,
) -> RowFact | tuple[Reason, ...]:
    source = story.received.actor.organisation_id
    row = form_row(filled, record, form, _REPEATS)
    read = checked_row(office, row, form, source, {"id": story.fact.instance_id})
    if not isinstance(read, Checked):
        return read
    made = row_fact(office, kind, read)
    return made if isinstance(made, RowFact) else tuple(reason_of(fault) for fault in made)


def _report(office: Office, story: Story) -> Acted | None:
    """Returns that its sign stands: the sign is the report, and is not recorded twice."""
    sign_id = story.fact.sign_id
    if sign_id is None or sign_id not in office.register().reports:
        return None
    return Acted(Ruling(allowed=True), (f"sign:{sign_id}",), already=True)
