"""One task as the book has it: its ground, its story, and what a move of it rests on.

These are questions asked of the book; nothing here enters the fold. What stands of a task's
work are the reports naming it whose inspections found nothing against them: failed work is
done again, and reported again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rafiqa.geo import GridShape, union_of
from rafiqa.land.approval import standing
from rafiqa.land.book import LandBook
from rafiqa.land.closing import CompletionDeclared, LandHandedOver, confirmation_faults
from rafiqa.land.fact import (
    AreaRecorded,
    LandReopened,
    Recorded,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.land.records import Records
from rafiqa.land.register import Register
from rafiqa.land.rule import lie_apart, unsound
from rafiqa.land.stage import StageCase, stage_of, task_stage


@dataclass(frozen=True, slots=True)
class Task:
    """A task on record: its order, its ground, and its own facts in the order of time."""

    task_id: str
    order: TaskOrdered
    ground: GridShape
    facts: tuple[Recorded, ...]

    @property
    def stage(self) -> str:
        """Where the work on it stands."""
        return task_stage([record.fact for record in self.facts])


def task_of(book: LandBook, task_id: str) -> Task | None:
    """Returns a task with its ground and facts; None where no order of that id is on record."""
    register = book.register.joined("task", task_id)
    story = register.tasks.get(task_id, ())
    order = next((item.fact for item in story if isinstance(item.fact, TaskOrdered)), None)
    if order is None:
        return None
    area = register.areas.get(order.area_id)
    outline = area.outline if area else GridShape.empty()
    ground = order.shape if order.shape is not None else outline
    facts = {record.seq: record for record in [*story, *_of_work(register, task_id)]}
    for item in book.raises_near(ground.geometry):
        record = book.register.reopenings.get(item.subject)
        if record is None or not isinstance(record.fact, LandReopened):
            continue
        if not ground.intersection(record.fact.shape).is_empty:
            facts[record.seq] = record
    ordered = sorted(facts.values(), key=lambda item: (item.valid_at_us, item.seq))
    return Task(task_id, order, ground, tuple(ordered))


def _of_work(register: Register, task_id: str) -> Iterator[Recorded]:
    for work_id, record in register.works.items():
        if isinstance(record.fact, WorkReported) and record.fact.task_id == task_id:
            yield record
            yield from register.inspections.get(work_id, ())


def task_case(
    book: LandBook,
    task: Task,
    valid_at_us: int,
    *,
    words: tuple[str | None, str | None] = (None, None),
    organisation_id: str = "",
) -> StageCase:
    """Returns what a move of a task rests on.

    Args:
        book: the land book as known now.
        task: the task.
        valid_at_us: the time at which the move is to be true.
        words: the mover's reason and note.
        organisation_id: whom the mover acts for.
    """
    register = book.register
    works = [item.fact for item in task.facts if isinstance(item.fact, WorkReported)]
    inspected = [item.fact for item in task.facts if isinstance(item.fact, WorkInspected)]
    failed = [item for item in inspected if unsound(item)]
    bad = {item.work_id for item in failed}
    good = [work for work in works if work.work_id not in bad]
    parts = [part for work in good for part in work.parts]
    gap2, overlap2 = _outcomes2(task.ground, parts)
    releases = [item for work in works for item in register.releases_of.get(work.work_id, ())]
    workers = {task.order.organisation_id, *(work.organisation_id for work in works)}
    handovers = _handovers(register, task)
    return StageCase(
        words[0],
        words[1],
        own_work=organisation_id in workers,
        gap2_mm2=gap2,
        overlap2_mm2=overlap2,
        depth_missing=tuple(
            part.part_id for part in parts if part.outcome == "cleared" and part.depth_cm is None
        ),
        finds_unstated=tuple(
            work.work_id for work in good if _clears(work) and not work.finds_complete
        ),
        failed=tuple(item.inspection_id for item in failed),
        critical_open=tuple(_critical(register, task, failed, good)),
        hazard2_mm2=_hazard2(book, task.ground, valid_at_us),
        releases_waiting=tuple(item.release_id for item in releases if item.state == "proposed"),
        releases_accepted=sum(item.state == "accepted" for item in releases),
        handed_over=bool(handovers),
        record_filed=any(_filed(register, item) for item in handovers),
        completed=completed_over(register, task.ground, valid_at_us),
    )


def area_case(
    book: LandBook,
    area_id: str,
    valid_at_us: int,
    *,
    words: tuple[str | None, str | None] = (None, None),
) -> StageCase:
    """Returns what a move of an area's assessment rests on; the area must be on record."""
    area = book.register.areas[area_id]
    fact: AreaRecorded = area.fact
    raising = book.register.evidence_raising(area_id)
    return StageCase(
        words[0],
        words[1],
        evidence=bool(raising or fact.source),
        hazard2_mm2=_hazard2(book, area.outline, valid_at_us),
    )


def assessment_stage(register: Records, subject_id: str, *, of_area: bool) -> str:
    """Returns where the assessment of an area or a report stands; ``reported`` at first."""
    if of_area:
        facts = [record.fact for record in register.areas[subject_id].facts]
        return stage_of(facts, hazard_left=False)
    moves = sorted(
        register.assessments.get(subject_id, ()), key=lambda item: (item.valid_at_us, item.seq)
    )
    return str(getattr(moves[-1].fact, "stage", "reported")) if moves else "reported"


def _clears(work: WorkReported) -> bool:
    return any(part.outcome == "cleared" for part in work.parts)


def _critical(
    register: Records, task: Task, failed: Sequence[WorkInspected], good: Sequence[WorkReported]
) -> Iterator[str]:
    """Yields failed inspections whose ground no later report of the task has gone over."""
    for inspection in failed:
        work = register.works.get(inspection.work_id)
        if work is None or not isinstance(work.fact, WorkReported):
            continue
        later = [
            part
            for item in good
            if register.works[item.work_id].seq > work.seq
            for part in item.parts
        ]
        for part in work.fact.parts:
            again = [item.shape for item in later if item.unit_id == part.unit_id]
            done = union_of(again) if again else GridShape.empty()
            left = part.shape.intersection(task.ground).difference(done)
            if part.outcome != "not_cleared" and not left.is_empty:
                yield inspection.inspection_id
                break


def _outcomes2(ground: GridShape, parts: Sequence[WorkedPart]) -> tuple[int, int]:
    """Returns twice the mm² of ground without an outcome, and of ground with more than one.

    What was not cleared at first and worked later has the later outcome.
    """
    worked = [part for part in parts if part.outcome != "not_cleared"]
    every = [part.shape for part in parts]
    covered = union_of(every) if every else GridShape.empty()
    return ground.difference(covered).area2_mm2, max(_twice2(worked), 0)


def _twice2(worked: Sequence[WorkedPart]) -> int:
    if any(part.unit_id or part.depth_from_cm for part in worked):
        # Units of a structure, and depths beneath one another, lie over the same ground.
        pairs = [pair for pair in combinations(worked, 2) if not lie_apart(*pair)]
        return sum(one.shape.intersection(other.shape).area2_mm2 for one, other in pairs)
    shapes = [part.shape for part in worked]
    together = union_of(shapes) if shapes else GridShape.empty()
    return sum(shape.area2_mm2 for shape in shapes) - together.area2_mm2


def _hazard2(book: LandBook, ground: GridShape, valid_at_us: int) -> int:
    """Returns twice the mm² of ground that is hazard at a time."""
    return sum(
        ground.intersection(face.shape).area2_mm2
        for face in book.near(ground)
        if (state := face.timeline.at(valid_at_us)) is not None and state.is_hazard
    )


def _handovers(register: Records, task: Task) -> list[Recorded]:
    return [
        item
        for item in register.handovers.get(task.order.area_id, ())
        if isinstance(item.fact, LandHandedOver)
        and item.fact.task_id in {None, task.task_id}
        and not _reopened_since(task, item)
    ]


def _reopened_since(task: Task, handover: Recorded) -> bool:
    return any(
        isinstance(item.fact, LandReopened)
        and (item.valid_at_us, item.seq) > (handover.valid_at_us, handover.seq)
        for item in task.facts
    )


def _filed(register: Records, handover: Recorded) -> bool:
    moves = register.approvals.get(handover.entry_id, ())
    return standing(handover, moves).state == "approved"


def completed_over(register: Records, ground: GridShape, valid_at_us: int) -> bool:
    """Returns whether completion was declared, by a time, of a boundary that covers ground."""
    return any(
        isinstance(item.fact, CompletionDeclared)
        and item.valid_at_us <= valid_at_us
        and not any(confirmation_faults(item.fact, item.actor))
        and item.fact.shape.covers(ground)
        for item in register.completions.values()
    )
