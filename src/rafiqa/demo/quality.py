"""Quality in the demo: who is accredited, what was visited, raised and closed, which lots failed.

Worked out from the areas' own steps, without drawing anything: the same areas give the same
quality. One failed lot stops its team's earlier work until it is reviewed; its days are chosen so
that nobody has to wait with a release meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rafiqa.demo.name import Name
from rafiqa.demo.plan import (
    Accepted,
    Inspected,
    Ordered,
    PlannedArea,
    Proposed,
    Step,
    Worked,
)
from rafiqa.demo.structure import Said
from rafiqa.land import TaskOrdered

DETECTOR = "detector-7"
"""Lent to whoever needs it; the failed lot was worked with it."""
_TEAMS = 3
_REVIEW_DAYS = 15
_WINDOW_DAYS = 170


@dataclass(frozen=True, slots=True)
class Accredited:
    """An operator is accredited for the methods that it works by."""

    day: int
    organisation_id: str
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visited:
    """The quality board visits work on a task."""

    day: int
    visit_id: str
    organisation_id: str
    task_id: str
    note: Name


@dataclass(frozen=True, slots=True)
class Raised:
    """The quality board raises a nonconformity on a work; answered and closed on ``closed_day``."""

    day: int
    nonconformity_id: str
    organisation_id: str
    work_id: str
    note: Name


@dataclass(frozen=True, slots=True)
class Closed:
    """The operator answers a nonconformity, and the quality board closes it."""

    day: int
    nonconformity_id: str
    organisation_id: str
    cause: Name
    action: Name


@dataclass(frozen=True, slots=True)
class Lot:
    """The quality board inspects a lot: parts of one work."""

    day: int
    lot_id: str
    organisation_id: str
    team_id: str
    work_id: str
    part_ids: tuple[str, ...]
    worked_day: int
    method: str
    passed: bool
    note: Name | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Two persons of the authority review a failed lot."""

    day: int
    lot_id: str
    note: Name


QualityStep = Accredited | Visited | Raised | Closed | Lot | Reviewed


def team_id(area_id: str, organisation_id: str) -> str:
    """Returns the team that works on an area."""
    return f"{organisation_id}-team-{int(area_id[1:]) // _TEAMS % _TEAMS + 1}"


def plan_quality(
    areas: Sequence[PlannedArea], structures: Sequence[Said] = ()
) -> tuple[tuple[str, QualityStep], ...]:
    """Returns each step of quality with its subject, by day."""
    steps: list[QualityStep] = [*_accredited(areas, structures), *_visit(areas)]
    works = [found for area in areas for found in _passed_works(area)]
    if works:
        steps += _nonconformity(*works[0])
        steps.append(_lot_passed(*works[-1]))
    steps += _failed_lot(areas)
    steps.sort(key=lambda step: step.day)
    return tuple((_subject(step), step) for step in steps)


def _subject(step: QualityStep) -> str:
    match step:
        case Accredited():
            return step.organisation_id
        case Visited():
            return step.visit_id
        case Raised() | Closed():
            return step.nonconformity_id
        case Lot() | Reviewed():
            return step.lot_id


def _accredited(areas: Sequence[PlannedArea], structures: Sequence[Said]) -> Iterator[Accredited]:
    methods: dict[str, set[str]] = {}
    for area in areas:
        for step in area.steps:
            if isinstance(step, Ordered):
                methods.setdefault(step.organisation_id, set()).update(step.methods)
            elif isinstance(step, Worked):
                used = {outcome.method for outcome in step.outcomes}
                methods.setdefault(step.organisation_id, set()).update(used)
    for said in structures:
        if isinstance(said.fact, TaskOrdered):
            methods.setdefault(said.fact.organisation_id, set()).update(said.fact.methods)
    for organisation_id in sorted(methods):
        yield Accredited(0, organisation_id, tuple(sorted(methods[organisation_id])))


def _visit(areas: Sequence[PlannedArea]) -> Iterator[Visited]:
    for area in areas:
        ordered = [step for step in area.steps if isinstance(step, Ordered)]
        if ordered and any(isinstance(step, Worked) for step in area.steps):
            first = ordered[0]
            note = Name("A lane without its tape", "ممر بلا شريطه")
            yield Visited(first.day + 1, "demo-visit", first.organisation_id, first.task_id, note)
            return


def _passed_works(
    planned: PlannedArea,
) -> Iterator[tuple[PlannedArea, Worked, Inspected, Proposed]]:
    """Yields each work of an area whose inspection passed, and whose release was proposed."""
    works = {step.work_id: step for step in planned.steps if isinstance(step, Worked)}
    passed = {
        step.work_id: step for step in planned.steps if isinstance(step, Inspected) and step.passed
    }
    for step in planned.steps:
        if isinstance(step, Proposed) and step.work_id in passed:
            yield planned, works[step.work_id], passed[step.work_id], step
            return


def _nonconformity(
    planned: PlannedArea, work: Worked, inspected: Inspected, proposed: Proposed
) -> Iterator[Raised | Closed]:
    """Yields a major nonconformity, put right and closed before the release is proposed."""
    del planned, proposed
    raised_id, firm = "demo-nonconformity", work.organisation_id
    seen = Name("Detector log of one day missing", "سجل الكاشف ليوم واحد ناقص")
    yield Raised(inspected.day, raised_id, firm, work.work_id, seen)
    cause = Name("One log for two lanes", "سجل واحد لممرين")
    action = Name("A log for each lane; the day worked again", "سجل لكل ممر؛ وأُعيد عمل اليوم")
    yield Closed(inspected.day + 1, raised_id, firm, cause, action)


def _lot_passed(
    planned: PlannedArea, work: Worked, inspected: Inspected, proposed: Proposed
) -> Lot:
    return Lot(
        inspected.day,
        "demo-lot-passed",
        work.organisation_id,
        team_id(planned.area_id, work.organisation_id),
        work.work_id,
        proposed.part_ids,
        work.day,
        work.outcomes[0].method,
        passed=True,
    )


@dataclass(frozen=True, slots=True)
class Stopping:
    """The failed lot, the day of its review, and the areas that its detector was used on."""

    lot: Lot
    reviewed_day: int
    area_ids: tuple[str, str]


def plan_stopping(areas: Sequence[PlannedArea]) -> Stopping | None:
    """Returns the failed lot that leaves its hands most days between their releases.

    Its detector was used before on another area, released by then: that work is stopped too.
    """
    best: tuple[int, Stopping] | None = None
    for area in areas:
        works = {step.work_id: step for step in area.steps if isinstance(step, Worked)}
        for step in area.steps:
            if not isinstance(step, Inspected) or step.passed or step.part_id is None:
                continue
            lot = _lot_of(area, works[step.work_id], step, step.part_id)
            for other in areas:
                days = min(_days_free(areas, lot), _days_free([other], None, lot.day))
                if other is area or days < 2 or not _released_before(other, lot):
                    continue
                if best is None or days > best[0]:
                    reviewed_day = lot.day + min(_REVIEW_DAYS, days - 1)
                    pair = (area.area_id, other.area_id)
                    best = days, Stopping(lot, reviewed_day, pair)
    return None if best is None else best[1]


def _failed_lot(areas: Sequence[PlannedArea]) -> Iterator[Lot | Reviewed]:
    stopping = plan_stopping(areas)
    if stopping is not None:
        note = Name(
            "Logs of the team and the detector checked; earlier lanes searched again, none found",
            "روجعت سجلات الفريق والكاشف، وأُعيد البحث في الممرات السابقة ولم يُعثر على شيء",
        )
        yield stopping.lot
        yield Reviewed(stopping.reviewed_day, stopping.lot.lot_id, note)


def _lot_of(planned: PlannedArea, work: Worked, inspected: Inspected, part_id: str) -> Lot:
    return Lot(
        inspected.day,
        "demo-lot-failed",
        work.organisation_id,
        team_id(planned.area_id, work.organisation_id),
        work.work_id,
        (part_id,),
        work.day,
        work.outcomes[0].method,
        passed=False,
        note=inspected.note,
    )


def _released_before(planned: PlannedArea, lot: Lot) -> bool:
    """Returns whether all that was released of an area by a lot's day was worked shortly before."""
    accepted = {step.release_id for step in planned.steps if isinstance(step, Accepted)}
    works = {step.work_id: step.day for step in planned.steps if isinstance(step, Worked)}
    days = [
        works[step.work_id]
        for step in planned.steps
        if isinstance(step, Proposed) and step.release_id in accepted and step.day < lot.day
    ]
    last = [step.day for step in planned.steps if isinstance(step, Accepted)]
    return bool(days) and min(last) < lot.day and max(days) > lot.worked_day - _WINDOW_DAYS


def _days_free(areas: Sequence[PlannedArea], lot: Lot | None, day: int = 0) -> int:
    """Returns for how many days from a lot's day on its team, or areas, see no release."""
    start = lot.day if lot is not None else day
    after = [
        step.day - start
        for area in areas
        if lot is None or _team_of(area) == lot.team_id
        for step in area.steps
        if isinstance(step, Proposed | Accepted) and step.day >= start
    ]
    return min(after, default=_REVIEW_DAYS + 1)


def _team_of(planned: PlannedArea) -> str | None:
    steps: Sequence[Step] = planned.steps
    firm = next((step.organisation_id for step in steps if isinstance(step, Ordered)), None)
    return None if firm is None else team_id(planned.area_id, firm)
