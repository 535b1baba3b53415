"""Every bad input of the trust study and the issue: named with its place, never believed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from rafiqa.errors import Fault
from rafiqa.wire import LIMITS, read_file
from rafiqa.wire.strictjson import count_pairs
from tests.unit.wire.files import (
    BOW_TIE,
    SQUARE,
    codes,
    collection,
    feature,
    only,
    read_here,
    warned,
    write_json,
    write_ogr,
    write_text,
)

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


@pytest.mark.parametrize("kind", [[], {}, [["Polygon"]], 5, True, None, "polygon"])
def test_a_shape_of_no_type_is_named_by_its_row(tmp_path: Path, kind: object) -> None:
    bad = feature("a")
    bad["geometry"] = {"type": kind, "coordinates": [SQUARE]}
    reading = read_here(write_json(tmp_path / "a.geojson", collection(bad, feature("b"))))
    assert [row.number for row in reading.rows] == [2]
    assert reading.bad[0].number == 1


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
