"""The municipality's brief: which works may go on, which not and why, and what would open most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from shapely.geometry.base import BaseGeometry

from rafiqa.land.reporttable import (
    NOT_RECORDED,
    Cell,
    Column,
    Label,
    Report,
    ReportTable,
    Said,
    Words,
    counted,
    number_or_none,
)
from rafiqa.recovery import GateAnswer, ProjectRegistered
from rafiqa.service.access import SERVICE_KINDS, ask_access
from rafiqa.service.question import AsOf, gate_of, placed_reports
from rafiqa.service.reportbasis import ReportBasis, project_name
from rafiqa.service.reportfigures import standing_table
from rafiqa.service.worksfolder import WorksFolders

_WORST = ("closed", "conditions", "open")
MOST_OPENINGS = 20
"""So many releases are told that would open something, the most first; the rest is on the desk."""


def municipality_brief(basis: ReportBasis) -> Report:
    """Returns the brief of the works on the ground asked about, at the end of the period."""
    gated = _gated(basis)
    tables = (
        _counts(basis, gated),
        _works(basis, gated),
        _openings(basis, [works.project_id for works, _ in gated]),
        services_table(basis),
        standing_table(basis),
    )
    missing = [] if tables[3].rows else [Words("report.missing.services")]
    return Report(
        "municipality",
        (basis.ground_name,),
        basis.figures.statement,
        tables,
        tuple(missing),
        (Words("report.notice.municipality"), Words("report.notice.found")),
    )


def _gated(basis: ReportBasis) -> list[tuple[ProjectRegistered, GateAnswer]]:
    as_of = basis.as_of
    folders = WorksFolders.of(basis.office, basis.until_us, as_of.known_at_us)
    reports = placed_reports(basis.office, as_of)
    return [
        (works, gate_of(basis.office, works, as_of, reports=reports, papers=folders.papers(works)))
        for works in folders.register.project_facts()
        if basis.touches(works.shape) and basis.asked.project_id in (None, works.project_id)
    ]


def _counts(
    basis: ReportBasis, gated: Sequence[tuple[ProjectRegistered, GateAnswer]]
) -> ReportTable:
    origin = basis.origin("gates", now=True)
    found = Counter(answer.outcome for _, answer in gated)
    rows = tuple(
        (Label("gate_outcome", (outcome,)), counted(found[outcome], "projects", origin))
        for outcome in ("open", "conditions", "closed")
    )
    columns = (Column("gate"), Column("projects", "projects"))
    total = (Words("report.total"), counted(len(gated), "projects", origin))
    return ReportTable("gates", columns, rows, origin, total)


def _works(
    basis: ReportBasis, gated: Sequence[tuple[ProjectRegistered, GateAnswer]]
) -> ReportTable:
    """Returns every project with the outcome of its gates and the first reasons for it."""
    origin = basis.origin("gates", now=True)
    rows: list[tuple[Cell, ...]] = []
    for works, answer in sorted(gated, key=lambda each: _WORST.index(each[1].outcome)):
        speaks = [gate for gate in answer.gates if gate.outcome == answer.outcome]
        first = speaks[0] if speaks else None
        told = answer.outcome == "open" or first is None
        area_ids = dict.fromkeys(each for gate in speaks for each in gate.area_ids)
        rows.append(
            (
                Said(works.project_id),
                project_name(works),
                Label("project_kind", (works.kind,)),
                number_or_none(works.depth_cm, "cm", origin),
                Label("gate_outcome", (answer.outcome,)),
                Words("report.none") if told or first is None else Words(first.code, first.params),
                Said(", ".join(area_ids)) if area_ids and not told else Words("report.none"),
            )
        )
    columns = (
        *map(Column, ("project_id", "name", "project_kind")),
        Column("depth_works", "cm"),
        *map(Column, ("gate", "why", "area_ids")),
    )
    notes = (Words("report.note.first-reason"),)
    return ReportTable("works", columns, tuple(rows), origin, None, notes)


def _openings(basis: ReportBasis, project_ids: Sequence[str]) -> ReportTable:
    """Returns which releases would open something, the most first: it ranks, and releases none."""
    origin = basis.origin("openings", now=True)
    answer = ask_access(basis.office, basis.as_of)
    known = frozenset(project_ids)
    told = [
        opening
        for opening in answer.openings
        if basis.outline is None or known & {*opening.projects}
    ]
    rows = tuple(
        (
            Said(" + ".join(opening.area_ids)),
            counted(len(opening.projects), "projects", origin),
            counted(len(opening.services), "services", origin),
            _listed(opening.projects),
            _listed(opening.services),
        )
        for opening in told[:MOST_OPENINGS]
    )
    columns = (
        Column("area_ids"),
        Column("projects", "projects"),
        Column("services", "services"),
        Column("project_names"),
        Column("service_names"),
    )
    notes = [Words("access.ranks-only")]
    if answer.n_pieces is None:
        notes = [Words("access.no-roads")]
    if len(told) > MOST_OPENINGS:
        notes.append(Words("report.note.more", {"n": len(told) - MOST_OPENINGS}))
    return ReportTable("openings", columns, rows, origin, None, tuple(notes))


def _listed(ids: Sequence[str]) -> Cell:
    return Said(", ".join(ids)) if ids else Words("report.none")


def services_table(basis: ReportBasis) -> ReportTable:
    """Returns services by kind and state at the start and the end of the period, as layers say."""
    origin = basis.origin("services")
    before = _services(basis, basis.from_us)
    after = _services(basis, basis.until_us)
    keys = sorted({*before, *after})
    rows = tuple(
        (
            Label("asset_kind", (kind,)),
            Label("asset_state", (state,)) if state else NOT_RECORDED,
            number_or_none(before.get((kind, state), 0) if before else None, "services", origin),
            counted(after.get((kind, state), 0), "services", origin),
        )
        for kind, state in keys
    )
    columns = (
        Column("service"),
        Column("service_state"),
        Column("at_start", "services"),
        Column("at_end", "services"),
    )
    return ReportTable("services", columns, rows, origin, None, (Words("report.note.services"),))


def _services(basis: ReportBasis, at_us: int) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    as_of = AsOf(at_us, basis.asked.known_at_us)
    for layer in basis.shelf.layers(basis.office, "buildings", at_us, as_of.known_at_us):
        columns = layer.table.values("kind"), layer.table.values("state")
        shapes = layer.table.shapes_mm
        for kind, state, shape in zip(*columns, shapes, strict=True):
            if kind in SERVICE_KINDS and _inside(basis, shape):
                found[kind, state or ""] += 1
    return found


def _inside(basis: ReportBasis, shape: BaseGeometry) -> bool:
    outline = basis.outline
    if outline is None:
        return True
    return bool(outline.geometry.intersects(shape)) if not outline.is_empty else False
