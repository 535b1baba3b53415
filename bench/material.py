"""Generated files to import: the same rows in every format, from a fixed seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from openpyxl.workbook.workbook import Workbook

from rafiqa.geo import Spot

ORIGIN = Spot.of(38.55, 34.9)
_SEED = 20_240_501
_REACH_DEG = 0.1
_HALF_DEG = 0.000_1
_DRIVERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "shp": "ESRI Shapefile", "kml": "KML"}
_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}},
}
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Material:
    """Rows to be written out: a kind of import, shapes in degrees, and columns."""

    kind: str
    shapes: npt.NDArray[np.object_]
    columns: Mapping[str, Texts]


def _places(n_rows: int) -> tuple[np.random.Generator, npt.NDArray[Any], npt.NDArray[Any]]:
    draw = np.random.default_rng(_SEED)
    lon_deg = ORIGIN.lon_deg + draw.uniform(-_REACH_DEG, _REACH_DEG, n_rows)
    return draw, lon_deg, ORIGIN.lat_deg + draw.uniform(-_REACH_DEG, _REACH_DEG, n_rows)


def _boxes(lon_deg: npt.NDArray[Any], lat_deg: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    corner = (lon_deg - _HALF_DEG, lat_deg - _HALF_DEG, lon_deg + _HALF_DEG, lat_deg + _HALF_DEG)
    return np.asarray(shapely.box(*corner))


def _texts(make: Callable[[int], str], n_rows: int) -> Texts:
    return np.array([make(index) for index in range(n_rows)], dtype=object)


def _days(n_rows: int) -> Texts:
    first = date(2024, 1, 1)
    return _texts(lambda index: (first + timedelta(days=index % 365)).isoformat(), n_rows)


def _chosen(draw: np.random.Generator, codes: list[str], n_rows: int) -> Texts:
    return np.array(codes, dtype=object)[draw.integers(0, len(codes), n_rows)]


def evidence(n_rows: int) -> Material:
    """Returns points of evidence."""
    draw, lon_deg, lat_deg = _places(n_rows)
    columns = {
        "id": _texts(lambda index: f"E-{index:06d}", n_rows),
        "kind": _chosen(draw, ["crater", "eo_seen", "statement", "scrap"], n_rows),
        "evidence_source": _texts(lambda _: "visual", n_rows),
        "observed_on": _days(n_rows),
        "statement": _texts(lambda index: f"Seen beside road {index}, under rubble", n_rows),
    }
    return Material("evidence", np.asarray(shapely.points(lon_deg, lat_deg)), columns)


def hazard_areas(n_rows: int) -> Material:
    """Returns polygons of hazard, about 20 m across."""
    draw, lon_deg, lat_deg = _places(n_rows)
    columns = {
        "id": _texts(lambda index: f"HA-{index:06d}", n_rows),
        "name": _texts(lambda index: f"Field {index}", n_rows),
        "class": _chosen(draw, ["indication", "sha", "cha"], n_rows),
        "observed_on": _days(n_rows),
    }
    return Material("hazard-areas", _boxes(lon_deg, lat_deg), columns)


def buildings(n_rows: int) -> Material:
    """Returns footprints of buildings."""
    draw, lon_deg, lat_deg = _places(n_rows)
    storeys = draw.integers(1, 9, n_rows)
    columns = {
        "id": _texts(lambda index: f"B-{index:06d}", n_rows),
        "kind": _chosen(draw, ["house", "apartment", "school"], n_rows),
        "storeys": _texts(lambda index: str(storeys[index]), n_rows),
        "address": _texts(lambda index: f"Street {index % 300}, number {index}", n_rows),
    }
    return Material("buildings", _boxes(lon_deg, lat_deg), columns)


def write(material: Material, format_name: str, folder: Path) -> Path:
    """Returns the file that holds the material in a format."""
    path = folder / f"{material.kind}.{format_name}"
    if format_name in _DRIVERS:
        _write_with_gdal(material, path, _DRIVERS[format_name])
    else:
        _WRITERS[format_name](material, path)
    return path


def _write_with_gdal(material: Material, path: Path, driver: str) -> None:
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(material.shapes),
        list(material.columns.values()),
        fields=np.array(list(material.columns)),
        geometry_type=material.shapes[0].geom_type,
        crs="EPSG:4326",
        driver=driver,
        encoding="UTF-8" if path.suffix == ".shp" else None,
    )


def _cells(material: Material) -> tuple[list[str], list[list[object]]]:
    """Returns header and rows of a table: points as two columns, other shapes as WKT."""
    columns: dict[str, list[object]] = {
        name: values.tolist() for name, values in material.columns.items()
    }
    if material.shapes[0].geom_type == "Point":
        columns["lon"] = shapely.get_x(material.shapes).tolist()
        columns["lat"] = shapely.get_y(material.shapes).tolist()
    else:
        columns["wkt"] = shapely.to_wkt(material.shapes, rounding_precision=9).tolist()
    return list(columns), [list(row) for row in zip(*columns.values(), strict=True)]


def _write_csv(material: Material, path: Path) -> None:
    header, rows = _cells(material)
    lines = [",".join(header), *(",".join(f'"{cell}"' for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_xlsx(material: Material, path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    header, rows = _cells(material)
    for row in [header, *rows]:
        sheet.append(row)
    book.save(path)


def _write_parquet(material: Material, path: Path) -> None:
    arrays = {name: pa.array(values, pa.string()) for name, values in material.columns.items()}
    arrays["geometry"] = pa.array(shapely.to_wkb(material.shapes), pa.binary())
    table = pa.table(arrays).replace_schema_metadata({b"geo": json.dumps(_GEO).encode()})
    pq.write_table(table, path)


_WRITERS: dict[str, Callable[[Material, Path], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "parquet": _write_parquet,
}
