"""The dossier: what is on record of an area or project, in the order in which it was true.

Acts are told by what they were and which organisation did them, never by whose hand. Words that
people wrote are left out: they may name somebody.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.errors import Fault, NotFound
from rafiqa.land import (
    ClassDecided,
    EvidenceRecorded,
    LandReopened,
    Recorded,
    WorkInspected,
    evidence_class,
    subject_of,
)
from rafiqa.land.reporttable import (
    NOT_RECORDED,
    At,
    Cell,
    Column,
    Label,
    Report,
    ReportTable,
    Said,
    Words,
    counted,
    number_or_none,
    square_metres,
)
from rafiqa.recovery import ProjectRegistered
from rafiqa.service.permitting import permits_of
from rafiqa.service.question import gate_of
from rafiqa.service.reportbasis import ReportBasis, day_or, label_or, project_name, words_or
from rafiqa.service.reportcompletion import sites_table
from rafiqa.service.reportfigures import account_table, standing_table
from rafiqa.service.reporthandover import decisions_table
from rafiqa.service.reportland import (
    certificates_table,
    files_table,
    left_table,
    map_of,
    parts_table,
    released_table,
    tasks_on,
    tasks_table,
)
from rafiqa.service.reportpeople import accidents_table
from rafiqa.service.reportquality import inspections_table, open_nonconformities
from rafiqa.wire.factcode import kind_of

_ENTRY_LETTERS = 12
_EXPECTED = frozenset(
    {"evidence", "classes", "tasks", "parts", "inspections", "decisions", "certificates", "files"}
)
"""Tables of which an empty one is a lack, and no good news."""
_OF_RESIDENTS = ("report.", "request.")
"""Facts that are left out: when somebody reported from a small place may say who it was."""


def dossier(basis: ReportBasis) -> Report:
    """Returns the dossier of an area, of a project and the land it is on, or of all on record.

    Raises:
        NotFound: nothing is on record there.
    """
    project = basis.project()
    if not basis.area_ids and project is None:
        raise NotFound(Fault("service.reporting.nothing-on-record"))
    ids = frozenset(
        [
            *basis.area_ids,
            *(task_id for task_id, _, _ in tasks_on(basis)),
            *(fact.work_id for fact in basis.work_facts()),
            *([] if project is None else [project.project_id]),
        ]
    )
    tables = (
        *([] if project is None else [_project(basis, project), _gates(basis, project)]),
        sites_table(basis),
        standing_table(basis),
        account_table(basis),
        _evidence(basis),
        _decided(basis),
        tasks_table(basis),
        parts_table(basis),
        left_table(basis),
        inspections_table(basis),
        open_nonconformities(basis),
        decisions_table(basis),
        released_table(basis),
        _reopenings(basis),
        accidents_table(basis),
        certificates_table(basis),
        _permits(basis),
        files_table(basis, ids),
        _history(basis, project),
    )
    about = (basis.ground_name,) if project is None else (project_name(project), basis.ground_name)
    return Report(
        "dossier",
        about,
        basis.figures.statement,
        tables,
        tuple(
            Words("report.missing.empty", {"table": table.name})
            for table in tables
            if table.name in _EXPECTED and not table.rows
        ),
        (Words("report.notice.dossier"), Words("report.notice.found")),
        (),
        map_of(basis),
    )


def _project(basis: ReportBasis, project: ProjectRegistered) -> ReportTable:
    origin = basis.origin("projects", now=True)
    size2 = 0 if project.shape is None else project.shape.area2_mm2
    row = (
        Said(project.project_id),
        project_name(project),
        Label("project_kind", (project.kind,)),
        square_metres(size2, origin),
        number_or_none(project.depth_cm, "cm", origin),
        number_or_none(project.n_workers, "workers", origin),
        words_or(project.owner),
        words_or(project.planned_on),
    )
    columns = (
        *map(Column, ("project_id", "name", "project_kind")),
        Column("footprint", "m2"),
        Column("depth_works", "cm"),
        Column("workers", "workers"),
        *map(Column, ("owner", "planned_on")),
    )
    return ReportTable("project", columns, (row,), origin)


def _gates(basis: ReportBasis, project: ProjectRegistered) -> ReportTable:
    answer = gate_of(basis.office, project, basis.as_of)
    rows: list[tuple[Cell, ...]] = [
        (
            Said(gate.gate),
            Words(f"gate.{gate.gate}"),
            Label("gate_outcome", (gate.outcome,)),
            Words(gate.code, gate.params),
            words_or(", ".join(gate.area_ids)) if gate.area_ids else Words("report.none"),
        )
        for gate in answer.gates
    ]
    rows += [
        (
            Said(gate),
            Words(f"gate.{gate}"),
            Words("report.not-asked"),
            Words(code),
            Words("report.none"),
        )
        for gate, code in answer.not_asked
    ]
    columns = tuple(map(Column, ("gate_id", "gate_name", "gate", "why", "area_ids")))
    return ReportTable("project_gates", columns, tuple(rows), basis.origin("gates", now=True))


def _evidence(basis: ReportBasis) -> ReportTable:
    """Returns the evidence on the areas: its kind and what it counts for, not its words."""
    rows = []
    area_ids = frozenset(basis.area_ids)
    linked = {
        evidence_id
        for area_id in area_ids
        for evidence_id in basis.register.evidence_raising(area_id)
    }
    for evidence_id, record in basis.register.evidence.items():
        fact = record.fact
        if not isinstance(fact, EvidenceRecorded) or not basis.by_then(record):
            continue
        if fact.area_id not in area_ids and evidence_id not in linked:
            continue
        rows.append(
            (
                Said(evidence_id),
                words_or(fact.area_id),
                Label("evidence_kind", (fact.kind,)),
                label_or("evidence_source", fact.source_kind),
                Label("evidence_class", (evidence_class(fact),)),
                day_or(record.valid_at_us),
                day_or(record.recorded_at_us),
            )
        )
    names = ("evidence_id", "area_id", "evidence", "evidence_source", "counts_as", "seen_on")
    columns = tuple(map(Column, (*names, "known_on")))
    notes = (Words("report.note.no-words"),)
    return ReportTable("evidence", columns, tuple(rows), basis.origin("record"), None, notes)


def _decided(basis: ReportBasis) -> ReportTable:
    """Returns every decision on the class of the areas asked about."""
    origin = basis.origin("record")
    rows = [
        (
            Said(area_id),
            Label("class", (fact.class_,)),
            counted(len(fact.evidence_ids), "items", origin),
            day_or(record.valid_at_us),
            Said(record.actor.organisation_id),
        )
        for area_id in basis.area_ids
        if area_id in basis.register.areas
        for record in basis.register.areas[area_id].facts
        if isinstance(fact := record.fact, ClassDecided) and basis.by_then(record)
    ]
    columns = (
        Column("area_id"),
        Column("class"),
        Column("evidence_items", "items"),
        Column("day"),
        Column("decided_by"),
    )
    return ReportTable("classes", columns, tuple(rows), origin)


def _reopenings(basis: ReportBasis) -> ReportTable:
    origin = basis.origin("record")
    rows = [
        (
            Said(fact.reopening_id),
            words_or(fact.area_id),
            Label("reopening_cause", (fact.cause,)),
            Label("class", (fact.class_,)),
            square_metres(fact.shape.area2_mm2, origin),
            day_or(record.valid_at_us),
        )
        for record in basis.register.reopenings.values()
        if isinstance(fact := record.fact, LandReopened)
        and basis.by_then(record)
        and basis.touches(fact.shape)
    ]
    names = ("reopening_id", "area_id", "cause", "class", "area", "day")
    columns = tuple(Column(name, "m2" if name == "area" else None) for name in names)
    return ReportTable("reopenings", columns, tuple(rows), origin)


def _permits(basis: ReportBasis) -> ReportTable:
    origin = basis.origin("permits", now=True)
    asked = basis.asked.project_id
    rows = [
        (
            Said(each.case.fact.permit_id),
            Said(each.case.fact.project_id),
            Label("permit_state", (each.standing.state,)),
            day_or(each.case.issued.valid_at_us),
            _why(each.standing.gates, each.standing.reasons),
        )
        for each in permits_of(basis.office, basis.as_of, asked)
        if asked is not None
        or (each.case.works is not None and basis.touches(each.case.works.shape))
    ]
    columns = tuple(map(Column, ("permit_id", "project_id", "state", "issued_on", "why")))
    return ReportTable("permits", columns, tuple(rows), origin)


def _why(gates: tuple[object, ...], reasons: tuple[object, ...]) -> Cell:
    first = next(iter((*gates, *reasons)), None)
    if first is None:
        return Words("report.none")
    return Words(str(getattr(first, "code", "")), getattr(first, "params", {}))


def _history(basis: ReportBasis, project: ProjectRegistered | None) -> ReportTable:
    """Returns every act on record that hangs together with what is asked about, as it was true."""
    facts: dict[int, Recorded] = {}
    for record in _told(basis, project):
        if basis.by_then(record) and not kind_of(record.fact).startswith(_OF_RESIDENTS):
            facts[record.seq] = record
    rows = tuple(
        (
            _when(record.valid_at_us),
            At(record.recorded_at_us),
            Words(_title(record)),
            words_or(subject_of(record.fact)),
            Said(record.actor.organisation_id),
            Label("role", (record.actor.role,)),
            Said(record.entry_id[:_ENTRY_LETTERS]),
        )
        for record in sorted(facts.values(), key=lambda item: (item.valid_at_us, item.seq))
    )
    names = ("true_on", "known_on", "act", "subject", "organisation", "role", "entry")
    notes = (Words("report.note.no-words"),)
    columns = tuple(map(Column, names))
    return ReportTable("history", columns, rows, basis.origin("record"), None, notes)


def _when(at_us: int) -> Cell:
    told = day_or(at_us)
    return NOT_RECORDED if not isinstance(told, At) else told


def _told(basis: ReportBasis, project: ProjectRegistered | None) -> Iterator[Recorded]:
    if project is None:
        for area_id in basis.area_ids:
            yield from basis.register.facts_of("area", area_id)
        return
    for record in basis.office.facts(basis.asked.known_at_us):
        ids = (getattr(record.fact, "project_id", None), getattr(record.fact, "works_id", None))
        if project.project_id in ids:
            yield record


def _title(record: Recorded) -> str:
    code = f"fact.{kind_of(record.fact)}"
    if isinstance(record.fact, WorkInspected):
        return f"{code}.{'passed' if record.fact.passed else 'failed'}"
    return code
