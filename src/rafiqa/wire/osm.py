"""OpenStreetMap extracts: buildings, and roads with their bridges, from the tags people use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
import shapely

from rafiqa.dictionary.load import dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.arrowcolumn import plain_values
from rafiqa.wire.layer import Geometries, Layer, counted, file_fault
from rafiqa.wire.limit import Limits

_AREA_COLUMNS = ["osm_id", "osm_way_id", "name", "amenity", "building", "man_made"]
_LINE_COLUMNS = ["osm_id", "name", "highway"]
_NOT_STANDING = frozenset({"no", "demolished", "razed", "proposed"})
_NO_ROAD = _NOT_STANDING | {"construction", "planned"}
"""A road being built carries nobody yet; a building being built does stand on the ground."""
_TAG = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_KEPT_TAGS = ("name:ar", "name:en", "name:ku", "building:levels", "height", "bridge", "surface")
_SERVICES = {
    "school": "school",
    "kindergarten": "school",
    "college": "school",
    "university": "school",
    "hospital": "hospital",
    "clinic": "clinic",
    "doctors": "clinic",
}
_WATER = frozenset({"water_works", "water_tower", "wastewater_plant", "pumping_station"})
_METRES = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*(?:m|meters?|metres?)?\s*")
_HEADER_BYTES = 64 * 1024  # more than the format allows
_COUNTED = 2  # protocol buffers: a field whose length stands before it
_DATASIZE = 3 << 3
_NO_BRIDGE = frozenset({"", "no"})
_BUILDING_SQL = "building IS NOT NULL OR amenity IS NOT NULL OR man_made IS NOT NULL"


def read_osm(path: Path, kind_name: str, limits: Limits) -> Layer:
    """Returns the buildings or the roads of an extract, with ids such as ``way/123``.

    A building inside the grounds of a school, hospital, clinic or water works is one: most
    schools are mapped as grounds and their buildings as plain buildings. What is mapped and does
    not stand, such as a road that is proposed, is left out and counted in a warning.

    Columns are the dictionary's where it has one: of buildings ``id name name_ar name_en kind
    storeys height_m`` and the tags ``osm_building osm_amenity osm_man_made``; of roads ``id
    name name_ar name_en kind road_class is_bridge surface`` and ``osm_highway``.

    Raises:
        InvalidInput: ``wire.osm.kind``: an extract holds only buildings and roads;
            ``wire.osm.truncated``, ``wire.gdal.failed``, ``wire.limit.rows``.
    """
    _check_whole(path)
    if kind_name == "buildings":
        layer = _buildings(path)
    elif kind_name == "roads":
        layer = _roads(path)
    else:
        raise InvalidInput(file_fault("wire.osm.kind", "", {"kind": kind_name}))
    if len(layer) > limits.rows:
        raise InvalidInput(
            file_fault("wire.limit.rows", "", {"count": len(layer), "limit": limits.rows})
        )
    return layer


def _check_whole(path: Path) -> None:
    """Walks the file's blobs: GDAL stops at one that is cut off and says nothing.

    Source: the PBF format of OpenStreetMap: four bytes with the length of a blob's header,
    the header, and the blob, whose length the header's field 3 gives.
    """
    size = path.stat().st_size
    at = 0
    with path.open("rb") as stream:
        while at < size:
            stream.seek(at)
            length = int.from_bytes(stream.read(4), "big")
            header = stream.read(min(length, _HEADER_BYTES))
            blob_bytes = _blob_bytes(header)
            at += 4 + length + (blob_bytes or 0)
            if len(header) < length or blob_bytes is None or at > size:
                params: dict[str, str | int] = {"found": size, "expected": max(at, size + 1)}
                raise InvalidInput(file_fault("wire.osm.truncated", "", params))


def _blob_bytes(header: bytes) -> int | None:
    """The length of the blob that a blob header announces, or None where it is no header."""
    at = 0
    while at < len(header):
        key, at = _varint(header, at)
        value, at = _varint(header, at)
        if key == _DATASIZE:
            return value
        at += value if key & 7 == _COUNTED else 0
    return None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """One number in base 128, lowest group first, and where it ends."""
    number = 0
    for turn, byte in enumerate(data[at : at + 10]):
        number |= (byte & 0x7F) << 7 * turn
        if byte < 0x80:
            return number, at + turn + 1
    return number, len(data)


def _read(path: Path, layer: str, columns: Sequence[str], where: str) -> pa.Table:
    try:
        meta, table = pyogrio.raw.read_arrow(
            path, layer=layer, columns=[*columns, "other_tags"], where=where
        )
    except (pyogrio.errors.DataSourceError, pa.ArrowException, ValueError) as error:
        raise InvalidInput(
            file_fault("wire.gdal.failed", layer, {"detail": str(error)[:160]})
        ) from error
    name = meta["geometry_name"] or "wkb_geometry"
    names = ["wkb_geometry" if column == name else column for column in table.column_names]
    return table.rename_columns(names)


def _tags(text: object) -> dict[str, str]:
    return dict(_TAG.findall(text)) if isinstance(text, str) else {}


def _with_tags(table: pa.Table) -> tuple[dict[str, list[object]], Geometries]:
    columns = {name: plain_values(table[name]) for name in table.column_names if "wkb" not in name}
    tags = [_tags(text) for text in columns.pop("other_tags")]
    for key in _KEPT_TAGS:
        columns[key] = [tag.get(key) for tag in tags]
    shapes: Geometries = shapely.from_wkb(table["wkb_geometry"].to_numpy(), on_invalid="ignore")
    return columns, shapes


def _buildings(path: Path) -> Layer:
    columns, shapes = _with_tags(_read(path, "multipolygons", _AREA_COLUMNS, _BUILDING_SQL))
    service = [
        _service(amenity, man_made, building)
        for amenity, man_made, building in zip(
            columns["amenity"], columns["man_made"], columns["building"], strict=True
        )
    ]
    standing = np.array(
        [value is not None and value not in _NOT_STANDING for value in columns["building"]],
        dtype=np.bool_,
    )
    _spread(service, standing, shapes)
    ids: list[object] = [
        f"way/{way}" if way is not None else f"relation/{relation}"
        for relation, way in zip(columns["osm_id"], columns["osm_way_id"], strict=True)
    ]
    chosen = np.flatnonzero(standing)
    found: dict[str, list[object]] = {
        "id": ids,
        "name": columns["name"],
        "name_ar": columns["name:ar"],
        "name_en": columns["name:en"],
        "kind": [
            served or _code("asset_kind", tag) or "building"
            for served, tag in zip(service, columns["building"], strict=True)
        ],
        "storeys": [_storeys(value) for value in columns["building:levels"]],
        "height_m": [_height_m(value) for value in columns["height"]],
        "osm_building": columns["building"],
        "osm_amenity": columns["amenity"],
        "osm_man_made": columns["man_made"],
    }
    return _layer(found, shapes, chosen, _gone("building", columns["building"], _NOT_STANDING))


def _service(amenity: object, man_made: object, building: object) -> object:
    """What the tags say a building is for, as far as people depend on it."""
    if man_made in _WATER or building in _WATER:
        return "water_works"
    return _SERVICES.get(str(amenity)) or _SERVICES.get(str(building))


def _spread(service: list[object], standing: npt.NDArray[np.bool_], shapes: Geometries) -> None:
    """Gives every building inside the grounds of a service that service."""
    grounds = np.array(
        [s is not None and not up for s, up in zip(service, standing, strict=True)], dtype=np.bool_
    )
    places = np.flatnonzero(grounds)
    inside = np.flatnonzero(standing)
    if not len(places) or not len(inside):
        return
    tree = shapely.STRtree(shapely.point_on_surface(shapes[inside]))
    for ground, building in tree.query(shapes[places], predicate="intersects").T:
        index = int(inside[building])
        if service[index] is None:
            service[index] = service[int(places[ground])]


def _code(list_name: str, tag: object) -> str | None:
    """The dictionary's code for a tag's value, or None where it has none."""
    return dictionary().lists[list_name].match(str(tag)) if tag is not None else None


def _height_m(text: object) -> object:
    matched = _METRES.fullmatch(text) if isinstance(text, str) else None
    return float(matched[1]) if matched else None


def _storeys(text: object) -> object:
    """Storeys above ground as a whole number; "2.5" counts its full storeys, else nothing."""
    matched = re.fullmatch(r"\s*(\d{1,3})(?:[.,]\d+)?\s*", text) if isinstance(text, str) else None
    return int(matched[1]) if matched else None


def _roads(path: Path) -> Layer:
    lines = _read(path, "lines", _LINE_COLUMNS, "highway IS NOT NULL")
    areas = _read(
        path, "multipolygons", ["osm_id", "osm_way_id", "name"], "other_tags LIKE '%\"highway\"=>%'"
    )
    columns, shapes = _with_tags(lines)
    ids: list[object] = [f"way/{way}" for way in columns["osm_id"]]
    squares, square_shapes = _with_tags(areas)
    square_tags = [_tags(text) for text in plain_values(areas["other_tags"])]
    ids += [
        f"way/{way}" if way is not None else f"relation/{relation}"
        for relation, way in zip(squares["osm_id"], squares["osm_way_id"], strict=True)
    ]
    highway: list[object] = columns["highway"] + [tags.get("highway") for tags in square_tags]
    bridge: list[object] = [
        (value or "") not in _NO_BRIDGE for value in columns["bridge"] + squares["bridge"]
    ]
    found: dict[str, list[object]] = {
        "id": ids,
        "name": columns["name"] + squares["name"],
        "name_ar": columns["name:ar"] + squares["name:ar"],
        "name_en": columns["name:en"] + squares["name:en"],
        "kind": ["bridge" if over else "road" for over in bridge],
        "road_class": [_code("road_class", tag) or "unknown" for tag in highway],
        "is_bridge": bridge,
        "surface": [_code("surface", tag) for tag in columns["surface"] + squares["surface"]],
        "osm_highway": highway,
    }
    whole = np.concatenate([shapes, square_shapes])
    built = np.flatnonzero([tag not in _NO_ROAD for tag in highway])
    return _layer(found, whole, built, _gone("highway", highway, _NO_ROAD))


def _gone(key: str, tags: Sequence[object], gone: frozenset[str]) -> list[Fault]:
    """The warning of what is mapped and does not stand, with its number and its tags."""
    left_out = [str(tag) for tag in tags if tag in gone]
    if not left_out:
        return []
    params: dict[str, str | int] = {
        "rows": len(left_out),
        "tags": ", ".join(f"{key}={tag}" for tag in sorted(set(left_out))),
    }
    return [file_fault("wire.osm.not-standing", key, params)]


def _layer(
    columns: dict[str, list[object]],
    shapes: Geometries,
    chosen: npt.NDArray[np.intp],
    warnings: list[Fault],
) -> Layer:
    kept = {name: [values[i] for i in chosen.tolist()] for name, values in columns.items()}
    layer = Layer("osm-pbf", counted(len(chosen)), kept, shapes[chosen], crs="OGC:CRS84")
    layer.warnings += warnings
    for index in np.flatnonzero(shapely.is_missing(layer.shapes)):
        layer.fault(int(index), "wire.geometry.unreadable", "geometry", {"detail": "WKB"})
    return layer
