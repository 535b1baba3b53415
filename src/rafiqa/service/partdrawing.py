"""Parts of an area drawn at completion: what they measure, what is left, and what is against them.

They go on record as reported work, by the verb of every other report; nothing is released by it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import GridShape, join, union_of
from rafiqa.land import (
    Actor,
    EvidenceAnswer,
    Outcome,
    Reason,
    TaskOrdered,
    WorkedPart,
    WorkReported,
    rule,
)
from rafiqa.land.task import task_of
from rafiqa.service.act import Meant, Stamp, against, carry_out_together
from rafiqa.service.drawing import drawn_outline
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.work import told_since, work_meant
from rafiqa.wire.instant import iso_date

_NOISE2_MM2: Final = 2 * 10_000
"""Twice 100 cm²: a piece that noding leaves over is counted, and not drawn as land that is left."""
_DAY_US: Final = 86_400_000_000
PIECES_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class PartDrawn:
    """A part as somebody drew it and says of it; its outline as GeoJSON."""

    part_id: str
    outline: Mapping[str, Any]
    outcome: Outcome
    method: str
    depth_cm: int | None = None
    depth_from_cm: int | None = None
    surface: str | None = None
    reason: str | None = None
    answers: tuple[EvidenceAnswer, ...] = ()
    unit_id: str | None = None


@dataclass(frozen=True, slots=True)
class WorkDrawn:
    """Work on an area as somebody at the desk is about to report it.

    Attributes:
        begun_us: when it began; it is dated then, as work that a form reports is.
        ended_us: when it ended, to the day.
        finds_complete: that nothing was found; None where that is told elsewhere, or not at all.
    """

    work_id: str
    area_id: str
    parts: tuple[PartDrawn, ...]
    begun_us: int
    ended_us: int
    task_id: str | None = None
    team_id: str | None = None
    finds_complete: bool | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PartMeasured:
    """A part as the site's grid has it, and what is against it; areas twice, in mm².

    Attributes:
        part_id: its id.
        shape: its land; empty where its outline is none.
        outside2_mm2: how much of it lies outside the ground that was worked on.
        released2_mm2: how much of it was released before.
        overlaps: every other part that it lies over, with the land in both.
        against: every reason against it.
    """

    part_id: str
    shape: GridShape
    outside2_mm2: int
    released2_mm2: int
    overlaps: tuple[tuple[str, GridShape], ...]
    against: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PartsMeasured:
    """Parts beside the ground that they are of; areas twice, in mm².

    ``released2_mm2`` + the parts − ``twice2_mm2`` − ``outside2_mm2`` − ``over_released2_mm2`` +
    ``left2_mm2`` is the ground, to the mm²: whatever is in no part stays hazard.

    Attributes:
        ground: the task's ground, or the whole area where no task is named.
        released2_mm2: how much of it is no hazard any more, or not on record.
        parts: each part.
        twice2_mm2: land that is in several parts, once for each part too many.
        outside2_mm2: land of the parts that is not of the ground.
        over_released2_mm2: land of the parts on ground released before.
        left2_mm2: hazard that no part speaks of.
        left: the same as land, without what only noding left over.
        against: every reason against the report that is of no single part.
    """

    ground: GridShape
    released2_mm2: int
    parts: tuple[PartMeasured, ...]
    twice2_mm2: int
    outside2_mm2: int
    over_released2_mm2: int
    left2_mm2: int
    left: GridShape
    against: tuple[Reason, ...]


def measure_parts(office: Office, actor: Actor, work: WorkDrawn) -> PartsMeasured:
    """Returns what drawn parts measure, what they leave, and all that is against reporting them.

    Nothing is recorded.

    Raises:
        InvalidInput: the area or task is not on record.
    """
    ground = _ground(office, work)
    hazard = _hazard(office, ground)
    shapes, misdrawn = _registered(office, work.parts)
    reasons = [*misdrawn]
    if not misdrawn:
        reasons += against(office, actor, _meant(office, actor, work, shapes))
    parts = tuple(
        PartMeasured(
            part.part_id,
            shape,
            shape.difference(ground).area2_mm2,
            shape.intersection(ground).difference(hazard).area2_mm2,
            tuple(_overlaps(work.parts, shapes, at)),
            tuple(each for each in reasons if part.part_id in _parts_of(each)),
        )
        for at, (part, shape) in enumerate(zip(work.parts, shapes, strict=True))
    )
    known = {part.part_id for part in work.parts}
    union = union_of(shapes) if shapes else GridShape.empty()
    within2 = union.intersection(ground).area2_mm2
    open2 = union.intersection(hazard).area2_mm2
    return PartsMeasured(
        ground,
        ground.area2_mm2 - hazard.area2_mm2,
        parts,
        sum(shape.area2_mm2 for shape in shapes) - union.area2_mm2,
        union.area2_mm2 - within2,
        within2 - open2,
        hazard.area2_mm2 - open2,
        _without_noise(hazard.difference(union)),
        tuple(each for each in reasons if not known & _parts_of(each)),
    )


def report_drawn(office: Office, actor: Actor, work: WorkDrawn, stamp: Stamp) -> Acted:
    """Returns the act of reporting drawn parts; each reason against one names it as its place.

    Raises:
        InvalidInput: the area or task is not on record, or an outline is none; every fault listed.
    """
    _ground(office, work)
    shapes, misdrawn = _registered(office, work.parts)
    if misdrawn:
        raise InvalidInput(
            [Fault(each.code, str(each.params["place"]), None, each.params) for each in misdrawn]
        )
    meant = _meant(office, actor, work, shapes)
    dated = replace(stamp, valid_at_us=work.begun_us)
    acted = carry_out_together(office, actor, [replace(meant, stamp=dated)])
    if acted.done:
        return acted
    return replace(acted, ruling=rule([_placed(each) for each in acted.reasons]))


def cut_outline(
    office: Office, outline: Mapping[str, Any], line: Sequence[tuple[float, float]]
) -> tuple[GridShape, ...]:
    """Returns the pieces into which a line cuts an outline, the largest first.

    They lie on the site's grid, meet along the line to the millimetre, and add up exactly to the
    outline noded with it.

    Args:
        office: the open store.
        outline: a GeoJSON polygon.
        line: corners in degrees, longitude first; it may reach beyond the outline.

    Raises:
        InvalidInput: one of them is no outline or line on the site, or the line cuts nothing.
    """
    shape = drawn_outline(office, outline).shape
    if len({*line}) < 2:
        raise InvalidInput(Fault("service.parts.no-line", "line"))
    lonlat = np.array(line, dtype=np.float64)
    corners_mm = office.frame.to_grid_points(lonlat[:, 0], lonlat[:, 1]).astype(np.float64)
    drawn = shapely.union(shape.geometry.boundary, shapely.LineString(corners_mm), grid_size=1.0)
    cells = shapely.get_parts(shapely.polygonize([drawn]))
    inner = shapely.point_on_surface(cells)
    pieces = [GridShape.of(cell) for cell in cells[shapely.contains(shape.geometry, inner)]]
    if len(pieces) <= len(shape.parts()):
        raise InvalidInput(Fault("service.parts.cuts-nothing", "line"))
    if len(pieces) > PIECES_MOST:
        params: dict[str, str | int] = {"n": len(pieces), "limit": PIECES_MOST}
        raise InvalidInput(Fault("service.parts.too-many", "line", params=params))
    return tuple(sorted(pieces, key=lambda each: (-each.area2_mm2, each.bounds_mm)))


def _ground(office: Office, work: WorkDrawn) -> GridShape:
    """Returns the ground that was worked on."""
    book = office.book()
    area = book.register.areas.get(work.area_id)
    if area is None:
        params: dict[str, str | int] = {"area": work.area_id}
        raise InvalidInput(Fault("land.area.unknown", "area_id", params=params))
    if work.task_id is None:
        return area.outline
    task = task_of(book, work.task_id)
    if task is None:
        params = {"task": work.task_id}
        raise InvalidInput(Fault("land.task.unknown", "task_id", params=params))
    order: TaskOrdered = task.order
    if order.area_id != work.area_id:
        params = {"task": work.task_id, "area": work.area_id, "ordered": order.area_id}
        raise InvalidInput(Fault("service.submission.task-elsewhere", "task_id", params=params))
    return task.ground


def _hazard(office: Office, ground: GridShape) -> GridShape:
    """Returns the ground that is hazard now."""
    now_us = office.now_us()
    found = [
        face.shape.intersection(ground)
        for face in office.book().near(ground)
        if (state := face.timeline.at(now_us)) is not None and state.is_hazard
    ]
    return union_of(found) if found else GridShape.empty()


def _registered(office: Office, parts: Sequence[PartDrawn]) -> tuple[list[GridShape], list[Reason]]:
    """Returns the land of each part, empty where its outline is none, and why it is none."""
    shapes: list[GridShape] = []
    misdrawn: list[Reason] = []
    for part in parts:
        try:
            shapes.append(drawn_outline(office, part.outline).shape)
        except InvalidInput as error:
            shapes.append(GridShape.empty())
            misdrawn += [
                Reason(fault.code, {**fault.params, "part": part.part_id, "place": part.part_id})
                for fault in error.faults
            ]
    return shapes, misdrawn


def _meant(office: Office, actor: Actor, work: WorkDrawn, shapes: Sequence[GridShape]) -> Meant:
    """Returns the report that drawn parts make, with all that is against it."""
    fact = _fact(actor, work, shapes)
    meant = work_meant(office, actor, fact, Stamp(work.begun_us))
    found = [*(meant.ruling.reasons if meant.ruling is not None else ())]
    now_us = office.now_us()
    if work.ended_us > now_us + _DAY_US:
        params: dict[str, str | int] = {
            "ended": iso_date(work.ended_us),
            "sent": iso_date(now_us),
        }
        found.append(Reason("service.submission.ended-after-sent", params))
    # Whoever is at the desk sees what came since; those who searched the ground did not.
    known = bisect_right(office.facts(), work.ended_us, key=lambda item: item.recorded_at_us)
    for part, subjects in told_since(office, fact.parts, work.begun_us, known):
        params = {"part": part.part_id, "subjects": ", ".join(subjects)}
        found.append(Reason("service.parts.told-since", params, subjects))
    return replace(meant, ruling=rule(found))


def _fact(actor: Actor, work: WorkDrawn, shapes: Sequence[GridShape]) -> WorkReported:
    return WorkReported(
        work.work_id,
        work.area_id,
        actor.organisation_id,
        tuple(
            WorkedPart(
                part.part_id,
                part.outcome,
                shape,
                part.method,
                part.depth_cm,
                part.surface,
                part.reason,
                tuple(answer.evidence_id for answer in part.answers),
                part.answers or None,
                unit_id=part.unit_id,
                depth_from_cm=part.depth_from_cm,
            )
            for part, shape in zip(work.parts, shapes, strict=True)
        ),
        work.task_id,
        (),
        (actor.person_id,),
        work.note,
        work.team_id,
        begun_us=work.begun_us,
        ended_us=work.ended_us,
        finds_complete=work.finds_complete,
    )


def _overlaps(
    parts: Sequence[PartDrawn], shapes: Sequence[GridShape], at: int
) -> Iterator[tuple[str, GridShape]]:
    """Yields every other part that a part lies over; parts of different units may."""
    for other, shape in enumerate(shapes):
        if other == at or not shape.intersects(shapes[at]):
            continue
        both = _without_noise(shape.intersection(shapes[at]))
        if not both.is_empty:
            yield parts[other].part_id, both


def _without_noise(shape: GridShape) -> GridShape:
    pieces = [piece for piece in shape.parts() if piece.area2_mm2 > _NOISE2_MM2]
    return join(pieces) if pieces else GridShape.empty()


def _parts_of(reason: Reason) -> set[str]:
    """Returns the parts that a reason names."""
    return {str(reason.params[name]) for name in ("part", "other") if name in reason.params}


def _placed(reason: Reason) -> Reason:
    """Returns a reason whose place is the part that it is against."""
    if "part" not in reason.params:
        return reason
    return replace(reason, params={**reason.params, "place": reason.params["part"]})
