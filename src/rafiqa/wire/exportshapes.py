"""Rows written as files of shapes: GeoJSON, GeoParquet, GeoPackage, KML, GPX, Shapefile."""

from __future__ import annotations

import json
import shutil
import warnings
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyogrio
import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.assetlayer import layer_bytes
from rafiqa.wire.exporttable import Exported, ExportTable, plain

DBF_LETTERS: Final = 10
"""Longest name of a Shapefile's column (dBASE)."""
DBF_TEXT_BYTES: Final = 254
"""Longest text of a Shapefile's cell, in UTF-8 (dBASE)."""


def _without_place(table: ExportTable, done: Exported, format_name: str) -> list[int]:
    """Returns the rows with a place; those without one are told of and left out."""
    placed = table.placed()
    left = int((~placed).sum())
    if left:
        params: dict[str, str | int] = {"n": left, "format": format_name}
        done.warnings.append(Fault("wire.export.no-place", "geometry", None, params))
        done.rows -= left
    return [int(row) for row in np.flatnonzero(placed)]


def write_geojson(table: ExportTable, path: Path, done: Exported) -> None:  # noqa: ARG001
    """Writes every row, those without a place too; places to 0.1 mm."""
    shapes = shapely.to_geojson(table.shapes)
    with path.open("w", encoding="utf-8") as out:
        out.write('{"type":"FeatureCollection","features":[')
        for row, shape in enumerate(shapes):
            values = {name: plain(column[row]) for name, column in table.columns.items()}
            told = {name: value for name, value in values.items() if value is not None}
            head = json.dumps(told, ensure_ascii=False)
            out.write(
                ("," if row else "")
                + f'\n{{"type":"Feature","properties":{head},"geometry":{shape or "null"}}}'
            )
        out.write("\n]}\n")


def write_parquet(table: ExportTable, path: Path, done: Exported) -> None:  # noqa: ARG001
    """Writes GeoParquet; equal rows give equal bytes."""
    columns = {
        name: [plain(value) for value in column]
        for name, column in table.columns.items()
        if name != "id"
    }
    path.write_bytes(layer_bytes(list(map(str, table.columns["id"])), table.shapes, columns))


def _gdal(
    table: ExportTable, rows: Sequence[int], path: Path, driver: str, names: dict[str, str]
) -> None:
    """Writes rows by GDAL; dates stay dates where a format knows them."""
    arrays, fields = [], []
    for name, column in table.columns.items():
        values = [column[row] for row in rows]
        if any(isinstance(value, Decimal | list | tuple) for value in values):
            values = [plain(value) for value in values]
        arrays.append(pa.array(values))
        fields.append(names[name])
    shapes, kind = _of_one_type(table.shapes[list(rows)])
    arrays.append(pa.array(shapely.to_wkb(shapes), pa.binary()))
    options = {"encoding": "UTF-8"} if driver == "ESRI Shapefile" else {}
    with warnings.catch_warnings():
        # Of what a format cuts off we have told already, with names and rows.
        warnings.simplefilter("ignore")
        pyogrio.write_arrow(
            pa.Table.from_arrays(arrays, [*fields, "geometry"]),
            path,
            layer=table.kind.replace("-", "_"),
            driver=driver,
            geometry_name="geometry",
            geometry_type=kind,
            crs="EPSG:4326",
            **options,
        )


_MANY: Final[dict[str, Callable[[Any], Any]]] = {
    "Point": shapely.multipoints,
    "LineString": shapely.multilinestrings,
    "Polygon": shapely.multipolygons,
}


def _of_one_type(shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], str]:
    """Returns shapes of one type and its name: all in several parts where one of them is."""
    there = [shape for shape in shapes if shape is not None]
    names = {shape.geom_type.removeprefix("Multi") for shape in there}
    if len(names) != 1:
        return shapes, "Unknown"
    name = names.pop()
    if all(shape.geom_type == name for shape in there):
        return shapes, name
    many = _MANY[name]
    made = [None if shape is None else many(shapely.get_parts(shape)) for shape in shapes]
    return np.array(made, dtype=object), f"Multi{name}"


def write_geopackage(table: ExportTable, path: Path, done: Exported) -> None:  # noqa: ARG001
    """Writes one layer, named as the kind."""
    _gdal(table, range(len(table)), path, "GPKG", {name: name for name in table.columns})


def write_kml(table: ExportTable, path: Path, done: Exported) -> None:
    """Writes KML by hand: GDAL's adds columns of its own to every feature."""
    rows = _without_place(table, done, "KML")
    with path.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        out.write('<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n')
        out.write(f"<name>{escape(table.kind)}</name>\n")
        for row in rows:
            out.write(_placemark(table, row))
        out.write("</Document></kml>\n")


def _placemark(table: ExportTable, row: int) -> str:
    told = {name: column[row] for name, column in table.columns.items() if column[row] is not None}
    name = told.get("name") or told["id"]
    data = "".join(
        f"<Data name={quoteattr(key)}><value>{escape(str(plain(value)))}</value></Data>"
        for key, value in told.items()
    )
    shape = "".join(_kml_shape(each) for each in shapely.get_parts(table.shapes[row]))
    return (
        f"<Placemark><name>{escape(str(name))}</name><ExtendedData>{data}</ExtendedData>"
        f"<MultiGeometry>{shape}</MultiGeometry></Placemark>\n"
    )


def _kml_shape(shape: Any) -> str:
    if shape.geom_type == "Polygon":
        holes = "".join(
            f"<innerBoundaryIs><LinearRing><coordinates>{_lonlats(ring)}</coordinates>"
            "</LinearRing></innerBoundaryIs>"
            for ring in shape.interiors
        )
        return (
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
            f"{_lonlats(shape.exterior)}</coordinates></LinearRing></outerBoundaryIs>{holes}"
            "</Polygon>"
        )
    return f"<{shape.geom_type}><coordinates>{_lonlats(shape)}</coordinates></{shape.geom_type}>"


def _lonlats(line: Any) -> str:
    return " ".join(f"{lon:.9f},{lat:.9f}" for lon, lat in shapely.get_coordinates(line))


def write_gpx(table: ExportTable, path: Path, done: Exported) -> None:
    """Writes waypoints and tracks: a receiver knows no areas, so each ring is a track."""
    rows = _without_place(table, done, "GPX")
    points, tracks = [], []
    for row in rows:
        name = escape(str(table.columns["id"][row]))
        kind = next((str(table.columns[key][row]) for key in _SAYS if key in table.columns), "")
        about = f"<name>{name}</name><desc>{escape(kind)}</desc>"
        for shape in shapely.get_parts(table.shapes[row]):
            if shape.geom_type == "Point":
                points.append(f'<wpt lat="{shape.y:.9f}" lon="{shape.x:.9f}">{about}</wpt>\n')
                continue
            rings = [shape.exterior, *shape.interiors] if shape.geom_type == "Polygon" else [shape]
            segments = "".join(f"<trkseg>{_track(ring)}</trkseg>" for ring in rings)
            tracks.append(f"<trk>{about}{segments}</trk>\n")
    if tracks:
        params: dict[str, str | int] = {"n": len(tracks)}
        done.warnings.append(Fault("wire.export.areas-as-tracks", "geometry", None, params))
    with path.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="rafiqa" ')
        out.write('xmlns="http://www.topografix.com/GPX/1/1">\n')
        out.writelines([*points, *tracks])
        out.write("</gpx>\n")


_SAYS: Final = ("class", "outcome", "kind")


def _track(ring: Any) -> str:
    places = shapely.get_coordinates(ring)
    return "".join(f'<trkpt lat="{lat:.9f}" lon="{lon:.9f}"/>' for lon, lat in places)


def write_shapefile(table: ExportTable, path: Path, done: Exported) -> None:
    """Writes a Shapefile, and beside it the whole names of its columns.

    Its limits are told: names of ten letters, texts of 254 bytes, one kind of shape in a file.
    """
    rows = _without_place(table, done, "Shapefile")
    kinds = {table.shapes[row].geom_type.removeprefix("Multi") for row in rows}
    if len(kinds) > 1:
        params: dict[str, str | int] = {"kinds": ", ".join(sorted(kinds))}
        raise InvalidInput(Fault("wire.export.shapefile-kinds", "FILE", None, params))
    names = _short(list(table.columns))
    for name, column in table.columns.items():
        long = sum(
            len(str(plain(column[row])).encode()) > DBF_TEXT_BYTES
            for row in rows
            if isinstance(column[row], str | list | tuple)
        )
        if long:
            params = {"n": long, "bytes": DBF_TEXT_BYTES}
            done.warnings.append(Fault("wire.export.shapefile-cut", name, None, params))
    _gdal(table, rows, path, "ESRI Shapefile", names)
    short = [f"{names[name]},{name}" for name in table.columns]
    text = "\n".join(["column,field", *short]) + "\n"
    path.with_suffix(".fields.csv").write_text(text, encoding="utf-8")
    if any(names[name] != name for name in names):
        params = {"letters": DBF_LETTERS, "file": path.with_suffix(".fields.csv").name}
        done.warnings.append(Fault("wire.export.shapefile-names", "", None, params))


def _short(names: Sequence[str]) -> dict[str, str]:
    """Returns a name of at most ten letters for each, the same each time and never one twice."""
    found: dict[str, str] = {}
    for name in names:
        short, at = name[:DBF_LETTERS], 1
        while short in found.values():
            short, at = f"{name[: DBF_LETTERS - len(str(at)) - 1]}_{at}", at + 1
        found[name] = short
    return found


def write_zipped(table: ExportTable, path: Path, done: Exported) -> None:
    """Writes a Shapefile with all that lies beside it in one archive."""
    folder = path.with_suffix(".parts")
    folder.mkdir()
    write_shapefile(table, folder / f"{path.stem}.shp", done)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(folder.iterdir()):
            archive.write(each, each.name)
    shutil.rmtree(folder)
