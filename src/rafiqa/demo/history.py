"""Three years of a city, act by act, through the same services as real input."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import singledispatchmethod

import numpy as np
import shapely

from rafiqa import service
from rafiqa.demo import cast
from rafiqa.demo.clock import FIRST_DAY, DemoClock
from rafiqa.demo.coding import coded
from rafiqa.demo.name import Name
from rafiqa.demo.papers import sheet_of
from rafiqa.demo.plan import (
    DAYS,
    Accepted,
    Decided,
    Declared,
    Inspected,
    Ordered,
    PartOutcome,
    Plan,
    PlannedAccident,
    PlannedArea,
    PlannedEvidence,
    PlannedProject,
    PlannedReport,
    Proposed,
    Rejected,
    Reopened,
    RubbleLot,
    Worked,
)
from rafiqa.demo.quality import (
    DETECTOR,
    Accredited,
    Closed,
    Lot,
    Raised,
    Reviewed,
    Visited,
    plan_quality,
    plan_stopping,
    team_id,
)
from rafiqa.demo.structure import Said
from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    AccidentRecorded,
    AccreditationGranted,
    AreaRecorded,
    ClassDecided,
    EvidenceAnswer,
    EvidenceRecorded,
    Finding,
    LandReopened,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    OrdnanceFound,
    QaVisited,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReportAnswered,
    ResidentReported,
    StageMoved,
    TaskOrdered,
    WorkedPart,
    WorkInspected,
    WorkReported,
)
from rafiqa.recovery import (
    ProjectRegistered,
    ReporterTold,
    RubbleLotMoved,
    RubbleLotRegistered,
)
from rafiqa.wire.instant import date_us

_SEARCHED = frozenset({"cleared", "reduced"})
_COST_PER_M2, _M2_PER_HOUR = 3, 4
_UNTOLD_DAYS = 60
"""Invented: a task's price, and the pace of search."""


def _both(name: Name) -> str:
    return f"{name.en} · {name.ar}"


def on_grid(shape: shapely.Polygon) -> GridShape:
    """Returns a shape of the plan, in metres on the millimetre, as land on the site's grid."""
    return GridShape.of(shapely.transform(shape, lambda xy: np.rint(xy * 1_000.0)))


def _hours(parts: Sequence[WorkedPart]) -> Decimal | None:
    """Returns the hours of search in parts that were searched; None where none was."""
    searched_m2 = sum(part.shape.area_m2 for part in parts if part.outcome in _SEARCHED)
    return Decimal(max(1, round(searched_m2 / _M2_PER_HOUR))) if searched_m2 else None


@dataclass(slots=True, eq=False)
class History:
    """Walks a plan through the services; stops at once where a rule refuses an act."""

    office: service.Office
    clock: DemoClock
    plan: Plan
    structures: tuple[Said, ...] = ()
    others: tuple[Said, ...] = ()
    areas: dict[str, PlannedArea] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    detected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.areas = {area.area_id: area for area in self.plan.areas}
        stopping = plan_stopping(self.plan.areas)
        self.detected = stopping.area_ids if stopping is not None else ()

    def run(self, progress: Callable[[str], None]) -> None:
        """Lets everything in the plan happen, in the order of days."""
        year = -1
        for day, subject, happening in self._happenings():
            self.clock.turn_to(day)
            if day // 365 != year:
                year = day // 365
                progress(f"year {year + 1} of the history")
            self.happen(happening, subject)

    def _happenings(self) -> Iterator[tuple[int, str, object]]:
        happenings: list[tuple[int, str, object]] = [
            (day, subject, happening) for day, (subject, happening) in self.plan.walk()
        ]
        happenings += [
            (report.answered_day, report.report_id, _answer(report))
            for report in self.plan.reports
            if report.answered_day is not None
        ]
        happenings += [(said.day, "", said) for said in (*self.structures, *self.others)]
        quality = plan_quality(self.plan.areas, self.structures)
        happenings += [(step.day, subject, step) for subject, step in quality]
        yield from sorted(happenings, key=lambda item: item[0])

    @property
    def _told_until_us(self) -> int:
        """Answers up to here were told back; the newest wait for that."""
        return date_us((FIRST_DAY + timedelta(days=DAYS - _UNTOLD_DAYS)).date())

    def _done(self, acted: service.Acted) -> None:
        # A plan that breaks a rule is a fault of the demo: it must not hide in the store.
        assert acted.done, acted.reasons  # noqa: S101 - our own story

    def _donor_id(self, area_id: str) -> str | None:
        """Returns who pays for tasks in an area; every third one the city pays for itself."""
        number = list(self.areas).index(area_id)
        return (*cast.DONORS, None)[number % (len(cast.DONORS) + 1)]

    def _spot(self, x_m: float, y_m: float) -> Spot:
        return self.office.frame.mm_spot(x_m * 1_000, y_m * 1_000)

    @singledispatchmethod
    def happen(self, happening: object, subject: str) -> None:
        """Carries out one happening through the service that is meant for it."""
        raise NotImplementedError(type(happening), subject)

    @happen.register
    def _(self, step: PlannedEvidence, subject: str) -> None:
        fact = EvidenceRecorded(
            step.evidence_id,
            step.kind,
            step.source_kind,
            self._spot(step.x_m, step.y_m),
            accuracy_m=Decimal(step.accuracy_m),
            text=_both(step.text),
            area_id=subject,
        )
        self._done(service.record_evidence(self.office, cast.SURVEYOR, fact))

    @happen.register
    def _(self, step: Declared, subject: str) -> None:
        area = self.areas[subject]
        shape = on_grid(area.shape)
        fact = AreaRecorded(
            subject,
            step.class_,
            shape,
            _both(area.name),
            step.evidence_ids,
            Decimal(round(shape.area_m2)),
        )
        self._done(service.declare_area(self.office, cast.SURVEYOR, fact))

    @happen.register
    def _(self, step: Decided, subject: str) -> None:
        fact = ClassDecided(subject, step.class_, step.evidence_ids, _both(step.justification))
        self._done(service.decide_class(self.office, cast.FIRST, fact))

    @happen.register
    def _(self, step: Ordered, subject: str) -> None:
        fact = TaskOrdered(
            step.task_id,
            subject,
            step.organisation_id,
            step.methods,
            step.depth_cm,
            donor_id=self._donor_id(subject),
            cost=Decimal(round(on_grid(self.areas[subject].shape).area_m2) * _COST_PER_M2),
        )
        self._done(service.order_work(self.office, cast.FIRST, fact))

    @happen.register
    def _(self, step: Worked, subject: str) -> None:
        area = self.areas[subject]
        actor = cast.operator(step.organisation_id)
        if step.task_id not in self.begun:
            self.begun.add(step.task_id)
            moved = StageMoved(step.task_id, "in_progress")
            self._done(service.move_task(self.office, actor, moved))
        shapes = {part.part_id: on_grid(part.shape) for part in area.parts}
        hidden = {item.item_id: item for item in area.hidden}
        parts = tuple(
            WorkedPart(
                # A part worked again after a failed inspection is a new report of it.
                f"{step.work_id}-{one.part_id}",
                one.outcome,
                shapes[one.part_id],
                one.method,
                one.depth_cm,
                reason=coded("not_cleared_reason", one.reason) if one.reason else None,
                evidence_answered=one.evidence_answered,
                answers=_answered(one),
            )
            for one in step.outcomes
        )
        finds = tuple(
            OrdnanceFound(
                item.category,
                self._spot(item.x_m, item.y_m),
                item.depth_cm,
                action="destroyed_in_place",
            )
            for item in (hidden[item_id] for item_id in step.found)
        )
        team = (f"{step.organisation_id}-team-lead",)
        fact = WorkReported(
            step.work_id,
            subject,
            step.organisation_id,
            parts,
            step.task_id,
            finds,
            team,
            team_id=team_id(subject, step.organisation_id),
            asset_ids=(DETECTOR,) if subject in self.detected else None,
            finds_complete=True,
            deminer_hours=_hours(parts),
        )
        self._done(service.report_work(self.office, actor, fact))

    @happen.register
    def _(self, step: Inspected, subject: str) -> None:  # noqa: ARG002
        findings: tuple[Finding, ...] = ()
        if step.severity is not None:
            part_id = f"{step.work_id}-{step.part_id}" if step.part_id else None
            note = _both(step.note) if step.note else ""
            findings = (Finding(step.severity, note, part_id),)  # type: ignore[arg-type]
        fact = WorkInspected(
            step.inspection_id,
            step.work_id,
            cast.QUALITY,
            step.passed,
            Decimal(step.share_percent) / 100,
            findings,
        )
        self._done(service.inspect_work(self.office, cast.INSPECTOR, fact))

    @happen.register
    def _(self, step: Proposed, subject: str) -> None:  # noqa: ARG002
        parts = tuple(f"{step.work_id}-{part_id}" for part_id in step.part_ids)
        fact = ReleaseProposed(step.release_id, step.work_id, parts)
        self._done(service.propose_release(self.office, cast.FIRST, fact))

    @happen.register
    def _(self, step: Accepted, subject: str) -> None:  # noqa: ARG002
        fact = ReleaseAccepted(step.release_id)
        self._done(service.accept_release(self.office, cast.SECOND, fact))

    @happen.register
    def _(self, step: Rejected, subject: str) -> None:  # noqa: ARG002
        fact = ReleaseRejected(step.release_id, _both(step.note))
        self._done(service.reject_release(self.office, cast.SECOND, fact))

    @happen.register
    def _(self, step: Reopened, subject: str) -> None:
        fact = LandReopened(
            step.reopening_id,
            on_grid(step.shape),
            step.cause,
            step.class_,
            subject,
            _both(step.note),
        )
        self._done(service.reopen_land(self.office, cast.FIRST, fact))

    @happen.register
    def _(self, step: Accredited, subject: str) -> None:
        fact = AccreditationGranted(
            f"{subject}-accreditation",
            subject,
            step.methods,
            self.clock.now_us(),
            granted_by=cast.AUTHORITY,
        )
        self._done(service.grant_accreditation(self.office, cast.FIRST, fact))

    @happen.register
    def _(self, step: Visited, subject: str) -> None:
        finding = Finding("minor", _both(step.note))
        fact = QaVisited(
            subject,
            step.organisation_id,
            cast.QUALITY,
            "lanes",
            step.task_id,
            findings=(finding,),
        )
        self._done(service.record_qa_visit(self.office, cast.INSPECTOR, fact))

    @happen.register
    def _(self, step: Raised, subject: str) -> None:
        fact = NonconformityRaised(
            subject,
            step.organisation_id,
            "major",
            "documents",
            _both(step.note),
            step.work_id,
        )
        self._done(service.raise_nonconformity(self.office, cast.INSPECTOR, fact))

    @happen.register
    def _(self, step: Closed, subject: str) -> None:
        answer = NonconformityAnswered(subject, _both(step.cause), _both(step.action))
        actor = cast.operator(step.organisation_id)
        self._done(service.answer_nonconformity(self.office, actor, answer))
        closed = NonconformityClosed(subject, _both(step.action))
        self._done(service.close_nonconformity(self.office, cast.INSPECTOR, closed))

    @happen.register
    def _(self, step: Lot, subject: str) -> None:
        worked = FIRST_DAY + timedelta(days=step.worked_day)
        findings = () if step.note is None else (Finding("critical", _both(step.note)),)
        fact = LotInspected(
            subject,
            cast.QUALITY,
            step.passed,
            date_us(worked.date()),
            self.clock.now_us(),
            tuple(f"{step.work_id}-{part_id}" for part_id in step.part_ids),
            (step.work_id,),
            (step.team_id,),
            () if step.passed else (DETECTOR,),
            inspected_id=step.organisation_id,
            method=step.method,
            inspected_share=Decimal("0.2"),
            detection=Decimal("0.9"),
            findings=findings,
        )
        self._done(service.inspect_lot(self.office, cast.INSPECTOR, fact))

    @happen.register
    def _(self, step: Reviewed, subject: str) -> None:
        fact = LotReviewed(f"{subject}-review", subject, _both(step.note), cast.SECOND)
        self._done(service.review_lot(self.office, cast.FIRST, fact))

    @happen.register
    def _(self, one: PlannedProject, subject: str) -> None:
        planned = FIRST_DAY + timedelta(days=one.planned_day)
        sheet = sheet_of(self.plan, one)
        fact = ProjectRegistered(
            subject,
            one.name.en,
            coded("project_kind", one.kind),
            on_grid(one.shape),
            one.depth_cm,
            on_grid(one.access),
            planned_on=planned.date().isoformat(),
            owner="municipality",
            name_ar=one.name.ar,
            volume_m3=None if sheet.volume_m3 is None else Decimal(sheet.volume_m3),
            method=sheet.method,
            n_workers=sheet.n_workers,
            funder=sheet.funder,
        )
        self._done(service.register_project(self.office, cast.ENGINEER, fact))

    @happen.register
    def _(self, one: PlannedReport, subject: str) -> None:
        spot = self._spot(one.x_m, one.y_m)
        fact = ResidentReported(
            subject,
            spot,
            coded("report_seen", one.seen),
            one.geo_precision,
            one.triage,
            _both(one.text),
        )
        self._done(service.report_hazard(self.office, cast.RESIDENT, fact))

    @happen.register
    def _(self, said: Said, subject: str) -> None:  # noqa: ARG002
        self._done(said.verb(self.office, said.actor, said.fact))

    @happen.register
    def _(self, fact: ReportAnswered, subject: str) -> None:  # noqa: ARG002
        answered = service.answer_report(self.office, cast.INFORMATION, fact)
        self._done(answered)
        if self.clock.at_us < self._told_until_us:
            told = ReporterTold(fact.report_id, answered.entry_ids[0], "in_person")
            self._done(service.tell_reporter(self.office, cast.INFORMATION, told))

    @happen.register
    def _(self, one: PlannedAccident, subject: str) -> None:
        fact = AccidentRecorded(
            subject,
            one.kind,
            self._spot(one.x_m, one.y_m),
            killed=one.killed,
            injured=one.injured,
            category=one.category,
        )
        self._done(service.record_accident(self.office, cast.INFORMATION, fact))

    @happen.register
    def _(self, one: RubbleLot, subject: str) -> None:
        shape = on_grid(one.shape)
        inside = shapely.point_on_surface(shape.geometry)
        spot = self.office.frame.mm_spot(inside.x, inside.y)
        sheet = sheet_of(self.plan, one)
        fact = RubbleLotRegistered(
            subject,
            _both(one.name),
            spot,
            shape,
            one.volume_m3,
            method=sheet.method,
            n_workers=sheet.n_workers,
            owner="municipality",
            funder=sheet.funder,
            protected=sheet.protected,
        )
        self._done(service.register_rubble_lot(self.office, cast.ENGINEER, fact))
        moved = RubbleLotMoved(subject, "rated")
        self._done(service.move_rubble_lot(self.office, cast.ENGINEER, moved))


def _answered(one: PartOutcome) -> tuple[EvidenceAnswer, ...] | None:
    """Returns how a survey's part answers each item of evidence; None where it need not."""
    if one.outcome not in {"cancelled", "reduced"}:
        return None
    how = "Place visited, neighbours asked again, nothing seen · زير المكان وسئل الجيران ثانية"
    return tuple(EvidenceAnswer(item, how) for item in one.evidence_answered)


def _answer(report: PlannedReport) -> ReportAnswered:
    outcome = coded("report_outcome", report.outcome or "nothing_found")
    return ReportAnswered(report.report_id, outcome, report.area_id)
