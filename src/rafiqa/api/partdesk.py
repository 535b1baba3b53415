"""Parts of an area drawn at completion: measured, cut, reported as work; none is released."""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.api import partshape
from rafiqa.api.act import actor_of, done
from rafiqa.api.ask import Ask
from rafiqa.api.ground import outline_json
from rafiqa.api.history import label
from rafiqa.api.offer import offer, report_against
from rafiqa.api.partfind import found_here
from rafiqa.api.problem import Unknown, faults_of, told_fault
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.api.workpart import evidence_of
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault
from rafiqa.geo import GridShape
from rafiqa.land import Actor, EvidenceAnswer, StructureRegistered
from rafiqa.service import Office
from rafiqa.service.partdrawing import (
    PartDrawn,
    PartMeasured,
    PartsMeasured,
    WorkDrawn,
    cut_outline,
    measure_parts,
    report_drawn,
)
from rafiqa.wire.instant import end_us, instant_us

NO_STORE = {"Cache-Control": "no-store"}
CHOICES = {
    "outcome": "outcome",
    "method": "method",
    "surface": "surface",
    "reason": "not_cleared_reason",
}


def measure_drawn_parts(ask: Ask) -> Reply:
    """Returns what drawn parts measure, what they leave, and every fault of them.

    Nothing is recorded by it.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: the area or task is not on record, or a day is none.
    """
    actor, work = _work(ask)
    view = View.of(ask)
    office = ask.desk.office
    found = measure_parts(office, actor, work)
    return reply(_told(office, view, actor, work, found), NO_STORE)


def cut_drawn(ask: Ask) -> Reply:
    """Returns the pieces into which a line cuts an outline; nothing is recorded.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: there is no such outline or line on the site, or the line cuts nothing.
    """
    _staff(ask)
    view, asked = View.of(ask), ask.taken(partshape.Cut)
    pieces = cut_outline(ask.desk.office, asked.geometry, asked.line)
    told = [partshape.Piece(outline_json(view, each), each.area_m2) for each in pieces]
    return reply(partshape.Pieces(told), NO_STORE)


def report_parts(ask: Ask) -> Reply:
    """Returns the entry that reports work by drawn parts; it releases nothing.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: an outline is none, or the area, task or a day; every fault is listed.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed, each at its part.
    """
    actor, work = _work(ask)
    return done(report_drawn(ask.desk.office, actor, work, ask.stamp))


def _staff(ask: Ask) -> Actor:
    actor = actor_of(ask)
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    return actor


def _work(ask: Ask) -> tuple[Actor, WorkDrawn]:
    actor, asked = _staff(ask), ask.taken(partshape.WorkOutlined)
    work = WorkDrawn(
        asked.work_id,
        asked.area_id,
        tuple(_part(part) for part in asked.parts),
        instant_us(asked.began, "began"),
        end_us(asked.ended, "ended"),
        asked.task_id,
        asked.team_id,
        asked.finds_complete,
        asked.note.strip() or None,
    )
    return actor, work


def _part(asked: partshape.PartOutlined) -> PartDrawn:
    return PartDrawn(
        asked.part_id,
        asked.geometry,
        asked.outcome,
        asked.method,
        asked.depth_cm,
        asked.depth_from_cm,
        asked.surface,
        asked.reason,
        tuple(EvidenceAnswer(each.evidence_id, each.how.strip()) for each in asked.answers),
        asked.unit_id,
    )


def _told(
    office: Office, view: View, actor: Actor, work: WorkDrawn, found: PartsMeasured
) -> partshape.PartsTold:
    area = view.register.areas[work.area_id]
    lists = dictionary().lists
    return partshape.PartsTold(
        work.area_id,
        area.fact.name,
        outline_json(view, found.ground),
        found.ground.area_m2,
        found.released2_mm2 / 2e6,
        found.twice2_mm2 / 2e6,
        found.outside2_mm2 / 2e6,
        found.over_released2_mm2 / 2e6,
        found.left2_mm2 / 2e6,
        None if found.left.is_empty else outline_json(view, found.left),
        [_part_told(view, part) for part in found.parts],
        [told_fault(fault, view.lang) for fault in faults_of(found.against)],
        list(evidence_of(view, work.area_id)),
        found_here(office, view, work.area_id, found),
        offer(view, "report_work", work.area_id, report_against(view, actor, work.area_id)),
        {
            field: {code: lists[name].label(code, view.lang) for code in lists[name].names}
            for field, name in CHOICES.items()
        },
    )


def _part_told(view: View, part: PartMeasured) -> partshape.PartTold:
    return partshape.PartTold(
        part.part_id,
        part.shape.area_m2,
        part.outside2_mm2 / 2e6,
        part.released2_mm2 / 2e6,
        [
            partshape.OverlapTold(other, both.area_m2, outline_json(view, both))
            for other, both in part.overlaps
        ],
        list(_units(view, part.shape)),
        [told_fault(fault, view.lang) for fault in faults_of(part.against)],
    )


def _units(view: View, shape: GridShape) -> Iterator[partshape.UnitUnder]:
    """Yields the units of every structure that a part lies on, each with its structure's name."""
    for structure_id, record in view.register.structures.items():
        fact = record.recorded.fact
        if not isinstance(fact, StructureRegistered) or not fact.shape.intersects(shape):
            continue
        for said, units in record.said:
            if not view.true(said):
                continue
            for unit in units:
                kind = label("unit_kind", unit.kind, view.lang)
                level = "" if unit.level is None else f" {unit.level}"
                words = f"{fact.name or structure_id} · {kind}{level}"
                yield partshape.UnitUnder(unit.unit_id, words)
