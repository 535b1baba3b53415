"""Unit by unit, why ground under a structure is what it is: what has an outcome, what has none."""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.land.fact import ReleaseTransferred, WorkedPart
from rafiqa.land.records import Records
from rafiqa.land.register import UnitRecord
from rafiqa.land.ruling import Reason
from rafiqa.land.structure import is_ground
from rafiqa.land.timeline import LandState


def unit_reasons(register: Records, state: LandState) -> Iterator[Reason]:
    """Yields one reason for each unit under a state: open first, then those with an outcome."""
    for unit_id, status in sorted(state.units, key=lambda item: item[1] is not None):
        params = _named(register.units[unit_id][0])
        if status is None:
            yield Reason("land.point.unit-open", params, (unit_id,))
        else:
            yield Reason("land.point.unit-outcome", {**params, "outcome": status}, (unit_id,))


def not_cleared_reason(
    register: Records, part_id: str, part: WorkedPart | ReleaseTransferred
) -> Reason:
    """Returns why a part on a point was not cleared, and of which unit that is said."""
    params: dict[str, str | int] = {"reason": part.reason or ""}
    unit_id = part.unit_id if isinstance(part, WorkedPart) else None
    if unit_id is None:
        return Reason("land.point.not-cleared", params, (part_id,))
    known = register.units.get(unit_id)
    if known is None:
        return Reason("land.point.unit-unknown", {**params, "unit": unit_id}, (part_id,))
    return Reason("land.point.unit-not-cleared", {**params, **_named(known[0])}, (part_id,))


def above_ground(register: Records, part: WorkedPart | ReleaseTransferred) -> bool:
    """Returns whether a part speaks of a unit over the ground: its floor is dug by nobody."""
    unit_id = part.unit_id if isinstance(part, WorkedPart) else None
    known = register.units.get(unit_id or "", ())
    return bool(known) and not any(is_ground(item.unit, item.structure_id) for item in known)


def _named(known: UnitRecord) -> dict[str, str | int]:
    unit, structure_id = known.unit, known.structure_id
    return {"unit": unit.unit_id, "unit_kind": unit.kind, "structure": structure_id}
