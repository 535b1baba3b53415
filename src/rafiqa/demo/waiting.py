"""What waits at the end of the three years: for a second person, a reviewer, an answer, a look.

Three fields outside the city, where nothing else is on record: one is worked and proposed for
release by the first person of the authority, one is to be cancelled on the word of the second,
one is worked and not looked at yet. Beside them lie submissions from the field, what could not be
read of them, and a child's find. Nothing is drawn by chance here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely

from rafiqa import service
from rafiqa.demo import cast
from rafiqa.demo.city import City
from rafiqa.demo.coding import coded
from rafiqa.demo.plan import DAYS, Plan
from rafiqa.demo.structure import Said
from rafiqa.errors import InvalidInput
from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    AccreditationGranted,
    Actor,
    AreaRecorded,
    EvidenceAnswer,
    EvidenceRecorded,
    NonconformityAnswered,
    NonconformityRaised,
    OrdnanceFound,
    ReleaseProposed,
    ResidentReported,
    StageMoved,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
    rule,
)
from rafiqa.ledger import SubmissionReviewed
from rafiqa.service import Acted, Office, Sent
from rafiqa.service.submissionsealing import JSON

OPERATOR = "op-heron"
_WIDE_M, _DEEP_M, _APART_M = 30.0, 20.0, 40.0
_DEPTH_CM = 20
_HOW = "Walked along with the farmer, nothing seen · جيلت مع المزارع ولم يُرَ شيء"
_MANUAL, _SURVEY = "manual", "nts"
OnGrid = Callable[[shapely.Polygon], GridShape]
At = Callable[[float, float], Spot]


@dataclass(frozen=True, slots=True)
class Field:
    """A field outside the city: the area's id, its name, and its corner in metres."""

    area_id: str
    name: str
    x_m: float
    y_m: float

    def part(self, begin: float = 0.0, end: float = 1.0) -> shapely.Polygon:
        """Returns the part between two shares of its width."""
        west, east = self.x_m + begin * _WIDE_M, self.x_m + end * _WIDE_M
        return shapely.box(round(west, 3), self.y_m, round(east, 3), self.y_m + _DEEP_M)


def fields_of(city: City, plan: Plan) -> tuple[Field, Field, Field]:
    """Returns the three fields: east of the city and of everything that is planned."""
    shapes = [city.outline, *(area.shape for area in plan.areas)]
    shapes += [project.shape for project in plan.projects]
    x_m = round(max(shape.bounds[2] for shape in shapes) + 2 * _APART_M, 0)
    names = (
        "Field by the east well · حقل البئر الشرقي",
        "Fallow by the canal · بور الساقية",
        "Field by the pump · حقل المضخة",
    )
    first, second, third = (
        Field(f"w{number:04d}", name, x_m, number * (_DEEP_M + _APART_M))
        for number, name in enumerate(names, 1)
    )
    return first, second, third


def waiting(city: City, plan: Plan, on_grid: OnGrid, at: At) -> tuple[Said, ...]:
    """Returns the acts that leave something waiting, on their days.

    Args:
        city: outside of which the fields lie.
        plan: what else happens.
        on_grid: puts a shape of the plan on the site's grid.
        at: the place of a point of the plan, in metres.
    """
    cleared, cancelled, unseen = fields_of(city, plan)
    told = on_grid, at
    return (
        _accredited(),
        *_cleared(cleared, *told),
        *_cancelled(cancelled, on_grid),
        *_unseen(unseen, *told),
        *_heard(unseen, at),
        *_sent(cleared, at),
    )


def _accredited() -> Said:
    """Returns an accreditation that is soon to run out."""
    methods = (_MANUAL, _SURVEY, "ts_targeted")
    day_us = 86_400_000_000
    from_day, until_day = DAYS - 110, DAYS + 60

    def grant(office: Office, actor: Actor, fact: AccreditationGranted) -> Acted:
        begin_us = office.now_us()
        until_us = begin_us + (until_day - from_day) * day_us
        dated = AccreditationGranted(
            fact.accreditation_id,
            fact.organisation_id,
            fact.methods,
            begin_us,
            until_us,
            granted_by=cast.AUTHORITY,
        )
        return service.grant_accreditation(office, actor, dated)

    fact = AccreditationGranted(f"{OPERATOR}-fields", OPERATOR, methods, 0)
    return Said(from_day, grant, cast.FIRST, fact)


def _tasked(field: Field, on_grid: OnGrid, day: int, method: str) -> Iterator[Said]:
    """Yields the evidence, the area, the task and its beginning."""
    told = EvidenceRecorded(f"{field.area_id}-e1", "statement", "verbal", area_id=field.area_id)
    area = AreaRecorded(
        field.area_id, "sha", on_grid(field.part()), field.name, (told.evidence_id,)
    )
    depth_cm = None if method == _SURVEY else _DEPTH_CM
    task_id = f"{field.area_id}-t1"
    task = TaskOrdered(task_id, field.area_id, OPERATOR, (method,), depth_cm)
    yield Said(day, service.record_evidence, cast.SURVEYOR, told)
    yield Said(day + 2, service.declare_area, cast.SURVEYOR, area)
    yield Said(day + 9, service.order_work, cast.FIRST, task)
    moved = StageMoved(task_id, "in_progress")
    yield Said(day + 12, service.move_task, cast.operator(OPERATOR), moved)


def _reported(field: Field, parts: tuple[WorkedPart, ...], *finds: OrdnanceFound) -> WorkReported:
    hours = Decimal(60) if any(part.outcome == "cleared" for part in parts) else None
    return WorkReported(
        f"{field.area_id}-w1",
        field.area_id,
        OPERATOR,
        parts,
        f"{field.area_id}-t1",
        finds,
        (f"{OPERATOR}-team-lead",),
        team_id=f"{OPERATOR}-team-fields",
        finds_complete=True,
        deminer_hours=hours,
    )


def _cleared(field: Field, on_grid: OnGrid, at: At) -> Iterator[Said]:
    """Yields a field cleared but for a heap, looked at, and proposed by the first person."""
    day = DAYS - 90
    office = cast.operator(OPERATOR)
    yield from _tasked(field, on_grid, day, _MANUAL)
    done = WorkedPart(
        f"{field.area_id}-w1-p1",
        "cleared",
        on_grid(field.part(0.0, 0.7)),
        _MANUAL,
        _DEPTH_CM,
        "soil",
        evidence_answered=(f"{field.area_id}-e1",),
    )
    left = WorkedPart(
        f"{field.area_id}-w1-p2",
        "not_cleared",
        on_grid(field.part(0.7, 1.0)),
        _MANUAL,
        reason=coded("not_cleared_reason", "under_rubble"),
    )
    found = OrdnanceFound(
        "submunition", at(field.x_m + 8, field.y_m + 8), 6, action="destroyed_in_place"
    )
    work = _reported(field, (done, left), found)
    yield Said(day + 40, service.report_work, office, work)
    look = WorkInspected(f"{field.area_id}-q1", work.work_id, cast.QUALITY, True, Decimal("0.15"))
    yield Said(day + 44, service.inspect_work, cast.INSPECTOR, look)
    note = "Lane cards without the lead's name · بطاقات ممرات بلا اسم القائد"
    breach = f"{field.area_id}-n1"
    raised = NonconformityRaised(breach, OPERATOR, "minor", "documents", note, work.work_id)
    yield Said(day + 45, service.raise_nonconformity, cast.INSPECTOR, raised)
    cause, action = "Old forms in use · استمارات قديمة", "New forms issued · وُزعت استمارات جديدة"
    answer = NonconformityAnswered(breach, cause, action)
    yield Said(day + 52, service.answer_nonconformity, office, answer)
    proposed = ReleaseProposed(f"{field.area_id}-r1", work.work_id, (done.part_id,))
    yield Said(DAYS - 6, service.propose_release, cast.FIRST, proposed)


def _cancelled(field: Field, on_grid: OnGrid) -> Iterator[Said]:
    """Yields a field that survey found no reason to suspect, proposed by the second person."""
    day = DAYS - 60
    yield from _tasked(field, on_grid, day, _SURVEY)
    evidence_id = f"{field.area_id}-e1"
    part = WorkedPart(
        f"{field.area_id}-w1-p1",
        "cancelled",
        on_grid(field.part()),
        _SURVEY,
        evidence_answered=(evidence_id,),
        answers=(EvidenceAnswer(evidence_id, _HOW),),
    )
    work = _reported(field, (part,))
    yield Said(day + 30, service.report_work, cast.operator(OPERATOR), work)
    proposed = ReleaseProposed(f"{field.area_id}-r1", work.work_id, (part.part_id,))
    yield Said(DAYS - 4, service.propose_release, cast.SECOND, proposed)


def _unseen(field: Field, on_grid: OnGrid, at: At) -> Iterator[Said]:
    """Yields a field that is worked and that nobody has looked at, with a breach unanswered."""
    day = DAYS - 50
    yield from _tasked(field, on_grid, day, _MANUAL)
    part = WorkedPart(
        f"{field.area_id}-w1-p1", "cleared", on_grid(field.part()), _MANUAL, _DEPTH_CM, "soil"
    )
    found = OrdnanceFound("uxo", at(field.x_m + 20, field.y_m + 5), 12, action="removed")
    work = _reported(field, (part,), found)
    yield Said(DAYS - 5, service.report_work, cast.operator(OPERATOR), work)
    note = "No medic at the lane for an hour · لا مسعف عند الممر مدة ساعة"
    raised = NonconformityRaised(
        f"{field.area_id}-n1", OPERATOR, "major", "medical", note, work.work_id
    )
    yield Said(DAYS - 3, service.raise_nonconformity, cast.INSPECTOR, raised)


def _heard(field: Field, at: At) -> Iterator[Said]:
    """Yields a report that nobody may let wait."""
    text = "Children carried a shell to the pump · حمل أطفال قذيفة إلى المضخة"
    fact = ResidentReported(
        "r-pump",
        at(field.x_m + _WIDE_M + 15, field.y_m + 5),
        coded("report_seen", "shell"),
        "exact",
        "immediate",
        text,
        children_near="yes",
        moved="yes",
        channel="phone",
    )
    yield Said(DAYS - 1, service.report_hazard, cast.RESIDENT, fact)


def _sent(field: Field, at: At) -> Iterator[Said]:
    """Yields what teams sent: one to review, one sent back, one apart, one that nobody can read."""
    office = cast.operator(OPERATOR)
    spot = at(field.x_m - 12, field.y_m + 5)
    place = {"type": "Point", "coordinates": [spot.lon_deg, spot.lat_deg]}
    seen = {"geometry": place, "note": "Tail of a mortar shell by the path · ذيل هاون قرب الطريق"}
    first = _filled("demo-s1", "rafiqa_hazard_area", seen)
    yield Said(DAYS - 3, _receive, office, first)
    second = _filled(
        "demo-s2", "rafiqa_resident_visit", {"note": "Marked with stones · عُلّم بحجارة"}
    )
    yield Said(DAYS - 7, _receive, office, second)
    back = SubmissionReviewed("demo-s2", "returned", "Where is it? · أين هو؟")
    yield Said(DAYS - 6, service.review_submission, cast.INFORMATION, back)
    # The same id with other words: a phone whose form was changed after it was sent.
    changed = {**seen, "note": "Two tails by the path · ذيلان قرب الطريق"}
    yield Said(DAYS - 2, _receive, office, _filled("demo-s1", "rafiqa_hazard_area", changed))
    yield Said(DAYS - 2, _receive, office, Sent(b'{"form_id": "rafiqa_evid', JSON))


def _filled(instance_id: str, form_id: str, values: dict[str, Any]) -> Sent:
    content = json.dumps({"form_id": form_id, "values": values}, ensure_ascii=False)
    return Sent(content.encode(), JSON, instance_id)


def _receive(office: Office, actor: Actor, sent: Sent) -> Acted:
    """Returns that it was dealt with: what is refused here lies in the quarantine, as it should."""
    with suppress(InvalidInput):
        service.receive(office, actor, sent)
    return Acted(rule([]))
