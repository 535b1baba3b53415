"""Layers of IMSMA Core: what a feature service or a file geodatabase exports, as hazards.

Dates are milliseconds since 1970, ids are GlobalIDs in braces, relations are ids in one text, and
an archived table holds a row for each version of a feature. Every column stays beside the record.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator

import numpy as np
import shapely

from rafiqa.wire.layer import Layer
from rafiqa.wire.mapping import load_mapping
from rafiqa.wire.tabletext import number_of

_ID = ("imsma_id", "hazard_localid", "localid", "local_id", "ha_code")
_GLOBAL = ("globalid", "global_id")
_CLASS = ("area_type", "hazard_type", "hazardtype", "class", "type")
_DATE = ("report_dt", "survey_date", "dateofinfo", "date_of_information", "survey_dt")
_STATUS = ("status", "status_ha", "hazard_status")
_LINKS = ("imsma_links",)
_NAMES = {
    "name": ("name", "hazard_name", "ha_name"),
    "reported_area_m2": ("area_size", "areasize"),
    "organisation_id": ("org", "organisation", "org_id"),
    "note": ("comments", "remarks", "note"),
}
_LEAST_MS = 10_000_000_000
"""From here on a number is milliseconds (1970-04-26); below it could be a year or a serial day."""
_CLASSES = (None, "indication", "sha", "cha")
_ISO = re.compile(r"^\d{4}-\d\d-\d\d$")
_GUID = re.compile(r"^\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?$")


def core_layer(layer: Layer) -> Layer:
    """Returns the layer with the dictionary's columns beside its own, one row for each hazard."""
    columns = {name: list(cells) for name, cells in layer.columns.items()}
    count = len(layer)
    own = _first(layer, _ID)
    guids = [_guid(cell) for cell in _first(layer, _GLOBAL)]
    ids = _ids(layer, [_text(cell) for cell in own], guids)
    made: dict[str, list[object]] = {
        "id": [id_ or None for id_ in ids],
        "observed_on": [_day(cell) for cell in _first(layer, _DATE)],
        "class": _classes(layer),
        "local_ids": [
            "; ".join(dict.fromkeys(item for item in named if item)) or None
            for named in zip(map(_text, own), guids, strict=True)
        ],
        "source": ["IMSMA Core"] * count,
    }
    made |= {name: _first(layer, names) for name, names in _NAMES.items()}
    kept = {f"core.{name}": cells for name, cells in columns.items()}
    for index, cell in enumerate(_first(layer, _STATUS)):
        if "clos" in _text(cell).casefold():
            layer.warn("wire.ng.closed", "status", {"value": _text(cell)[:80]}, index)
    _warn_of_links(layer, [*ids, *map(_text, own)], guids)
    layer.columns = {**made, **kept}
    return _one_row_each(layer, guids)


def _ids(layer: Layer, own: list[str], guids: list[str]) -> list[str]:
    """Returns the id of each feature: its own, and its GlobalID where others share its own.

    Rows of one GlobalID are versions of one feature. Two features that are called alike ("N/A",
    or the parts of one hazard) are two outlines, and each is on the map.
    """
    features: dict[str, set[str]] = {}
    for name, guid in zip(own, guids, strict=True):
        features.setdefault(name.casefold(), set()).add(guid)
    ids: list[str] = []
    for index, (name, guid) in enumerate(zip(own, guids, strict=True)):
        shared = bool(name) and len(features[name.casefold()]) > 1
        ids.append((guid or name) if shared or not name else name)
        if shared:
            params: dict[str, str | int] = {"id": name[:80], "table": "IMSMA Core"}
            layer.warn("wire.ng.local-id-twice", "id", params, index)
    return ids


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _first(layer: Layer, names: tuple[str, ...]) -> list[object]:
    """Returns the cells of the first of these columns that a layer has; nothing where none."""
    column = next((c for c in map(layer.column_named, names) if c is not None), None)
    return [None] * len(layer) if column is None else list(layer.columns[column])


def _guid(cell: object) -> str:
    text = _text(cell)
    return text.strip("{}").lower() if _GUID.match(text) else text


def _day(cell: object) -> object:
    """Returns the day of a date, of milliseconds since 1970 too; what is neither, as it stands."""
    number = number_of(cell)
    if number is not None and abs(number) >= _LEAST_MS:
        since = dt.timedelta(milliseconds=number)
        try:
            return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + since).date().isoformat()
        except OverflowError:
            return _text(cell)
    matched = re.match(r"^(\d{4})[-/](\d\d)[-/](\d\d)([T ].*)?$", _text(cell))
    return "-".join(matched.groups()[:3]) if matched else cell


def _classes(layer: Layer) -> list[object]:
    codes = load_mapping("imsma-hazards").fields["class"].codes
    found: list[object] = []
    for index, cell in enumerate(_first(layer, _CLASS)):
        known = codes.get(_text(cell).replace("_", " ").casefold())
        if known is None:
            layer.warn("wire.ng.class-unknown", "class", {"value": _text(cell)[:80]}, index)
        found.append(known or "sha")
    return found


def _warn_of_links(layer: Layer, ids: list[str], guids: list[str]) -> None:
    """Names links that lead to nothing in the file: nobody has kept them whole."""
    known = {item.casefold() for item in [*ids, *guids] if item}
    for index, cell in enumerate(_first(layer, _LINKS)):
        links = [item.strip() for item in re.split(r"[,;]", _text(cell)) if item.strip()]
        lost = [item for item in links if item.strip("{}").casefold() not in known]
        if lost:
            layer.warn("wire.core.links-lost", "imsma_links", {"ids": ", ".join(lost)[:160]}, index)


def _one_row_each(layer: Layer, guids: list[str]) -> Layer:
    """Returns the layer with the older versions of a feature kept beside its newest.

    Rows of one id without a GlobalID are versions where their days differ and their outlines meet;
    else which of them is meant is asked, as of every id that is given twice.
    """
    rows: dict[str, list[int]] = {}
    for index, id_ in enumerate(layer.columns["id"]):
        rows.setdefault(_text(id_) or f"#{index}", []).append(index)
    rows = {str(place): group for place, group in enumerate(_told_apart(layer, rows, guids))}
    if len(rows) == len(layer):
        return layer
    days, classes = layer.columns["observed_on"], layer.columns["class"]
    versions: dict[int, str] = {}
    for indices in rows.values():
        # Of two versions of one day the one that says more danger is shown.
        newest = max(indices, key=lambda i: (_text(days[i]), _CLASSES.index(classes[i]), -i))
        said = [_text(days[i]) for i in indices if days[i]]
        unread = [day for day in said if not _ISO.match(day)]
        if unread and len(indices) > 1:
            # Nobody knows then which is the newest: the row is refused for that date, and kept.
            newest = next(i for i in indices if _text(days[i]) == unread[0])
            said = unread
        if len(indices) > 1:
            older = [_row(layer, i) for i in indices if i != newest]
            versions[newest] = json.dumps(older, ensure_ascii=False, default=str)
            days[newest] = min(said, default=None)
        else:
            versions[newest] = ""
    kept = sorted(versions)
    position = {index: place for place, index in enumerate(kept)}
    shapes = layer.shapes[kept]
    columns = {name: [cells[i] for i in kept] for name, cells in layer.columns.items()}
    columns["versions"] = [versions[i] or None for i in kept]
    numbers = layer.numbers[np.array(kept, dtype=np.int64)]
    one = Layer(layer.format, numbers, columns, shapes, layer.crs, warnings=layer.warnings)
    one.tags, one.place_columns = layer.tags, layer.place_columns
    one.shape_texts = {position[i]: t for i, t in layer.shape_texts.items() if i in position}
    one.faults = {position[i]: f for i, f in layer.faults.items() if i in position}
    return one


def _told_apart(layer: Layer, rows: dict[str, list[int]], guids: list[str]) -> Iterator[list[int]]:
    """Yields the versions of each feature; rows that are none of one another stand alone."""
    days = layer.columns["observed_on"]
    for indices in rows.values():
        told = {_text(days[i]) for i in indices}
        dated = len(told) == len(indices) and "" not in told
        if all(guids[i] for i in indices) or (dated and _meet(layer, indices)):
            yield indices
        else:
            yield from ([i] for i in indices)


def _meet(layer: Layer, indices: list[int]) -> bool:
    """Returns whether the outlines of rows lie on one another, as those of versions do."""
    shapes = [layer.shapes[i] for i in indices if layer.shapes[i] is not None]
    valid = bool(shapes) and bool(shapely.is_valid(shapes).all())
    return valid and bool(shapely.intersects(shapes, shapes[0]).all())


def _row(layer: Layer, index: int) -> dict[str, object]:
    row = {name: cells[index] for name, cells in layer.columns.items() if name[:5] == "core."}
    row = {name[5:]: cell for name, cell in row.items() if cell is not None}
    shape = layer.shapes[index]
    return row if shape is None else {**row, "geometry": shapely.to_wkt(shape)}
