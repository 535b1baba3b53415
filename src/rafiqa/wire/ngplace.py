"""Places of an IMSMA NG dump: its gazetteer, each with the place above it."""

from __future__ import annotations

import numpy as np
import shapely

from rafiqa.wire.layer import Layer, no_shapes
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.ngpoint import chain_of
from rafiqa.wire.ngrecord import GAZETTEER, Record, Records, defect_params
from rafiqa.wire.tableset import Tables

_NAME = ("gazetteername", "gazetteer_name", "name", "placename")
_LEVEL = ("gazetteerlevel", "gazetteer_level", "level", "admin_level", "gazetteertype", "type")
_ABOVE = ("parent_guid", "parentguid", "parent_id", "parent", "gazetteer_parent_guid")
_CODE = ("gazetteercode", "pcode", "code", "gazetteer_localid", "localid")
_KINDS = {
    **dict.fromkeys(("country",), "country"),
    **dict.fromkeys(("governorate", "province", "region", "state"), "governorate"),
    **dict.fromkeys(("district",), "district"),
    **dict.fromkeys(("subdistrict", "sub-district", "commune"), "subdistrict"),
    **dict.fromkeys(("village", "town", "city", "community", "municipality"), "community"),
    **dict.fromkeys(("neighbourhood", "neighborhood", "quarter"), "neighbourhood"),
    "camp": "camp",
}


def place_layer(tables: Tables, mapping: Mapping | None) -> Layer:
    """Returns the gazetteer of a dump; what kind of place is not known is an other one."""
    records = Records(GAZETTEER, tables, mapping)
    numbers = np.array([line.number for line in records.lines], dtype=np.int64)
    layer = Layer("imsma-ng", numbers, {}, no_shapes(len(numbers)))
    layer.crs = (mapping.crs if mapping else None) or "OGC:CRS84"
    ids = {guid: line.said(*_CODE) or guid for guid, line in records.known.items()}
    rows: list[dict[str, object]] = []
    for index, line in enumerate(records.lines):
        record = records.record(line)
        seen = records.seen(record)
        above = seen.said(*_ABOVE)
        rows.append(
            {
                "id": line.said(*_CODE) or line.said(*GAZETTEER.guid) or None,
                "name": seen.said(*_NAME) or None,
                "kind": _KINDS.get(seen.said(*_LEVEL).casefold(), "other"),
                "parent_id": ids.get(above, above) or None,
            }
        )
        _place(layer, index, record, mapping)
    names = dict.fromkeys(name for row in rows for name in row)
    layer.columns = {name: [row.get(name) for row in rows] for name in names}
    return layer


def _place(layer: Layer, index: int, record: Record, mapping: Mapping | None) -> None:
    own = record.line.said("lat", "latitude") and record.line.said("lon", "longitude")
    chains = record.chains or ([chain_of([record.line], mapping)] if own else [])
    places = [place for chain in chains for place in chain.places.values()]
    if places:
        layer.shapes[index] = shapely.Point(places[0])
    for defect in (defect for chain in chains for defect in chain.defects):
        layer.warn(defect.code, defect.line.table, defect_params(defect), index)
