"""Work: order it, move its stage, report it by parts, inspect it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rafiqa.geo import GridShape
from rafiqa.land import (
    SLIVER_MM2,
    Actor,
    Reason,
    Recorded,
    StageMoved,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
    accreditation_faults,
    answer_faults,
    move_ruling,
    rule,
    task_case,
    task_of,
    unit_faults,
    work_ruling,
)
from rafiqa.service.act import (
    NOW,
    Meant,
    Stamp,
    about_to_be,
    by_the_newest,
    carry_out,
    carry_out_together,
)
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted

UNDER_WORK = frozenset(
    {"tasked", "in_progress", "suspended", "work_complete", "inspecting", "rework"}
)
"""Stages in which a task's ground is somebody's to work on."""


@by_the_newest
def order_work(office: Office, actor: Actor, fact: TaskOrdered, stamp: Stamp = NOW) -> Acted:
    """Returns the act of ordering work on an area from an organisation."""
    register = office.register()
    against: list[Reason] = []
    area = register.areas.get(fact.area_id)
    if area is None:
        against.append(Reason("land.area.unknown", {"area": fact.area_id}))
    if fact.task_id in register.tasks:
        against.append(Reason("land.task.id-twice", {"task": fact.task_id}))
    if not fact.methods:
        against.append(Reason("land.task.method-missing", {"task": fact.task_id}))
    ordered_us = office.now_us() if stamp.valid_at_us is None else stamp.valid_at_us
    order = about_to_be(office, actor, fact, ordered_us)
    against += accreditation_faults(
        register.accreditations_for(fact.organisation_id, order),
        fact.organisation_id,
        fact.methods,
        (ordered_us, ordered_us),
    )
    if fact.depth_cm is not None and fact.depth_cm < 0:
        against.append(Reason("land.task.depth-negative", {"task": fact.task_id}))
    if fact.shape is not None and area is not None:
        against += _ground_faults(office, fact, fact.shape, area.outline)
    return carry_out(
        office, actor, "order_work", fact.task_id, fact, stamp=stamp, ruling=rule(against)
    )


def _ground_faults(
    office: Office, fact: TaskOrdered, shape: GridShape, outline: GridShape
) -> Iterator[Reason]:
    """Yields what is wrong with the ground of a task: none, outside its area, ordered twice."""
    params: dict[str, str | int] = {"task": fact.task_id}
    if shape.is_empty:
        yield Reason("land.task.empty", params)
        return
    outside2 = shape.difference(outline).area2_mm2
    if outside2 > 2 * SLIVER_MM2:
        yield Reason("land.task.outside-area", {**params, "area_m2": _m2(outside2)})
    book = office.book()
    near = book.registers_near(shape.geometry)
    for other_id, story in (item for each in near for item in each.tasks.items()):
        # Ground first: a task's stage is worked out only where it is asked.
        over2 = _ordered_on2(story, shape)
        if other_id == fact.task_id or over2 <= 2 * SLIVER_MM2:
            continue
        other = task_of(book, other_id)
        if other is not None and other.stage in UNDER_WORK:
            twice: dict[str, str | int] = {**params, "other": other_id, "area_m2": _m2(over2)}
            yield Reason("land.task.overlap", twice)


def _ordered_on2(story: Sequence[Recorded], shape: GridShape) -> int:
    """Returns twice the mm² of a shape that a task with ground of its own was ordered on."""
    order = next((item.fact for item in story if isinstance(item.fact, TaskOrdered)), None)
    if order is None or order.shape is None or not order.shape.intersects(shape):
        return 0
    return order.shape.intersection(shape).area2_mm2


def _m2(area2_mm2: int) -> int:
    return -(-area2_mm2 // 2_000_000)


@by_the_newest
def move_task(office: Office, actor: Actor, fact: StageMoved, stamp: Stamp = NOW) -> Acted:
    """Returns the act of moving a task to another stage, where the move is allowed."""
    task = task_of(office.book(), fact.task_id)
    if task is None:
        ruling = rule([Reason("land.task.unknown", {"task": fact.task_id})])
    else:
        at_us = office.now_us() if stamp.valid_at_us is None else stamp.valid_at_us
        case = task_case(
            office.book(),
            task,
            at_us,
            words=(fact.reason, fact.note),
            organisation_id=actor.organisation_id,
        )
        ruling = move_ruling(task.stage, fact.stage, actor.role, case)
    return carry_out(office, actor, "move_task", fact.task_id, fact, stamp=stamp, ruling=ruling)


@by_the_newest
def report_work(office: Office, actor: Actor, fact: WorkReported, stamp: Stamp = NOW) -> Acted:
    """Returns the act of reporting work by parts: outcome, depth, and what was not cleared."""
    return carry_out_together(office, actor, [work_meant(office, actor, fact, stamp)])


def work_meant(office: Office, actor: Actor, fact: WorkReported, stamp: Stamp = NOW) -> Meant:
    """Returns what reporting work would record, with all that the rules have against it."""
    register = office.register()
    area = register.areas.get(fact.area_id)
    against = list(work_ruling(fact, area.outline if area else None).reasons)
    begun = about_to_be(office, actor, fact, stamp.valid_at_us)
    against += unit_faults(fact.parts, register.units, begun)
    against += answer_faults(fact)
    if actor.organisation_id != fact.organisation_id:
        against.append(Reason("land.work.other-organisation", {"work": fact.work_id}))
    if None not in {fact.begun_us, fact.ended_us} and (fact.begun_us or 0) > (fact.ended_us or 0):
        against.append(Reason("land.work.ends-before-it-begins", {"work": fact.work_id}))
    known = register.works.get(fact.work_id)
    if known is not None and known.entry_id != stamp.entry_id:
        against.append(Reason("land.work.id-twice", {"work": fact.work_id}))
    against += [
        Reason("land.part.id-twice", {"part": part.part_id})
        for part in fact.parts
        if part.part_id in register.parts
        and register.parts[part.part_id][1].entry_id != stamp.entry_id
    ]
    return Meant("report_work", fact.work_id, fact, stamp, rule(against))


def told_since(
    office: Office, parts: Sequence[WorkedPart], begun_us: int, seq: int, own: str = "\0"
) -> Iterator[tuple[WorkedPart, tuple[str, ...]]]:
    """Yields each part on which something came on record after an entry, of a time before the work.

    Recorded now, the work would count as having known of it.

    Args:
        office: the open store.
        parts: what is about to be reported.
        begun_us: when the work began.
        seq: the last entry that its team can have known.
        own: what the ids of its own facts begin with.
    """
    book, now_us = office.book(), office.now_us()
    for part in parts:
        if part.outcome == "not_cleared":
            continue
        ground = part.shape.geometry
        # Of a structure each unit is asked for by itself, whenever it came on record.
        near = (item for item in book.raises_near(ground) if item.kind != "structure")
        raised = [(item.seq, item.valid_at_us, item.subject) for item in near]
        signs = (sign.witness for sign in book.witnesses.each_near(ground, now_us))
        raised += [(each.seq, each.valid_at_us, each.witness_id) for each in signs]
        subjects = tuple(
            dict.fromkeys(
                subject
                for at_seq, at_us, subject in raised
                if at_seq > seq and at_us <= begun_us and not subject.startswith(own)
            )
        )
        if subjects:
            yield part, subjects


@by_the_newest
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
