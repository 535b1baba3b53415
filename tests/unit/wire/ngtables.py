"""A small dump of IMSMA NG made of plain rows, as a zip of CSV files or a workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

Rows = list[dict[str, Any]]
SIDE_DEG = 0.001


def points(shape: str, *corners: tuple[float, float], first: int = 1) -> Rows:
    """Corners with coordinates, numbered in order."""
    return [
        {
            "shape_id": shape,
            "pointlocal_id": f"{shape}-{number}",
            "pointno": number,
            "pointtype": "Turning Point",
            "lat": lat,
            "lon": lon,
            "coordrefsys": "WGS 84",
        }
        for number, (lon, lat) in enumerate(corners, first)
    ]


def square(shape: str, lon: float = 38.0, lat: float = 35.0) -> Rows:
    side = SIDE_DEG
    return points(shape, (lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side))


def hazard(number: int, **said: Any) -> dict[str, Any]:
    row = {
        "hazard_guid": f"guid-{number}",
        "hazard_localid": f"HA-{number}",
        "hazardname": f"Field {number}",
        "hazardtype": "enum-sha",
        "dateofinfo": "2012-05-06",
        "status": "Active",
    }
    return row | said


def dump(hazards: Rows, geopoints: Rows, **more: Rows) -> dict[str, Rows]:
    """The tables of hazards that each have the shape of their number."""
    shapes = dict.fromkeys(str(row["shape_id"]) for row in geopoints)
    return {
        "hazard": hazards,
        "geopoint": geopoints,
        "geospatialinfo": [{"shape_id": shape, "shapeenum": "Polygon"} for shape in shapes],
        "hazard_has_geospatialinfo": [
            {"hazard_guid": shape.replace("s", "guid-"), "shape_id": shape} for shape in shapes
        ],
        "imsmaenum": [
            {"imsmaenum_guid": "enum-sha", "enumvalue": "Suspected Hazardous Area"},
            {"imsmaenum_guid": "enum-cha", "enumvalue": "Confirmed Hazardous Area"},
        ],
        **more,
    }


def _table(rows: Rows) -> list[list[Any]]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [names, *([row.get(name) for name in names] for row in rows)]


def zipped(tables: dict[str, Rows], path: Path, encoding: str = "utf-8") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in tables.items():
            text = io.StringIO()
            csv.writer(text).writerows(_table(rows))
            archive.writestr(f"export/{name}.csv", text.getvalue().encode(encoding))
    return path


def workbook(tables: dict[str, Rows], path: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in _table(rows):
            sheet.append(row)
    book.save(path)
    return path
