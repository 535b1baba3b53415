"""What a store holds as rows of the dictionary, for people who go on elsewhere.

Each kind is a table whose columns are named as the dictionary names them, as true and known at
one moment. What is written out is read in again as it was (``rafiqa import``): the areas, and then
the parts released in them, make the same ground.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import GridShape, Spot, join
from rafiqa.land import (
    AccidentRecorded,
    EvidenceRecorded,
    Face,
    LandBook,
    LandState,
    Recorded,
    ReleaseTransferred,
    ground_of,
    stage_of,
)
from rafiqa.recovery import ProjectRegistered
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.service.question import BEGINNING_US, NOW, AsOf
from rafiqa.wire.exporttable import ExportTable
from rafiqa.wire.instant import date_us, iso_date

DEGREE_DECIMALS: Final = 9
"""About 0.1 mm, a tenth of the grid on which land is kept: read in again it is the same ground."""
PUBLIC_SENSITIVITY: Final = 0
STAFF_SENSITIVITY: Final = 2
"""What is sealed, or names a person, stands in no fact and in no export."""
_WORST_FIRST: Final = ("cha", "sha", "indication")

ExportRow = tuple[dict[str, Any], GridShape | Spot | None]
_Row = ExportRow


@dataclass(frozen=True, slots=True)
class _Moment:
    """A site at one moment, as one export reads it."""

    office: Office
    book: LandBook
    as_of: AsOf
    valid_us: int

    def true(self, record: Recorded) -> bool:
        return record.valid_at_us <= self.valid_us

    def states(self) -> Iterator[tuple[Face, LandState]]:
        return self.book.states(self.valid_us)


def exported(office: Office, kind: str, as_of: AsOf = NOW, *, public: bool = False) -> ExportTable:
    """Returns all rows of a kind, in the order of their ids.

    Args:
        office: the open store.
        kind: a key of ``EXPORT_KINDS``.
        as_of: the two times.
        public: only columns that may be shown to everybody.

    Raises:
        InvalidInput: ``service.export.not-public``: nothing of the kind is for everybody.
    """
    record_name, is_public, _ = EXPORT_KINDS[kind]
    if public and not is_public:
        raise InvalidInput(Fault("service.export.not-public", "KIND", params={"kind": kind}))
    record = dictionary().records[record_name]
    valid_us = as_of.valid_us(office)
    rows = exported_rows(office, kind, AsOf(valid_us, as_of.known_at_us))
    most = PUBLIC_SENSITIVITY if public else STAFF_SENSITIVITY
    shown = frozenset(record.shown_to(most)) | ({"id"} if public else frozenset())
    names = [field.name for field in record.fields if field.name in shown]
    used = {name for values, _ in rows for name, value in values.items() if value is not None}
    columns = {name: [values.get(name) for values, _ in rows] for name in names if name in used}
    shapes = np.array([lonlat_of(office, place) for _, place in rows], dtype=object)
    return ExportTable(kind, record, columns, shapes, iso_date(valid_us))


def exported_rows(office: Office, kind: str, as_of: AsOf = NOW) -> list[ExportRow]:
    """Returns all rows of a kind as values and ground, in the order of their ids; for no file.

    Nothing is left out of what a row says: whoever asks has to let out only what may be.
    """
    make = EXPORT_KINDS[kind][2]
    moment = _Moment(office, office.book(as_of.known_at_us), as_of, as_of.valid_us(office))
    return sorted(make(moment), key=lambda row: str(row[0]["id"]))


def lonlat_of(office: Office, place: GridShape | Spot | None) -> BaseGeometry | None:
    """Returns a place in degrees, longitude first, to about 0.1 mm; None where there is none."""
    if place is None:
        return None
    if isinstance(place, Spot):
        return shapely.Point(place.lon_deg, place.lat_deg)
    if place.is_empty:
        return None
    geometry = office.frame.to_lonlat(place).geometry
    return shapely.transform(geometry, lambda xy: np.round(xy, DEGREE_DECIMALS))


def _areas(moment: _Moment) -> Iterator[_Row]:
    """Yields each area with its outline as known then, the worst that is left in it, and its stage.

    Of an area with nothing left the class is the one it was declared with: whoever reads the
    areas in without the parts released has hazard there, and with them what is here.
    """
    voided = {item.recorded.entry_id for item in moment.book.register.without_effect}
    outlines = []
    for record in moment.book.register.areas.values():
        if not moment.true(record.recorded):
            continue
        outline = record.outline_at(moment.valid_us, voided)
        outlines.append(outline.geometry)
        present = {
            state.status
            for face in moment.book.near(outline)
            if (state := face.timeline.at(moment.valid_us)) is not None
            and state.is_hazard
            and record.area_id in state.claims
        }
        fact = record.fact
        told = [each.fact for each in moment.book.story(record.area_id) if moment.true(each)]
        values = {
            **_beside(fact.extra),
            "id": record.area_id,
            "name": fact.name,
            "class": next((each for each in _WORST_FIRST if each in present), fact.class_),
            "stage": stage_of(told, hazard_left=bool(present)),
            "evidence_ids": " ".join(fact.evidence_ids) or None,
            "reported_area_m2": fact.area_reported_m2,
            "source": fact.source,
            "note": fact.note,
            "observed_on": _day(record.recorded.valid_at_us),
        }
        yield values, outline
    yield from _beyond(moment, outlines)


def _beyond(moment: _Moment, outlines: Sequence[BaseGeometry]) -> Iterator[_Row]:
    """Yields hazard that no area's outline covers, such as ground reopened where none was.

    Left out, it would be off the record for whoever reads the areas in.
    """
    covering = shapely.STRtree(outlines)
    left = [
        (face, state)
        for face, state in moment.states()
        if state.is_hazard and not len(covering.query(face.shape.geometry, predicate="covered_by"))
    ]
    yield from _grouped(moment, left)


def _hazards(moment: _Moment) -> Iterator[_Row]:
    """Yields all ground that is hazard then, one row for each set of areas and class."""
    yield from _grouped(moment, (each for each in moment.states() if each[1].is_hazard))


def _grouped(moment: _Moment, held: Iterable[tuple[Face, LandState]]) -> Iterator[_Row]:
    grouped: dict[tuple[tuple[str, ...], str], list[Face]] = {}
    for face, state in held:
        grouped.setdefault((state.claims, state.status), []).append(face)
    areas = moment.book.register.areas
    for (claims, status), faces in grouped.items():
        first = areas.get(claims[0])
        name = first.fact.name if first else None
        values = {"id": f"{'+'.join(claims)}/{status}", "class": status, "name": name}
        yield values, join([face.shape for face in faces])


def _parts(moment: _Moment) -> Iterator[_Row]:
    """Yields all released ground then, one row for each set of parts that released it.

    Only what is still released: a part of which some was reopened comes without that ground, and
    ground whose release is in doubt is left out: elsewhere nobody would know of the doubt.
    """
    grouped: dict[tuple[object, ...], list[tuple[Face, LandState]]] = {}
    office, valid_us = moment.office, moment.valid_us
    papers = office.recovery(valid_us, moment.as_of.known_at_us)
    doubts = Doubts.of(office, moment.book, papers, valid_us)
    for face, state in moment.states():
        if not state.is_hazard and not doubts.on(face, state):
            key = (state.claims, state.part_ids, state.status, state.depth_cm)
            grouped.setdefault(key, []).append((face, state))
    for held in grouped.values():
        state = held[0][1]
        steps = [
            step.at_us
            for face, _ in held
            for step in face.timeline.steps
            if step.at_us <= moment.valid_us
        ]
        known = [moment.book.register.parts.get(each) for each in state.part_ids]
        parts = [part for part, _ in filter(None, known)]
        depth = "" if state.depth_cm is None else f"/{state.depth_cm}"
        ids = "+".join(state.part_ids or state.claims)
        values = {
            "id": f"{ids}/{state.status}{depth}",
            "area_id": _one(each for each in state.claims if each in moment.book.register.areas),
            "outcome": state.status,
            "depth_cm": state.depth_cm,
            "method": _one(part.method for part in parts),
            "surface": _one(part.surface for part in parts),
            "released_on": _day(max(steps)),
            # No column of a file, and only for other authorities.
            "worked_on": _worked_on(filter(None, known)),
        }
        yield values, join([face.shape for face, _ in held])


def _worked_on(known: Iterable[tuple[object, Recorded]]) -> date | None:
    """Returns the day of the oldest work or release from elsewhere that ground rests on.

    None where one came without a day: then it has the moment at which it was taken over, which is
    no day's first.
    """
    days = []
    for part, recorded in known:
        day = _day(recorded.valid_at_us)
        if isinstance(part, ReleaseTransferred) and (
            day is None or date_us(day) != recorded.valid_at_us
        ):
            return None
        days.append(day)
    return None if not days or None in days else min(filter(None, days))


def _one(values: Iterable[str | None]) -> str | None:
    """Returns the one value that all share, or None."""
    different = set(values)
    return different.pop() if len(different) == 1 else None


def _evidence(moment: _Moment) -> Iterator[_Row]:
    for record in moment.book.register.evidence.values():
        fact = record.fact
        if not isinstance(fact, EvidenceRecorded) or not moment.true(record):
            continue
        values = {
            **_beside(fact.extra),
            "id": fact.evidence_id,
            "area_id": fact.area_id,
            "kind": fact.kind,
            "evidence_source": fact.source_kind,
            "observed_on": _day(record.valid_at_us),
            "source": fact.source,
            "source_grade": fact.source_grade,
            "content_grade": fact.content_grade,
            "statement": fact.text,
            "accuracy_m": fact.accuracy_m,
        }
        yield values, fact.ground or fact.spot


def _accidents(moment: _Moment) -> Iterator[_Row]:
    for record in moment.book.register.accidents.values():
        fact = record.fact
        if not isinstance(fact, AccidentRecorded) or not moment.true(record):
            continue
        values = {
            **_beside(fact.extra),
            "id": fact.accident_id,
            "kind": fact.kind,
            "happened_on": _day(record.valid_at_us),
            "address": fact.place,
            "killed": fact.killed,
            "injured": fact.injured,
            "device": fact.category,
            "source": fact.source,
        }
        yield values, ground_of(fact, moment.office.frame) or fact.spot


def _projects(moment: _Moment) -> Iterator[_Row]:
    known = moment.office.recovery(moment.valid_us, moment.as_of.known_at_us)
    for record in known.projects.values():
        fact = record.fact
        if not isinstance(fact, ProjectRegistered):
            continue
        access = None if fact.access is None else lonlat_of(moment.office, fact.access)
        values = {
            **_beside(fact.extra),
            "id": fact.project_id,
            "name": fact.name,
            "kind": fact.kind,
            "access_geometry": None if access is None else shapely.to_wkt(access, -1),
            "depth_cm": fact.depth_cm,
            "volume_m3": fact.volume_m3,
            "works_method": fact.method,
            "workers": fact.n_workers,
            "protected": fact.protected,
            "asset_ids": " ".join(fact.asset_ids) or None,
            "planned_on": fact.planned_on,
            "owner": fact.owner,
            "funder": fact.funder,
            "note": fact.note,
        }
        yield values, fact.shape


def _day(at_us: int) -> date | None:
    """Returns the day of a time in UTC; None for what counts from always, since undated."""
    return None if at_us <= BEGINNING_US else date.fromisoformat(iso_date(at_us))


def _beside(extra: str | None) -> dict[str, Any]:
    """Returns what a row said beside its fields; what is no field of the record is left out."""
    told = json.loads(extra) if extra else {}
    return told if isinstance(told, dict) else {}


EXPORT_KINDS: Final[dict[str, tuple[str, bool, Callable[[_Moment], Iterator[_Row]]]]] = {
    "hazard-areas": ("hazard_area", True, _areas),
    "hazards": ("hazard_area", True, _hazards),
    "land-parts": ("land_part", True, _parts),
    "evidence": ("evidence", False, _evidence),
    "accidents": ("accident", False, _accidents),
    "projects": ("project", False, _projects),
}
"""Kind → the dictionary's record, whether any of it is for everybody, and what makes its rows."""
