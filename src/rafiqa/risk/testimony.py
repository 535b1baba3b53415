"""Testimony: what the facts on record say of each cell, and whose word it is.

Nobody's silence counts: a cell of which nothing is on record has no saying, whether or not anybody
was
asked. What speaks against (contrary evidence, ground cleared without a find) moves a probability
and
no ground. Persons stand nowhere: whoever said it is an organisation or a role.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import LAND_REACH_M, SiteFrame, Spot
from rafiqa.land import (
    AccidentRecorded,
    AreaRecorded,
    EvidenceRecorded,
    Recorded,
    Records,
    ReportAnswered,
    ResidentReported,
    StructureRegistered,
    WorkReported,
    evidence_class,
    ground_of,
    inspection_failed,
    standing_works,
    without_withdrawn,
)
from rafiqa.risk.building import Houses
from rafiqa.risk.grid import CellGrid
from rafiqa.risk.source import FIND, Said, Speaks

_DOUBTED = frozenset({"e", "f", "g5", "g6"})
_SO = {"item_removed": True, "marked": True, "new_area": True, "nothing_found": False}
_MM = 1_000
WORKED = frozenset({FIND, "cleared"})
"""Kinds that are results of work: each cell of them was looked at."""
_REACH_MM = LAND_REACH_M * 1_000
CELLS_TOLD = 2_500


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said to be: a shape in mm, and how far off it may lie."""

    shape: BaseGeometry
    reach_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Voiced:
    """One saying before it is put on a grid; its cell and share are still open."""

    said: Said
    place: Place


def voices(
    facts: Sequence[Recorded], register: Records, frame: SiteFrame, valid_at_us: int
) -> list[Voiced]:
    """Returns everything that was said of places by a time, in the order of the ledger.

    What a withdrawal without effect names was said all the same. Work whose report was refused or
    superseded, or a part of which failed an inspection, speaks against nothing; what it found is
    told.

    Args:
        facts: all facts known, in the order of the ledger.
        register: of the same facts.
        frame: the site's plane.
        valid_at_us: the time.
    """
    known, _ = without_withdrawn(facts)
    standing = {record.entry_id for record, _ in standing_works(register, valid_at_us)}
    found = []
    for recorded in known:
        if recorded.valid_at_us > valid_at_us:
            continue
        found += list(_voiced(recorded, frame))
        if isinstance(recorded.fact, WorkReported) and recorded.entry_id in standing:
            found += list(_searched(recorded, recorded.fact, register, valid_at_us))
    return found


def report_cases(facts: Iterable[Recorded], valid_at_us: int) -> list[tuple[bool, bool]]:
    """Returns residents' reports that somebody went to see: each spoke; whether it was so."""
    said = [item.fact for item in facts if item.valid_at_us <= valid_at_us]
    answers = (fact for fact in said if isinstance(fact, ReportAnswered))
    return [(True, _SO[fact.outcome]) for fact in answers if fact.outcome in _SO]


def structures_of(facts: Iterable[Recorded], valid_at_us: int) -> dict[str, BaseGeometry]:
    """Returns the footprints of structures on record by a time, in mm; a later one joins."""
    found: dict[str, BaseGeometry] = {}
    for recorded in facts:
        fact = recorded.fact
        if isinstance(fact, StructureRegistered) and recorded.valid_at_us <= valid_at_us:
            before = found.get(fact.structure_id)
            shape = fact.shape.geometry
            found[fact.structure_id] = shape if before is None else shapely.union(before, shape)
    return found


def on_grid(
    voiced: Iterable[Voiced], grid: CellGrid, houses: Houses, range_cells: float
) -> list[Said]:
    """Returns sayings cell by cell: a place that is not exact is shared out over its cells.

    What was said of a place inside a structure is of the structure. A place told so inexactly that
    it may lie in more than ``CELLS_TOLD`` cells speaks for none of them. A drawn area is one word
    for
    each circle of a range's width in it: its cells share that word out. Only work looks at every
    cell.
    """
    apart = math.pi / 4 * max(range_cells, 1.0) ** 2
    found = []
    for voice in voiced:
        number = houses.of(voice.place)
        if number is not None:
            said = replace(voice.said, cell=int(houses.cells[number]), structure=number)
            found.append(said)
            continue
        told = list(_cells(voice.place, grid))
        drawn = voice.said.kind not in WORKED and not voice.place.reach_mm
        part = 1 / min(max(len(told), 1), max(apart, 1.0)) if drawn else 1.0
        found += [replace(voice.said, cell=at, share=share, part=part) for at, share in told]
    return found


def _cells(place: Place, grid: CellGrid) -> Iterator[tuple[int, float]]:
    shape = place.shape
    if place.reach_mm:
        if (2 * place.reach_mm / grid.size_mm) ** 2 > CELLS_TOLD:
            return
        # A square is enough: what lies in which cell is a share, and decides no ground.
        shape = shapely.box(*_grown(shape.bounds, place.reach_mm))
    if shapely.get_dimensions(shape) == 2:
        cells, held = grid.shares(shape)
        # Of a place within a circle one cell is meant; a drawn area means all it covers.
        shares = held / held.sum() if place.reach_mm and held.size else held
        yield from zip(cells.tolist(), shares.tolist(), strict=True)
        return
    at = grid.at(*shapely.get_coordinates(shapely.point_on_surface(shape))[0].tolist())
    if at is not None:
        yield at, 1.0


def _grown(bounds: Sequence[float], by_mm: float) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    return west - by_mm, south - by_mm, east + by_mm, north + by_mm


def _voiced(recorded: Recorded, frame: SiteFrame) -> Iterator[Voiced]:
    match recorded.fact:
        case EvidenceRecorded() as fact:
            yield from _evidence(recorded, fact, frame)
        case AccidentRecorded() as fact:
            ground = ground_of(fact, frame)
            shape = None if ground is None else ground.geometry
            place = _placed(fact.spot, shape, None, frame)
            origins = _origins(recorded, "accident", fact.source, None)
            yield from _one(recorded, fact.accident_id, "accident", place, origins)
        case ResidentReported() as fact:
            place = _placed(fact.spot, None, fact.accuracy_m, frame)
            # All residents at one place are one voice: who sends twice cannot be told apart.
            yield from _one(recorded, fact.report_id, "report", place, {"residents"})
        case AreaRecorded() as fact:
            area = Place(fact.shape.geometry)
            origins = {f"area:{fact.area_id}", *(f"evidence:{at}" for at in fact.evidence_ids)}
            yield from _one(recorded, fact.area_id, fact.class_, area, origins)
        case WorkReported() as fact:
            yield from _finds(recorded, fact, frame)


def _evidence(recorded: Recorded, fact: EvidenceRecorded, frame: SiteFrame) -> Iterator[Voiced]:
    class_ = evidence_class(fact)
    if class_ == "nothing":
        return
    shape = None if fact.ground is None else fact.ground.geometry
    accuracy_m = None if fact.accuracy_m is None else float(fact.accuracy_m)
    place = _placed(fact.spot, shape, accuracy_m, frame)
    origins = _origins(recorded, fact.kind, fact.source, fact.text)
    origins |= {f"evidence:{fact.evidence_id}"}
    if fact.area_id:
        origins |= {f"area:{fact.area_id}"}
    kind = fact.kind if class_ != "indirect" or fact.source_kind != "remote" else "imagery"
    doubted = bool({fact.source_grade, fact.content_grade} & _DOUBTED)
    speaks: Speaks = "against" if class_ == "contrary" else "for"
    for voiced in _one(recorded, fact.evidence_id, kind, place, origins, speaks):
        yield replace(voiced, said=replace(voiced.said, doubted=doubted))


def find_id(work_id: str, number: int) -> str:
    """Returns the name of a work's find, counted from 1."""
    return f"{work_id}#{number}"


def _finds(recorded: Recorded, fact: WorkReported, frame: SiteFrame) -> Iterator[Voiced]:
    for number, find in enumerate(fact.finds, 1):
        place = _placed(find.spot, None, None, frame)
        found_id = find_id(fact.work_id, number)
        yield from _one(recorded, found_id, FIND, place, {found_id})


def _searched(
    recorded: Recorded, fact: WorkReported, register: Records, valid_at_us: int
) -> Iterator[Voiced]:
    """Yields the ground that was cleared, as a word against hazard in it."""
    for part in fact.parts:
        # What began below the surface says nothing of what lies on it.
        if part.outcome != "cleared" or part.unit_id is not None or part.depth_from_cm:
            continue
        failed = (register, recorded, fact.work_id, part.part_id, valid_at_us)
        if not inspection_failed(*failed):
            origins = {f"hands:{fact.team_id or fact.organisation_id}"}
            shape = Place(part.shape.geometry)
            yield from _one(recorded, part.part_id, "cleared", shape, origins, "against")


def _origins(recorded: Recorded, kind: str, source: str | None, text: str | None) -> set[str]:
    """What makes two sayings one: their source, their words, or their recorder and kind."""
    origins = {f"recorder:{recorded.actor.organisation_id}:{kind}"}
    if source:
        origins.add(f"source:{source.casefold().strip()}")
    if text and text.strip():
        words = " ".join(text.casefold().split())
        origins.add(f"text:{hashlib.sha256(words.encode()).hexdigest()}")
    return origins


def _placed(
    spot: Spot | None, shape: BaseGeometry | None, accuracy_m: float | None, frame: SiteFrame
) -> Place | None:
    reach_mm = max(0.0, accuracy_m or 0.0) * _MM
    if shape is not None:
        return Place(shape, 0.0)
    if spot is None:
        return None
    x_mm, y_mm = frame.places_mm(np.array([[spot.lon_deg, spot.lat_deg]]))[0].tolist()
    if not (abs(x_mm) <= _REACH_MM and abs(y_mm) <= _REACH_MM):
        return None
    return Place(shapely.Point(x_mm, y_mm), reach_mm)


def _one(
    recorded: Recorded,
    source_id: str,
    kind: str,
    place: Place | None,
    origins: set[str],
    speaks: Speaks = "for",
) -> Iterator[Voiced]:
    if place is None:
        return
    role = recorded.actor.role
    who = role if role == "resident" else recorded.actor.organisation_id
    said = Said(
        source_id,
        recorded.entry_id,
        who,
        recorded.valid_at_us,
        kind,
        speaks,
        frozenset(origins),
        -1,
    )
    yield Voiced(said, place)
