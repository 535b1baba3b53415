"""5W: who does what, where, when and for whom, a row for each.

Square metres are those of the account, each under the one organisation and area whose work
completed its release: the rows add up to it. Whom it reached is told only where it is on record.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rafiqa.land import Recorded, TaskOrdered, WorkInspected, WorkReported, task_stage
from rafiqa.land.output import method_of
from rafiqa.land.reporttable import (
    NOT_RECORDED,
    Cell,
    Column,
    Figure,
    Label,
    Report,
    ReportTable,
    Said,
    Words,
    counted,
    people,
    square_metres,
)
from rafiqa.recovery import ProjectRegistered
from rafiqa.service.reportbasis import ReportBasis, day_or, project_name, words_or
from rafiqa.service.reportfigures import account_table, output_rows
from rafiqa.service.reporthandover import handovers_of

_TOLD = (
    *("organisation", "donor", "activity", "area_id", "name", "start", "end", "stage"),
    "receiver",
)
_Key = tuple[str, str, str, str]
"""Organisation, donor, activity, area."""


@dataclass(slots=True)
class _Held:
    """What one organisation did of one kind in one place."""

    area2_mm2: int = 0
    rework2_mm2: int = 0
    items: int = 0
    inspections: int = 0
    works: int = 0
    at_us: list[int] = field(default_factory=list)


def five_w(basis: ReportBasis) -> Report:
    """Returns who did what where, when and for whom in the period."""
    return Report(
        "5w",
        (basis.ground_name,),
        basis.figures.statement,
        (activities_table(basis), _rebuilding(basis), account_table(basis)),
        (Words("report.missing.reached"), Words("report.missing.pcodes")),
        (Words("report.notice.5w"),),
    )


def activities_table(basis: ReportBasis) -> ReportTable:
    """Returns who did what where, when and for whom; its square metres are the account's."""
    origin = basis.origin("output")
    found = _held(basis)
    receivers = {fact.area_id: fact.receiver for _, fact in handovers_of(basis)}
    stages = _stages(basis)
    rows = tuple(
        (
            words_or(organisation),
            words_or(donor),
            _activity(activity),
            words_or(area_id),
            basis.area_name(area_id),
            day_or(min(held.at_us, default=None)),
            day_or(max(held.at_us, default=None)),
            stages.get(area_id, NOT_RECORDED),
            words_or(receivers.get(area_id)),
            square_metres(held.area2_mm2, origin),
            square_metres(held.rework2_mm2, origin),
            counted(held.items, "items", origin),
            counted(held.works, "reports", origin),
            counted(held.inspections, "inspections", origin),
            people(None, origin),
        )
        for (organisation, donor, activity, area_id), held in sorted(found.items())
    )
    units = {
        "area": "m2",
        "rework": "m2",
        "items": "items",
        "works": "reports",
        "inspections": "inspections",
        "reached": "people",
    }
    columns = tuple(Column(name, units.get(name)) for name in (*_TOLD, *units))
    area2 = sum(held.area2_mm2 for held in found.values())
    rework2 = sum(held.rework2_mm2 for held in found.values())
    total: tuple[Cell, ...] = (
        Words("report.total"),
        *(Said(""),) * 8,
        square_metres(area2, origin),
        square_metres(rework2, origin),
        *(
            counted(sum(getattr(held, name) for held in found.values()), units[name], origin)
            for name in ("items", "works", "inspections")
        ),
        people(None, origin),
    )
    notes = (Words("report.note.5w"), Words("report.note.decided"))
    return ReportTable("activities", columns, rows, origin, total, notes)


def _activity(code: str) -> Cell:
    """Returns the words of an activity: ``outcome/method``, or inspection."""
    if code == "inspection":
        return Words("report.activity.inspection")
    return NOT_RECORDED if not code else Label("method", (code,))


def _held(basis: ReportBasis) -> dict[_Key, _Held]:
    found: dict[_Key, _Held] = {}
    for row in output_rows(basis):
        maker = row.maker
        told = (maker.organisation_id, maker.donor_id, maker.method, maker.area_id)
        held = found.setdefault(_key(*told), _Held())
        if maker.heading == "output":
            held.area2_mm2 += row.decided
        else:
            held.rework2_mm2 += row.decided
        held.at_us += row.decided_us or ()
        held.at_us += row.worked_us or ()
    for record in basis.works:
        work = record.fact
        if not isinstance(work, WorkReported):
            continue
        donor = _donor(basis, work)
        if basis.asked.donor_id not in (None, donor):
            continue
        if basis.within(record):
            method = method_of(basis.register, work)
            key = _key(work.organisation_id, donor, method, work.area_id)
            held = found.setdefault(key, _Held())
            held.works += 1
            held.items += sum(find.count for find in work.finds)
            held.at_us.append(record.valid_at_us)
        _inspected(basis, work, donor, found)
    return found


def _inspected(
    basis: ReportBasis, work: WorkReported, donor: str | None, found: dict[_Key, _Held]
) -> None:
    for record in basis.register.inspections.get(work.work_id, ()):
        fact = record.fact
        if isinstance(fact, WorkInspected) and basis.within(record):
            key = _key(fact.organisation_id, donor, "inspection", work.area_id)
            held = found.setdefault(key, _Held())
            held.inspections += 1
            held.at_us.append(record.valid_at_us)


def _key(*told: str | None) -> _Key:
    organisation, donor, activity, area_id = (each or "" for each in told)
    return organisation, donor, activity, area_id


def _donor(basis: ReportBasis, work: WorkReported) -> str | None:
    for record in basis.register.tasks.get(work.task_id or "", ()):
        if isinstance(record.fact, TaskOrdered):
            return record.fact.donor_id
    return None


def _stages(basis: ReportBasis) -> dict[str, Cell]:
    """Returns where the newest task on each area stands at the end of the period."""
    found: dict[str, tuple[int, str]] = {}
    for task_id, said in basis.register.tasks.items():
        order = next((r for r in said if isinstance(r.fact, TaskOrdered)), None)
        if order is None or not basis.by_then(order) or not isinstance(order.fact, TaskOrdered):
            continue
        facts = [record for record in said if basis.by_then(record)]
        facts += basis.works_of.get(task_id, ())
        ordered = sorted(facts, key=_moment)
        stage = task_stage([record.fact for record in ordered])
        newest = (order.valid_at_us, stage)
        area_id = order.fact.area_id
        found[area_id] = max(found.get(area_id, newest), newest)
    return {area_id: Label("stage", (stage,)) for area_id, (_, stage) in found.items()}


def _moment(record: Recorded) -> tuple[int, int]:
    return record.valid_at_us, record.seq


def _rebuilding(basis: ReportBasis) -> ReportTable:
    """Returns the works of rebuilding: whose, of what kind, where and planned for when."""
    origin = basis.origin("projects", now=True)
    known = basis.office.recovery(basis.until_us, basis.asked.known_at_us)
    rows = tuple(
        (
            words_or(fact.owner),
            words_or(fact.funder),
            Label("project_kind", (fact.kind,)),
            Said(fact.project_id),
            project_name(fact),
            words_or(fact.planned_on),
            _footprint(fact, basis),
        )
        for fact in known.project_facts()
        if basis.touches(fact.shape)
    )
    names = ("owner", "funder", "project_kind", "project_id", "name", "planned_on")
    columns = (*map(Column, names), Column("footprint", "m2"))
    return ReportTable("rebuilding", columns, rows, origin)


def _footprint(fact: ProjectRegistered, basis: ReportBasis) -> Figure:
    origin = basis.origin("projects", now=True)
    if fact.shape is None or fact.shape.is_empty:
        return Figure(None, "m2", origin, NOT_RECORDED)
    return square_metres(fact.shape.area2_mm2, origin)
