"""What a registered structure does to the register: its footprint holds what is on record there.

A footprint puts no ground on record. Where ground is on record, it keeps it from being lowered
until every unit that stands there has a lowering of its own. A unit counts on ground from the
record that puts both the unit and that ground on record: whoever worked before knew of no such
unit, and nobody went through it since.
"""

from __future__ import annotations

from rafiqa.geo import GridShape
from rafiqa.land.fact import Recorded
from rafiqa.land.register import Raise, Register, StructureRecord, UnitRecord
from rafiqa.land.rule import supports
from rafiqa.land.structure import StructureRegistered, is_ground, with_ground


def enter_structure(register: Register, recorded: Recorded, fact: StructureRegistered) -> None:
    """Enters a record of a structure by its id, and its units by theirs."""
    known = register.structures.setdefault(
        fact.structure_id, StructureRecord(fact.structure_id, recorded)
    )
    named = any(
        supports(other, recorded) and any(is_ground(unit, fact.structure_id) for unit in units)
        for other, units in known.said
    )
    units = with_ground(fact, named=named)
    known.said.append((recorded, units))
    for unit in units:
        told = UnitRecord(unit, fact.structure_id, recorded)
        register.units.setdefault(unit.unit_id, []).append(told)


def raise_footprint(register: Register, recorded: Recorded, fact: StructureRegistered) -> None:
    """Puts the footprint of a structure up, with every unit known of it so far.

    Units of one record stand on the ground of every other record of the structure too, from
    when both are true and on record.
    """
    known = register.structures[fact.structure_id]
    register.note(fact.area_id, recorded)
    known.walked.append(recorded)
    for other in known.walked:
        _put_up(register, known, recorded, fact.shape, other)
        if other is not recorded and isinstance(other.fact, StructureRegistered):
            _put_up(register, known, recorded, other.fact.shape, other, units_of=recorded)


def _put_up(
    register: Register,
    known: StructureRecord,
    recorded: Recorded,
    ground: GridShape,
    other: Recorded,
    *,
    units_of: Recorded | None = None,
) -> None:
    """Raises the units of one record on the ground of another, unless that stands already."""
    named = units_of or other
    units = next(units for record, units in known.said if record is named)
    seq = max(recorded.seq, other.seq)
    put = Raise(
        recorded.valid_at_us,
        seq,
        "structure",
        None,
        ground,
        "indication",
        known.structure_id,
        tuple(unit.unit_id for unit in units),
        tuple(unit.unit_id for unit in units if is_ground(unit, known.structure_id)),
    )
    if ground.is_empty or any(_says_as_much(item, put) for item in known.raises):
        return
    known.raises.append(put)
    register.put_to_hazard(put)


def _says_as_much(item: Raise, put: Raise) -> bool:
    """Returns whether one footprint makes another superfluous: older, and of the same units."""
    return (
        item.valid_at_us <= put.valid_at_us
        and item.seq <= put.seq
        and item.shape == put.shape
        and set(item.unit_ids) >= set(put.unit_ids)
        and set(item.ground_ids) >= set(put.ground_ids)
    )
