"""Files for the tests of reading: made in a folder of the test, read without a worker."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from rafiqa.wire.limit import LIMITS, Limits
from rafiqa.wire.mapping import Mapping, parse_mapping
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.reading import Reading, rows_of

SQUARE = [[38.0, 35.0], [38.001, 35.0], [38.001, 35.001], [38.0, 35.001], [38.0, 35.0]]
BOW_TIE = [[38.0, 35.0], [38.001, 35.001], [38.001, 35.0], [38.0, 35.001], [38.0, 35.0]]


def read_here(
    path: Path,
    kind: str = "hazard-areas",
    mapping: Mapping | str | None = None,
    limits: Limits = LIMITS,
) -> Reading:
    """What the worker would give back, in this process: a start takes half a second."""
    folder = path.parent / f"folder-of-{path.name}"
    folder.mkdir(exist_ok=True)
    how = parse_mapping(mapping.encode(), "test") if isinstance(mapping, str) else mapping
    return rows_of(parse_file(path, folder, kind, how, limits))


def codes(reading: Reading) -> list[str]:
    return [fault.code for fault in reading.faults]


def only(found: list[str], wanted: str) -> None:
    assert found == [wanted]


def warned(reading: Reading) -> list[str]:
    return [warning.code for warning in reading.warnings]


def feature(id_: str, ring: object = None, **properties: object) -> dict[str, object]:
    coordinates = [SQUARE if ring is None else ring]
    return {
        "type": "Feature",
        "properties": {"id": id_, "class": "sha", **properties},
        "geometry": {"type": "Polygon", "coordinates": coordinates},
    }


def collection(*features: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features)}


def write_json(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def write_zip(path: Path, members: dict[str, bytes], *, stored: bool = False) -> Path:
    how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def write_ogr(
    path: Path,
    driver: str,
    *,
    crs: str | None = "EPSG:4326",
    layer: str | None = None,
    shapes: object = None,
    append: bool = False,
) -> Path:
    """Three squares with id, class and a name in Arabic, written by GDAL."""
    made = [shapely.box(38 + i / 100, 35, 38.001 + i / 100, 35.001) for i in range(3)]
    geometry = np.array(made if shapes is None else shapes, dtype=object)
    count = len(geometry)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(geometry),
        [
            np.array([f"h{i}" for i in range(count)], dtype=object),
            np.array(["sha"] * count, dtype=object),
            np.array([f"منطقة {i}" for i in range(count)], dtype=object),
            np.arange(count, dtype=np.int32),
        ],
        ["id", "class", "title", "n"],
        geometry_type="Unknown" if driver in {"LIBKML", "GPKG"} else "Polygon",
        crs=crs,
        driver=driver,
        layer=layer,
        append=append,
        encoding="utf-8" if driver == "ESRI Shapefile" else None,
    )
    return path
