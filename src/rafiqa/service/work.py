"""Work: order it, move its stage, report it by parts, inspect it."""

from __future__ import annotations

from rafiqa.land import (
    Actor,
    Moment,
    Reason,
    StageMoved,
    TaskOrdered,
    WorkInspected,
    WorkReported,
    move_ruling,
    rule,
    stage_of,
    unit_faults,
    work_ruling,
)
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted


def order_work(office: Office, actor: Actor, fact: TaskOrdered, stamp: Stamp = NOW) -> Acted:
    """Returns the act of ordering work on an area from an organisation."""
    register = office.register()
    against: list[Reason] = []
    if fact.area_id not in register.areas:
        against.append(Reason("land.area.unknown", {"area": fact.area_id}))
    if fact.task_id in register.tasks:
        against.append(Reason("land.task.id-twice", {"task": fact.task_id}))
    if not fact.methods:
        against.append(Reason("land.task.method-missing", {"task": fact.task_id}))
    return carry_out(
        office, actor, "order_work", fact.task_id, fact, stamp=stamp, ruling=rule(against)
    )


def move_task(office: Office, actor: Actor, fact: StageMoved, stamp: Stamp = NOW) -> Acted:
    """Returns the act of moving a task to another stage, where the move is allowed."""
    story = office.register().tasks.get(fact.task_id)
    if story is None:
        ruling = rule([Reason("land.task.unknown", {"task": fact.task_id})])
    else:
        current = stage_of([record.fact for record in story], hazard_left=False)
        ruling = move_ruling(current, fact.stage, actor.role, reason=fact.reason)
    return carry_out(office, actor, "move_task", fact.task_id, fact, stamp=stamp, ruling=ruling)


def report_work(office: Office, actor: Actor, fact: WorkReported, stamp: Stamp = NOW) -> Acted:
    """Returns the act of reporting work by parts: outcome, depth, and what was not cleared."""
    register = office.register()
    area = register.areas.get(fact.area_id)
    against = list(work_ruling(fact, area.outline if area else None).reasons)
    against += unit_faults(fact.parts, register.units, _about_to_be(office, stamp))
    if actor.organisation_id != fact.organisation_id:
        against.append(Reason("land.work.other-organisation", {"work": fact.work_id}))
    known = register.works.get(fact.work_id)
    if known is not None and known.entry_id != stamp.entry_id:
        against.append(Reason("land.work.id-twice", {"work": fact.work_id}))
    against += [
        Reason("land.part.id-twice", {"part": part.part_id})
        for part in fact.parts
        if part.part_id in register.parts
        and register.parts[part.part_id][1].entry_id != stamp.entry_id
    ]
    return carry_out(
        office, actor, "report_work", fact.work_id, fact, stamp=stamp, ruling=rule(against)
    )


def _about_to_be(office: Office, stamp: Stamp) -> Moment:
    """Returns when an act of this stamp is true, and its place on record if it is written next."""
    valid_us = office.now_us() if stamp.valid_at_us is None else stamp.valid_at_us
    return Moment(valid_us, len(office.facts()) + 1)


def inspect_work(office: Office, actor: Actor, fact: WorkInspected, stamp: Stamp = NOW) -> Acted:
    """Returns the act of recording an inspection by a body that did not do the work.

    Only a pass must come from another body: what speaks against work is taken from anybody.
    """
    work = office.register().works.get(fact.work_id)
    against: list[Reason] = []
    if work is None or not isinstance(work.fact, WorkReported):
        against.append(Reason("land.work.unknown", {"work": fact.work_id}))
    elif fact.passed and actor.organisation_id in {
        work.fact.organisation_id,
        work.actor.organisation_id,
    }:
        params: dict[str, str | int] = {"inspection": fact.inspection_id}
        against.append(Reason("land.release.inspected-by-operator", params))
    if actor.organisation_id != fact.organisation_id:
        against.append(Reason("land.work.other-organisation", {"work": fact.work_id}))
    if fact.passed and any(finding.severity == "critical" for finding in fact.findings):
        params = {"inspection": fact.inspection_id}
        against.append(Reason("land.inspection.passed-with-critical", params))
    return carry_out(
        office, actor, "inspect_work", fact.inspection_id, fact, stamp=stamp, ruling=rule(against)
    )
