"""Waiting times along the way of land: from evidence to survey, task, work, release and permit.

Each step is a case of its own from the day on which it could begin to the day on which it was
over; one that is not over has waited until the time asked about, and counts for that long. Days
are those on which things were true, as known at the time asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rafiqa.geo import GridShape
from rafiqa.land import (
    AreaRecorded,
    EvidenceRecorded,
    LandBook,
    LandReopened,
    Recorded,
    ReleaseProposed,
    TaskOrdered,
    WorkInspected,
    WorkReported,
)
from rafiqa.land.movement import task_of
from rafiqa.land.rule import unsound
from rafiqa.land.statement import Statement
from rafiqa.land.waitingtime import Wait, WaitingTime, waiting_time
from rafiqa.recovery import PermitIssued
from rafiqa.service.office import Office
from rafiqa.service.progress import statement_of
from rafiqa.service.question import AsOf

METHOD: Final = (
    "Kaplan-Meier: an open case counts for as long as it has waited; beside it the finished cases"
    " alone, which are too short as long as any case waits; whole days, rounded up"
)


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a step: what waits, since when, and when that was over."""

    subject: str
    since_us: int
    over_us: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: what it comes to, and the cases that wait longest."""

    name: str
    time: WaitingTime
    longest: tuple[Case, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Waits:
    """Every step, in the order of the way, and where the figures come from."""

    statement: Statement
    steps: tuple[Step, ...]


_LONGEST: Final = 5


@dataclass(frozen=True, slots=True)
class _At:
    """What cases are read from: the book as known, and the time asked about."""

    office: Office
    book: LandBook
    valid_us: int
    known_at_us: int | None

    def true(self, record: Recorded) -> bool:
        return record.valid_at_us <= self.valid_us


def ask_waits(office: Office, as_of: AsOf) -> Waits:
    """Returns the waiting times of every step as true at one time and known at another."""
    valid_us = as_of.valid_us(office)
    at = _At(office, office.book(as_of.known_at_us), valid_us, as_of.known_at_us)
    steps = tuple(_step(name, at, cases) for name, cases in STEPS.items())
    first_us = min((fact.valid_at_us for fact in office.facts(as_of.known_at_us)), default=valid_us)
    from_us = min(first_us, valid_us)
    return Waits(statement_of(office, METHOD, from_us, valid_us, as_of.known_at_us), steps)


def _step(name: str, at: _At, cases: Callable[[_At], Iterator[Case | None]]) -> Step:
    found = list(cases(at))
    kept = [case for case in found if case is not None]
    waits = [
        Wait(
            (at.valid_us if case.over_us is None else case.over_us) - case.since_us,
            case.over_us is not None,
        )
        for case in kept
    ]
    waiting = (case for case in kept if case.over_us is None)
    still = sorted(waiting, key=lambda each: (each.since_us, each.subject))
    return Step(name, waiting_time(waits), tuple(still[:_LONGEST]), len(found) - len(kept))


def _surveys(at: _At) -> Iterator[Case | None]:
    """Yields evidence of each area until the area was on record; evidence of none waits still."""
    register = at.book.register
    named: set[str] = set()
    for area_id, area in register.areas.items():
        said = [each for each in area.facts if isinstance(each.fact, AreaRecorded)]
        over_us = min((each.valid_at_us for each in said), default=area.recorded.valid_at_us)
        joined = register.joined("area", area_id)
        linked = {evidence_id for _, evidence_id in joined.evidence_links.get(area_id, ())}
        own = [
            record
            for evidence_id, record in joined.evidence.items()
            if evidence_id in linked or getattr(record.fact, "area_id", None) == area_id
        ]
        named |= {str(getattr(record.fact, "evidence_id", "")) for record in own}
        begun = [record.valid_at_us for record in own if at.true(record)]
        if not begun or min(begun) > over_us:
            # Taken over from another record: nobody knows what it was surveyed for.
            yield None
        else:
            yield Case(area_id, min(begun), over_us if over_us <= at.valid_us else None)
    for evidence_id, record in register.evidence.items():
        fact = record.fact
        if evidence_id not in named and at.true(record) and isinstance(fact, EvidenceRecorded):
            yield Case(evidence_id, record.valid_at_us, None)


def _tasks(at: _At) -> Iterator[Case | None]:
    """Yields each area until work on it was ordered; one released otherwise is left out.

    Ground put back to hazard waits anew from that day, until work on it is ordered or reported.
    """
    register = at.book.register
    ordered: dict[str, list[int]] = {}
    for task_id in register.tasks:
        task = task_of(register, task_id)
        if task is not None and task[1] <= at.valid_us:
            order, at_us = task
            ordered.setdefault(order.area_id, []).append(at_us)
    hazard = {
        claim
        for _, state in at.book.states(at.valid_us)
        if state.is_hazard
        for claim in state.claims
    }
    for area_id, area in register.areas.items():
        since_us = area.recorded.valid_at_us
        if since_us > at.valid_us:
            continue
        orders = ordered.get(area_id, [])
        case = Case(area_id, since_us, min(orders, default=None))
        for found in (case, *_again(at, case, orders)):
            yield None if found.over_us is None and area_id not in hazard else found


def _again(at: _At, case: Case, orders: Sequence[int]) -> Iterator[Case]:
    """Yields a case for each time that an area was put back to hazard, unless it waited already."""
    area_id, over_us = case.subject, case.over_us
    known = [item for item in at.book.register.areas[area_id].facts if at.true(item)]
    worked = (item.valid_at_us for item in known if isinstance(item.fact, WorkReported))
    answers = [*orders, *worked]
    begun = (item.valid_at_us for item in known if isinstance(item.fact, LandReopened))
    for begun_us in sorted(begun):
        if over_us is not None and over_us < begun_us:
            over_us = min((each for each in answers if each > begun_us), default=None)
            yield Case(area_id, begun_us, over_us)


def _works(at: _At) -> Iterator[Case | None]:
    """Yields each task from its order to the first report of work on it."""
    register = at.book.register
    reported: dict[str, int] = {}
    for record in register.works.values():
        fact = record.fact
        if isinstance(fact, WorkReported) and fact.task_id is not None and at.true(record):
            before_us = reported.get(fact.task_id, record.valid_at_us)
            reported[fact.task_id] = min(record.valid_at_us, before_us)
    for task_id, story in register.tasks.items():
        orders = [each for each in story if isinstance(each.fact, TaskOrdered) and at.true(each)]
        if orders:
            yield Case(task_id, orders[0].valid_at_us, reported.get(task_id))


def _releases(at: _At) -> Iterator[Case | None]:
    """Yields each report of work until a release of it; failed work waits as its rework does."""
    register = at.book.register
    for work_id, record in register.works.items():
        fact = record.fact
        if not isinstance(fact, WorkReported) or not at.true(record):
            continue
        looks = [each.fact for each in register.inspections.get(work_id, ()) if at.true(each)]
        failed = any(isinstance(look, WorkInspected) and unsound(look) for look in looks)
        decided = [
            release.decision.valid_at_us
            for release in register.releases_of.get(work_id, ())
            if release.state == "accepted"
            and release.decision is not None
            and isinstance(release.proposal.fact, ReleaseProposed)
            and at.true(release.decision)
        ]
        worth = any(part.outcome != "not_cleared" for part in fact.parts)
        if not decided and (failed or not worth):
            yield None
        else:
            yield Case(work_id, record.valid_at_us, min(decided, default=None))


def _permits(at: _At) -> Iterator[Case | None]:
    """Yields works on released ground from the last release beneath them to their first permit."""
    recovery = at.office.recovery(at.valid_us, at.known_at_us)
    issued: dict[str, list[int]] = {}
    for permit_id in recovery.permits.permits:
        case = recovery.permits.case(permit_id, at.valid_us)
        if case is not None and isinstance(case.issued.fact, PermitIssued):
            issued.setdefault(case.issued.fact.project_id, []).append(case.issued.valid_at_us)
    for works in recovery.project_facts():
        if works.shape is None or works.shape.is_empty:
            continue
        since_us = _released_since_us(at, works.shape)
        if since_us is None:
            continue
        after = [at_us for at_us in issued.get(works.project_id, ()) if at_us >= since_us]
        if not after and works.project_id in issued:
            # Permitted before its ground was released: it did not wait for that.
            yield None
        else:
            yield Case(works.project_id, since_us, min(after, default=None))


def _released_since_us(at: _At, shape: GridShape) -> int | None:
    """Returns since when all ground beneath is released; None where some is not, or none was."""
    found = []
    for face in at.book.near(shape):
        steps = [step for step in face.timeline.steps if step.at_us <= at.valid_us]
        state = face.timeline.at(at.valid_us)
        if state is None:
            continue
        if state.is_hazard:
            return None
        found.append(max(step.at_us for step in steps))
    return max(found, default=None)


STEPS: Final[dict[str, Callable[[_At], Iterator[Case | None]]]] = {
    "survey": _surveys,
    "task": _tasks,
    "work": _works,
    "release": _releases,
    "permit": _permits,
}
"""The steps in the order of the way, each with what waits in it."""
