"""Bad files of other formats, and what they ask of the machine: named, never believed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rafiqa.wire import LIMITS, read_columns, read_file
from tests.unit.wire.files import (
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
