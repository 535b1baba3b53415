"""Which unit of a structure a part of work speaks of, from how people on the ground name it.

A unit that is not on record, or that several on record could be, is refused: outcomes of one
room must never be read as those of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rafiqa.geo import GridShape
from rafiqa.land import Reason, StructureRegistered
from rafiqa.service.office import Office

_WORDS: Final = ("unit", "unit_kind", "storey")
_OPEN_LAND: Final = frozenset({"ground", "yard", "road_lane"})
"""Kinds that lie beside structures as well: where none is on record there, they are the land."""
_TOLD: Final = 12
Known = tuple[str, str, int | None, str | None]
"""A unit on record: its id, kind, storey, and what was noted of it."""


def unit_of(
    office: Office, before_seq: int, part_id: str, shape: GridShape, values: Mapping[str, Any]
) -> str | Reason | None:
    """Returns the unit that a part names, None where it speaks of the land; or why neither.

    Args:
        office: the open store.
        before_seq: only what was on record before this place counts: nobody was told to work in
            a unit that did not stand there yet.
        part_id: the part.
        shape: its outline.
        values: of its row: ``unit``, ``unit_kind``, ``storey`` and ``asset_id`` are looked at.
    """
    structure_id = values.get("asset_id")
    named = office.register().structures.get(str(structure_id)) is not None
    words = {name: values[name] for name in _WORDS if values.get(name) is not None}
    if not words and not named:
        return None
    known = _known(office, before_seq, shape, str(structure_id) if named else None)
    params: dict[str, str | int] = {
        "part": part_id,
        "unit": " ".join(str(each) for each in words.values()),
        "known": ", ".join(unit_id for unit_id, *_ in known[:_TOLD]) or "–",
    }
    if not words:
        return Reason("service.submission.unit-missing", {**params, "unit": str(structure_id)})
    if not known and not named and words.get("unit_kind") in _OPEN_LAND and "storey" not in words:
        return None
    meant = _meant(known, words)
    if len(meant) == 1:
        return meant[0]
    if meant:
        params["known"] = ", ".join(meant[:_TOLD])
        return Reason("service.submission.unit-unclear", params, tuple(meant))
    return Reason("service.submission.unit-unknown", params)


def _known(
    office: Office, before_seq: int, shape: GridShape, structure_id: str | None
) -> Sequence[Known]:
    """Returns the units on record under a part, of one structure where it is named."""
    # Of a country's structures only those that may be meant are looked through.
    if structure_id is None:
        registers = office.book().registers_near(shape.geometry)
    else:
        registers = [office.register().joined("structure", structure_id)]
    found: dict[str, Known] = {}
    for unit_id, records in (item for each in registers for item in each.units.items()):
        for item in records:
            fact = item.recorded.fact
            if not isinstance(fact, StructureRegistered) or item.recorded.seq >= before_seq:
                continue
            if structure_id is None and not fact.shape.intersects(shape):
                continue
            if structure_id in {None, item.structure_id}:
                unit = item.unit
                found.setdefault(unit_id, (unit_id, unit.kind, unit.level, unit.note))
    return list(found.values())


def _meant(known: Sequence[Known], words: Mapping[str, Any]) -> list[str]:
    """Returns the units that fit every word that was said."""
    kind, storey, told = words.get("unit_kind"), words.get("storey"), words.get("unit")
    fitting = [
        (unit_id, note)
        for unit_id, of_kind, level, note in known
        if kind in {None, of_kind} and storey in {None, level}
    ]
    if told is None:
        return [unit_id for unit_id, _ in fitting]
    name = str(told).strip().casefold()
    by_id = [unit_id for unit_id, _ in fitting if unit_id.casefold() == name]
    return by_id or [unit_id for unit_id, note in fitting if (note or "").casefold() == name]
