"""The same rows in every format that other programs write: GDAL, openpyxl, pyarrow."""

from __future__ import annotations

import csv
import json
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to be written: cells by column, one shape a row."""

    columns: dict[str, list[Cell]]
    shapes: Sequence[BaseGeometry]
    crs: str | None = "EPSG:4326"
    geo: dict[str, Any] = field(default_factory=dict)

    def write(self, path: Path) -> Path:
        """Writes the rows in the format that the name says."""
        _WRITERS[path.suffix](self, path)
        return path

    def cells(self) -> list[list[Cell]]:
        """Returns header and rows of a plain table: points as lon and lat, others as WKT."""
        columns = dict(self.columns)
        if all(shape.geom_type == "Point" for shape in self.shapes):
            columns["lon"] = [float(shapely.get_x(shape)) for shape in self.shapes]
            columns["lat"] = [float(shapely.get_y(shape)) for shape in self.shapes]
        else:
            columns["wkt"] = [shapely.to_wkt(shape, rounding_precision=9) for shape in self.shapes]
        return [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]


def _with_gdal(driver: str) -> Callable[[Table, Path], None]:
    def write(table: Table, path: Path) -> None:
        kinds = {shape.geom_type for shape in table.shapes}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a shapefile cuts names to ten characters
            pyogrio.raw.write(
                path,
                shapely.to_wkb(np.array(table.shapes, dtype=object)),
                [np.array(cells, dtype=object) for cells in table.columns.values()],
                list(table.columns),
                geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
                crs=table.crs,
                driver=driver,
                encoding="utf-8" if driver == "ESRI Shapefile" else None,
            )

    return write


def _csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(table.cells())


def _xlsx(table: Table, path: Path) -> None:
    book = openpyxl.Workbook()
    for row in table.cells():
        book.active.append(row)
    book.save(path)


def _parquet(table: Table, path: Path) -> None:
    arrays = {name: pa.array(cells) for name, cells in table.columns.items()}
    arrays["geometry"] = pa.array(shapely.to_wkb(np.array(table.shapes, dtype=object)))
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], **table.geo}},
    }
    made = pa.table(arrays).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(made, path)


def _zip(table: Table, path: Path) -> None:
    inner = path.parent / f"in-{path.stem}.shp"
    _WRITERS[".shp"](table, inner)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
            if inner.with_suffix(part).exists():
                archive.write(inner.with_suffix(part), f"layer{part}")


def _gpx(table: Table, path: Path) -> None:
    """Points become waypoints, lines become tracks; the only text they carry is a name."""
    marks = []
    for name, shape in zip(table.columns["name"], table.shapes, strict=True):
        places = shapely.get_coordinates(shape).tolist()
        if shape.geom_type == "Point":
            marks.append(
                f'<wpt lat="{places[0][1]}" lon="{places[0][0]}"><name>{name}</name></wpt>'
            )
        else:
            track = "".join(f'<trkpt lat="{y}" lon="{x}"/>' for x, y in places)
            marks.append(f"<trk><name>{name}</name><trkseg>{track}</trkseg></trk>")
    path.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="t" '
        f'xmlns="http://www.topografix.com/GPX/1/1">{"".join(marks)}</gpx>',
        encoding="utf-8",
    )


_WRITERS: dict[str, Callable[[Table, Path], None]] = {
    ".geojson": _with_gdal("GeoJSON"),
    ".gpkg": _with_gdal("GPKG"),
    ".shp": _with_gdal("ESRI Shapefile"),
    ".kml": _with_gdal("LIBKML"),
    ".zip": _zip,
    ".gpx": _gpx,
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
}
