"""Worked land on paper: tasks, parts with outcome and depth, what was left, found and filed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rafiqa.geo import GridShape, union_of
from rafiqa.land import (
    CertificateIssued,
    Face,
    LandState,
    OrdnanceFound,
    Recorded,
    ReleaseTransferred,
    TaskOrdered,
    WorkedPart,
    WorkReported,
    task_stage,
)
from rafiqa.land.movement import covered
from rafiqa.land.reporttable import (
    NOT_RECORDED,
    Cell,
    Column,
    Figure,
    Label,
    Origin,
    ReportMap,
    ReportTable,
    Said,
    Words,
    counted,
    number_or_none,
    square_metres,
)
from rafiqa.ledger import AttachmentNamed
from rafiqa.service.reportbasis import (
    ReportBasis,
    day_or,
    label_or,
    labels_or,
    words_or,
)
from rafiqa.service.reportfigures import HAZARD, claim_of

DESTROYED: Final = frozenset({"destroyed_in_place", "removed", "disarmed"})
"""Actions after which an item is gone from where it lay; of any other it is not said."""
_HASH_LETTERS: Final = 16
_LEAST_SPAN_MM: Final = 40_000
_PARTS: Final = (
    *("area_id", "part_id", "task_id", "organisation", "outcome", "method", "depth"),
    *("surface", "area_computed", "area_stated", "standing", "day"),
)
_WORST_FIRST: Final = (*HAZARD, "in_doubt", "cancelled", "reduced", "cleared")


def tasks_table(basis: ReportBasis) -> ReportTable:
    """Returns the tasks on the areas asked about: from whom, for whom, how deep, how far."""
    origin = basis.origin("tasks", now=True)
    rows = []
    for task_id, facts, order in tasks_on(basis):
        rows.append(
            (
                Said(task_id),
                Said(order.area_id),
                Said(order.organisation_id),
                words_or(order.donor_id),
                labels_or("method", order.methods),
                number_or_none(order.depth_cm, "cm", origin),
                day_or(_ordered_us(facts)),
                Label("stage", (task_stage([record.fact for record in facts]),)),
            )
        )
    names = ("task_id", "area_id", "organisation", "donor", "methods", "depth_ordered")
    columns = (
        *(Column(name, "cm" if name == "depth_ordered" else None) for name in names),
        Column("ordered_on"),
        Column("stage"),
    )
    return ReportTable("tasks", columns, tuple(rows), origin)


def tasks_on(basis: ReportBasis) -> Iterator[tuple[str, list[Recorded], TaskOrdered]]:
    """Yields the tasks ordered by then on the areas asked about, with their facts and order."""
    area_ids, donor_id = frozenset(basis.area_ids), basis.asked.donor_id
    for task_id, said in basis.register.tasks.items():
        story = [record for record in said if basis.by_then(record)]
        order = next((r.fact for r in story if isinstance(r.fact, TaskOrdered)), None)
        if order is None or order.area_id not in area_ids:
            continue
        if donor_id is not None and order.donor_id != donor_id:
            continue
        works = basis.works_of.get(task_id, ())
        facts = sorted((*story, *works), key=lambda item: (item.valid_at_us, item.seq))
        yield task_id, facts, order


def _ordered_us(facts: Sequence[Recorded]) -> int | None:
    return next((r.valid_at_us for r in facts if isinstance(r.fact, TaskOrdered)), None)


def parts_table(basis: ReportBasis) -> ReportTable:
    """Returns every part that was reported: outcome, depth, method, what it is now, sizes."""
    origin = basis.origin("parts", now=True)
    stated = basis.origin("stated", Words("report.source.operators"), now=True)
    rows = []
    told = list(_parts(basis))
    standings = _standings(basis, [part.shape for _, _, part in told])
    for (record, work, part), standing in zip(told, standings, strict=True):
        rows.append(
            (
                Said(work.area_id),
                Said(part.part_id),
                words_or(work.task_id),
                Said(work.organisation_id),
                Label("outcome", (part.outcome,)),
                label_or("method", part.method),
                _depth(part, origin),
                label_or("surface", part.surface),
                square_metres(part.shape.area2_mm2, origin),
                _stated(part, stated),
                standing,
                day_or(record.valid_at_us),
            )
        )
    units = {"depth": "cm", "area_computed": "m2", "area_stated": "m2"}
    columns = tuple(Column(name, units.get(name)) for name in _PARTS)
    notes = (Words("report.note.parts"), Words("report.note.depth"), *basis.doubts)
    return ReportTable("parts", columns, tuple(rows), origin, None, notes)


def _parts(basis: ReportBasis) -> Iterator[tuple[Recorded, WorkReported, WorkedPart]]:
    for record in basis.works:
        work = record.fact
        if isinstance(work, WorkReported) and basis.within(record):
            for part in work.parts:
                if basis.touches(part.shape):
                    yield record, work, part


def _depth(part: WorkedPart, origin: Origin) -> Figure:
    if part.outcome != "cleared":
        return Figure(None, "cm", origin, Words("report.not-searched-below"))
    return number_or_none(part.depth_cm, "cm", origin)


def _stated(part: WorkedPart | ReleaseTransferred, origin: Origin) -> Figure:
    stated = part.area_reported_m2
    told = stated if stated is not None and stated.is_finite() else None
    return Figure(told, "m2", origin, NOT_RECORDED if told is None else None)


def _standings(basis: ReportBasis, shapes: Sequence[GridShape]) -> list[Cell]:
    """Returns what each part's ground is at the period's end; the worst where it is several."""
    found: list[set[str]] = [set() for _ in shapes]
    faces = [item.face for item, _ in basis.states]
    for face, which in covered(faces, shapes).items():
        item, state = basis.states[face]
        doubted = basis.in_doubt.on(item.face, state)
        for at in which:
            found[at].add("in_doubt" if doubted else state.status)
    return [_worst(statuses) for statuses in found]


def _worst(statuses: set[str]) -> Cell:
    for status in _WORST_FIRST:
        if status in statuses and status == "in_doubt":
            return Label("hazard_status", (status,))
        if status in statuses:
            return Label("class" if status in HAZARD else "outcome", (status,))
    return NOT_RECORDED


def left_table(basis: ReportBasis) -> ReportTable:
    """Returns every part that was reported as not cleared, and why."""
    origin = basis.origin("parts", now=True)
    left = [(work, part) for _, work, part in _parts(basis) if part.outcome == "not_cleared"]
    standings = _standings(basis, [part.shape for _, part in left])
    rows = tuple(
        (
            Said(work.area_id),
            Said(part.part_id),
            words_or(part.unit_id),
            label_or("not_cleared_reason", part.reason),
            square_metres(part.shape.area2_mm2, origin),
            standing,
        )
        for (work, part), standing in zip(left, standings, strict=True)
    )
    columns = (
        *(Column(name) for name in ("area_id", "part_id", "unit_id", "reason")),
        Column("area_computed", "m2"),
        Column("standing"),
    )
    return ReportTable("left", columns, rows, origin, None, (Words("report.note.left"),))


def finds_in(basis: ReportBasis) -> Iterator[tuple[WorkReported, OrdnanceFound]]:
    """Yields what was found in works of the period."""
    for record in basis.works:
        work = record.fact
        if isinstance(work, WorkReported) and basis.within(record):
            yield from ((work, find) for find in work.finds)


def finds_table(basis: ReportBasis) -> ReportTable:
    """Returns what was found, by area, category, depth and what was done; never where exactly."""
    origin = basis.origin("items")
    counts: dict[tuple[str, str, int | None, str | None], int] = {}
    for work, find in finds_in(basis):
        key = (work.area_id, find.category, find.depth_cm, find.action)
        counts[key] = counts.get(key, 0) + find.count
    ordered = sorted(
        counts.items(), key=lambda item: (*item[0][:2], item[0][2] or -1, str(item[0][3]))
    )
    rows = tuple(
        (
            Said(area_id),
            Label("ordnance_category", (category,)),
            number_or_none(depth_cm, "cm", origin),
            label_or("disposal_action", action),
            counted(n, "items", origin),
        )
        for (area_id, category, depth_cm, action), n in ordered
    )
    columns = (
        Column("area_id"),
        Column("ordnance"),
        Column("depth", "cm"),
        Column("action"),
        Column("items", "items"),
    )
    whole = sum(counts.values())
    total = (Words("report.total"), *(Said(""),) * 3, counted(whole, "items", origin))
    notes = (Words("report.note.finds"), Words("report.note.positions"))
    return ReportTable("finds", columns, rows, origin, total, notes)


def ordnance_table(basis: ReportBasis) -> ReportTable:
    """Returns what was found by type, and how much is on record as destroyed or taken away."""
    origin = basis.origin("items")
    found: dict[str, int] = {}
    gone: dict[str, int] = {}
    for _, find in finds_in(basis):
        found[find.category] = found.get(find.category, 0) + find.count
        if find.action in DESTROYED:
            gone[find.category] = gone.get(find.category, 0) + find.count
        elif find.action is not None and find.action != "unknown":
            gone.setdefault(find.category, 0)
    rows = tuple(
        (
            Label("ordnance_category", (category,)),
            counted(n, "items", origin),
            number_or_none(gone.get(category), "items", origin),
        )
        for category, n in sorted(found.items())
    )
    known = [gone[category] for category in found if category in gone]
    total = (
        Words("report.total"),
        counted(sum(found.values()), "items", origin),
        number_or_none(sum(known) if known else None, "items", origin),
    )
    columns = (Column("ordnance"), Column("items_found", "items"), Column("items_gone", "items"))
    notes = (Words("report.note.destroyed"),)
    return ReportTable("ordnance", columns, rows, origin, total, notes)


def released_table(basis: ReportBasis) -> ReportTable:
    """Returns the ground that stands released, by part, outcome and depth: each piece once.

    Ground whose release is in doubt is left out, as in exports, and the doubt is told.
    """
    origin = basis.origin("faces", now=True)
    sizes: dict[tuple[str, str, str, int], int] = {}
    for item, state in basis.states:
        if not state.is_hazard and not basis.in_doubt.on(item.face, state):
            part_id = min(state.part_ids, default="")
            depth_cm = state.depth_cm if state.depth_cm is not None else -1
            key = (_area_of(basis, part_id) or claim_of(state), part_id, state.status, depth_cm)
            sizes[key] = sizes.get(key, 0) + item.size
    rows = tuple(
        (
            Said(area_id),
            words_or(part_id),
            Label("outcome", (status,)),
            number_or_none(None if depth_cm < 0 else depth_cm, "cm", origin)
            if status == "cleared"
            else Figure(None, "cm", origin, Words("report.not-searched-below")),
            square_metres(size, origin),
        )
        for (area_id, part_id, status, depth_cm), size in sorted(sizes.items())
    )
    columns = (
        Column("area_id"),
        Column("part_id"),
        Column("outcome"),
        Column("depth", "cm"),
        Column("area", "m2"),
    )
    whole = square_metres(sum(sizes.values()), origin)
    total = (Words("report.total"), *(Said(""),) * 3, whole)
    notes = (Words("report.note.depth"), *basis.doubts)
    return ReportTable("released_parts", columns, rows, origin, total, notes)


def _area_of(basis: ReportBasis, part_id: str) -> str | None:
    known = basis.register.parts.get(part_id) if part_id else None
    return None if known is None else getattr(known[1].fact, "area_id", None)


def certificates_table(basis: ReportBasis, *, in_force: bool = False) -> ReportTable:
    """Returns the certificates of the areas asked about, and where each stands."""
    origin = basis.origin("certificates", now=True)
    area_ids = frozenset(basis.area_ids)
    rows: list[tuple[Cell, ...]] = []
    for record in sorted(basis.register.certificates.values(), key=lambda item: item.seq):
        fact = record.fact
        if not isinstance(fact, CertificateIssued) or fact.area_id not in area_ids:
            continue
        standing = basis.in_doubt.standing(fact.number)
        if standing is None or not basis.by_then(record):
            continue
        if in_force and standing.state != "in-force":
            continue
        rows.append(
            (
                Said(fact.number),
                Words(f"report.certificate.{fact.kind}"),
                Said(fact.area_id),
                day_or(record.valid_at_us),
                Words(f"land.certificate.state.{standing.state}"),
            )
        )
    columns = tuple(map(Column, ("certificate", "kind", "area_id", "issued_on", "state")))
    return ReportTable("certificates", columns, tuple(rows), origin)


def files_table(basis: ReportBasis, ids: frozenset[str]) -> ReportTable:
    """Returns the files that are on record of some records: their kind, size and hash."""
    origin = basis.origin("files", now=True)
    rows = tuple(
        (
            Said(fact.record_id),
            Said(fact.media_type),
            counted(fact.n_bytes, "bytes", origin),
            Said(fact.sha256[:_HASH_LETTERS]),
            day_or(record.valid_at_us),
        )
        for record in basis.office.facts(basis.asked.known_at_us)
        if isinstance(fact := record.fact, AttachmentNamed)
        and fact.record_id in ids
        and basis.by_then(record)
    )
    columns = (
        Column("record"),
        Column("media_type"),
        Column("bytes", "bytes"),
        Column("sha256"),
        Column("day"),
    )
    return ReportTable("files", columns, rows, origin)


def map_of(basis: ReportBasis) -> ReportMap | None:
    """Returns the map of the areas asked about and of what is beside them; None without any.

    All that is on record beside them is drawn, asked about or not: none of it may look as if
    nothing were.
    """
    areas = basis.register.areas
    known = [area_id for area_id in basis.area_ids if area_id in areas]
    outlines = tuple((area_id, areas[area_id].outline) for area_id in known)
    drawn = [shape for _, shape in outlines if not shape.is_empty]
    if not drawn:
        return None
    ground = [
        (_drawn(basis, face, state), face.shape)
        for face in basis.book.near(_around(union_of(drawn)))
        if (state := face.timeline.at(basis.until_us)) is not None
    ]
    ground += [
        ("left", part.shape) for _, _, part in _parts(basis) if part.outcome == "not_cleared"
    ]
    return ReportMap(outlines, tuple(ground))


def _around(shape: GridShape) -> GridShape:
    """Returns a box about a shape that no map of it reaches out of."""
    west, south, east, north = shape.bounds_mm
    span_mm = max(east - west, north - south, _LEAST_SPAN_MM)
    return GridShape.box(west - span_mm, south - span_mm, east + span_mm, north + span_mm)


def _drawn(basis: ReportBasis, face: Face, state: LandState) -> str:
    # What is in doubt is not drawn as released: a map without words would hide the doubt.
    return "hazard" if state.is_hazard or basis.in_doubt.on(face, state) else state.status
