"""What is written out: strangers' programs read it, and read in again it is the same ground."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from rafiqa.dictionary import dictionary
from rafiqa.errors import InvalidInput
from rafiqa.service import AsOf, Office
from rafiqa.service.exporting import EXPORT_KINDS, exported
from rafiqa.wire import exportfile
from rafiqa.wire.exportfile import SUFFIXES, write_export
from rafiqa.wire.exporttable import ExportTable
from tests.city import small_city
from tests.conformance.keeper import Keeper
from tests.real.door import rafiqa

GROUND = ("hazard-areas", "land-parts")
WHOLE = tuple(each for each in SUFFIXES if each not in {".gpx", ".shp"})
"""Formats that hold areas as areas and can be read in as they are."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return small_city(tmp_path_factory.mktemp("city"))


def present(office: Office) -> dict[str, int]:
    """Twice the area of the ground of each status now, in mm²."""
    found: dict[str, int] = {}
    for face, state in office.book().states(office.now_us()):
        found[state.status] = found.get(state.status, 0) + face.shape.area2_mm2
    return found


def table(**columns: list[Any]) -> ExportTable:
    count = len(next(iter(columns.values())))
    shapes = np.array([shapely.Point(38 + row / 100, 35) for row in range(count)], dtype=object)
    record = dictionary().records["evidence"]
    ids = [f"E-{row}" for row in range(count)]
    return ExportTable("evidence", record, {"id": ids, **columns}, shapes, "2026-01-01")


@pytest.mark.parametrize("suffix", WHOLE)
def test_ground_that_is_read_in_again_is_the_same_to_the_square_millimetre(
    city: Office, suffix: str, tmp_path: Path
) -> None:
    """Hazard is as large as it was, and not a square millimetre more is released."""
    again = tmp_path / "again.rafiqa"
    site = city.site
    place = ("--lon", site.origin.lon_deg, "--lat", site.origin.lat_deg)
    assert rafiqa("new", again, "--name", "Again", *place)[0] == 0
    keeper = Keeper(again)
    for kind in GROUND:
        file = tmp_path / f"{kind}{suffix}"
        done = write_export(exported(city, kind), file)
        # A table does not say in which system its places are.
        how = ("--map", "degrees") if suffix in {".csv", ".xlsx"} else ()
        answer = keeper.take(file, kind, *how).answer
        assert (answer["accepted"], answer["refused"]) == (done.rows, []), answer
    _, account = rafiqa("account", again)
    classes = account["classes"]
    before = present(city)
    closing = {name: classes[name]["closing_m2"] for name in ("sha", "cha")}
    assert closing == {name: before.get(name, 0) / 2e6 for name in ("sha", "cha")}
    released = sum(before.get(name, 0) for name in ("cleared", "reduced", "cancelled"))
    assert released > 0
    table = exported_again(again, "land-parts")
    assert sum(table.values()) == sum(areas_of(exported(city, "land-parts")).values())


def areas_of(table: ExportTable) -> dict[str, float]:
    return {
        str(name): float(round(shapely.area(shape) * 1e16))
        for name, shape in zip(table.columns["id"], table.shapes, strict=True)
    }


def exported_again(store: Path, kind: str) -> dict[str, float]:
    file = store.with_suffix(".geojson")
    status, _ = rafiqa("export", store, kind, file)
    assert status == 0
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    return {
        each["properties"]["id"]: float(
            round(shapely.area(shapely.from_geojson(json.dumps(each["geometry"]))) * 1e16)
        )
        for each in features
    }


@pytest.mark.parametrize("kind", EXPORT_KINDS)
def test_gdal_reads_every_row_that_has_a_place(city: Office, kind: str, tmp_path: Path) -> None:
    rows = exported(city, kind)
    placed = int(rows.placed().sum())
    for suffix in (".geojson", ".gpkg", ".kml", ".zip"):
        file = tmp_path / f"{kind}{suffix}"
        done = write_export(rows, file)
        source = f"/vsizip/{file}" if suffix == ".zip" else file
        info = pyogrio.read_info(source)
        assert info["features"] == done.rows
        assert done.rows in {placed, len(rows)}
        assert str(info["crs"]).endswith("4326")
        names = set(info["fields"])
        assert {"id", "ID"} & names


def test_a_receiver_gets_each_ring_as_a_track(city: Office, tmp_path: Path) -> None:
    rows, file = exported(city, "hazards"), tmp_path / "hazards.gpx"
    done = write_export(rows, file)
    assert [fault.code for fault in done.warnings] == ["wire.export.areas-as-tracks"]
    tracks = pyogrio.read_info(file, layer="tracks", force_feature_count=True)["features"]
    assert tracks == len(shapely.get_parts(rows.shapes))


def test_as_it_was_on_an_earlier_day(city: Office) -> None:
    """Ground that was reopened later is still released then, and the other way round."""
    now = exported(city, "land-parts")
    days = {step.at_us for face in city.book().faces for step in face.timeline.steps}
    first = exported(city, "land-parts", AsOf(min(days), None))
    assert set(first.columns["id"] if len(first) else []) != set(now.columns["id"])


def test_for_everybody_there_is_less(city: Office) -> None:
    with pytest.raises(InvalidInput) as caught:
        exported(city, "evidence", public=True)
    assert caught.value.code == "service.export.not-public"
    record = dictionary().records["hazard_area"]
    names = set(exported(city, "hazard-areas", public=True).columns)
    assert names <= set(record.shown_to(0))
    assert set(exported(city, "hazard-areas").columns) >= names


def test_no_cell_of_a_table_is_a_formula(tmp_path: Path) -> None:
    bad = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "plain"]
    rows = table(statement=bad)
    write_export(rows, tmp_path / "e.csv")
    with (tmp_path / "e.csv").open(encoding="utf-8-sig", newline="") as stream:
        told = [each["statement"] for each in csv.DictReader(stream)][1:]
    assert told == [f"'{each}" for each in bad[:-1]] + ["plain"]
    write_export(rows, tmp_path / "e.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None
    cells = [row[1] for row in sheet.iter_rows(min_row=3)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == told


@pytest.mark.parametrize(("lang", "turned"), [("en", False), ("ar", True)])
def test_a_sheet_reads_in_the_direction_of_its_language(
    lang: str, turned: bool, tmp_path: Path
) -> None:
    write_export(table(statement=["حفرة"]), tmp_path / "e.xlsx", lang=lang)
    sheet = openpyxl.load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None
    assert bool(sheet.sheet_view.rightToLeft) is turned
    assert sheet.cell(2, 1).value == "#meta+id"
    assert sheet.cell(3, 2).value == "حفرة"


def test_the_limits_of_a_shapefile_are_told(tmp_path: Path) -> None:
    rows = table(statement=["ح" * 200], source_grade=["A"], source_grading=["B"])
    done = write_export(rows, tmp_path / "e.shp")
    assert {fault.code for fault in done.warnings} == {
        "wire.export.shapefile-cut",
        "wire.export.shapefile-names",
    }
    names = (tmp_path / "e.fields.csv").read_text(encoding="utf-8").splitlines()[1:]
    short = [line.split(",")[0] for line in names]
    assert len(set(short)) == len(short) == 4
    assert set(pyogrio.read_info(tmp_path / "e.shp")["fields"]) == set(short)
    assert (tmp_path / "e.cpg").read_text(encoding="ascii").strip() == "UTF-8"
    with zipfile.ZipFile(_zipped(rows, tmp_path)) as archive:
        assert {"e.shp", "e.prj", "e.fields.csv"} <= set(archive.namelist())


def _zipped(rows: ExportTable, folder: Path) -> Path:
    write_export(rows, folder / "e.zip")
    return folder / "e.zip"


def test_two_kinds_of_shapes_are_no_shapefile(tmp_path: Path) -> None:
    rows = table(statement=["a", "b"])
    rows.shapes[1] = shapely.box(38, 35, 38.1, 35.1)
    with pytest.raises(InvalidInput) as caught:
        write_export(rows, tmp_path / "e.shp")
    assert caught.value.code == "wire.export.shapefile-kinds"
    assert list(tmp_path.iterdir()) == []


def test_an_outline_too_long_for_a_cell_is_left_out_and_told_not_cut(tmp_path: Path) -> None:
    rows = table(statement=["a"])
    rows.shapes[0] = shapely.Point(38, 35).buffer(0.1, quad_segs=2_000)
    done = write_export(rows, tmp_path / "e.xlsx")
    assert [(each.code, each.place, each.row) for each in done.warnings] == [
        ("wire.export.cell-too-long", "geometry", 3)
    ]
    sheet = openpyxl.load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None
    assert sheet.cell(3, 3).value is None


def test_what_has_no_place_is_told_where_a_format_needs_one(tmp_path: Path) -> None:
    rows = table(statement=["a", "b"])
    rows.shapes[1] = None
    for suffix in (".kml", ".gpx", ".shp"):
        done = write_export(rows, tmp_path / f"e{suffix}")
        assert done.rows == 1
        assert done.warnings[0].code == "wire.export.no-place"
    assert write_export(rows, tmp_path / "e.csv").rows == 2


def test_a_file_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "e.csv"
    file.write_text("before", encoding="utf-8")

    def broken(table: ExportTable, path: Path, done: object) -> None:  # noqa: ARG001
        path.write_text("half", encoding="utf-8")
        raise OSError("full")

    monkeypatch.setitem(exportfile._WRITERS, ".csv", broken)
    with pytest.raises(OSError, match="full"):
        write_export(table(statement=["a"]), file)
    assert file.read_text(encoding="utf-8") == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["e.csv"]


def test_the_command_says_what_it_cannot_write(city: Office, tmp_path: Path) -> None:
    store = city.store.path  # type: ignore[attr-defined]
    for file, code in (
        (tmp_path / "e.docx", "wire.export.format"),
        (tmp_path / "none" / "e.csv", "wire.export.no-folder"),
        (Path("/proc/e.csv"), "cli.export.not-written"),
    ):
        status, answer = rafiqa("export", store, "hazards", file)
        assert (status, answer["error"]) == (1, code), answer
    status, answer = rafiqa("export", store, "projects", tmp_path / "p.xlsx")
    assert (status, answer["rows"]) == (0, len(exported(city, "projects")))
