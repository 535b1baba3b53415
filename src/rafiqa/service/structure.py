"""Structures: put a building or a heap on record with its units, before anybody works in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import GridShape, LonLat, Registered
from rafiqa.land import Actor, Reason, StructureRegistered, rule, structure_ruling
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.wire.drawnshape import drawn_shape


def register_structure(
    office: Office, actor: Actor, fact: StructureRegistered, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of putting a structure on record; its footprint then waits for every unit.

    A second record of the same structure adds units and ground to it.
    """
    register = office.register()
    against = list(structure_ruling(fact, register.units).reasons)
    if fact.area_id is not None and fact.area_id not in register.areas:
        against.append(Reason("land.area.unknown", {"area": fact.area_id}))
    return carry_out(
        office,
        actor,
        "register_structure",
        fact.structure_id,
        fact,
        stamp=stamp,
        ruling=rule(against),
    )


def footprint_of(office: Office, geometry: Mapping[str, Any]) -> GridShape:
    """Returns a GeoJSON polygon (RFC 7946) as land on the site's grid.

    Raises:
        InvalidInput: no polygon, not valid, or too far from the site; every fault is listed.
    """
    outline = drawn_shape(geometry, "geometry", "service.structure.geometry")
    if not isinstance(outline, shapely.Polygon | shapely.MultiPolygon):
        raise InvalidInput(Fault("service.structure.geometry", "geometry"))
    registered = office.frame.to_grid(LonLat(outline))
    if isinstance(registered, Registered):
        return registered.shape
    raise InvalidInput([fault.to_fault("geometry") for fault in registered])
