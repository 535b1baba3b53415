"""What must hold before a structure, or work in one, is put on record.

Asked by the service before a fact is written. The fold asks nothing of it: whatever stands on
record of a structure can only keep ground hazard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rafiqa.geo import LAND_REACH_M
from rafiqa.land.fact import WorkedPart
from rafiqa.land.register import UnitRecord
from rafiqa.land.rule import Dated, supports
from rafiqa.land.ruling import Reason, Ruling, rule
from rafiqa.land.structure import GROUND_KIND, StructureRegistered, Unit, ground_id

_REACH_MM = LAND_REACH_M * 1_000
Units = Mapping[str, Sequence[UnitRecord]]


def structure_ruling(fact: StructureRegistered, units: Units) -> Ruling:
    """Returns whether a structure may be put on record, with every reason against.

    Args:
        fact: the structure with its units.
        units: every unit on record by id; an id belongs to one structure.
    """
    params: dict[str, str | int] = {"structure": fact.structure_id}
    against: list[Reason] = []
    if fact.shape.is_empty:
        against.append(Reason("land.structure.empty", params))
    elif max(abs(mm) for mm in fact.shape.bounds_mm) > _REACH_MM:
        against.append(
            Reason("land.structure.off-site", {**params, "limit_km": _REACH_MM // 10**6})
        )
    if not fact.units:
        against.append(Reason("land.structure.no-units", params))
    against += _ids_twice(fact, units)
    for unit in fact.units:
        against += _unit_faults(fact.structure_id, unit)
    return rule(against)


def _ids_twice(fact: StructureRegistered, units: Units) -> Iterator[Reason]:
    ids = [unit.unit_id for unit in fact.units]
    for unit_id in dict.fromkeys(ids):
        others = [item.structure_id for item in units.get(unit_id, ())]
        if ids.count(unit_id) > 1 or any(other != fact.structure_id for other in others):
            yield Reason("land.structure.unit-twice", {"unit": unit_id})


def _unit_faults(structure_id: str, unit: Unit) -> Iterator[Reason]:
    params: dict[str, str | int] = {"unit": unit.unit_id}
    if unit.floor_area_m2 is not None and not unit.floor_area_m2 >= 0:
        yield Reason("land.structure.floor-negative", params)
    if unit.unit_id == ground_id(structure_id) and unit.kind != GROUND_KIND:
        yield Reason("land.structure.ground-id", params)


def unit_faults(parts: Iterable[WorkedPart], units: Units, work: Dated) -> Iterator[Reason]:
    """Yields a reason for each part whose unit was not on record, there, before the work.

    Args:
        parts: what the work reports.
        units: every unit on record by id.
        work: when the work was true, and its place on record.
    """
    for part in parts:
        if part.unit_id is None:
            continue
        params: dict[str, str | int] = {"part": part.part_id, "unit": part.unit_id}
        known = [item for item in units.get(part.unit_id, ()) if supports(item.recorded, work)]
        if not known:
            yield Reason("land.part.unit-unknown", params, (part.unit_id,))
        elif not any(_under(item, part) for item in known):
            yield Reason("land.part.unit-elsewhere", params, (part.unit_id,))


def _under(item: UnitRecord, part: WorkedPart) -> bool:
    fact = item.recorded.fact
    return isinstance(fact, StructureRegistered) and fact.shape.intersects(part.shape)
