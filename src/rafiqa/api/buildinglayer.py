"""Map layers of what is built: structures with their units, and damage by each source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely

from rafiqa.api.history import label
from rafiqa.api.view import View
from rafiqa.geo import GridShape, Spot
from rafiqa.land import StructureRegistered
from rafiqa.recovery import DamageAssessed, is_hint, span_of
from rafiqa.service import asset_at
from rafiqa.service.damage import grade_words
from rafiqa.wire.instant import iso_date

Shown = tuple[GridShape | Spot, dict[str, Any]]


def structures(view: View) -> Iterator[Shown]:
    """Yields every building or heap whose units are on record, with how many are still hazard.

    A unit that nothing is said of is counted with those that are left.
    """
    for structure_id, record in view.register.structures.items():
        fact = record.recorded.fact
        if not isinstance(fact, StructureRegistered) or not view.true(record.recorded):
            continue
        units = {unit.unit_id for said, own in record.said if view.true(said) for unit in own}
        done = _released_units(view, fact.shape) & units
        properties = {
            "structure_id": structure_id,
            "name": fact.name,
            "kind": fact.kind,
            "units": len(units),
            "units_left": len(units - done),
        }
        yield fact.shape, properties


def _released_units(view: View, footprint: GridShape) -> set[str]:
    """Returns the units that are released wherever they reach: hazard in one face is hazard.

    On ground whose release is in doubt none of them counts as released.
    """
    doubts = view.doubts()
    released: set[str] = set()
    left: set[str] = set()
    for face in view.moment.book.near(footprint):
        state = face.timeline.at(view.moment.valid_us)
        if state is None:
            continue
        for unit_id, status in state.units:
            (left if status is None or doubts.on(face, state) else released).add(unit_id)
    return released - left


def damage(view: View) -> Iterator[Shown]:
    """Yields every assessment of damage that has a place, each by itself.

    Two of one place stand side by side: ``nth`` counts them there, oldest first.
    """
    seen: dict[tuple[int, int], int] = {}
    for record in view.moment.recovery.happened:
        fact = record.fact
        if not isinstance(fact, DamageAssessed) or not view.true(record):
            continue
        spot = _place_of(view, fact)
        if spot is None:
            continue
        key = (round(spot.lon_deg * 1e5), round(spot.lat_deg * 1e5))
        nth = seen[key] = seen.get(key, -1) + 1
        span = span_of(fact)
        properties = {
            "assessment_id": fact.assessment_id,
            "asset_id": fact.asset_id,
            "grade": "unknown" if span is None else span.most,
            "says": grade_words(span, view.lang),
            "scale": label("damage_scale", fact.scale, view.lang),
            "hint": is_hint(fact),
            "on": iso_date(record.valid_at_us),
            "nth": nth,
        }
        yield spot, properties


def _place_of(view: View, fact: DamageAssessed) -> Spot | None:
    """Returns where to draw an assessment: its own place, or that of the asset it names."""
    if fact.spot is not None:
        return fact.spot
    shape = None if fact.shape is None else fact.shape.geometry
    if shape is None and fact.asset_id is not None:
        moment, desk = view.moment, view.desk
        at = asset_at(desk.office, desk.shelf, fact.asset_id, moment.valid_us, moment.known_us)
        shape = None if at is None else at[0].table.shapes_mm[at[1]]
    if shape is None or shape.is_empty:
        return None
    inner = shapely.point_on_surface(shape)
    return view.frame.mm_spot(inner.x, inner.y)
