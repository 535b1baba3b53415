"""Structures: buildings by storey, room group, void and roof, and rubble heaps by layer.

Land under a structure is more than its surface: an item may lie in any storey, and beneath the
lowest. So a structure is registered with its units, and its footprint leaves hazard only when
every unit and the ground beneath have an outcome (IMAS 09.13, in our own words). The facts say
what stands there; ``rafiqa.land.footprint`` says what follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from rafiqa.geo import GridShape

StructureKind = Literal["building", "rubble_heap"]

GROUND_KIND = "ground_beneath"
"""The code of the dictionary's ``unit_kind`` for the ground that a structure stands on."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a structure that gets an outcome of its own.

    ``level`` counts storeys from 0, the ground floor, upwards and downwards; in a heap, layers
    from the top. ``floor_area_m2`` is as stated by somebody who measured.
    """

    unit_id: str
    kind: str
    level: int | None = None
    floor_area_m2: Decimal | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class StructureRegistered:
    """A structure, its footprint, and the units in it that need an outcome each.

    A further record of the same structure adds units and ground to it; it removes none.
    """

    structure_id: str
    kind: StructureKind
    shape: GridShape
    units: tuple[Unit, ...]
    name: str | None = None
    area_id: str | None = None


def ground_id(structure_id: str) -> str:
    """Returns the id of the ground beneath a structure whose facts name none."""
    return f"{structure_id}.ground"


def is_ground(unit: Unit, structure_id: str) -> bool:
    """Returns whether a unit is the ground beneath its structure."""
    return unit.kind == GROUND_KIND or unit.unit_id == ground_id(structure_id)


def with_ground(fact: StructureRegistered, *, named: bool) -> tuple[Unit, ...]:
    """Returns the units of a fact and the ground beneath, which is always one of them.

    Args:
        fact: the record of a structure.
        named: whether an older record of the same structure names its ground.
    """
    if named or any(is_ground(unit, fact.structure_id) for unit in fact.units):
        return fact.units
    return (*fact.units, Unit(ground_id(fact.structure_id), GROUND_KIND))
