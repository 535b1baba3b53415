"""IMSMA Core: layers of a feature service or a file geodatabase, files made by GDAL."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from rafiqa.wire import Reading, load_mapping
from rafiqa.wire.imsma import imsma_mapping
from rafiqa.wire.parsing import parse_file
from rafiqa.wire.reading import rows_of

GLOBAL = "{6F9619FF-8B86-D011-B42D-00CF4FC964FF}"
SHIFT_DEG = 1e-8
"""What a geodatabase rounds: it keeps places on a grid of a billionth of a degree."""
MS_OF_2016 = 1_456_790_400_000  # 2016-03-01T00:00:00Z
COLUMNS: dict[str, list[Any]] = {
    "GlobalID": [GLOBAL, GLOBAL.replace("6F", "7A"), GLOBAL],
    "imsma_id": ["hazard_poly_1", "hazard_poly_2", "hazard_poly_1"],
    "area_type": ["cha", "rouge", "sha"],
    "report_dt": [MS_OF_2016, MS_OF_2016, MS_OF_2016 + 86_400_000 * 400],
    "status": ["Open", "Closed", "Open"],
    "imsma_links": ["hazard_poly_2,nts_9", "", "hazard_poly_2"],
    "zone_sorani": ["زۆنی مەترسیدار", "گوڵ", "ڕێگا"],
}
SHAPES = [shapely.box(38 + n / 100, 35, 38 + n / 100 + 0.001, 35.001) for n in range(3)]


def geojson(path: Path) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {name: cells[n] for name, cells in COLUMNS.items()},
            "geometry": shapely.geometry.mapping(shape),
        }
        for n, shape in enumerate(SHAPES)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def table(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*COLUMNS, "wkt"])
        writer.writerows(
            [*(cells[n] for cells in COLUMNS.values()), shape.wkt] for n, shape in enumerate(SHAPES)
        )
    return path


def geodatabase(path: Path) -> Path:
    folder = path.parent / "core.gdb"
    pyogrio.raw.write(
        folder,
        shapely.to_wkb(np.array(SHAPES, dtype=object)),
        [np.array(cells, dtype=object) for cells in COLUMNS.values()],
        list(COLUMNS),
        driver="OpenFileGDB",
        layer="hazard_polygon",
        geometry_type="MultiPolygon",
        crs="EPSG:4326",
    )
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.iterdir():
            archive.write(part, f"core.gdb/{part.name}")
    return path


def read(path: Path) -> Reading:
    work = path.parent / "work"
    work.mkdir(exist_ok=True)
    name = imsma_mapping(path)
    assert name == "imsma-core"
    return rows_of(parse_file(path, work, "hazard-areas", load_mapping(name)))


@pytest.mark.parametrize(
    ("make", "name"), [(geojson, "a.geojson"), (table, "a.csv"), (geodatabase, "a.zip")]
)
def test_a_layer_of_core_becomes_hazards(tmp_path: Path, make: Any, name: str) -> None:
    reading = read(make(tmp_path / name))
    assert not reading.faults
    two, one = reading.rows
    assert (one.values["id"], one.values["class"]) == ("hazard_poly_1", "sha")
    assert one.values["observed_on"] == "2016-03-01"
    assert one.values["core.zone_sorani"] == "ڕێگا"
    (older,) = json.loads(str(one.values["versions"]))
    assert (older["zone_sorani"], older["area_type"]) == ("زۆنی مەترسیدار", "cha")
    assert shapely.from_wkt(older["geometry"]).hausdorff_distance(SHAPES[0]) < SHIFT_DEG
    assert one.geometry_lonlat is not None
    assert one.geometry_lonlat.hausdorff_distance(SHAPES[2]) < SHIFT_DEG
    assert (two.values["class"], two.values["id"]) == ("sha", "hazard_poly_2")
    assert GLOBAL[3:-1].lower() in str(one.values["local_ids"])
    codes = {fault.code for fault in reading.warnings}
    assert {"wire.core.links-lost", "wire.ng.class-unknown", "wire.ng.closed"} <= codes
