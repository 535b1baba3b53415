"""Mappings saved for a source, and the preview of a dry run."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.errors import InvalidInput, RafiqaError
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder
from rafiqa.service.mappings import mapping_named, save_mapping, saved_of
from rafiqa.wire.mapping import mapping_of
from tests.unit.service.ground import FIRST, ORIGIN, RESIDENT, new_office

LON, LAT = float(ORIGIN.lon_deg), float(ORIGIN.lat_deg)
RING = ", ".join(f"{LON + x / 1000} {LAT + y / 1000}" for x, y in ((0, 0), (1, 0), (1, 1), (0, 0)))
MAPPING = """
crs = "EPSG:4326"
places = [{ wkt = "wkt" }]
id = ["nr"]
[fields]
note = "remark"
[fields.class]
column = "soort"
codes = { verdacht = "sha" }
"""


def files(tmp_path: Path) -> tuple[Path, Path]:
    table, mapping = tmp_path / "table.csv", tmp_path / "ours.toml"
    table.write_text(f'nr,soort,remark,blad,wkt\n1,verdacht,old,7,"POLYGON (({RING}))"\n2,?,x,8,\n')
    mapping.write_text(MAPPING)
    return table, mapping


def test_a_dry_run_shows_columns_rows_and_faults_and_saves_nothing(tmp_path: Path) -> None:
    table, mapping = files(tmp_path)
    office = new_office()
    order = IntakeOrder(table, "hazard-areas", str(mapping), dry_run=True, save_as="city hall")
    report = import_file(office, FIRST, order)
    preview = report.preview
    assert preview is not None
    assert preview.columns == {
        "nr": ("id",),
        "soort": ("class",),
        "remark": ("note",),
        "blad": ("nothing",),
        "wkt": ("place",),
    }
    (row,) = preview.rows
    assert (row["row"], row["fields"]["class"], row["fields"]["note"]) == (2, "sha", "old")
    assert row["geometry"].startswith("POLYGON")
    assert {fault.row for fault in report.refused} == {3}
    assert len(office.facts()) == 1


def test_a_saved_mapping_is_used_by_its_name_and_every_version_is_kept(tmp_path: Path) -> None:
    table, mapping = files(tmp_path)
    office = new_office()
    order = IntakeOrder(table, "hazard-areas", str(mapping), save_as="city hall")
    assert import_file(office, FIRST, order).accepted == 1
    again = IntakeOrder(table, "hazard-areas", "city hall")
    assert import_file(office, FIRST, again).already == 1
    other = mapping_of({"crs": "EPSG:32637"}, "other")
    assert save_mapping(office, FIRST, "city hall", other, "hazard-areas").done
    assert save_mapping(office, FIRST, "city hall", other, "hazard-areas").already
    versions = office.importbook().mappings["city hall"]
    assert [saved_of(each).version for each in versions] == [1, 2]
    assert mapping_named(office, "city hall").crs == "EPSG:32637"
    assert mapping_named(office, "city hall", 1).crs == "EPSG:4326"


def test_what_cannot_be_saved_is_named(tmp_path: Path) -> None:
    table, _ = files(tmp_path)
    office = new_office()
    mapping = mapping_of({"crs": "EPSG:4326"}, "any")
    taken = save_mapping(office, FIRST, "imsma-core", mapping, "hazard-areas")
    assert [reason.code for reason in taken.reasons] == ["service.mapping.name"]
    denied = save_mapping(office, RESIDENT, "city hall", mapping, "hazard-areas")
    assert [reason.code for reason in denied.reasons] == ["service.permit.denied"]
    with pytest.raises(InvalidInput, match=r"wire\.mapping\.missing"):
        mapping_named(office, "nobody's")
    with pytest.raises(RafiqaError, match=r"service\.mapping\.none"):
        import_file(office, FIRST, IntakeOrder(table, "hazard-areas", save_as="city hall"))
