"""IMSMA NG: the tables of a dump as one layer of hazards, with everything that is wrong in them.

A hazard is one row however many versions it has: the newest by date of information is shown, the
older ones are kept beside it. Enumerations are worded, custom fields named, shapes made from their
points. What activities say was cancelled, reduced or cleared is a claim: it stands beside the
hazard, and lowers nothing. What no field takes stands in a column of its own, so that it is kept
with the record. Lines that belong to nothing are rows too: they are refused, and so lie in the
quarantine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.wire.kind import Kind
from rafiqa.wire.layer import Layer, no_shapes
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping, load_mapping
from rafiqa.wire.ngaccident import accident_layer
from rafiqa.wire.ngclaim import ACTIVITY_LINKS, Claims
from rafiqa.wire.ngplace import place_layer
from rafiqa.wire.ngpoint import polygon_of
from rafiqa.wire.ngrecord import (
    ACCIDENT,
    ACTIVITY,
    GEOMETRY,
    HAZARD,
    WORDS,
    Record,
    Records,
    day_of,
    defect_params,
    ids_given_twice,
    json_of,
    local_id,
    orphan_shapes,
    orphan_values,
    warn_of_naming,
)
from rafiqa.wire.tableset import Line, Tables, read_tables

TABLE = HAZARD.table
_OWN = frozenset(
    {*HAZARD.tables, *ACCIDENT.tables, *ACTIVITY.tables, *ACTIVITY_LINKS, *GEOMETRY, *WORDS}
)
_PERSONS = "victim"
_FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("hazardname", "hazard_name", "name"),
    "reported_area_m2": ("areasize", "area_size", "estimated_area"),
    "organisation_id": ("org", "organisation", "organisation_guid"),
    "note": ("qualifier", "comments"),
}
_CLASS = ("hazardtype", "hazard_type", "hazardtype_guid", "hazardcategory", "area_type", "type")
_STATUS = ("status", "hazardstatus", "status_guid")


def is_dump(names: Iterable[str]) -> bool:
    """Returns whether tables of these names are a dump of IMSMA NG."""
    return {TABLE, "geopoint"} <= set(names)


def has_accidents(names: Iterable[str]) -> bool:
    """Returns whether a dump with tables of these names has one of accidents."""
    return ACCIDENT.table in set(names)


def read_dump(data: bytes, mapping: Mapping | None, kind: Kind, limits: Limits) -> Layer:
    """Returns the accidents or places of a dump where it is read as these, else its hazards.

    Every row's number is its line in the table of these.

    Raises:
        InvalidInput: as ``read_tables``.
    """
    tables = read_tables(data, None if mapping is None else mapping.encoding, limits)
    if kind.name == "accidents":
        return accident_layer(tables, mapping)
    if kind.name == "places":
        return place_layer(tables, mapping)
    return _Dump(tables, mapping).layer()


class _Dump:
    """The hazards of a dump, and what its other tables say of them."""

    def __init__(self, tables: Tables, mapping: Mapping | None) -> None:
        self.tables = tables
        self.mapping = mapping
        self.hazards = Records(HAZARD, tables, mapping)
        self.activities = Records(ACTIVITY, tables, mapping)
        self.accidents = Records(ACCIDENT, tables, mapping)
        self.claims = Claims(self.activities, self.hazards)
        self.classes = load_mapping("imsma-hazards").fields["class"].codes

    def layer(self) -> Layer:
        """Returns the layer: the hazards, then the lines that belong to nothing."""
        lines = self.hazards.lines
        orphans = list(self._orphans())
        last = max((line.number for line in lines), default=0)
        numbers = [line.number for line in lines]
        numbers += range(last + 1, last + 1 + len(orphans))
        count = len(numbers)
        layer = Layer("imsma-ng", np.array(numbers, dtype=np.int64), {}, no_shapes(count))
        layer.crs = (self.mapping.crs if self.mapping else None) or "OGC:CRS84"
        rows: list[dict[str, object]] = []
        twice = ids_given_twice(lines)
        for index, line in enumerate(lines):
            hazard = self.hazards.record(line)
            rows.append(self._row(layer, index, hazard, twice))
            _draw(layer, index, hazard)
        for index, (code, line) in enumerate(orphans, len(lines)):
            rows.append(line.plain)
            layer.fault(index, code, line.table, {"table": line.table, "line": line.number})
        names = dict.fromkeys(name for row in rows for name in row)
        layer.columns = {name: [row.get(name) for row in rows] for name in names}
        self._warn_of_tables(layer)
        return layer

    def _row(
        self, layer: Layer, index: int, hazard: Record, twice: frozenset[str]
    ) -> dict[str, object]:
        seen = self.hazards.seen(hazard)
        guid, own_id = hazard.line.said(*HAZARD.guid), local_id(hazard.line)
        days = [day for day in map(day_of, [hazard.line, hazard.shown, *hazard.versions]) if day]
        row: dict[str, object] = {"id": own_id or guid or None, "source": "IMSMA NG"}
        if own_id in twice:
            row["id"] = guid or f"{own_id}~{hazard.line.number}"
            layer.warn("wire.ng.local-id-twice", "id", {"id": own_id, "table": TABLE}, index)
        # A hazard is there since it was first told of, whatever a later version says.
        row["observed_on"] = min(days, default=None)
        row["class"] = self._class(layer, index, seen)
        row["local_ids"] = "; ".join(item for item in (own_id, guid) if item) or None
        for name, columns in _FIELDS.items():
            row[name] = seen.said(*columns) or None
        if "clos" in seen.said(*_STATUS).casefold():
            layer.warn("wire.ng.closed", "status", {"value": seen.said(*_STATUS)}, index)
        row |= {f"hazard.{name}": value for name, value in seen.cells.items()}
        row |= self.hazards.custom(hazard)
        row |= self.hazards.beside(hazard)
        claims = self.claims.of(guid)
        for claim in claims:
            layer.warn("wire.ng.release-claimed", "hazreduc", claim.params, index)
        layer.persons[index] = self.hazards.take_named()
        for number, claim in enumerate(claims, 1):
            named = {f"{ACTIVITY.table} {number}: {k}": text for k, text in claim.persons.items()}
            layer.persons[index] |= named
        if claims:
            row["hazreduc"] = json_of(claim.whole for claim in claims)
        return row

    def _class(self, layer: Layer, index: int, seen: Line) -> str:
        said = seen.said(*_CLASS)
        known = self.classes.get(said.casefold())
        if known is None:
            # Whatever it is called there, somebody put it on record as a hazard.
            layer.warn("wire.ng.class-unknown", "class", {"value": said[:80]}, index)
        return str(known or "sha")

    def _orphans(self) -> Iterator[tuple[str, Line]]:
        """Yields lines that belong to nothing that the dump holds."""
        kinds = self.hazards, self.activities, self.accidents
        for line in (*self.hazards.orphans(), *self.activities.orphans()):
            yield "wire.ng.orphan", line
        for line in orphan_shapes(self.tables, self.hazards.shapes):
            yield "wire.ng.orphan", line
        for line in orphan_values(self.tables, kinds):
            yield "wire.ng.orphan", line
        for claim in self.claims.alone():
            yield "wire.ng.claim-alone", claim.whole

    def _warn_of_tables(self, layer: Layer) -> None:
        left = [
            f"{name} ({len(lines)})"
            for name, lines in sorted(self.tables.items())
            if name not in _OWN and not name.startswith(_PERSONS) and lines
        ]
        if left:
            layer.warn("wire.ng.tables-left", "", {"tables": ", ".join(left)[:300]})
        if self.accidents.lines:
            layer.warn("wire.ng.accidents", "accident", {"n": len(self.accidents.lines)})
        warn_of_naming(layer, (self.hazards, self.activities))
        persons = sum(
            len(lines) for name, lines in self.tables.items() if name.startswith(_PERSONS)
        )
        if persons:
            layer.warn("wire.ng.persons-left", "", {"n": persons})


def _draw(layer: Layer, index: int, hazard: Record) -> None:
    drawn = [polygon_of(chain) for chain in hazard.chains]
    defects = [defect for chain in hazard.chains for defect in chain.defects]
    for defect in defects:
        layer.fault(index, defect.code, defect.line.table, defect_params(defect))
    for chain in hazard.chains:
        for odd in chain.oddities:
            layer.warn(odd.code, odd.line.table, defect_params(odd), index)
    if hazard.chains and hazard.n_left:
        layer.warn("wire.ng.shapes-left", TABLE, {"n": hazard.n_left}, index)
    if not hazard.chains:
        params: dict[str, str | int] = {
            "table": TABLE,
            "line": hazard.line.number,
            "n": len(hazard.shape_lines),
        }
        layer.fault(index, "wire.ng.no-polygon", TABLE, params)
    polygons: list[shapely.Polygon] = [shape for shape in drawn if shape is not None]
    if polygons and not defects:
        layer.shapes[index] = polygons[0] if len(polygons) == 1 else _several(polygons)
    elif hazard.shape_lines:
        layer.shape_texts[index] = json_of(hazard.shape_lines)


def _several(polygons: list[shapely.Polygon]) -> BaseGeometry:
    several: BaseGeometry = shapely.MultiPolygon([(p.exterior.coords, []) for p in polygons])
    return several
