"""IMSMA NG: the tables of a dump as one layer of hazards, with everything that is wrong in them.

A hazard is one row however many versions it has: the newest by date of information is shown, the
older ones are kept beside it. Enumerations are worded, custom fields named, shapes made from their
points. What no field takes stands in a column of its own, so that it is kept with the record.
Lines that belong to nothing are rows too: they are refused, and so lie in the quarantine.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.wire.layer import Layer, no_shapes
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping, load_mapping
from rafiqa.wire.ngpoint import Chain, Defect, chain_of, polygon_of
from rafiqa.wire.tableset import Line, Tables, read_tables

TABLE = "hazard"
_LINKS = ("hazard_has_geospatialinfo", "hazard_infoversion_has_geospatialinfo")
_GUID = ("hazard_guid", "hazardguid", "guid", "hazard_id")
_VERSION = ("hazard_infoversion_guid", "hazardinfoversion_guid", "infoversion_guid", "hazinfo_guid")
_SHAPE = ("shape_id", "geospatialinfo_guid", "geospatialinfo_id")
_DATE = ("dateofinfo", "date_of_information", "dateofinformation", "report_dt")
_CDF = ("cdf_id", "customdefinedfield_guid", "cdf_guid")
_VALUE = ("cdfvalue_guid", "cdfvalue_id", "cdf_value_guid")
_LINKED = ("hazdeviceinfo",)
_OWN = frozenset(
    {
        *(TABLE, "hazard_infoversion", "geospatialinfo", "geopoint", "imsmaenum", "hazdeviceinfo"),
        *("customdefinedfield", "cdfvalue", "hazard_has_cdfvalue", *_LINKS),
    }
)
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d")
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


def read_dump(data: bytes, mapping: Mapping | None, limits: Limits) -> Layer:
    """Returns the hazards of a dump; every row's number is its line in the table of hazards.

    Raises:
        InvalidInput: as ``read_tables``.
    """
    tables = read_tables(data, None if mapping is None else mapping.encoding, limits)
    return _Dump(tables, mapping).layer()


@dataclass(slots=True)
class _Hazard:
    """One hazard: its line, the version that is shown, the older ones, and its shapes.

    ``n_left`` shapes are named for it and cannot be drawn.
    """

    line: Line
    shown: Line
    versions: list[Line]
    chains: list[Chain]
    shape_lines: list[Line] = field(default_factory=list)
    n_left: int = 0


class _Dump:
    """The tables with their links followed."""

    def __init__(self, tables: Tables, mapping: Mapping | None) -> None:
        self.tables = tables
        self.mapping = mapping
        enums = tables.get("imsmaenum", [])
        self.words = {
            line.said("imsmaenum_guid", "enum_guid", "guid"): line.said(
                "enumvalue", "enum_value", "value"
            )
            for line in enums
        }
        self.hazards = {line.said(*_GUID): line for line in reversed(tables.get(TABLE, []))}
        self.versions = self._by("hazard_infoversion", _GUID)
        self.points = self._by("geopoint", _SHAPE)
        self.shapes = {line.said(*_SHAPE): line for line in tables.get("geospatialinfo", [])}
        self.links = {name: self._by(name, self._owner(name)) for name in _LINKS}
        self.linked = {name: self._by(name, _GUID) for name in _LINKED}
        self.classes = load_mapping("imsma-hazards").fields["class"].codes

    def _owner(self, name: str) -> tuple[str, ...]:
        return _GUID if name == _LINKS[0] else _VERSION

    def _by(self, table: str, names: tuple[str, ...]) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for line in self.tables.get(table, []):
            found.setdefault(line.said(*names), []).append(line)
        return found

    def layer(self) -> Layer:
        """Returns the layer: the hazards, then the lines that belong to nothing."""
        lines = self.tables.get(TABLE, [])
        orphans = list(self._orphans())
        last = max((line.number for line in lines), default=0)
        numbers = [line.number for line in lines]
        numbers += range(last + 1, last + 1 + len(orphans))
        count = len(numbers)
        layer = Layer("imsma-ng", np.array(numbers, dtype=np.int64), {}, no_shapes(count))
        layer.crs = (self.mapping.crs if self.mapping else None) or "OGC:CRS84"
        rows: list[dict[str, object]] = []
        twice = self._ids_given_twice(lines)
        for index, line in enumerate(lines):
            hazard = self._hazard(line)
            rows.append(self._row(layer, index, hazard, twice))
            self._draw(layer, index, hazard)
        for index, (code, line) in enumerate(orphans, len(lines)):
            rows.append(line.plain)
            layer.fault(index, code, line.table, {"table": line.table, "line": line.number})
        names = dict.fromkeys(name for row in rows for name in row)
        layer.columns = {name: [row.get(name) for row in rows] for name in names}
        self._warn_of_tables(layer)
        return layer

    def _ids_given_twice(self, lines: list[Line]) -> frozenset[str]:
        ids = [_local_id(line) for line in lines]
        return frozenset(id_ for id_ in ids if id_ and ids.count(id_) > 1)

    def _hazard(self, line: Line) -> _Hazard:
        known = self.versions.get(line.said(*_GUID), [])
        # An update of the same day or an earlier one does not change what is shown.
        newest = max(known, key=lambda item: (_day(item), -item.number), default=None)
        shown = line if newest is None or _day(newest) < _day(line) else newest
        older = [item for item in known if item is not shown]
        older += [line] if shown is not line and _day(line) else []
        hazard = _Hazard(line, shown, older, [])
        for shape_id in self._shape_ids(hazard):
            points = self.points.get(shape_id, [])
            shape = self.shapes.get(shape_id)
            told = "" if shape is None else shape.said("shapeenum", "shape_enum", "shapetype")
            kind = self._word(told)
            if shape is not None and points and "polygon" in (kind or "polygon").casefold():
                hazard.chains.append(chain_of(points, self.mapping))
            else:
                hazard.n_left += 1
            hazard.shape_lines += points
        return hazard

    def _shape_ids(self, hazard: _Hazard) -> list[str]:
        version = hazard.shown.said(*_VERSION)
        own = self.links[_LINKS[1]].get(version, []) if version else []
        links = own or self.links[_LINKS[0]].get(hazard.line.said(*_GUID), [])
        ids = [link.said(*_SHAPE) for link in links]
        return list(dict.fromkeys(ids))

    def _word(self, value: object) -> str:
        """Returns an enumeration in words; what is none, as it stands."""
        text = str(value).strip()
        return self.words.get(text, text)

    def _row(
        self, layer: Layer, index: int, hazard: _Hazard, twice: frozenset[str]
    ) -> dict[str, object]:
        both = {**hazard.line.cells, **hazard.shown.cells}
        seen = Line(TABLE, hazard.line.number, {n: self._word(v) for n, v in both.items()})
        guid, local_id = hazard.line.said(*_GUID), _local_id(hazard.line)
        days = [day for day in map(_day, [hazard.line, hazard.shown, *hazard.versions]) if day]
        row: dict[str, object] = {"id": local_id or guid or None, "source": "IMSMA NG"}
        if local_id in twice:
            row["id"] = guid or f"{local_id}~{hazard.line.number}"
            layer.warn("wire.ng.local-id-twice", "id", {"id": local_id, "table": TABLE}, index)
        # A hazard is there since it was first told of, whatever a later version says.
        row["observed_on"] = min(days, default=None)
        row["class"] = self._class(layer, index, seen)
        row["local_ids"] = "; ".join(item for item in (local_id, guid) if item) or None
        for name, columns in _FIELDS.items():
            row[name] = seen.said(*columns) or None
        if "clos" in seen.said(*_STATUS).casefold():
            layer.warn("wire.ng.closed", "status", {"value": seen.said(*_STATUS)}, index)
        row |= {f"hazard.{name}": value for name, value in seen.cells.items()}
        row |= self._custom(hazard)
        row |= self._beside(hazard)
        return row

    def _class(self, layer: Layer, index: int, seen: Line) -> str:
        said = seen.said(*_CLASS)
        known = self.classes.get(said.casefold())
        if known is None:
            # Whatever it is called there, somebody put it on record as a hazard.
            layer.warn("wire.ng.class-unknown", "class", {"value": said[:80]}, index)
        return str(known or "sha")

    def _custom(self, hazard: _Hazard) -> dict[str, object]:
        """Custom fields by their own labels; two of one label are both kept."""
        labels = {
            line.said(*_CDF): line.said("label", "name", "fieldname")
            for line in self.tables.get("customdefinedfield", [])
        }
        guid = hazard.line.said(*_GUID)
        linked = {
            link.said(*_VALUE)
            for link in self.tables.get("hazard_has_cdfvalue", [])
            if link.said(*_GUID) == guid
        }
        found: dict[str, object] = {}
        for line in self.tables.get("cdfvalue", []):
            if line.said(*_GUID) == guid or line.said(*_VALUE) in linked - {""}:
                label = labels.get(line.said(*_CDF)) or line.said(*_CDF)
                name = f"cdf.{label}"
                name = name if name not in found else f"{name} ({line.number})"
                found[name] = self._word(line.said("value", "cdfvalue", "stringvalue"))
        return found

    def _beside(self, hazard: _Hazard) -> dict[str, object]:
        """Older versions, devices and walked points, whole, as they stand in their tables."""
        guid = hazard.line.said(*_GUID)
        kept = {"versions": hazard.versions}
        kept |= {name: by.get(guid, []) for name, by in self.linked.items()}
        odd = any(chain.walked or chain.defects for chain in hazard.chains)
        if not hazard.chains or hazard.n_left or odd:
            kept["geopoints"] = hazard.shape_lines
        return {name: _json(lines) for name, lines in kept.items() if lines}

    def _draw(self, layer: Layer, index: int, hazard: _Hazard) -> None:
        drawn = [polygon_of(chain) for chain in hazard.chains]
        defects = [defect for chain in hazard.chains for defect in chain.defects]
        for defect in defects:
            layer.fault(index, defect.code, defect.line.table, _params(defect))
        for chain in hazard.chains:
            for odd in chain.oddities:
                layer.warn(odd.code, odd.line.table, _params(odd), index)
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
            layer.shape_texts[index] = _json(hazard.shape_lines)

    def _orphans(self) -> Iterator[tuple[str, Line]]:
        """Yields lines that belong to nothing that the dump holds."""
        code = "wire.ng.orphan"
        linked = {
            link.said(*_SHAPE)
            for by in self.links.values()
            for lines in by.values()
            for link in lines
        }
        tests: dict[str, Callable[[Line], bool]] = {
            "hazard_infoversion": lambda line: line.said(*_GUID) in self.hazards,
            _LINKS[0]: lambda line: (
                line.said(*_GUID) in self.hazards and line.said(*_SHAPE) in self.shapes
            ),
            "geopoint": lambda line: line.said(*_SHAPE) in self.shapes,
            "geospatialinfo": lambda line: line.said(*_SHAPE) in linked,
            "hazdeviceinfo": lambda line: line.said(*_GUID) in self.hazards,
            "cdfvalue": lambda line: not line.said(*_GUID) or line.said(*_GUID) in self.hazards,
        }
        for name, belongs in tests.items():
            yield from ((code, line) for line in self.tables.get(name, []) if not belongs(line))

    def _warn_of_tables(self, layer: Layer) -> None:
        left = [
            f"{name} ({len(lines)})"
            for name, lines in sorted(self.tables.items())
            if name not in _OWN and lines
        ]
        if left:
            layer.warn("wire.ng.tables-left", "", {"tables": ", ".join(left)[:300]})


def _several(polygons: list[shapely.Polygon]) -> BaseGeometry:
    several: BaseGeometry = shapely.MultiPolygon([(p.exterior.coords, []) for p in polygons])
    return several


def _local_id(line: Line) -> str:
    return line.said("hazard_localid", "localid", "local_id", "imsma_id")


def _day(line: Line) -> str:
    """Returns the date of information as it is compared; nothing where there is none."""
    text = line.said(*_DATE)
    day = text.replace("T", " ").partition(" ")[0]
    for form in _DAYS:
        try:
            return dt.datetime.strptime(day, form).date().isoformat()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return text


def _params(defect: Defect) -> dict[str, str | int]:
    line = defect.line
    return {"table": line.table, "line": line.number, "value": defect.value[:80]}


def _json(lines: Iterable[Line]) -> str:
    return json.dumps([line.plain for line in lines], ensure_ascii=False, default=str)
