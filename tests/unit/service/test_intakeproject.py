"""Projects from files, with what is commonly wrong in them: named, kept aside, the rest taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from rafiqa.recovery import LayerRegistered
from rafiqa.service import Office, gate_of, project_of, register_layer
from rafiqa.service.importing import import_file
from rafiqa.service.intake import IntakeOrder, IntakeReport
from rafiqa.service.intakeproject import owners_of
from tests.unit.service.ground import ENGINEER, FIRST, new_office, square


def lonlat(office: Office, shape: Any) -> Any:
    return office.frame.to_lonlat(shape).geometry


def with_layers() -> Office:
    """A road along the north of the origin, and a river along its south."""
    office = new_office()
    for kind, shape in (
        ("roads", square(-500, 200, 1_000)),
        ("water", square(-500, -1_300, 1_000)),
    ):
        rows: Any = ([f"{kind}1"], np.array([lonlat(office, shape)], dtype=object), {})
        assert register_layer(office, ENGINEER, LayerRegistered(kind, kind, "", 0), rows).done
    return office


def row(shape: Any, **said: Any) -> dict[str, Any]:
    told = {"id": "P1", "depth_cm": 10, **said}
    return {"type": "Feature", "properties": told, "geometry": shapely.geometry.mapping(shape)}


def taken(office: Office, path: Path, *rows: dict[str, Any]) -> IntakeReport:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(rows)}))
    return import_file(office, FIRST, IntakeOrder(path, "projects"))


def warned(report: IntakeReport) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in report.warnings]


def codes(office: Office, project_id: str = "P1") -> list[str]:
    answer = gate_of(office, project_of(office, project_id))
    return [gate.code for gate in answer.gates if gate.outcome == "closed"]


def test_a_project_without_depth_is_taken_and_its_gate_is_closed(tmp_path: Path) -> None:
    office = new_office()
    at = lonlat(office, square())
    assert taken(office, tmp_path / "p.geojson", row(at, depth_cm=None)).accepted == 1
    assert codes(office) == ["gate.registration.depth-missing"]


def test_heights_are_left_out_and_named(tmp_path: Path) -> None:
    office = new_office()
    tall = shapely.force_3d(lonlat(office, square()), 7.0)
    report = taken(office, tmp_path / "p.geojson", row(tall))
    assert (report.accepted, warned(report)) == (1, [("wire.geometry.height-dropped", "geometry")])
    shape = project_of(office, "P1").shape
    assert shape is not None
    assert not shapely.has_z(shape.geometry)


@pytest.mark.parametrize(
    ("shape", "access", "expected"),
    [
        (square(0, 0), square(0, 100), []),
        (square(0, 0), square(0, 99), [("service.import.access-no-road", "access_geometry")]),
        (square(0, -350), None, [("service.import.across-water", "geometry")]),
        (square(0, -299), None, []),
        (
            square(0, 0),
            square(0, -350),
            [
                ("service.import.across-water", "access_geometry"),
                ("service.import.access-no-road", "access_geometry"),
            ],
        ),
    ],
)
def test_water_and_a_way_in_that_meets_no_road_are_named(
    shape: Any, access: Any, expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    office = with_layers()
    said = {} if access is None else {"access_geometry": lonlat(office, access).wkt}
    report = taken(office, tmp_path / "p.geojson", row(lonlat(office, shape), **said))
    assert (report.accepted, warned(report)) == (1, expected)


def test_two_owners_are_kept_and_close_g1(tmp_path: Path) -> None:
    office = new_office()
    at = lonlat(office, square())
    report = taken(office, tmp_path / "p.geojson", row(at, owner="Waqf; Municipality"))
    assert warned(report) == [("service.import.two-owners", "owner")]
    assert project_of(office, "P1").owner == "Waqf; Municipality"
    assert codes(office) == ["gate.rights.disputed"]


def test_owners_are_parted_as_people_write_them() -> None:
    assert owners_of(None) == owners_of("  ") == ()
    assert owners_of("Waqf") == owners_of("Waqf; Waqf") == ("Waqf",)
    assert owners_of("Waqf / Municipality") == ("Waqf", "Municipality")
    assert owners_of("الوقف؛ البلدية") == ("الوقف", "البلدية")


def test_the_same_project_of_another_owner_is_kept_aside_and_named(tmp_path: Path) -> None:
    office = new_office()
    at = lonlat(office, square())
    rows = [row(at, owner="Waqf"), row(at, owner="Municipality")]
    report = taken(office, tmp_path / "p.geojson", *rows)
    assert [fault.code for fault in report.refused] == ["wire.id.duplicate"]
    other = taken(office, tmp_path / "q.geojson", row(at, owner="Municipality"))
    assert [fault.code for fault in other.refused] == ["ledger.id-conflict"]
    assert len(list(office.store.quarantined())) == 2
    assert project_of(office, "P1").owner == "Waqf"


def test_bad_rows_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    office = new_office()
    at = lonlat(office, square())
    far = shapely.affinity.translate(at, 3.0, 0.0)
    across = shapely.union_all([shapely.box(*at.bounds), shapely.box(*shapely.affinity.translate(
        at, 0.56, 0.0).bounds)]).convex_hull  # fmt: skip
    report = taken(
        office,
        tmp_path / "p.geojson",
        row(at, id="good"),
        row(far, id="far"),
        row(across, id="across"),
        row(at, id="deep", depth_cm=99_999),
        row(at, id="below", depth_cm=-1),
        row(at, id="later", recorded_on="2100-01-01"),
        row(at, id="few", workers=-3, volume_m3=-1),
        row(at, id="plan", planned_on="2030-01-01"),
    )
    assert (report.accepted, report.quarantined) == (2, 6)
    assert sorted({(fault.row, fault.code) for fault in report.refused}) == [
        (2, "wire.place.outside"),
        (3, "wire.place.outside"),
        (4, "dictionary.number.high"),
        (5, "dictionary.number.low"),
        (6, "dictionary.date.future"),
        (7, "dictionary.number.low"),
    ]
