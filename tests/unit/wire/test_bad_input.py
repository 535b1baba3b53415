"""Every bad input of the trust study and the issue: named with its place, never believed."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from rafiqa.errors import Fault
from rafiqa.wire import LIMITS, read_columns, read_file
from rafiqa.wire.strictjson import count_pairs
from tests.unit.wire.files import (
    BOW_TIE,
    SQUARE,
    codes,
    collection,
    feature,
    read_here,
    warned,
    write_json,
    write_ogr,
    write_text,
    write_zip,
)


def only(reading_codes: list[str], wanted: str) -> None:
    assert reading_codes == [wanted]


# --- JSON ------------------------------------------------------------------------------


def test_doubled_keys_are_not_decided_by_the_parser(tmp_path: Path) -> None:
    text = json.dumps(collection(feature("a"))).replace(
        '"class": "sha"', '"class": "cha", "class": "cleared"'
    )
    reading = read_here(write_text(tmp_path / "a.geojson", text))
    assert reading.refused
    assert reading.faults == (Fault("wire.json.duplicate-key", "class", None, {"key": "class"}),)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_not_a_number_is_no_json(tmp_path: Path, value: str) -> None:
    text = json.dumps(collection(feature("a"))).replace("38.001, 35.001", f"38.001, {value}")
    only(codes(read_here(write_text(tmp_path / "a.geojson", text))), "wire.json.not-finite")


def test_a_number_too_large_is_named_by_row(tmp_path: Path) -> None:
    text = json.dumps(collection(feature("a"), feature("b"))).replace(
        "38.001, 35.001", "1e999, 35.001", 1
    )
    reading = read_here(write_text(tmp_path / "a.geojson", text))
    assert not reading.refused
    assert [row.number for row in reading.rows] == [2]
    assert reading.bad[0].number == 1
    only(codes(reading), "geo.shape.not-finite")


def test_text_is_no_number(tmp_path: Path) -> None:
    ring = [["38.0", "35.0"], *SQUARE[1:]]
    reading = read_here(write_json(tmp_path / "a.geojson", collection(feature("a", ring))))
    only(codes(reading), "wire.geometry.not-number")
    assert json.loads(reading.bad[0].original)["geometry"].startswith('{"type": "Polygon"')


def test_true_is_no_number(tmp_path: Path) -> None:
    ring = [[True, 35.0], *SQUARE[1:]]
    reading = read_here(write_json(tmp_path / "a.geojson", collection(feature("a", ring))))
    only(codes(reading), "wire.geometry.not-number")


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_truncated_json(tmp_path: Path, cut: int) -> None:
    text = json.dumps(collection(feature("a"), feature("b")))
    only(codes(read_here(write_text(tmp_path / "a.geojson", text[:-cut]))), "wire.json.syntax")


def test_anything_after_the_end(tmp_path: Path) -> None:
    text = json.dumps(collection(feature("a")))
    only(codes(read_here(write_text(tmp_path / "a.geojson", f"{text} {text}"))), "wire.json.syntax")


def test_bottomless_nesting(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    deep = "[" * 100_000 + "]" * 100_000
    write_text(path, f'{{"type": "FeatureCollection", "features": {deep}}}')
    only(codes(read_here(path)), "wire.json.depth")
    nested: object = "x"
    for _ in range(25):
        nested = [nested]
    reading = read_here(write_json(path, collection(feature("a", note=nested), feature("b"))))
    assert [(f.code, f.row, f.place) for f in reading.faults] == [("wire.json.depth", 1, "note")]


def test_wrong_encoding_names_the_line(tmp_path: Path) -> None:
    text = json.dumps(collection(feature("a", note="منطقة")), ensure_ascii=False, indent=1)
    reading = read_here(write_text(tmp_path / "a.geojson", text, "cp1256"))
    only(codes(reading), "wire.encoding.wrong")
    assert reading.faults[0].params["line"] == text[: text.index("منطقة")].count("\n") + 1


@pytest.mark.parametrize("document", [{"type": "Topology"}, [1, 2], {"features": []}])
def test_json_that_is_no_geojson(tmp_path: Path, document: object) -> None:
    only(codes(read_here(write_json(tmp_path / "a.geojson", document))), "wire.geojson.type")


def test_a_long_text_is_refused_with_its_row(tmp_path: Path) -> None:
    document = collection(feature("a", note="x" * (LIMITS.feature_bytes + 1)), feature("b"))
    reading = read_here(write_json(tmp_path / "a.geojson", document))
    assert [(f.code, f.row) for f in reading.faults] == [("wire.limit.feature-bytes", 1)]


# --- shapes ----------------------------------------------------------------------------


def test_bad_shapes_do_not_stop_good_ones(tmp_path: Path) -> None:
    unclosed = SQUARE[:-1]
    missing, empty, curve = feature("m"), feature("e"), feature("c")
    missing["geometry"] = None
    empty["geometry"] = {"type": "Polygon", "coordinates": []}
    curve["geometry"] = {"type": "Circle", "coordinates": [38, 35]}
    point = feature("p")
    point["geometry"] = {"type": "Point", "coordinates": [38, 35]}
    document = collection(
        feature("good"),
        feature("bow", BOW_TIE),
        feature("open", unclosed),
        missing,
        empty,
        curve,
        point,
        feature("few", SQUARE[:2]),
        feature("last"),
    )
    reading = read_here(write_json(tmp_path / "a.geojson", document))
    assert not reading.refused
    assert [row.values["id"] for row in reading.rows] == ["good", "last"]
    assert [(f.row, f.code) for f in reading.faults] == [
        (2, "geo.shape.self-intersection"),
        (3, "geo.shape.unclosed"),
        (4, "wire.geometry.missing"),
        (5, "geo.shape.empty"),
        (6, "wire.geometry.type"),
        (7, "geo.shape.type"),
        (8, "geo.shape.too-few-points"),
    ]
    assert [bad.number for bad in reading.bad] == [2, 3, 4, 5, 6, 7, 8]
    assert "38.00050000" in str(reading.faults[0].params["at"])
    assert json.loads(reading.bad[0].original)["columns"]["id"] == "bow"


def test_a_feature_that_is_no_feature(tmp_path: Path) -> None:
    wrong = {"type": "Feature", "properties": ["a"], "geometry": None}
    reading = read_here(write_json(tmp_path / "a.geojson", collection(7, wrong, feature("b"))))
    assert [(f.row, f.code) for f in reading.faults] == [
        (1, "wire.geojson.feature"),
        (2, "wire.geojson.feature"),
    ]
    assert len(reading.rows) == 1


def ring_of(count: int) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, count + 1)
    ring = np.column_stack([38 + np.cos(angle) / 100, 35 + np.sin(angle) / 100])
    ring[-1] = ring[0]
    return ring


@pytest.mark.parametrize("count", [5_001, 9_000])
def test_a_ring_too_long_is_one_bad_row(tmp_path: Path, count: int) -> None:
    document = collection(feature("long", ring_of(count).tolist()), feature("good"))
    reading = read_here(write_json(tmp_path / "a.geojson", document))
    assert "geo.shape.ring-too-long" in codes(reading)
    assert {fault.row for fault in reading.faults} == {1}
    assert [row.values["id"] for row in reading.rows] == ["good"]


def test_a_ring_at_the_limit_is_taken(tmp_path: Path) -> None:
    document = collection(feature("long", ring_of(5_000).tolist()))
    assert not read_here(write_json(tmp_path / "a.geojson", document)).faults


def test_too_many_vertices_in_all(tmp_path: Path) -> None:
    ring = ring_of(1_900).tolist()
    document = collection(*(feature(str(i), ring) for i in range(110)))
    only(codes(read_here(write_json(tmp_path / "a.geojson", document))), "wire.limit.vertices")
    assert len(read_here(tmp_path / "a.geojson", "buildings").rows) == 110


def ten_million(path: Path) -> Path:
    head = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
    with path.open("wb") as stream:
        stream.write(head + b'{"type":"Polygon","coordinates":[[')
        block = b"[38.1,35.1],[38.2,35.2]," * 50_000
        for _ in range(100):
            stream.write(block)
        stream.write(b"[38.1,35.1]]]}}]}")
    return path


def test_ten_million_vertices_are_refused_by_their_number(tmp_path: Path) -> None:
    path = ten_million(tmp_path / "a.geojson")
    reading = read_file(path, kind="buildings")
    assert reading.refused
    only(codes(reading), "wire.limit.vertices")
    only(codes(read_file(path, kind="hazard-areas")), "wire.limit.file-bytes")


@pytest.mark.parametrize("chunk_bytes", [1, 2, 3, 7, 1 << 20])
def test_vertices_are_counted_across_the_parts_of_a_file(
    chunk_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rafiqa.wire.strictjson._CHUNK_BYTES", chunk_bytes)
    assert count_pairs(b"[[1, 2],[ -3,4] , [\n5,6]] [[]] [x]") == 3
    assert count_pairs(b"") == 0


def test_ten_million_vertices_in_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    ring = "38 35," * 1_000_000
    write_text(path, f'id,wkt\na,"POLYGON (({ring}38 35))"\nb,"POINT (38 35)"\n')
    reading = read_here(path, "evidence", 'crs = "EPSG:4326"')
    assert [(f.row, f.code) for f in reading.faults] == [(2, "wire.limit.feature-bytes")]
    assert [row.number for row in reading.rows] == [3]


def test_a_shapefile_of_millions(tmp_path: Path) -> None:
    path = write_ogr(
        tmp_path / "a.shp", "ESRI Shapefile", shapes=[shapely.Polygon(ring_of(700_000))]
    )
    only(codes(read_here(path)), "wire.limit.vertices")


# --- reference systems -----------------------------------------------------------------


def test_wkt_without_a_system_is_asked_about(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", 'id,wkt\na,"POINT (38 35)"\n')
    reading = read_here(path, "evidence")
    assert reading.faults == (Fault("wire.crs.missing", "wkt", None, {"column": "wkt"}),)


def test_metres_read_as_degrees(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "id,X,Y\na,122060,489504\nb,122061,489505\n")
    reading = read_here(path, "evidence", 'crs = "EPSG:4326"')
    assert reading.refused
    only(codes(reading), "wire.crs.wrong")


def test_a_shapefile_without_prj_is_asked_about(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "a.shp", "ESRI Shapefile")
    (tmp_path / "a.prj").unlink()
    only(codes(read_here(path)), "wire.crs.missing")
    assert len(read_here(path, mapping='crs = "EPSG:4326"').rows) == 3


def test_a_prj_without_datum_is_not_shifted_by_nothing(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "a.shp", "ESRI Shapefile")
    wkt = (
        'PROJCS["x",GEOGCS["x",DATUM["D_unknown",SPHEROID["bessel",6377397.155,299.1528128]],'
        'PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],'
        'PROJECTION["Transverse_Mercator"],PARAMETER["central_meridian",39],'
        'PARAMETER["latitude_of_origin",0],PARAMETER["scale_factor",1],'
        'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["Meter",1]]'
    )
    write_text(tmp_path / "a.prj", wkt)
    only(codes(read_here(path)), "geo.crs.datum")
    answered = read_here(path, mapping='crs = "EPSG:4326"')
    assert len(answered.rows) == 3
    assert warned(answered) == ["wire.crs.from-mapping"]


def test_an_unknown_system(tmp_path: Path) -> None:
    document = collection(feature("a")) | {
        "crs": {"type": "name", "properties": {"name": "EPSG:1"}}
    }
    only(codes(read_here(write_json(tmp_path / "a.geojson", document))), "geo.crs.unknown")
    strange = collection(feature("a")) | {"crs": {"type": "link"}}
    only(codes(read_here(write_json(tmp_path / "a.geojson", strange))), "wire.crs.unknown")


def test_the_files_own_system_wins_and_says_so(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "a.gpkg", "GPKG")
    assert warned(read_here(path, mapping='crs = "EPSG:32637"')) == ["wire.crs.file-wins"]
    forced = read_here(path, mapping='crs = "EPSG:32637"\ncrs_override = true')
    assert "wire.crs.file-wins" not in warned(forced)
    assert forced.rows[0].geometry_lonlat is not None
    assert shapely.bounds(forced.rows[0].geometry_lonlat)[1] < 1


# --- tables ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        ("id,note\na,منطقة\n", "cp1256", None),
        ("id,note\na,منطقة\n", "utf-8", "cp1256"),
        ("id,note\na,منطقة\n", "utf-16", None),
        ("id,note\na,“x”\n", "cp1252", "latin-1"),
        ("id,note\na,b\x00c\n", "utf-8", None),
    ],
)
def test_wrong_encodings_of_csv(
    tmp_path: Path, text: str, encoding: str, declared: str | None
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    mapping = None if declared is None else f'encoding = "{declared}"'
    only(codes(read_here(path, "evidence", mapping)), "wire.encoding.wrong")


def test_the_declared_encoding_is_read(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "id,note\na,منطقة\n", "cp1256")
    reading = read_here(path, "evidence", 'encoding = "cp1256"\n[fields]\nnote = "note"')
    assert reading.rows[0].values["note"] == "منطقة"


def test_rows_of_another_width(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "id,lon,lat\na,38,35\nb,38\nc,38,35,7\nd,38,35\n")
    reading = read_here(path, "evidence")
    assert [(f.row, f.code) for f in reading.faults] == [
        (3, "wire.table.ragged"),
        (4, "wire.table.ragged"),
    ]
    assert [row.values["id"] for row in reading.rows] == ["a", "d"]


def test_a_quote_that_never_ends(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", 'id,note\na,"abc\nb,c\n')
    only(codes(read_here(path, "evidence")), "wire.csv.syntax")


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "id,class,class\na,sha,cleared\n")
    reading = read_here(path, "evidence")
    only(codes(reading), "wire.table.duplicate-column")
    assert reading.faults[0].place == "class"


def test_places_that_are_no_numbers(tmp_path: Path) -> None:
    rows = ["a,nan,35", "b,38°30'N,35", "c,,35", "d,,", "e,38.5,35", 'f,"38,5",35']
    path = write_text(tmp_path / "a.csv", "id,lon,lat\n" + "\n".join(rows) + "\n")
    reading = read_here(path, "evidence")
    assert [f.row for f in reading.faults] == [2, 3, 4, 7]
    assert set(codes(reading)) == {"wire.geometry.not-number"}
    assert [row.values["id"] for row in reading.rows] == ["d", "e"]


def test_wkt_faults_are_named_by_row(tmp_path: Path) -> None:
    shapes = [
        "POLYGON ((38 35, 38.1 35, 38.1 35.1, 38 35))",
        "POLYGON ((38 35, 38.1 35, 38.1 35.1))",
        "POLYGON ((38 35, 38.1 35",
        "POLYGON ((38 35, 38.1 nan, 38.1 35.1, 38 35))",
        "POLYGON EMPTY",
        "POLYGON ((38 35, 38.1 35.1, 38.1 35, 38 35.1, 38 35))",
        "hello",
    ]
    path = write_text(
        tmp_path / "a.csv", "id;wkt\n" + "\n".join(f"{i};{s}" for i, s in enumerate(shapes))
    )
    reading = read_here(path, mapping='crs = "EPSG:4326"')
    assert [(f.row, f.code) for f in reading.faults] == [
        (3, "geo.shape.unclosed"),
        (4, "wire.geometry.unreadable"),
        (5, "geo.shape.not-finite"),
        (6, "geo.shape.empty"),
        (7, "geo.shape.self-intersection"),
        (8, "wire.geometry.unreadable"),
    ]


def test_later_rows_of_one_id_are_refused(tmp_path: Path) -> None:
    document = collection(feature("a"), feature("b", note="x"), feature("a", note="y"))
    reading = read_here(write_json(tmp_path / "a.geojson", document))
    assert [row.number for row in reading.rows] == [1, 2]
    fault = next(f for f in reading.faults if f.code == "wire.id.duplicate")
    assert (fault.row, dict(fault.params)) == (3, {"id": "a", "first": 1})


def test_equal_shapes_are_warned_of(tmp_path: Path) -> None:
    other_start = [*SQUARE[1:4], SQUARE[0], SQUARE[1]]
    document = collection(feature("a"), feature("b", other_start))
    reading = read_here(write_json(tmp_path / "a.geojson", document))
    assert [(w.code, w.row) for w in reading.warnings] == [("wire.geometry.duplicate", 2)]


# --- spreadsheets and archives -----------------------------------------------------------


def workbook(path: Path, rows: list[list[object]], merge: str | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.save(path)
    return path


def test_formulas_without_value_are_refused(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "lon", "lat"], ["a", 38, 35], ["b", "=B2+1", 35]]
    reading = read_here(workbook(tmp_path / "a.xlsx", rows), "evidence")
    assert [(f.row, f.code, f.place) for f in reading.faults] == [
        (3, "wire.xlsx.formula-uncached", "lon"),
    ]
    assert [row.number for row in reading.rows] == [2]


def with_cached_value(path: Path) -> Path:
    """The same book as a spreadsheet program saves it: the formula with its value."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = re.sub(rb"</f><v\s*/?>(</v>)?", b"</f><v>39</v>", members[sheet])
    return write_zip(path, members)


def test_cached_values_are_used_with_a_warning(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "lon", "lat"], ["a", 38, 35], ["b", "=B2+1", 35]]
    path = with_cached_value(workbook(tmp_path / "a.xlsx", rows))
    reading = read_here(path, "evidence")
    assert [(w.code, w.params["columns"]) for w in reading.warnings] == [
        ("wire.xlsx.formula", "lon")
    ]
    assert reading.rows[1].values["lon"] == 39
    only(codes(read_here(path, "evidence", 'formulas = "refuse"')), "wire.xlsx.formula")


def test_merged_cells_refuse_their_rows(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "lon", "lat"], ["a", 38, 35], ["b", None, 35], ["c", 38, 35]]
    path = workbook(tmp_path / "a.xlsx", rows, merge="B2:B3")
    reading = read_here(path, "evidence")
    assert {(f.row, f.code, f.place) for f in reading.faults} >= {
        (2, "wire.xlsx.merged", "B2:B3"),
        (3, "wire.xlsx.merged", "B2:B3"),
    }
    assert [row.values["id"] for row in reading.rows] == ["c"]
    ignored = read_here(path, "evidence", 'merged = "ignore"\n[fields]\nid = "id"')
    assert [row.values["id"] for row in ignored.rows] == ["a", "c"]


def test_error_values_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["id", "lon", "lat"], ["a", "#REF!", 35]])
    reading = read_here(path, "evidence")
    assert ("wire.xlsx.error-value", 2) in [(f.code, f.row) for f in reading.faults]


def test_several_sheets_are_asked_about(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.create_sheet("two").append(["id"])
    book["two"].append(["b"])
    book.save(tmp_path / "a.xlsx")
    only(codes(read_here(tmp_path / "a.xlsx", "evidence")), "wire.xlsx.sheets")
    assert read_here(tmp_path / "a.xlsx", "evidence", 'sheet = "two"\n[fields]\nid = "id"').rows
    only(codes(read_here(tmp_path / "a.xlsx", "evidence", 'sheet = "no"')), "wire.xlsx.sheet")


def test_a_sheet_of_two_far_corners(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "id"
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    only(codes(read_here(tmp_path / "a.xlsx", "evidence")), "wire.limit.cells")


def test_too_many_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["id"]] * 50)
    reading = read_here(path, "evidence", limits=replace(LIMITS, sheet_cells=40))
    only(codes(reading), "wire.limit.cells")


def test_a_zip_bomb(tmp_path: Path) -> None:
    bomb = write_zip(tmp_path / "a.xlsx", {"xl/worksheets/sheet1.xml": bytes(200 << 20)})
    assert bomb.stat().st_size < 1 << 20
    only(codes(read_here(bomb, "evidence")), "wire.archive.bomb")
    dense = write_zip(tmp_path / "b.zip", {"a.shp": bytes(20 << 20)})
    only(codes(read_here(dense)), "wire.archive.bomb")


@pytest.mark.parametrize("name", ["../a.shp", "/etc/a.shp", "a/../../b.shp", "C:a.shp", "a\\b.shp"])
def test_paths_that_leave_the_archive(tmp_path: Path, name: str) -> None:
    only(codes(read_here(write_zip(tmp_path / "a.zip", {name: b"x"}))), "wire.archive.path")


def test_links_in_an_archive(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    only(codes(read_here(tmp_path / "a.zip")), "wire.archive.path")


def test_a_thousand_and_one_members(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {f"{i}.shp": b"" for i in range(1_001)})
    only(codes(read_here(path)), "wire.archive.members")


def test_an_archive_that_lies_about_a_length(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["id"], ["a"]])
    data = bytearray(path.read_bytes())
    at = data.rfind(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", data, at + 24, 10)
    path.write_bytes(data)
    reading = read_here(path, "evidence")
    assert reading.refused
    assert set(codes(reading)) <= {"wire.archive.broken", "wire.xml.syntax"}


def test_a_truncated_archive(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["id"], ["a"]])
    path.write_bytes(path.read_bytes()[:-100])
    only(codes(read_here(path, "evidence")), "wire.archive.broken")


# --- XML, GDAL and others ----------------------------------------------------------------

LAUGHS = '<!DOCTYPE k [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(tmp_path: Path, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{LAUGHS}<kml>&b;</kml>'
    path = write_text(tmp_path / "a.kml", text, encoding)
    reading = read_here(path)
    only(codes(reading), "wire.xml.doctype")
    assert reading.faults[0].place == "line 2"


def test_a_truncated_kml(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "a.kml", "LIBKML")
    path.write_bytes(path.read_bytes()[:-200])
    only(codes(read_here(path)), "wire.xml.syntax")


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
def test_a_truncated_shapefile(tmp_path: Path, suffix: str) -> None:
    path = write_ogr(tmp_path / "a.shp", "ESRI Shapefile")
    part = path.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[:-40])
    reading = read_here(path)
    assert reading.refused
    only(codes(reading), "wire.shp.truncated")
    part.unlink()
    missing = read_file(path, kind="hazard-areas")
    assert codes(missing) in (["wire.shp.missing"], ["wire.file.missing"])


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_truncated_geopackage(tmp_path: Path, kept: float) -> None:
    path = write_ogr(tmp_path / "a.gpkg", "GPKG")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    only(codes(read_here(path)), "wire.gpkg.truncated")


def test_a_damaged_geopackage(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "a.gpkg", "GPKG")
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : 2 * len(data) // 3] = bytes(2 * len(data) // 3 - len(data) // 3)
    path.write_bytes(data)
    reading = read_file(path, kind="hazard-areas")
    assert reading.refused
    assert reading.faults[0].code.split(".")[1] in {"gdal", "worker", "layer"}


def test_several_layers_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_ogr(path, "GPKG", layer="one")
    write_ogr(path, "GPKG", layer="two", append=True)
    reading = read_here(path)
    assert reading.faults[0].params["layers"] == "one, two"
    only(codes(reading), "wire.layer.ask")
    assert len(read_here(path, mapping='layer = "two"').rows) == 3
    only(codes(read_here(path, mapping='layer = "three"')), "wire.layer.missing")


def test_dbf_text_without_a_declared_encoding(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "a.shp", "ESRI Shapefile")
    (tmp_path / "a.cpg").unlink()
    dbf = bytearray((tmp_path / "a.dbf").read_bytes())
    dbf[29] = 0
    (tmp_path / "a.dbf").write_bytes(dbf)
    reading = read_here(path)
    assert warned(reading) == ["wire.encoding.recognised"]
    assert reading.rows[0].values["title"] == "منطقة 0"
    arabic = "منطقة".encode()
    (tmp_path / "a.dbf").write_bytes(bytes(dbf).replace(arabic, "منطقة     ".encode("cp1256")))
    only(codes(read_here(path)), "wire.encoding.undeclared")
    declared = read_here(path, mapping='encoding = "cp1256"\n[fields]\nname = "title"')
    assert str(declared.rows[0].values["name"]).startswith("منطقة")


def test_a_cpg_that_is_wrong(tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "a.shp", "ESRI Shapefile")
    dbf = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(dbf.replace("منطقة".encode(), "منطقة     ".encode("cp1256")))
    only(codes(read_here(path)), "wire.encoding.wrong")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.doc", b"x", "wire.format.unknown"),
        ("a.csv", b"", "wire.format.empty"),
        ("a.csv", b"  \n", "wire.format.empty"),
        ("a.gpkg", b"hello hello hello", "wire.format.other"),
        ("a.csv", b"SQLite format 3\x00 and so on", "wire.format.other"),
        ("a.pbf", b"x" * 100, "wire.format.other"),
        ("a.parquet", b"PAR1" + b"x" * 100, "wire.parquet.broken"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 100, "wire.format.other"),
        ("a.kml", b"hello", "wire.format.other"),
        ("a.shp", b"\x00\x00\x27\x0a" + b"x" * 100, "wire.shp.missing"),
    ],
)
def test_files_that_are_not_what_they_are_called(
    tmp_path: Path, name: str, data: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(data)
    only(codes(read_here(tmp_path / name)), code)


def test_a_parquet_bomb(tmp_path: Path) -> None:
    count = 60_000
    table = pa.table({"id": pa.array(["x" * 1000] * count), "lon": pa.array([38.0] * count)})
    pq.write_table(table, tmp_path / "a.parquet", use_dictionary=False, compression="zstd")
    assert (tmp_path / "a.parquet").stat().st_size < 2 << 20
    only(codes(read_here(tmp_path / "a.parquet", "places")), "wire.archive.bomb")


def test_a_file_too_large(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.geojson", collection(feature("a")))
    reading = read_here(path, limits=replace(LIMITS, hazard_file_bytes=100))
    only(codes(reading), "wire.limit.file-bytes")


def test_an_unknown_kind_and_a_missing_file(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.geojson", collection(feature("a")))
    only(codes(read_here(path, "horses")), "wire.kind.unknown")
    only(codes(read_file(tmp_path / "b.geojson", kind="places")), "wire.file.missing")


def test_a_worker_out_of_memory_or_time_refuses_the_file(tmp_path: Path) -> None:
    # Long enough that it cannot be done before somebody looks at the clock.
    path = write_json(tmp_path / "a.geojson", collection(*(feature("a") for _ in range(20_000))))
    small = read_file(path, kind="hazard-areas", limits=replace(LIMITS, worker_bytes=300 << 20))
    assert small.refused
    assert small.faults[0].code in {"wire.worker.memory", "wire.worker.crashed"}
    hurried = read_columns(path, "buildings", limits=replace(LIMITS, bulk_cpu_s=0))
    assert hurried.refused
    only([fault.code for fault in hurried.faults], "wire.worker.time")


def test_a_virtual_source_in_disguise_opens_nothing(tmp_path: Path) -> None:
    secret = write_text(tmp_path / "secret.csv", "id,lon,lat\nsecret,38,35\n")
    vrt = (
        '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>'
        f"{secret}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    for suffix in (".kml", ".gpx"):
        reading = read_file(write_text(tmp_path / f"a{suffix}", vrt), kind="evidence")
        assert reading.refused
        assert "secret" not in str(reading.rows)


@pytest.mark.parametrize("kind", [[], {}, [["Polygon"]], 5, True, None, "polygon"])
def test_a_shape_of_no_type_is_named_by_its_row(tmp_path: Path, kind: object) -> None:
    bad = feature("a")
    bad["geometry"] = {"type": kind, "coordinates": [SQUARE]}
    reading = read_here(write_json(tmp_path / "a.geojson", collection(bad, feature("b"))))
    assert [row.number for row in reading.rows] == [2]
    assert reading.bad[0].number == 1
