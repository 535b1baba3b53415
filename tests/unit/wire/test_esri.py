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


def core_rows(path: Path, *rows: dict[str, Any], step_deg: float = 0.01) -> Reading:
    features = [
        {
            "type": "Feature",
            "properties": {name: value for name, value in row.items() if value is not None},
            "geometry": shapely.geometry.mapping(
                shapely.box(38 + n * step_deg, 35, 38.001 + n * step_deg, 35.001)
            ),
        }
        for n, row in enumerate(rows)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    mapping = load_mapping("imsma-core")
    return rows_of(parse_file(path, path.parent, "hazard-areas", mapping))


def guid(number: int) -> str:
    return f"{{{number:08d}-8B86-D011-B42D-00CF4FC964FF}}"


@pytest.mark.parametrize("name", ["HA-1", "N/A"])
def test_features_that_are_called_alike_are_all_on_the_map(tmp_path: Path, name: str) -> None:
    row = {"imsma_id": name, "area_type": "CHA", "report_dt": "2019-01-01"}
    features = [{**row, "GlobalID": guid(n)} for n in (1, 2)]
    older = {**features[1], "report_dt": "2018-01-01"}
    reading = core_rows(tmp_path / "a.geojson", *features, older)
    assert [row.values["id"] for row in reading.rows] == [
        guid(n).strip("{}").lower() for n in (1, 2)
    ]
    assert all(name in str(row.values["local_ids"]) for row in reading.rows)
    assert [fault.code for fault in reading.warnings].count("wire.ng.local-id-twice") == 3
    assert "versions" in reading.rows[1].values


def test_rows_of_one_id_that_are_no_versions_are_asked_about(tmp_path: Path) -> None:
    row = {"imsma_id": "HA-1", "area_type": "CHA", "report_dt": "2019-01-01"}
    reading = core_rows(tmp_path / "a.geojson", row, row, {**row, "report_dt": "2020-01-01"})
    assert (len(reading.rows), len(reading.bad)) == (1, 2)
    assert {fault.code for fault in reading.faults} == {"wire.id.duplicate"}
    later = {**row, "report_dt": "2020-01-01"}
    assert len(core_rows(tmp_path / "b.geojson", row, later).bad) == 1
    versions = core_rows(tmp_path / "c.geojson", row, later, step_deg=0.0005)
    assert [row.number for row in versions.rows] == [2]


def test_the_worse_of_one_day_is_shown_and_a_day_that_cannot_be_read_is_asked_about(
    tmp_path: Path,
) -> None:
    row = {"GlobalID": guid(1), "imsma_id": "HA-1", "report_dt": "2020-01-01"}
    pair = {**row, "area_type": "SHA"}, {**row, "area_type": "CHA"}
    assert [each.values["class"] for each in core_rows(tmp_path / "a.geojson", *pair).rows] == [
        "cha"
    ]
    unread = {**row, "area_type": "SHA", "report_dt": "31/12/2021"}
    reading = core_rows(tmp_path / "b.geojson", pair[1], unread)
    assert [each.values["observed_on"] for each in reading.rows] == ["31/12/2021"]
