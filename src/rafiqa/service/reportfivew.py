"""5W: who does what, where, when and for whom, a row for each.

Square metres are those of the account, each under the one organisation and area whose work
completed its release: the rows add up to it. Sessions of risk education are rows of their own;
whom they reached is the people report's own table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from rafiqa.land import Recorded, TaskOrdered, WorkInspected, WorkReported, task_stage
from rafiqa.land.output import method_of
from rafiqa.land.reporttable import (
    NOT_RECORDED,
    Cell,
    Column,
    Figure,
    Label,
    Origin,
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
from rafiqa.service.reporteducation import education_table
from rafiqa.service.reportfigures import account_table, output_rows
from rafiqa.service.reporthandover import handovers_of
from rafiqa.service.reportplace import code_cell, places_table
from rafiqa.service.reportreached import (
    Told,
    Warned,
    counted_by_sex_and_age,
    impairments_counted,
    reached_total,
    sessions_of,
    warned,
)

_TOLD = (
    *("organisation", "donor", "activity", "area_id", "name", "place_code", "start", "end"),
    *("stage", "receiver"),
)
_UNITS = {
    "area": "m2",
    "rework": "m2",
    "items": "items",
    "works": "reports",
    "inspections": "inspections",
    "sessions": "sessions",
    "reached": "people",
}
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
    told = sessions_of(basis)
    activities, rebuilding = activities_table(basis), _rebuilding(basis)
    cells = [*activities.column("place_code"), *rebuilding.column("place_code")]
    codes = [code for cell in cells if isinstance(cell, Said) for code in cell.text.split("; ")]
    places = places_table(basis.places, codes, basis.origin("places", now=True))
    return Report(
        "5w",
        (basis.ground_name,),
        basis.figures.statement,
        (activities, education_table(basis, told), rebuilding, places, account_table(basis)),
        tuple(_missing(told, cells)),
        (Words("report.notice.5w"),),
    )


def _missing(told: Told, codes: Sequence[Cell]) -> Iterator[Words]:
    """Yields what whoever gathers such tables asks for and the record does not hold."""
    if not counted_by_sex_and_age(told):
        yield Words("report.missing.reached")
    if not impairments_counted(told):
        yield Words("report.missing.impairment")
    without = sum(not isinstance(cell, Said) for cell in codes)
    if without:
        yield Words("report.missing.pcodes", {"n": without, "all": len(codes)})


def activities_table(basis: ReportBasis) -> ReportTable:
    """Returns who did what where, when and for whom; its square metres are the account's."""
    origin = basis.origin("output")
    found = _held(basis)
    receivers = {fact.area_id: fact.receiver for _, fact in handovers_of(basis)}
    stages = _stages(basis)
    told = sessions_of(basis)
    reached_from = basis.origin("education")
    sessions = warned(basis, told, reached_from)
    rows = [
        (
            words_or(organisation),
            words_or(donor),
            _activity(activity),
            words_or(area_id),
            basis.area_name(area_id),
            _code(basis, area_id),
            day_or(min(held.at_us, default=None)),
            day_or(max(held.at_us, default=None)),
            stages.get(area_id, NOT_RECORDED),
            words_or(receivers.get(area_id)),
            *_figures(held, 0, origin),
            people(None, origin),
        )
        for (organisation, donor, activity, area_id), held in sorted(found.items())
    ]
    rows += [_session_row(each, reached_from) for each in sessions]
    total: tuple[Cell, ...] = (
        Words("report.total"),
        *(Said(""),) * (len(_TOLD) - 1),
        *_figures(_all(found.values()), sum(each.sessions for each in sessions), origin),
        reached_total(sessions, told, reached_from),
    )
    columns = tuple(Column(name, _UNITS.get(name)) for name in (*_TOLD, *_UNITS))
    notes = (
        *(Words("report.note.5w"), Words("report.note.decided"), Words("report.note.reached")),
        *(Words("report.note.education"), Words("report.note.people")),
    )
    return ReportTable("activities", columns, tuple(rows), origin, total, notes)


def _figures(held: _Held, sessions: int, origin: Origin) -> tuple[Figure, ...]:
    """Returns what was done, in the order of the columns, but for whom it reached."""
    return (
        square_metres(held.area2_mm2, origin),
        square_metres(held.rework2_mm2, origin),
        counted(held.items, "items", origin),
        counted(held.works, "reports", origin),
        counted(held.inspections, "inspections", origin),
        counted(sessions, "sessions", origin),
    )


def _all(every: Collection[_Held]) -> _Held:
    """Returns what all did together."""
    return _Held(
        sum(held.area2_mm2 for held in every),
        sum(held.rework2_mm2 for held in every),
        sum(held.items for held in every),
        sum(held.inspections for held in every),
        sum(held.works for held in every),
    )


def _session_row(each: Warned, origin: Origin) -> tuple[Cell, ...]:
    """Returns a row of risk education: of no area, of no task, and handed over to nobody."""
    return (
        words_or(each.organisation),
        words_or(each.donor),
        each.label,
        Said(""),
        each.name,
        code_cell(each.codes),
        day_or(min(each.at_us)),
        day_or(max(each.at_us)),
        Said(""),
        Said(""),
        *_figures(_Held(), each.sessions, origin),
        each.reached or people(None, origin),
    )


def _code(basis: ReportBasis, area_id: str) -> Cell:
    """Returns the codes of the places that an area lies in."""
    area = basis.register.areas.get(area_id)
    if area is None:
        return NOT_RECORDED
    return code_cell(basis.places.codes_at(area.fact.shape, area.fact.extra))


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
            code_cell(basis.places.codes_at(fact.shape, fact.extra)),
            words_or(fact.planned_on),
            _footprint(fact, basis),
        )
        for fact in known.project_facts()
        if basis.touches(fact.shape)
    )
    names = ("owner", "funder", "project_kind", "project_id", "name", "place_code", "planned_on")
    columns = (*map(Column, names), Column("footprint", "m2"))
    return ReportTable("rebuilding", columns, rows, origin)


def _footprint(fact: ProjectRegistered, basis: ReportBasis) -> Figure:
    origin = basis.origin("projects", now=True)
    if fact.shape is None or fact.shape.is_empty:
        return Figure(None, "m2", origin, NOT_RECORDED)
    return square_metres(fact.shape.area2_mm2, origin)
