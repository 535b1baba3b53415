"""What other programs write comes back equal, in every format."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.wire import read_columns, read_file
from tests.unit.wire.files import (
    collection,
    feature,
    read_here,
    warned,
    write_ogr,
    write_text,
)

SHAPES = [shapely.box(38 + i / 100, 35, 38.001 + i / 100, 35.001) for i in range(3)]


def same(found: BaseGeometry | None, wanted: BaseGeometry) -> bool:
    return found is not None and bool(found.normalize() == wanted.normalize())


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("a.geojson", "GeoJSON"),
        ("a.gpkg", "GPKG"),
        ("a.shp", "ESRI Shapefile"),
        ("a.kml", "LIBKML"),
        ("a.kml", "KML"),
    ],
)
def test_what_gdal_writes_comes_back(tmp_path: Path, name: str, driver: str) -> None:
    reading = read_here(write_ogr(tmp_path / name, driver))
    assert not reading.faults
    assert [row.number for row in reading.rows] == [1, 2, 3]
    assert [row.values["id"] for row in reading.rows] == ["h0", "h1", "h2"]
    assert [row.values["title"] for row in reading.rows] == ["منطقة 0", "منطقة 1", "منطقة 2"]
    for row, wanted in zip(reading.rows, SHAPES, strict=True):
        assert shapely.hausdorff_distance(row.geometry_lonlat, wanted) < 1e-9
        written_in_full = driver in {"GPKG", "ESRI Shapefile"}
        assert same(row.geometry_lonlat, wanted) or not written_in_full


def test_the_worker_gives_the_same_rows_and_columns(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "a.gpkg", "GPKG")
    here, there = read_here(path), read_file(path, kind="hazard-areas")
    assert [row.values for row in here.rows] == [row.values for row in there.rows]
    assert [row.original for row in here.rows] == [row.original for row in there.rows]
    columns = read_columns(path, "hazard-areas")
    assert columns.ids == ["h0", "h1", "h2"]
    assert columns.columns["n"] == [0, 1, 2]
    assert columns.originals(1) == here.rows[1].original
    assert all(same(a, b) for a, b in zip(columns.geometry, SHAPES, strict=True))


def test_a_national_grid_is_reprojected(tmp_path: Path) -> None:
    path = write_ogr(
        tmp_path / "a.gpkg",
        "GPKG",
        crs="EPSG:32637",
        shapes=[shapely.box(500_000, 3_900_000, 500_100, 3_900_100)],
    )
    reading = read_here(path)
    west, south, _, _ = shapely.bounds(reading.rows[0].geometry_lonlat)
    assert west == pytest.approx(39.0, abs=0.001)
    assert south == pytest.approx(35.24, abs=0.01)
    assert reading.crs.startswith("EPSG:32637")


def test_the_original_keeps_the_coordinates_of_the_file(tmp_path: Path) -> None:
    shape = shapely.box(500_000.1, 3_900_000, 500_100, 3_900_100)
    reading = read_here(write_ogr(tmp_path / "a.gpkg", "GPKG", crs="EPSG:32637", shapes=[shape]))
    plain = json.loads(reading.rows[0].original)
    assert plain["crs"] == "EPSG:32637"
    assert same(shapely.from_wkt(plain["geometry"]), shape)
    assert plain["columns"]["title"] == "منطقة 0"
    again = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert again.encode() == reading.rows[0].original


@pytest.mark.parametrize("kind", ["Point", "LineString", "Polygon", "MultiPolygon", "MultiPoint"])
def test_every_geojson_type_is_what_gdal_reads(tmp_path: Path, kind: str) -> None:
    shapes = {
        "Point": shapely.Point(38, 35),
        "LineString": shapely.LineString([(38, 35), (38.1, 35), (38.1, 35.2)]),
        "Polygon": SHAPES[0].difference(SHAPES[0].centroid.buffer(0.0001)),
        "MultiPolygon": shapely.MultiPolygon(SHAPES),
        "MultiPoint": shapely.MultiPoint([(38, 35), (38.1, 35.1)]),
    }
    one = feature("a")
    one["geometry"] = json.loads(shapely.to_geojson(shapes[kind]))
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(collection(one, feature("b"))), encoding="utf-8")
    _, _, blobs, _ = pyogrio.raw.read(path)
    reading = read_here(path, "evidence")
    assert same(reading.rows[0].geometry_lonlat, shapely.from_wkb(blobs[0]))


def test_heights_are_dropped(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "a.gpkg", "GPKG", shapes=[shapely.force_3d(SHAPES[0], 7)])
    assert same(read_here(path).rows[0].geometry_lonlat, SHAPES[0])


def test_geoparquet_with_and_without_crs(tmp_path: Path) -> None:
    def write(name: str, about: dict[str, object]) -> Path:
        geo = {
            "version": "1.1.0",
            "primary_column": "geometry",
            "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], **about}},
        }
        table = pa.table({"id": ["a", "b", "c"], "geometry": pa.array(shapely.to_wkb(SHAPES))})
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
        pq.write_table(table, tmp_path / name)
        return tmp_path / name

    reading = read_here(write("absent.parquet", {}))
    assert [row.values["id"] for row in reading.rows] == ["a", "b", "c"]
    assert same(reading.rows[1].geometry_lonlat, SHAPES[1])
    asked = read_here(write("null.parquet", {"crs": None}))
    assert asked.refused
    assert asked.faults[0].code == "wire.crs.missing"
    answered = read_here(tmp_path / "null.parquet", mapping='crs = "EPSG:4326"')
    assert len(answered.rows) == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_with_any_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    header = delimiter.join(["id", "class", "lon", "lat", "note"])
    body = delimiter.join(["h1", "sha", "38.5", "35.5", f'"a{delimiter}b\nc"'])
    path.write_text(f"{header}\n{body}\n{body.replace('h1', 'h2')}\n", encoding="utf-8-sig")
    reading = read_here(path, "evidence")
    assert [row.number for row in reading.rows] == [2, 4]
    assert reading.rows[0].values["note"] == f"a{delimiter}b\nc"
    assert same(reading.rows[0].geometry_lonlat, shapely.Point(38.5, 35.5))


def test_xlsx_by_openpyxl(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "lon", "lat", "date", "count"])
    sheet.append(["e1", 38.5, 35.5, np.datetime64("2025-03-04").astype(object), 3])
    sheet.append([None] * 5)
    sheet.append(["e2", 38.6, 35.6, None, 2.5])
    book.save(tmp_path / "a.xlsx")
    reading = read_here(tmp_path / "a.xlsx", "evidence")
    assert not reading.faults
    assert [row.number for row in reading.rows] == [2, 4]
    assert reading.rows[0].values == {
        "id": "e1",
        "lon": 38.5,
        "lat": 35.5,
        "date": "2025-03-04",
        "count": 3,
    }
    assert same(reading.rows[1].geometry_lonlat, shapely.Point(38.6, 35.6))


def test_gpx_waypoints_and_tracks(tmp_path: Path) -> None:
    path = tmp_path / "a.gpx"
    path.write_text(
        '<?xml version="1.0"?><gpx version="1.1" creator="t" '
        'xmlns="http://www.topografix.com/GPX/1/1">'
        '<wpt lat="35.5" lon="38.5"><name>w</name></wpt>'
        '<trk><name>t</name><trkseg><trkpt lat="35" lon="38"/><trkpt lat="36" lon="38"/>'
        "</trkseg></trk></gpx>",
        encoding="utf-8",
    )
    reading = read_here(path, "evidence")
    assert [row.values["name"] for row in reading.rows] == ["w", "t"]
    kinds = [shapely.get_type_id(row.geometry_lonlat) for row in reading.rows]
    assert kinds == [0, 5]  # point, multilinestring


def test_folders_of_a_kml_are_counted_through(tmp_path: Path) -> None:
    ring = "38,35 38.001,35 38.001,35.001 38,35"
    mark = (
        "<Placemark><name>p</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )
    folders = "".join(f"<Folder><name>{n}</name>{mark * 3}</Folder>" for n in ("one", "two"))
    path = write_text(
        tmp_path / "a.kml",
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>',
    )
    reading = read_here(path)
    assert [row.number for row in reading.rows] == [1, 2, 3, 4, 5, 6]
    assert "wire.geometry.duplicate" in warned(reading)


def test_json_records_are_places(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps({"7": {"id": 7, "name": {"ar": "الرقة"}, "longitude": 39, "latitude": 35.9}}),
        encoding="utf-8",
    )
    reading = read_here(path, "places")
    assert reading.rows[0].values["name.ar"] == "الرقة"
    assert same(reading.rows[0].geometry_lonlat, shapely.Point(39, 35.9))


def test_hxl_tags_name_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Where,,Who\n#geo+lon,#geo + lat,#org\n38.5,35.5,MAG\n", encoding="utf-8")
    reading = read_here(path, "evidence")
    assert reading.rows[0].number == 3
    assert reading.rows[0].values == {"Where": "38.5", "#geo+lat": "35.5", "Who": "MAG"}
    assert same(reading.rows[0].geometry_lonlat, shapely.Point(38.5, 35.5))
    mapped = read_here(path, "evidence", '[fields]\norganisation_id = "#org"')
    assert mapped.rows[0].values["organisation_id"] == "MAG"
