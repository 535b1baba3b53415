"""Bad tables, spreadsheets and archives: named with their place, never believed."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from rafiqa.wire import LIMITS
from tests.unit.wire.files import (
    SQUARE,
    codes,
    collection,
    feature,
    only,
    read_here,
    write_json,
    write_text,
    write_zip,
)

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
