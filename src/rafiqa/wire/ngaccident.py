"""Accidents of an IMSMA NG dump: when, where, how many; never who.

An accident is one row, as the newest version by date of information tells it, the older ones
beside it. Without a place it is a row all the same. Lines of victims are counted, and they and
columns that name persons stand in no column of it: they are for the vault.
"""

from __future__ import annotations

import numpy as np
import shapely

from rafiqa.wire.layer import Layer, no_shapes
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.ngpoint import chain_of
from rafiqa.wire.ngrecord import (
    ACCIDENT,
    Record,
    Records,
    defect_params,
    ids_given_twice,
    json_of,
    local_id,
    plain_day,
    warn_of_naming,
)
from rafiqa.wire.tableset import Line, Tables

_DAY = ("accidentdate", "accident_date", "dateofaccident", "date_of_accident", "accdate")
_NUMBERS: dict[str, tuple[str, ...]] = {
    "killed": ("numberkilled", "number_killed", "killed", "numkilled", "casualtieskilled"),
    "injured": ("numberinjured", "number_injured", "injured", "numinjured", "casualtiesinjured"),
}
_PLACE = ("placename", "place_name", "locationname", "gazetteername", "nearesttown")
_OWN_PLACE = ("lat", "latitude", "lon", "longitude", "coordrefsys")
_VICTIMS, _VICTIM_OF = "victim", ACCIDENT.guid[:2] + ACCIDENT.guid[3:]


def accident_layer(tables: Tables, mapping: Mapping | None) -> Layer:
    """Returns the accidents of a dump, then the lines about accidents that belong to none."""
    records = Records(ACCIDENT, tables, mapping)
    lines, orphans = records.lines, list(records.orphans())
    last = max((line.number for line in lines), default=0)
    numbers = [line.number for line in lines]
    numbers += range(last + 1, last + 1 + len(orphans))
    layer = Layer("imsma-ng", np.array(numbers, dtype=np.int64), {}, no_shapes(len(numbers)))
    layer.crs = (mapping.crs if mapping else None) or "OGC:CRS84"
    victims = records.by(_VICTIMS, _VICTIM_OF)
    twice = ids_given_twice(lines)
    rows: list[dict[str, object]] = []
    for index, line in enumerate(lines):
        record = records.record(line)
        rows.append(_row(layer, index, (records, record), twice))
        guid = line.said(*ACCIDENT.guid)
        harmed = victims.get(guid, ()) if guid else ()
        rows[-1]["involved"] = len(harmed) or None
        layer.persons[index] = records.take_named() | {
            f"{_VICTIMS} {number}": json_of([each]) for number, each in enumerate(harmed, 1)
        }
        _place(layer, index, record, mapping)
    for index, line in enumerate(orphans, len(lines)):
        rows.append(line.plain)
        params: dict[str, str | int] = {"table": line.table, "line": line.number}
        layer.fault(index, "wire.ng.orphan", line.table, params)
    names = dict.fromkeys(name for row in rows for name in row)
    layer.columns = {name: [row.get(name) for row in rows] for name in names}
    warn_of_naming(layer, (records,))
    return layer


def _row(
    layer: Layer,
    index: int,
    told: tuple[Records, Record],
    twice: frozenset[str],
) -> dict[str, object]:
    records, record = told
    seen = records.seen(record)
    guid, own_id = record.line.said(*ACCIDENT.guid), local_id(record.line)
    row: dict[str, object] = {"id": own_id or guid or None, "source": "IMSMA NG"}
    if own_id in twice:
        row["id"] = guid or f"{own_id}~{record.line.number}"
        params: dict[str, str | int] = {"id": own_id, "table": ACCIDENT.table}
        layer.warn("wire.ng.local-id-twice", "id", params, index)
    row["happened_on"] = plain_day(seen.said(*_DAY)) or None
    for name, columns in _NUMBERS.items():
        row[name] = seen.said(*columns) or None
    row["community"] = seen.said(*_PLACE) or None
    row |= {f"accident.{name}": value for name, value in seen.cells.items()}
    return row | records.custom(record) | records.beside(record)


def _place(layer: Layer, index: int, record: Record, mapping: Mapping | None) -> None:
    """Puts an accident where its first point lies that has a place; it has none without points."""
    own = record.line.said("lat", "latitude") and record.line.said("lon", "longitude")
    chains = record.chains or ([chain_of([record.line], mapping)] if own else [])
    places = [place for chain in chains for place in chain.places.values()]
    defects = [defect for chain in chains for defect in chain.defects]
    if places:
        layer.shapes[index] = shapely.Point(places[0])
        for defect in defects:
            layer.warn(defect.code, defect.line.table, defect_params(defect), index)
        return
    for defect in defects:
        layer.fault(index, defect.code, defect.line.table, defect_params(defect))
    if defects:
        told = {name: record.line.cells[name] for name in _OWN_PLACE if name in record.line.cells}
        own_place = Line(record.line.table, record.line.number, told)
        layer.shape_texts[index] = json_of(record.shape_lines or [own_place])
