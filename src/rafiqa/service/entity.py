"""Entities: the known hazards near a device's tasks, as phones draw them under what is drawn.

Geometry is made here and nowhere else, simplified outwards, so that a hazard on a phone is never
smaller than on record. One row that a phone cannot read would blind it to all, so each row is
made from parts that cannot break it, and looked at before it goes out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, outward, union_of
from rafiqa.land import (
    AreaRecord,
    EvidenceRecorded,
    Face,
    LandFact,
    LandState,
    ReportAnswered,
    ResidentReported,
    TaskOrdered,
)
from rafiqa.ledger import DeviceEnrolled
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.wire.fieldplace import field_text
from rafiqa.wire.neutral import neutral

ROWS_LIMIT = 500
"""Rows that a phone still reads in a moment (5,000 took 6 to 9 s); the last is for all the rest."""
REACH_MM = 500_000
"""How far around a task hazards are shown, in mm."""
STEP_MM = 1_000
CORNERS_LIMIT = 400
COLUMNS = (
    *("name", "label", "__version", "geometry", "status", "area_id"),
    *("stroke", "stroke-width", "fill"),
)
COLOURS = {"cha": ("#B00020", "#B0002055"), "sha": ("#C75B00", "#C75B0055")}
_DOUBT = "doubt:"
"""Before the name of an area: its released ground about which something newer speaks."""
_OTHER = ("#6A5ACD", "#6A5ACD55")
_STILL = (EvidenceRecorded, ResidentReported, ReportAnswered)
"""Facts of the land that move none of it."""
_LETTER = {"cha": "C", "sha": "S"}
_UNFIT = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class HazardList:
    """A list as it goes out: its bytes, a mark that changes with them, and the names in it."""

    csv: bytes
    mark: str
    names: frozenset[str]


def hazard_list(office: Office, device: DeviceEnrolled) -> HazardList:
    """Returns the hazards near the tasks of a device, the nearest first where they are many.

    Args:
        office: the open store.
        device: whose tasks; those of its organisation where it names none, and where there is
            none either, what lies nearest the site's origin.
    """
    now_us = office.now_us()
    ground = _ground(office, device)
    doubts = Doubts.asked(office, now_us)
    grouped: dict[str, list[tuple[Face, LandState]]] = {}
    for face in doubts.book.touching(ground, REACH_MM):
        state = face.timeline.at(now_us)
        if state is not None and state.is_hazard:
            grouped.setdefault(state.claims[0], []).append((face, state))
        elif state is not None and doubts.of_few(face, state):
            # Left out, it would look as released ground does: like nothing.
            grouped.setdefault(_DOUBT + min(state.claims, default=""), []).append((face, state))
    shapes = {name: union_of([face.shape for face, _ in held]) for name, held in grouped.items()}
    version = str(_ground_version(office, signs=any(name.startswith(_DOUBT) for name in shapes)))
    rows: list[tuple[str, ...]] = []
    order = _nearest(shapes, ground)
    for number, name in enumerate(order):
        made = list(_rows(office, name, shapes[name], _worst(grouped[name]), version))
        if len(rows) + len(made) > ROWS_LIMIT - (number + 1 < len(order)):
            rows.append(_rest(office, [shapes[each] for each in order[number:]], version))
            break
        rows += made
    return _written(rows)


def _ground_version(office: Office, *, signs: bool) -> int:
    """Returns a number that rises with every fact that may move ground.

    A phone keeps an outline that it has until a higher version of it comes; and of two areas
    that overlap one grows where the other is released, with no fact of its own. Where ground is in
    doubt, every fact counts: signs alone move what is.
    """
    if signs:
        return office.facts()[-1].seq
    moving = (
        recorded.seq
        for recorded in reversed(office.facts())
        if isinstance(recorded.fact, LandFact) and not isinstance(recorded.fact, _STILL)
    )
    return next(moving, 1)


def _rest(office: Office, shapes: Sequence[GridShape], version: str) -> tuple[str, ...]:
    """Returns one row around all hazards beyond what a phone can bear: none is left undrawn."""
    hull = shapely.convex_hull(shapely.union_all([shape.geometry for shape in shapes]))
    ring = next(_outlines(office, _grown(GridShape.of(hull))))
    label = f"[!] +{len(shapes)}"
    return _name("rest"), label, version, ring, "cha", "", *_style(COLOURS["cha"])


def _style(colours: tuple[str, str]) -> tuple[str, str, str]:
    stroke, fill = colours
    return stroke, "3", fill


def _worst(held: Sequence[tuple[Face, LandState]]) -> LandState:
    known = list(COLOURS)
    states = [state for _, state in held]
    return min(states, key=lambda state: (*known, state.status).index(state.status))


def _nearest(shapes: dict[str, GridShape], ground: BaseGeometry) -> list[str]:
    names = list(shapes)
    away = shapely.distance(np.array([shapes[n].geometry for n in names], dtype=object), ground)
    return [names[at] for at in np.lexsort((np.array(names), away)).tolist()] if names else []


def _ground(office: Office, device: DeviceEnrolled) -> BaseGeometry:
    register = office.register()
    stories = (
        (register.tasks.get(task_id) for task_id in device.task_ids)
        if device.task_ids
        else register.tasks.values()
    )
    ordered = [story[0].fact for story in stories if story]
    shapes = [
        shape
        for fact in ordered
        if isinstance(fact, TaskOrdered)
        and (device.task_ids or fact.organisation_id == device.organisation_id)
        and (shape := fact.shape or _outline(register.areas.get(fact.area_id))) is not None
    ]
    if not shapes:
        return shapely.Point(*office.frame.spot_mm(office.site.origin))
    return shapely.union_all([shape.geometry for shape in shapes])


def _outline(known: AreaRecord | None) -> GridShape | None:
    return None if known is None else known.outline


def _rows(
    office: Office, area_id: str, shape: GridShape, state: LandState, version: str
) -> Iterator[tuple[str, ...]]:
    """Yields a row for each polygon of a hazard: a phone draws one outline to a row."""
    doubted = area_id.startswith(_DOUBT)
    area_id = area_id.removeprefix(_DOUBT)
    known = office.register().areas.get(area_id)
    label = (known.fact.name if known else None) or area_id
    style = _style(COLOURS.get(state.status, _OTHER))
    letter = "?" if doubted else _LETTER.get(state.status, "H")
    status, kind = ("in_doubt", _DOUBT) if doubted else (state.status, "")
    for number, ring in enumerate(_outlines(office, shape)):
        name = _name(f"{kind}{area_id}/{number}")
        words = _UNFIT.sub(" ", f"[{letter}] {label}").strip()
        yield name, words, version, ring, status, area_id, *style


def _outlines(office: Office, shape: GridShape) -> Iterator[str]:
    """Yields the outer edge of every polygon, coarser and never smaller than on record."""
    step_mm = STEP_MM
    for part in shapely.get_parts(shape.geometry):
        outer = GridShape.of(shapely.Polygon(shapely.get_exterior_ring(part)))
        outer = _grown(outer)
        rough = outward(outer, step_mm)
        while shapely.get_num_coordinates(rough.geometry) > CORNERS_LIMIT:
            step_mm *= 4
            rough = outward(outer, step_mm)
        for polygon in shapely.get_parts(office.frame.to_lonlat(rough).geometry):
            yield field_text(polygon)


def _grown(shape: GridShape) -> GridShape:
    """Returns a shape a little larger, by what writing it in degrees may take from it.

    A coordinate is rounded to a centimetre, and an edge that is straight in degrees bends in the
    site's plane: by 14 mm over a kilometre at 35° north, four times that over two.
    """
    west, south, east, north = shape.bounds_mm
    long_km = max(east - west, north - south) / 1e6
    moved = shapely.buffer(shape.geometry, 200 + 60 * long_km**2, join_style="mitre")
    return GridShape.of(shapely.transform(moved, np.rint))


def _name(text: str) -> str:
    """Returns an id that phones take: the form of a random UUID, the same at every making."""
    # The protocol asks for version 4; nothing rests on its chance.
    return str(UUID(bytes=md5(text.encode(), usedforsecurity=False).digest(), version=4))


def _written(rows: Sequence[tuple[str, ...]]) -> HazardList:
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    whole = [row for row in rows if row[0] and row[1] and row[2].isdigit() and row[3]]
    # What people named may begin a formula; places and versions are ours, and phones read them so.
    table.writerows((row[0], neutral(row[1]), *row[2:]) for row in whole)
    content = stream.getvalue().encode()
    mark = md5(content, usedforsecurity=False).hexdigest()
    return HazardList(content, mark, frozenset(row[0] for row in whole))
