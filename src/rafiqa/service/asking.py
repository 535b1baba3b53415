"""Works asked for at the desk: the fields, checks and fact of a row of a file of projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.dictionary import Manner, check_row, dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import POLYGONAL, shape_faults
from rafiqa.land import Actor
from rafiqa.recovery import ProjectRegistered, with_ground
from rafiqa.service.act import NOW, Stamp
from rafiqa.service.assets import AssetShelf, asset_at
from rafiqa.service.intakefact import Checked, RowFact, open_fields, row_fact
from rafiqa.service.intakeproject import ProjectShelf
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.rebuilding import register_project
from rafiqa.wire.drawnshape import drawn_shape
from rafiqa.wire.instant import utc_day

LANE_M = 4.0
"""How wide a way in is taken where its line alone is drawn: one lane for a loaded truck."""
_SHAPES = ("geometry", "access_geometry")


@dataclass(frozen=True, slots=True)
class WayDrawn:
    """A way in drawn as a line: its points in degrees, and how wide it is, m."""

    points_lonlat: Sequence[tuple[float, float]]
    width_m: float = LANE_M


@dataclass(frozen=True, slots=True)
class WorksAsked:
    """The works that were asked for, and what is odd in them."""

    fact: ProjectRegistered
    warnings: tuple[Fault, ...] = ()


def ask_for_works(office: Office, actor: Actor, asked: WorksAsked, stamp: Stamp = NOW) -> Acted:
    """Returns the act of registering works that were asked for; their gate is asked after."""
    return register_project(office, actor, asked.fact, stamp)


def works_asked(
    office: Office,
    shelf: AssetShelf,
    fields: Mapping[str, object],
    way_in: WayDrawn | None = None,
) -> WorksAsked:
    """Returns the works that some fields of the dictionary's project state.

    Without an outline of their own they stand on that of the assets they name.

    Args:
        office: the open store.
        shelf: reference layers, decoded once.
        fields: by name of the dictionary; shapes as GeoJSON geometries in degrees.
        way_in: the way in as a line; instead of ``access_geometry``.

    Raises:
        InvalidInput: a field is unknown, or a value or shape is not what the dictionary or the
            site takes; every fault is listed.
    """
    record = dictionary().records["project"]
    strange = sorted(set(fields) - set(record.names))
    faults = [Fault("service.site.field-unknown", name, None, {"field": name}) for name in strange]
    shapes, misdrawn = _shapes(fields)
    faults += misdrawn
    if way_in is not None:
        try:
            shapes["access_geometry"] = _strip(office, way_in)
        except InvalidInput as error:
            faults += error.faults
    told = {name: value for name, value in fields.items() if name not in _SHAPES} | shapes
    clean, bad = check_row(record, told, Manner(utc_day(office.now_us())))
    faults += bad
    values, _ = open_fields(record, clean)
    if "geometry" not in fields:
        found = _standing_on(office, shelf, str(values.get("asset_ids", "")))
        faults += found if isinstance(found, list) else []
        shapes["geometry"] = None if isinstance(found, list) else found
    if faults:
        raise InvalidInput(faults)
    if shapes.get("access_geometry") is not None:
        values["access_geometry"] = shapely.to_wkt(shapes["access_geometry"], rounding_precision=-1)
    row = Checked(1, str(values["id"]), values, {}, shapes.get("geometry"), "")
    made = row_fact(office, "projects", row)
    if not isinstance(made, RowFact):
        raise InvalidInput([Fault(each.code, each.place, None, each.params) for each in made])
    fact = made.fact
    assert isinstance(fact, ProjectRegistered)  # noqa: S101 - the table of kinds says so
    odd = ProjectShelf(office).warnings(fact, 1)
    return WorksAsked(fact, tuple(Fault(each.code, each.place, None, each.params) for each in odd))


def _shapes(fields: Mapping[str, object]) -> tuple[dict[str, Any], list[Fault]]:
    """Returns the outlines among some fields, read from GeoJSON, and what is wrong with them."""
    shapes: dict[str, Any] = {}
    faults: list[Fault] = []
    for name in _SHAPES:
        if fields.get(name) is None:
            continue
        try:
            given: Any = fields[name]
            shape = drawn_shape(given, name, "service.works.no-geojson")
        except InvalidInput as error:
            faults += error.faults
            continue
        bad = [each.to_fault(name) for each in shape_faults(shape, allowed=POLYGONAL)]
        faults += bad
        if not bad:
            shapes[name] = shape
    return shapes, faults


def _strip(office: Office, way_in: WayDrawn) -> BaseGeometry:
    """Returns the ground of a way in drawn as a line, in degrees.

    Raises:
        InvalidInput: fewer than two places, or one that is not on the site.
    """
    points = np.array(way_in.points_lonlat, dtype=np.float64).reshape(-1, 2)
    if len(np.unique(points, axis=0)) < 2:
        raise InvalidInput(Fault("service.works.way-points", "way_in"))
    if not office.frame.placeable(points[:, 0], points[:, 1]).all():
        raise InvalidInput(Fault("service.works.way-elsewhere", "way_in"))
    line = office.frame.shapes_to_mm(np.array([shapely.LineString(points)], dtype=object))
    ground = with_ground(line, [way_in.width_m])
    shape: BaseGeometry = office.frame.shapes_to_lonlat(ground)[0]
    return shape


def _standing_on(
    office: Office, shelf: AssetShelf, named: str
) -> BaseGeometry | list[Fault] | None:
    """Returns the ground of the assets that works name, in degrees; faults of those without."""
    ids = named.replace(",", " ").replace(";", " ").split()
    found = {asset_id: asset_at(office, shelf, asset_id) for asset_id in ids}
    unknown = [asset_id for asset_id, row in found.items() if row is None]
    if unknown:
        return [
            Fault("service.works.asset-unknown", "asset_ids", None, {"asset": each[:80]})
            for each in unknown
        ]
    placed = {key: at[0].table.shapes_mm[at[1]] for key, at in found.items() if at}
    drawn = [shape for shape in placed.values() if shape is not None and not shape.is_empty]
    if not drawn:
        return None
    # On the ground of the others alone the gate would say nothing of what has no place.
    lost = [asset_id for asset_id, shape in placed.items() if shape is None or shape.is_empty]
    if lost:
        return [
            Fault("service.works.asset-unplaced", "asset_ids", None, {"asset": each[:80]})
            for each in lost
        ]
    shape: BaseGeometry = office.frame.shapes_to_lonlat(
        np.array([shapely.union_all(drawn)], dtype=object)
    )[0]
    return shape
