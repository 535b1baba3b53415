"""IMSMA's exports through the command's own path: worker, quarantine, undo."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

from rafiqa.land import AccidentRecorded
from rafiqa.service import Office
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder, IntakeReport
from rafiqa.service.undoing import UndoOrder, undo_import
from tests.property.test_undo import EVERYWHERE
from tests.unit.service.ground import FIRST, ORIGIN, SECOND, new_office
from tests.unit.wire.ngtables import dump, hazard, points, square, zipped
from tests.unit.wire.test_esri import geodatabase

LON, LAT = float(ORIGIN.lon_deg), float(ORIGIN.lat_deg)


def taken(office: Office, path: Path) -> IntakeReport:
    return import_file(office, FIRST, IntakeOrder(path, "imsma"))


def test_a_folder_of_tables_comes_in_and_can_be_undone(tmp_path: Path) -> None:
    tables = dump([hazard(1), hazard(2)], square("s1", LON, LAT) + points("s2", (LON, LAT)))
    folder = tmp_path / "export"
    with zipfile.ZipFile(zipped(tables, tmp_path / "dump.zip")) as archive:
        archive.extractall(folder)
    office = new_office()
    report = taken(office, folder)
    assert (report.read, report.accepted, report.quarantined) == (2, 1, 1)
    assert [fault.code for fault in report.refused] == ["wire.ng.points-missing"]
    (kept,) = office.store.quarantined()
    assert b'"HA-2"' in kept.original
    area = office.register().areas["HA-1"].fact
    assert '"hazard.status": "Active"' in (area.extra or "")
    # The zip of the same files names the same rows.
    again = taken(office, tmp_path / "dump.zip")
    assert (again.already, again.import_id) == (1, "")
    order = UndoOrder(report.import_id, "test data", SECOND)
    ((_, (reason,)),) = undo_import(office, FIRST, order).staying
    order = replace(order, also=frozenset([str(reason.params["imports"])]))
    assert undo_import(office, FIRST, order).taken_back == ["import:hazard-areas:HA-1"]
    assert not list(office.register().areas)


def test_a_file_geodatabase_is_read_by_the_worker(tmp_path: Path) -> None:
    path = geodatabase(tmp_path / "core.zip")
    report = taken(new_office(), path)
    assert report.read == 2
    assert {fault.code for fault in report.refused} == {"geo.frame.too-far"}


def test_a_dump_brings_accidents_and_claims_and_is_one_import(tmp_path: Path) -> None:
    tables = dump(
        [hazard(1)],
        square("s1", LON, LAT) + points("p1", (LON, LAT)),
        hazreduc=[{"hazreduc_guid": "r", "hazard_guid": "guid-1", "hazreductype": "Completion"}],
        accident=[{"accident_guid": "a", "accident_localid": "AC-1", "numberkilled": 1}],
        victim=[{"victim_guid": "v", "accident_guid": "a", "victimname": "A Person"}],
    )
    tables["hazard_has_geospatialinfo"] = tables["hazard_has_geospatialinfo"][:1]
    tables["accident_has_geospatialinfo"] = [{"accident_guid": "a", "shape_id": "p1"}]
    office = new_office()
    report = taken(office, zipped(tables, tmp_path / "dump.zip"))
    assert (report.read, report.accepted, report.quarantined) == (2, 2, 0)
    told = {fault.code for fault in report.warnings}
    assert {"wire.ng.release-claimed", "wire.ng.persons-left"} <= told
    assert "wire.ng.accidents" not in told
    accident = office.register().accidents["AC-1"].fact
    assert isinstance(accident, AccidentRecorded)
    assert accident.killed == 1
    assert accident.spot is not None
    # What is claimed releases nothing: the ground is hazard as before.
    now_us = office.now_us()
    states = [face.timeline.at(now_us) for face in office.book().near(EVERYWHERE)]
    assert [state.is_hazard for state in states if state is not None] == [True]
    (story,) = office.importbook().imports.values()
    assert story.entry_ids == ["import:hazard-areas:HA-1", "import:accidents:AC-1"]
    assert not any("Person" in str(record.fact) for record in office.facts())
    assert taken(office, tmp_path / "dump.zip").already == 2
