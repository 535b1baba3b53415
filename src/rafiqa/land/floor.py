"""Floor area: what is in structures, unit by unit, under a heading of its own.

Floors lie over one another and over the land, so their m² are never added to land m². The
ground beneath a structure is land and is no floor. A unit counts wholly where the inner point
of its footprint lies, so that figures of neighbouring boundaries add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import shapely

from rafiqa.geo import GridShape, union_of
from rafiqa.land.book import LandBook
from rafiqa.land.register import StructureRecord
from rafiqa.land.structure import StructureRegistered, Unit, is_ground

FloorState = Literal["hazard", "cancelled", "reduced", "cleared"]
FLOOR_STATES: tuple[FloorState, ...] = ("hazard", "cancelled", "reduced", "cleared")
"""Worst first."""
Basis = Literal["stated", "footprint", "none"]

AS_WIDE_AS_THE_FOOTPRINT = frozenset({"storey", "basement", "roof", "rubble_layer"})
"""Kinds of unit that fill a structure from wall to wall: unstated, their floor is its footprint."""


@dataclass(frozen=True, slots=True)
class UnitFloor:
    """The floor of one unit, its state, and where its figure comes from.

    ``stated_m2`` is exact as stated; ``footprint_area2_mm2`` twice the footprint's area in mm²,
    exact. One of them counts; neither where ``basis`` is none.
    """

    structure_id: str
    unit_id: str
    kind: str
    state: FloorState
    basis: Basis
    stated_m2: Decimal = Decimal(0)
    footprint_area2_mm2: int = 0

    @property
    def floor_m2(self) -> Decimal:
        """The floor area in m², exact."""
        return self.stated_m2 + Decimal(self.footprint_area2_mm2) / 2_000_000


@dataclass(slots=True)
class FloorFigure:
    """All the floor in one state: how many units, how many of those of no known size, and m²."""

    n_units: int = 0
    n_unmeasured: int = 0
    floor_m2: Decimal = Decimal(0)

    def add(self, unit: UnitFloor) -> None:
        """Counts a unit in."""
        self.n_units += 1
        self.n_unmeasured += unit.basis == "none"
        self.floor_m2 += unit.floor_m2


@dataclass(frozen=True, slots=True)
class FloorAccount:
    """The floor of every unit on record at a time, and its sums by state."""

    figures: dict[FloorState, FloorFigure]
    units: tuple[UnitFloor, ...]
    valid_at_us: int


def floor_account(
    book: LandBook,
    valid_at_us: int,
    boundary: GridShape | None = None,
    ground: Sequence[GridShape] | None = None,
) -> FloorAccount:
    """Returns the floor area by state at a time, of structures that stand on land on record.

    Args:
        book: the land book as known at the time asked about.
        valid_at_us: the time the answer is to be true at.
        boundary: count only structures inside it; all where None.
        ground: count only structures on one of these; all where None.
    """
    tree = None if ground is None else shapely.STRtree([shape.geometry for shape in ground])
    units = tuple(
        unit
        for structure in book.register.structures.values()
        for unit in _units(book, structure, valid_at_us, boundary, tree)
    )
    figures = {state: FloorFigure() for state in FLOOR_STATES}
    for unit in units:
        figures[unit.state].add(unit)
    return FloorAccount(figures, units, valid_at_us)


def _units(
    book: LandBook,
    structure: StructureRecord,
    valid_at_us: int,
    boundary: GridShape | None,
    ground: shapely.STRtree | None,
) -> Iterator[UnitFloor]:
    true = [
        (record, units) for record, units in structure.said if record.valid_at_us <= valid_at_us
    ]
    shapes = [
        record.fact.shape for record, _ in true if isinstance(record.fact, StructureRegistered)
    ]
    footprint = union_of(shapes) if shapes else GridShape.empty()
    if footprint.is_empty or not _inside(footprint, boundary, ground):
        return
    states = _states(book, footprint, valid_at_us)
    told: dict[str, list[Unit]] = {}
    for _, units in true:
        for unit in units:
            told.setdefault(unit.unit_id, []).append(unit)
    for unit_id, said in told.items():
        beneath = any(is_ground(unit, structure.structure_id) for unit in said)
        if unit_id in states and not beneath:
            yield _floor(structure.structure_id, said, states[unit_id], footprint)


def _inside(
    footprint: GridShape, boundary: GridShape | None, ground: shapely.STRtree | None
) -> bool:
    inner = shapely.point_on_surface(footprint.geometry)
    if boundary is not None and not shapely.covers(boundary.geometry, inner):
        return False
    return ground is None or bool(len(ground.query(inner, predicate="intersects")))


def _states(book: LandBook, footprint: GridShape, valid_at_us: int) -> dict[str, FloorState]:
    """Returns the state of each unit under a footprint: the worst on any of its ground."""
    found: dict[str, FloorState] = {}
    for face in book.near(footprint):
        state = face.timeline.at(valid_at_us)
        for unit_id, status in state.units if state is not None else ():
            here: FloorState = status or "hazard"
            found[unit_id] = min(found.get(unit_id, here), here, key=FLOOR_STATES.index)
    return found


def _floor(
    structure_id: str, said: list[Unit], state: FloorState, footprint: GridShape
) -> UnitFloor:
    first = said[0]
    stated = [unit.floor_area_m2 for unit in said if unit.floor_area_m2 is not None]
    if stated:
        return UnitFloor(structure_id, first.unit_id, first.kind, state, "stated", stated[0])
    if first.kind in AS_WIDE_AS_THE_FOOTPRINT:
        size2 = footprint.area2_mm2
        return UnitFloor(
            structure_id, first.unit_id, first.kind, state, "footprint", Decimal(0), size2
        )
    return UnitFloor(structure_id, first.unit_id, first.kind, state, "none")
