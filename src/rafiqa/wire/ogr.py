"""Formats that GDAL reads for us: GeoPackage, Shapefile, KML, GPX.

GDAL forgives much in silence, so what it forgives is looked at before and after: the length
of files, the number of rows, the encoding, document types, and every warning it gives.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely

from rafiqa.errors import InvalidInput
from rafiqa.wire.archive import open_archive, unpacked
from rafiqa.wire.arrowcolumn import plain_values
from rafiqa.wire.dbf import dbf_encoding, record_count
from rafiqa.wire.kind import Kind
from rafiqa.wire.layer import Geometries, Layer, counted, file_fault
from rafiqa.wire.limit import Limits
from rafiqa.wire.mapping import Mapping
from rafiqa.wire.markup import check_markup
from rafiqa.wire.part import SHP_PARTS, part_of

_KML_TRIMMINGS = frozenset(
    {"tessellate", "extrude", "visibility", "drawOrder", "altitudeMode", "icon", "snippet"}
)
_GPX_LAYERS = ("waypoints", "routes", "tracks")
_MOST_WARNINGS = 20
_OPEN_CLOSE = 2
_COMMAS = 4  # a place with its height holds two; the rest is room for texts


def read_layers(
    path: Path,
    layers: Sequence[str | None],
    limits: Limits,
    *,
    encoding: str | None = None,
    recount: bool = True,
) -> tuple[pa.Table, str | None, list[str]]:
    """Returns the rows of a file's layers as one Arrow table, its system, GDAL's warnings.

    The geometry stands in a column ``wkb_geometry``. A layer of which GDAL returns fewer rows
    than it counts is cut off; ``recount`` says whether to ask (GDAL then reads text anew).

    Raises:
        InvalidInput: ``wire.gdal.failed``, ``wire.gdal.rows``, ``wire.limit.rows``.
    """
    tables: list[pa.Table] = []
    crs: str | None = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for layer in layers:
            try:
                meta, table = pyogrio.raw.read_arrow(path, layer=layer, encoding=encoding)
                promised = len(table)
                if recount:
                    info = pyogrio.read_info(path, layer=layer, force_feature_count=True)
                    promised = int(info["features"])
            except (pyogrio.errors.DataSourceError, pa.ArrowException, ValueError) as error:
                raise InvalidInput(
                    file_fault("wire.gdal.failed", layer or "", {"detail": _short(error)})
                ) from error
            if len(table) != promised:
                params: dict[str, str | int] = {"found": len(table), "expected": promised}
                raise InvalidInput(file_fault("wire.gdal.rows", layer or "", params))
            name = meta["geometry_name"] or "wkb_geometry"
            columns = [n if n != name else "wkb_geometry" for n in table.column_names]
            tables.append(table.rename_columns(columns))
            crs = meta["crs"]
    whole = pa.concat_tables(tables, promote_options="permissive")
    if len(whole) > limits.rows:
        raise InvalidInput(
            file_fault("wire.limit.rows", "", {"count": len(whole), "limit": limits.rows})
        )
    return whole, crs, list(dict.fromkeys(_short(item.message) for item in caught))


def _short(error: object) -> str:
    return str(error).replace("\n", " ")[:160]


def check_blobs(blobs: pa.ChunkedArray, kind: Kind, limits: Limits) -> None:
    """Raises InvalidInput unless shapes of that many bytes may be made: 16 are one vertex."""
    most = kind.file_vertices(limits)
    count = pc.sum(pc.binary_length(blobs)).as_py() or 0
    if count // 16 > 2 * most + 8 * len(blobs):
        params: dict[str, str | int] = {"count": count // 16, "limit": most}
        raise InvalidInput(file_fault("wire.limit.vertices", "", params))


def layer_of(
    table: pa.Table, crs: str | None, format_name: str, said: list[str], kind: Kind, limits: Limits
) -> Layer:
    """Returns the layer that an Arrow table with a column ``wkb_geometry`` holds.

    Raises:
        InvalidInput: ``wire.limit.vertices``.
    """
    check_blobs(table["wkb_geometry"], kind, limits)
    names = [name for name in table.column_names if name != "wkb_geometry"]
    columns = {name: plain_values(table[name]) for name in names}
    layer = Layer(format_name, counted(len(table)), columns, _shapes(table), crs=crs)
    blobs = table["wkb_geometry"]
    lost = shapely.is_missing(layer.shapes) & ~np.asarray(blobs.is_null())
    for index in np.flatnonzero(lost):
        layer.fault(int(index), "wire.geometry.unreadable", "geometry", {"detail": "WKB"})
        layer.shape_texts[int(index)] = blobs[int(index)].as_py().hex()
    for text in said[:_MOST_WARNINGS]:
        layer.warn("wire.gdal.warning", "", {"detail": text})
    return layer


def _shapes(table: pa.Table) -> Geometries:
    blobs = table["wkb_geometry"].to_numpy()
    shapes: Geometries = shapely.from_wkb(blobs, on_invalid="ignore")
    return shapes


def read_geopackage(path: Path, mapping: Mapping | None, kind: Kind, limits: Limits) -> Layer:
    """Returns the rows of a GeoPackage's one spatial layer, or of the one the mapping names.

    Raises:
        InvalidInput: ``wire.gpkg.truncated``, ``wire.layer.ask``, ``wire.gdal.*``.
    """
    with path.open("rb") as stream:
        head = stream.read(32).ljust(32, b"\0")
    page, pages = struct.unpack_from(">H", head, 16)[0], struct.unpack_from(">I", head, 28)[0]
    promised, found = (65536 if page == 1 else page) * pages, path.stat().st_size
    if found < promised:
        raise InvalidInput(
            file_fault("wire.gpkg.truncated", "", {"found": found, "expected": promised})
        )
    layer = chosen_layer(path, mapping)
    table, crs, said = read_layers(path, [layer], limits)
    return layer_of(table, crs, "gpkg", said, kind, limits)


def chosen_layer(path: Path, mapping: Mapping | None) -> str:
    """Returns the mapping's layer, or the only one with shapes; several are asked about.

    Raises:
        InvalidInput: ``wire.layer.ask`` or ``wire.layer.missing`` with the layers there are.
    """
    try:
        found = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    except (pyogrio.errors.DataSourceError, ValueError) as error:
        raise InvalidInput(file_fault("wire.gdal.failed", "", {"detail": _short(error)})) from error
    names = [name for name, kind in found if kind is not None] or [name for name, _ in found]
    listed = ", ".join(names)[:200]
    wanted = None if mapping is None else mapping.layer
    if wanted is not None:
        if wanted not in names:
            raise InvalidInput(
                file_fault("wire.layer.missing", wanted, {"layer": wanted, "layers": listed})
            )
        return wanted
    if len(names) != 1:
        raise InvalidInput(file_fault("wire.layer.ask", "", {"layers": listed}))
    return names[0]


def read_shapefile(path: Path, mapping: Mapping | None, kind: Kind, limits: Limits) -> Layer:
    """Returns the rows of a shapefile that lies open on disk beside its other parts.

    Raises:
        InvalidInput: ``wire.shp.missing``, ``wire.shp.truncated``, ``wire.encoding.*``,
            ``wire.limit.vertices``, ``wire.gdal.*``.
    """
    parts = {part: _part(path, part) for part in SHP_PARTS}
    for needed in (".shx", ".dbf"):
        if parts[needed] is None:
            raise InvalidInput(file_fault("wire.shp.missing", needed, {"part": needed}))
    shp, dbf = parts[".shp"] or b"", parts[".dbf"] or b""
    for part in (".shp", ".shx"):
        _check_length(parts[part] or b"", part)
    count, indexed = record_count(dbf), (len(parts[".shx"] or b"") - 100) // 8
    if count != indexed:
        raise InvalidInput(
            file_fault("wire.gdal.rows", ".dbf", {"found": count, "expected": indexed})
        )
    most = kind.file_vertices(limits)
    if len(shp) // 16 > 2 * most + 8 * count:
        raise InvalidInput(
            file_fault("wire.limit.vertices", ".shp", {"count": len(shp) // 16, "limit": most})
        )
    cpg = parts[".cpg"]
    encoding, recognised = dbf_encoding(
        dbf,
        None if cpg is None else cpg.decode("ascii", "replace"),
        None if mapping is None else mapping.encoding,
    )
    table, crs, said = read_layers(path, [None], limits, encoding=encoding)
    layer = layer_of(table, crs, "shapefile", said, kind, limits)
    if recognised:
        layer.warn("wire.encoding.recognised", ".dbf", {"encoding": encoding})
    return layer


def _part(path: Path, suffix: str) -> bytes | None:
    part = part_of(path, suffix)
    return None if part is None else part.read_bytes()


def _check_length(data: bytes, part: str) -> None:
    """The header tells the length in 16-bit words (ESRI shapefile description, page 4)."""
    if len(data) < 100 or struct.unpack_from(">i", data, 24)[0] * 2 != len(data):
        raise InvalidInput(file_fault("wire.shp.truncated", part, {"part": part}))


def read_zipped_shapefile(
    data: bytes, folder: Path, mapping: Mapping | None, kind: Kind, limits: Limits
) -> Layer:
    """Returns the rows of the one shapefile in a zip archive, unpacked into a private folder.

    Raises:
        InvalidInput: ``wire.archive.*``, ``wire.layer.ask``, and as ``read_shapefile``.
    """
    archive = open_archive(data, limits)
    shapes = [name for name in archive.namelist() if name.lower().endswith(".shp")]
    wanted = None if mapping is None else mapping.layer
    if wanted is not None:
        shapes = [name for name in shapes if Path(name).stem == wanted]
    if len(shapes) != 1:
        listed = ", ".join(shapes)[:200]
        raise InvalidInput(
            file_fault(
                "wire.layer.ask" if shapes else "wire.shp.missing",
                ".shp",
                {"layers": listed, "part": ".shp"},
            )
        )
    stem = shapes[0][: -len(".shp")]
    for name in archive.namelist():
        if name[: len(stem)] == stem and name[len(stem) :].lower() in SHP_PARTS:
            (folder / f"layer{name[len(stem) :].lower()}").write_bytes(unpacked(archive, name))
    return read_shapefile(folder / "layer.shp", mapping, kind, limits)


def read_geodatabase(
    data: bytes, folder: Path, mapping: Mapping | None, kind: Kind, limits: Limits
) -> Layer:
    """Returns the rows of one layer of a zipped file geodatabase.

    Raises:
        InvalidInput: ``wire.archive.*``, ``wire.layer.ask``, ``wire.gdal.*``.
    """
    archive = open_archive(data, limits)
    inside = folder / "layer.gdb"
    inside.mkdir()
    for name in archive.namelist():
        _, found, inner = name.rpartition(".gdb/")
        if found and inner and "/" not in inner:
            (inside / inner).write_bytes(unpacked(archive, name))
    layer = chosen_layer(inside, mapping)
    table, crs, said = read_layers(inside, [layer], limits)
    return layer_of(table, crs, "filegdb", said, kind, limits)


def _one_folder(data: bytes) -> bool:
    """Whether all placemarks of a KML surely lie in one layer, so that GDAL need not list them."""
    if data.count(b"Document") > _OPEN_CLOSE or data.count(b"Folder") > _OPEN_CLOSE:
        return False
    if b"Folder" not in data:
        return True
    inside = data[data.find(b"Folder") : data.rfind(b"Folder")]
    return inside.count(b"Placemark") == data.count(b"Placemark")


def _check_marks(data: bytes, kind: Kind, limits: Limits) -> None:
    """Counts the places of a KML or GPX before anything parses them; texts hold commas too."""
    most = kind.file_vertices(limits)
    count = max(data.count(b"lat="), data.count(b",") // _COMMAS)
    if count > most:
        raise InvalidInput(file_fault("wire.limit.vertices", "", {"count": count, "limit": most}))


def read_markup(
    path: Path,
    data: bytes,
    format_name: str,
    mapping: Mapping | None,
    kind: Kind,
    limits: Limits,
) -> Layer:
    """Returns the placemarks of a KML, or the waypoints, routes and tracks of a GPX file.

    Folders of a KML are counted through in their order.

    Raises:
        InvalidInput: ``wire.limit.vertices`` and ``wire.xml.*`` before GDAL sees the file;
            ``wire.layer.missing``, ``wire.gdal.*``.
    """
    _check_marks(data, kind, limits)
    check_markup(data)
    wanted = None if mapping is None else mapping.layer
    layers: list[str | None]
    if wanted is not None:
        layers = [chosen_layer(path, mapping)]
    elif format_name == "kml" and _one_folder(data):
        layers = [None]
    else:
        try:
            layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        except (pyogrio.errors.DataSourceError, ValueError) as error:
            raise InvalidInput(
                file_fault("wire.gdal.failed", "", {"detail": _short(error)})
            ) from error
        if format_name == "gpx":
            layers = [name for name in layers if name in _GPX_LAYERS]
    if not layers:
        raise InvalidInput(file_fault("wire.table.empty"))
    table, crs, said = read_layers(path, layers, limits, recount=False)
    layer = layer_of(table, crs, format_name, said, kind, limits)
    empty = {
        name for name, values in layer.columns.items() if not any(v is not None for v in values)
    }
    for name in empty | _KML_TRIMMINGS:
        layer.columns.pop(name, None)
    if "id2" in layer.columns:  # GDAL calls the placemark's own id "id" and moves the data's
        if "id" in layer.columns:
            layer.columns["placemark_id"] = layer.columns.pop("id")
        layer.columns["id"] = layer.columns.pop("id2")
    return layer
