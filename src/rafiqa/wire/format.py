"""Which format a file is in, by what it holds and not by its name alone, and its reader."""

from __future__ import annotations

from pathlib import Path

from rafiqa.errors import InvalidInput
from rafiqa.wire.delimited import read_delimited
from rafiqa.wire.geojson import read_geojson
from rafiqa.wire.kind import Kind
from rafiqa.wire.layer import Layer, file_fault
from rafiqa.wire.limit import MEBIBYTE, Limits
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.maxml import read_maxml
from rafiqa.wire.ngdump import is_dump, read_dump
from rafiqa.wire.part import holds_geodatabase
from rafiqa.wire.recordjson import read_records
from rafiqa.wire.spreadsheet import read_spreadsheet
from rafiqa.wire.tableset import table_names

FORMATS = {
    ".geojson": "geojson",
    ".json": "json",
    ".gpkg": "gpkg",
    ".shp": "shapefile",
    ".zip": "zip",
    ".kml": "kml",
    ".gpx": "gpx",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".parquet": "geoparquet",
    ".geoparquet": "geoparquet",
    ".gpq": "geoparquet",
    ".pbf": "osm-pbf",
    ".xml": "maxml",
}
_BINARY = {
    "gpkg": b"SQLite format 3\x00",
    "shapefile": b"\x00\x00\x27\x0a",
    "zip": b"PK\x03\x04",
    "xlsx": b"PK\x03\x04",
    "geoparquet": b"PAR1",
}
_LEAST_BYTES = 12
_HEAD_BYTES = 4096


def format_of(path: Path, data: bytes) -> str:
    """Returns the format's name once the file's first bytes agree with its suffix.

    Raises:
        InvalidInput: ``wire.format.unknown``: no such suffix; ``wire.format.other``: the
            content is something else; ``wire.format.empty``.
    """
    named = FORMATS.get(path.suffix.lower())
    if named is None:
        known = " ".join(sorted(FORMATS))
        raise InvalidInput(
            file_fault("wire.format.unknown", path.suffix, {"suffix": path.suffix, "known": known})
        )
    if not data.strip():
        raise InvalidInput(file_fault("wire.format.empty"))
    if not _agrees(named, data):
        raise InvalidInput(file_fault("wire.format.other", path.suffix, {"format": named}))
    if named == "json" and b'"Feature' in data[:_HEAD_BYTES]:
        return "geojson"
    return named


def _agrees(named: str, data: bytes) -> bool:
    if named in _BINARY:
        return data.startswith(_BINARY[named]) and len(data) > _LEAST_BYTES
    if named == "osm-pbf":
        return b"OSMHeader" in data[:64]
    head = data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()
    if named in {"geojson", "json"}:
        return head[:1] in {b"{", b"["}
    if named in {"kml", "gpx", "maxml"}:
        return head.startswith((b"<", b"\xff\xfe", b"\xfe\xff"))
    return not any(data.startswith(magic) for magic in _BINARY.values())


def read_layer(
    path: Path, folder: Path, kind: Kind, mapping: Mapping | None, limits: Limits
) -> Layer:
    """Returns what a file holds, in its own columns and coordinates.

    Args:
        path: the file.
        folder: an empty folder of our own for unpacking.
        kind: what it is imported as.
        mapping: how to read it, or None.
        limits: what it may hold.

    Raises:
        InvalidInput: the file as a whole is refused.
    """
    size = path.stat().st_size
    most = kind.file_bytes(limits)
    if size > most:
        params: dict[str, str | int] = {
            "size_mib": size // MEBIBYTE,
            "limit_mib": most // MEBIBYTE,
        }
        raise InvalidInput(file_fault("wire.limit.file-bytes", "", params))
    data = path.read_bytes()
    found = format_of(path, data)
    if found == "geojson":
        return read_geojson(data, kind, limits)
    if found == "json":
        return read_records_layer(data, mapping, limits)
    if found == "csv":
        return read_delimited(data, mapping, limits)
    if found == "xlsx":
        return _read_workbook(data, mapping, kind, limits)
    if found == "maxml":
        return read_maxml(data, mapping, kind, limits)
    if found == "zip":
        return _read_zip(data, folder, mapping, kind, limits)
    return _by_library(path, data, found, mapping, (kind, limits))


def _by_library(
    path: Path, data: bytes, found: str, mapping: Mapping | None, asked: tuple[Kind, Limits]
) -> Layer:
    """Returns a layer read by GDAL or Arrow: both are loaded for files that need them, no other.

    A worker reads one file, and loading GDAL takes longer than reading most sheets.
    """
    from rafiqa.wire.ogr import read_geopackage, read_markup, read_shapefile
    from rafiqa.wire.osm import read_osm
    from rafiqa.wire.parquet import read_parquet

    kind, limits = asked
    if found == "geoparquet":
        return read_parquet(data, mapping, kind, limits)
    if found == "gpkg":
        return read_geopackage(path, mapping, kind, limits)
    if found == "shapefile":
        return read_shapefile(path, mapping, kind, limits)
    if found == "osm-pbf":
        return read_osm(path, kind.name, limits)
    return read_markup(path, data, found, mapping, kind, limits)


def _read_workbook(data: bytes, mapping: Mapping | None, kind: Kind, limits: Limits) -> Layer:
    """Returns one sheet of a workbook, or the hazards where its sheets are a dump of tables."""
    asked = mapping is not None and mapping.sheet is not None
    if not asked and is_dump(table_names(data, limits)):
        return read_dump(data, mapping, kind, limits)
    return read_spreadsheet(data, mapping, limits)


def _read_zip(
    data: bytes, folder: Path, mapping: Mapping | None, kind: Kind, limits: Limits
) -> Layer:
    """Returns what a zip holds: a dump of tables, a file geodatabase, or else a shapefile."""
    if is_dump(table_names(data, limits)):
        return read_dump(data, mapping, kind, limits)
    from rafiqa.wire.ogr import read_geodatabase, read_zipped_shapefile

    if holds_geodatabase(data):
        return read_geodatabase(data, folder, mapping, kind, limits)
    return read_zipped_shapefile(data, folder, mapping, kind, limits)


def read_records_layer(data: bytes, mapping: Mapping | None, limits: Limits) -> Layer:
    """Returns a JSON table with shapes made from its place columns."""
    from rafiqa.wire.tabletext import fill_shapes

    layer = read_records(data, limits)
    fill_shapes(layer, mapping, limits)
    return layer
