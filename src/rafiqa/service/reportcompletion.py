"""The completion report: what an operator did on a task or area, and what the record lacks.

What it must say follows IMAS 08.30, in our own words. What is not on record is named as missing,
field by field; nothing is left blank. It releases nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.errors import Fault, NotFound
from rafiqa.land import LandHandedOver, WorkReported
from rafiqa.land.reporttable import (
    NOT_RECORDED,
    Cell,
    Column,
    Report,
    ReportTable,
    Said,
    Words,
    number_or_none,
    square_metres,
)
from rafiqa.service.reportbasis import ReportBasis
from rafiqa.service.reportfigures import STANDING, standing_table
from rafiqa.service.reportland import (
    certificates_table,
    files_table,
    finds_table,
    left_table,
    map_of,
    parts_table,
    tasks_on,
    tasks_table,
)
from rafiqa.service.reportpeople import accidents_table
from rafiqa.service.reportquality import (
    inspections_of,
    inspections_table,
    lots_of,
    open_nonconformities,
)

SIGNERS = ("operator", "inspector", "authority")
_NOTICES = ("report.notice.completion", "report.notice.found")


def completion_report(basis: ReportBasis) -> Report:
    """Returns the completion report of the areas asked about.

    Raises:
        NotFound: no work is on record there in the period.
    """
    if not any(basis.within(record) for record in basis.works):
        raise NotFound(
            Fault("service.reporting.no-completion", "--area" if basis.asked.area_id else "")
        )
    ids = frozenset(
        [
            *basis.area_ids,
            *(task_id for task_id, _, _ in tasks_on(basis)),
            *(fact.work_id for fact in basis.work_facts()),
        ]
    )
    parts, files = parts_table(basis), files_table(basis, ids)
    lacks = list(_fields(basis, files))
    tables = (
        sites_table(basis),
        tasks_table(basis),
        standing_table(basis),
        parts,
        left_table(basis),
        finds_table(basis),
        inspections_table(basis),
        open_nonconformities(basis),
        accidents_table(basis),
        certificates_table(basis),
        files,
        _checklist(basis, lacks),
    )
    return Report(
        "completion",
        (basis.ground_name,),
        basis.figures.statement,
        tables,
        tuple(Words(f"report.field.{name}") for name, known in lacks if not known),
        tuple(map(Words, _NOTICES)),
        SIGNERS,
        map_of(basis),
    )


def sites_table(basis: ReportBasis) -> ReportTable:
    """Returns the areas asked about: their names, middle and outline, size computed and stated."""
    origin = basis.origin("faces", now=True)
    sizes: dict[str, dict[str, int]] = {}
    for item, state in basis.states:
        for claim in state.claims:
            held = sizes.setdefault(claim, dict.fromkeys(STANDING, 0))
            held[state.status] += item.size
    rows: list[tuple[Cell, ...]] = []
    for area_id in basis.area_ids:
        held = sizes.get(area_id, {})
        area = basis.register.areas.get(area_id)
        lonlat = _middle(basis, area_id)
        rows.append(
            (
                Said(area_id),
                basis.area_name(area_id),
                NOT_RECORDED if lonlat is None else Said(lonlat),
                number_or_none(
                    None if area is None else _corners(basis, area_id), "points", origin
                ),
                *(_m2(held.get(name, 0), basis) for name in STANDING),
            )
        )
    columns = (
        Column("area_id"),
        Column("name"),
        Column("position"),
        Column("turning_points", "points"),
        *(Column(f"state_{name}", "m2") for name in STANDING),
    )
    notes = (Words("report.note.sites"), *basis.doubts)
    return ReportTable("sites", columns, tuple(rows), origin, None, notes)


def _m2(size2_mm2: int, basis: ReportBasis) -> Cell:
    return square_metres(size2_mm2, basis.origin("claims", now=True))


def _middle(basis: ReportBasis, area_id: str) -> str | None:
    area = basis.register.areas.get(area_id)
    if area is None or area.outline.is_empty:
        return None
    inside = area.outline.geometry.representative_point()
    spot = basis.office.frame.mm_spot(inside.x, inside.y)
    return f"{spot.lat_deg:.5f}, {spot.lon_deg:.5f}"


def _corners(basis: ReportBasis, area_id: str) -> int:
    outline = basis.register.areas[area_id].outline.geometry
    polygons = getattr(outline, "geoms", [outline])
    return sum(len(polygon.exterior.coords) - 1 for polygon in polygons if not polygon.is_empty)


def _fields(basis: ReportBasis, files: ReportTable) -> Iterator[tuple[str, bool]]:
    """Yields every field that a completion report must have, and whether the record has it."""
    facts = list(basis.work_facts())
    parts = [part for fact in facts for part in fact.parts]
    cleared = [part for part in parts if part.outcome == "cleared"]
    handovers = [
        record
        for area_id in basis.area_ids
        for record in basis.register.handovers.get(area_id, ())
        if isinstance(record.fact, LandHandedOver) and basis.by_then(record)
    ]
    tasks = list(tasks_on(basis))
    yield "task", bool(tasks) and all(fact.task_id for fact in facts)
    yield "outline", bool(basis.area_ids)
    yield "outcomes", bool(parts)
    yield "depth", all(part.depth_cm is not None for part in cleared)
    yield "surface", all(part.surface is not None for part in cleared)
    yield "method", all(part.method for part in parts)
    yield "size-stated", all(part.area_reported_m2 is not None for part in parts)
    yield "specified-ordnance", False
    yield "finds", all(fact.finds_complete for fact in facts if _clears(fact))
    yield "left", all(part.reason for part in parts if part.outcome == "not_cleared")
    yield "marking", False
    yield "team", all(fact.team_id for fact in facts)
    yield "dates", all(fact.begun_us is not None and fact.ended_us is not None for fact in facts)
    yield "inspection", bool(inspections_of(basis) or lots_of(basis))
    yield "residual", bool(handovers)
    yield "community", bool(handovers)
    yield "receiver", bool(handovers)
    yield "files", bool(files.rows)


def _clears(work: WorkReported) -> bool:
    return any(part.outcome == "cleared" for part in work.parts)


def _checklist(basis: ReportBasis, lacks: list[tuple[str, bool]]) -> ReportTable:
    rows = tuple(
        (Words(f"report.field.{name}"), Words("report.on-record" if known else "report.missing"))
        for name, known in lacks
    )
    columns = (Column("what"), Column("on_record"))
    notes = (Words("report.note.checklist"),)
    return ReportTable("checklist", columns, rows, basis.origin("checklist", now=True), None, notes)
